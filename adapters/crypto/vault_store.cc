#include "adapters/crypto/vault_store.h"

#include <fcntl.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "adapters/crypto/rocks_status.h"
#include "adapters/crypto/sha256.h"
#include "events/bytes.h"
#include "events/check.h"

namespace guitu::crypto {
namespace {

using Digest = std::array<uint64_t, 4>;

constexpr absl::string_view kHeaderKey = "h";
constexpr absl::string_view kStateKey = "s";
constexpr uint8_t kFormat = 1;
constexpr absl::string_view kAnchorMagic = "GTVA1";

rocksdb::Slice ToSlice(absl::string_view text) { return {text.data(), text.size()}; }
absl::string_view ToView(rocksdb::Slice slice) { return {slice.data(), slice.size()}; }

rocksdb::Options DatabaseOptions(rocksdb::Env* env) {
  rocksdb::Options options;
  options.env = env;
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.track_and_verify_wals_in_manifest = true;
  options.recycle_log_file_num = 0;
  options.compression = rocksdb::kNoCompression;  // random bytes
  options.write_buffer_size = 4 << 20;
  options.target_file_size_base = 2 << 20;  // Scrub rewrites whole files
  options.max_background_jobs = 2;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.keep_log_file_num = 2;
  options.max_log_file_size = 1 << 20;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(8 << 20);
  table.filter_policy.reset(
      rocksdb::NewBloomFilterPolicy(10));  // new keys are looked up before they are put
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::WriteOptions Synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

// Addition and subtraction of 256-bit numbers, lowest limb first.
void AddTo(Digest& sum, const Digest& term) {
  unsigned __int128 carry = 0;
  for (size_t i = 0; i < sum.size(); ++i) {
    carry += static_cast<unsigned __int128>(sum[i]) + term[i];
    sum[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
}
void TakeFrom(Digest& sum, const Digest& term) {
  uint64_t borrow = 0;
  for (size_t i = 0; i < sum.size(); ++i) {
    const auto needed = static_cast<unsigned __int128>(term[i]) + borrow;
    borrow = sum[i] < needed ? 1 : 0;
    sum[i] = static_cast<uint64_t>(sum[i] - needed);
  }
}

events::Hash256 HeaderCheck(const Secret& mac_key, events::LogId log_id) {
  return HmacSha256(mac_key.view(), {"guitu vault header v1", ToBytes(log_id)});
}

std::string HeaderBytes(const Secret& mac_key, events::LogId log_id) {
  return events::ByteWriter().U8(kFormat).Id(log_id).Hash(HeaderCheck(mac_key, log_id)).Take();
}

bool SameHash(const events::Hash256& a, const events::Hash256& b) {
  return sodium_memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()) == 0;
}

}  // namespace

VaultStore::VaultStore(std::string dir, Secret mac_key, events::LogId log_id, rocksdb::Env* env)
    : dir_(std::move(dir)),
      mac_key_(std::move(mac_key)),
      log_id_(log_id),
      env_(env == nullptr ? rocksdb::Env::Default() : env) {}

VaultStore::~VaultStore() = default;

absl::Status VaultStore::Create(const std::string& dir, const Secret& mac_key, events::LogId log_id,
                                const std::vector<VaultChange>& rows, rocksdb::Env* env) {
  GUITU_CHECK(!dir.empty() && dir.back() != '/');
  std::error_code error;
  if (std::filesystem::exists(dir, error) && !std::filesystem::is_empty(dir, error)) {
    return absl::AlreadyExistsError("there is a vault, or something else, already");
  }
  // Built beside and renamed, so that an interrupted creation never looks like a damaged vault.
  const std::string building = dir + ".new";
  std::filesystem::remove_all(building, error);
  if (::mkdir(building.c_str(), 0700) != 0)
    return ErrnoStatus("vault: making its directory", errno);
  absl::Cleanup remove = [&] { std::filesystem::remove_all(building, error); };

  const VaultStore store(building, Secret::Copy(mac_key.data()), log_id, env);
  rocksdb::Options options = DatabaseOptions(store.env_);
  options.create_if_missing = true;
  options.error_if_exists = true;
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(options, building + "/db", &opened);
  std::unique_ptr<rocksdb::DB> db(opened);
  if (!status.ok()) return FromRocks("creating", status);
  std::vector<VaultChange> changes = rows;
  changes.push_back({std::string(kHeaderKey), HeaderBytes(mac_key, log_id)});
  VaultState state;
  state.sequence = 1;
  rocksdb::WriteBatch batch;
  for (const VaultChange& row : changes) {
    if (absl::Status applied = store.ApplyToState(*db, row, state); !applied.ok()) return applied;
    batch.Put(row.key, row.value);
  }
  batch.Put(ToSlice(kStateKey), store.StateBytes(state));
  status = db->Write(Synced(), &batch);
  if (status.ok()) status = db->Close();
  db.reset();
  if (!status.ok()) return FromRocks("creating", status);
  if (absl::Status anchored = store.WriteAnchor(state); !anchored.ok()) return anchored;
  if (::rename(building.c_str(), dir.c_str()) != 0) return ErrnoStatus("vault: renaming", errno);
  std::move(remove).Cancel();
  return SyncDirectoryOf(dir);
}

absl::StatusOr<std::unique_ptr<VaultStore>> VaultStore::Open(const std::string& dir, Secret mac_key,
                                                             events::LogId log_id,
                                                             rocksdb::Env* env) {
  std::unique_ptr<VaultStore> store(new VaultStore(dir, std::move(mac_key), log_id, env));
  store->lock_ = Descriptor(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!store->lock_.ok()) {
    if (errno == ENOENT) return absl::DataLossError("the vault is missing");
    return ErrnoStatus("vault: opening its directory", errno);
  }
  if (::flock(store->lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return absl::UnavailableError("the vault is open elsewhere");
    return ErrnoStatus("vault: locking", errno);
  }
  for (const char* file : {"/ANCHOR", "/db/CURRENT"}) {
    std::error_code error;
    if (!std::filesystem::exists(dir + file, error)) {
      return absl::DataLossError(absl::StrCat("files of the vault are missing: ", file + 1));
    }
  }
  absl::MutexLock lock(&store->commit_mutex_);
  if (absl::Status opened = store->OpenDatabase(); !opened.ok()) return opened;
  return store;
}

absl::Status VaultStore::OpenDatabase() {
  absl::WriterMutexLock lock(&db_mutex_);
  db_.reset();
  const rocksdb::Options options = DatabaseOptions(env_);
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(options, dir_ + "/db", &opened);
  std::unique_ptr<rocksdb::DB> db(opened);
  absl::Status result = FromRocks("opening", status);
  if (result.ok()) result = CheckHeader(*db);
  if (result.ok()) {
    absl::StatusOr<VaultState> settled = Settle(*db);
    result = settled.status();
    if (settled.ok()) {
      state_ = *settled;
      unsettled_ = false;
      db_ = std::move(db);
      return absl::OkStatus();
    }
  }
  // Reading goes on while the disk is full, but not on rows that may be the wrong ones.
  if (absl::IsUnavailable(result) || absl::IsResourceExhausted(result)) {
    db.reset();
    rocksdb::DB* readable = nullptr;
    if (rocksdb::DB::OpenForReadOnly(options, dir_ + "/db", &readable).ok()) db_.reset(readable);
  }
  return result;
}

absl::Status VaultStore::CheckHeader(rocksdb::DB& db) const {
  std::string header;
  rocksdb::Status status = db.Get(rocksdb::ReadOptions(), ToSlice(kHeaderKey), &header);
  if (status.IsNotFound()) return absl::DataLossError("the header of the vault is lost");
  if (!status.ok()) return FromRocks("reading its header", status);
  events::ByteReader reader(header);
  const uint8_t format = reader.U8();
  const auto log_id = reader.ReadId<events::LogId>();
  const events::Hash256 check = reader.Hash();
  if (!reader.ok() || !reader.rest().empty())
    return absl::DataLossError("the vault's header is damaged");
  if (format != kFormat) return absl::FailedPreconditionError("the vault has a newer format");
  if (log_id != log_id_) return absl::FailedPreconditionError("the vault belongs to another log");
  if (!SameHash(check, HeaderCheck(mac_key_, log_id_))) {
    return absl::PermissionDeniedError("the root key is not the one of this vault");
  }
  return absl::OkStatus();
}

absl::StatusOr<VaultState> VaultStore::Settle(rocksdb::DB& db) const {
  std::string bytes;
  rocksdb::Status status = db.Get(rocksdb::ReadOptions(), ToSlice(kStateKey), &bytes);
  if (status.IsNotFound()) return absl::DataLossError("the state row of the vault is lost");
  if (!status.ok()) return FromRocks("reading its state", status);
  absl::StatusOr<VaultState> state = ParseState(bytes);
  if (!state.ok()) return state.status();
  absl::StatusOr<VaultState> anchor = ReadAnchor();
  if (!anchor.ok()) return anchor.status();
  if (state->sequence == anchor->sequence && state->digest == anchor->digest) return state;
  if (state->sequence == anchor->sequence + 1 && state->digest_before == anchor->digest) {
    absl::Status written = WriteAnchor(*state);
    if (!written.ok()) return written;
    return state;
  }
  if (state->sequence < anchor->sequence) {
    return absl::DataLossError(absl::StrCat("the vault has lost its newest writes: it ends at ",
                                            state->sequence, ", its anchor at ", anchor->sequence));
  }
  return absl::DataLossError("the vault and its anchor contradict each other");
}

absl::StatusOr<std::string> VaultStore::Get(absl::string_view key) const {
  absl::ReaderMutexLock lock(&db_mutex_);
  if (db_ == nullptr)
    return absl::UnavailableError("the vault is closed after a failure of the disk");
  std::string value;
  rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), ToSlice(key), &value);
  if (!status.ok()) return FromRocks("reading", status);
  return value;
}

absl::Status VaultStore::ApplyToState(rocksdb::DB& db, const VaultChange& change,
                                      VaultState& state) const {
  std::string old;
  rocksdb::Status status = db.Get(rocksdb::ReadOptions(), change.key, &old);
  if (!status.ok() && !status.IsNotFound()) return FromRocks("reading", status);
  if (status.ok()) {
    TakeFrom(state.digest, RowDigest(change.key, old));
    --state.rows;
  }
  if (!change.value.empty()) {
    AddTo(state.digest, RowDigest(change.key, change.value));
    ++state.rows;
  }
  return absl::OkStatus();
}

absl::Status VaultStore::Commit(const std::vector<VaultChange>& changes) {
  absl::MutexLock lock(&commit_mutex_);
  if (unsettled_) {
    if (absl::Status opened = OpenDatabase(); !opened.ok()) return opened;
  }
  absl::ReaderMutexLock reading(&db_mutex_);
  VaultState next = state_;
  ++next.sequence;
  next.digest_before = state_.digest;
  rocksdb::WriteBatch batch;
  for (const VaultChange& change : changes) {
    GUITU_CHECK(change.key != kHeaderKey && change.key != kStateKey);
    if (absl::Status applied = ApplyToState(*db_, change, next); !applied.ok()) return applied;
    if (change.value.empty()) {
      batch.Delete(change.key);
    } else {
      batch.Put(change.key, change.value);
    }
  }
  batch.Put(ToSlice(kStateKey), StateBytes(next));
  unsettled_ = true;
  rocksdb::Status status = db_->Write(Synced(), &batch);
  if (!status.ok()) return FromRocks("writing", status);
  if (absl::Status anchored = WriteAnchor(next); !anchored.ok()) return anchored;
  unsettled_ = false;
  state_ = next;
  return absl::OkStatus();
}

absl::Status VaultStore::Recover() {
  absl::MutexLock lock(&commit_mutex_);
  return unsettled_ ? OpenDatabase() : absl::OkStatus();
}

absl::Status VaultStore::Scrub(absl::string_view key) {
  absl::Status scrubbed = Compact(key);
  if (!scrubbed.ok()) {
    absl::MutexLock lock(&commit_mutex_);  // RocksDB refuses writes after a failed flush
    unsettled_ = true;
  }
  return scrubbed;
}

absl::Status VaultStore::Compact(absl::string_view key) const {
  absl::ReaderMutexLock lock(&db_mutex_);
  if (db_ == nullptr)
    return absl::UnavailableError("the vault is closed after a failure of the disk");
  rocksdb::Status status = db_->Flush(rocksdb::FlushOptions());
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  options.exclusive_manual_compaction = true;
  const rocksdb::Slice slice = ToSlice(key);
  if (status.ok()) status = db_->CompactRange(options, &slice, &slice);
  // Deletes what flush and compaction made obsolete before it returns, not some time later.
  if (status.ok()) status = db_->DisableFileDeletions();
  if (status.ok()) status = db_->EnableFileDeletions(/*force=*/true);
  return FromRocks("scrubbing", status);
}

absl::Status VaultStore::Check(
    absl::FunctionRef<absl::Status(absl::string_view, absl::string_view)> visit) const {
  absl::ReaderMutexLock lock(&db_mutex_);
  if (db_ == nullptr)
    return absl::UnavailableError("the vault is closed after a failure of the disk");
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(options));
  VaultState found;
  std::string state_row;
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    const absl::string_view key = ToView(rows->key());
    if (key == kStateKey) {
      state_row = rows->value().ToString();
      continue;
    }
    ++found.rows;
    AddTo(found.digest, RowDigest(key, ToView(rows->value())));
    if (key == kHeaderKey) continue;
    if (absl::Status visited = visit(key, ToView(rows->value())); !visited.ok()) return visited;
  }
  if (!rows->status().ok()) return FromRocks("checking", rows->status());
  // The state row of the iterator's own view: writes go on meanwhile.
  absl::StatusOr<VaultState> state = ParseState(state_row);
  if (!state.ok()) return state.status();
  if (found.rows != state->rows) {
    return absl::DataLossError(
        absl::StrCat("the vault should have ", state->rows, " rows and has ", found.rows));
  }
  if (found.digest != state->digest) return absl::DataLossError("rows of the vault were changed");
  absl::StatusOr<VaultState> anchor = ReadAnchor();
  if (!anchor.ok()) return anchor.status();
  if (anchor->sequence + 1 < state->sequence) {
    return absl::DataLossError("the anchor of the vault is behind its rows");
  }
  return absl::OkStatus();
}

