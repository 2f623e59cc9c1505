// What the row store does beyond the conformance suite: locks, damage, full disks, threads.
#include "adapters/rocksdb/rocksdb_store.h"

#include <atomic>
#include <filesystem>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/adapters/embedded_log/fault_file_system.h"
#include "tests/conformance/temp_dir.h"

namespace guitu::rocks {
namespace {

using embedded_log::FaultFileSystem;
using embedded_log::FileFault;
using embedded_log::FileOperation;

class RocksdbStoreTest : public testing::Test {
 protected:
  RocksdbStoreTest()
      : fs_(std::make_shared<FaultFileSystem>()), env_(FaultFileSystem::MakeEnv(fs_)) {}

  std::string Dir() const { return dir_ / "store"; }
  RocksdbStoreOptions Options() {
    RocksdbStoreOptions options;
    options.memtable_bytes = 256 << 10;
    options.env = env_.get();
    return options;
  }
  absl::Status Open() {
    auto opened = RocksdbStore::Open(Dir(), Options());
    if (!opened.ok()) return opened.status();
    store_ = *std::move(opened);
    return absl::OkStatus();
  }
  absl::Status Put(const std::string& key, const std::string& value) {
    projections::RowBatch batch;
    batch.Put(key, value);
    batch.Put("position", key);
    return store_->Apply(batch);
  }
  void FailTables(FileFault fault) {
    fs_->SetScript([fault](FileOperation, const std::string& file) {
      return absl::EndsWith(file, ".sst") ? fault : FileFault::kNone;
    });
  }
  void Heal() { fs_->SetScript(nullptr); }
  // RocksDB looks for room every five seconds, on a thread of its own; asks until it has found
  // some.
  template <typename Attempt>
  static absl::Status WithinAMinute(const Attempt& attempt) {
    const absl::Time deadline = absl::Now() + absl::Minutes(1);
    absl::Status status = attempt();
    while (!status.ok() && absl::Now() < deadline) {
      absl::SleepFor(absl::Milliseconds(5));
      status = attempt();
    }
    return status;
  }

  conformance::TempDir dir_;
  std::shared_ptr<FaultFileSystem> fs_;
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<RocksdbStore> store_;
};

TEST_F(RocksdbStoreTest, AStoreThatIsOpenElsewhereIsLockedAndNotLost) {
  ASSERT_TRUE(Open().ok());
  const auto second = RocksdbStore::Open(Dir(), Options());
  EXPECT_TRUE(absl::IsUnavailable(second.status())) << second.status();
  EXPECT_TRUE(absl::StrContains(second.status().message(), "locked"));
  store_.reset();
  EXPECT_TRUE(Open().ok());
}

TEST_F(RocksdbStoreTest, ReportsADirectoryThatCannotBeMade) {
  EXPECT_TRUE(absl::IsUnavailable(RocksdbStore::Open(dir_ / "no/store", Options()).status()));
}

TEST_F(RocksdbStoreTest, ADeletedTableIsDataLoss) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Put("a", "1").ok());
  ASSERT_TRUE(store_->Flush().ok());
  store_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(Dir())) {
    if (entry.path().extension() == ".sst") std::filesystem::remove(entry);
  }
  const absl::Status opened = Open();
  EXPECT_TRUE(absl::IsDataLoss(opened)) << opened;
}

TEST_F(RocksdbStoreTest, AFullDiskAtTheStartIsSaidSo) {
  fs_->SetScript([](FileOperation, const std::string&) { return FileFault::kNoSpace; });
  EXPECT_TRUE(absl::IsResourceExhausted(Open()));
  Heal();
  EXPECT_TRUE(Open().ok());
}

TEST_F(RocksdbStoreTest, AFlushOnAFullDiskFailsAndLosesNothing) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Put("a", "1").ok());
  FailTables(FileFault::kNoSpace);
  EXPECT_TRUE(absl::IsResourceExhausted(store_->Flush()));
  EXPECT_EQ(store_->Get("a"), "1");
  Heal();
  const absl::Status flushed = WithinAMinute([&] { return store_->Flush(); });
  EXPECT_TRUE(flushed.ok()) << flushed;
  ASSERT_TRUE(Put("b", "2").ok());
  store_.reset();
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(store_->Get("a"), "1");
  EXPECT_EQ(store_->Get("b"), "2");
}

