#include "adapters/crypto/vault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <set>
#include <thread>

#include "adapters/crypto/box.h"
#include "adapters/crypto/random.h"
#include "tests/adapters/crypto/test_files.h"

namespace guitu::crypto {
namespace {

using events::BoxBinding;
using events::KeyId;
using testing::HasSubstr;

constexpr events::LogId kLog{1, 2};

class VaultTest : public testing::Test {
 protected:
  VaultTest() { vault_ = Take(Vault::Create(path_, root_, kLog, options_)); }

  static std::unique_ptr<Vault> Take(absl::StatusOr<std::unique_ptr<Vault>> vault) {
    EXPECT_TRUE(vault.ok()) << vault.status();
    return vault.ok() ? *std::move(vault) : nullptr;
  }
  void Reopen() {
    vault_.reset();
    vault_ = Take(Vault::Open(path_, root_, kLog, options_));
  }
  KeyId Fresh() { return *vault_->TakeFreshKey(); }
  static BoxBinding Binding(KeyId key) {
    BoxBinding binding;
    binding.log_id = kLog;
    binding.stream = {3, 4};
    binding.command_id = {5, 6};
    binding.event_index = 7;
    binding.subject = {8, 9};
    binding.category = schema::Category::HEALTH;
    binding.suite = kSuiteXChaCha20Poly1305;
    binding.key_id = key;
    return binding;
  }

