#include "adapters/http/client.h"

#include <gtest/gtest.h>

#include "adapters/http/load.h"
#include "tests/adapters/http/fixture.h"

namespace guitu::http {
namespace {

using absl::StatusCode;

class ClientTest : public ServerTest {
 protected:
  ClientOptions Here() {
    ClientOptions options;
    options.port = server_->port();
    return options;
  }
  // A port nobody listens on.
  uint16_t FreePort() {
    Start();
    uint16_t port = server_->port();
    server_.reset();
    return port;
  }
};

TEST_F(ClientTest, CallsManyTimesOverOneConnection) {
  Start();
  Client client(Here());
  for (int i = 0; i < 10; ++i) {
    auto response = client.Call("POST", "/echo", {{"Idempotency-Key", "k"}}, "[1]");
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "[1]");
    EXPECT_EQ(response->Header("cache-control"), "no-store");
    EXPECT_EQ(response->Header("nothing"), std::nullopt);
  }
  auto head = client.Call("HEAD", "/who/x");
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(server_->counters().connections_accepted, 1u);
}

TEST_F(ClientTest, ReadsTheRefusalOfABodyThatIsTooLarge) {
  Start();
  Client client(Here());
  auto response = client.Call("POST", "/echo", {}, std::string(8 << 20, 'x'));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 413);
  response = client.Call("GET", "/echo");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 200);
}

TEST_F(ClientTest, ConnectsAgainAfterTheServerClosed) {
  Start();
  Client client(Here());
  ASSERT_TRUE(client.Call("GET", "/echo").ok());
  clock_.Advance(absl::Seconds(100));
  AwaitCounters([](const Counters& c) { return c.connections_open == 0; });
  auto response = client.Call("GET", "/echo");
  EXPECT_TRUE(response.ok()) << response.status();
}

TEST_F(ClientTest, ReportsThatNobodyListens) {
  ClientOptions options;
  options.port = FreePort();
  Client client(options);
  EXPECT_EQ(client.Call("GET", "/").status().code(), StatusCode::kUnavailable);
}

TEST_F(ClientTest, ReportsAConnectionThatBreaksInMidRequest) {
  Start();
  Client client(Here());
  std::thread stopping([&] {
    Responder answer = held_.Wait();
    server_->Stop(absl::ZeroDuration());
  });
  EXPECT_EQ(client.Call("GET", "/hold").status().code(), StatusCode::kUnavailable);
  stopping.join();
}

TEST_F(ClientTest, GivesUpAfterItsTime) {
  Start();
  ClientOptions options = Here();
  options.time_max = absl::Milliseconds(50);
  Client client(options);
  EXPECT_EQ(client.Call("GET", "/hold").status().code(), StatusCode::kDeadlineExceeded);
}

