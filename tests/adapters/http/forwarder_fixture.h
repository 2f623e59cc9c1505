// A forwarder with a clock that stands, and ways to ask it and to wait, never for ever.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <string>

#include "adapters/http/forwarder.h"
#include "tests/adapters/http/support.h"

namespace guitu::http {

class ForwarderFixture : public ::testing::Test {
 protected:
  ForwarderFixture() { options_.clock = &clock_; }

  void StartForwarder();
  // A second answer to one request would end the test program.
  std::future<Response> Forward(uint16_t port, const Request& request);
  std::future<Response> ForwardTo(const std::string& address, const Request& request);
  // What came within 20 s; status 0 if nothing.
  static Response Get(std::future<Response>* answer);
  static bool IsReady(const std::future<Response>& answer);
  void Await(const std::function<bool(const ForwarderCounters&)>& condition);

  static Request Ask(const std::string& method, const std::string& path,
                     const std::string& body = "");
  static std::string CodeIn(const Response& response);
  static std::string HeaderIn(const Response& response, const std::string& name);

  FakeClock clock_;
  ForwarderOptions options_;
  std::unique_ptr<Forwarder> forwarder_;
};

}  // namespace guitu::http
