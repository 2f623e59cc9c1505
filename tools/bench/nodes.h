// What several nodes on Kafka do: how long nobody answers after one is gone, and how far a standby
// is behind.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/bench/bench.h"

namespace guitu::tools {

// Three processes of this program on the log of an installation that nobody serves. One is killed,
// or asked to end, while a client opens cases one after the other through another one, with the
// same key until it is done; the figure is the longest time between two that were done, `rounds`
// times (p50 the median, p99 the worst). Errors: kUnavailable.
struct FailOverOptions {
  app::OpenOptions open;  // of the installation; others get directories beside it
  std::string token;      // of somebody who may open cases
  int rounds = 3;
};
absl::StatusOr<std::vector<BenchFigure>> MeasureFailOver(const FailOverOptions& options);

}  // namespace guitu::tools
