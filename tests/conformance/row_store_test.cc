#include <filesystem>

#include "adapters/memory_store/memory_store.h"
#include "adapters/rocksdb/rocksdb_store.h"
#include "events/check.h"
#include "tests/conformance/row_store_suite.h"
#include "tests/conformance/temp_dir.h"

namespace guitu::conformance {
namespace {

class RocksdbUnderTest : public StoreUnderTest {
 public:
  RocksdbUnderTest() { Open(); }
  projections::RowStore& store() override { return *store_; }
  void Restart() override {
    store_.reset();
    Open();
  }
  // A copy of the files of a running store is what a killed process leaves behind.
  void Crash() override {
    const std::string before = Dir();
    ++generation_;
    std::filesystem::copy(before, Dir());
    Restart();
  }

 private:
  std::string Dir() const { return dir_ / absl::StrCat("store", generation_); }
  void Open() {
    rocks::RocksdbStoreOptions options;
    options.memtable_bytes = 256 << 10;  // several of them are flushed within a test
    auto opened = rocks::RocksdbStore::Open(Dir(), options);
    EXPECT_TRUE(opened.ok()) << opened.status();
    GUITU_CHECK(opened.ok());
    store_ = *std::move(opened);
  }

  TempDir dir_;
  int generation_ = 0;
  std::unique_ptr<rocks::RocksdbStore> store_;
};

class MemoryUnderTest : public StoreUnderTest {
 public:
  projections::RowStore& store() override { return store_; }
  void Restart() override {}
  void Crash() override { store_.CrashTo(store_.unflushed() / 2); }

 private:
  memory_store::MemoryStore store_;
};

INSTANTIATE_TEST_SUITE_P(
    Stores, RowStoreSuite,
    testing::Values(StoreFactory{"Rocksdb", [] { return std::make_unique<RocksdbUnderTest>(); }},
                    StoreFactory{"Memory", [] { return std::make_unique<MemoryUnderTest>(); }}),
    [](const testing::TestParamInfo<StoreFactory>& info) { return info.param.name; });

}  // namespace
}  // namespace guitu::conformance
