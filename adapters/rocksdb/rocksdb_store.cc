#include "adapters/rocksdb/rocksdb_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "adapters/rocksdb/rocks_status.h"
#include "events/check.h"

namespace guitu::rocks {

// Knows what has really been flushed. After RocksDB 7.8.3 has recovered from a full disk its Flush
// answers OK before the table stands in the manifest (measured; a power cut then loses the rows).
class FlushWatch : public rocksdb::EventListener {
 public:
  void OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo& info) override {
    absl::MutexLock lock(&mutex_);
    flushed_ = std::max(flushed_, info.largest_seqno);
  }
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    absl::MutexLock lock(&mutex_);
    ++errors_;
    last_error_ = FromRocks("store: background", *status);
  }
  // What a store holds when it is opened is on disk.
  void StartAt(rocksdb::SequenceNumber opened) {
    absl::MutexLock lock(&mutex_);
    flushed_ = opened;
  }
  uint64_t errors() const {
    absl::MutexLock lock(&mutex_);
    return errors_;
  }
  // Waits, a minute at most, until everything up to `target` is on disk, or until there has been an
  // error beyond the first `errors_before`.
  absl::Status AwaitFlushed(rocksdb::SequenceNumber target, uint64_t errors_before) const {
    absl::MutexLock lock(&mutex_);
    const auto settled = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return flushed_ >= target || errors_ > errors_before;
    };
    mutex_.AwaitWithTimeout(absl::Condition(&settled), absl::Minutes(1));
    if (flushed_ >= target) return absl::OkStatus();
    if (errors_ > errors_before) return last_error_;
    return absl::UnavailableError("store: flushing: the disk does not answer");
  }

 private:
  mutable absl::Mutex mutex_;
  rocksdb::SequenceNumber flushed_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t errors_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status last_error_ ABSL_GUARDED_BY(mutex_);
};

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
  options.max_write_buffer_number = 4;
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
  auto flushes = std::make_shared<FlushWatch>();
  rocksdb::Options store_options = StoreOptions(options);
  store_options.listeners.push_back(flushes);
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(store_options, dir, &opened);
  if (IsLocked(status)) {
    return absl::UnavailableError("store: locked: another process has it open");
  }
  if (!status.ok()) return FromRocks("store: opening", status);
  flushes->StartAt(opened->GetLatestSequenceNumber());
  return std::unique_ptr<RocksdbStore>(
      new RocksdbStore(std::unique_ptr<rocksdb::DB>(opened), std::move(flushes)));
}

RocksdbStore::RocksdbStore(std::unique_ptr<rocksdb::DB> db, std::shared_ptr<FlushWatch> flushes)
    : flushes_(std::move(flushes)), db_(std::move(db)) {}

RocksdbStore::~RocksdbStore() { Flush().IgnoreError(); }

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
  // In the order of keys, each insert starts where the one before ended.
  std::vector<const std::pair<std::string, std::optional<std::string>>*> sorted;
  sorted.reserve(batch.changes.size());
  for (const auto& change : batch.changes) sorted.push_back(&change);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return a->first < b->first; });
  rocksdb::WriteBatch changes;
  for (const auto* change : sorted) {
    if (change->second) {
      changes.Put(change->first, *change->second);
    } else {
      changes.Delete(change->first);
    }
  }
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  options.memtable_insert_hint_per_batch = true;
  // With no write-ahead log a write fails before it has touched anything.
  return FromRocks("store: applying", db_->Write(options, &changes));
}

absl::Status RocksdbStore::Flush() {
  const uint64_t errors_before = flushes_->errors();
  const rocksdb::SequenceNumber target = db_->GetLatestSequenceNumber();
  const rocksdb::Status status = db_->Flush(rocksdb::FlushOptions());
  if (!status.ok()) return FromRocks("store: flushing", status);
  return flushes_->AwaitFlushed(target, errors_before);
}

}  // namespace guitu::rocks
