// The key vault of a node that serves one log together with others: a vault of its own in a
// directory of its own, and the key topic through which all of them have the same keys.
//
// What holds (tests/adapters/app/shared_vault_test.cc, broker_shared_vault_test.cc):
//   1. What Create and Open give knows every row that was in the topic when they were called, and
//      the topic has every row of this vault: what a crash kept from being published is published
//      then, and a topic that has lost rows is filled again.
//   2. New keys are handed out only when the topic has acknowledged them (VaultOptions::share).
//   3. Rows of other nodes come as they are published, without a hand, also after brokers were
//      away, the disk was full, or the topic was cut off. A destroyed key is destroyed here too.
//   4. A node that joined has an issuer's file, so `guitu token` works beside a server.
//
// What a node does not have yet is kUnavailable (vault.h). Threads: any; two of its own: the
// follower's takes rows in, the mender publishes what others have not got and begins again where
// the following ended. Time: Open reads the whole topic, 100,000 rows in 1 s, in 3 s where it joins
// with them; the end waits for a disk write under way and, while no broker answers, up to
// `read_timeout`.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "adapters/crypto/vault.h"
#include "adapters/kafka_log/key_topic.h"

namespace guitu::app {

struct SharedVaultOptions {
  std::string vault_dir;
  std::string issuer_file;
  // `share` is set by SharedVault. TakeFreshKey does not hold up the engine for longer than
  // `key_wait_max` while no broker answers.
  crypto::VaultOptions vault{.key_wait_max = absl::Milliseconds(500)};
  // For the log of the program: no ids, no key material. Called from any thread.
  std::function<void(absl::string_view)> alarm;
  // Between two tries of what failed, after the first.
  absl::Duration pause = absl::Seconds(1);
};

class SharedVault {
 public:
  // A new vault, all of its rows published. Errors: kAlreadyExists: the topic has a vault, or the
  // directory is not empty; the rest as of Vault::Create, KeyTopic::ReadAll and Publish. After an
  // error of the topic Open goes on where this ended.
  static absl::StatusOr<std::unique_ptr<SharedVault>> Create(
      SharedVaultOptions options, const crypto::Secret& root_key, events::LogId log_id,
      std::unique_ptr<kafka_log::KeyTopic> topic);

  // Opens the vault in the directory; where there is none, joins with the topic's rows. Errors:
  // kPermissionDenied: another root key (or the topic of another log); kFailedPrecondition: another
  // vault than the topic's; kNotFound: neither here nor in the topic is a vault; kUnavailable: no
  // broker answers; the rest as of Vault::Open.
  static absl::StatusOr<std::unique_ptr<SharedVault>> Open(
      SharedVaultOptions options, const crypto::Secret& root_key, events::LogId log_id,
      std::unique_ptr<kafka_log::KeyTopic> topic);

  ~SharedVault();
  SharedVault(const SharedVault&) = delete;
  SharedVault& operator=(const SharedVault&) = delete;

  crypto::Vault& vault() { return *vault_; }

  // OK: rows of other nodes are being taken in. Else why they are not, at the moment.
  absl::Status state() const;

 private:
  SharedVault(SharedVaultOptions options, std::unique_ptr<kafka_log::KeyTopic> topic);

  crypto::VaultOptions VaultOptions();
  absl::Status Start(const crypto::Secret& root_key);
  absl::Status WriteIssuer(const crypto::Secret& root_key);
  absl::StatusOr<events::Offset> CatchUp();
  absl::Status TakeIn(const std::vector<crypto::VaultRow>& rows);
  absl::Status Publish(absl::Span<const crypto::VaultRow> rows);
  absl::Status Follow(events::Offset from);

  void OnRows(std::vector<kafka_log::KeyRow> rows);
  void OnStopped(const absl::Status& why);
  void Mend();
  absl::Status MendOnce();
  // False: it is the end.
  bool Pause();
  void SetState(const absl::Status& state);
  void Alarm(absl::string_view what, const absl::Status& why) const;

  const SharedVaultOptions options_;
  const std::unique_ptr<kafka_log::KeyTopic> topic_;
  std::unique_ptr<crypto::Vault> vault_;
  std::unique_ptr<kafka_log::Follower> follower_;  // the mender's, once that runs

  mutable absl::Mutex mutex_;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;  // the follower has ended by itself
  absl::Status state_ ABSL_GUARDED_BY(mutex_);
  std::vector<crypto::VaultRow> answers_ ABSL_GUARDED_BY(mutex_);  // to be published
  std::set<std::string> answered_ ABSL_GUARDED_BY(mutex_);         // row keys, in this life

  std::thread mender_;
};

}  // namespace guitu::app
