#include "adapters/crypto/key_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "absl/synchronization/notification.h"

namespace guitu::crypto {
namespace {

using events::KeyId;

// Makes keys 1, 2, 3, … and can be told to fail.
class Maker {
 public:
  absl::StatusOr<std::vector<KeyId>> operator()(size_t count) {
    ++calls;
    if (failing) return absl::ResourceExhaustedError("disk full");
    std::vector<KeyId> keys;
    for (size_t i = 0; i < count; ++i) keys.push_back({0, ++last_});
    return keys;
  }
  std::atomic<int> calls = 0;
  std::atomic<bool> failing = false;

 private:
  std::atomic<uint64_t> last_ = 0;
};

TEST(KeyPool, GivesEachKeyOnceToManyThreads) {
  Maker maker;
  KeyPool pool(32, std::ref(maker));
  std::vector<std::vector<KeyId>> taken(4);
  std::vector<std::thread> threads;
  for (auto& mine : taken) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) mine.push_back(*pool.Take());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<KeyId> all;
  for (const auto& mine : taken) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 4000u);
}

TEST(KeyPool, MakesNothingBeforeItIsAsked) {
  Maker maker;
  { KeyPool pool(32, std::ref(maker)); }
  EXPECT_EQ(maker.calls, 0);
}

TEST(KeyPool, WaitsForASlowMakeOnceAndNotAtAllUntilItHasEnded) {
  absl::Notification go_on;
  std::atomic<int> calls = 0;
  KeyPool pool(
      4,
      [&](size_t count) -> absl::StatusOr<std::vector<KeyId>> {
        ++calls;
        go_on.WaitForNotification();
        std::vector<KeyId> made;
        for (size_t i = 0; i < count; ++i) made.push_back({1, i + 1});
        return made;
      },
      absl::Milliseconds(20));
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(absl::IsUnavailable(pool.Take().status()));  // 20 s, if each of them waited
  }
  EXPECT_LE(calls, 1);
  go_on.Notify();
  absl::StatusOr<KeyId> key = absl::UnavailableError("");
  while (absl::IsUnavailable(key.status())) key = pool.Take();
  EXPECT_TRUE(key.ok()) << key.status();
}

TEST(KeyPool, GivesBackWhatWasNeverTaken) {
  Maker maker;
  KeyPool pool(8, std::ref(maker));
  const KeyId taken = *pool.Take();
  const std::vector<KeyId> left = pool.Drain();
  EXPECT_GE(left.size(), 7u);
  for (KeyId key : left) EXPECT_NE(key, taken);
  EXPECT_TRUE(absl::IsUnavailable(pool.Take().status()));
}

TEST(KeyPool, PassesAFailureOnAndTriesAgain) {
  Maker maker;
  maker.failing = true;
  KeyPool pool(8, std::ref(maker));
  EXPECT_TRUE(absl::IsResourceExhausted(pool.Take().status()));
  EXPECT_TRUE(absl::IsResourceExhausted(pool.Take().status()));
  maker.failing = false;
  EXPECT_TRUE(pool.Take().ok());
}

TEST(KeyPool, GivesTheKeysItHasWhileTheDiskFails) {
  Maker maker;
  KeyPool pool(8, std::ref(maker));
  ASSERT_TRUE(pool.Take().ok());
  maker.failing = true;
  int given = 1;
  while (pool.Take().ok()) ++given;
  EXPECT_GE(given, 8);
}

TEST(KeyPool, TakesWithoutWaitingWhileTheNextKeysAreMade) {
  absl::Notification second_began, let_go;
  std::atomic<uint64_t> last = 0;
  std::atomic<int> calls = 0;
  KeyPool pool(8, [&](size_t count) -> absl::StatusOr<std::vector<KeyId>> {
    if (++calls == 2) {
      second_began.Notify();
      let_go.WaitForNotification();
    }
    std::vector<KeyId> keys;
    for (size_t i = 0; i < count; ++i) keys.push_back({0, ++last});
    return keys;
  });
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(pool.Take().ok());
  second_began.WaitForNotification();
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(pool.Take().ok());  // would hang if it waited
  let_go.Notify();
  EXPECT_TRUE(pool.Take().ok());
}

TEST(KeyPool, WakesWhoWaitsWhenItStops) {
  absl::Notification began, let_go;
  KeyPool pool(8, [&](size_t) -> absl::StatusOr<std::vector<KeyId>> {
    began.Notify();
    let_go.WaitForNotification();
    return absl::UnavailableError("too late");
  });
  std::thread waiting([&] { EXPECT_TRUE(absl::IsUnavailable(pool.Take().status())); });
  began.WaitForNotification();
  std::thread stopping([&] { pool.Drain(); });
  let_go.Notify();
  waiting.join();
  stopping.join();
}

}  // namespace
}  // namespace guitu::crypto
