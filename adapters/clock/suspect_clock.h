// Watches the wall clock against the monotonic one: a jump of more than a minute, or a start more
// than a day past the newest record, makes the clock suspect. While it is, no command is taken (503
// clock-suspect) and no act of the software is done: one jump must not write thousands of missed
// visits (design.md, section 3).
//
// Where the kernel says that its clock is synchronised (adjtimex) no hand is needed. Otherwise two
// people confirm the clock (row 107f). Threads: any.
#pragma once

#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "adapters/runtime/clock.h"

namespace guitu::clock {

inline constexpr absl::Duration kJumpAllowed = absl::Minutes(1);
inline constexpr absl::Duration kSilenceAllowed = absl::Hours(24);

// True if the kernel's clock is synchronised.
bool KernelClockSynchronised();

class SuspectClock {
 public:
  // `clock` outlives this. `synchronised` is asked before a suspicion is held; tests give their
  // own.
  explicit SuspectClock(const runtime::Clock& clock,
                        std::function<bool()> synchronised = KernelClockSynchronised);

  // At the start: when the newest record was recorded.
  void CompareWithNewestRecord(absl::Time recorded_at);
  // Looks at the clock; cheap, at every tick. True while it is suspect.
  bool Look();
  // Two people have confirmed the clock: what it shows now is taken for right.
  void Confirm();

 private:
  absl::Duration Distance() const { return clock_.Now() - absl::UnixEpoch() - clock_.Monotonic(); }

  const runtime::Clock& clock_;
  const std::function<bool()> synchronised_;
  absl::Mutex mutex_;
  absl::Duration distance_
      ABSL_GUARDED_BY(mutex_);  // wall minus monotonic, as last taken for right
  bool suspect_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace guitu::clock
