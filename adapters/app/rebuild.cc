// Folds the log anew beside the live projections and compares the two.
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "adapters/app/create.h"
#include "adapters/app/installation.h"
#include "adapters/app/paths.h"
#include "adapters/app/refold.h"
#include "adapters/rocksdb/rocksdb_store.h"

namespace guitu::app {

absl::StatusOr<RebuildReport> RebuildAndCompare(const OpenOptions& options) {
  absl::Duration begin = options.clock->Monotonic();
  if (auto status = CheckNoUnfinishedCopy(options.data_dir); !status.ok()) return status;
  if (!std::filesystem::exists(AnchorFile(options.data_dir))) {
    return absl::NotFoundError(
        "there is no installation in the data directory: run `guitu init` first");
  }
  auto log = OpenLogAsIs(options.data_dir, options.kafka);
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
      if (events::HasMoved(caught_up->head)) {
        return absl::FailedPreconditionError(
            absl::StrCat("the log has been moved to ", caught_up->head.address, ": look there"));
      }
      auto folded = FoldPartition(**log, **fresh, p, *end);
      if (!folded.ok()) return folded.status();
      report.records += folded->head.next;
    }
    report.took = options.clock->Monotonic() - begin;
    for (events::Partition p = 0; p < (*log)->partition_count(); ++p) {
      constexpr events::Offset kAll = ~events::Offset{0};
      if (HashOfRows(**live, p, kAll) != HashOfRows(**fresh, p, kAll))
        report.differing.push_back(p);
    }
  }
  std::filesystem::remove_all(dir, error);
  return report;
}

}  // namespace guitu::app
