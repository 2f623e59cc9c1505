// absl::Mutex, CondVar and Notification as the thread sanitizer can see them: for preset tsan
// alone.
//
// Debian's Abseil is not instrumented, so the sanitizer sees no lock of absl::Mutex and calls every
// field guarded by one a race. Every program of that preset is linked with these definitions of
// Abseil's own member functions. A program's symbols come before those of a shared library, also
// for calls from within it, so no mutex is seen by both. They stand on pthread's locks, which the
// sanitizer follows: it orders what they guard, tells readers from writers, and finds lock orders
// that can deadlock. The semantics are Abseil's, its fairness and speed are not.
//
// All functions that read the state are here. One missing would take a pointer for Abseil's bits.

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "events/check.h"

namespace absl {
ABSL_NAMESPACE_BEGIN
namespace {

// Lets threads wait for "something happened since I looked". Threads: any.
class Changes {
 public:
  // What to hand to WaitSince. `announce` if what others wait for may hold now.
  uint64_t Look(bool announce) {
    std::lock_guard guard(mutex_);
    if (announce) Announce();
    return count_;
  }
  void Happened() {
    std::lock_guard guard(mutex_);
    Announce();
  }
  // False if it was not before `deadline`.
  bool WaitSince(uint64_t seen, absl::Time deadline) {
    std::unique_lock guard(mutex_);
    auto happened = [&] { return count_ != seen; };
    if (deadline == absl::InfiniteFuture()) return changed_.wait(guard, happened), true;
    return changed_.wait_until(guard, absl::ToChronoTime(deadline), happened);
  }

