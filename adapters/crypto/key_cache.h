// Unwrapped data keys, the most recently used ones, in one piece of memory that is locked where the
// limit allows, left out of core files, and wiped. Split into shards with a lock each, held for
// about 50 ns. Memory: 32 locked and about 70 ordinary bytes per key, the locked ones taken at
// once. Threads: any.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "adapters/crypto/secret.h"
#include "events/ids.h"

namespace guitu::crypto {

class KeyCache {
 public:
  using Load = absl::FunctionRef<absl::Status(std::span<uint8_t, kSecretBytes> key)>;

  // REQUIRES: capacity >= 1; rounded up to full shards.
  explicit KeyCache(size_t capacity);

  // Copies the key to `key`, by way of `load` where it is not here yet. A failed load leaves
  // nothing. `load` runs under the shard's lock, so that no destroyed key comes in after Forget.
  absl::Status Get(events::KeyId id, Transient& key, Load load);

  // Wipes the key, then runs `act` before anybody can load it again.
  absl::Status Forget(events::KeyId id, absl::FunctionRef<absl::Status()> act);

 private:
  class Shard {
   public:
    void Reserve(size_t capacity);
    absl::Status Get(events::KeyId id, Transient& key, Load load);
    absl::Status Forget(events::KeyId id, absl::FunctionRef<absl::Status()> act);

   private:
    // A ring in order of use: after `newest_` comes the oldest. Free places are the oldest.
    struct Place {
      events::KeyId id;
      uint32_t older = 0;
      uint32_t newer = 0;
    };
    std::span<uint8_t, kSecretBytes> Bytes(uint32_t place) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
    void MakeNewest(uint32_t place) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
    void Unlink(uint32_t place) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

    struct Wipe {
      void operator()(uint8_t* bytes) const { sodium_free(bytes); }
    };
    absl::Mutex mutex_;
    absl::flat_hash_map<events::KeyId, uint32_t> index_ ABSL_GUARDED_BY(mutex_);
    std::vector<Place> places_ ABSL_GUARDED_BY(mutex_);
    uint32_t newest_ ABSL_GUARDED_BY(mutex_) = 0;
    std::unique_ptr<uint8_t[], Wipe> slab_ ABSL_GUARDED_BY(mutex_);
  };

  Shard& ShardOf(events::KeyId id) { return shards_[id.lo % shards_.size()]; }

  std::vector<Shard> shards_;
};

}  // namespace guitu::crypto
