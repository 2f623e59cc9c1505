#include "adapters/app/shared_vault.h"

#include <pthread.h>

#include <filesystem>
#include <map>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/crypto/issuer_file.h"

namespace guitu::app {

using crypto::Vault;
using crypto::VaultRow;
using kafka_log::KeyRow;
using kafka_log::KeyTopic;

namespace {

// So many rows go into one commit of the vault, or one publishing.
constexpr size_t kBatch = 4096;

std::vector<KeyRow> ToTopic(absl::Span<const VaultRow> rows) {
  std::vector<KeyRow> out;
  out.reserve(rows.size());
  for (const VaultRow& row : rows) out.push_back({row.key, row.value});
  return out;
}

bool IsEpoch(absl::string_view row_key) { return absl::StartsWith(row_key, "e"); }
bool IsName(absl::string_view row_key) { return absl::StartsWith(row_key, "n"); }

bool IsAnotherVault(const absl::Status& status) {
  return absl::IsPermissionDenied(status) || absl::IsFailedPrecondition(status);
}

// What a vault needs to begin with: one row of each, the newest; data keys come by CatchUp.
absl::StatusOr<std::vector<VaultRow>> Foundation(const KeyTopic& topic) {
  std::map<std::string, std::string> rows;
  auto end = topic.ReadAll([&](absl::string_view key, absl::string_view value) {
    if (IsEpoch(key) || IsName(key)) rows[std::string(key)] = std::string(value);
    return true;
  });
  if (!end.ok()) return end.status();
  std::vector<VaultRow> out;
  out.reserve(rows.size());
  for (auto& [key, value] : rows) out.push_back({key, std::move(value)});
  return out;
}

bool Holds(const std::string& dir) {
  std::error_code error;
  return std::filesystem::exists(dir, error) && !std::filesystem::is_empty(dir, error);
}

}  // namespace

SharedVault::SharedVault(SharedVaultOptions options, std::unique_ptr<KeyTopic> topic)
    : options_(std::move(options)), topic_(std::move(topic)) {}

crypto::VaultOptions SharedVault::VaultOptions() {
  crypto::VaultOptions options = options_.vault;
  options.share = [this](absl::Span<const VaultRow> rows) { return Publish(rows); };
  return options;
}

absl::StatusOr<std::unique_ptr<SharedVault>> SharedVault::Create(SharedVaultOptions options,
                                                                 const crypto::Secret& root_key,
                                                                 events::LogId log_id,
                                                                 std::unique_ptr<KeyTopic> topic) {
  std::unique_ptr<SharedVault> shared(new SharedVault(std::move(options), std::move(topic)));
  bool empty = true;
  auto end = shared->topic_->ReadAll([&](absl::string_view, absl::string_view) {
    empty = false;
    return false;
  });
  if (!end.ok()) return end.status();
  if (!empty) return absl::AlreadyExistsError("the key topic has a vault already");
  auto vault = Vault::Create(shared->options_.vault_dir, root_key, log_id, shared->VaultOptions());
  if (!vault.ok()) return vault.status();
  shared->vault_ = *std::move(vault);
  if (absl::Status started = shared->Start(root_key); !started.ok()) return started;
  return shared;
}

absl::StatusOr<std::unique_ptr<SharedVault>> SharedVault::Open(SharedVaultOptions options,
                                                               const crypto::Secret& root_key,
                                                               events::LogId log_id,
                                                               std::unique_ptr<KeyTopic> topic) {
  std::unique_ptr<SharedVault> shared(new SharedVault(std::move(options), std::move(topic)));
  const std::string& dir = shared->options_.vault_dir;
  const crypto::VaultOptions vault_options = shared->VaultOptions();
  absl::StatusOr<std::unique_ptr<Vault>> vault;
  if (Holds(dir)) {
    vault = Vault::Open(dir, root_key, log_id, vault_options);
  } else {
    auto rows = Foundation(*shared->topic_);
    if (!rows.ok()) return rows.status();
    vault = Vault::Join(dir, root_key, log_id, *rows, vault_options);
  }
  if (!vault.ok()) return vault.status();
  shared->vault_ = *std::move(vault);
  if (absl::Status started = shared->Start(root_key); !started.ok()) return started;
  return shared;
}

SharedVault::~SharedVault() {
  {
    absl::MutexLock lock(&mutex_);
    closing_ = true;
  }
  topic_->Cancel();
  if (mender_.joinable()) mender_.join();
  follower_.reset();
  vault_.reset();
}

absl::Status SharedVault::Start(const crypto::Secret& root_key) {
  absl::StatusOr<events::Offset> end = CatchUp();
  if (!end.ok()) return end.status();
  if (absl::Status written = WriteIssuer(root_key); !written.ok()) return written;
  if (absl::Status following = Follow(*end); !following.ok()) return following;
  mender_ = std::thread([this] { Mend(); });
  return absl::OkStatus();
}

absl::Status SharedVault::WriteIssuer(const crypto::Secret& root_key) {
  auto seed = vault_->NamedKey(crypto::kTokenSigningKey);
  if (!seed.ok()) return seed.status();
  auto written = crypto::ReadIssuerFile(options_.issuer_file, root_key);
  if (written.ok() && crypto::SameSecret(*written, *seed)) return absl::OkStatus();
  return crypto::WriteIssuerFile(options_.issuer_file, root_key, *seed);
}

// Takes in all of the topic, then publishes what the topic lacks. Gives where to follow from.
absl::StatusOr<events::Offset> SharedVault::CatchUp() {
  // Of a row key no more than its hash: 9 bytes a row instead of 60. Two with one hash, once in
  // 200,000 starts with 10 million rows, leave a row unpublished that nobody has used.
  absl::flat_hash_set<size_t> in_topic;
  std::vector<VaultRow> batch;
  absl::Status status;
  auto end = topic_->ReadAll([&](absl::string_view key, absl::string_view value) {
    in_topic.insert(absl::HashOf(key));
    batch.push_back({std::string(key), std::string(value)});
    if (batch.size() == kBatch) {
      status = TakeIn(batch);
      batch.clear();
    }
    return status.ok();
  });
  if (status.ok()) status = end.status();
  if (status.ok()) status = TakeIn(batch);
  if (!status.ok()) return status;
  batch.clear();
  status = vault_->Export([&](const VaultRow& row) {
    if (!in_topic.contains(absl::HashOf(absl::string_view(row.key)))) batch.push_back(row);
    return absl::OkStatus();
  });
  if (status.ok()) status = Publish(batch);
  if (!status.ok()) return status;
  return *end;
}

// Errors: the disk's, and that the topic is of another vault.
absl::Status SharedVault::TakeIn(const std::vector<VaultRow>& rows) {
  if (rows.empty()) return absl::OkStatus();
  absl::StatusOr<crypto::ImportReport> report = vault_->Import(rows);
  if (!report.ok()) return report.status();
  {
    absl::MutexLock lock(&mutex_);
    for (VaultRow& row : report->answers) {
      // Two vaults on one topic must not answer each other for ever. Whoever gets a proof that a
      // key is destroyed takes it, so that ends by itself.
      const bool destroyed = absl::StartsWith(row.value, crypto::kTombstone);
      if (destroyed || answered_.insert(row.key).second) answers_.push_back(std::move(row));
    }
  }
  if (!report->refused.ok()) Alarm("keys of another node", report->refused);
  return IsAnotherVault(report->refused) ? report->refused : absl::OkStatus();
}

absl::Status SharedVault::Publish(absl::Span<const VaultRow> rows) {
  for (size_t done = 0; done < rows.size(); done += kBatch) {
    absl::Status published = topic_->Publish(ToTopic(rows.subspan(done, kBatch)));
    // Whatever it is that no key could be shared for, it is no fault of who wants one.
    if (!published.ok()) return absl::UnavailableError(published.message());
  }
  return absl::OkStatus();
}

absl::Status SharedVault::Follow(events::Offset from) {
  kafka_log::KeySink sink;
  sink.rows = [this](std::vector<KeyRow> rows) { OnRows(std::move(rows)); };
  sink.stopped = [this](const absl::Status& why) { OnStopped(why); };
  auto follower = topic_->Follow(from, std::move(sink));
  if (!follower.ok()) return follower.status();
  follower_ = *std::move(follower);
  return absl::OkStatus();
}

// Rows must not be lost: while the disk does not take them, this thread waits, and the topic behind
// it.
void SharedVault::OnRows(std::vector<KeyRow> rows) {
  std::vector<VaultRow> taken;
  taken.reserve(rows.size());
  for (KeyRow& row : rows) taken.push_back({std::move(row.key), std::move(row.value)});
  absl::Status status = TakeIn(taken);
  // Another vault's rows on a topic that was ours: ours go on, that one is refused and was told.
  while (!status.ok() && !IsAnotherVault(status)) {
    SetState(status);
    if (!Pause()) return;
    status = TakeIn(taken);
  }
  SetState(absl::OkStatus());
}

void SharedVault::OnStopped(const absl::Status& why) {
  SetState(why);
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
}

void SharedVault::Mend() {
  pthread_setname_np(pthread_self(), "keys-mend");
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      auto called = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return closing_ || stopped_ || !answers_.empty();
      };
      mutex_.Await(absl::Condition(&called));
      if (closing_) return;
    }
    absl::Status mended = MendOnce();
    if (mended.ok()) continue;
    SetState(mended);
    if (!Pause()) return;
  }
}

