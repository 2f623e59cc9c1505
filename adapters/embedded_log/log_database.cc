#include "adapters/embedded_log/log_database.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/table_properties.h>

#include <algorithm>
#include <array>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "adapters/rocksdb/rocks_status.h"
#include "events/bytes.h"

namespace guitu::embedded_log {

using events::Offset;
using events::Partition;
using rocks::FromRocks;
using rocks::ToSlice;
using rocks::ToView;

// Remembers why RocksDB stopped: the write that comes after only says that it did.
class ErrorWatch : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    absl::MutexLock lock(&mutex_);
    if (error_.ok()) error_ = FromRocks("log: background", *status);
  }
  absl::Status error() const {
    absl::MutexLock lock(&mutex_);
    return error_;
  }

 private:
  mutable absl::Mutex mutex_;
  absl::Status error_ ABSL_GUARDED_BY(mutex_);
};

namespace {

constexpr size_t kKeySize = 12;
constexpr size_t kPartitionSize = 4;
constexpr size_t kChunkBytes = 256 << 10;
constexpr absl::string_view kFormat = "guitu log v1";

using Key = std::array<char, kKeySize>;

Key KeyOf(Partition partition, Offset offset) {
  Key key;
  for (size_t i = 0; i < 4; ++i) key[i] = static_cast<char>(partition >> (24 - 8 * i));
  for (size_t i = 0; i < 8; ++i) key[4 + i] = static_cast<char>(offset >> (56 - 8 * i));
  return key;
}
rocksdb::Slice ToSlice(const Key& key) { return {key.data(), key.size()}; }

Key FormatKey() { return KeyOf(~Partition{0}, ~Offset{0}); }

// The offset in `key` if it is a row of `partition`.
bool IsRowOf(rocksdb::Slice key, Partition partition, Offset& offset) {
  events::ByteReader reader(ToView(key));
  const Partition found = reader.U32();
  offset = reader.U64();
  return reader.ok() && reader.rest().empty() && found == partition;
}

void SetTableOptions(rocksdb::Options& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 16 << 10;
  table.block_cache = rocksdb::NewLRUCache(32 << 20);
  // A case is loaded by single offsets: without a filter each would look into every young table.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  const std::vector<rocksdb::CompressionType> supported = rocksdb::GetSupportedCompressions();
  const bool has_lz4 =
      std::find(supported.begin(), supported.end(), rocksdb::kLZ4Compression) != supported.end();
  options.compression = has_lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

rocksdb::Options DatabaseOptions(const DatabaseConfig& config) {
  rocksdb::Options options;
  if (config.env != nullptr) options.env = config.env;
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.avoid_flush_during_recovery = false;
  options.recycle_log_file_num = 0;
  options.manual_wal_flush = false;
  options.max_bgerror_resume_count = 0;

  options.write_buffer_size = config.write_buffer_bytes;
  options.max_write_buffer_number = 2;
  // Appends of a partition are in order: the memtable remembers where its last one went. That needs
  // a single writer, which the session is.
  options.allow_concurrent_memtable_write = false;
  options.memtable_insert_with_hint_prefix_extractor.reset(
      rocksdb::NewFixedPrefixTransform(kPartitionSize));

  options.disable_auto_compactions = config.tight;
  options.allow_fallocate = !config.tight;
  options.level_compaction_dynamic_level_bytes = true;
  options.level0_file_num_compaction_trigger = 8;
  options.level0_slowdown_writes_trigger = 32;
  options.level0_stop_writes_trigger = 64;
  options.target_file_size_base = 32 << 20;
  options.max_bytes_for_level_base = 128 << 20;
  options.max_background_jobs = 2;
  options.bytes_per_sync = 1 << 20;  // tables reach the disk in pieces, beside the syncs of the log

  options.info_log_level = rocksdb::WARN_LEVEL;
  options.keep_log_file_num = 2;
  options.max_log_file_size = 1 << 20;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  SetTableOptions(options);
  return options;
}

rocksdb::WriteOptions Synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

absl::Status LostAt(Partition partition, Offset offset, absl::string_view why) {
  return absl::DataLossError(
      absl::StrCat("log: partition ", partition, ", offset ", offset, ": ", why));
}

}  // namespace

absl::Status LogDatabase::Create(const std::string& path, const DatabaseConfig& config,
                                 uint32_t partition_count) {
  rocksdb::Options options = DatabaseOptions(config);
  options.create_if_missing = true;
  options.error_if_exists = true;
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(options, path, &opened);
  std::unique_ptr<rocksdb::DB> db(opened);
  if (!status.ok()) return FromRocks("log: creating", status);
  const std::string format = events::ByteWriter().Raw(kFormat).U32(partition_count).Take();
  status = db->Put(Synced(), ToSlice(FormatKey()), ToSlice(format));
  // Flushed, so that losing the log file loses records, which the ends tell, and not the format.
  if (status.ok()) status = db->Flush(rocksdb::FlushOptions());
  if (status.ok()) status = db->Close();
  return FromRocks("log: creating", status);
}

absl::StatusOr<std::unique_ptr<LogDatabase>> LogDatabase::Open(const std::string& path,
                                                               const DatabaseConfig& config) {
  std::unique_ptr<LogDatabase> log(new LogDatabase(std::make_shared<ErrorWatch>()));
  rocksdb::Options options = DatabaseOptions(config);
  options.listeners.push_back(log->errors_);
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = config.read_only
                                     ? rocksdb::DB::OpenForReadOnly(options, path, &opened)
                                     : rocksdb::DB::Open(options, path, &opened);
  log->db_.reset(opened);
  if (!status.ok()) return FromRocks("log: opening", status);
  if (absl::Status format = log->ReadFormat(); !format.ok()) return format;
  return log;
}

LogDatabase::~LogDatabase() = default;

absl::Status LogDatabase::ReadFormat() {
  std::string bytes;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), ToSlice(FormatKey()), &bytes);
  if (!status.ok()) return FromRocks("log: reading its format", status);
  events::ByteReader reader(bytes);
  const absl::string_view format = reader.Raw(kFormat.size());
  partition_count_ = reader.U32();
  if (!reader.ok() || format != kFormat || !reader.rest().empty() || partition_count_ == 0) {
    return absl::DataLossError("log: its format row does not read");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Offset>> LogDatabase::FindEnds() const {
  std::vector<Offset> ends(partition_count_, 0);
  std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(rocksdb::ReadOptions()));
  for (Partition partition = 0; partition < partition_count_; ++partition) {
    const Key last = KeyOf(partition, ~Offset{0});
    rows->SeekForPrev(ToSlice(last));
    if (!rows->status().ok()) return FromRocks("log: finding its ends", rows->status());
    Offset offset = 0;
    if (rows->Valid() && IsRowOf(rows->key(), partition, offset)) ends[partition] = offset + 1;
  }
  return ends;
}

