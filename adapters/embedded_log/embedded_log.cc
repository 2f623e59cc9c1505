#include "adapters/embedded_log/embedded_log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/embedded_log/log_database.h"
#include "adapters/embedded_log/session.h"
#include "events/check.h"

namespace guitu::embedded_log {

using events::Offset;
using events::Partition;

namespace {

constexpr absl::Duration kRetrySpaceEvery = absl::Seconds(1);
// What RocksDB writes of its own when it opens or flushes: manifest, options, its own log.
constexpr uint64_t kHousekeepingBytes = 256 << 10;

std::string DatabasePath(const std::string& dir) { return dir + "/db"; }
std::string BallastPath(const std::string& dir) { return dir + "/ballast"; }

absl::Duration SystemMonotonic() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

EmbeddedLogOptions Completed(EmbeddedLogOptions options) {
  GUITU_CHECK(2 * options.write_buffer_bytes <= options.ballast_bytes);
  if (!options.monotonic) options.monotonic = SystemMonotonic;
  return options;
}

// RocksDB locks its own directory too, but gives that lock up between closing and opening again.
absl::StatusOr<Descriptor> Lock(const std::string& dir) {
  Descriptor lock(::open((dir + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.ok()) return ErrnoStatus("log: opening its lock", errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return absl::UnavailableError("log: locked: another process has it open");
    }
    return ErrnoStatus("log: locking", errno);
  }
  return lock;
}

// What an opening writes anew: the rows that stand in write-ahead logs only.
uint64_t RecoveryBytes(const std::string& database) {
  uint64_t bytes = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(database, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;
    const uint64_t size = entry->file_size(gone);
    if (entry->path().extension() == ".log" && !gone) bytes += size;
  }
  return bytes;
}

// Nothing but what an interrupted Create leaves.
absl::Status CheckUnused(const std::string& dir) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(dir, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name != "lock" && name != "ballast" && name != "db.new") {
      return absl::AlreadyExistsError("log: the directory is not empty");
    }
  }
  return error ? ErrnoStatus("log: reading the directory", error.value()) : absl::OkStatus();
}

}  // namespace

absl::Status EmbeddedLog::Create(const std::string& dir, uint32_t partition_count,
                                 const EmbeddedLogOptions& given) {
  GUITU_CHECK(partition_count > 0 && partition_count < ~uint32_t{0});
  const EmbeddedLogOptions options = Completed(given);
  if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) {
    return ErrnoStatus("log: making its directory", errno);
  }
  if (absl::Status unused = CheckUnused(dir); !unused.ok()) return unused;
  absl::StatusOr<Descriptor> lock = Lock(dir);
  if (!lock.ok()) return lock.status();
  Ballast ballast(BallastPath(dir), options.ballast_bytes, options.free_bytes);
  if (absl::Status allocated = ballast.Allocate(); !allocated.ok()) return allocated;

  // Built beside and renamed, so that an interrupted creation never looks like a damaged log.
  const std::string building = dir + "/db.new";
  std::error_code error;
  std::filesystem::remove_all(building, error);
  DatabaseConfig config;
  config.write_buffer_bytes = options.write_buffer_bytes;
  config.env = options.env;
  absl::Status created = LogDatabase::Create(building, config, partition_count);
  if (!created.ok()) return created;
  if (::rename(building.c_str(), DatabasePath(dir).c_str()) != 0) {
    return ErrnoStatus("log: naming its database", errno);
  }
  if (absl::Status synced = SyncDirectory(dir); !synced.ok()) return synced;
  return SyncDirectory(std::filesystem::path(dir) / "..");
}

absl::StatusOr<std::unique_ptr<EmbeddedLog>> EmbeddedLog::Open(const std::string& dir,
                                                               const EmbeddedLogOptions& options) {
  std::error_code error;
  if (!std::filesystem::is_directory(DatabasePath(dir), error)) {
    return absl::NotFoundError("log: there is no log in this directory");
  }
  absl::StatusOr<Descriptor> lock = Lock(dir);
  if (!lock.ok()) return lock.status();
  std::unique_ptr<EmbeddedLog> log(new EmbeddedLog(dir, Completed(options), *std::move(lock)));
  if (absl::Status opened = log->OpenFirst(); !opened.ok()) return opened;
  return log;
}

