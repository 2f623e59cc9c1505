// R4 at the very edge: what waited too long between the partition and the socket is not shown.
#include <gtest/gtest.h>

#include "adapters/runtime/messages.h"
#include "adapters/runtime/partition.h"

namespace guitu::runtime {
namespace {

TEST(TooLate, R4_WhatWasReleasedIsShownForFiveSeconds) {
  Answer answer;
  answer.released = 'E';
  answer.released_at = absl::Seconds(100);
  EXPECT_FALSE(TooLate(answer, absl::Seconds(100) + kPatience));
  EXPECT_TRUE(TooLate(answer, absl::Seconds(100) + kPatience + absl::Milliseconds(1)));
}

TEST(TooLate, WhatShowsNothingIsNeverTooLate) { EXPECT_FALSE(TooLate(Answer(), absl::Hours(1))); }

}  // namespace
}  // namespace guitu::runtime
