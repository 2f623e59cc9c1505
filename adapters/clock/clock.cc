#include "adapters/clock/clock.h"

#include <time.h>

#include "absl/time/clock.h"
#include "events/check.h"

namespace guitu::clock {

absl::Time SystemClock::Now() const { return absl::Now(); }

absl::Duration SystemClock::Monotonic() const {
  timespec since_boot{};
  GUITU_CHECK(::clock_gettime(CLOCK_BOOTTIME, &since_boot) == 0);
  return absl::DurationFromTimespec(since_boot);
}

absl::Time SettableClock::Now() const {
  absl::ReaderMutexLock lock(&mutex_);
  return NowLocked();
}

absl::Time SettableClock::NowLocked() const { return frozen_ ? frozen_at_ : base_.Now() + offset_; }

void SettableClock::SetLocked(absl::Time now) {
  if (frozen_) {
    frozen_at_ = now;
  } else {
    offset_ = now - base_.Now();
  }
}

void SettableClock::Set(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  SetLocked(now);
}

void SettableClock::Advance(absl::Duration by) {
  absl::MutexLock lock(&mutex_);
  if (frozen_) {
    frozen_at_ += by;
  } else {
    offset_ += by;  // not by reading base: between two readings it moves
  }
}

void SettableClock::Freeze() {
  absl::MutexLock lock(&mutex_);
  const absl::Time now = NowLocked();
  frozen_ = true;
  frozen_at_ = now;
}

void SettableClock::Run() {
  absl::MutexLock lock(&mutex_);
  const absl::Time now = NowLocked();
  frozen_ = false;
  SetLocked(now);
}

bool SettableClock::frozen() const {
  absl::ReaderMutexLock lock(&mutex_);
  return frozen_;
}

}  // namespace guitu::clock
