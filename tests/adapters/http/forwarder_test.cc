// The forwarder between real servers: a front that sends everything on, an owner that answers.
#include "adapters/http/forwarder.h"

#include <atomic>
#include <map>
#include <mutex>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/http/forwarded.h"
#include "adapters/http/server.h"
#include "tests/adapters/http/forwarder_fixture.h"

namespace guitu::http {
namespace {

RouteOptions AnyBody() {
  RouteOptions options;
  options.body = BodyKind::kAny;
  options.body_bytes_max = 32 << 20;
  return options;
}

class ForwarderTest : public ForwarderFixture {
 protected:
  // Answers what it understood, so that two ways of asking can be compared.
  Response Echo(const Request& request) {
    Response response;
    response.content_type = "text/plain";
    response.headers = {{"ETag", "\"5\""}, {"Guitu-Receipt", "1/2"}, {"Location", "/v1/x"}};
    response.body = request.method;
    for (const std::string& segment : request.segments)
      absl::StrAppend(&response.body, "|", segment);
    for (const auto& [name, value] : request.query) {
      absl::StrAppend(&response.body, "&", name, "=", value);
    }
    for (const char* name : {"Authorization", "Purpose-Of-Use", "If-Match", "Accept-Language"}) {
      absl::StrAppend(&response.body, "#", request.Header(name).value_or("-"));
    }
    absl::StrAppend(&response.body, "#", request.body);
    return response;
  }

  Response Own(const Request& request) {
    const std::string first = request.segments.empty() ? "" : request.segments[0];
    Response response = Echo(request);
    if (first == "none") response.status = 204;
    if (first == "private") response.headers.emplace_back("Cache-Control", "private");
    if (first == "refused") response = ToResponse(Malformed("as asked for"));
    if (first == "later") {
      return Response::Later([response] { return response; });
    }
    if (first == "large") response.body = std::string(20 << 20, 'y');
    return response;
  }

  std::unique_ptr<Server> StartServer(const Handler& handler, uint16_t port = 0) {
    ServerOptions options;
    options.clock = &clock_;
    options.port = port;
    auto server = Server::Start(options, Router(), handler, AnyBody());
    EXPECT_TRUE(server.ok()) << server.status();
    return *std::move(server);
  }

  void StartBoth() {
    StartForwarder();
    owner_ = StartServer([this](const Request& request, const Responder& answer) {
      {
        std::lock_guard<std::mutex> lock(mutex_);
        ++arrived_[absl::StrCat(request.Header("Idempotency-Key").value_or(""))];
      }
      answer(Own(request));
    });
    front_ = StartServer([this](const Request& request, Responder answer) {
      forwarder_->Forward(absl::StrCat("http://127.0.0.1:", owner_->port()), request,
                          std::move(answer));
    });
  }

  static std::string AskRaw(uint16_t port, const std::string& text) {
    RawSocket socket(port);
    socket.Send(text);
    return socket.ReadResponse(absl::StartsWith(text, "HEAD "));
  }

