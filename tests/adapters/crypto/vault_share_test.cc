// Vaults of several nodes that hand each other rows: what holds whatever comes, in any order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <atomic>
#include <set>
#include <thread>

#include "adapters/crypto/box.h"
#include "adapters/crypto/random.h"
#include "adapters/crypto/vault.h"
#include "tests/adapters/crypto/test_files.h"

namespace guitu::crypto {
namespace {

using events::KeyId;
using testing::HasSubstr;
using testing::Not;
using Rows = std::vector<VaultRow>;

constexpr events::LogId kLog{1, 2};

events::BoxBinding Binding(KeyId key) {
  events::BoxBinding binding;
  binding.log_id = kLog;
  binding.suite = kSuiteXChaCha20Poly1305;
  binding.key_id = key;
  return binding;
}

// Where rows are shared; says no while it is told to.
class Board {
 public:
  std::function<absl::Status(absl::Span<const VaultRow>)> Share() {
    return [this](absl::Span<const VaultRow> rows) -> absl::Status {
      absl::MutexLock lock(&mutex_);
      if (down_) return absl::UnavailableError("the board is down");
      rows_.insert(rows_.end(), rows.begin(), rows.end());
      return absl::OkStatus();
    };
  }
  void SetDown(bool down) {
    absl::MutexLock lock(&mutex_);
    down_ = down;
  }
  Rows rows() {
    absl::MutexLock lock(&mutex_);
    return rows_;
  }

 private:
  absl::Mutex mutex_;
  bool down_ = false;
  Rows rows_;
};

class SharedVaults : public testing::Test {
 protected:
  SharedVaults() {
    auto first = Vault::Create(dir_ / "first", root_, kLog, options_);
    EXPECT_TRUE(first.ok()) << first.status();
    first_ = *std::move(first);
    second_ = Take(Vault::Join(dir_ / "second", root_, kLog, RowsOf(*first_), options_));
  }