 private:
  void Announce() {
    ++count_;
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t count_ = 0;
};

struct MutexState {
  ~MutexState() { pthread_rwlock_destroy(&lock); }
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  bool exclusive = false;  // Guarded by `lock`.
  std::atomic<int> waiting = 0;
  Changes changes;
};

// Abseil's objects are one word, zero at first, also before main.
template <typename State>
State& StateOf(std::atomic<intptr_t>& word) {
  intptr_t found = word.load(std::memory_order_acquire);
  if (found == 0) {
    auto made = std::make_unique<State>();
    if (word.compare_exchange_strong(found, reinterpret_cast<intptr_t>(made.get()))) {
      return *made.release();
    }
  }
  return *reinterpret_cast<State*>(found);
}

template <typename State>
void DeleteState(std::atomic<intptr_t>& word) {
  delete reinterpret_cast<State*>(word.exchange(0));
}

void Acquire(MutexState& state, bool exclusive) {
  int error = exclusive ? pthread_rwlock_wrlock(&state.lock) : pthread_rwlock_rdlock(&state.lock);
  GUITU_CHECK(error == 0);
  if (exclusive) state.exclusive = true;
}

void ReleaseQuietly(MutexState& state) {
  if (state.exclusive) state.exclusive = false;
  GUITU_CHECK(pthread_rwlock_unlock(&state.lock) == 0);
}

// Who waits is told before the lock is given up: after that the mutex may be gone.
void Release(MutexState& state) {
  if (state.waiting.load() > 0) state.changes.Happened();
  ReleaseQuietly(state);
}

bool TryAcquire(MutexState& state, bool exclusive) {
  if ((exclusive ? pthread_rwlock_trywrlock(&state.lock) : pthread_rwlock_tryrdlock(&state.lock)) !=
      0) {
    return false;
  }
  if (exclusive) state.exclusive = true;
  return true;
}

// REQUIRES: the lock is held; it is again at the return.
bool AwaitUntil(MutexState& state, const Condition& condition, absl::Time deadline) {
  // The caller may have changed what others wait for; what it finds after a wait it has not.
  bool announce = true;
  bool in_time = true;
  while (!condition.Eval()) {
    if (!in_time) return false;
    const bool exclusive = state.exclusive;
    ++state.waiting;
    const uint64_t seen = state.changes.Look(announce);
    announce = false;
    ReleaseQuietly(state);
    in_time = state.changes.WaitSince(seen, deadline);
    Acquire(state, exclusive);
    --state.waiting;
  }
  return true;
}

absl::Time After(absl::Duration timeout) { return absl::Now() + timeout; }

}  // namespace

Mutex::~Mutex() {
  DeleteState<MutexState>(mu_);
  ABSL_TSAN_MUTEX_DESTROY(this, __tsan_mutex_not_static);
}
void Mutex::Lock() { Acquire(StateOf<MutexState>(mu_), true); }
void Mutex::Unlock() { Release(StateOf<MutexState>(mu_)); }
bool Mutex::TryLock() { return TryAcquire(StateOf<MutexState>(mu_), true); }
void Mutex::ReaderLock() { Acquire(StateOf<MutexState>(mu_), false); }
void Mutex::ReaderUnlock() { Release(StateOf<MutexState>(mu_)); }
bool Mutex::ReaderTryLock() { return TryAcquire(StateOf<MutexState>(mu_), false); }

void Mutex::Await(const Condition& condition) {
  AwaitWithDeadline(condition, absl::InfiniteFuture());
}
bool Mutex::AwaitWithTimeout(const Condition& condition, absl::Duration timeout) {
  return AwaitWithDeadline(condition, After(timeout));
}
bool Mutex::AwaitWithDeadline(const Condition& condition, absl::Time deadline) {
  return AwaitUntil(StateOf<MutexState>(mu_), condition, deadline);
}

void Mutex::LockWhen(const Condition& condition) {
  Lock();
  Await(condition);
}
bool Mutex::LockWhenWithTimeout(const Condition& condition, absl::Duration timeout) {
  return LockWhenWithDeadline(condition, After(timeout));
}
bool Mutex::LockWhenWithDeadline(const Condition& condition, absl::Time deadline) {
  Lock();
  return AwaitWithDeadline(condition, deadline);
}
void Mutex::ReaderLockWhen(const Condition& condition) {
  ReaderLock();
  Await(condition);
}
bool Mutex::ReaderLockWhenWithTimeout(const Condition& condition, absl::Duration timeout) {
  return ReaderLockWhenWithDeadline(condition, After(timeout));
}
bool Mutex::ReaderLockWhenWithDeadline(const Condition& condition, absl::Time deadline) {
  ReaderLock();
  return AwaitWithDeadline(condition, deadline);
}

// Checked by clang's thread annotations (tools/tidy), not here.
void Mutex::AssertHeld() const {}
void Mutex::AssertReaderHeld() const {}
void Mutex::AssertNotHeld() const {}
void Mutex::EnableInvariantDebugging(void (*)(void*), void*) {}
void Mutex::EnableDebugLog(const char*) {}
void Mutex::ForgetDeadlockInfo() {}

CondVar::~CondVar() { DeleteState<Changes>(cv_); }
void CondVar::Wait(Mutex* mutex) { WaitWithDeadline(mutex, absl::InfiniteFuture()); }
bool CondVar::WaitWithTimeout(Mutex* mutex, absl::Duration timeout) {
  return WaitWithDeadline(mutex, After(timeout));
}
bool CondVar::WaitWithDeadline(Mutex* mutex, absl::Time deadline) {
  auto& changes = StateOf<Changes>(cv_);
  const uint64_t seen = changes.Look(false);
  mutex->Unlock();
  const bool in_time = changes.WaitSince(seen, deadline);
  mutex->Lock();
  return !in_time;
}
// Wakes all: whoever waits looks again.
void CondVar::Signal() { SignalAll(); }
void CondVar::SignalAll() { StateOf<Changes>(cv_).Happened(); }
void CondVar::EnableDebugLog(const char*) {}

Notification::~Notification() { MutexLock lock(&mutex_); }
void Notification::Notify() {
  MutexLock lock(&mutex_);
  notified_yet_.store(true, std::memory_order_release);
}
void Notification::WaitForNotification() const {
  WaitForNotificationWithDeadline(absl::InfiniteFuture());
}
bool Notification::WaitForNotificationWithTimeout(absl::Duration timeout) const {
  return WaitForNotificationWithDeadline(After(timeout));
}
bool Notification::WaitForNotificationWithDeadline(absl::Time deadline) const {
  MutexLock lock(&mutex_);
  return mutex_.AwaitWithDeadline(Condition(this, &Notification::HasBeenNotified), deadline);
}

ABSL_NAMESPACE_END
}  // namespace absl
