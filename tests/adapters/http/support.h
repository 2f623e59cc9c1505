// What the HTTP tests share: a clock that stands until moved, raw sockets that can say what no
// client would, and an engine thread that answers in batches.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "adapters/http/server.h"
#include "adapters/runtime/clock.h"

namespace guitu::http {

// 2026-03-01T08:00:00Z until Advance. Any thread.
class FakeClock final : public runtime::Clock {
 public:
  absl::Time Now() const override;
  absl::Duration Monotonic() const override;
  void Advance(absl::Duration by);

 private:
  mutable std::mutex mutex_;
  absl::Duration passed_ = absl::Hours(1);
};

// Real monotonic time, for measuring; wall time stands.
class RealMonotonic final : public runtime::Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(1772352000); }
  absl::Duration Monotonic() const override;
};

// A blocking TCP connection to 127.0.0.1. Reads give up after 20 s, so a hanging server fails a
// test instead of hanging it.
class RawSocket {
 public:
  explicit RawSocket(uint16_t port);
  static RawSocket Adopt(int fd);
  ~RawSocket();
  RawSocket(RawSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

  bool Send(absl::string_view bytes);  // false once the other end is gone
  // Up to the end of one response or request with Content-Length (or of a head without body for
  // 1xx, 204, 304 and `head_only`); "" at the end of the stream.
  std::string ReadResponse(bool head_only = false);
  std::string ReadToEnd();
  // Whether the other end has closed, waiting for it.
  bool IsClosedByServer() { return ReadToEnd().empty(); }
  void ShutdownSend();

 private:
  struct Adopted {
    int fd;
  };
  explicit RawSocket(Adopted adopted);

  int fd_;
  std::string rest_;
};

// The other side: a port of 127.0.0.1 whose connections the test takes and speaks on itself.
class RawPeer {
 public:
  // Connections beyond `backlog` that nobody takes are not answered at all.
  explicit RawPeer(int backlog = 64);
  ~RawPeer();
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  uint16_t port() const { return port_; }
  RawSocket Accept();       // gives up after 20 s
  bool IsAskedFor() const;  // whether a connection waits to be taken, now

 private:
  int fd_;
  uint16_t port_ = 0;
};

int StatusOf(const std::string& response);
std::string BodyOf(const std::string& response);
// The member `code` of a problem document; "" if there is none.
std::string CodeOf(const std::string& response);

// Takes requests from the socket threads and answers, on its own thread, all that wait at once: the
// rhythm of a group commit.
class BatchEngine {
 public:
  BatchEngine();
  ~BatchEngine();
  Handler handler();

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::pair<Request, Responder>> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace guitu::http