std::array<uint64_t, 4> VaultStore::RowDigest(absl::string_view key,
                                              absl::string_view value) const {
  const std::string length = events::ByteWriter().U32(static_cast<uint32_t>(key.size())).Take();
  const events::Hash256 hash =
      HmacSha256(mac_key_.view(), {"guitu vault row v1", length, key, value});
  events::ByteReader reader(hash.view());
  return {reader.U64(), reader.U64(), reader.U64(), reader.U64()};
}

std::string VaultStore::StateBytes(const VaultState& state) const {
  events::ByteWriter writer;
  writer.U64(state.sequence).U64(state.rows);
  for (uint64_t limb : state.digest) writer.U64(limb);
  for (uint64_t limb : state.digest_before) writer.U64(limb);
  std::string bytes = writer.Take();
  const events::Hash256 mac =
      HmacSha256(mac_key_.view(), {"guitu vault state v1", ToBytes(log_id_), bytes});
  bytes.append(mac.view().data(), mac.view().size());
  return bytes;
}

absl::StatusOr<VaultState> VaultStore::ParseState(absl::string_view bytes) const {
  VaultState state;
  events::ByteReader reader(bytes);
  state.sequence = reader.U64();
  state.rows = reader.U64();
  for (uint64_t& limb : state.digest) limb = reader.U64();
  for (uint64_t& limb : state.digest_before) limb = reader.U64();
  const std::string expected = StateBytes(state);
  if (!reader.ok() || bytes.size() != expected.size() ||
      sodium_memcmp(bytes.data(), expected.data(), expected.size()) != 0) {
    return absl::DataLossError("the state of the vault, or its anchor, is damaged");
  }
  return state;
}

