#include "adapters/memory_store/memory_store.h"

#include "gtest/gtest.h"

namespace guitu::memory_store {
namespace {

projections::RowBatch Batch(std::string key, std::optional<std::string> value) {
  projections::RowBatch batch;
  batch.changes.emplace_back(std::move(key), std::move(value));
  return batch;
}

TEST(MemoryStoreCrash, KeepsTheOldestOfTheUnflushedBatches) {
  MemoryStore store;
  ASSERT_TRUE(store.Apply(Batch("a", "1")).ok());
  ASSERT_TRUE(store.Flush().ok());
  ASSERT_TRUE(store.Apply(Batch("a", "2")).ok());
  ASSERT_TRUE(store.Apply(Batch("b", "1")).ok());
  ASSERT_TRUE(store.Apply(Batch("a", std::nullopt)).ok());
  EXPECT_EQ(store.unflushed(), 3u);
  store.CrashTo(1);
  EXPECT_EQ(store.Get("a"), "2");
  EXPECT_EQ(store.Get("b"), std::nullopt);
  EXPECT_EQ(store.unflushed(), 0u) << "what survived a crash survives the next";
  EXPECT_EQ(store.size(), 1u);
}

TEST(MemoryStoreCrash, UndoesABatchThatChangesAKeyTwice) {
  MemoryStore store;
  ASSERT_TRUE(store.Apply(Batch("a", "1")).ok());
  ASSERT_TRUE(store.Flush().ok());
  projections::RowBatch batch;
  batch.Put("a", "2");
  batch.Delete("a");
  batch.Put("a", "3");
  ASSERT_TRUE(store.Apply(batch).ok());
  EXPECT_EQ(store.Get("a"), "3");
  store.CrashTo(0);
  EXPECT_EQ(store.Get("a"), "1");
}

TEST(MemoryStoreFailure, ChangesNothingAndEndsWhenToldSo) {
  MemoryStore store;
  store.FailApplies(absl::ResourceExhaustedError("no space"));
  EXPECT_TRUE(absl::IsResourceExhausted(store.Apply(Batch("a", "1"))));
  EXPECT_EQ(store.Get("a"), std::nullopt);
  store.FailApplies(absl::OkStatus());
  EXPECT_TRUE(store.Apply(Batch("a", "1")).ok());
}

}  // namespace
}  // namespace guitu::memory_store
