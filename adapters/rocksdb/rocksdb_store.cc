#include "adapters/rocksdb/rocksdb_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "adapters/rocksdb/rocks_status.h"
#include "events/check.h"

namespace guitu::rocks {
namespace {

// RocksDB's own word for its lock is a plain input/output error.
bool IsLocked(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  return status.IsIOError() && (text.find("While lock file") != std::string::npos ||
                                text.find("lock hold by current process") != std::string::npos);
}

void SetTableOptions(const RocksdbStoreOptions& given, rocksdb::Options& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(given.block_cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = true;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 5;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  const std::vector<rocksdb::CompressionType> supported = rocksdb::GetSupportedCompressions();
  const bool has_lz4 =
      std::find(supported.begin(), supported.end(), rocksdb::kLZ4Compression) != supported.end();
  options.compression = has_lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

rocksdb::Options StoreOptions(const RocksdbStoreOptions& given) {
  rocksdb::Options options;
  if (given.env != nullptr) options.env = given.env;
  options.create_if_missing = true;
  options.paranoid_checks = true;
  options.write_buffer_size = given.memtable_bytes;
  options.max_write_buffer_number = 2;
  // Folds ask for many rows that do not exist yet: the memtable gets a filter as well.
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = 0.02;
  options.level_compaction_dynamic_level_bytes = true;
  options.max_background_jobs = 2;
  options.bytes_per_sync = 1 << 20;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.keep_log_file_num = 2;
  options.max_log_file_size = 1 << 20;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  SetTableOptions(given, options);
  return options;
}

// The first key behind all that begin with `prefix`; empty: there is none.
std::string Successor(absl::string_view prefix) {
  std::string key(prefix.data(), prefix.size());
  while (!key.empty() && static_cast<uint8_t>(key.back()) == 0xff) key.pop_back();
  if (!key.empty()) key.back() = static_cast<char>(static_cast<uint8_t>(key.back()) + 1);
  return key;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RocksdbStore>> RocksdbStore::Open(
    const std::string& dir, const RocksdbStoreOptions& options) {
  if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) {
    return absl::UnavailableError("store: its directory cannot be made");
  }
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(StoreOptions(options), dir, &opened);
  if (IsLocked(status)) {
    return absl::UnavailableError("store: locked: another process has it open");
  }
  if (!status.ok()) return FromRocks("store: opening", status);
  return std::unique_ptr<RocksdbStore>(new RocksdbStore(std::unique_ptr<rocksdb::DB>(opened)));
}

RocksdbStore::RocksdbStore(std::unique_ptr<rocksdb::DB> db) : db_(std::move(db)) {}

RocksdbStore::~RocksdbStore() {
  // RocksDB flushes on closing too, but not after it has recovered from an error (seen in 7.8.3).
  db_->Flush(rocksdb::FlushOptions()).PermitUncheckedError();
}

std::optional<std::string> RocksdbStore::Get(absl::string_view key) const {
  std::string value;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), ToSlice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  GUITU_CHECK(status.ok());
  return value;
}

void RocksdbStore::Scan(absl::string_view prefix, absl::string_view from,
                        const Visitor& visit) const {
  const std::string upper = Successor(prefix);
  const rocksdb::Slice upper_slice(upper);
  rocksdb::ReadOptions options;
  if (!upper.empty()) options.iterate_upper_bound = &upper_slice;
  std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(options));
  for (rows->Seek(ToSlice(std::max(prefix, from))); rows->Valid(); rows->Next()) {
    // `from` may lie behind the prefix, and RocksDB does not take a lower bound above the upper
    // one.
    if (!rows->key().starts_with(ToSlice(prefix))) break;
    if (!visit(ToView(rows->key()), ToView(rows->value()))) break;
  }
  GUITU_CHECK(rows->status().ok());
}

absl::Status RocksdbStore::Apply(const projections::RowBatch& batch) {
  rocksdb::WriteBatch changes;
  for (const auto& [key, value] : batch.changes) {
    if (value) {
      changes.Put(key, *value);
    } else {
      changes.Delete(key);
    }
  }
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  // With no write-ahead log a write fails before it has touched anything.
  return FromRocks("store: applying", db_->Write(options, &changes));
}

absl::Status RocksdbStore::Flush() {
  return FromRocks("store: flushing", db_->Flush(rocksdb::FlushOptions()));
}

}  // namespace guitu::rocks
