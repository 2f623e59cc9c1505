#include "adapters/clock/clock.h"

#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace guitu::clock {
namespace {

// A base clock that moves only when the test says so.
class StillClock final : public runtime::Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Duration Monotonic() const override { return monotonic; }
  absl::Time now = absl::FromUnixSeconds(1'000'000);
  absl::Duration monotonic = absl::Seconds(5);
};

TEST(SystemClock, NeverGoesBackInItsMonotonicTime) {
  SystemClock clock;
  absl::Duration last = clock.Monotonic();
  for (int i = 0; i < 1000; ++i) {
    const absl::Duration now = clock.Monotonic();
    EXPECT_GE(now, last);
    last = now;
  }
  EXPECT_GT(clock.Now(), absl::FromUnixSeconds(1'600'000'000));
}

TEST(SettableClock, BeginsAtTheTimeOfItsBaseAndRunsWithIt) {
  StillClock base;
  SettableClock clock(base);
  EXPECT_EQ(clock.Now(), base.now);
  base.now += absl::Seconds(3);
  EXPECT_EQ(clock.Now(), base.now);
  EXPECT_FALSE(clock.frozen());
}

TEST(SettableClock, RunsOnFromTheTimeItIsSetTo) {
  StillClock base;
  SettableClock clock(base);
  const absl::Time start = absl::FromUnixSeconds(500);
  clock.Set(start);
  EXPECT_EQ(clock.Now(), start);
  base.now += absl::Seconds(3);
  EXPECT_EQ(clock.Now(), start + absl::Seconds(3));
  clock.Advance(absl::Hours(24));
  EXPECT_EQ(clock.Now(), start + absl::Seconds(3) + absl::Hours(24));
  clock.Advance(-absl::Hours(24));
  EXPECT_EQ(clock.Now(), start + absl::Seconds(3));
}

TEST(SettableClock, StandsStillWhileFrozenAndGoesOnFromThere) {
  StillClock base;
  SettableClock clock(base);
  const absl::Time frozen_at = clock.Now();
  clock.Freeze();
  EXPECT_TRUE(clock.frozen());
  base.now += absl::Hours(1);
  EXPECT_EQ(clock.Now(), frozen_at);
  clock.Advance(absl::Minutes(1));
  EXPECT_EQ(clock.Now(), frozen_at + absl::Minutes(1));
  clock.Set(absl::FromUnixSeconds(7));
  EXPECT_EQ(clock.Now(), absl::FromUnixSeconds(7));
  clock.Run();
  base.now += absl::Seconds(2);
  EXPECT_EQ(clock.Now(), absl::FromUnixSeconds(9));
}

TEST(SettableClock, KeepsTheMonotonicTimeOfItsBase) {
  StillClock base;
  SettableClock clock(base);
  clock.Freeze();
  clock.Advance(absl::Hours(5));
  EXPECT_EQ(clock.Monotonic(), base.monotonic);
}

TEST(SettableClock, LosesNoAdvanceOfAnyThread) {
  StillClock base;
  SettableClock clock(base);
  clock.Freeze();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&clock] {
      for (int i = 0; i < 1000; ++i) clock.Advance(absl::Seconds(1));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(clock.Now(), base.now + absl::Seconds(4000));
}

}  // namespace
}  // namespace guitu::clock
