// The key vault: data keys, one per subject, and the few named keys of the installation.
//
//   root key (a file outside)  wraps  epoch keys  wrap  data keys and named keys
//
// A data key is durable before its id is handed out: keys are made ahead, a pool per sync, so that
// a command does not wait for the disk. Which keys of a pool were handed out is not written down.
// So after a crash what was left of it stays unused for ever (at most `pool_keys` rows of 110
// bytes), and is never handed out in a later life; an orderly end deletes it, unless the vault is a
// shared one: other nodes have the rows too.
//
// Destroying a key leaves a tombstone and rewrites the files that held it. That reaches this disk's
// files, not its worn-out blocks, and not backups: those end with their epoch key.
//
// Shared (`VaultOptions::share`): several nodes with one root key, each with a vault of its own
// directory, hand each other rows; app/shared_vault.h does so over Kafka. Rows are idempotent and
// come in any order, any number of times. What holds, whatever comes
// (tests/adapters/crypto/vault_share_test.cc):
//   1. A key is handed out only when its row is durable here and `share` has said OK to it.
//   2. Destroyed is for ever: no row that comes later brings the key back. Only who has the root
//      key can say that a key is destroyed.
//   3. A key whose row has not come yet is kUnavailable; never kDataLoss (erased), kInternal
//      (damaged) or kNotFound.
//
// Threads: any. Cost: Seal and Open about 2 µs for 300 bytes with the key in the cache, 6 µs
// without; TakeFreshKey a lock while the pool has keys; Destroy 0.3 s with 200,000 keys, less with
// fewer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "adapters/crypto/key_cache.h"
#include "adapters/crypto/key_pool.h"
#include "adapters/crypto/key_ring.h"
#include "adapters/crypto/secret.h"
#include "adapters/crypto/vault_store.h"
#include "events/ids.h"
#include "events/sealing.h"

namespace guitu::crypto {

// A row on its way between nodes. Key material in it is wrapped.
using VaultRow = VaultChange;

struct VaultOptions {
  size_t cached_keys = 100'000;  // 10 MB
  size_t pool_keys = 512;        // made ahead; a new pool is begun when half is gone
  rocksdb::Env* env = nullptr;   // borrowed; tests give one that fails
  // Returns OK when the rows are where every other node will find them. Called from the pool's
  // thread, from AddNamedKey and Destroy; several at a time. Not set: this vault is the only one.
  std::function<absl::Status(absl::Span<const VaultRow>)> share = nullptr;
  // How long TakeFreshKey waits while the pool is empty; a filling that takes longer than that is
  // waited for by one call only, the others fail at once.
  absl::Duration key_wait_max = absl::InfiniteDuration();
};

struct ImportReport {
  uint64_t added = 0;
  uint64_t destroyed = 0;
  // The first row that was not taken; OK: all were, or are here already. kPermissionDenied: an
  // epoch key of another root key or another log; kFailedPrecondition: of another vault of this
  // log; kInvalidArgument: any other row, damaged or not one of this vault.
  absl::Status refused;
  // Newer rows of this vault for what it was given: share them.
  std::vector<VaultRow> answers;
};

// Named keys that every vault has from its creation.
inline constexpr absl::string_view kTokenSigningKey = "token-signing";            // Ed25519 seed
inline constexpr absl::string_view kAnchorSigningKey = "anchor-signing";          // Ed25519 seed
inline constexpr absl::string_view kCheckpointSigningKey = "checkpoint-signing";  // Ed25519 seed
inline constexpr absl::string_view kLogMacKey = "log-mac";

// What Check counted.
struct VaultReport {
  uint64_t epochs = 0;
  uint64_t named = 0;
  uint64_t living = 0;  // data keys, unused ones included
  uint64_t destroyed = 0;
};

class Vault final : public events::Sealer {
 public:
  // A new vault in `dir` (without a slash at the end), opened; its first rows are not shared by
  // itself (Export). kAlreadyExists: `dir` is not empty;
  // kResourceExhausted: disk full; kUnavailable: other trouble of the disk.
  static absl::StatusOr<std::unique_ptr<Vault>> Create(const std::string& dir,
                                                       const Secret& root_key, events::LogId log_id,
                                                       const VaultOptions& options = {});

  // kPermissionDenied: another root key; kFailedPrecondition: the vault of another log, or of a
  // newer format; kUnavailable: open in another process, or trouble of the disk; kDataLoss: files
  // missing, acknowledged writes lost, or damaged; kResourceExhausted: disk full.
  static absl::StatusOr<std::unique_ptr<Vault>> Open(const std::string& dir, const Secret& root_key,
                                                     events::LogId log_id,
                                                     const VaultOptions& options = {});

