// How an installation is made: log, genesis, vault, keys, anchor, administrators.
#include "adapters/app/create.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "adapters/app/bootstrap.h"
#include "adapters/app/installation.h"
#include "adapters/app/paths.h"
#include "adapters/app/shared_vault.h"
#include "adapters/crypto/ed25519.h"
#include "adapters/crypto/issuer_file.h"
#include "adapters/crypto/random.h"
#include "adapters/crypto/root_key.h"
#include "adapters/crypto/shamir.h"
#include "adapters/crypto/vault.h"
#include "adapters/embedded_log/anchor.h"
#include "adapters/embedded_log/embedded_log.h"
#include "events/record.h"

namespace guitu::app {
namespace {

constexpr int kSharesNeeded = 3;
constexpr int kSharesMade = 5;

// The genesis record of each partition, in one durable write.
absl::Status WriteGenesis(events::EventLog& log, const CreateOptions& options,
                          events::LogId log_id) {
  std::string salt(32, '\0');
  crypto::FillRandom({reinterpret_cast<uint8_t*>(salt.data()), salt.size()});
  std::vector<events::Append> appends;
  for (events::Partition p = 0; p <= options.partitions; ++p) {
    events::Frame frame;
    frame.kind = schema::Kind::GENESIS;
    frame.log_id = log_id;
    frame.genesis = events::GenesisFields{p, options.partitions, salt, "intl", options.synthetic};
    events::MetaFields meta;
    meta.recorded_at = options.clock->Now();
    meta.actor = std::string(aggregates::kSystemActor);
    appends.push_back({p, p,
                       events::JoinRecord(events::EncodeFrame(frame), events::EncodeMeta(meta), ""),
                       false});
  }
  absl::Mutex mutex;
  size_t done = 0;
  absl::Status status;
  auto session = log.OpenSession([&](const std::vector<events::Delivery>& deliveries) {
    absl::MutexLock lock(&mutex);
    for (const events::Delivery& delivery : deliveries) {
      ++done;
      if (delivery.outcome == events::Delivery::Outcome::kUnknown) status = delivery.reason;
    }
  });
  if (!session.ok()) return session.status();
  size_t count = appends.size();
  (*session)->Enqueue(std::move(appends));
  absl::MutexLock lock(&mutex);
  auto all = [&] { return done == count; };
  mutex.Await(absl::Condition(&all));
  return status;
}

// A new log, opened.
absl::StatusOr<std::unique_ptr<events::EventLog>> CreateLog(const CreateOptions& options) {
  const uint32_t count = options.partitions + 1;
  if (!options.kafka) {
    std::string dir = LogDir(options.data_dir);
    if (auto status = embedded_log::EmbeddedLog::Create(dir, count); !status.ok()) return status;
    return embedded_log::EmbeddedLog::Open(dir);
  }
  const KafkaUse& use = *options.kafka;
  for (auto create : {&kafka_log::KafkaLog::Create, &kafka_log::Group::Create}) {
    auto status = create(use.bootstrap, use.topic, count, use.kafka);
    if (!status.ok()) return status;
  }
  auto keys = kafka_log::KeyTopic::Create(use.bootstrap, use.key_topic(), use.kafka);
  if (!keys.ok()) return keys;
  return kafka_log::KafkaLog::Open(use.bootstrap, use.topic, count, use.kafka);
}

absl::Status CreateOwnVault(const CreateOptions& options, const crypto::Secret& root_key,
                            events::LogId log_id) {
  auto vault = crypto::Vault::Create(VaultDir(options.data_dir), root_key, log_id);
  if (!vault.ok()) return vault.status();
  auto token_seed = (*vault)->NamedKey(crypto::kTokenSigningKey);
  if (!token_seed.ok()) return token_seed.status();
  auto written = crypto::WriteIssuerFile(IssuerFile(options.data_dir), root_key, *token_seed);
  if (!written.ok()) return written;
  return CreateAnchor(options.data_dir, **vault, log_id, options.partitions);
}

absl::Status CreateSharedVault(const CreateOptions& options, const crypto::Secret& root_key,
                               events::LogId log_id) {
  const KafkaUse& use = *options.kafka;
  auto topic = kafka_log::KeyTopic::Open(use.bootstrap, use.key_topic(), use.kafka);
  if (!topic.ok()) return topic.status();
  SharedVaultOptions vault_options;
  vault_options.vault_dir = VaultDir(options.data_dir);
  vault_options.issuer_file = IssuerFile(options.data_dir);
  auto vault = SharedVault::Create(std::move(vault_options), root_key, log_id, *std::move(topic));
  if (!vault.ok()) return vault.status();
  return CreateAnchor(options.data_dir, (*vault)->vault(), log_id, options.partitions);
}

}  // namespace

absl::Status CreateAnchor(const std::string& data_dir, const crypto::Vault& vault,
                          embedded_log::AnchorState state) {
  auto seed = vault.NamedKey(crypto::kAnchorSigningKey);
  if (!seed.ok()) return seed.status();
  crypto::Ed25519KeyPair pair = crypto::Ed25519KeyPair::FromSeed(*seed);
  return embedded_log::Anchor::Create(AnchorFile(data_dir), std::move(state),
                                      [&](absl::string_view message) { return pair.Sign(message); })
      .status();
}

absl::Status CreateAnchor(const std::string& data_dir, const crypto::Vault& vault,
                          events::LogId log_id, uint32_t partitions) {
  embedded_log::AnchorState state;
  state.log_id = log_id;
  state.partitions.resize(partitions + 1);
  return CreateAnchor(data_dir, vault, std::move(state));
}

absl::StatusOr<std::unique_ptr<events::EventLog>> OpenLogAsIs(
    const std::string& data_dir, const std::optional<KafkaUse>& kafka) {
  if (kafka) return kafka_log::KafkaLog::OpenAsIs(kafka->bootstrap, kafka->topic, kafka->kafka);
  return embedded_log::EmbeddedLog::Open(LogDir(data_dir));
}

absl::StatusOr<events::Frame> ReadGenesis(const events::EventLog& log) {
  std::optional<events::Frame> genesis;
  auto status = log.Read(0, 0, 1, [&](events::Offset, absl::string_view record) {
    if (auto parts = events::SplitRecord(record)) genesis = events::DecodeFrame(parts->frame);
    return true;
  });
  if (!status.ok()) return status;
  if (!genesis || !genesis->genesis)
    return absl::DataLossError("the log does not begin with a genesis record");
  return *std::move(genesis);
}

absl::Status CheckNoUnfinishedCopy(const std::string& data_dir) {
  if (!std::filesystem::exists(MovingMark(data_dir))) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the copy of a log in the data directory is not finished: go on with the same `guitu move "
      "--to` that began it");
}

absl::StatusOr<Created> Installation::Create(const CreateOptions& options) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(options.data_dir, error);
  if (error)
    return absl::UnavailableError(
        absl::StrCat("the data directory cannot be made: ", error.message()));
  fs::permissions(options.data_dir, fs::perms::owner_all, error);
  if (auto status = CheckNoUnfinishedCopy(options.data_dir); !status.ok()) return status;
  if (fs::exists(AnchorFile(options.data_dir))) {
    return absl::AlreadyExistsError("the data directory holds an installation already");
  }
  auto root_key = crypto::ReadRootKey(options.root_key_file);
  if (absl::IsNotFound(root_key.status())) root_key = crypto::CreateRootKey(options.root_key_file);
  if (!root_key.ok()) return root_key.status();
  auto log_id = crypto::RandomId<events::LogId>();
  {
    auto log = CreateLog(options);
    if (!log.ok()) return log.status();
    if (auto status = WriteGenesis(**log, options, log_id); !status.ok()) return status;
    auto status = options.kafka ? CreateSharedVault(options, *root_key, log_id)
                                : CreateOwnVault(options, *root_key, log_id);
    if (!status.ok()) return status;
  }
  OpenOptions open;
  open.data_dir = options.data_dir;
  open.root_key_file = options.root_key_file;
  open.clock = options.clock;
  open.kafka = options.kafka;
  open.port = 0;
  auto installation = Open(open);
  if (!installation.ok()) return installation.status();
  Created created;
  auto administrators = Bootstrap(**installation, *options.clock);
  if (!administrators.ok()) return administrators.status();
  created.administrators = *std::move(administrators);
  created.recovery_shares = crypto::SplitSecret(root_key->data(), kSharesNeeded, kSharesMade);
  return created;
}

}  // namespace guitu::app
