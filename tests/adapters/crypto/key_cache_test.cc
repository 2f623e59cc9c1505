#include "adapters/crypto/key_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace guitu::crypto {
namespace {

using events::KeyId;

// Loads a key that is made of its id, and counts.
struct Source {
  std::atomic<int> loads = 0;
  absl::Status operator()(KeyId id, std::span<uint8_t, kSecretBytes> key) {
    ++loads;
    for (uint8_t& byte : key) byte = static_cast<uint8_t>(id.lo);
    return absl::OkStatus();
  }
};

uint8_t Get(KeyCache& cache, Source& source, uint64_t number) {
  Transient key;
  const KeyId id{1, number};
  EXPECT_TRUE(cache.Get(id, key, [&](auto out) { return source(id, out); }).ok());
  return key.bytes[31];
}

TEST(KeyCache, LoadsAKeyOnce) {
  KeyCache cache(10);
  Source source;
  EXPECT_EQ(Get(cache, source, 7), 7);
  EXPECT_EQ(Get(cache, source, 7), 7);
  EXPECT_EQ(source.loads, 1);
}

TEST(KeyCache, DropsTheLeastRecentlyUsed) {
  KeyCache cache(32);  // two per shard; numbers that are equal modulo 16 share one
  Source source;
  Get(cache, source, 16);
  Get(cache, source, 32);
  Get(cache, source, 16);
  Get(cache, source, 48);  // 32 goes
  EXPECT_EQ(source.loads, 3);
  Get(cache, source, 16);
  EXPECT_EQ(source.loads, 3);
  Get(cache, source, 32);
  EXPECT_EQ(source.loads, 4);
}

TEST(KeyCache, WorksWithOnePlace) {
  KeyCache cache(1);
  Source source;
  for (uint64_t number = 1; number < 50; ++number) EXPECT_EQ(Get(cache, source, number), number);
  EXPECT_EQ(source.loads, 49);
  EXPECT_TRUE(cache.Forget({1, 49}, [] { return absl::OkStatus(); }).ok());
  EXPECT_EQ(Get(cache, source, 49), 49);
  EXPECT_EQ(source.loads, 50);
}

TEST(KeyCache, GivesTheRightKeyThroughAnySequence) {
  KeyCache cache(48);
  Source source;
  uint64_t random = 1;
  for (int step = 0; step < 20'000; ++step) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    const uint64_t number = random >> 33 & 127;
    if ((random >> 41 & 7) == 0) {
      ASSERT_TRUE(cache.Forget({1, number}, [] { return absl::OkStatus(); }).ok());
    } else {
      ASSERT_EQ(Get(cache, source, number), number);
    }
  }
  EXPECT_LT(source.loads, 20'000);
}

TEST(KeyCache, AFailedLoadLeavesNothing) {
  KeyCache cache(4);
  Source source;
  Transient key;
  EXPECT_TRUE(
      absl::IsNotFound(cache.Get({1, 5}, key, [](auto) { return absl::NotFoundError("no key"); })));
  EXPECT_EQ(Get(cache, source, 5), 5);
  EXPECT_EQ(source.loads, 1);
}

TEST(KeyCache, ForgetsBeforeTheActAndPassesItsStatusOn) {
  KeyCache cache(4);
  Source source;
  Get(cache, source, 5);
  EXPECT_TRUE(
      absl::IsUnavailable(cache.Forget({1, 5}, [] { return absl::UnavailableError("disk"); })));
  Get(cache, source, 5);
  EXPECT_EQ(source.loads, 2);
}

TEST(KeyCache, IsSafeFromManyThreads) {
  KeyCache cache(64);
  Source source;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (uint64_t i = 0; i < 5000; ++i) {
        const uint64_t number = (i * 7 + t) % 100;
        if (i % 50 == 0) {
          cache.Forget({1, number}, [] { return absl::OkStatus(); }).IgnoreError();
        }
        wrong += Get(cache, source, number) != number;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace guitu::crypto
