// Measures what HTTP alone costs on this machine: echoes per second over loopback, one socket
// thread, answered on the socket thread, by another thread in batches, and by way of a second node.
// Not a test.
//   http_floor [seconds per figure, default 3]
#include <cstdio>
#include <cstdlib>

#include "adapters/http/echo.h"
#include "adapters/http/forwarder.h"
#include "adapters/http/load.h"
#include "adapters/http/server.h"
#include "tests/adapters/http/support.h"

namespace guitu::http {
namespace {

bool Measure(const char* name, uint16_t port, const std::string& request, int connections,
             absl::Duration time) {
  RealMonotonic clock;
  LoadOptions options;
  options.port = port;
  options.connections = connections;
  options.time_max = time;
  options.warm_up = absl::Milliseconds(300);
  options.clock = &clock;
  options.next = [&](int, std::string* out) {
    *out = request;
    return true;
  };
  auto report = RunLoad(options);
  if (!report.ok() || report->statuses[200] != report->answers) return false;
  std::printf(
      "%-22s %3d connections  %8.0f/s  p50 %6.1f us  p99 %7.1f us  max %8.1f us  load cpu "
      "%2.0f%%\n",
      name, connections, report->PerSecond(),
      absl::ToDoubleMicroseconds(report->latency.Quantile(0.5)),
      absl::ToDoubleMicroseconds(report->latency.Quantile(0.99)),
      absl::ToDoubleMicroseconds(report->latency.max()),
      100 * absl::ToDoubleSeconds(report->cpu) / absl::ToDoubleSeconds(report->elapsed));
  return true;
}

int Main(double seconds) {
  RealMonotonic clock;
  BatchEngine engine;
  Router router;
  AddEcho(&router);
  router.Add("POST", "/engine", engine.handler());
  ServerOptions options;
  options.clock = &clock;
  auto server = Server::Start(options, std::move(router));
  if (!server.ok()) return 3;
  std::printf("port %d\n", (*server)->port());
  const std::string body = R"({"events":[{"type":"FollowUpCompleted","data":{"n":1}}]})";
  const std::string fields = "Host: 127.0.0.1\r\nAuthorization: Bearer 0123456789abcdef\r\n";
  const std::string get = "GET /echo HTTP/1.1\r\n" + fields + "\r\n";
  auto post = [&](const std::string& path) {
    return "POST " + path + " HTTP/1.1\r\n" + fields +
           "Idempotency-Key: 0123456789\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  };
  for (const auto& [name, request] : {std::pair<const char*, std::string>{"GET inline", get},
                                      {"POST inline", post("/echo")},
                                      {"POST other thread", post("/engine")}}) {
    for (int connections : {1, 8, 64}) {
      if (!Measure(name, (*server)->port(), request, connections, absl::Seconds(seconds))) return 3;
    }
  }
  ForwarderOptions forwarding;
  forwarding.clock = &clock;
  auto forwarder = Forwarder::Start(forwarding);
  if (!forwarder.ok()) return 3;
  const std::string owner = "127.0.0.1:" + std::to_string((*server)->port());
  RouteOptions any;
  any.body = BodyKind::kAny;
  auto front = Server::Start(
      options, Router(),
      [&](const Request& request, Responder answer) {
        (*forwarder)->Forward(owner, request, std::move(answer));
      },
      any);
  if (!front.ok()) return 3;
  for (const auto& [name, request] : {std::pair<const char*, std::string>{"GET forwarded", get},
                                      {"POST forwarded", post("/echo")}}) {
    for (int connections : {1, 8, 64}) {
      if (!Measure(name, (*front)->port(), request, connections, absl::Seconds(seconds))) return 3;
    }
  }
  const Counters counters = (*server)->counters();
  std::printf("answers %llu, wake-ups of the socket thread %llu\n",
              static_cast<unsigned long long>(counters.responses[2]),
              static_cast<unsigned long long>(counters.wakeups));
  return 0;
}

}  // namespace
}  // namespace guitu::http

int main(int argc, char** argv) { return guitu::http::Main(argc > 1 ? std::atof(argv[1]) : 3.0); }
