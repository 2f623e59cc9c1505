// Time-outs and draining. The clock stands until a test moves it; the server looks at it every
// tick.
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/match.h"
#include "tests/adapters/http/fixture.h"

namespace guitu::http {
namespace {

class TimeoutTest : public ServerTest {
 protected:
  // Until everything sent so far has been read, so that the deadline it sets has been set.
  void AwaitRead(uint64_t bytes) {
    AwaitCounters([bytes](const Counters& c) { return c.bytes_in >= bytes; });
  }
  // Moves the clock past `limit`. The server's own clock reading may be a tick old.
  void Pass(absl::Duration limit) { clock_.Advance(limit + absl::Seconds(1)); }
};

TEST_F(TimeoutTest, EndsAConnectionThatNeverSpeaks) {
  Start();
  RawSocket socket = Connect();
  AwaitCounters([](const Counters& c) { return c.connections_open == 1; });
  Pass(options_.limits.head_time_max);
  EXPECT_EQ(socket.ReadToEnd(), "");
  EXPECT_EQ(server_->counters().timeouts, 1u);
}

TEST_F(TimeoutTest, AnswersAHeadThatDripsTooSlowly) {
  Start();
  RawSocket socket = Connect();
  const std::string part = "GET /echo HTTP/1.1\r\nX: ";
  socket.Send(part);
  AwaitRead(part.size());
  clock_.Advance(absl::Seconds(6));
  socket.Send("a");  // dripping does not buy time
  AwaitRead(part.size() + 1);
  clock_.Advance(absl::Seconds(6));
  std::string response = socket.ReadToEnd();
  EXPECT_EQ(StatusOf(response), 408);
  EXPECT_EQ(CodeOf(response), "request-timeout");
}

TEST_F(TimeoutTest, AnswersABodyThatDripsTooSlowly) {
  Start();
  RawSocket socket = Connect();
  const std::string part =
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: "
      "9\r\n\r\n{";
  socket.Send(part);
  AwaitRead(part.size());
  clock_.Advance(absl::Seconds(20));
  socket.Send(" ");
  AwaitRead(part.size() + 1);
  clock_.Advance(absl::Seconds(20));
  EXPECT_EQ(StatusOf(socket.ReadToEnd()), 408);
}

TEST_F(TimeoutTest, ClosesAnIdleConnectionWithoutAWord) {
  Start();
  RawSocket socket = Connect();
  socket.Send(Get("/echo"));
  EXPECT_EQ(StatusOf(socket.ReadResponse()), 200);
  Pass(options_.limits.idle_time_max);
  EXPECT_EQ(socket.ReadToEnd(), "");
}

TEST_F(TimeoutTest, LetsAHandlerTakeItsTime) {
  Start();
  RawSocket socket = Connect();
  socket.Send(Get("/hold"));
  Responder answer = held_.Wait();
  RawSocket witness = Connect();  // silent: its end shows that the server has seen the new time
  AwaitCounters([](const Counters& c) { return c.connections_open == 2; });
  Pass(absl::Hours(1));
  EXPECT_EQ(witness.ReadToEnd(), "");
  answer({});
  EXPECT_EQ(StatusOf(socket.ReadResponse()), 200);
}

TEST_F(TimeoutTest, GivesUpOnAClientThatDoesNotTakeItsAnswer) {
  router_.Add("GET", "/huge", [](Request, const Responder& answer) {
    Response response;
    response.body = std::string(64 << 20, 'x');  // more than the socket buffers hold
    answer(response);
  });
  Start();
  RawSocket socket = Connect();
  socket.Send(Get("/huge"));
  AwaitCounters([](const Counters& c) { return c.responses[2] == 1; });
  Pass(options_.limits.write_time_max);
  AwaitCounters([](const Counters& c) { return c.connections_open == 0; });
  EXPECT_EQ(server_->counters().timeouts, 1u);
}

TEST_F(TimeoutTest, DrainsWithoutCuttingWhatIsUnderWay) {
  Start();
  RawSocket idle = Connect();
  idle.Send(Get("/echo"));
  EXPECT_EQ(StatusOf(idle.ReadResponse()), 200);
  RawSocket busy = Connect();
  busy.Send(Get("/hold") + Get("/echo"));
  Responder answer = held_.Wait();
  std::thread stopping([&] { server_->Stop(absl::Seconds(30)); });
  EXPECT_EQ(idle.ReadToEnd(), "");  // closed by the drain, which is thus under way
  answer({});
  std::string response = busy.ReadToEnd();
  EXPECT_EQ(StatusOf(response), 200);
  EXPECT_TRUE(absl::StrContains(response, "Connection: close\r\n"));
  EXPECT_EQ(response.find("HTTP/1.1", 1), std::string::npos);  // the pipelined one is not begun
  stopping.join();
  EXPECT_EQ(server_->counters().connections_open, 0u);
}

TEST_F(TimeoutTest, CutsWhatIsLeftAtTheDeadline) {
  Start();
  RawSocket busy = Connect();
  busy.Send(Get("/hold"));
  Responder late = held_.Wait();
  RawSocket half = Connect();
  half.Send("GET / HT");
  AwaitRead(Get("/hold").size() + 8);
  server_->Stop(absl::ZeroDuration());
  EXPECT_EQ(busy.ReadToEnd(), "");
  EXPECT_EQ(half.ReadToEnd(), "");
  EXPECT_EQ(server_->counters().connections_open, 0u);
  EXPECT_EQ(server_->counters().requests_pending, 0u);
  late({});  // does nothing
  server_.reset();
  late({});
}

TEST_F(TimeoutTest, StopsTwiceAndWithoutConnections) {
  Start();
  server_->Stop(absl::Seconds(30));
  server_->Stop(absl::Seconds(30));
}

TEST_F(TimeoutTest, AnswerMayOutliveTheServer) {
  Start();
  RawSocket socket = Connect();
  socket.Send(Get("/hold"));
  Responder answer = held_.Wait();
  server_.reset();
  answer({});
  EXPECT_EQ(socket.ReadToEnd(), "");
}

}  // namespace
}  // namespace guitu::http
