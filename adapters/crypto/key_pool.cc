#include "adapters/crypto/key_pool.h"

#include <pthread.h>

#include <utility>

#include "events/check.h"

namespace guitu::crypto {

KeyPool::KeyPool(size_t size, Make make, absl::Duration wait_max)
    : size_(size), make_(std::move(make)), wait_max_(wait_max), thread_([this] { Run(); }) {
  GUITU_CHECK(size_ >= 1);
}

KeyPool::~KeyPool() { Drain(); }

absl::StatusOr<events::KeyId> KeyPool::Take() {
  absl::MutexLock lock(&mutex_);
  const uint64_t failures_before = failures_;
  while (keys_.empty()) {
    if (stopping_) return absl::UnavailableError("the vault is closing");
    if (failures_ != failures_before) return last_failure_;
    wanted_ = true;
    if (slow_) return absl::UnavailableError("no key is ready: making some takes long");
    auto settled = [this, failures_before]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return !keys_.empty() || stopping_ || failures_ != failures_before;
    };
    slow_ = !mutex_.AwaitWithTimeout(absl::Condition(&settled), wait_max_);
  }
  const events::KeyId key = keys_.back();
  keys_.pop_back();
  if (keys_.size() <= size_ / 2) wanted_ = true;
  return key;
}

void KeyPool::Fill() {
  absl::MutexLock lock(&mutex_);
  if (keys_.size() < size_) wanted_ = true;
}

std::vector<events::KeyId> KeyPool::Drain() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
  absl::MutexLock lock(&mutex_);
  return std::exchange(keys_, {});
}

void KeyPool::Run() {
  pthread_setname_np(pthread_self(), "keys");
  while (true) {
    size_t missing = 0;
    {
      absl::MutexLock lock(&mutex_);
      auto called = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return wanted_ || stopping_; };
      mutex_.Await(absl::Condition(&called));
      if (stopping_) return;
      wanted_ = false;
      missing = keys_.size() < size_ ? size_ - keys_.size() : 0;
    }
    if (missing == 0) continue;
    absl::StatusOr<std::vector<events::KeyId>> made = make_(missing);
    absl::MutexLock lock(&mutex_);
    slow_ = false;
    if (made.ok()) {
      keys_.insert(keys_.end(), made->begin(), made->end());
      // Whoever asked meanwhile is served; a second filling for a handful of keys would cost its
      // syncs.
      wanted_ = keys_.size() <= size_ / 2;
    } else {
      ++failures_;
      last_failure_ = made.status();
    }
  }
}

}  // namespace guitu::crypto
