#include "tests/adapters/http/forwarder_fixture.h"

#include <chrono>
#include <thread>
#include <utility>

#include "adapters/http/target.h"

namespace guitu::http {

void ForwarderFixture::StartForwarder() {
  auto forwarder = Forwarder::Start(options_);
  ASSERT_TRUE(forwarder.ok()) << forwarder.status();
  forwarder_ = *std::move(forwarder);
}

std::future<Response> ForwarderFixture::ForwardTo(const std::string& address,
                                                  const Request& request) {
  auto promise = std::make_shared<std::promise<Response>>();
  std::future<Response> answer = promise->get_future();
  forwarder_->Forward(address, request,
                      [promise](Response response) { promise->set_value(std::move(response)); });
  return answer;
}

std::future<Response> ForwarderFixture::Forward(uint16_t port, const Request& request) {
  return ForwardTo("127.0.0.1:" + std::to_string(port), request);
}

Response ForwarderFixture::Get(std::future<Response>* answer) {
  if (answer->wait_for(std::chrono::seconds(20)) == std::future_status::ready) return answer->get();
  Response none;
  none.status = 0;
  return none;
}

bool ForwarderFixture::IsReady(const std::future<Response>& answer) {
  return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

void ForwarderFixture::Await(const std::function<bool(const ForwarderCounters&)>& condition) {
  RealMonotonic real;
  const absl::Duration end = real.Monotonic() + absl::Seconds(20);
  while (!condition(forwarder_->counters())) {
    ASSERT_LT(real.Monotonic(), end) << "the counters never came to what was awaited";
    std::this_thread::yield();
  }
}

Request ForwarderFixture::Ask(const std::string& method, const std::string& path,
                              const std::string& body) {
  Request request;
  Target target;
  EXPECT_FALSE(ParseTarget(path, &target));
  request.method = method;
  request.segments = std::move(target.segments);
  request.query = std::move(target.query);
  if (!body.empty()) request.headers.Add("Content-Type", "application/json");
  request.body = body;
  return request;
}

std::string ForwarderFixture::CodeIn(const Response& response) {
  return CodeOf("\r\n\r\n" + response.body);
}

std::string ForwarderFixture::HeaderIn(const Response& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

}  // namespace guitu::http
