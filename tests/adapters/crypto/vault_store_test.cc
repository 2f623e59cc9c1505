// The gate of the vault: what is lost or changed on the disk is noticed, what a crash leaves is
// accepted.
#include "adapters/crypto/vault_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include "tests/adapters/crypto/test_files.h"

namespace guitu::crypto {
namespace {

using testing::HasSubstr;

constexpr events::LogId kLog{1, 2};

class VaultStoreTest : public testing::Test {
 protected:
  VaultStoreTest() {
    EXPECT_TRUE(VaultStore::Create(path_, key_, kLog, {{"k-first", "1"}}, nullptr).ok());
  }

  absl::StatusOr<std::unique_ptr<VaultStore>> Open() {
    return VaultStore::Open(path_, Secret::Copy(key_.data()), kLog, nullptr);
  }
  // Opens, writes, closes.
  void Commit(const std::vector<VaultChange>& changes) {
    auto store = Open();
    ASSERT_TRUE(store.ok()) << store.status();
    ASSERT_TRUE((*store)->Commit(changes).ok());
  }
  absl::Status Check() {
    auto store = Open();
    if (!store.ok()) return store.status();
    return (*store)->Check([](auto, auto) { return absl::OkStatus(); });
  }
  // Puts past the store, as a fault of disk or hand would.
  void Meddle(const std::function<void(rocksdb::DB&)>& act) {
    rocksdb::DB* opened = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(rocksdb::Options(), path_ + "/db", &opened).ok());
    std::unique_ptr<rocksdb::DB> db(opened);
    act(*db);
  }
  std::string Anchor() { return ReadFile(path_ + "/ANCHOR"); }

  TempDir dir_;
  const std::string path_ = dir_ / "vault";
  const Secret key_ = Secret::Random();
};

TEST_F(VaultStoreTest, KeepsWhatWasCommitted) {
  Commit({{"k-a", "1"}, {"k-b", "2"}});
  Commit({{"k-a", "3"}, {"k-b", ""}, {"k-c", ""}});
  auto store = Open();
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ(*(*store)->Get("k-first"), "1");
  EXPECT_EQ(*(*store)->Get("k-a"), "3");
  EXPECT_TRUE(absl::IsNotFound((*store)->Get("k-b").status()));
  std::vector<std::string> keys;
  EXPECT_TRUE((*store)
                  ->Check([&](absl::string_view key, absl::string_view) {
                    keys.emplace_back(key);
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_THAT(keys, testing::ElementsAre("k-a", "k-first"));
}

TEST_F(VaultStoreTest, IsNotCreatedOverAnother) {
  EXPECT_TRUE(absl::IsAlreadyExists(VaultStore::Create(path_, key_, kLog, {}, nullptr)));
  EXPECT_TRUE(Check().ok());
}

TEST_F(VaultStoreTest, IsCreatedWhereAnEarlierCreationStopped) {
  const std::string path = dir_ / "second";
  ASSERT_TRUE(std::filesystem::create_directories(path + ".new/db"));
  WriteFile(path + ".new/db/CURRENT", "half");
  EXPECT_TRUE(VaultStore::Create(path, key_, kLog, {}, nullptr).ok());
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  EXPECT_TRUE(VaultStore::Open(path, Secret::Copy(key_.data()), kLog, nullptr).ok());
}

TEST_F(VaultStoreTest, IsCreatedInAnEmptyDirectory) {
  const std::string path = dir_ / "empty";
  ASSERT_TRUE(std::filesystem::create_directory(path));
  EXPECT_TRUE(VaultStore::Create(path, key_, kLog, {}, nullptr).ok());
}

TEST_F(VaultStoreTest, SaysWhatIsWrongWithEachOpening) {
  auto open = [&](const Secret& key, events::LogId log) {
    return VaultStore::Open(path_, Secret::Copy(key.data()), log, nullptr).status();
  };
  EXPECT_TRUE(absl::IsPermissionDenied(open(Secret::Random(), kLog)));
  EXPECT_TRUE(absl::IsFailedPrecondition(open(key_, events::LogId{9, 9})));
  {
    auto first = Open();
    ASSERT_TRUE(first.ok());
    const absl::Status locked = open(key_, kLog);
    EXPECT_TRUE(absl::IsUnavailable(locked));
    EXPECT_THAT(std::string(locked.message()), HasSubstr("open elsewhere"));
  }
  EXPECT_TRUE(open(key_, kLog).ok());
  std::filesystem::rename(path_, path_ + ".away");
  EXPECT_TRUE(absl::IsDataLoss(open(key_, kLog)));
}

TEST_F(VaultStoreTest, IsNotOpenedWithAFileMissing) {
  for (const char* file : {"/ANCHOR", "/db/CURRENT"}) {
    std::filesystem::rename(path_ + file, path_ + "/away");
    const absl::Status status = Open().status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << file << status;
    std::filesystem::rename(path_ + "/away", path_ + file);
  }
  std::filesystem::rename(path_ + "/db", path_ + "/away");
  EXPECT_TRUE(absl::IsDataLoss(Open().status()));
}

TEST_F(VaultStoreTest, NoticesEveryMissingTableOrManifest) {
  Commit({{"k-a", "1"}});
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path_ + "/db")) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".sst") || name.starts_with("MANIFEST")) files.push_back(entry.path());
  }
  ASSERT_GE(files.size(), 2u);
  for (const std::string& file : files) {
    std::filesystem::rename(file, path_ + "/away");
    EXPECT_TRUE(absl::IsDataLoss(Open().status())) << file;
    std::filesystem::rename(path_ + "/away", file);
  }
}