TEST_F(ClientTest, RefusesToSendWhatWouldBreakTheRequest) {
  Start();
  Client client(Here());
  EXPECT_EQ(client.Call("GET", "/a b").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(client.Call("GET", "").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(client.Call("G T", "/").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(client.Call("GET", "/", {{"X", "a\r\nY: b"}}).status().code(),
            StatusCode::kInvalidArgument);
}

TEST_F(ClientTest, RefusesAnAnswerBeyondItsLimit) {
  Start();
  ClientOptions options = Here();
  options.body_bytes_max = 1000;
  Client client(options);
  EXPECT_EQ(client.Call("GET", "/large").status().code(), StatusCode::kDataLoss);
}

TEST(ClientUrl, ReadsHostAndPort) {
  auto options = Client::ParseUrl("https://guitu.example:8470/");
  ASSERT_TRUE(options.ok());
  EXPECT_TRUE(options->is_tls);
  EXPECT_EQ(options->host, "guitu.example");
  EXPECT_EQ(options->port, 8470);
  EXPECT_EQ(Client::ParseUrl("http://[::1]")->host, "::1");
  EXPECT_EQ(Client::ParseUrl("http://[::1]")->port, 80);
  EXPECT_EQ(Client::ParseUrl("https://h")->port, 443);
  for (const char* bad :
       {"h:1", "ftp://h", "http://", "http://h/x", "http://h:0", "http://h:99999"}) {
    EXPECT_EQ(Client::ParseUrl(bad).status().code(), StatusCode::kInvalidArgument) << bad;
  }
}

class LoadTest : public ClientTest {
 protected:
  LoadTest() {
    load_.clock = &real_;
    load_.next = [this](int, std::string* request) {
      *request = request_;
      return true;
    };
  }

  RealMonotonic real_;
  LoadOptions load_;
  std::string request_ = Post("/engine", "[1]");
};

TEST_F(LoadTest, AsksExactlyAsOftenAsItWasTold) {
  Start();
  load_.port = server_->port();
  load_.connections = 7;
  load_.requests_max = 1000;
  std::string seen;
  load_.on_answer = [&](int, int status, absl::string_view head, absl::string_view body) {
    EXPECT_EQ(status, 200);
    EXPECT_EQ(head.substr(head.size() - 4), "\r\n\r\n");
    seen = std::string(body);
  };
  auto report = RunLoad(load_);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->answers, 1000u);
  EXPECT_EQ(report->statuses, (std::map<int, uint64_t>{{200, 1000}}));
  EXPECT_EQ(report->latency.count(), 1000u);
  EXPECT_EQ(report->broken, 0u);
  EXPECT_EQ(seen, "[1]");
  EXPECT_EQ(server_->counters().responses[2], 1000u);
  EXPECT_EQ(server_->counters().connections_accepted, 7u);
  EXPECT_LE(report->latency.Quantile(0.5), report->latency.Quantile(0.99));
  EXPECT_LE(report->latency.Quantile(0.99), report->latency.max());
  EXPECT_GT(report->PerSecond(), 0);
}

TEST_F(LoadTest, StopsWhenTheTimeIsUp) {
  Start();
  load_.port = server_->port();
  load_.time_max = absl::Milliseconds(100);
  load_.warm_up = absl::Milliseconds(20);
  auto report = RunLoad(load_);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_GT(report->answers, 0u);
  EXPECT_LT(report->answers, server_->counters().responses[2]);  // the warm-up is not counted
}

TEST_F(LoadTest, StopsAConnectionThatHasNoMoreToAsk) {
  Start();
  load_.port = server_->port();
  load_.connections = 2;
  load_.requests_max = 1000;
  int left = 5;
  load_.next = [&](int, std::string* request) {
    *request = request_;
    return left-- > 0;
  };
  auto report = RunLoad(load_);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->answers, 5u);
}

TEST_F(LoadTest, ReadsLargeAnswersHeadAnswersAndClosedConnections) {
  Start();
  load_.port = server_->port();
  load_.requests_max = 9;
  int turn = 0;
  load_.next = [&](int, std::string* request) {
    const std::string requests[] = {Get("/large"), "HEAD /large HTTP/1.1\r\nHost: h\r\n\r\n",
                                    "GET /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"};
    *request = requests[turn++ % 3];
    return true;
  };
  auto report = RunLoad(load_);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->statuses[200], 9u);
  EXPECT_EQ(report->broken, 0u);
}

TEST_F(LoadTest, ReportsThatNobodyListens) {
  load_.port = FreePort();
  load_.requests_max = 1;
  EXPECT_EQ(RunLoad(load_).status().code(), StatusCode::kUnavailable);
}

TEST_F(LoadTest, ReportsSilence) {
  Start();
  load_.port = server_->port();
  load_.requests_max = 1;
  load_.answer_time_max = absl::Milliseconds(50);
  request_ = Get("/hold");
  EXPECT_EQ(RunLoad(load_).status().code(), StatusCode::kDeadlineExceeded);
}

TEST(LatencyHistogram, KnowsItsQuantilesToASixteenth) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.Quantile(0.5), absl::ZeroDuration());
  for (int i = 1; i <= 1000; ++i) histogram.Add(absl::Microseconds(i));
  for (double q : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    double us = absl::ToDoubleMicroseconds(histogram.Quantile(q));
    EXPECT_GE(us, 1000 * q);
    EXPECT_LE(us, 1000 * q * 1.0625 + 0.001);
  }
  EXPECT_EQ(histogram.Quantile(1), absl::Microseconds(1000));
  EXPECT_EQ(histogram.max(), absl::Microseconds(1000));
  histogram.Add(-absl::Seconds(1));  // a clock that stepped back counts as nothing
  EXPECT_EQ(histogram.count(), 1001u);
}

}  // namespace
}  // namespace guitu::http
