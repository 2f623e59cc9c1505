// projections::RowStore on RocksDB: one column family, write-ahead log off. The event log is the
// write-ahead log: after a crash the store opens at the end of some whole batch, and the fold goes
// on from the position that batch carries.
//
// Why one column family: of two, one may be flushed and the other not when the process dies, and
// the store then opens with a position ahead of its rows (measured, design.md, section 5).
//
// Errors of Apply and Flush: kResourceExhausted = no space: nothing was applied, nothing is lost,
// and within some seconds after there is room RocksDB takes up again by itself. kUnavailable = the
// disk failed: RocksDB 7.8.3 does not recover from that, open the store again and fold on from its
// position. kDataLoss = damaged: rebuild the projection beside it.
//
// Threads: any; batches are applied in the order of the calls.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "projections/rows.h"

namespace rocksdb {
class DB;
class Env;
}  // namespace rocksdb

namespace guitu::rocks {

struct RocksdbStoreOptions {
  // Four of these, at most. Small, so that the inserts of a step stay in the processor's cache:
  // commands at 64 clients 14.0k/s with 64 MiB, 17.6k/s with 8 MiB.
  uint64_t memtable_bytes = 8 << 20;
  uint64_t block_cache_bytes = 64 << 20;
  rocksdb::Env* env = nullptr;  // none: the system's. Outlives the store.
};

class FlushWatch;

class RocksdbStore final : public projections::RowStore {
 public:
  // Opens the store in `dir`, a new one if there is none. Errors: kUnavailable = another process
  // has it open ("locked"), or the disk; kDataLoss; kResourceExhausted.
  static absl::StatusOr<std::unique_ptr<RocksdbStore>> Open(
      const std::string& dir, const RocksdbStoreOptions& options = {});
  // Flushes, as far as the disk lets it.
  ~RocksdbStore() override;

  std::optional<std::string> Get(absl::string_view key) const override;
  void Scan(absl::string_view prefix, absl::string_view from, const Visitor& visit) const override;
  absl::Status Apply(const projections::RowBatch& batch) override;
  absl::Status Flush() override;

 private:
  RocksdbStore(std::unique_ptr<rocksdb::DB> db, std::shared_ptr<FlushWatch> flushes);

  const std::shared_ptr<FlushWatch> flushes_;
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace guitu::rocks
