// The forwarder with peers that are down, silent, broken or hostile. The test speaks for the peer,
// so it sees each request that arrives: none twice.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/adapters/http/forwarder_fixture.h"

namespace guitu::http {
namespace {

constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class ForwarderFailureTest : public ForwarderFixture {
 protected:
  std::future<Response> Send(const std::string& path, const std::string& body = "") {
    return Forward(peer_.port(), Ask(body.empty() ? "GET" : "POST", path, body));
  }

  // One request that goes well, on a connection of its own that stays open.
  RawSocket Warm() {
    std::future<Response> answer = Send("/warm");
    RawSocket connection = peer_.Accept();
    EXPECT_TRUE(absl::StartsWith(connection.ReadResponse(), "GET /warm "));
    connection.Send(kOk);
    EXPECT_EQ(Get(&answer).body, "ok");
    return connection;
  }

  // The answer to one request if the peer says `bytes` and closes.
  Response Say(const std::string& bytes) {
    std::future<Response> answer = Send("/once");
    {
      RawSocket connection = peer_.Accept();
      EXPECT_TRUE(absl::StartsWith(connection.ReadResponse(), "GET /once "));
      connection.Send(bytes);
      connection.ShutdownSend();
      EXPECT_EQ(connection.ReadToEnd(), "");  // nothing more, and closed by the forwarder
    }
    Response response = Get(&answer);
    EXPECT_FALSE(peer_.IsAskedFor());
    return response;
  }

  // The clock as the forwarder sees it may be a tick old.
  void Pass(absl::Duration limit) { clock_.Advance(limit + absl::Seconds(1)); }

  RawPeer peer_;
};

TEST_F(ForwarderFailureTest, SaysNotOwnerIfThePeerIsDown) {
  StartForwarder();
  uint16_t port = 0;
  {
    RawPeer gone;
    port = gone.port();
  }
  std::future<Response> answer = Forward(port, Ask("POST", "/a", "{}"));
  Response response = Get(&answer);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(CodeIn(response), "not-owner");
  EXPECT_EQ(HeaderIn(response, "Retry-After"), "1");
  EXPECT_EQ(forwarder_->counters().not_owner, 1u);
}

TEST_F(ForwarderFailureTest, SaysNotOwnerToAllWhoWaitForAPeerThatIsDown) {
  options_.connections_per_peer_max = 2;
  StartForwarder();
  uint16_t port = 0;
  {
    RawPeer gone;
    port = gone.port();
  }
  std::vector<std::future<Response>> answers;
  for (int i = 0; i < 50; ++i) answers.push_back(Forward(port, Ask("GET", "/a")));
  for (auto& answer : answers) EXPECT_EQ(CodeIn(Get(&answer)), "not-owner");
}

TEST_F(ForwarderFailureTest, SaysNotOwnerToAnAddressThatLeadsNowhere) {
  StartForwarder();
  for (const std::string& address :
       {std::string(), std::string("http://"), std::string("host:0"), std::string("ftp://h:1"),
        std::string("a b:1"), std::string("h:1/path"), std::string(64, 'a') + ":1"}) {
    std::future<Response> answer = ForwardTo(address, Ask("GET", "/a"));
    EXPECT_EQ(CodeIn(Get(&answer)), "not-owner") << address;
  }
}

TEST_F(ForwarderFailureTest, SaysNotOwnerIfNoConnectionComesAboutInTime) {
  RawPeer deaf(0);
  std::vector<int> fillers;  // a full backlog leaves further ones without an answer
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(deaf.port());
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < 4; ++i) {
    fillers.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    (void)connect(fillers.back(), reinterpret_cast<const sockaddr*>(&to), sizeof(to));
  }
  StartForwarder();
  std::future<Response> answer = Forward(deaf.port(), Ask("GET", "/a"));
  Await([](const ForwarderCounters& c) { return c.waiting == 1; });
  EXPECT_FALSE(IsReady(answer));
  Pass(options_.connect_time_max);
  EXPECT_EQ(CodeIn(Get(&answer)), "not-owner");
  EXPECT_EQ(forwarder_->counters().timeouts, 1u);
  for (int fd : fillers) close(fd);
}

TEST_F(ForwarderFailureTest, SaysSettlingIfThePeerNeverAnswers) {
  StartForwarder();
  std::future<Response> answer = Send("/a", "{}");
  RawSocket connection = peer_.Accept();
  EXPECT_TRUE(absl::EndsWith(connection.ReadResponse(), "\r\n\r\n{}"));
  EXPECT_FALSE(IsReady(answer));
  Pass(options_.answer_time_max);
  Response response = Get(&answer);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(CodeIn(response), "settling");
  EXPECT_EQ(HeaderIn(response, "Retry-After"), "1");
  EXPECT_EQ(connection.ReadToEnd(), "");
  EXPECT_FALSE(peer_.IsAskedFor());
  EXPECT_EQ(forwarder_->counters().timeouts, 1u);
  EXPECT_EQ(forwarder_->counters().connections_open, 0u);
}

TEST_F(ForwarderFailureTest, SaysSettlingIfThePeerTakesNoMoreOfTheBody) {
  StartForwarder();
  std::future<Response> answer = Send("/a", std::string(32 << 20, 'x'));
  RawSocket connection = peer_.Accept();
  Await([](const ForwarderCounters& c) { return c.under_way == 1; });
  Pass(options_.answer_time_max);
  EXPECT_EQ(CodeIn(Get(&answer)), "settling");
  EXPECT_FALSE(peer_.IsAskedFor());
}

TEST_F(ForwarderFailureTest, SaysSettlingIfTheAnswerIsCutShort) {
  StartForwarder();
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
  for (const std::string& part :
       {std::string(), std::string("HTTP/1.1 200 O"), ok, ok + "12345678",
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
        std::string("HTTP/1.1 200 OK\r\n\r\nends with the connection")}) {
    Response response = Say(part);
    EXPECT_EQ(CodeIn(response), "settling") << part;
  }
  EXPECT_EQ(forwarder_->counters().settling, 6u);
  EXPECT_EQ(forwarder_->counters().connections_opened, 6u);
}

TEST_F(ForwarderFailureTest, SaysSettlingIfTheAnswerCannotBeUsed) {
  options_.head_bytes_max = 4096;
  options_.body_bytes_max = 1000;
  StartForwarder();
  const std::string line = "HTTP/1.1 200 OK\r\n";
  const std::string end = "Content-Length: 0\r\n\r\n";
  std::string interim;
  for (int i = 0; i < 9; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  for (const std::string& bytes :
       {std::string("SSH-2.0-nobody\r\n\r\n"), line + "X: " + std::string(5000, 'x') + "\r\n" + end,
        line + "X: " + std::string(300000, 'x'), line + "Content-Length: 1001\r\n\r\n",
        line + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        line + "Content-Length: 18446744073709551616\r\n\r\n",
        line + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n", line + "X Y: 1\r\n" + end,
        line + "X!: 1\r\n" + end, line + "X: a\x01z\r\n" + end, "HTTP/1.1 700 Odd\r\n" + end,
        "HTTP/2 200 OK\r\n" + end, interim + line + end}) {
    EXPECT_EQ(CodeIn(Say(bytes)), "settling") << bytes.substr(0, 60);
  }
  EXPECT_EQ(forwarder_->counters().answered, 0u);
}

TEST_F(ForwarderFailureTest, TakesAnswersInPiecesInChunksAndAfterInterimOnes) {
  StartForwarder();
  std::future<Response> answer = Send("/a");
  RawSocket connection = peer_.Accept();
  connection.ReadResponse();
  for (const char* piece :
       {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hi", "nts\r\nX: 1\r\n\r\nHTTP/1.1 20",
        "1 Created\r\nTransfer-Encoding: chunked\r\nETag: \"1\"\r", "\n\r\n3\r\nab", "c\r\n2",
        "\r\nde\r\n0\r", "\n\r\n"}) {
    EXPECT_FALSE(IsReady(answer));
    connection.Send(piece);
  }
  Response response = Get(&answer);
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "abcde");
  EXPECT_EQ(HeaderIn(response, "ETag"), "\"1\"");
}

TEST_F(ForwarderFailureTest, AsksOnANewConnectionIfThePeerClosedTheIdleOne) {
  StartForwarder();
  { RawSocket old = Warm(); }
  std::future<Response> answer = Send("/b", "{}");
  RawSocket fresh = peer_.Accept();
  EXPECT_TRUE(absl::StartsWith(fresh.ReadResponse(), "POST /b "));
  fresh.Send(kOk);
  EXPECT_EQ(Get(&answer).status, 200);
  EXPECT_FALSE(peer_.IsAskedFor());
  forwarder_->Stop();
  EXPECT_EQ(fresh.ReadToEnd(), "");  // it arrived once
}

TEST_F(ForwarderFailureTest, WritesNothingOnAnIdleConnectionThePeerHasEndedOrSpokenOn) {
  StartForwarder();
  for (const std::string unasked : {"", "HTTP/1.1 408 Request Timeout\r\n\r\n"}) {
    RawSocket old = Warm();
    old.Send(unasked);
    if (unasked.empty()) old.ShutdownSend();
    std::future<Response> answer = Send("/b", "{}");
    RawSocket fresh = peer_.Accept();
    EXPECT_TRUE(absl::StartsWith(fresh.ReadResponse(), "POST /b "));
    fresh.Send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    EXPECT_EQ(Get(&answer).body, "ok");
    EXPECT_EQ(old.ReadToEnd(), "");
    EXPECT_EQ(fresh.ReadToEnd(), "");
  }
}

TEST_F(ForwarderFailureTest, NeverAsksAgainAfterAKeptConnectionBroke) {
  StartForwarder();
  std::future<Response> answer;
  {
    RawSocket connection = Warm();
    answer = Send("/b", "{}");
    EXPECT_TRUE(absl::StartsWith(connection.ReadResponse(), "POST /b "));
  }
  EXPECT_EQ(CodeIn(Get(&answer)), "settling");
  forwarder_->Stop();
  EXPECT_FALSE(peer_.IsAskedFor());
}

TEST_F(ForwarderFailureTest, UsesNoConnectionAfterAnAnswerThatEndsIt) {
  StartForwarder();
  for (const std::string answer :
       {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"}) {
    EXPECT_EQ(Say(answer).body, "ok");
  }
  EXPECT_EQ(forwarder_->counters().connections_open, 0u);
}

TEST_F(ForwarderFailureTest, ClosesAConnectionThatNobodyUses) {
  StartForwarder();
  RawSocket connection = Warm();
  EXPECT_EQ(forwarder_->counters().connections_open, 1u);
  Pass(options_.idle_time_max);
  EXPECT_EQ(connection.ReadToEnd(), "");
  Await([](const ForwarderCounters& c) { return c.connections_open == 0; });
}

TEST_F(ForwarderFailureTest, LetsAFewWaitAndTurnsTheRestAway) {
  options_.connections_per_peer_max = 2;
  options_.waiting_max = 3;
  StartForwarder();
  std::vector<std::future<Response>> answers;
  for (int i = 0; i < 2; ++i) answers.push_back(Send("/held"));
  RawSocket first = peer_.Accept();
  RawSocket second = peer_.Accept();
  first.ReadResponse();
  second.ReadResponse();
  for (int i = 0; i < 3; ++i) answers.push_back(Send("/waits"));
  Await([](const ForwarderCounters& c) { return c.waiting == 3; });
  std::future<Response> beyond = Send("/beyond");
  Response response = Get(&beyond);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(CodeIn(response), "overloaded");
  EXPECT_EQ(HeaderIn(response, "Retry-After"), "1");
  second.Send(kOk);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(absl::StartsWith(second.ReadResponse(), "GET /waits "));
    second.Send(kOk);
  }
  first.Send(kOk);
  for (auto& answer : answers) EXPECT_EQ(Get(&answer).status, 200);
  EXPECT_FALSE(peer_.IsAskedFor());
}

TEST_F(ForwarderFailureTest, TurnsAwayWhoWaitedTooLongUnsent) {
  options_.connections_per_peer_max = 1;
  StartForwarder();
  std::future<Response> under_way = Send("/held");
  RawSocket connection = peer_.Accept();
  connection.ReadResponse();
  std::future<Response> waiting = Send("/waits");
  Await([](const ForwarderCounters& c) { return c.waiting == 1; });
  Pass(options_.answer_time_max);
  EXPECT_EQ(CodeIn(Get(&under_way)), "settling");
  EXPECT_EQ(CodeIn(Get(&waiting)), "overloaded");
  EXPECT_EQ(connection.ReadToEnd(), "");
  forwarder_->Stop();
  while (peer_.IsAskedFor()) EXPECT_EQ(peer_.Accept().ReadToEnd(), "");
}

TEST_F(ForwarderFailureTest, SaysSettlingToAllAtStop) {
  options_.connections_per_peer_max = 1;
  StartForwarder();
  std::future<Response> under_way = Send("/held");
  RawSocket connection = peer_.Accept();
  connection.ReadResponse();
  std::future<Response> writing = Forward(peer_.port(), Ask("GET", "/waits"));
  std::future<Response> unheard = Send("/also");
  forwarder_->Stop();
  for (auto* answer : {&under_way, &writing, &unheard}) {
    ASSERT_TRUE(IsReady(*answer));
    EXPECT_EQ(CodeIn(Get(answer)), "settling");
  }
  std::future<Response> late = Send("/late");
  EXPECT_EQ(CodeIn(Get(&late)), "settling");
  EXPECT_EQ(connection.ReadToEnd(), "");
  EXPECT_FALSE(peer_.IsAskedFor());
  forwarder_->Stop();
  const ForwarderCounters counters = forwarder_->counters();
  EXPECT_EQ(counters.settling, 4u);
  EXPECT_EQ(counters.connections_open, 0u);
  EXPECT_EQ(counters.waiting, 0u);
  EXPECT_EQ(counters.under_way, 0u);
}

TEST_F(ForwarderFailureTest, StopsWhileALargeBodyIsOnItsWay) {
  StartForwarder();
  std::future<Response> answer = Send("/a", std::string(32 << 20, 'x'));
  RawSocket connection = peer_.Accept();
  Await([](const ForwarderCounters& c) { return c.under_way == 1; });
  forwarder_.reset();
  EXPECT_EQ(CodeIn(Get(&answer)), "settling");
}

}  // namespace
}  // namespace guitu::http
