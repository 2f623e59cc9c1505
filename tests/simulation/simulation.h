// A city in a bottle: one node, several clients, a log and a store that fail, a clock that jumps;
// all of it from one seed. See README.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/adapters/runtime/acts.h"
#include "tests/adapters/runtime/driver.h"
#include "tests/adapters/runtime/test_ports.h"

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

// What a client knows of a command it sent.
struct Command {
  runtime::Request request;
  events::CommandId id;
  std::set<uint64_t> under_way;        // tickets
  std::optional<events::Offset> done;  // acknowledged, with its receipt
  bool denied = false;                 // final: CONFLICT, a refusal, NOT_DONE to the newest attempt
  bool cancelled = false;
  bool over() const { return done || denied || cancelled; }
};

struct Shown {
  events::StreamId stream;
  events::Partition partition = 0;
  events::Offset offset = 0;
  events::Version version = 0;
  std::vector<std::string> rows;
};

struct Revoked {
  std::string staff;
  std::vector<events::Offset> ends;  // of each partition when it was acknowledged
};

struct History {
  std::vector<Command> commands;
  std::vector<Shown> shown;
  std::vector<Revoked> revoked;
  std::vector<std::string> violations;  // seen on the way
  int crashes = 0;
  int unknown = 0;
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
  static constexpr uint32_t kPartitions = 2;

  Simulation(uint64_t seed, Variant variant);
  // Plays `steps`, heals everything, lets every client come to an end.
  void Run(int steps);

  const History& history() const { return history_; }
  runtime::World& world() { return world_; }

 private:
  void SetUp();
  void StartProcess();
  void Crash();
  void Act();
  void Work();
  void NewRequest();
  void Retry(bool impatient);
  runtime::Request Visits(events::StreamId stream, const std::string& key, events::Version version);
  runtime::Request FourEyes(const std::string& key);
  void SendCommand(size_t index);
  void SendRead();
  void TakeAnswers();
  void OnCommandAnswer(Command& command, const runtime::Answer& answer);
  void Acknowledge(Command& command, events::Offset offset);
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
  std::optional<runtime::Driver> driver_;
  History history_;
  std::vector<events::StreamId> streams_;
  std::map<uint64_t, size_t> commands_under_way_;  // by ticket
  std::set<uint64_t> reads_under_way_;
  std::map<std::string, std::string> suspending_;  // staff by key of the command
  bool faults_ = false;
  uint32_t fault_percent_ = 5;
  int keys_ = 0;
  int processes_ = 0;
};

// What is wrong with a history, given the log and the rows it left; empty: nothing.
std::vector<std::string> Violations(Simulation& simulation);

}  // namespace guitu::simulation