absl::Status VaultStore::WriteAnchor(const VaultState& state) const {
  const std::string bytes = absl::StrCat(kAnchorMagic, StateBytes(state));
  const std::string path = dir_ + "/ANCHOR";
  std::unique_ptr<rocksdb::WritableFile> file;
  rocksdb::Status status = env_->NewWritableFile(path + ".new", &file, rocksdb::EnvOptions());
  if (status.ok()) status = file->Append(bytes);
  if (status.ok()) status = file->Sync();
  if (status.ok()) status = file->Close();
  if (status.ok()) status = env_->RenameFile(path + ".new", path);
  std::unique_ptr<rocksdb::Directory> directory;
  if (status.ok()) status = env_->NewDirectory(dir_, &directory);
  if (status.ok()) status = directory->Fsync();
  return FromRocks("anchoring", status);
}

absl::StatusOr<VaultState> VaultStore::ReadAnchor() const {
  std::string bytes;
  rocksdb::Status status = rocksdb::ReadFileToString(env_, dir_ + "/ANCHOR", &bytes);
  if (!status.ok()) return FromRocks("reading its anchor", status);
  absl::string_view view = bytes;
  if (view.substr(0, kAnchorMagic.size()) != kAnchorMagic) {
    return absl::DataLossError("the anchor of the vault is damaged");
  }
  return ParseState(view.substr(kAnchorMagic.size()));
}

}  // namespace guitu::crypto