TEST_F(RocksdbStoreTest, AFlushAfterAFullDiskIsOnDiskWhenItSaysSo) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Put("a", "1").ok());
  FailTables(FileFault::kNoSpace);
  EXPECT_FALSE(store_->Flush().ok());
  Heal();
  ASSERT_TRUE(WithinAMinute([&] { return Put("b", "2"); }).ok());
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Put("b", absl::StrCat(i)).ok());
    ASSERT_TRUE(store_->Flush().ok());
    // What stands on the disk now, as a process killed now would find it.
    const std::string image = dir_ / absl::StrCat("image", i);
    std::filesystem::copy(Dir(), image);
    const auto copy = RocksdbStore::Open(image);
    ASSERT_TRUE(copy.ok()) << copy.status();
    EXPECT_EQ((*copy)->Get("b"), absl::StrCat(i));
  }
}

TEST_F(RocksdbStoreTest, RefusesBatchesOnAFullDiskAndTakesThemAgainWhenThereIsRoom) {
  ASSERT_TRUE(Open().ok());
  FailTables(FileFault::kNoSpace);
  int applied = 0;
  absl::Status status;
  while ((status = Put(absl::StrCat("row", applied), std::string(10 << 10, 'x'))).ok()) {
    ++applied;
    ASSERT_LT(applied, 1000) << "a full disk has to be noticed";
  }
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_EQ(store_->Get("position"), absl::StrCat("row", applied - 1)) << "nothing half done";
  Heal();
  status = WithinAMinute([&] { return Put(absl::StrCat("row", applied), "x"); });
  EXPECT_TRUE(status.ok()) << status;
  for (int i = 0; i <= applied; ++i) EXPECT_TRUE(store_->Get(absl::StrCat("row", i)).has_value());
}

TEST_F(RocksdbStoreTest, AFailedDiskIsUnavailableAndOpensAgainAtTheLastFlush) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Put("a", "1").ok());
  ASSERT_TRUE(store_->Flush().ok());
  ASSERT_TRUE(Put("b", "2").ok());
  FailTables(FileFault::kIoError);
  EXPECT_TRUE(absl::IsUnavailable(store_->Flush()));
  EXPECT_EQ(store_->Get("b"), "2") << "reading goes on";
  EXPECT_TRUE(absl::IsUnavailable(Put("c", "3")));
  EXPECT_EQ(store_->Get("c"), std::nullopt);
  store_.reset();
  Heal();
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(store_->Get("position"), "a");
  EXPECT_TRUE(Put("b", "2").ok());
}

TEST_F(RocksdbStoreTest, AfterAPowerCutEndsAtTheLastFlush) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Put("a", "1").ok());
  ASSERT_TRUE(store_->Flush().ok());
  ASSERT_TRUE(Put("b", "2").ok());
  // The store's end would flush; the disk that takes nothing any more is the power cut.
  FailTables(FileFault::kIoError);
  store_.reset();
  fs_->CutPower();
  Heal();
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(store_->Get("position"), "a");
  EXPECT_EQ(store_->Get("b"), std::nullopt);
}

TEST_F(RocksdbStoreTest, ReadsAndFlushesBesideTheWriter) {
  ASSERT_TRUE(Open().ok());
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done) {
      size_t rows = 0;
      store_->Scan("row", "", [&](absl::string_view, absl::string_view) { return ++rows > 0; });
      if (const auto position = store_->Get("position")) {
        EXPECT_TRUE(store_->Get(*position).has_value()) << "a batch is seen whole";
      }
    }
  });
  std::thread flusher([&] {
    while (!done) EXPECT_TRUE(store_->Flush().ok());
  });
  for (int i = 0; i < 300; ++i) EXPECT_TRUE(Put(absl::StrCat("row", i), "x").ok());
  done = true;
  reader.join();
  flusher.join();
  size_t rows = 0;
  store_->Scan("row", "", [&](absl::string_view, absl::string_view) { return ++rows > 0; });
  EXPECT_EQ(rows, 300u);
}

}  // namespace
}  // namespace guitu::rocks