  std::mutex mutex_;
  std::map<std::string, int> arrived_;  // by Idempotency-Key
  std::unique_ptr<Server> owner_;
  std::unique_ptr<Server> front_;
};

TEST_F(ForwarderTest, AnswersByteForByteAsTheOwnerDoes) {
  StartBoth();
  const std::string fields =
      " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer t\r\nPurpose-Of-Use: rescue\r\n"
      "If-Match: \"4\"\r\nAccept-Language: zh\r\n";
  for (const std::string target :
       {"/", "/v1/cases/7", "/v1/a/", "/none", "/private", "/later", "/refused", "http://h?x=y",
        "/v1/%E5%BD%92%20%25%3F%23;a=b,c?q=%26%3D+%25/?&%26=%E5%BD%92&flag&empty="}) {
    for (const std::string method : {"GET", "HEAD", "DELETE"}) {
      const std::string text = absl::StrCat(method, " ", target, fields, "\r\n");
      const std::string direct = AskRaw(owner_->port(), text);
      EXPECT_EQ(AskRaw(front_->port(), text), direct) << text;
      EXPECT_NE(direct, "");
    }
    const std::string text =
        absl::StrCat("POST ", target, fields, "Content-Length: 5\r\n\r\nh\r\n\xFFo");
    EXPECT_EQ(AskRaw(front_->port(), text), AskRaw(owner_->port(), text));
  }
  EXPECT_EQ(forwarder_->counters().answered, 36u);
  EXPECT_EQ(forwarder_->counters().settling, 0u);
}

TEST_F(ForwarderTest, CarriesLargeBodiesBothWays) {
  StartBoth();
  const std::string body(10 << 20, 'x');
  std::future<Response> there = Forward(owner_->port(), Ask("PUT", "/up", body));
  EXPECT_EQ(Get(&there).body, "PUT|up#-#-#-#-#" + body);
  std::future<Response> back = Forward(owner_->port(), Ask("GET", "/large"));
  EXPECT_EQ(Get(&back).body.size(), size_t{20} << 20);
}

TEST_F(ForwarderTest, UsesOneConnectionForRequestsInTurn) {
  StartBoth();
  for (int i = 0; i < 50; ++i) {
    std::future<Response> answer = Forward(owner_->port(), Ask("GET", "/a"));
    ASSERT_EQ(Get(&answer).status, 200);
  }
  EXPECT_EQ(owner_->counters().connections_accepted, 1u);
  EXPECT_EQ(forwarder_->counters().connections_open, 1u);
}

TEST_F(ForwarderTest, FindsAPeerByName) {
  StartBoth();
  std::future<Response> answer =
      ForwardTo(absl::StrCat("http://localhost:", owner_->port(), "/"), Ask("GET", "/a"));
  EXPECT_EQ(Get(&answer).status, 200);
}

TEST_F(ForwarderTest, CarriesManyAtOnceEachOnce) {
  options_.threads = 2;
  options_.connections_per_peer_max = 16;
  StartBoth();
  std::vector<std::future<Response>> answers;
  for (int i = 0; i < 200; ++i) {
    Request request = Ask("POST", absl::StrCat("/n/", i), "{}");
    request.headers.Add("Idempotency-Key", absl::StrCat(i));
    answers.push_back(Forward(owner_->port(), request));
  }
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(Get(&answers[static_cast<size_t>(i)]).body,
              absl::StrCat("POST|n|", i, "#-#-#-#-#{}"));
    std::lock_guard<std::mutex> lock(mutex_);
    EXPECT_EQ(arrived_[absl::StrCat(i)], 1);
  }
  EXPECT_LE(owner_->counters().connections_accepted, 16u);
  EXPECT_EQ(forwarder_->counters().answered, 200u);
  EXPECT_EQ(forwarder_->counters().waiting, 0u);
  EXPECT_EQ(forwarder_->counters().under_way, 0u);
}

TEST_F(ForwarderTest, DoesNotSendOnWhatWasSentOn) {
  StartForwarder();
  std::unique_ptr<Server> second;
  std::atomic<int> asked{0};
  auto first = StartServer([&](const Request& request, Responder answer) {
    ++asked;
    forwarder_->Forward(absl::StrCat("127.0.0.1:", second->port()), request, std::move(answer));
  });
  second = StartServer([&](const Request& request, Responder answer) {
    ++asked;
    forwarder_->Forward(absl::StrCat("127.0.0.1:", first->port()), request, std::move(answer));
  });
  std::future<Response> answer = Forward(first->port(), Ask("GET", "/a"));
  EXPECT_EQ(CodeIn(Get(&answer)), "not-owner");
  EXPECT_EQ(asked, 1);
  const std::string from_client = AskRaw(first->port(), "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(StatusOf(from_client), 503);
  EXPECT_EQ(CodeOf(from_client), "not-owner");
  EXPECT_EQ(asked, 3);  // the client's own, and one on
  // The handlers look at `second`, so their threads end first.
  first->Stop(absl::ZeroDuration());
  second->Stop(absl::ZeroDuration());
}

TEST_F(ForwarderTest, RefusesAConnectionFieldThatWouldChangeTheMeaning) {
  StartBoth();
  const std::string answer = AskRaw(
      front_->port(), "GET / HTTP/1.1\r\nHost: h\r\nIf-Match: *\r\nConnection: If-Match\r\n\r\n");
  EXPECT_EQ(StatusOf(answer), 400);
  EXPECT_EQ(CodeOf(answer), "malformed");
  EXPECT_EQ(forwarder_->counters().refused, 1u);
  EXPECT_EQ(owner_->counters().connections_accepted, 0u);
}

TEST_F(ForwarderTest, FindsAPeerThatWasStartedAgain) {
  StartBoth();
  const uint16_t port = owner_->port();
  std::future<Response> before = Forward(port, Ask("GET", "/a"));
  EXPECT_EQ(Get(&before).status, 200);
  owner_.reset();
  std::future<Response> down = Forward(port, Ask("GET", "/a"));
  EXPECT_EQ(CodeIn(Get(&down)), "not-owner");
  owner_ = StartServer([this](const Request& r, const Responder& answer) { answer(Own(r)); }, port);
  std::future<Response> after = Forward(port, Ask("GET", "/a"));
  EXPECT_EQ(Get(&after).status, 200);
}

TEST_F(ForwarderTest, RefusesOptionsThatMakeNoSense) {
  for (auto spoil : std::vector<std::function<void(ForwarderOptions&)>>{
           [](ForwarderOptions& o) { o.threads = 0; }, [](ForwarderOptions& o) { o.threads = 65; },
           [](ForwarderOptions& o) { o.connections_per_peer_max = 0; },
           [](ForwarderOptions& o) { o.head_bytes_max = 1023; },
           [](ForwarderOptions& o) { o.head_bytes_max = (1 << 20) + 1; }}) {
    ForwarderOptions options = options_;
    spoil(options);
    EXPECT_EQ(Forwarder::Start(options).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace guitu::http
