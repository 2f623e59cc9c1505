// Ports of the runtime for tests: a clock that moves when told, data keys that count, bits that
// repeat with the seed. All deterministic. Threads: one.
//
// The log of a World is the memory log, or another behind its script (scripted_log.h): `log` says
// in any case what happens to appends, node_log() is what nodes open and everybody reads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "adapters/memory_log/memory_log.h"
#include "adapters/memory_store/memory_store.h"
#include "adapters/runtime/ports.h"
#include "events/record.h"
#include "tests/adapters/runtime/scripted_log.h"
#include "tests/events/test_hash.h"
#include "tests/events/test_sealer.h"

namespace guitu::runtime {

class ManualClock final : public Clock {
 public:
  absl::Time Now() const override { return now_; }
  absl::Duration Monotonic() const override { return monotonic_; }
  // Both clocks, as real time does.
  void Advance(absl::Duration by) {
    now_ += by;
    monotonic_ += by;
  }
  // The wall clock alone: somebody sets it, forward or backward.
  void Jump(absl::Duration by) { now_ += by; }

 private:
  absl::Time now_ = absl::FromCivil(absl::CivilHour(2026, 3, 2, 2), absl::UTCTimeZone());
  absl::Duration monotonic_;
};

class CountingKeys final : public KeySource {
 public:
  absl::StatusOr<events::KeyId> TakeFreshKey() override { return events::KeyId{0xda7a, ++taken_}; }
  events::KeyId LogKey() const override { return {0x1096, 1}; }
  uint64_t taken() const { return taken_; }

 private:
  uint64_t taken_ = 0;
};

inline constexpr events::LogId kTestLog{0x10, 0x9};
inline const std::string kTestSalt(32, 's');

// Which log a World has.
struct LogKind {
  std::string name;
  // An empty one of `partition_count` partitions; none: the memory log itself.
  std::function<std::unique_ptr<BackingLog>(uint32_t partition_count)> make;
};
inline const LogKind kMemory{"Memory", nullptr};
inline void PrintTo(const LogKind& kind, std::ostream* out) { *out << kind.name; }

// What outlives a process: the log, the rows, the keys, time.
struct World {
  World(uint32_t partition_count, uint64_t seed, const LogKind& kind = kMemory);

  events::EventLog& node_log() {
    if (scripted != nullptr) return *scripted;
    return log;
  }
  const events::EventLog& node_log() const {
    if (scripted != nullptr) return *scripted;
    return log;
  }
  // The log after the end of the one process that had it. REQUIRES: its sessions are gone.
  void ReopenLog() {
    if (backing != nullptr) backing->Reopen();
  }

  // What a process gets. `rows` is `store`, or something around it.
  Ports MakePorts(projections::RowStore& rows) {
    return {clock,
            rows,
            sealer,
            keys,
            events::TestHash,
            [this] {
              return std::pair{bits(), bits()};
            },
            aggregates::RuleData::Shipped()};
  }
  // The genesis record of each partition, as `guitu init` writes it.
  void WriteGenesis();
  // Appends records as somebody else's session would: landed, told to nobody.
  void Land(events::Partition partition, std::vector<std::string> records);
  void Land(std::vector<events::Append> appends);
  events::Offset End(events::Partition partition) const;
  std::vector<std::string> Records(events::Partition partition) const;
  std::vector<events::Frame> Frames(events::Partition partition) const;

  const uint32_t partitions;
  ManualClock clock;
  memory_log::MemoryLog log;
  const std::unique_ptr<BackingLog> backing;
  const std::unique_ptr<ScriptedLog> scripted;
  memory_store::MemoryStore store;
  events::TestSealer sealer;
  CountingKeys keys;
  std::mt19937_64 bits;
};

}  // namespace guitu::runtime
