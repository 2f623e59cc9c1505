// `guitu bench`: the figures of contract.md, section 6, on the machine at hand, each with the raw
// limits of the same minute beside it (a synced write, an HTTP echo).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/app/installation.h"
#include "adapters/http/load.h"

namespace guitu::tools {

struct BenchFigure {
  std::string name;  // "commands over HTTP"
  int clients = 0;
  double per_second = 0;
  absl::Duration p50, p99;
  double ratio = 0;   // to the floor named beside it; 0: none
  std::string floor;  // "fillsync at 1", "HTTP echo at 8"
};

struct BenchRun {
  absl::Duration each = absl::Seconds(3);  // of every measurement
  uint32_t cases = 2000;                   // opened before
  std::optional<app::KafkaUse> kafka;      // the log is there, in a topic of its own
};

// The body that opens case `i`.
std::string RescueBody(uint64_t i);

// One synced RocksDB write after the other, 600 bytes: what the disk allows a single client.
absl::StatusOr<BenchFigure> MeasureFillSync(const std::string& dir, absl::Duration time);
// HTTP without work behind it.
absl::StatusOr<BenchFigure> MeasureEcho(int clients, absl::Duration time);

// The synthetic city that is measured: a worker who may record and read, and cases to do it on.
class BenchCity {
 public:
  static absl::StatusOr<std::unique_ptr<BenchCity>> Make(const std::string& dir,
                                                         const BenchRun& run);
  ~BenchCity();

  absl::StatusOr<BenchFigure> CommandsInProcess(int clients, absl::Duration time);
  absl::StatusOr<BenchFigure> CommandsOverHttp(int clients, absl::Duration time);
  absl::StatusOr<BenchFigure> ReadsOverHttp(int clients, absl::Duration time);
  // Ends the installation and measures: rebuild, and the time until the next one is ready.
  absl::StatusOr<std::vector<BenchFigure>> RebuildAndRestart();
  uint64_t bytes_on_disk() const;
  // Of a city on Kafka: ends the installation, and measures with processes of their own.
  absl::StatusOr<std::vector<BenchFigure>> FailOver();
  // Of a city on Kafka: a second node folds along while commands come at `per_second`; how long
  // after the answer the slower of the two has a record in its rows.
  absl::StatusOr<BenchFigure> StandbyLag(double per_second, absl::Duration time);

 private:
  runtime::Request VisitRequest(const aggregates::RuleData& rules);
  BenchCity() = default;
  absl::Status OpenCases(uint32_t count);
  absl::StatusOr<BenchFigure> Load(const std::string& name, int clients, absl::Duration time,
                                   std::function<std::string(uint64_t)> request);

  app::OpenOptions open_;
  std::unique_ptr<app::Installation> installation_;
  aggregates::Actor worker_;
  std::string token_;
  std::string police_token_;
  // Half of them are written to, the other half, of two events each, are read.
  std::vector<std::string> cases_;
  const std::string& WrittenCase(uint64_t i) const { return cases_[i % (cases_.size() / 2)]; }
  const std::string& ReadCase(uint64_t i) const {
    return cases_[cases_.size() / 2 + i % (cases_.size() - cases_.size() / 2)];
  }
  uint64_t next_key_ = 0;
};

}  // namespace guitu::tools
