#include "adapters/crypto/key_cache.h"

#include <algorithm>
#include <cstring>

#include "adapters/crypto/sodium_start.h"

namespace guitu::crypto {

KeyCache::KeyCache(size_t capacity) : shards_(std::min<size_t>(16, capacity)) {
  GUITU_CHECK(capacity >= 1);
  StartSodium();
  const size_t each = (capacity + shards_.size() - 1) / shards_.size();
  for (Shard& shard : shards_) shard.Reserve(each);
}

absl::Status KeyCache::Get(events::KeyId id, Transient& key, Load load) {
  return ShardOf(id).Get(id, key, load);
}

absl::Status KeyCache::Forget(events::KeyId id, absl::FunctionRef<absl::Status()> act) {
  return ShardOf(id).Forget(id, act);
}

void KeyCache::Shard::Reserve(size_t capacity) {
  absl::MutexLock lock(&mutex_);
  slab_.reset(static_cast<uint8_t*>(sodium_allocarray(capacity, kSecretBytes)));
  GUITU_CHECK(slab_ != nullptr);
  places_.resize(capacity);
  const auto count = static_cast<uint32_t>(capacity);
  for (uint32_t i = 0; i < count; ++i) {
    places_[i].older = (i + count - 1) % count;
    places_[i].newer = (i + 1) % count;
  }
  newest_ = count - 1;
}

absl::Status KeyCache::Shard::Get(events::KeyId id, Transient& key, Load load) {
  absl::MutexLock lock(&mutex_);
  if (auto found = index_.find(id); found != index_.end()) {
    MakeNewest(found->second);
    std::memcpy(key.bytes.data(), Bytes(found->second).data(), kSecretBytes);
    return absl::OkStatus();
  }
  if (absl::Status loaded = load(key.bytes); !loaded.ok()) return loaded;
  const uint32_t oldest = places_[newest_].newer;
  if (!places_[oldest].id.empty()) index_.erase(places_[oldest].id);
  std::memcpy(Bytes(oldest).data(), key.bytes.data(), kSecretBytes);
  places_[oldest].id = id;
  index_.emplace(id, oldest);
  newest_ = oldest;
  return absl::OkStatus();
}

absl::Status KeyCache::Shard::Forget(events::KeyId id, absl::FunctionRef<absl::Status()> act) {
  absl::MutexLock lock(&mutex_);
  if (auto found = index_.find(id); found != index_.end()) {
    const uint32_t place = found->second;
    index_.erase(found);
    sodium_memzero(Bytes(place).data(), kSecretBytes);
    places_[place].id = {};
    // Newest first, then one step back: that is the place of the oldest, the next to be used.
    MakeNewest(place);
    newest_ = places_[place].older;
  }
  return act();
}

std::span<uint8_t, kSecretBytes> KeyCache::Shard::Bytes(uint32_t place) {
  return std::span<uint8_t, kSecretBytes>(slab_.get() + place * kSecretBytes, kSecretBytes);
}

void KeyCache::Shard::MakeNewest(uint32_t place) {
  if (place == newest_) return;
  if (place == places_[newest_].newer) {  // the oldest: the ring only turns
    newest_ = place;
    return;
  }
  Unlink(place);
  const uint32_t oldest = places_[newest_].newer;
  places_[place].older = newest_;
  places_[place].newer = oldest;
  places_[newest_].newer = place;
  places_[oldest].older = place;
  newest_ = place;
}

void KeyCache::Shard::Unlink(uint32_t place) {
  places_[places_[place].older].newer = places_[place].newer;
  places_[places_[place].newer].older = places_[place].older;
}

}  // namespace guitu::crypto
