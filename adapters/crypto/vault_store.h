// The rows of the vault on disk, and the means to notice that some are gone.
//
//   DIR/db       RocksDB, every write synced, point-in-time recovery
//   DIR/ANCHOR   sequence, number of rows and digest of the newest write, synced after that write
//
// RocksDB can lose an acknowledged tail, or a whole log file, and open without an error. So each
// write carries a state row {sequence, rows, digest, digest before}, and a copy of it goes to
// ANCHOR before the write is acknowledged. Open compares: the database may be one write ahead of
// ANCHOR (a crash between the two) and continue it; anything else is kDataLoss. The digest is the
// sum modulo 2^256 of a keyed hash of every row, so Check() finds a row that is missing, added or
// changed anywhere. Both copies are authenticated under `mac_key`. A vault set back as a whole to
// an older copy passes: there the log shows it, as it names keys that the vault has not got.
//
// Errors of all calls: kResourceExhausted: disk full; kUnavailable: other trouble of the disk,
// read-only included; kDataLoss: rows are lost or damaged. After a failed write its outcome is
// unknown; the next write first opens the database again and settles it. Until then rows can still
// be read, also such as are not durable: who builds on a row calls Recover before. Threads: any.
// One process at a time, held by a lock on DIR.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "adapters/crypto/posix_file.h"
#include "adapters/crypto/secret.h"
#include "events/hash.h"
#include "events/ids.h"

namespace rocksdb {
class DB;
class Env;
}  // namespace rocksdb

namespace guitu::crypto {

// A row put, or deleted where `value` is empty. Row keys starting with 'h' and 's' are the store's
// own.
struct VaultChange {
  std::string key;
  std::string value;
};

// What the newest write left: the state row and the contents of ANCHOR.
struct VaultState {
  uint64_t sequence = 0;  // of writes, from 1
  uint64_t rows = 0;      // without the state row
  std::array<uint64_t, 4> digest{};
  std::array<uint64_t, 4> digest_before{};
};

class VaultStore {
 public:
  // A new store with these rows, whole or not at all. REQUIRES: no slash at the end of `dir`.
  // kAlreadyExists: DIR is there and not empty. `env` is borrowed, nullptr means the default one;
  // tests give one that fails.
  static absl::Status Create(const std::string& dir, const Secret& mac_key, events::LogId log_id,
                             const std::vector<VaultChange>& rows, rocksdb::Env* env);

  // kDataLoss: files missing, rows lost or damaged; kUnavailable: another process has it open;
  // kFailedPrecondition: the vault of another log; kPermissionDenied: another mac key.
  static absl::StatusOr<std::unique_ptr<VaultStore>> Open(const std::string& dir, Secret mac_key,
                                                          events::LogId log_id, rocksdb::Env* env);
  ~VaultStore();
  VaultStore(const VaultStore&) = delete;
  VaultStore& operator=(const VaultStore&) = delete;

  // kNotFound: no such row.
  absl::StatusOr<std::string> Get(absl::string_view key) const;

  // REQUIRES: no key twice. All or nothing, durable together with ANCHOR when it returns OK. Three
  // syncs, 1 ms on an ordinary disk.
  absl::Status Commit(const std::vector<VaultChange>& changes);

  // After a failed write: opens the database again, so that Get shows what is durable. Else does
  // nothing.
  absl::Status Recover();

  // Rewrites the files that still hold older values of the row and deletes them. Up to some MB of
  // writing.
  absl::Status Scrub(absl::string_view key);

  // Visits every row but the state row, in order of keys, and compares them with the state and
  // ANCHOR. kDataLoss says what differs. Stops at the first error of `visit`.
  absl::Status Check(
      absl::FunctionRef<absl::Status(absl::string_view key, absl::string_view value)> visit) const;

 private:
  VaultStore(std::string dir, Secret mac_key, events::LogId log_id, rocksdb::Env* env);

  absl::Status OpenDatabase() ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_mutex_);
  absl::Status Compact(absl::string_view key) const;
  absl::Status CheckHeader(rocksdb::DB& db) const;
  absl::StatusOr<VaultState> Settle(rocksdb::DB& db) const;
  absl::Status WriteAnchor(const VaultState& state) const;
  absl::StatusOr<VaultState> ReadAnchor() const;
  std::string StateBytes(const VaultState& state) const;
  absl::StatusOr<VaultState> ParseState(absl::string_view bytes) const;
  absl::Status ApplyToState(rocksdb::DB& db, const VaultChange& change, VaultState& state) const;
  std::array<uint64_t, 4> RowDigest(absl::string_view key, absl::string_view value) const;

  const std::string dir_;
  const Secret mac_key_;
  const events::LogId log_id_;
  rocksdb::Env* const env_;
  Descriptor lock_;

  // Order of locks: commit_mutex_, then db_mutex_.
  mutable absl::Mutex commit_mutex_;
  VaultState state_ ABSL_GUARDED_BY(commit_mutex_);
  bool unsettled_ ABSL_GUARDED_BY(commit_mutex_) = false;  // the last write or scrub failed
  mutable absl::Mutex db_mutex_;  // exclusive only while the database is closed and opened again
  std::unique_ptr<rocksdb::DB> db_ ABSL_GUARDED_BY(db_mutex_);
};

}  // namespace guitu::crypto
