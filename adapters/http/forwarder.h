// Sends a client's request on to the node that owns its case and brings the answer back, so that a
// client may ask any node. What goes on and what does not: forwarded.h.
//
// Invariants (tests/adapters/http/forwarder_test.cc):
//   1. No request is sent twice (U4). Its bytes are handed to one connection, in one write; from
//      then on there is its answer or 503 `settling`, never another attempt. Before, the connection
//      is polled: one that the peer has closed or said something on unasked is given up without a
//      byte written, and another taken or opened. The peer can still close between this look and
//      the write; that too is `settling`, since bytes the kernel took may have been read. It is
//      rare because idle connections end here (`idle_time_max`) before the peer's server ends them.
//   2. 503 `not-owner` and `overloaded` of the forwarder's own mean that not a byte was written.
//   3. Every Forward is answered once: Stop, too, leaves nobody without.
//   4. A request that another node sent on is not sent on again (`not-owner`).
//
// Answers of the peer are taken with their length only; one that ends with the connection cannot be
// told from one cut short and is `settling`, as is anything that is not HTTP/1.1, too large, or not
// to be sent on. Never logs; counts.
// Threads: each peer belongs to one of `threads` own threads. Start, Stop and the destructor from
// one thread; the rest from any. Forward never blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "adapters/http/message.h"
#include "adapters/runtime/clock.h"

namespace guitu::http {

// Times are kept by looking every 100 ms at `Clock::Monotonic`.
struct ForwarderOptions {
  int threads = 1;
  size_t connections_per_peer_max = 64;
  size_t waiting_max = 1024;  // for each peer: requests beyond what its connections carry; then 503
  absl::Duration connect_time_max = absl::Seconds(2);  // name, TCP and TLS; then `not-owner`
  // From Forward to the end of the answer: then `settling`, or `overloaded` if it still waited.
  absl::Duration answer_time_max = absl::Seconds(30);
  // An unused connection is kept for. REQUIRES: well below the peers' Limits::idle_time_max.
  absl::Duration idle_time_max = absl::Seconds(30);
  size_t head_bytes_max = 64 << 10;  // of an answer
  size_t body_bytes_max = 64 << 20;
  std::string ca_file;  // PEM of whom to trust behind https://; empty: the system's authorities
  const runtime::Clock* clock = nullptr;  // REQUIRES: set, safe for all threads, outlives this
};

// Totals since the start unless said otherwise.
struct ForwarderCounters {
  uint64_t answered = 0;    // by the peer, whatever it said
  uint64_t settling = 0;    // sent, and no answer that could be used; or cut off by Stop
  uint64_t not_owner = 0;   // no connection, an address that makes no sense, forwarded before
  uint64_t overloaded = 0;  // too many waiting, or waited too long
  uint64_t refused = 0;     // malformed, see AppendForwarded
  uint64_t timeouts = 0;    // of connecting and of answering
  uint64_t connections_opened = 0;
  uint64_t connections_open = 0;  // now
  uint64_t waiting = 0;           // now: not yet on a connection
  uint64_t under_way = 0;         // now: sent, not yet answered
};

class Forwarder {
 public:
  // InvalidArgument for bad options or a file of authorities that cannot be used.
  static absl::StatusOr<std::unique_ptr<Forwarder>> Start(ForwarderOptions options);
  // Stops.
  // NOLINTNEXTLINE(bugprone-exception-escape): what throws here ends the process, as it should.
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  // `address`: "host:port", "http://host:port" or "https://host:port", the host a name or numeric
  // ("[::1]"). `answer` is called once, on this thread or one of the forwarder's. Copies `request`.
  void Forward(absl::string_view address, const Request& request, Responder answer);
  ForwarderCounters counters() const;

  // Answers all that is left, and every later Forward, with 503 `settling`; closes all connections.
  // A second call does nothing. Blocks for a moment, or until the system's resolver gives up on a
  // name it is looking for just now.
  void Stop();

 private:
  class Impl;
  explicit Forwarder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace guitu::http