  // A new vault in `dir` out of another node's rows, opened; whole or not at all. Needs the rows of
  // all epochs; what else is missing comes by Import. Errors: as Create; kNotFound: no epoch among
  // the rows; kPermissionDenied, kFailedPrecondition, kInvalidArgument: as ImportReport::refused.
  static absl::StatusOr<std::unique_ptr<Vault>> Join(const std::string& dir, const Secret& root_key,
                                                     events::LogId log_id,
                                                     absl::Span<const VaultRow> rows,
                                                     const VaultOptions& options = {});

  ~Vault() override;  // deletes unused keys of the pool, where it is not shared: one write

  // A new key, durable already, and shared. Waits only while the pool is empty (after the start,
  // unless Prefill was called and had its time). Fails with kResourceExhausted, kUnavailable, or as
  // `share` does, and tries again at the next call, with the keys it has already made.
  absl::StatusOr<events::KeyId> TakeFreshKey() { return pool_.Take(); }

  // Begins to fill the pool and returns. For a server; a program that only reads makes no keys.
  void Prefill() { pool_.Fill(); }

  // For ever. OK also if it was destroyed before. kNotFound, in a shared vault kUnavailable: no
  // such key (yet); else as for the disk and `share`: then the key may or may not be gone, call
  // again. No Seal or Open begins with the key once this has returned OK; on other nodes once they
  // import it.
  absl::Status Destroy(events::KeyId key);

  // kNotFound: no such name (yet); kUnavailable: AddNamedKey could not share it yet.
  absl::StatusOr<Secret> NamedKey(absl::string_view name) const;
  // A random key under a new name, durable and shared when it returns. kAlreadyExists. After
  // another error call again. On one node at a time: of two that make one name each keeps its own,
  // and finds the other's refused.
  absl::Status AddNamedKey(absl::string_view name);

  // Takes rows of other nodes, durable when it returns; rows that are here already cost a look-up
  // (6 µs), new ones 25 µs and a commit a call, a living key that is destroyed 0.3 s. Good rows are
  // taken also where others are refused. Errors: as for the disk: then call again.
  absl::StatusOr<ImportReport> Import(absl::Span<const VaultRow> rows);
  // Every row, destroyed ones included, as other nodes take it. Reads and compares like Check.
  // Stops at the first error of `visit`, which must not write to the vault.
  absl::Status Export(absl::FunctionRef<absl::Status(const VaultRow&)> visit) const;

  // Reads every row, compares with the anchor, and unwraps every key. kDataLoss says what is wrong.
  // About 2 µs per key; everything else goes on meanwhile.
  absl::StatusOr<VaultReport> Check() const;

  // events::Sealer. In addition to its errors: kInternal: the key's row is damaged; kUnavailable:
  // the disk, and in a shared vault instead of kNotFound: the key has not come from its node yet;
  // kInvalidArgument also for a suite that this vault has not got.
  uint8_t suite() const override;
  absl::StatusOr<std::string> Seal(const events::BoxBinding& binding,
                                   absl::string_view plain) override;
  absl::StatusOr<std::string> Open(const events::BoxBinding& binding,
                                   absl::string_view sealed) override;
  absl::StatusOr<events::RequestHash> Mac(events::KeyId key, absl::string_view message) override;

 private:
  class Intake;
  Vault(std::unique_ptr<VaultStore> store, std::unique_ptr<KeyRing> ring,
        const VaultOptions& options);

  static VaultRow SharedForm(const KeyRing& ring, absl::string_view key, absl::string_view value);

  absl::Status DataKey(events::KeyId id, Transient& key);
  absl::StatusOr<std::vector<events::KeyId>> MakeKeys(size_t count);
  absl::Status NoSuchKey() const;
  absl::StatusOr<std::string> AddName(const std::string& row_key)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(rows_mutex_);
  absl::Status TakeEpoch(const VaultRow& row, Intake& intake)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(rows_mutex_);
  absl::Status Bury(const std::vector<std::string>& row_keys)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(rows_mutex_);
  absl::Status FinishScrubs() ABSL_EXCLUSIVE_LOCKS_REQUIRED(rows_mutex_);

  const std::unique_ptr<VaultStore> store_;
  const std::unique_ptr<KeyRing> ring_;
  const std::function<absl::Status(absl::Span<const VaultRow>)> share_;
  KeyCache cache_;
  // Held over looking at rows and changing them, so that neither of two undoes the other. Order of
  // locks: this, then a shard of the cache, then those of store and ring.
  mutable absl::Mutex rows_mutex_;
  std::set<std::string> unshared_names_ ABSL_GUARDED_BY(rows_mutex_);  // row keys
  std::vector<VaultRow> unshared_;  // new keys that are durable here only; the pool thread's
  KeyPool pool_;                    // last: its thread uses the rest
};

}  // namespace guitu::crypto