  TempDir dir_;
  const std::string path_ = dir_ / "vault";
  const Secret root_ = Secret::Random();
  VaultOptions options_{.cached_keys = 64, .pool_keys = 16, .env = nullptr};
  std::unique_ptr<Vault> vault_;
};

TEST_F(VaultTest, OpensWhatItSealedNowAndAfterARestart) {
  const KeyId key = Fresh();
  const std::string box = *vault_->Seal(Binding(key), "plain");
  EXPECT_EQ(*vault_->Open(Binding(key), box), "plain");
  const events::RequestHash mac = *vault_->Mac(key, "request");
  Reopen();
  EXPECT_EQ(*vault_->Open(Binding(key), box), "plain");
  EXPECT_EQ(*vault_->Mac(key, "request"), mac);
}

TEST_F(VaultTest, DoesNotOpenABoxThatIsBoundElsewhere) {
  const KeyId key = Fresh(), other_key = Fresh();
  const BoxBinding right = Binding(key);
  const std::string box = *vault_->Seal(right, "plain");
  std::vector<std::pair<const char*, BoxBinding>> wrong(9, {"", right});
  wrong[0].first = "log", wrong[0].second.log_id.lo ^= 1;
  wrong[1].first = "stream", wrong[1].second.stream.hi ^= 1;
  wrong[2].first = "command", wrong[2].second.command_id.lo ^= 1;
  wrong[3].first = "event", wrong[3].second.event_index ^= 1;
  wrong[4].first = "subject", wrong[4].second.subject.hi ^= 1;
  wrong[5].first = "category", wrong[5].second.category = schema::Category::FAMILY;
  wrong[6].first = "suite", wrong[6].second.suite = 2;
  wrong[7].first = "no suite", wrong[7].second.suite = 0;
  wrong[8].first = "key", wrong[8].second.key_id = other_key;
  for (const auto& [field, binding] : wrong) {
    EXPECT_TRUE(absl::IsInvalidArgument(vault_->Open(binding, box).status())) << field;
  }
  EXPECT_EQ(*vault_->Open(right, box), "plain");
}

TEST_F(VaultTest, DoesNotSealInASuiteThatItHasNotGot) {
  BoxBinding binding = Binding(Fresh());
  EXPECT_EQ(vault_->suite(), 1);
  binding.suite = 2;
  EXPECT_TRUE(absl::IsInvalidArgument(vault_->Seal(binding, "plain").status()));
}

TEST_F(VaultTest, KnowsNoForeignKey) {
  const KeyId foreign = RandomId<KeyId>();
  EXPECT_TRUE(absl::IsNotFound(vault_->Seal(Binding(foreign), "plain").status()));
  EXPECT_TRUE(absl::IsNotFound(vault_->Open(Binding(foreign), "sealed").status()));
  EXPECT_TRUE(absl::IsNotFound(vault_->Mac(foreign, "m").status()));
  EXPECT_TRUE(absl::IsNotFound(vault_->Destroy(foreign)));
}

TEST_F(VaultTest, ADestroyedKeyIsGoneForEverAndSaysSo) {
  const KeyId key = Fresh(), other = Fresh();
  const std::string box = *vault_->Seal(Binding(key), "plain");
  const std::string kept = *vault_->Seal(Binding(other), "kept");
  ASSERT_TRUE(vault_->Destroy(key).ok());
  for (int life = 0; life < 2; ++life) {
    EXPECT_TRUE(absl::IsDataLoss(vault_->Open(Binding(key), box).status()));
    EXPECT_TRUE(absl::IsDataLoss(vault_->Seal(Binding(key), "plain").status()));
    EXPECT_TRUE(absl::IsDataLoss(vault_->Mac(key, "m").status()));
    EXPECT_TRUE(vault_->Destroy(key).ok());
    EXPECT_EQ(*vault_->Open(Binding(other), kept), "kept");
    Reopen();
  }
  auto report = vault_->Check();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->destroyed, 1u);
}

TEST_F(VaultTest, ADestroyedKeyIsInNoFile) {
  const KeyId key = Fresh();
  std::string wrapped;
  {
    vault_.reset();
    rocksdb::DB* opened = nullptr;
    ASSERT_TRUE(rocksdb::DB::OpenForReadOnly({}, path_ + "/db", &opened).ok());
    std::unique_ptr<rocksdb::DB> db(opened);
    ASSERT_TRUE(db->Get({}, "k" + events::ToBytes(key), &wrapped).ok());
    vault_ = Take(Vault::Open(path_, root_, kLog, options_));
  }
  ASSERT_THAT(ReadAll(path_), HasSubstr(wrapped));
  ASSERT_TRUE(vault_->Destroy(key).ok());
  EXPECT_THAT(ReadAll(path_), testing::Not(HasSubstr(wrapped.substr(9))));
}

TEST_F(VaultTest, HandsOutEachKeyOnceAlsoOverRestarts) {
  std::set<KeyId> keys;
  for (int life = 0; life < 3; ++life) {
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(keys.insert(Fresh()).second);
    Reopen();
  }
  for (KeyId key : keys) EXPECT_TRUE(vault_->Seal(Binding(key), "plain").ok());
}

TEST_F(VaultTest, KeysOfAPoolThatCrashedAreNeverHandedOut) {
  const KeyId used = Fresh();
  const uint64_t living = vault_->Check()->living;
  std::filesystem::copy(path_, dir_ / "crashed", std::filesystem::copy_options::recursive);
  auto after = Take(Vault::Open(dir_ / "crashed", root_, kLog, options_));
  std::set<KeyId> before;
  while (before.size() < living - 1) before.insert(*vault_->TakeFreshKey());
  for (int i = 0; i < 40; ++i) EXPECT_FALSE(before.contains(*after->TakeFreshKey()));
  EXPECT_TRUE(after->Seal(Binding(used), "plain").ok());
}

TEST_F(VaultTest, AnOrderlyEndDeletesUnusedKeys) {
  Fresh();
  Reopen();
  auto report = vault_->Check();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->living, 1u);
  EXPECT_EQ(report->named, 4u);
  EXPECT_EQ(report->epochs, 1u);
}

TEST_F(VaultTest, OpeningAndClosingMakesNoKeys) {
  for (int i = 0; i < 3; ++i) Reopen();
  EXPECT_EQ(vault_->Check()->living, 0u);
}

TEST_F(VaultTest, PrefillMakesThePoolBeforeItIsNeeded) {
  vault_->Prefill();
  Fresh();
  EXPECT_EQ(vault_->Check()->living, 16u);
}

TEST_F(VaultTest, AHandedOutKeyIsOnTheDisk) {
  const KeyId key = Fresh();
  std::filesystem::copy(path_, dir_ / "copy", std::filesystem::copy_options::recursive);
  auto copy = Take(Vault::Open(dir_ / "copy", root_, kLog, options_));
  const std::string box = *vault_->Seal(Binding(key), "plain");
  EXPECT_EQ(*copy->Open(Binding(key), box), "plain");
}

