// Full disk, read-only disk, failed sync: no key is handed out that is not durable, reading goes
// on, and the vault comes back by itself when the disk does.
#include <gtest/gtest.h>

#include "adapters/crypto/box.h"
#include "adapters/crypto/vault.h"
#include "tests/adapters/crypto/test_files.h"

namespace guitu::crypto {
namespace {

using events::KeyId;
using Failure = FailingEnv::Failure;

constexpr events::LogId kLog{1, 2};

events::BoxBinding Binding(KeyId key) {
  events::BoxBinding binding;
  binding.log_id = kLog;
  binding.suite = kSuiteXChaCha20Poly1305;
  binding.key_id = key;
  return binding;
}

class VaultFaults : public testing::TestWithParam<Failure> {
 protected:
  VaultFaults() {
    auto vault = Vault::Create(path_, root_, kLog, options_);
    EXPECT_TRUE(vault.ok()) << vault.status();
    vault_ = *std::move(vault);
  }
  ~VaultFaults() override { env_.Fail(Failure::kNone); }

  absl::StatusCode Code() const {
    return GetParam() == Failure::kNoSpace ? absl::StatusCode::kResourceExhausted
                                           : absl::StatusCode::kUnavailable;
  }
  // Takes what the pool has left, and the first error.
  std::pair<std::vector<KeyId>, absl::Status> TakeAll() {
    std::vector<KeyId> keys;
    while (true) {
      auto key = vault_->TakeFreshKey();
      if (!key.ok()) return {keys, key.status()};
      keys.push_back(*key);
    }
  }

  TempDir dir_;
  const std::string path_ = dir_ / "vault";
  const Secret root_ = Secret::Random();
  FailingEnv env_;
  // A cache of 16 places, so that older keys are read from the disk.
  const VaultOptions options_{.cached_keys = 16, .pool_keys = 8, .env = &env_};
  std::unique_ptr<Vault> vault_;
};

TEST_P(VaultFaults, HandOutNoKeyThatIsNotDurable) {
  ASSERT_TRUE(vault_->TakeFreshKey().ok());
  env_.Fail(GetParam());
  auto [keys, status] = TakeAll();
  EXPECT_EQ(status.code(), Code()) << status;
  EXPECT_EQ(vault_->TakeFreshKey().status().code(), Code());
  // What was handed out is on the disk: another process finds it.
  env_.Fail(Failure::kNone);
  vault_.reset();
  auto again = Vault::Open(path_, root_, kLog);
  ASSERT_TRUE(again.ok()) << again.status();
  for (KeyId key : keys) EXPECT_TRUE((*again)->Seal(Binding(key), "plain").ok());
  EXPECT_TRUE((*again)->Check().ok());
}

TEST_P(VaultFaults, PassAndTheVaultComesBackByItself) {
  const KeyId key = *vault_->TakeFreshKey();
  const std::string box = *vault_->Seal(Binding(key), "plain");
  env_.Fail(GetParam());
  TakeAll();
  TakeAll();
  env_.Fail(Failure::kNone);
  auto fresh = vault_->TakeFreshKey();
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  EXPECT_TRUE(vault_->Seal(Binding(*fresh), "plain").ok());
  EXPECT_EQ(*vault_->Open(Binding(key), box), "plain");
  EXPECT_TRUE(vault_->Check().ok());
}

TEST_P(VaultFaults, LeaveReadingAlone) {
  std::vector<std::pair<KeyId, std::string>> boxes;
  for (int i = 0; i < 40; ++i) {
    const KeyId key = *vault_->TakeFreshKey();
    boxes.emplace_back(key, *vault_->Seal(Binding(key), "plain"));
  }
  env_.Fail(GetParam());
  TakeAll();
  TakeAll();  // by now the vault has tried to open its database again
  for (const auto& [key, box] : boxes)
    EXPECT_EQ(vault_->Open(Binding(key), box).value_or(""), "plain");
  EXPECT_TRUE(vault_->NamedKey(kLogMacKey).ok());
}

TEST_P(VaultFaults, DoNotReportAKeyDestroyedThatMayLive) {
  const KeyId key = *vault_->TakeFreshKey();
  env_.Fail(GetParam());
  EXPECT_EQ(vault_->Destroy(key).code(), Code());
  EXPECT_EQ(vault_->Destroy(key).code(), Code());
  env_.Fail(Failure::kNone);
  EXPECT_TRUE(vault_->Destroy(key).ok());
  EXPECT_TRUE(absl::IsDataLoss(vault_->Seal(Binding(key), "plain").status()));
  EXPECT_TRUE(vault_->Check().ok());
}

TEST_P(VaultFaults, DoNotReportANamedKeyThatIsNotDurable) {
  env_.Fail(GetParam());
  EXPECT_EQ(vault_->AddNamedKey("index").code(), Code());
  env_.Fail(Failure::kNone);
  vault_.reset();
  EXPECT_TRUE(Vault::Open(path_, root_, kLog).ok());
}

TEST_P(VaultFaults, LeaveNoHalfVaultBehindACreation) {
  env_.Fail(GetParam());
  EXPECT_EQ(Vault::Create(dir_ / "second", root_, kLog, options_).status().code(), Code());
  EXPECT_FALSE(std::filesystem::exists(dir_ / "second"));
  EXPECT_FALSE(std::filesystem::exists(dir_ / "second.new"));
  env_.Fail(Failure::kNone);
  EXPECT_TRUE(Vault::Create(dir_ / "second", root_, kLog, options_).ok());
}

TEST_P(VaultFaults, AreNotTakenForLossAtAnOpening) {
  vault_.reset();
  env_.Fail(GetParam());
  const absl::Status status = Vault::Open(path_, root_, kLog, options_).status();
  EXPECT_TRUE(status.ok() || status.code() == Code()) << status;
  env_.Fail(Failure::kNone);
  EXPECT_TRUE(Vault::Open(path_, root_, kLog, options_).ok());
}

INSTANTIATE_TEST_SUITE_P(Disk, VaultFaults,
                         testing::Values(Failure::kNoSpace, Failure::kSync, Failure::kReadOnly,
                                         Failure::kRename),
                         [](const auto& info) {
                           switch (info.param) {
                             case Failure::kNoSpace:
                               return "Full";
                             case Failure::kSync:
                               return "SyncFails";
                             case Failure::kReadOnly:
                               return "ReadOnly";
                             default:
                               return "RenameFails";
                           }
                         });

}  // namespace
}  // namespace guitu::crypto
