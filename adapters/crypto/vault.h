// The key vault: data keys, one per subject, and the few named keys of the installation.
//
//   root key (a file outside)  wraps  epoch keys  wrap  data keys and named keys
//
// A data key is durable before its id is handed out: keys are made ahead, a pool per sync, so that
// a command does not wait for the disk. Which keys of a pool were handed out is not written down.
// So after a crash what was left of it stays unused for ever (at most `pool_keys` rows of 110
// bytes), and is never handed out in a later life; an orderly end deletes it.
//
// Destroying a key leaves a tombstone and rewrites the files that held it. That reaches this disk's
// files, not its worn-out blocks, and not backups: those end with their epoch key.
//
// Threads: any. Cost: Seal and Open about 2 µs for 300 bytes with the key in the cache, 6 µs
// without; TakeFreshKey a lock while the pool has keys; Destroy 0.3 s with 200,000 keys, less with
// fewer.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "adapters/crypto/key_cache.h"
#include "adapters/crypto/key_pool.h"
#include "adapters/crypto/secret.h"
#include "adapters/crypto/vault_store.h"
#include "events/ids.h"
#include "events/sealing.h"

namespace guitu::crypto {

struct VaultOptions {
  size_t cached_keys = 100'000;  // 10 MB
  size_t pool_keys = 512;        // made ahead; a new pool is begun when half is gone
  rocksdb::Env* env = nullptr;   // borrowed; tests give one that fails
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
  // A new vault in `dir` (without a slash at the end), opened. kAlreadyExists: `dir` is not empty;
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

  ~Vault() override;  // deletes unused keys of the pool: one write

  // A new key, durable already. Waits for the disk only while the pool is empty (after the start,
  // unless Prefill was called and had its time). Fails with kResourceExhausted, kUnavailable, and
  // tries again at the next call.
  absl::StatusOr<events::KeyId> TakeFreshKey() { return pool_.Take(); }

  // Begins to fill the pool and returns. For a server; a program that only reads makes no keys.
  void Prefill() { pool_.Fill(); }

  // For ever. OK also if it was destroyed before. kNotFound; else as for the disk: then the key may
  // or may not be gone, call again. No Seal or Open begins with the key once this has returned OK.
  absl::Status Destroy(events::KeyId key);

  // kNotFound: no such name.
  absl::StatusOr<Secret> NamedKey(absl::string_view name) const;
  // A random key under a new name, durable when it returns. kAlreadyExists.
  absl::Status AddNamedKey(absl::string_view name);

  // Reads every row, compares with the anchor, and unwraps every key. kDataLoss says what is wrong.
  // About 2 µs per key; everything else goes on meanwhile.
  absl::StatusOr<VaultReport> Check() const;

  // events::Sealer. In addition to its errors: kInternal: the key's row is damaged; kUnavailable:
  // the disk; kInvalidArgument also for a suite that this vault has not got.
  uint8_t suite() const override;
  absl::StatusOr<std::string> Seal(const events::BoxBinding& binding,
                                   absl::string_view plain) override;
  absl::StatusOr<std::string> Open(const events::BoxBinding& binding,
                                   absl::string_view sealed) override;
  absl::StatusOr<events::RequestHash> Mac(events::KeyId key, absl::string_view message) override;

 private:
  Vault(std::unique_ptr<VaultStore> store, events::LogId log_id, std::map<uint64_t, Secret> epochs,
        const VaultOptions& options);

  absl::Status DataKey(events::KeyId id, Transient& key);
  absl::StatusOr<std::vector<events::KeyId>> MakeKeys(size_t count);
  absl::Status Unwrap(absl::string_view row_key, absl::string_view row,
                      std::span<uint8_t, kSecretBytes> key) const;

  const std::unique_ptr<VaultStore> store_;
  const events::LogId log_id_;
  const std::map<uint64_t, Secret> epochs_;  // by number; the last one wraps new keys
  KeyCache cache_;
  absl::Mutex naming_mutex_;  // of two that add one name, the second finds it taken
  KeyPool pool_;              // last: its thread uses the rest
};

}  // namespace guitu::crypto
