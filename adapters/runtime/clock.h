// Time, injected. adapters/clock has the system's; synthetic logs and tests have one that can be
// set.
#pragma once

#include "absl/time/time.h"

namespace guitu::runtime {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;            // wall clock, for records
  virtual absl::Duration Monotonic() const = 0;  // since an arbitrary start, for time-outs
};

}  // namespace guitu::runtime
