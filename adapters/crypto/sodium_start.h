// Starts libsodium once, on first use: it chooses the fastest code for this processor and seeds the
// guards of sodium_malloc. Whoever calls libsodium calls this first; after the first time it costs
// a nanosecond. Threads: any.
#pragma once

#include <sodium.h>

#include "events/check.h"

namespace guitu::crypto {

inline void StartSodium() {
  static const bool started = [] {
    GUITU_CHECK(sodium_init() >= 0);
    return true;
  }();
  (void)started;
}

}  // namespace guitu::crypto
