// The rows of a vault, and the keys that wrap them: what a row's key and value look like, and the
// epoch keys under which values are made and opened. Inner header.
//
//   row key                 value
//   'e' ‖ number            'W' ‖ 0 ‖ the epoch key, wrapped under the root key
//   'k' ‖ key id            'W' ‖ epoch ‖ a data key, wrapped under that epoch's key; or 'D':
//                           destroyed
//   'n' ‖ name              'W' ‖ epoch ‖ a named key, wrapped as a data key
//   'x'                     ids of keys that were destroyed by an import and whose old rows may
//                           still be in the files; this disk's alone, never shared
//
// A row is shared with other nodes as it is, but a destroyed one with a proof behind the 'D': who
// can write to where rows are shared, and has not got the root key, must not be able to destroy
// keys everywhere.
//
// On disk and on the way between nodes: never change. Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "adapters/crypto/secret.h"
#include "adapters/crypto/vault_store.h"
#include "events/ids.h"

namespace guitu::crypto {

constexpr char kEpochRow = 'e';
constexpr char kDataRow = 'k';
constexpr char kNamedRow = 'n';
inline constexpr absl::string_view kToScrub = "x";
inline constexpr absl::string_view kTombstone = "D";
constexpr uint64_t kFirstEpoch = 1;

std::string EpochRowKey(uint64_t number);
std::string DataRowKey(events::KeyId id);
std::string NamedRowKey(absl::string_view name);

// False: no row that is shared between nodes.
bool IsRowKey(absl::string_view row_key);
// REQUIRES: the key of a data row.
events::KeyId IdOfRow(absl::string_view row_key);
// The epoch that a wrapped value names; 0 for what is no such value.
uint64_t EpochOfValue(absl::string_view value);

// What VaultStore authenticates its rows with.
Secret StoreKey(const Secret& root_key);

class KeyRing {
 public:
  KeyRing(const Secret& root_key, events::LogId log_id);

  // The row of a new random epoch key, and the key. Add makes it one of the ring.
  VaultChange NewEpoch(uint64_t number, Secret& key) const;
  // Opens the row of an epoch key. kInvalidArgument: not such a row; kPermissionDenied: another
  // root key, another log, or changed bytes.
  absl::StatusOr<Secret> OpenEpoch(absl::string_view row_key, absl::string_view value) const;
  // kFailedPrecondition: another key has the number, or numbers below it are missing.
  absl::Status Fits(uint64_t number, const Secret& key) const;
  // From here on the ring opens what is wrapped under it; the highest number wraps new keys. Does
  // nothing if it is there already. REQUIRES: it fits.
  void Add(uint64_t number, Secret key);

  // The row of a new random key under the newest epoch. REQUIRES: there is an epoch.
  VaultChange NewKey(std::string row_key) const;
  // False: not under an epoch of this ring, another key's place, or changed bytes; then `key` is
  // all zeros.
  bool Unwrap(absl::string_view row_key, absl::string_view value,
              std::span<uint8_t, kSecretBytes> key) const;

  // The value of a destroyed key's row as other nodes get it.
  std::string SharedTombstone(absl::string_view row_key) const;
  bool IsSharedTombstone(absl::string_view row_key, absl::string_view value) const;

 private:
  const events::LogId log_id_;
  const Secret root_wrapping_;  // for the epochs of other nodes, which come later
  const Secret tombstone_mac_;
  mutable absl::Mutex mutex_;
  std::map<uint64_t, Secret> epochs_ ABSL_GUARDED_BY(mutex_);  // none is ever taken away
};

}  // namespace guitu::crypto
