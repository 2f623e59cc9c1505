// The RocksDB under the embedded log: options, keys, one write batch at a time, reads in chunks.
// Inner header; embedded_log.h is the contract.
//
// Rows: partition u32 ‖ offset u64, both big endian, give the record's bytes. One more row, behind
// all others, holds the format and the number of partitions. No row is ever overwritten or deleted.
//
// Why the options are as they are (RocksDB 7.8.3, measured; tests/adapters/embedded_log/):
//   - Point-in-time recovery: opens after any torn tail. It also opens after worse: that
//     acknowledged records are missing is told by the anchor (from the ends) and by CountRows (from
//     the middle).
//   - Recovery flushes (avoid_flush_during_recovery off): a record whose sync failed, or never ran,
//     may be read back from the page cache without being on disk. Once it stands in a synced table
//     it is on disk, and only then does the log show it.
//   - No recovery behind our back (max_bgerror_resume_count 0): a failed write ends the session.
//   - No DeleteRange, no log recycling, no manual_wal_flush. Not
//     track_and_verify_wals_in_manifest: before 7.9 it can report a missing log that was not
//     needed.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "events/ids.h"

namespace guitu::embedded_log {

struct DatabaseConfig {
  uint64_t write_buffer_bytes = 0;
  rocksdb::Env* env = nullptr;  // none: the system's
  // The disk is full: no compaction and no allocation ahead may eat the room for access records.
  bool tight = false;
  bool read_only = false;
};

// Records read in one go, one behind the other.
struct Chunk {
  std::string bytes;
  std::vector<size_t> ends;  // of each record in `bytes`
  void Clear() {
    bytes.clear();
    ends.clear();
  }
  absl::string_view record(size_t i) const {
    const size_t begin = i == 0 ? 0 : ends[i - 1];
    return absl::string_view(bytes).substr(begin, ends[i] - begin);
  }
};

class ErrorWatch;

class LogDatabase {
 public:
  static absl::Status Create(const std::string& path, const DatabaseConfig& config,
                             uint32_t partition_count);
  // Errors: kDataLoss, kResourceExhausted, kUnavailable.
  static absl::StatusOr<std::unique_ptr<LogDatabase>> Open(const std::string& path,
                                                           const DatabaseConfig& config);
  ~LogDatabase();

  uint32_t partition_count() const { return partition_count_; }
  // The offset after the last row of each partition. O(partitions).
  absl::StatusOr<std::vector<events::Offset>> FindEnds() const;
  // Rows in the tables, the format row among them: a hole in the middle shows as too few. Exact
  // right after Open, when nothing is in memory yet. O(tables), from what Open has read anyway.
  absl::StatusOr<uint64_t> CountRows() const;

  // Add and Write: one thread. Write is synced when it returns; after an error what Add took may
  // stand in the log or not, and the database takes nothing more until it is opened again.
  void Add(events::Partition partition, events::Offset offset, absl::string_view record);
  absl::Status Write();
  // There is room again, as much as CompactionDebt() says: work off what `tight` put off.
  void AllowCompaction();
  // Bytes that compactions would need on the disk before they free any.
  uint64_t CompactionDebt() const;
  // Bytes that only the write-ahead log holds: what the next opening has to write to a table.
  uint64_t UnflushedBytes() const;

  // Appends [from, until) to `chunk`, but stops once it holds 256 KiB. Any thread. On an error
  // `chunk` has what stands before it. Errors: kDataLoss names partition and offset.
  absl::Status ReadChunk(events::Partition partition, events::Offset from, events::Offset until,
                         Chunk& chunk) const;

 private:
  explicit LogDatabase(std::shared_ptr<ErrorWatch> errors) : errors_(std::move(errors)) {}
  absl::Status ReadFormat();

  std::shared_ptr<ErrorWatch> errors_;
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::WriteBatch batch_;
  uint32_t partition_count_ = 0;
};

}  // namespace guitu::embedded_log
