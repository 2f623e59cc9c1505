// What every projections::RowStore has to keep. To put a store under it: derive from StoreUnderTest
// and INSTANTIATE_TEST_SUITE_P RowStoreSuite (row_store_test.cc shows two). Include in one file of
// a test program only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "projections/rows.h"

namespace guitu::conformance {

class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual projections::RowStore& store() = 0;
  // The process ends in an orderly way and starts again.
  virtual void Restart() = 0;
  // The process dies and starts again; of the unflushed batches some of the newest may be gone.
  virtual void Crash() = 0;
};

struct StoreFactory {
  std::string name;
  std::function<std::unique_ptr<StoreUnderTest>()> make;
};

class RowStoreSuite : public testing::TestWithParam<StoreFactory> {
 protected:
  using Rows = std::vector<std::pair<std::string, std::string>>;

  RowStoreSuite() : under_test_(GetParam().make()) {}

  projections::RowStore& store() { return under_test_->store(); }
  void Put(const std::string& key, const std::string& value) {
    projections::RowBatch batch;
    batch.Put(key, value);
    Apply(batch);
  }
  void Apply(const projections::RowBatch& batch) {
    const absl::Status status = store().Apply(batch);
    EXPECT_TRUE(status.ok()) << status;
  }
  Rows Scan(absl::string_view prefix, absl::string_view from = "") {
    Rows rows;
    store().Scan(prefix, from, [&](absl::string_view key, absl::string_view value) {
      rows.emplace_back(std::string(key), std::string(value));
      return true;
    });
    return rows;
  }
  // One batch that replaces, deletes and adds rows and says which it is.
  void ApplyNumbered(int i) {
    projections::RowBatch batch;
    batch.Put("position", absl::StrCat(i));
    batch.Put(absl::StrCat("row", i), std::string(300, 'x'));
    batch.Put("last", absl::StrCat("row", i));
    if (i > 0) batch.Delete(absl::StrCat("row", i - 1));
    Apply(batch);
  }
  void ExpectStateOf(int i) {
    EXPECT_EQ(store().Get("position"), absl::StrCat(i));
    EXPECT_EQ(store().Get("last"), absl::StrCat("row", i));
    const Rows rows = Scan("row");
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].first, absl::StrCat("row", i));
  }

  std::unique_ptr<StoreUnderTest> under_test_;
};

TEST_P(RowStoreSuite, HasNothingUnderAKeyThatWasNeverPut) {
  EXPECT_EQ(store().Get("a"), std::nullopt);
  EXPECT_EQ(store().Get(""), std::nullopt);
  EXPECT_TRUE(Scan("").empty());
}

TEST_P(RowStoreSuite, ShowsABatchAtOnce) {
  projections::RowBatch batch;
  batch.Put("a", "1");
  batch.Put("b", "");
  Apply(batch);
  EXPECT_EQ(store().Get("a"), "1");
  EXPECT_EQ(store().Get("b"), "");
  EXPECT_EQ(Scan(""), (Rows{{"a", "1"}, {"b", ""}}));
}

TEST_P(RowStoreSuite, ReplacesAndDeletes) {
  Put("a", "1");
  Put("b", "2");
  projections::RowBatch batch;
  batch.Put("a", "3");
  batch.Delete("b");
  batch.Delete("never there");
  Apply(batch);
  EXPECT_EQ(Scan(""), (Rows{{"a", "3"}}));
}

TEST_P(RowStoreSuite, TheLaterChangeOfAKeyInABatchWins) {
  projections::RowBatch batch;
  batch.Put("a", "1");
  batch.Delete("a");
  batch.Put("a", "2");
  batch.Put("b", "1");
  batch.Delete("b");
  Apply(batch);
  EXPECT_EQ(Scan(""), (Rows{{"a", "2"}}));
}

TEST_P(RowStoreSuite, TakesAnEmptyBatch) {
  Apply({});
  EXPECT_TRUE(Scan("").empty());
}

TEST_P(RowStoreSuite, ScansThePrefixInTheOrderOfBytes) {
  for (const char* key : {"b2", "a", "b", "c", "b10", "b\xff"}) Put(key, key);
  EXPECT_EQ(Scan("b"), (Rows{{"b", "b"}, {"b10", "b10"}, {"b2", "b2"}, {"b\xff", "b\xff"}}));
  EXPECT_TRUE(Scan("bx").empty());
  EXPECT_EQ(Scan("").size(), 6u);
}

TEST_P(RowStoreSuite, BeginsAScanWhereItIsTold) {
  for (const char* key : {"a", "b1", "b2", "b3", "c"}) Put(key, "");
  EXPECT_EQ(Scan("b", "b2"), (Rows{{"b2", ""}, {"b3", ""}}));
  EXPECT_EQ(Scan("b", "b1x"), (Rows{{"b2", ""}, {"b3", ""}}));
  EXPECT_EQ(Scan("b", "a").size(), 3u) << "a beginning before the prefix is the prefix";
  EXPECT_TRUE(Scan("b", "b4").empty());
  EXPECT_TRUE(Scan("b", "c").empty());
}

TEST_P(RowStoreSuite, ScansPrefixesOfTheHighestBytes) {
  const std::string high(4, '\xff');
  Put(high, "1");
  Put(high + std::string(1, '\0'), "2");
  Put("\xff\xfe", "3");
  EXPECT_EQ(Scan(high), (Rows{{high, "1"}, {high + std::string(1, '\0'), "2"}}));
  EXPECT_EQ(Scan("\xff").size(), 3u);
}

TEST_P(RowStoreSuite, StopsAScanWhenTheVisitorSaysSo) {
  for (const char* key : {"a1", "a2", "a3"}) Put(key, "");
  int visited = 0;
  store().Scan("a", "", [&](absl::string_view, absl::string_view) { return ++visited < 2; });
  EXPECT_EQ(visited, 2);
}

TEST_P(RowStoreSuite, PreservesEveryByteOfKeysAndValues) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  Put(all, all + all);
  Put(std::string(1 << 10, 'k'), std::string(1 << 20, 'v'));
  ASSERT_TRUE(store().Flush().ok());
  EXPECT_EQ(store().Get(all), all + all);
  EXPECT_EQ(store().Get(std::string(1 << 10, 'k')), std::string(1 << 20, 'v'));
}

TEST_P(RowStoreSuite, KeepsEverythingOverAnOrderlyRestart) {
  for (int i = 0; i < 10; ++i) ApplyNumbered(i);
  under_test_->Restart();
  ExpectStateOf(9);
}

TEST_P(RowStoreSuite, KeepsWhatWasFlushedOverACrash) {
  for (int i = 0; i < 10; ++i) ApplyNumbered(i);
  ASSERT_TRUE(store().Flush().ok());
  under_test_->Crash();
  ExpectStateOf(9);
}

TEST_P(RowStoreSuite, LosesOnlyWholeBatchesFromTheEndInACrash) {
  for (int i = 0; i < 10; ++i) ApplyNumbered(i);
  ASSERT_TRUE(store().Flush().ok());
  for (int i = 10; i < 3000; ++i) ApplyNumbered(i);
  under_test_->Crash();
  const auto position = store().Get("position");
  ASSERT_TRUE(position.has_value());
  const int at = std::stoi(*position);
  EXPECT_GE(at, 9);
  ExpectStateOf(at);
  for (int i = at + 1; i < at + 5; ++i) ApplyNumbered(i);
  ExpectStateOf(at + 4);
}

}  // namespace guitu::conformance
