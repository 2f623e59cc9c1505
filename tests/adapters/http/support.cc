#include "tests/adapters/http/support.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "events/check.h"

namespace guitu::http {

absl::Time FakeClock::Now() const {
  return absl::FromUnixSeconds(1772352000) + Monotonic() - absl::Hours(1);
}

absl::Duration FakeClock::Monotonic() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return passed_;
}

void FakeClock::Advance(absl::Duration by) {
  std::lock_guard<std::mutex> lock(mutex_);
  passed_ += by;
}

absl::Duration RealMonotonic::Monotonic() const {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

namespace {

void Prepare(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const timeval patience{20, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

}  // namespace

RawSocket::RawSocket(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  GUITU_CHECK(connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0);
  Prepare(fd_);
}

RawSocket::RawSocket(Adopted adopted) : fd_(adopted.fd) {
  GUITU_CHECK(fd_ >= 0);
  Prepare(fd_);
}

RawSocket RawSocket::Adopt(int fd) { return RawSocket(Adopted{fd}); }

RawSocket::~RawSocket() {
  if (fd_ >= 0) close(fd_);
}

bool RawSocket::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

std::string RawSocket::ReadResponse(bool head_only) {
  char piece[4096];
  for (;;) {
    size_t end = rest_.find("\r\n\r\n");
    if (end != std::string::npos) {
      size_t size = end + 4;
      size_t length = rest_.find("Content-Length: ");
      uint64_t body = 0;
      if (!head_only && length < end) {
        size_t digits = length + 16;
        GUITU_CHECK(
            absl::SimpleAtoi(rest_.substr(digits, rest_.find('\r', digits) - digits), &body));
      }
      if (rest_.size() >= size + body) {
        std::string response = rest_.substr(0, size + body);
        rest_.erase(0, size + body);
        return response;
      }
    }
    ssize_t got = recv(fd_, piece, sizeof(piece), 0);
    GUITU_CHECK(got >= 0 || errno != EAGAIN);
    if (got <= 0) return "";
    rest_.append(piece, static_cast<size_t>(got));
  }
}

std::string RawSocket::ReadToEnd() {
  char piece[4096];
  for (;;) {
    ssize_t got = recv(fd_, piece, sizeof(piece), 0);
    GUITU_CHECK(got >= 0 || errno != EAGAIN);
    if (got <= 0) return std::exchange(rest_, "");
    rest_.append(piece, static_cast<size_t>(got));
  }
}

void RawSocket::ShutdownSend() { shutdown(fd_, SHUT_WR); }

RawPeer::RawPeer(int backlog) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  GUITU_CHECK(bind(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof(at)) == 0);
  GUITU_CHECK(listen(fd_, backlog) == 0);
  socklen_t size = sizeof(at);
  GUITU_CHECK(getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
  port_ = ntohs(at.sin_port);
  Prepare(fd_);
}

RawPeer::~RawPeer() { close(fd_); }

RawSocket RawPeer::Accept() {
  return RawSocket::Adopt(accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC));
}

bool RawPeer::IsAskedFor() const {
  pollfd state{fd_, POLLIN, 0};
  return poll(&state, 1, 0) == 1;
}

int StatusOf(const std::string& response) {
  int status = 0;
  if (response.size() < 12 || !absl::SimpleAtoi(response.substr(9, 3), &status)) return 0;
  return status;
}

std::string BodyOf(const std::string& response) {
  size_t end = response.find("\r\n\r\n");
  return end == std::string::npos ? "" : response.substr(end + 4);
}

std::string CodeOf(const std::string& response) {
  boost::json::error_code ec;
  boost::json::value value = boost::json::parse(BodyOf(response), ec);
  if (ec || !value.is_object()) return "";
  const boost::json::value* code = value.as_object().if_contains("code");
  return code == nullptr ? "" : std::string(code->as_string());
}

BatchEngine::BatchEngine() : thread_([this] { Run(); }) {}

BatchEngine::~BatchEngine() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

Handler BatchEngine::handler() {
  return [this](Request request, Responder answer) {
    bool is_first = false;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      is_first = waiting_.empty();
      waiting_.emplace_back(std::move(request), std::move(answer));
    }
    if (is_first) arrived_.notify_one();
  };
}

void BatchEngine::Run() {
  std::vector<std::pair<Request, Responder>> batch;
  for (;;) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      arrived_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      batch.swap(waiting_);
    }
    Server::Batch together;
    for (auto& [request, answer] : batch) {
      Response response;
      response.body = request.body.empty() ? "{}" : std::move(request.body);
      answer(std::move(response));
    }
    batch.clear();
  }
}

}  // namespace guitu::http