  static std::unique_ptr<Vault> Take(absl::StatusOr<std::unique_ptr<Vault>> vault) {
    EXPECT_TRUE(vault.ok()) << vault.status();
    return vault.ok() ? *std::move(vault) : nullptr;
  }
  static Rows RowsOf(const Vault& vault) {
    Rows rows;
    const absl::Status status = vault.Export([&](const VaultRow& row) {
      rows.push_back(row);
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return rows;
  }
  static VaultRow RowOf(const Vault& vault, KeyId key) {
    for (VaultRow& row : RowsOf(vault)) {
      if (row.key == "k" + events::ToBytes(key)) return row;
    }
    ADD_FAILURE() << "no such row";
    return {};
  }
  static ImportReport Import(Vault& vault, const Rows& rows) {
    auto report = vault.Import(rows);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *std::move(report) : ImportReport();
  }
  static void ExpectWhole(const Vault& vault) {
    auto report = vault.Check();
    EXPECT_TRUE(report.ok()) << report.status();
  }
  static absl::StatusCode Opening(Vault& vault, KeyId key, const std::string& box) {
    return vault.Open(Binding(key), box).status().code();
  }

  TempDir dir_;
  const Secret root_ = Secret::Random();
  Board board_;
  FailingEnv env_;
  VaultOptions options_{.cached_keys = 64, .pool_keys = 8, .env = &env_, .share = board_.Share()};
  std::unique_ptr<Vault> first_;
  std::unique_ptr<Vault> second_;
};

TEST_F(SharedVaults, OpenWhatTheOtherSealedAsSoonAsTheRowIsHere) {
  const KeyId key = *first_->TakeFreshKey();
  const std::string box = *first_->Seal(Binding(key), "plain");
  EXPECT_EQ(Opening(*second_, key, box), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(absl::IsUnavailable(second_->Seal(Binding(key), "plain").status()));
  EXPECT_TRUE(absl::IsUnavailable(second_->Mac(key, "m").status()));
  EXPECT_TRUE(absl::IsUnavailable(second_->Destroy(key)));
  const ImportReport report = Import(*second_, board_.rows());
  EXPECT_EQ(report.added, 8u);
  EXPECT_TRUE(report.refused.ok()) << report.refused;
  EXPECT_EQ(second_->Open(Binding(key), box).value_or(""), "plain");
  EXPECT_EQ(*second_->Mac(key, "m"), *first_->Mac(key, "m"));
  ExpectWhole(*second_);
}

TEST_F(SharedVaults, KeepImportedKeysOverARestartAndTakeThemOnce) {
  const KeyId key = *first_->TakeFreshKey();
  const std::string box = *first_->Seal(Binding(key), "plain");
  Import(*second_, board_.rows());
  EXPECT_EQ(Import(*second_, board_.rows()).added, 0u);
  second_.reset();
  second_ = Take(Vault::Open(dir_ / "second", root_, kLog, options_));
  EXPECT_EQ(second_->Open(Binding(key), box).value_or(""), "plain");
  EXPECT_EQ(second_->Check()->living, first_->Check()->living);
}

TEST_F(SharedVaults, HaveTheSameNamedKeys) {
  for (auto name : {kTokenSigningKey, kAnchorSigningKey, kCheckpointSigningKey, kLogMacKey}) {
    EXPECT_TRUE(SameSecret(*first_->NamedKey(name), *second_->NamedKey(name))) << name;
  }
  ASSERT_TRUE(first_->AddNamedKey("index").ok());
  EXPECT_TRUE(absl::IsNotFound(second_->NamedKey("index").status()));
  Import(*second_, board_.rows());
  EXPECT_TRUE(SameSecret(*first_->NamedKey("index"), *second_->NamedKey("index")));
  EXPECT_TRUE(absl::IsAlreadyExists(second_->AddNamedKey("index")));
}

TEST_F(SharedVaults, HandOutNoKeyThatIsNotSharedAndLoseNoneThatWasMade) {
  board_.SetDown(true);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(absl::IsUnavailable(first_->TakeFreshKey().status()));
  }
  EXPECT_EQ(first_->Check()->living, 8u) << "every try has made keys of its own";
  board_.SetDown(false);
  std::set<KeyId> taken;
  for (int i = 0; i < 8; ++i) taken.insert(*first_->TakeFreshKey());
  EXPECT_EQ(taken.size(), 8u);
  Import(*second_, board_.rows());
  for (KeyId key : taken) EXPECT_TRUE(second_->Seal(Binding(key), "plain").ok());
}

TEST_F(SharedVaults, ShowNoNamedKeyThatIsNotShared) {
  board_.SetDown(true);
  EXPECT_TRUE(absl::IsUnavailable(first_->AddNamedKey("index")));
  EXPECT_TRUE(absl::IsUnavailable(first_->NamedKey("index").status()));
  EXPECT_TRUE(absl::IsUnavailable(first_->AddNamedKey("index")));
  board_.SetDown(false);
  ASSERT_TRUE(first_->AddNamedKey("index").ok());
  EXPECT_TRUE(absl::IsAlreadyExists(first_->AddNamedKey("index")));
  Import(*second_, board_.rows());
  EXPECT_TRUE(SameSecret(*first_->NamedKey("index"), *second_->NamedKey("index")));
}

TEST_F(SharedVaults, ShareNothingThatIsNotOnTheDisk) {
  env_.Fail(FailingEnv::Failure::kSync);
  EXPECT_FALSE(first_->TakeFreshKey().ok());
  EXPECT_TRUE(board_.rows().empty());
  env_.Fail(FailingEnv::Failure::kNone);
  EXPECT_TRUE(first_->TakeFreshKey().ok());
}

TEST_F(SharedVaults, NeverHandOutAKeyOfALifeThatCrashedBeforeItWasShared) {
  board_.SetDown(true);
  EXPECT_FALSE(first_->TakeFreshKey().ok());
  // As after a crash between the disk and the board.
  std::filesystem::copy(dir_ / "first", dir_ / "crashed", std::filesystem::copy_options::recursive);
  auto after = Take(Vault::Open(dir_ / "crashed", root_, kLog, options_));
  const Rows orphans = RowsOf(*after);
  board_.SetDown(false);
  for (int i = 0; i < 20; ++i) {
    const KeyId key = *after->TakeFreshKey();
    for (const VaultRow& row : orphans) EXPECT_NE(row.key, "k" + events::ToBytes(key));
  }
}

TEST_F(SharedVaults, KeepUnusedKeysAtAnOrderlyEnd) {
  ASSERT_TRUE(first_->TakeFreshKey().ok());
  first_.reset();
  first_ = Take(Vault::Open(dir_ / "first", root_, kLog, options_));
  EXPECT_EQ(first_->Check()->living, 8u);
}

TEST_F(SharedVaults, DestroyEverywhereAndForEver) {
  const KeyId key = *first_->TakeFreshKey(), other = *first_->TakeFreshKey();
  const std::string box = *first_->Seal(Binding(key), "plain");
  const Rows before = board_.rows();
  Import(*second_, before);
  ASSERT_EQ(Opening(*second_, key, box), absl::StatusCode::kOk);  // in the cache now
  const std::string wrapped = RowOf(*second_, key).value.substr(9);
  ASSERT_THAT(ReadAll(dir_ / "second"), HasSubstr(wrapped));
  ASSERT_TRUE(first_->Destroy(key).ok());
  const ImportReport report = Import(*second_, board_.rows());
  EXPECT_EQ(report.destroyed, 1u);
  EXPECT_TRUE(report.refused.ok()) << report.refused;
  EXPECT_THAT(ReadAll(dir_ / "second"), Not(HasSubstr(wrapped)));
  for (int life = 0; life < 2; ++life) {
    EXPECT_EQ(Opening(*second_, key, box), absl::StatusCode::kDataLoss);
    EXPECT_TRUE(second_->Seal(Binding(other), "plain").ok());
    // A stale row does not bring it back, and is answered.
    const ImportReport stale = Import(*second_, before);
    EXPECT_EQ(stale.added, 0u);
    ASSERT_EQ(stale.answers.size(), 1u);
    EXPECT_EQ(stale.answers[0].key, "k" + events::ToBytes(key));
    EXPECT_EQ(Opening(*second_, key, box), absl::StatusCode::kDataLoss);
    second_.reset();
    second_ = Take(Vault::Open(dir_ / "second", root_, kLog, options_));
  }
  ExpectWhole(*second_);
  EXPECT_EQ(second_->Check()->destroyed, 1u);
}

TEST_F(SharedVaults, TakeADestructionOfAKeyThatNeverCame) {
  const KeyId key = *first_->TakeFreshKey();
  const Rows before = board_.rows();
  ASSERT_TRUE(first_->Destroy(key).ok());
  Import(*second_, {board_.rows().back()});
  EXPECT_TRUE(absl::IsDataLoss(second_->Seal(Binding(key), "plain").status()));
  Import(*second_, before);
  EXPECT_TRUE(absl::IsDataLoss(second_->Seal(Binding(key), "plain").status()));
}

TEST_F(SharedVaults, TakeBirthAndDestructionInOneCallInEitherOrder) {
  const KeyId key = *first_->TakeFreshKey();
  const VaultRow born = RowOf(*first_, key);
  ASSERT_TRUE(first_->Destroy(key).ok());
  const VaultRow gone = RowOf(*first_, key);
  for (const Rows& rows : {Rows{born, gone}, Rows{gone, born}}) {
    const std::string path = dir_ / ("third" + rows[0].value.substr(0, 1));
    auto third = Take(Vault::Join(path, root_, kLog, RowsOf(*second_), options_));
    Import(*third, rows);
    EXPECT_TRUE(absl::IsDataLoss(third->Seal(Binding(key), "plain").status()));
    ExpectWhole(*third);
  }
}

TEST_F(SharedVaults, ADestructionThatIsNotSharedIsNoSuccessAndIsSharedWhenItIsAskedForAgain) {
  const KeyId key = *first_->TakeFreshKey();
  Import(*second_, board_.rows());
  board_.SetDown(true);
  EXPECT_TRUE(absl::IsUnavailable(first_->Destroy(key)));
  EXPECT_TRUE(absl::IsDataLoss(first_->Seal(Binding(key), "plain").status()));
  board_.SetDown(false);
  ASSERT_TRUE(first_->Destroy(key).ok());
  EXPECT_EQ(Import(*second_, {board_.rows().back()}).destroyed, 1u);
}

TEST_F(SharedVaults, BelieveNoDestructionWithoutTheRootKey) {
  const KeyId key = *first_->TakeFreshKey();
  Import(*second_, board_.rows());
  const VaultRow own = RowOf(*second_, key);
  ASSERT_TRUE(first_->Destroy(key).ok());
  const VaultRow proven = RowOf(*first_, key);
  const VaultRow moved{RowOf(*second_, *first_->TakeFreshKey()).key, proven.value};
  const VaultRow named{"n" + std::string(kLogMacKey), proven.value};
  for (const VaultRow& forged :
       {VaultRow{own.key, "D"}, VaultRow{own.key, "D" + std::string(32, 'x')}, moved, named}) {
    const ImportReport report = Import(*second_, {forged});
    EXPECT_TRUE(absl::IsInvalidArgument(report.refused)) << report.refused;
    EXPECT_EQ(report.destroyed, 0u);
    ASSERT_EQ(report.answers.size(), 1u) << "its own row, for the others";
    EXPECT_EQ(report.answers[0].key, forged.key);
  }
  EXPECT_TRUE(second_->Seal(Binding(key), "plain").ok());
  EXPECT_TRUE(second_->NamedKey(kLogMacKey).ok());
}

TEST_F(SharedVaults, RefuseRowsThatDoNotOpenAndKeepTheirOwn) {
  const KeyId key = *first_->TakeFreshKey();
  Import(*second_, board_.rows());
  VaultRow changed = RowOf(*first_, key);
  changed.value.back() ^= 1;
  const VaultRow moved{"k" + events::ToBytes(RandomId<KeyId>()), RowOf(*first_, key).value};
  VaultRow future = RowOf(*first_, key);
  future.value[8] = 9;  // an epoch that is not here
  for (const VaultRow& bad : {changed, moved, future, VaultRow{"", "W"}, VaultRow{"k", "W"},
                              VaultRow{"h", "W"}, VaultRow{"s", "W"}, VaultRow{"x", "W"},
                              VaultRow{"e", "W"}, VaultRow{"n", "W"}, VaultRow{changed.key, ""}}) {
    const ImportReport report = Import(*second_, {bad, RowOf(*first_, key)});
    EXPECT_TRUE(absl::IsInvalidArgument(report.refused)) << report.refused;
    EXPECT_EQ(report.added, 0u);
  }
  EXPECT_TRUE(second_->Seal(Binding(key), "plain").ok());
  ExpectWhole(*second_);
}

TEST_F(SharedVaults, TakeGoodRowsBesideBadOnes) {
  const KeyId key = *first_->TakeFreshKey();
  Rows rows = board_.rows();
  rows.insert(rows.begin(), VaultRow{"zebra", "W"});
  const ImportReport report = Import(*second_, rows);
  EXPECT_FALSE(report.refused.ok());
  EXPECT_EQ(report.added, 8u);
  EXPECT_TRUE(second_->Seal(Binding(key), "plain").ok());
}

TEST_F(SharedVaults, RefuseAnotherVaultByItsEpoch) {
  auto other_root = Take(Vault::Create(dir_ / "other", Secret::Random(), kLog, options_));
  auto other_log = Take(Vault::Create(dir_ / "log", root_, {7, 7}, options_));
  auto twin = Take(Vault::Create(dir_ / "twin", root_, kLog, options_));
  EXPECT_TRUE(absl::IsPermissionDenied(Import(*first_, RowsOf(*other_root)).refused));
  EXPECT_TRUE(absl::IsPermissionDenied(Import(*first_, RowsOf(*other_log)).refused));
  const ImportReport report = Import(*first_, RowsOf(*twin));
  EXPECT_TRUE(absl::IsFailedPrecondition(report.refused)) << report.refused;
  EXPECT_EQ(report.added, 0u);
  EXPECT_TRUE(report.answers.size() <= 4u);
  ExpectWhole(*first_);
}

TEST_F(SharedVaults, TwoThatMadeOneNameKeepTheirOwnAndSaySoOnce) {
  ASSERT_TRUE(first_->AddNamedKey("index").ok());
  ASSERT_TRUE(second_->AddNamedKey("index").ok());
  const Secret before = *second_->NamedKey("index");
  const ImportReport report = Import(*second_, board_.rows());
  EXPECT_TRUE(absl::IsInvalidArgument(report.refused)) << report.refused;
  EXPECT_TRUE(report.answers.empty()) << "they would answer each other for ever";
  EXPECT_TRUE(SameSecret(*second_->NamedKey("index"), before));
}

TEST_F(SharedVaults, TakeANewEpochAndWhatIsWrappedUnderItAlsoOverARestart) {
  KeyRing ring(root_, kLog);
  for (const VaultRow& row : RowsOf(*first_)) {
    if (row.key[0] == 'e') ring.Add(1, *ring.OpenEpoch(row.key, row.value));
  }
  const KeyId old_key = *first_->TakeFreshKey();
  const std::string old_box = *first_->Seal(Binding(old_key), "old");
  const VaultRow old_row = RowOf(*first_, old_key);
  Secret second_epoch, third_epoch;
  const VaultRow epoch = ring.NewEpoch(2, second_epoch);
  const VaultRow gap = ring.NewEpoch(4, third_epoch);
  ring.Add(2, std::move(second_epoch));
  const KeyId key = RandomId<KeyId>();
  const Rows rows = {ring.NewKey(DataRowKey(key)), epoch, gap};
  const ImportReport report = Import(*first_, rows);
  EXPECT_TRUE(absl::IsFailedPrecondition(report.refused)) << report.refused;
  EXPECT_EQ(report.added, 1u);
  for (int life = 0; life < 2; ++life) {
    EXPECT_TRUE(first_->Seal(Binding(key), "plain").ok());
    EXPECT_EQ(first_->Open(Binding(old_key), old_box).value_or(""), "old");
    EXPECT_EQ(first_->Check()->epochs, 2u);
    first_.reset();
    first_ = Take(Vault::Open(dir_ / "first", root_, kLog, options_));
  }
}

TEST_F(SharedVaults, JoinOnlyWhatOpens) {
  const Rows rows = RowsOf(*first_);
  const auto joining = [&](const Secret& root, events::LogId log, const Rows& given) {
    const absl::Status status = Vault::Join(dir_ / "third", root, log, given, options_).status();
    EXPECT_FALSE(std::filesystem::exists(dir_ / "third")) << status;
    return status.code();
  };
  EXPECT_EQ(joining(root_, kLog, {}), absl::StatusCode::kNotFound);
  EXPECT_EQ(joining(Secret::Random(), kLog, rows), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(joining(root_, {7, 7}, rows), absl::StatusCode::kPermissionDenied);
  Rows damaged = rows;
  for (VaultRow& row : damaged) {
    if (row.key[0] == 'n') row.value.back() ^= 1;
  }
  EXPECT_EQ(joining(root_, kLog, damaged), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Vault::Join(dir_ / "first", root_, kLog, rows, options_).status().code(),
            absl::StatusCode::kAlreadyExists);
}

TEST_F(SharedVaults, AFailedDiskDuringAnImportIsNoImportAndPasses) {
  const KeyId key = *first_->TakeFreshKey(), doomed = *first_->TakeFreshKey();
  Import(*second_, {RowOf(*first_, doomed)});
  ASSERT_TRUE(first_->Destroy(doomed).ok());
  for (auto failure : {FailingEnv::Failure::kNoSpace, FailingEnv::Failure::kSync,
                       FailingEnv::Failure::kReadOnly, FailingEnv::Failure::kRename}) {
    env_.Fail(failure);
    EXPECT_FALSE(second_->Import(board_.rows()).ok());
    EXPECT_FALSE(second_->Import(board_.rows()).ok());
    env_.Fail(FailingEnv::Failure::kNone);
  }
  const ImportReport report = Import(*second_, board_.rows());
  EXPECT_TRUE(report.refused.ok()) << report.refused;
  EXPECT_TRUE(second_->Seal(Binding(key), "plain").ok());
  EXPECT_TRUE(absl::IsDataLoss(second_->Seal(Binding(doomed), "plain").status()));
  ExpectWhole(*second_);
}

TEST_F(SharedVaults, ARowOfAFailedWriteIsNotTakenForOneThatIsHere) {
  ASSERT_TRUE(first_->TakeFreshKey().ok());
  env_.Fail(FailingEnv::Failure::kRename);  // the row can be read, and is not anchored
  EXPECT_FALSE(second_->Import(board_.rows()).ok());
  EXPECT_FALSE(second_->Import(board_.rows()).ok());
  env_.Fail(FailingEnv::Failure::kNone);
  EXPECT_TRUE(second_->Import(board_.rows()).ok());
  ExpectWhole(*second_);
}

TEST_F(SharedVaults, FinishADestructionThatACrashInterrupted) {
  const KeyId key = *first_->TakeFreshKey();
  const std::string wrapped = RowOf(*first_, key).value.substr(9);
  Import(*second_, board_.rows());
  second_.reset();
  {  // as a crash leaves it: noted and deleted, the files not rewritten
    auto store = VaultStore::Open(dir_ / "second", StoreKey(root_), kLog, nullptr);
    ASSERT_TRUE(store.ok()) << store.status();
    ASSERT_TRUE((*store)
                    ->Commit({{std::string(kToScrub), events::ToBytes(key)},
                              {DataRowKey(key), std::string(kTombstone)}})
                    .ok());
  }
  ASSERT_THAT(ReadAll(dir_ / "second"), HasSubstr(wrapped));
  second_ = Take(Vault::Open(dir_ / "second", root_, kLog, options_));
  ExpectWhole(*second_);
  Import(*second_, {});
  EXPECT_THAT(ReadAll(dir_ / "second"), Not(HasSubstr(wrapped)));
  ExpectWhole(*second_);
}

TEST_F(SharedVaults, ImportBesideSealingOpeningTakingAndDestroying) {
  std::atomic<int> wrong = 0;
  std::vector<KeyId> doomed;
  for (int i = 0; i < 5; ++i) doomed.push_back(*second_->TakeFreshKey());
  std::thread importer([&] {
    for (int i = 0; i < 40; ++i) {
      auto key = first_->TakeFreshKey();
      wrong += !key.ok() || !second_->Import(board_.rows()).ok();
      wrong += key.ok() && !second_->Seal(Binding(*key), "plain").ok();
    }
  });
  std::thread destroyer([&] {
    for (KeyId key : doomed) wrong += !second_->Destroy(key).ok();
  });
  std::thread worker([&] {
    for (int i = 0; i < 300; ++i) {
      auto key = second_->TakeFreshKey();
      wrong += !key.ok();
      if (!key.ok()) continue;
      auto box = second_->Seal(Binding(*key), "plain");
      wrong += !box.ok() || second_->Open(Binding(*key), *box).value_or("") != "plain";
      wrong += !second_->NamedKey(kLogMacKey).ok();
    }
  });
  importer.join();
  destroyer.join();
  worker.join();
  EXPECT_EQ(wrong, 0);
  Import(*second_, board_.rows());
  for (KeyId key : doomed) {
    EXPECT_TRUE(absl::IsDataLoss(second_->Seal(Binding(key), "plain").status()));
  }
  ExpectWhole(*second_);
}

TEST_F(SharedVaults, ShareNoKeyInTheClear) {
  const std::string seed(first_->NamedKey(kTokenSigningKey)->view());
  std::string all;
  for (const VaultRow& row : RowsOf(*first_)) all += row.key + row.value;
  EXPECT_THAT(all, Not(HasSubstr(seed)));
  EXPECT_THAT(all, Not(HasSubstr(std::string(root_.view()))));
}

}  // namespace
}  // namespace guitu::crypto
