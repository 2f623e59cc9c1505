// What a well-behaved client sees.
#include "adapters/http/server.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "tests/adapters/http/fixture.h"

namespace guitu::http {
namespace {

TEST_F(ServerTest, AnswersManyRequestsOnOneConnection) {
  Start();
  RawSocket socket = Connect();
  for (int i = 0; i < 100; ++i) {
    const std::string body = "{\"i\":" + std::to_string(i) + "}";
    socket.Send(Post("/echo", body));
    std::string response = socket.ReadResponse();
    EXPECT_EQ(StatusOf(response), 200);
    EXPECT_EQ(BodyOf(response), body);
  }
  EXPECT_EQ(server_->counters().connections_accepted, 1u);
  EXPECT_EQ(server_->counters().responses[2], 100u);
  EXPECT_GT(server_->counters().bytes_in, 0u);
  EXPECT_GT(server_->counters().bytes_out, 0u);
}

TEST_F(ServerTest, KeepsTheOrderOfPipelinedRequests) {
  Start();
  RawSocket socket = Connect();
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += Post(i % 3 == 0 ? "/engine" : "/echo", "[" + std::to_string(i) + "]");
    all += Get("/who/x");
  }
  socket.Send(all);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(BodyOf(socket.ReadResponse()), "[" + std::to_string(i) + "]");
    EXPECT_EQ(BodyOf(socket.ReadResponse()), "GET x 127.0.0.1 - -");
  }
}

TEST_F(ServerTest, DoesNotHandOnAPipelinedRequestBeforeTheLastIsAnswered) {
  Start();
  RawSocket socket = Connect();
  socket.Send(Get("/hold") + Get("/hold"));
  Responder first = held_.Wait();
  EXPECT_EQ(held_.count(), 1u);
  first({});
  EXPECT_EQ(StatusOf(socket.ReadResponse()), 200);
  held_.Wait()({});
  EXPECT_EQ(StatusOf(socket.ReadResponse()), 200);
}

TEST_F(ServerTest, SetsTheFieldsEveryAnswerHas) {
  Start();
  std::string response = Ask(Get("/echo"));
  EXPECT_TRUE(absl::StrContains(response, "Date: Sun, 01 Mar 2026 08:00:00 GMT\r\n")) << response;
  EXPECT_TRUE(absl::StrContains(response, "Cache-Control: no-store\r\n"));
  EXPECT_TRUE(absl::StrContains(response, "X-Content-Type-Options: nosniff\r\n"));
  EXPECT_FALSE(absl::StrContains(response, "Server:"));
}

TEST_F(ServerTest, GivesTheHandlerWhatWasAsked) {
  Start();
  std::string response =
      Ask("GET /who/%E5%BD%92?q=%E9%80%94 HTTP/1.1\r\nHost: h\r\nx-a: 1 \r\n\r\n");
  EXPECT_EQ(BodyOf(response), "GET 归 127.0.0.1 途 1");
}

TEST_F(ServerTest, AnswersHeadWithTheLengthButNoBody) {
  Start();
  RawSocket socket = Connect();
  socket.Send("HEAD /who/x HTTP/1.1\r\nHost: h\r\n\r\n" + Get("/echo"));
  std::string head = socket.ReadResponse(true);
  EXPECT_TRUE(absl::StrContains(head, "Content-Length: 20\r\n")) << head;
  EXPECT_EQ(BodyOf(socket.ReadResponse()), "{}");  // nothing of a body in between
}