absl::StatusOr<uint64_t> LogDatabase::CountRows() const {
  rocksdb::TablePropertiesCollection tables;
  const rocksdb::Status status = db_->GetPropertiesOfAllTables(&tables);
  if (!status.ok()) return FromRocks("log: counting its rows", status);
  uint64_t rows = 0;
  for (const auto& [name, properties] : tables) rows += properties->num_entries;
  return rows;
}

void LogDatabase::Add(Partition partition, Offset offset, absl::string_view record) {
  const Key key = KeyOf(partition, offset);
  batch_.Put(ToSlice(key), ToSlice(record));
}

absl::Status LogDatabase::Write() {
  const rocksdb::Status status = db_->Write(Synced(), &batch_);
  batch_.Clear();
  if (status.ok()) return absl::OkStatus();
  absl::Status cause = errors_->error();
  return cause.ok() ? FromRocks("log: writing", status) : cause;
}

void LogDatabase::AllowCompaction() {
  // Not fatal if it fails: the next opening allows it.
  db_->SetOptions({{"disable_auto_compactions", "false"}}).PermitUncheckedError();
}

uint64_t LogDatabase::CompactionDebt() const {
  rocksdb::ColumnFamilyMetaData tables;
  db_->GetColumnFamilyMetaData(&tables);
  uint64_t bytes = 0;
  for (const rocksdb::LevelMetaData& level : tables.levels) {
    // Every young table spans all partitions, so the first compaction takes all of them, and all of
    // the level they go to, and writes as much anew before it deletes anything.
    bytes += level.size;
    if (level.level > 0 && level.size > 0) break;
  }
  return bytes;
}

uint64_t LogDatabase::UnflushedBytes() const {
  uint64_t bytes = 0;
  db_->GetIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &bytes);
  return bytes;
}

absl::Status LogDatabase::ReadChunk(Partition partition, Offset from, Offset until,
                                    Chunk& chunk) const {
  if (until - from == 1) {
    rocksdb::PinnableSlice record;
    const Key key = KeyOf(partition, from);
    const rocksdb::Status status =
        db_->Get(rocksdb::ReadOptions(), db_->DefaultColumnFamily(), ToSlice(key), &record);
    if (status.IsNotFound()) return LostAt(partition, from, "missing");
    if (status.IsCorruption()) return LostAt(partition, from, status.ToString());
    if (!status.ok()) return FromRocks("log: reading", status);
    chunk.bytes.append(record.data(), record.size());
    chunk.ends.push_back(chunk.bytes.size());
    return absl::OkStatus();
  }
  const Key upper = KeyOf(partition, until);
  const rocksdb::Slice upper_slice = ToSlice(upper);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &upper_slice;
  std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(options));
  const Key first = KeyOf(partition, from);
  rows->Seek(ToSlice(first));
  for (Offset expected = from; expected < until; ++expected, rows->Next()) {
    if (!rows->Valid()) {
      if (rows->status().IsCorruption())
        return LostAt(partition, expected, rows->status().ToString());
      if (!rows->status().ok()) return FromRocks("log: reading", rows->status());
      return LostAt(partition, expected, "missing");
    }
    Offset offset = 0;
    if (!IsRowOf(rows->key(), partition, offset) || offset != expected) {
      return LostAt(partition, expected, "missing");
    }
    const rocksdb::Slice record = rows->value();
    chunk.bytes.append(record.data(), record.size());
    chunk.ends.push_back(chunk.bytes.size());
    if (chunk.bytes.size() >= kChunkBytes) break;
  }
  return absl::OkStatus();
}

}  // namespace guitu::embedded_log
