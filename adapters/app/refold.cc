#include "adapters/app/refold.h"

#include <string>

#include "adapters/crypto/sha256.h"
#include "events/bytes.h"
#include "events/merkle.h"
#include "projections/keys.h"

namespace guitu::app {
namespace {

constexpr size_t kBatchRows = 20000;

}  // namespace

absl::StatusOr<projections::FoldState> FoldPartition(const events::EventLog& log,
                                                     projections::RowStore& store,
                                                     events::Partition partition,
                                                     events::Offset until) {
  projections::FoldState state = projections::LoadState(store, partition);
  projections::RecentRows rows(store);
  projections::RowBatch batch;
  absl::Status failure;
  events::Offset from = state.head.next;
  auto flush = [&] {
    projections::SaveState(state, partition, batch);
    failure = store.Apply(batch);
    batch.changes.clear();
    rows.Stored();
    return failure.ok();
  };
  if (from >= until) return state;
  auto status =
      log.Read(partition, from, until - from, [&](events::Offset at, absl::string_view record) {
        size_t before = batch.changes.size();
        projections::FoldGap(state, partition, at, crypto::Sha256, batch);
        auto folded = projections::Fold(state, partition, record, rows, crypto::Sha256, batch);
        failure = folded.status();
        rows.Add(batch, before);
        return failure.ok() && (batch.changes.size() < kBatchRows || flush());
      });
  if (!failure.ok()) return failure;
  if (!status.ok()) return status;
  projections::FoldGap(state, partition, until, crypto::Sha256, batch);
  if (!batch.empty() && !flush()) return failure;
  return state;
}

events::Hash256 HashOfRows(const projections::RowReader& rows, events::Partition partition,
                           events::Offset until) {
  events::Hash256 hash;
  std::string prefix = events::ByteWriter().U16(static_cast<uint16_t>(partition)).Take();
  std::string position = projections::PositionKey(partition);
  std::string leaves = projections::ViewPrefix(partition, 'L');
  std::string end = projections::LeafKey(partition, until);
  rows.Scan(prefix, prefix, [&](absl::string_view key, absl::string_view value) {
    if (key == position || (key.substr(0, leaves.size()) == leaves && key >= end)) return true;
    std::string sizes = events::ByteWriter().U32(static_cast<uint32_t>(key.size())).Take();
    hash = crypto::Sha256({hash.view(), sizes, key, value});
    return true;
  });
  return hash;
}

events::Hash256 RootAt(const projections::RowReader& rows, events::Partition partition,
                       uint64_t count) {
  events::MerkleEdge edge;
  std::string leaves = projections::ViewPrefix(partition, 'L');
  rows.Scan(leaves, leaves, [&](absl::string_view, absl::string_view value) {
    if (edge.size() < count)
      edge.Append(events::HashFromBytes(value.substr(0, 32)), crypto::Sha256);
    return edge.size() < count;
  });
  return edge.Root(crypto::Sha256);
}

}  // namespace guitu::app
