// Random histories of a partition for the tests of the fold: genesis, fences of several owners,
// commits, siblings, accesses, cancels, adoptions, and every kind of record that is void.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "adapters/memory_store/memory_store.h"
#include "events/event_body.h"
#include "events/record.h"
#include "projections/fold.h"
#include "tests/events/test_hash.h"
#include "tests/events/test_sealer.h"

namespace guitu::projections {

inline constexpr events::Partition kPartition = 0;
inline constexpr events::LogId kLog{7, 7};

// Writes records one after another; folds each, so that it knows what the next may claim.
class HistoryWriter {
 public:
  // partition == partitions makes it the registry.
  explicit HistoryWriter(bool registry = false);

  void Genesis();
  void Fence();
  void Adopt();
  // In effect, unless `frame` was spoiled before. The events are sealed as the runtime does.
  void Append(events::Frame frame, const std::vector<events::Event>& events, absl::Time at);
  void AppendBytes(std::string record);
  events::Frame NewFrame(schema::Kind kind) const;
  events::Frame CommandFrame(schema::Kind kind, events::StreamId stream);
  // One more record of any kind, void or in effect.
  void AppendRandom(std::mt19937_64& random);

  const std::vector<std::string>& records() const { return records_; }
  const std::vector<Folded>& folded() const { return folded_; }
  const FoldState& state() const { return state_; }
  const memory_store::MemoryStore& rows() const { return rows_; }
  events::Partition partition() const { return partition_; }
  events::SubjectId SubjectOf(events::StreamId stream) const;

 private:
  const events::Partition partition_;
  events::TestSealer sealer_;
  std::vector<std::string> records_;
  std::vector<Folded> folded_;
  FoldState state_;
  memory_store::MemoryStore rows_;
  uint64_t ids_ = 0;
  absl::Time now_ = absl::FromUnixSeconds(1772400000);
};

// Folds all records in batches of `size` into an empty store.
void FoldAll(const std::vector<std::string>& records, events::Partition partition, size_t size,
             memory_store::MemoryStore& rows);
std::vector<std::string> AllRows(const RowReader& rows);

events::Event Rescue(absl::Time at);
events::Event Opening(absl::Time at);
events::Event Claim(absl::Time at);
events::Event Request(absl::Time at);
events::Event Access(absl::Time at);

}  // namespace guitu::projections
