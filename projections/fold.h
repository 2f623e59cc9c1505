// The fold of one partition: judges each record (events/effect.h), keeps what the rule needs, and
// lets every view project it. A pure function of rows and record; the log is its write-ahead log.
//
// Use: load the state, then for each record in order Fold() into a batch; store the batch with the
// new state in it, atomically. After a crash load again: it resumes from its own position. Rows
// changed by earlier records of the same batch are seen through RecentRows.
//
// Errors: kDataLoss where a record in effect holds what this program cannot read (an older program
// and a newer event type): the partition stops there, nothing after it is folded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "events/effect.h"
#include "events/merkle.h"
#include "projections/archive.h"
#include "projections/rows.h"
#include "projections/view.h"

namespace guitu::projections {

// What a fold reads: the batch that is being made on top of what is stored, and what was read or
// written lately, so that a row is fetched from the store once and not once for each that asks.
// REQUIRES: nobody else writes the rows of the partition. Scan sees stored rows only: folds do not
// scan. Holds at most about 2 * kKept rows besides those of the batch.
class RecentRows : public RowReader {
 public:
  explicit RecentRows(const RowReader& base) : base_(base) {}
  std::optional<std::string> Get(absl::string_view key) const override;
  void Scan(absl::string_view prefix, absl::string_view from, const Visitor& visit) const override;
  // Takes the changes over, on top of those there. The batch keeps them too.
  void Add(const RowBatch& batch, size_t from);
  // The batch is stored: its rows may be forgotten from now on.
  void Stored();

 private:
  using Rows = absl::flat_hash_map<std::string, std::optional<std::string>>;
  static constexpr size_t kKept = 512;

  const RowReader& base_;
  // Two generations: what nobody asks for while the young one fills up is forgotten.
  mutable Rows young_;
  Rows old_;
};

struct FoldState {
  events::EffectHead head;
  events::MerkleEdge edge;
  absl::Time last_recorded = absl::InfinitePast();  // newest recordedAt in effect
};

FoldState LoadState(const RowReader& rows, events::Partition partition);
void SaveState(const FoldState& state, events::Partition partition, RowBatch& out);

struct Folded {
  events::Effect effect = events::Effect::kVoidUnreadable;
  std::optional<events::Frame> frame;
  events::Offset offset = 0;
  events::Hash256 leaf;
  events::Version version = 0;                  // of the stream after the record
  std::optional<events::StoredResult> earlier;  // the result that made it kVoidSeen
};

// Folds the record at offset state.head.next. Changes of rows are appended to `out`, without the
// state.
absl::StatusOr<Folded> Fold(FoldState& state, events::Partition partition, absl::string_view record,
                            const RowReader& rows, events::HashFunction hash, RowBatch& out);

// The leaf of whatever stands at an offset: foreign bytes have one, too.
events::Hash256 LeafOfRecord(absl::string_view record, events::HashFunction hash);

// Moves the state over offsets that hold nothing and never will, up to `until` (protocol.md F5):
// each has the gap leaf, and is void.
void FoldGap(FoldState& state, events::Partition partition, events::Offset until,
             events::HashFunction hash, RowBatch& out);

// chain(count): after `count` records. Nothing if the rows do not have it.
std::optional<events::Hash256> ChainAt(const RowReader& rows, events::Partition partition,
                                       uint64_t count);

}  // namespace guitu::projections