TEST_F(VaultStoreTest, NoticesALostTailThatRocksDbDoesNot) {
  Commit({{"k-a", "1"}});
  // The newest log file emptied: RocksDB opens without an error.
  {
    auto store = Open();
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE((*store)->Commit({{"k-b", "2"}}).ok());
  }
  int cut = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path_ + "/db")) {
    if (entry.path().extension() != ".log") continue;
    std::filesystem::resize_file(entry.path(), 0);
    ++cut;
  }
  ASSERT_GE(cut, 1);
  const absl::Status status = Open().status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("lost its newest writes"));
}

TEST_F(VaultStoreTest, NoticesALostTailAtEveryLength) {
  {
    auto store = Open();
    ASSERT_TRUE(store.ok());
    for (int i = 0; i < 3; ++i) ASSERT_TRUE((*store)->Commit({{"k-a", std::string(30, 'x')}}).ok());
  }
  std::string log;
  for (const auto& entry : std::filesystem::directory_iterator(path_ + "/db")) {
    if (entry.path().extension() == ".log" && entry.file_size() > 0) log = entry.path();
  }
  ASSERT_FALSE(log.empty());
  const std::string bytes = ReadFile(log);
  std::filesystem::copy(path_, dir_ / "copy", std::filesystem::copy_options::recursive);
  for (size_t size = 0; size < bytes.size(); size += 41) {
    std::filesystem::remove_all(path_);
    std::filesystem::copy(dir_ / "copy", path_, std::filesystem::copy_options::recursive);
    std::filesystem::resize_file(log, size);
    EXPECT_TRUE(absl::IsDataLoss(Open().status())) << size;
  }
}

TEST_F(VaultStoreTest, GoesOnAfterACrashBetweenWriteAndAnchor) {
  Commit({{"k-a", "1"}});
  const std::string before = Anchor();
  Commit({{"k-b", "2"}});
  const std::string after = Anchor();
  WriteFile(path_ + "/ANCHOR", before);
  auto store = Open();
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ(*(*store)->Get("k-b"), "2");
  EXPECT_EQ(Anchor(), after);
}

TEST_F(VaultStoreTest, RefusesAnAnchorThatIsOlderThanACrashExplains) {
  const std::string before = Anchor();
  Commit({{"k-a", "1"}});
  Commit({{"k-b", "2"}});
  WriteFile(path_ + "/ANCHOR", before);
  EXPECT_TRUE(absl::IsDataLoss(Open().status()));
}

TEST_F(VaultStoreTest, RefusesAnOlderCopyOfTheRows) {
  Commit({{"k-a", "1"}});
  std::filesystem::copy(path_ + "/db", dir_ / "old", std::filesystem::copy_options::recursive);
  Commit({{"k-b", "2"}});
  std::filesystem::remove_all(path_ + "/db");
  std::filesystem::rename(dir_ / "old", path_ + "/db");
  EXPECT_TRUE(absl::IsDataLoss(Open().status()));
}

TEST_F(VaultStoreTest, RefusesAnotherContinuationOfTheSameLength) {
  std::filesystem::copy(path_, dir_ / "fork", std::filesystem::copy_options::recursive);
  Commit({{"k-a", "1"}});
  {
    auto fork = VaultStore::Open(dir_ / "fork", Secret::Copy(key_.data()), kLog, nullptr);
    ASSERT_TRUE(fork.ok());
    ASSERT_TRUE((*fork)->Commit({{"k-a", "2"}}).ok());
    ASSERT_TRUE((*fork)->Commit({{"k-a", "3"}}).ok());
  }
  std::filesystem::remove_all(path_ + "/db");
  std::filesystem::rename(dir_ / "fork/db", path_ + "/db");
  EXPECT_TRUE(absl::IsDataLoss(Open().status()));
}

