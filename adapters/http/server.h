// The HTTP/1.1 server: sockets, TLS, framing, limits, time-outs and draining; what to answer is the
// router's handlers' affair. Knows nothing of cases. Never logs; counts instead.
//
// Each socket thread has its own event loop and its connections for life. On one connection
// requests are served one after the other: a pipelined request waits in the socket until the answer
// before it is written, so answers keep their order and a client cannot make the server buffer.
//
// Errors of the protocol are answered as problem documents (problem.h); where bytes are left that
// cannot be trusted as the next request, the connection is closed after the answer.
// Threads: Start, Stop and the destructor from one thread; the rest from any.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/http/head.h"
#include "adapters/http/message.h"
#include "adapters/http/outbox.h"
#include "adapters/http/router.h"
#include "adapters/runtime/clock.h"

namespace guitu::http {

// Time-outs are kept by looking every 100 ms at `Clock::Monotonic`.
struct Limits {
  HeadLimits head;
  size_t connections_max = 4096;  // more are answered 503 and closed
  size_t pending_max = 1024;      // requests handed to handlers and not yet answered; more: 503
  absl::Duration head_time_max = absl::Seconds(10);   // first byte to last of a head; TLS handshake
  absl::Duration idle_time_max = absl::Seconds(75);   // between requests of a connection
  absl::Duration write_time_max = absl::Seconds(30);  // for the client to take an answer
};

// PEM files. TLS 1.2 or newer; ALPN http/1.1.
struct TlsFiles {
  std::string certificate_chain;
  std::string private_key;
};

struct ServerOptions {
  std::string address = "127.0.0.1";  // numeric, IPv4 or IPv6
  uint16_t port = 0;                  // 0: a free one, see Server::port
  int threads = 1;
  Limits limits;
  std::optional<TlsFiles> tls;
  const runtime::Clock* clock =
      nullptr;  // REQUIRES: set, safe for all threads, outlives the server
};

// Totals since the start unless said otherwise.
struct Counters {
  uint64_t connections_open = 0;  // now
  uint64_t connections_accepted = 0;
  uint64_t connections_refused = 0;     // beyond connections_max
  uint64_t requests_pending = 0;        // now: with handlers
  std::array<uint64_t, 6> responses{};  // [4] counts 4xx
  uint64_t requests_overloaded = 0;     // 503 beyond pending_max
  uint64_t timeouts = 0;
  uint64_t handler_faults = 0;  // a handler threw, or made a response that cannot be sent
  uint64_t bytes_in = 0;        // payload of the sockets, above TLS
  uint64_t bytes_out = 0;
  uint64_t wakeups = 0;  // of socket threads by answers from other threads
};

class Server {
 public:
  using Batch = AnswerBatch;

  // `fallback` answers what no route's path matches, of any method; null: 404.
  // Unavailable if the address cannot be bound, InvalidArgument for bad options or TLS files.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerOptions options, Router router,
                                                       Handler fallback = nullptr,
                                                       RouteOptions fallback_options = {});
  // Stops at once.
  // NOLINTNEXTLINE(bugprone-exception-escape): what throws here ends the process, as it should.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  uint16_t port() const;
  Counters counters() const;

  // Takes no new connections, closes idle ones, lets requests under way be answered (with
  // Connection: close), cuts what is left at the deadline. Blocks at most `deadline` and a moment.
  void Stop(absl::Duration deadline);

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace guitu::http
