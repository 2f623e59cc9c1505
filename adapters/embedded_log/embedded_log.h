// The embedded log: events::EventLog on a RocksDB of its own, in this process, with group commit.
//
// Life of a record: Enqueue puts it into the session's queue; the session's writer thread takes all
// that is queued, of all partitions, gives each record the next offset of its partition, writes one
// batch, syncs it once (fdatasync), and hands out one batch of deliveries. Meanwhile new records
// queue up.
//
// Invariants (tests/conformance/, tests/adapters/embedded_log/):
//   1. A record is readable, and End covers it, only when it is on disk.
//   2. After a failed write or sync the session is dead: all it has left is unknown. The next
//      OpenSession closes the database, opens it again and derives the ends anew.
//   3. Ends never go back while the process lives; if an opening would make them, OpenSession is
//      kDataLoss.
//   4. One process: the directory is locked.
//
// A full disk: the write fails, space_low() is true, what was pending comes back unknown with
// kResourceExhausted. The next OpenSession gives up the ballast, and from then on only appends with
// `access` are written, as long as room is left for the next opening too; any other comes back
// unknown with kResourceExhausted without being attempted, and ends the session like every unknown.
// So ask space_low() before enqueuing, and mark as `access` also the fence of a new session.
// RetrySpace() ends this once the ballast is whole again.
//
// Layout of `dir`: `lock`, `ballast`, `db/`. The anchor (anchor.h) is a file the caller chooses.
//
// Threads: everything but the destructor may be called from any thread. A visitor may call
// anything.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "adapters/embedded_log/ballast.h"
#include "adapters/embedded_log/posix_file.h"
#include "events/log.h"

namespace rocksdb {
class Env;
}

namespace guitu::embedded_log {

class LogDatabase;

struct EmbeddedLogOptions {
  uint64_t ballast_bytes = 16 << 20;
  // Half of what recovery may have to rewrite; RocksDB keeps two. REQUIRES: 2 * this <=
  // ballast_bytes, or the log could not be opened again on a full disk.
  uint64_t write_buffer_bytes = 8 << 20;
  // Opens a log that misses records in its middle, for fsck and salvage. Reading them is kDataLoss.
  bool accept_holes = false;
  rocksdb::Env* env = nullptr;                // none: the system's. Outlives the log.
  std::function<absl::Duration()> monotonic;  // none: the system's; only paces RetrySpace
  FreeBytes free_bytes = FreeBytesByStatvfs;
};

class EmbeddedLog final : public events::EventLog {
 public:
  // Makes an empty log in `dir`, which is missing, empty, or holds what an interrupted Create left.
  // Errors: kAlreadyExists, kResourceExhausted, kUnavailable (locked by another process, or the
  // disk). REQUIRES: 0 < partition_count < 2^32 - 1.
  static absl::Status Create(const std::string& dir, uint32_t partition_count,
                             const EmbeddedLogOptions& options = {});

  // Errors: kNotFound = there is no log; kUnavailable = another process holds the lock ("locked"),
  // or the disk does not answer; kResourceExhausted = no space, even without the ballast; kDataLoss
  // = files or records of the middle are missing or damaged. A lost *tail* is no error here: only
  // the anchor tells it. Cost: rewrites at most two write buffers, reads the index of each table.
  static absl::StatusOr<std::unique_ptr<EmbeddedLog>> Open(const std::string& dir,
                                                           const EmbeddedLogOptions& options = {});
  // REQUIRES: its session is gone.
  ~EmbeddedLog() override;

  uint32_t partition_count() const override { return partition_count_; }
  // Also kDataLoss: acknowledged records are gone, or RocksDB found damage; a restart and fsck are
  // due. Deliveries come on the session's own thread; the sink must not destroy the session.
  absl::StatusOr<std::unique_ptr<events::LogSession>> OpenSession(DeliverySink sink) override;
  // Errors: kInvalidArgument = no such partition.
  absl::StatusOr<events::Offset> End(events::Partition partition) const override;
  // Copies 256 KiB at a time, so a slow visitor holds up nobody. Also kUnavailable: the disk does
  // not answer; kInvalidArgument.
  absl::Status Read(events::Partition partition, events::Offset from, uint64_t max,
                    const Visitor& visit) const override;

  // The disk was full and the ballast is not whole again.
  bool space_low() const { return space_low_.load(std::memory_order_acquire); }
  // Looks, at most once a second, whether there is room for the ballast and as much again; if so
  // takes it back and leaves space_low. Compactions that were put off wait until there is room for
  // them as well. Cheap otherwise: call it on every tick. May wait for an OpenSession that opens
  // the database.
  void RetrySpace();

 private:
  friend class EmbeddedSession;

  EmbeddedLog(std::string dir, EmbeddedLogOptions options, Descriptor lock);
  absl::StatusOr<std::unique_ptr<LogDatabase>> OpenDatabase(bool read_only);
  absl::Status OpenFirst();
  // Gives up the ballast where the first opening would run out of space. kResourceExhausted: not
  // even that is enough.
  absl::Status MakeRoomToOpen() ABSL_EXCLUSIVE_LOCKS_REQUIRED(space_mutex_);
  absl::Status Reopen() ABSL_EXCLUSIVE_LOCKS_REQUIRED(session_mutex_);

  // For the session: writes `group` and gives each record its offset. The session's thread only.
  absl::Status Commit(absl::Span<const events::Append> group, std::vector<events::Offset>& offsets);
  // On a full disk: there is room for `group`, and afterwards still for the next opening, which
  // rewrites what is in memory. Without it a restart would fail until somebody makes room.
  bool RoomFor(absl::Span<const events::Append> group) const;
  void SessionClosed();

  const std::string dir_;
  const EmbeddedLogOptions options_;
  const Descriptor lock_;
  uint32_t partition_count_ = 0;

  absl::Mutex session_mutex_;
  bool session_open_ ABSL_GUARDED_BY(session_mutex_) = false;
  // Why the database has to be opened again; ok: it has not.
  absl::Status failure_ ABSL_GUARDED_BY(session_mutex_);

  // Held shared by readers, exclusively while the database is exchanged. The writer needs no lock:
  // there is none while the database is exchanged.
  mutable absl::Mutex db_mutex_;
  std::unique_ptr<LogDatabase> db_;  // exchanged under db_mutex_ only
  std::unique_ptr<std::atomic<events::Offset>[]> ends_;
  std::vector<events::Offset> next_;  // the session's thread, or Reopen when there is none

  absl::Mutex space_mutex_;
  Ballast ballast_ ABSL_GUARDED_BY(space_mutex_);
  absl::Duration last_retry_ ABSL_GUARDED_BY(space_mutex_) = -absl::InfiniteDuration();
  std::atomic<bool> space_low_{false};
  std::atomic<bool> tight_{false};  // the database was opened while space was low
};

}  // namespace guitu::embedded_log
