// Folds the log anew beside the live projections and compares the two.
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "adapters/app/installation.h"
#include "adapters/app/paths.h"
#include "adapters/crypto/sha256.h"
#include "adapters/embedded_log/embedded_log.h"
#include "adapters/kafka_log/kafka_log.h"
#include "adapters/rocksdb/rocksdb_store.h"
#include "projections/fold.h"
#include "projections/keys.h"

namespace guitu::app {
namespace {

constexpr size_t kBatchRows = 20000;

// Folds one partition of `log` into `store` from where the store is, up to `until`.
absl::StatusOr<uint64_t> FoldPartition(const events::EventLog& log, projections::RowStore& store,
                                       events::Partition partition, events::Offset until) {
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
  if (from >= until) return uint64_t{0};
  auto status =
      log.Read(partition, from, until - from, [&](events::Offset offset, absl::string_view record) {
        size_t before = batch.changes.size();
        if (offset > state.head.next)
          projections::FoldGap(state, partition, offset, crypto::Sha256, batch);
        auto folded = projections::Fold(state, partition, record, rows, crypto::Sha256, batch);
        failure = folded.status();
        rows.Add(batch, before);
        return failure.ok() && (batch.changes.size() < kBatchRows || flush());
      });
  if (!failure.ok()) return failure;
  if (!status.ok()) return status;
  if (state.head.next < until) projections::FoldGap(state, partition, until, crypto::Sha256, batch);
  if (!batch.empty() && !flush()) return failure;
  return state.head.next - from;
}

// SHA-256 chained over the rows in order, the position row left out.
events::Hash256 HashOf(const projections::RowReader& rows, events::Partition partition) {
  events::Hash256 hash;
  std::string prefix = events::ByteWriter().U16(static_cast<uint16_t>(partition)).Take();
  std::string position = projections::PositionKey(partition);
  rows.Scan(prefix, prefix, [&](absl::string_view key, absl::string_view value) {
    if (key == position) return true;
    std::string sizes = events::ByteWriter().U32(static_cast<uint32_t>(key.size())).Take();
    hash = crypto::Sha256({hash.view(), sizes, key, value});
    return true;
  });
  return hash;
}

absl::StatusOr<std::unique_ptr<events::EventLog>> OpenLog(const OpenOptions& options) {
  if (!options.kafka) return embedded_log::EmbeddedLog::Open(LogDir(options.data_dir));
  return kafka_log::KafkaLog::OpenAsIs(options.kafka->bootstrap, options.kafka->topic,
                                       options.kafka->kafka);
}

}  // namespace

absl::StatusOr<RebuildReport> RebuildAndCompare(const OpenOptions& options) {
  absl::Duration begin = options.clock->Monotonic();
  if (!std::filesystem::exists(AnchorFile(options.data_dir))) {
    return absl::NotFoundError(
        "there is no installation in the data directory: run `guitu init` first");
  }
  auto log = OpenLog(options);
  if (!log.ok()) return log.status();
  auto live = rocks::RocksdbStore::Open(StoreDir(options.data_dir));
  if (!live.ok()) return live.status();
  std::string dir = absl::StrCat(options.data_dir, "/store-rebuilt");
  std::error_code error;
  std::filesystem::remove_all(dir, error);  // what an interrupted rebuild left
  RebuildReport report;
  {
    auto fresh = rocks::RocksdbStore::Open(dir);
    if (!fresh.ok()) return fresh.status();
    for (events::Partition p = 0; p < (*log)->partition_count(); ++p) {
      auto end = (*log)->End(p);
      if (!end.ok()) return end.status();
      // The live one may be a moment behind: its last batches were not flushed when it ended.
      auto caught_up = FoldPartition(**log, **live, p, *end);
      if (!caught_up.ok()) return caught_up.status();
      auto folded = FoldPartition(**log, **fresh, p, *end);
      if (!folded.ok()) return folded.status();
      report.records += *folded;
    }
    report.took = options.clock->Monotonic() - begin;
    for (events::Partition p = 0; p < (*log)->partition_count(); ++p) {
      if (HashOf(**live, p) != HashOf(**fresh, p)) report.differing.push_back(p);
    }
  }
  std::filesystem::remove_all(dir, error);
  return report;
}

}  // namespace guitu::app