TEST_F(VaultTest, NamedKeysStayTheSameAndDiffer) {
  std::vector<Secret> first;
  for (auto name : {kTokenSigningKey, kAnchorSigningKey, kCheckpointSigningKey, kLogMacKey}) {
    auto key = vault_->NamedKey(name);
    ASSERT_TRUE(key.ok()) << name;
    for (const Secret& other : first) EXPECT_FALSE(SameSecret(other, *key));
    first.push_back(*std::move(key));
  }
  ASSERT_TRUE(vault_->AddNamedKey("index").ok());
  EXPECT_TRUE(absl::IsAlreadyExists(vault_->AddNamedKey("index")));
  const Secret added = *vault_->NamedKey("index");
  Reopen();
  EXPECT_TRUE(SameSecret(*vault_->NamedKey(kTokenSigningKey), first[0]));
  EXPECT_TRUE(SameSecret(*vault_->NamedKey("index"), added));
  EXPECT_TRUE(absl::IsNotFound(vault_->NamedKey("absent").status()));
  EXPECT_TRUE(vault_->Check().ok());
}

TEST_F(VaultTest, SaysWhatIsWrongWithEachOpening) {
  EXPECT_TRUE(absl::IsUnavailable(Vault::Open(path_, root_, kLog).status()));
  EXPECT_TRUE(absl::IsAlreadyExists(Vault::Create(path_, root_, kLog).status()));
  vault_.reset();
  EXPECT_TRUE(absl::IsPermissionDenied(Vault::Open(path_, Secret::Random(), kLog).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(Vault::Open(path_, root_, {7, 7}).status()));
  EXPECT_TRUE(absl::IsDataLoss(Vault::Open(dir_ / "absent", root_, kLog).status()));
  EXPECT_TRUE(Vault::Open(path_, root_, kLog).ok());
}

TEST_F(VaultTest, ADamagedKeyIsNeverTakenForAnErasedOne) {
  const KeyId key = Fresh(), other = Fresh();
  const std::string box = *vault_->Seal(Binding(key), "plain");
  vault_.reset();
  {
    rocksdb::DB* opened = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open({}, path_ + "/db", &opened).ok());
    std::unique_ptr<rocksdb::DB> db(opened);
    std::string row;  // a good row in another key's place
    ASSERT_TRUE(db->Get({}, "k" + events::ToBytes(other), &row).ok());
    ASSERT_TRUE(db->Put({}, "k" + events::ToBytes(key), row).ok());
  }
  vault_ = Take(Vault::Open(path_, root_, kLog, options_));
  EXPECT_EQ(vault_->Open(Binding(key), box).status().code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(absl::IsDataLoss(vault_->Check().status()));
}

TEST_F(VaultTest, NothingSecretIsOnTheDiskInTheClear) {
  const std::string token_seed(vault_->NamedKey(kTokenSigningKey)->view());
  const std::string root(root_.view());
  Fresh();
  EXPECT_THAT(ReadAll(path_), testing::Not(HasSubstr(token_seed)));
  EXPECT_THAT(ReadAll(path_), testing::Not(HasSubstr(root)));
}

TEST_F(VaultTest, WorksFromManyThreadsWhileKeysAreDestroyed) {
  std::vector<KeyId> keys;
  for (int i = 0; i < 100; ++i) keys.push_back(Fresh());  // more than the cache holds
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (size_t t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < 1000; ++i) {
        const KeyId key = i % 10 == 0 ? *vault_->TakeFreshKey() : keys[(i * 13 + t) % 90];
        auto box = vault_->Seal(Binding(key), "plain");
        wrong += !box.ok() || vault_->Open(Binding(key), *box).value_or("") != "plain";
      }
    });
  }
  std::thread destroyer([&] {
    for (size_t i = 90; i < 100; ++i) {
      wrong += !vault_->Destroy(keys[i]).ok();
      wrong += !absl::IsDataLoss(vault_->Seal(Binding(keys[i]), "plain").status());
    }
    wrong += !vault_->Check().ok();
  });
  for (std::thread& thread : threads) thread.join();
  destroyer.join();
  EXPECT_EQ(wrong, 0);
  auto report = vault_->Check();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->destroyed, 10u);
}

}  // namespace
}  // namespace guitu::crypto
