#include "adapters/clock/suspect_clock.h"

#include <sys/timex.h>

namespace guitu::clock {

bool KernelClockSynchronised() {
  timex state{};
  int result = adjtimex(&state);
  return result >= 0 && result != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

SuspectClock::SuspectClock(const runtime::Clock& clock, std::function<bool()> synchronised)
    : clock_(clock), synchronised_(std::move(synchronised)), distance_(Distance()) {}

void SuspectClock::CompareWithNewestRecord(absl::Time recorded_at) {
  absl::Time now = clock_.Now();
  bool odd = now - recorded_at > kSilenceAllowed || recorded_at - now > kJumpAllowed;
  if (recorded_at == absl::InfinitePast() || !odd || synchronised_()) return;
  absl::MutexLock lock(&mutex_);
  suspect_ = true;
}

bool SuspectClock::Look() {
  absl::MutexLock lock(&mutex_);
  absl::Duration distance = Distance();
  if (absl::AbsDuration(distance - distance_) > kJumpAllowed && !suspect_) {
    if (synchronised_()) {
      distance_ = distance;  // set right by its time source
    } else {
      suspect_ = true;
    }
  }
  return suspect_;
}

void SuspectClock::Confirm() {
  absl::MutexLock lock(&mutex_);
  suspect_ = false;
  distance_ = Distance();
}

}  // namespace guitu::clock
