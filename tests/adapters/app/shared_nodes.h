// Nodes of one log for tests: each with a directory of its own, a vault in it and a handle of the
// key topic. For a fixture to derive from.
#pragma once

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "adapters/app/shared_vault.h"
#include "adapters/clock/clock.h"
#include "adapters/crypto/box.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/temp_dir.h"

namespace guitu::app_test {

using app::SharedVault;
using app::SharedVaultOptions;
using events::KeyId;
using NodeOr = absl::StatusOr<std::unique_ptr<SharedVault>>;

class SharedNodes : public testing::Test {
 protected:
  static constexpr events::LogId kLog{1, 2};

  virtual std::unique_ptr<kafka_log::KeyTopic> Topic() = 0;

  SharedVaultOptions Options(const std::string& name) {
    SharedVaultOptions options;
    options.vault_dir = dir_ / (name + "-vault");
    options.issuer_file = dir_ / (name + "-issuer");
    options.vault.pool_keys = 16;
    options.vault.cached_keys = 64;
    options.pause = absl::Milliseconds(50);
    options.alarm = [this](absl::string_view text) {
      absl::MutexLock lock(&mutex_);
      alarms_.emplace_back(text);
    };
    return options;
  }
  NodeOr TryCreate(const std::string& name) {
    return SharedVault::Create(Options(name), root_, kLog, Topic());
  }
  NodeOr TryOpen(const std::string& name) {
    return SharedVault::Open(Options(name), root_, kLog, Topic());
  }
  static std::unique_ptr<SharedVault> Take(NodeOr node) {
    EXPECT_TRUE(node.ok()) << node.status();
    return node.ok() ? *std::move(node) : nullptr;
  }
  static events::BoxBinding Binding(KeyId key) {
    events::BoxBinding binding;
    binding.log_id = kLog;
    binding.suite = crypto::kSuiteXChaCha20Poly1305;
    binding.key_id = key;
    return binding;
  }
  // Tries until the result is as wanted, a minute at most.
  template <typename Try, typename Done>
  auto Until(const Try& attempt, const Done& done) {
    const clock::SystemClock clock;
    const absl::Duration until = clock.Monotonic() + absl::Minutes(1);
    auto result = attempt();
    while (!done(result) && clock.Monotonic() < until) result = attempt();
    return result;
  }
  // What comes of opening once the answer is another than "not yet"; at most a minute.
  absl::StatusOr<std::string> OpenSoon(SharedVault& node, KeyId key, const std::string& box) {
    return Until([&] { return node.vault().Open(Binding(key), box); },
                 [](const auto& opened) { return !absl::IsUnavailable(opened.status()); });
  }
  std::vector<std::string> alarms() {
    absl::MutexLock lock(&mutex_);
    return alarms_;
  }

  const conformance::TempDir dir_;
  const crypto::Secret root_ = crypto::Secret::Random();
  absl::Mutex mutex_;
  std::vector<std::string> alarms_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace guitu::app_test
