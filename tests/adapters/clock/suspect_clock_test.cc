#include "adapters/clock/suspect_clock.h"

#include <gtest/gtest.h>

#include "adapters/clock/clock.h"

namespace guitu::clock {
namespace {

class SuspectClockTest : public testing::Test {
 protected:
  SystemClock system_;
  SettableClock clock_{system_};
  bool synchronised_ = false;
  SuspectClock suspect_{clock_, [this] { return synchronised_; }};
};

TEST_F(SuspectClockTest, IsNotSuspectWhileTheClocksRunTogether) {
  EXPECT_FALSE(suspect_.Look());
  clock_.Advance(absl::Seconds(50));
  EXPECT_FALSE(suspect_.Look());
}

TEST_F(SuspectClockTest, AJumpForwardIsSuspectUntilItIsConfirmed) {
  clock_.Advance(absl::Hours(2));
  EXPECT_TRUE(suspect_.Look());
  EXPECT_TRUE(suspect_.Look());
  suspect_.Confirm();
  EXPECT_FALSE(suspect_.Look());
}

TEST_F(SuspectClockTest, AJumpBackIsSuspectToo) {
  clock_.Advance(-absl::Minutes(2));
  EXPECT_TRUE(suspect_.Look());
}

TEST_F(SuspectClockTest, AJumpThatGoesBackByItselfStaysSuspect) {
  clock_.Advance(absl::Hours(2));
  EXPECT_TRUE(suspect_.Look());
  clock_.Advance(-absl::Hours(2));
  EXPECT_TRUE(suspect_.Look());
}

TEST_F(SuspectClockTest, ASynchronisedKernelNeedsNoHand) {
  synchronised_ = true;
  clock_.Advance(absl::Hours(2));
  EXPECT_FALSE(suspect_.Look());
}

TEST_F(SuspectClockTest, AStartMoreThanADayPastTheNewestRecordIsSuspect) {
  suspect_.CompareWithNewestRecord(clock_.Now() - absl::Hours(23));
  EXPECT_FALSE(suspect_.Look());
  suspect_.CompareWithNewestRecord(clock_.Now() - absl::Hours(25));
  EXPECT_TRUE(suspect_.Look());
}

TEST_F(SuspectClockTest, AStartBeforeTheNewestRecordIsSuspect) {
  suspect_.CompareWithNewestRecord(clock_.Now() + absl::Hours(1));
  EXPECT_TRUE(suspect_.Look());
}

TEST_F(SuspectClockTest, AnEmptyLogGivesNothingToCompareWith) {
  suspect_.CompareWithNewestRecord(absl::InfinitePast());
  EXPECT_FALSE(suspect_.Look());
}

}  // namespace
}  // namespace guitu::clock