TEST_F(ServerTest, RefusesUnknownPathsAndMethods) {
  Start();
  EXPECT_EQ(StatusOf(Ask(Get("/nowhere"))), 404);
  EXPECT_EQ(CodeOf(Ask(Get("/nowhere"))), "not-found");
  for (const char* method : {"DELETE", "OPTIONS", "TRACE", "get", "BREW"}) {
    std::string response = Ask(std::string(method) + " /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(StatusOf(response), 405) << method;
    EXPECT_EQ(CodeOf(response), "method-not-allowed");
    EXPECT_TRUE(absl::StrContains(response, "Allow: GET, HEAD, POST\r\n")) << response;
  }
}

TEST_F(ServerTest, GivesPathsWithoutARouteToTheFallback) {
  Start([](Request request, const Responder& answer) {
    Response response;
    response.content_type = "text/html; charset=utf-8";
    response.body = request.segments.empty() ? "root" : request.segments[0];
    answer(response);
  });
  EXPECT_EQ(BodyOf(Ask(Get("/"))), "root");
  EXPECT_EQ(BodyOf(Ask(Get("/app.js"))), "app.js");
  EXPECT_EQ(StatusOf(Ask("DELETE /echo HTTP/1.1\r\nHost: h\r\n\r\n")), 405);
}

TEST_F(ServerTest, KeepsTheConnectionAfterARefusalWithASmallBody) {
  Start();
  RawSocket socket = Connect();
  socket.Send(Post("/nowhere", "{}") + Post("/echo", "[1]"));
  EXPECT_EQ(StatusOf(socket.ReadResponse()), 404);
  EXPECT_EQ(BodyOf(socket.ReadResponse()), "[1]");
}

TEST_F(ServerTest, RefusesOtherMediaTypes) {
  Start();
  for (const char* fields :
       {"", "Content-Type: text/plain\r\n", "Content-Type: application/json; charset=gbk\r\n",
        "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"}) {
    std::string response = Ask(std::string("POST /echo HTTP/1.1\r\nHost: h\r\n") + fields +
                               "Content-Length: 2\r\n\r\n{}");
    EXPECT_EQ(StatusOf(response), 415) << fields;
    EXPECT_EQ(CodeOf(response), "unsupported-media-type");
  }
  std::string accepted =
      Ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json; charset=utf-8\r\n"
          "Content-Length: 2\r\n\r\n{}");
  EXPECT_EQ(StatusOf(accepted), 200);
}

TEST_F(ServerTest, LeavesAMissingBodyToTheHandler) {
  Start();
  EXPECT_EQ(StatusOf(Ask("POST /echo HTTP/1.1\r\nHost: h\r\n\r\n")), 200);
  EXPECT_EQ(StatusOf(Ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")), 200);
}

TEST_F(ServerTest, RefusesABodyWhereNoneBelongs) {
  Start();
  std::string response = Ask("GET /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(StatusOf(response), 400);
  EXPECT_EQ(CodeOf(response), "malformed");
}

TEST_F(ServerTest, TakesABodyOfExactlyTheLimitAndRefusesOneByteMore) {
  RouteOptions small;
  small.body = BodyKind::kAny;
  small.body_bytes_max = 100;
  auto size = [](Request request, const Responder& answer) {
    Response response;
    response.body = std::to_string(request.body.size());
    answer(response);
  };
  router_.Add("POST", "/small", small, size);
  Start();
  EXPECT_EQ(BodyOf(Ask(Post("/small", std::string(100, 'x')))), "100");
  std::string response = Ask(Post("/small", std::string(101, 'x')));
  EXPECT_EQ(StatusOf(response), 413);
  EXPECT_EQ(CodeOf(response), "body-too-large");
  const std::string chunked =
      "POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(BodyOf(Ask(chunked + "32\r\n" + std::string(50, 'x') + "\r\n32\r\n" +
                       std::string(50, 'x') + "\r\n0\r\n\r\n")),
            "100");
  EXPECT_EQ(StatusOf(Ask(chunked + "32\r\n" + std::string(50, 'x') + "\r\n33\r\n" +
                         std::string(51, 'x') + "\r\n0\r\n\r\n")),
            413);
}

TEST_F(ServerTest, RefusesAnEnormousBodyWithoutReadingIt) {
  Start();
  RawSocket socket = Connect();
  socket.Send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
      "Content-Length: 999999999999\r\n\r\n");
  socket.Send(std::string(200 << 10, 'x'));
  std::string response = socket.ReadResponse();
  EXPECT_EQ(StatusOf(response), 413);
  EXPECT_TRUE(absl::StrContains(response, "Connection: close\r\n"));
  socket.ShutdownSend();
  EXPECT_TRUE(socket.IsClosedByServer());
}