EmbeddedLog::EmbeddedLog(std::string dir, EmbeddedLogOptions options, Descriptor lock)
    : dir_(std::move(dir)),
      options_(std::move(options)),
      lock_(std::move(lock)),
      ballast_(BallastPath(dir_), options_.ballast_bytes, options_.free_bytes) {}

EmbeddedLog::~EmbeddedLog() {
  absl::MutexLock lock(&session_mutex_);
  GUITU_CHECK(!session_open_);
}

absl::StatusOr<std::unique_ptr<LogDatabase>> EmbeddedLog::OpenDatabase(bool read_only) {
  if (space_low()) tight_ = true;
  DatabaseConfig config;
  config.write_buffer_bytes = options_.write_buffer_bytes;
  config.env = options_.env;
  config.tight = tight_;
  config.read_only = read_only;
  return LogDatabase::Open(DatabasePath(dir_), config);
}

// Before RocksDB finds out: 7.8.3 ends the process where a file it recovers into cannot be written
// (an assertion in WritableFileWriter).
absl::Status EmbeddedLog::MakeRoomToOpen() {
  const uint64_t needed = kHousekeepingBytes + RecoveryBytes(DatabasePath(dir_));
  if (options_.free_bytes(dir_) >= needed) return absl::OkStatus();
  space_low_ = true;
  if (absl::Status released = ballast_.Release(); !released.ok()) return released;
  if (options_.free_bytes(dir_) >= needed) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("log: no space left to open it: ", needed, " bytes are needed"));
}

absl::Status EmbeddedLog::OpenFirst() {
  absl::MutexLock space(&space_mutex_);
  // A ballast that is not whole: the disk was full before this start, and may still be.
  if (!ballast_.Whole() && !ballast_.Restore().ok()) space_low_ = true;
  if (absl::Status room = MakeRoomToOpen(); !room.ok()) return room;
  absl::StatusOr<std::unique_ptr<LogDatabase>> opened = OpenDatabase(/*read_only=*/false);
  if (absl::IsResourceExhausted(opened.status())) {
    space_low_ = true;
    if (absl::Status released = ballast_.Release(); !released.ok()) return released;
    opened = OpenDatabase(/*read_only=*/false);
  }
  if (!opened.ok()) return opened.status();
  absl::StatusOr<std::vector<Offset>> ends = (*opened)->FindEnds();
  if (!ends.ok()) return ends.status();
  absl::StatusOr<uint64_t> rows = (*opened)->CountRows();
  if (!rows.ok()) return rows.status();
  const uint64_t expected = std::accumulate(ends->begin(), ends->end(), uint64_t{1});
  if (*rows < expected && !options_.accept_holes) {
    return absl::DataLossError(
        absl::StrCat("log: ", expected - *rows, " records are missing before its end: run fsck"));
  }
  db_ = *std::move(opened);
  partition_count_ = db_->partition_count();
  next_ = *std::move(ends);
  ends_ = std::make_unique<std::atomic<Offset>[]>(partition_count_);
  for (Partition p = 0; p < partition_count_; ++p) ends_[p] = next_[p];
  return absl::OkStatus();
}

absl::Status EmbeddedLog::Reopen() {
  absl::WriterMutexLock exchanging(&db_mutex_);
  db_.reset();
  absl::StatusOr<std::unique_ptr<LogDatabase>> opened = OpenDatabase(/*read_only=*/false);
  absl::Status result = opened.status();
  if (result.ok()) {
    db_ = *std::move(opened);
    absl::StatusOr<std::vector<Offset>> ends = db_->FindEnds();
    if (!ends.ok()) return ends.status();
    for (Partition p = 0; p < partition_count_; ++p) {
      if ((*ends)[p] < ends_[p]) {
        failure_ =
            absl::DataLossError(absl::StrCat("log: partition ", p, " ends at ", (*ends)[p],
                                             " and has acknowledged up to ", ends_[p].load()));
        return failure_;
      }
    }
    next_ = *std::move(ends);
    for (Partition p = 0; p < partition_count_; ++p) ends_[p] = next_[p];
    failure_ = absl::OkStatus();
    return absl::OkStatus();
  }
  // Reading what was acknowledged goes on meanwhile.
  if (auto readable = OpenDatabase(/*read_only=*/true); readable.ok()) db_ = *std::move(readable);
  return result;
}

