#include "tests/adapters/http/fixture.h"

#include <stdexcept>

namespace guitu::http {

Handler ServerTest::Held::handler() {
  return [this](Request, Responder answer) {
    std::lock_guard<std::mutex> lock(mutex_);
    held_.push_back(std::move(answer));
    ++count_;
    arrived_.notify_one();
  };
}

Responder ServerTest::Held::Wait() {
  std::unique_lock<std::mutex> lock(mutex_);
  arrived_.wait(lock, [this] { return !held_.empty(); });
  Responder answer = std::move(held_.front());
  held_.pop_front();
  return answer;
}

size_t ServerTest::Held::count() {
  std::lock_guard<std::mutex> lock(mutex_);
  return count_;
}

void ServerTest::Start(Handler fallback, RouteOptions fallback_options) {
  AddEcho(&router_);
  router_.Add("GET", "/hold", held_.handler());
  router_.Add("POST", "/engine", engine_.handler());
  router_.Add("GET", "/drop", [](Request, const Responder&) {});
  router_.Add("GET", "/throw", [](Request, const Responder&) { throw std::runtime_error("bug"); });
  router_.Add("GET", "/twice", [](Request, const Responder& answer) {
    Response response;
    answer(response);
    response.status = 500;
    answer(response);
  });
  router_.Add("GET", "/broken", [](Request, const Responder& answer) {
    Response response;
    response.headers = {{"Location", "/a\r\nSet-Cookie: b"}};
    answer(response);
  });
  router_.Add("GET", "/large", [](Request, const Responder& answer) {
    Response response;
    response.body = std::string(1 << 20, 'x');
    answer(response);
  });
  router_.Add("GET", "/later", [](Request, const Responder& answer) {
    answer(Response::Later([] {
      Response response;
      response.status = 202;
      return response;
    }));
  });
  router_.Add("GET", "/later-throws", [](Request, const Responder& answer) {
    answer(Response::Later([]() -> Response { throw std::runtime_error("bug"); }));
  });
  router_.Add("GET", "/who/{name}", [](const Request& request, const Responder& answer) {
    Response response;
    response.body = request.method + " " + request.Param("name") + " " + request.peer + " " +
                    std::string(request.Query("q").value_or("-")) + " " +
                    std::string(request.Header("X-A").value_or("-")) +
                    (request.is_tls ? " tls" : "");
    answer(response);
  });
  auto server = Server::Start(options_, std::move(router_), std::move(fallback), fallback_options);
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
}

std::string ServerTest::Ask(absl::string_view bytes) {
  RawSocket socket = Connect();
  socket.Send(bytes);
  return socket.ReadResponse();
}

void ServerTest::AwaitCounters(const std::function<bool(const Counters&)>& condition) {
  while (!condition(server_->counters())) std::this_thread::yield();
}

}  // namespace guitu::http