TEST_F(VaultStoreTest, RefusesEveryChangedByteOfTheAnchor) {
  const std::string good = Anchor();
  for (size_t i = 0; i < good.size(); i += 7) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    WriteFile(path_ + "/ANCHOR", bad);
    EXPECT_TRUE(absl::IsDataLoss(Open().status())) << i;
  }
  for (size_t size : {size_t{0}, size_t{4}, good.size() - 1}) {
    WriteFile(path_ + "/ANCHOR", good.substr(0, size));
    EXPECT_TRUE(absl::IsDataLoss(Open().status())) << size;
  }
  WriteFile(path_ + "/ANCHOR", good);
  EXPECT_TRUE(Open().ok());
}

TEST_F(VaultStoreTest, CheckNoticesALostRow) {
  Commit({{"k-a", "1"}, {"k-b", "2"}});
  Meddle([](rocksdb::DB& db) { EXPECT_TRUE(db.Delete({}, "k-a").ok()); });
  const absl::Status status = Check();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("should have 4 rows and has 3"));
}

TEST_F(VaultStoreTest, CheckNoticesAnAddedAChangedAndAnExchangedRow) {
  Commit({{"k-a", "1"}, {"k-b", "2"}});
  Meddle([](rocksdb::DB& db) { EXPECT_TRUE(db.Put({}, "k-c", "3").ok()); });
  EXPECT_TRUE(absl::IsDataLoss(Check()));
  Meddle([](rocksdb::DB& db) {
    EXPECT_TRUE(db.Delete({}, "k-c").ok());
    EXPECT_TRUE(db.Put({}, "k-a", "9").ok());
  });
  EXPECT_TRUE(absl::IsDataLoss(Check()));
  Meddle([](rocksdb::DB& db) {
    EXPECT_TRUE(db.Put({}, "k-a", "2").ok());
    EXPECT_TRUE(db.Put({}, "k-b", "1").ok());
  });
  EXPECT_TRUE(absl::IsDataLoss(Check()));
  Meddle([](rocksdb::DB& db) {
    EXPECT_TRUE(db.Put({}, "k-a", "1").ok());
    EXPECT_TRUE(db.Put({}, "k-b", "2").ok());
  });
  EXPECT_TRUE(Check().ok());
}

TEST_F(VaultStoreTest, RefusesALostHeaderOrStateRow) {
  Meddle([](rocksdb::DB& db) { EXPECT_TRUE(db.Delete({}, "s").ok()); });
  EXPECT_TRUE(absl::IsDataLoss(Open().status()));
  Meddle([](rocksdb::DB& db) { EXPECT_TRUE(db.Delete({}, "h").ok()); });
  EXPECT_TRUE(absl::IsDataLoss(Open().status()));
}

TEST_F(VaultStoreTest, RefusesANewerFormat) {
  Meddle([](rocksdb::DB& db) {
    std::string header;
    EXPECT_TRUE(db.Get({}, "h", &header).ok());
    header[0] = 2;
    EXPECT_TRUE(db.Put({}, "h", header).ok());
  });
  EXPECT_TRUE(absl::IsFailedPrecondition(Open().status()));
}

TEST_F(VaultStoreTest, CheckPassesOnWhatTheVisitorFinds) {
  auto store = Open();
  ASSERT_TRUE(store.ok());
  EXPECT_TRUE(
      absl::IsAborted((*store)->Check([](auto, auto) { return absl::AbortedError("enough"); })));
}

TEST_F(VaultStoreTest, ScrubLeavesNoFileWithTheOldValue) {
  const std::string secret = "a value that must not stay on the disk";
  auto store = Open();
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->Commit({{"k-a", secret}, {"k-z", "other"}}).ok());
  ASSERT_THAT(ReadAll(path_), HasSubstr(secret));
  ASSERT_TRUE((*store)->Commit({{"k-a", "gone"}}).ok());
  ASSERT_TRUE((*store)->Scrub("k-a").ok());
  EXPECT_THAT(ReadAll(path_), testing::Not(HasSubstr(secret)));
  EXPECT_EQ(*(*store)->Get("k-z"), "other");
  EXPECT_TRUE((*store)->Check([](auto, auto) { return absl::OkStatus(); }).ok());
}

TEST_F(VaultStoreTest, EndsTheProcessBeforeItOverwritesItsOwnRows) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // RocksDB's threads are there
  auto store = Open();
  ASSERT_TRUE(store.ok());
  EXPECT_DEATH((*store)->Commit({{"h", "x"}}).IgnoreError(), "check failed");
  EXPECT_DEATH((*store)->Commit({{"s", "x"}}).IgnoreError(), "check failed");
}

}  // namespace
}  // namespace guitu::crypto
