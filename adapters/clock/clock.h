// The two clocks of runtime::Clock: the system's, and one that can be set. This folder is the only
// place that asks the system for the time of day.
//
// Threads: any.
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "adapters/runtime/clock.h"

namespace guitu::clock {

class SystemClock final : public runtime::Clock {
 public:
  absl::Time Now() const override;
  // Goes on while the machine sleeps (CLOCK_BOOTTIME): a suspended laptop is no jump of the wall
  // clock.
  absl::Duration Monotonic() const override;
};

// The wall clock of a synthetic log (genesis says `synthetic`: demo, journeys, tests): it runs
// beside `base` at a distance, or stands still, until it is told otherwise. Starts running, at
// base's time. Monotonic is base's: time-outs of sockets and locks stay those of the real world.
class SettableClock final : public runtime::Clock {
 public:
  // `base` outlives the clock.
  explicit SettableClock(const runtime::Clock& base) : base_(base) {}

  absl::Time Now() const override;
  absl::Duration Monotonic() const override { return base_.Monotonic(); }

  // The time is now `now`; running or frozen as before.
  void Set(absl::Time now);
  // Forward, or backward if negative.
  void Advance(absl::Duration by);
  void Freeze();
  // Goes on from the time it stands at.
  void Run();
  bool frozen() const;

 private:
  absl::Time NowLocked() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  void SetLocked(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const runtime::Clock& base_;
  mutable absl::Mutex mutex_;
  bool frozen_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Duration offset_ ABSL_GUARDED_BY(mutex_);  // while running: to base's time
  absl::Time frozen_at_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace guitu::clock
