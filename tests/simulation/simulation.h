// A city in a bottle: one node, several clients, a log and a store that fail, a clock that jumps;
// all of it from one seed. See README.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/adapters/runtime/driver.h"
#include "tests/simulation/checker.h"
#include "tests/simulation/clients.h"

namespace guitu::simulation {

// Ways to be wrong that look right (protocol.md, section 9). Each wraps a port or a client; the
// node is the real one.
enum class Variant {
  kNone,
  kResultsInMemory,    // stored results are gone after the step that made them
  kNoContiguityCheck,  // delivery reports are believed to give the next offset
  kReadWithoutRecord,  // rows leave before their access record
  kSettleByTheTail,    // an unknown command that does not stand in the log is told "not done"
  kAskTheFold,         // the same, by looking at the folded results
  kAcknowledgedByTheRegistryAlone,
  kRegistryNotAsStamped,  // suspensions are stamped, but not read
};

// The rows between node and store, spoiled as the variant says.
class VariantRows final : public projections::RowStore {
 public:
  VariantRows(projections::RowStore& base, Variant variant) : base_(base), variant_(variant) {}
  std::optional<std::string> Get(absl::string_view key) const override;
  void Scan(absl::string_view prefix, absl::string_view from, const Visitor& visit) const override;
  absl::Status Apply(const projections::RowBatch& batch) override { return base_.Apply(batch); }
  absl::Status Flush() override { return base_.Flush(); }

 private:
  projections::RowStore& base_;
  const Variant variant_;
};

class Simulation {
 public:
  Simulation(uint64_t seed, Variant variant);
  // Plays `steps`, heals everything, lets every client come to an end.
  void Run(int steps);

  const History& history() const { return clients_.history(); }
  runtime::World& world() { return world_; }
  std::vector<std::string> Violations() const {
    return simulation::Violations(history(), world_, {&world_.store});
  }

 private:
  void SetUp();
  void StartProcess();
  void Crash();
  void Act();
  void Work();
  void Send(uint64_t attempt, runtime::Request request);
  void TakeAnswers();
  void OnDeliveries(std::vector<events::Delivery>& deliveries);
  void DenyWhatIsNotSeen();
  void AcknowledgeEarly();
  void CheckPositions();
  size_t Pick(size_t n) { return static_cast<size_t>(random_() % n); }
  bool Chance(uint32_t percent) { return random_() % 100 < percent; }

  const Variant variant_;
  std::mt19937_64 random_;
  runtime::World world_;
  VariantRows rows_;
  Clients clients_;
  std::optional<runtime::Driver> driver_;
  std::map<uint64_t, uint64_t> attempts_;  // under way, by ticket
  bool faults_ = false;
  uint32_t fault_percent_ = 5;
  int processes_ = 0;
};

}  // namespace guitu::simulation