absl::StatusOr<std::unique_ptr<events::LogSession>> EmbeddedLog::OpenSession(DeliverySink sink) {
  absl::MutexLock lock(&session_mutex_);
  if (session_open_) return absl::UnavailableError("log: the session before is still open");
  if (absl::IsDataLoss(failure_)) return failure_;
  if (space_low()) {
    absl::MutexLock space(&space_mutex_);
    if (absl::Status released = ballast_.Release(); !released.ok()) return released;
  }
  if (!failure_.ok()) {
    if (absl::Status reopened = Reopen(); !reopened.ok()) {
      if (absl::IsResourceExhausted(reopened)) space_low_ = true;
      return reopened;
    }
  }
  session_open_ = true;
  return std::make_unique<EmbeddedSession>(*this, std::move(sink));
}

void EmbeddedLog::SessionClosed() {
  absl::MutexLock lock(&session_mutex_);
  session_open_ = false;
}

bool EmbeddedLog::RoomFor(absl::Span<const events::Append> group) const {
  uint64_t bytes = kHousekeepingBytes + db_->UnflushedBytes();
  // Once in the write-ahead log and once in the table it ends in.
  for (const events::Append& append : group) bytes += 2 * append.record.size();
  return options_.free_bytes(dir_) >= bytes;
}

absl::Status EmbeddedLog::Commit(absl::Span<const events::Append> group,
                                 std::vector<Offset>& offsets) {
  offsets.clear();
  if (space_low() && !RoomFor(group)) {
    return absl::ResourceExhaustedError("log: no space left, not even for access records");
  }
  for (const events::Append& append : group) {
    GUITU_CHECK(append.partition < partition_count_);
    const Offset offset = next_[append.partition]++;
    offsets.push_back(offset);
    db_->Add(append.partition, offset, append.record);
  }
  absl::Status written = db_->Write();
  if (written.ok()) {
    for (const events::Append& append : group) {
      ends_[append.partition].store(next_[append.partition], std::memory_order_release);
    }
    return absl::OkStatus();
  }
  if (absl::IsResourceExhausted(written)) space_low_.store(true, std::memory_order_release);
  absl::MutexLock lock(&session_mutex_);
  failure_ = written;
  return written;
}

absl::StatusOr<Offset> EmbeddedLog::End(Partition partition) const {
  if (partition >= partition_count_) return absl::InvalidArgumentError("log: no such partition");
  return ends_[partition].load(std::memory_order_acquire);
}

absl::Status EmbeddedLog::Read(Partition partition, Offset from, uint64_t max,
                               const Visitor& visit) const {
  absl::StatusOr<Offset> end = End(partition);
  if (!end.ok()) return end.status();
  if (from >= *end) return absl::OkStatus();
  const Offset until = from + std::min(max, *end - from);
  Chunk chunk;
  while (from < until) {
    chunk.Clear();
    absl::Status status;
    {
      absl::ReaderMutexLock reading(&db_mutex_);
      status = db_ == nullptr ? absl::UnavailableError("log: closed after a failure of the disk")
                              : db_->ReadChunk(partition, from, until, chunk);
    }
    for (size_t i = 0; i < chunk.ends.size(); ++i) {
      if (!visit(from++, chunk.record(i))) return absl::OkStatus();
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

void EmbeddedLog::RetrySpace() {
  if (!space_low() && !tight_) return;
  absl::ReaderMutexLock reading(&db_mutex_);
  absl::MutexLock space(&space_mutex_);
  const absl::Duration now = options_.monotonic();
  if (now - last_retry_ < kRetrySpaceEvery) return;
  last_retry_ = now;
  if (space_low()) {
    if (!ballast_.Restore().ok()) return;
    space_low_.store(false, std::memory_order_release);
  }
  if (!tight_ || db_ == nullptr) return;
  if (options_.free_bytes(dir_) < options_.ballast_bytes + db_->CompactionDebt()) return;
  db_->AllowCompaction();
  tight_ = false;
}

}  // namespace guitu::embedded_log