TEST_F(ServerTest, SaysContinueOnlyWhenItWantsTheBody) {
  Start();
  const std::string fields =
      " HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n";
  RawSocket socket = Connect();
  socket.Send("POST /echo" + fields + "Content-Length: 2\r\n\r\n");
  EXPECT_EQ(socket.ReadResponse(true), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.Send("[]");
  EXPECT_EQ(BodyOf(socket.ReadResponse()), "[]");
  EXPECT_EQ(StatusOf(Ask("POST /echo" + fields + "Content-Length: 99999999\r\n\r\n")), 413);
  EXPECT_EQ(StatusOf(Ask("POST /nowhere" + fields + "Content-Length: 2\r\n\r\n")), 404);
}

TEST_F(ServerTest, ReadsChunkedBodiesHoweverTheyAreCut) {
  Start();
  const std::string bytes =
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n";
  RawSocket whole = Connect();
  whole.Send(bytes + bytes);
  EXPECT_EQ(BodyOf(whole.ReadResponse()), "[1,2]");
  EXPECT_EQ(BodyOf(whole.ReadResponse()), "[1,2]");
  RawSocket socket = Connect();
  for (char c : bytes) socket.Send(std::string(1, c));
  EXPECT_EQ(BodyOf(socket.ReadResponse()), "[1,2]");
}

TEST_F(ServerTest, ServesHttp10OnceAndCloses) {
  Start();
  RawSocket socket = Connect();
  socket.Send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  std::string response = socket.ReadToEnd();
  EXPECT_EQ(StatusOf(response), 200);
  EXPECT_TRUE(absl::StrContains(response, "Connection: close\r\n"));
}

TEST_F(ServerTest, ClosesWhenTheClientAsksForIt) {
  Start();
  RawSocket socket = Connect();
  socket.Send("GET /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(StatusOf(socket.ReadToEnd()), 200);
}

TEST_F(ServerTest, AnswersAClientThatHasFinishedSending) {
  Start();
  RawSocket socket = Connect();
  socket.Send(Post("/engine", "[1]"));
  socket.ShutdownSend();
  EXPECT_EQ(BodyOf(socket.ReadToEnd()), "[1]");
}

TEST_F(ServerTest, SendsLargeAnswersWhole) {
  Start();
  RawSocket socket = Connect();
  socket.Send(Get("/large") + Get("/large"));
  EXPECT_EQ(BodyOf(socket.ReadResponse()), std::string(1 << 20, 'x'));
  EXPECT_EQ(BodyOf(socket.ReadResponse()), std::string(1 << 20, 'x'));
}

TEST_F(ServerTest, MakesADeferredAnswerOnTheSocketThread) {
  Start();
  RawSocket socket = Connect();
  socket.Send(Get("/later") + Get("/later-throws") + Get("/echo"));
  EXPECT_EQ(StatusOf(socket.ReadResponse()), 202);
  EXPECT_EQ(CodeOf(socket.ReadResponse()), "settling");
  EXPECT_EQ(StatusOf(socket.ReadResponse()), 200);
  EXPECT_EQ(server_->counters().handler_faults, 1u);
}

TEST_F(ServerTest, AnswersSettlingForAHandlerThatFailsItsDuty) {
  Start();
  RawSocket socket = Connect();
  for (const char* path : {"/drop", "/throw", "/broken"}) {
    socket.Send(Get(path));
    std::string response = socket.ReadResponse();
    EXPECT_EQ(StatusOf(response), 503) << path;
    EXPECT_EQ(CodeOf(response), "settling") << path;
    EXPECT_TRUE(absl::StrContains(response, "Retry-After: 1\r\n")) << path;
    EXPECT_FALSE(absl::StrContains(response, "Set-Cookie")) << path;
  }
  EXPECT_EQ(server_->counters().handler_faults, 2u);
}

TEST_F(ServerTest, TakesOnlyTheFirstAnswer) {
  Start();
  RawSocket socket = Connect();
  socket.Send(Get("/twice") + Get("/hold"));
  EXPECT_EQ(StatusOf(socket.ReadResponse()), 200);
  Responder answer = held_.Wait();
  answer({});
  EXPECT_EQ(StatusOf(socket.ReadResponse()), 200);
  Response second;
  second.status = 500;
  answer(second);
  socket.Send(Get("/echo"));
  EXPECT_EQ(BodyOf(socket.ReadResponse()), "{}");
}

TEST_F(ServerTest, WakesTheSocketThreadOnceForABatch) {
  Start();
  constexpr size_t kClients = 64;
  std::vector<RawSocket> sockets;
  std::vector<Responder> responders;
  for (size_t i = 0; i < kClients; ++i) {
    sockets.push_back(Connect());
    sockets.back().Send(Get("/hold"));
    responders.push_back(held_.Wait());
  }
  EXPECT_EQ(server_->counters().requests_pending, kClients);
  {
    Server::Batch batch;
    for (Responder& answer : responders) answer({});
  }
  for (RawSocket& socket : sockets) EXPECT_EQ(StatusOf(socket.ReadResponse()), 200);
  EXPECT_EQ(server_->counters().wakeups, 1u);
  EXPECT_EQ(server_->counters().requests_pending, 0u);
}

TEST_F(ServerTest, SpreadsConnectionsOverItsThreads) {
  options_.threads = 3;
  Start();
  std::vector<RawSocket> sockets;
  for (int i = 0; i < 9; ++i) sockets.push_back(Connect());
  for (int round = 0; round < 20; ++round) {
    for (RawSocket& socket : sockets) socket.Send(Post("/engine", std::to_string(round)));
    for (RawSocket& socket : sockets) {
      EXPECT_EQ(BodyOf(socket.ReadResponse()), std::to_string(round));
    }
  }
}

TEST_F(ServerTest, RefusesRequestsBeyondThePendingLimit) {
  options_.limits.pending_max = 1;
  Start();
  RawSocket first = Connect();
  first.Send(Get("/hold"));
  Responder answer = held_.Wait();
  RawSocket second = Connect();
  second.Send(Get("/echo"));
  std::string response = second.ReadResponse();
  EXPECT_EQ(StatusOf(response), 503);
  EXPECT_EQ(CodeOf(response), "overloaded");
  EXPECT_TRUE(absl::StrContains(response, "Retry-After: 1\r\n"));
  answer({});
  EXPECT_EQ(StatusOf(first.ReadResponse()), 200);
  second.Send(Get("/echo"));
  EXPECT_EQ(StatusOf(second.ReadResponse()), 200);
  EXPECT_EQ(server_->counters().requests_overloaded, 1u);
}

TEST_F(ServerTest, RefusesConnectionsBeyondTheLimit) {
  options_.limits.connections_max = 1;
  Start();
  RawSocket first = Connect();
  first.Send(Get("/echo"));
  EXPECT_EQ(StatusOf(first.ReadResponse()), 200);
  RawSocket second = Connect();
  EXPECT_EQ(CodeOf(second.ReadToEnd()), "overloaded");
  EXPECT_EQ(server_->counters().connections_refused, 1u);
}

TEST_F(ServerTest, ForgetsAClientThatLeavesBeforeItsAnswer) {
  Start();
  {
    RawSocket socket = Connect();
    socket.Send(Get("/hold"));
    held_.Wait()({});
    socket.Send(Get("/hold"));
    Responder late = held_.Wait();
    { RawSocket gone = std::move(socket); }
    late({});
  }
  AwaitCounters([](const Counters& c) { return c.connections_open == 0; });
  EXPECT_EQ(server_->counters().requests_pending, 0u);
}

TEST_F(ServerTest, ReportsOptionsThatCannotWork) {
  auto start = [&](auto change) {
    ServerOptions options;
    options.clock = &clock_;
    change(&options);
    return Server::Start(options, Router()).status().code();
  };
  using absl::StatusCode;
  EXPECT_EQ(start([](ServerOptions* o) { o->threads = 0; }), StatusCode::kInvalidArgument);
  EXPECT_EQ(start([](ServerOptions* o) { o->address = "localhost"; }),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(start([](ServerOptions* o) { o->limits.head.head_bytes_max = 1 << 20; }),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(start([](ServerOptions* o) {
              o->tls = TlsFiles{"/nonexistent", "/nonexistent"};
            }),
            StatusCode::kInvalidArgument);
  Start();
  EXPECT_EQ(start([&](ServerOptions* o) { o->port = server_->port(); }), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace guitu::http
