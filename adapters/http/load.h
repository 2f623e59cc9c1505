// A closed-loop load generator: N keep-alive connections, each with one request under way, on one
// thread over epoll. Reads only as much of an answer as its framing needs, because it shares the
// machine with the server it measures. Plain TCP; answers must carry Content-Length.
// Threads: one call of RunLoad uses the calling thread; several may run at once.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "adapters/runtime/clock.h"

namespace guitu::http {

// Latencies in buckets of 1/16 of a power of two from 1 ns: a quantile is at most 6.25 % too high.
class LatencyHistogram {
 public:
  void Add(absl::Duration latency);
  // The smallest bucket end that `q` (0..1) of the values do not exceed, never above max().
  absl::Duration Quantile(double q) const;
  absl::Duration max() const { return absl::Nanoseconds(max_ns_); }
  uint64_t count() const { return count_; }

 private:
  static size_t BucketOf(uint64_t ns);
  static uint64_t EndOf(size_t bucket);

  std::array<uint64_t, size_t{64} * 16> buckets_{};
  uint64_t count_ = 0;
  uint64_t max_ns_ = 0;
};

struct LoadOptions {
  std::string address = "127.0.0.1";  // numeric IPv4
  uint16_t port = 0;
  int connections = 1;
  uint64_t requests_max = 0;                           // 0: no limit; counted over all connections
  absl::Duration time_max = absl::InfiniteDuration();  // REQUIRES: one of the two limits is set
  absl::Duration warm_up = absl::ZeroDuration();       // answers in this time are not measured
  absl::Duration answer_time_max = absl::Seconds(30);  // silence of all connections ends the run
  const runtime::Clock* clock = nullptr;               // REQUIRES: set
  // Writes the whole text of the next request for a connection (0..N-1) into `request`, which comes
  // empty. False: this connection has no more to ask.
  std::function<bool(int connection, std::string* request)> next;
  // Sees every answer, warm-up too; may be null. Views are valid during the call.
  std::function<void(int connection, int status, absl::string_view head, absl::string_view body)>
      on_answer;
};

struct LoadReport {
  absl::Duration elapsed;  // without the warm-up
  absl::Duration cpu;      // of this thread, warm-up included
  uint64_t answers = 0;    // measured
  std::map<int, uint64_t> statuses;
  uint64_t broken = 0;  // connections lost or refused in mid-request; each is opened again
  LatencyHistogram latency;

  double PerSecond() const;
};

// Unavailable if the server cannot be reached at the start or the connections keep breaking;
// DeadlineExceeded on silence; DataLoss if an answer cannot be read.
absl::StatusOr<LoadReport> RunLoad(const LoadOptions& options);

}  // namespace guitu::http
