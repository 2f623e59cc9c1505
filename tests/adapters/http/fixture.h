// A server on a free loopback port with a clock that stands, and routes for each way to answer.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "adapters/http/echo.h"
#include "adapters/http/server.h"
#include "tests/adapters/http/support.h"

namespace guitu::http {

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() { options_.clock = &clock_; }

  // Holds what "/hold" was asked until the test answers it.
  class Held {
   public:
    Handler handler();
    Responder Wait();  // for the next one
    size_t count();

   private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<Responder> held_;
    size_t count_ = 0;
  };

  void Start(Handler fallback = nullptr, RouteOptions fallback_options = {});
  RawSocket Connect() { return RawSocket(server_->port()); }
  // Sends all of `bytes` on a new connection and reads the first response.
  std::string Ask(absl::string_view bytes);
  // Waits, without a time of its own, until `condition` of the counters holds.
  void AwaitCounters(const std::function<bool(const Counters&)>& condition);

  FakeClock clock_;
  ServerOptions options_;
  Router router_;  // filled before Start
  Held held_;
  BatchEngine engine_;
  std::unique_ptr<Server> server_;
};

inline std::string Get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

inline std::string Post(const std::string& path, const std::string& body) {
  return "POST " + path +
         " HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace guitu::http