absl::Status SharedVault::MendOnce() {
  std::vector<VaultRow> answers;
  bool stopped = false;
  {
    absl::MutexLock lock(&mutex_);
    answers = answers_;
    stopped = stopped_;
  }
  if (absl::Status published = Publish(answers); !published.ok()) return published;
  {
    absl::MutexLock lock(&mutex_);
    answers_.erase(answers_.begin(), answers_.begin() + static_cast<ptrdiff_t>(answers.size()));
  }
  if (!stopped) return absl::OkStatus();
  follower_.reset();
  absl::StatusOr<events::Offset> end = CatchUp();
  if (!end.ok()) return end.status();
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = false;
  }
  if (absl::Status following = Follow(*end); !following.ok()) {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
    return following;
  }
  SetState(absl::OkStatus());
  return absl::OkStatus();
}

bool SharedVault::Pause() {
  absl::MutexLock lock(&mutex_);
  return !mutex_.AwaitWithTimeout(absl::Condition(&closing_), options_.pause);
}

absl::Status SharedVault::state() const {
  absl::MutexLock lock(&mutex_);
  return state_;
}

void SharedVault::SetState(const absl::Status& state) {
  {
    absl::MutexLock lock(&mutex_);
    if (closing_ || state_.code() == state.code()) return;
    state_ = state;
  }
  Alarm(state.ok() ? "keys of other nodes come again" : "keys of other nodes do not come", state);
}

void SharedVault::Alarm(absl::string_view what, const absl::Status& why) const {
  if (options_.alarm == nullptr) return;
  options_.alarm(why.ok() ? std::string(what) : absl::StrCat(what, ": ", why.message()));
}

}  // namespace guitu::app
