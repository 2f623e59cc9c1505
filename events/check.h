// GUITU_CHECK(condition): states what must hold if this program has no bug. Always on. A failure
// ends the process with the place and the condition, never with data: going on would write what is
// wrong into a log that cannot be rewritten, and every acknowledged record is safe on disk already.
// (Debian 12's Abseil has no absl/log, hence a macro of our own.)
#pragma once

#include <cstdio>
#include <cstdlib>

#define GUITU_CHECK(condition)                                                           \
  do {                                                                                   \
    if (!(condition)) [[unlikely]] {                                                     \
      std::fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)
