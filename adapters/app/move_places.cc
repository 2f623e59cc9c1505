#include "adapters/app/move_places.h"

#include <fcntl.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "adapters/app/create.h"
#include "adapters/app/paths.h"
#include "adapters/app/refold.h"
#include "adapters/crypto/ed25519.h"
#include "adapters/crypto/issuer_file.h"
#include "adapters/crypto/random.h"
#include "adapters/embedded_log/anchor.h"
#include "adapters/embedded_log/embedded_log.h"
#include "adapters/embedded_log/posix_file.h"
#include "adapters/identity/token_issuer.h"
#include "adapters/identity/token_verifier.h"
#include "adapters/kafka_log/group.h"
#include "adapters/kafka_log/key_topic.h"
#include "adapters/runtime/registry_at.h"
#include "aggregates/authorize.h"
#include "aggregates/registry/decider.h"
#include "events/values.h"

namespace guitu::app {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<std::unique_ptr<kafka_log::KeyTopic>> OpenKeyTopic(const KafkaUse& use) {
  return kafka_log::KeyTopic::Open(use.bootstrap, use.key_topic(), use.kafka);
}

SharedVaultOptions VaultOptionsOf(const Place& place, const MoveOptions& options) {
  SharedVaultOptions shared;
  shared.vault_dir = VaultDir(place.data_dir);
  shared.issuer_file = IssuerFile(place.data_dir);
  shared.alarm = options.alarm;
  return shared;
}

absl::Status LookAtSource(const Place& place) {
  if (auto status = CheckNoUnfinishedCopy(place.data_dir); !status.ok()) return status;
  if (!fs::exists(AnchorFile(place.data_dir)))
    return absl::NotFoundError("there is no installation in the data directory to move");
  if (place.kafka && fs::exists(LogDir(place.data_dir))) {
    return absl::FailedPreconditionError(
        "the data directory holds a log of its own: move it without --kafka");
  }
  if (!place.kafka && !fs::exists(LogDir(place.data_dir))) {
    return absl::FailedPreconditionError(
        "the data directory is that of a node on Kafka: move it with --kafka");
  }
  return absl::OkStatus();
}

// That the directory is new.
absl::Status CheckNew(const std::string& data_dir) {
  std::error_code error;
  if (!fs::exists(data_dir, error) || (fs::is_directory(data_dir, error) && fs::is_empty(data_dir)))
    return absl::OkStatus();
  return absl::AlreadyExistsError("the directory to move to is not empty");
}

// Durable when it returns.
absl::Status WriteMark(const std::string& data_dir, const Mark& mark) {
  std::error_code error;
  fs::create_directories(data_dir, error);
  if (error)
    return absl::UnavailableError(
        absl::StrCat("the directory to move to cannot be made: ", error.message()));
  fs::permissions(data_dir, fs::perms::owner_all, error);
  const std::string path = MovingMark(data_dir);
  const std::string text =
      absl::StrCat(mark.id, "\n", events::ToHex(mark.log_id), "\n", mark.address, "\n");
  {
    embedded_log::Descriptor file(
        ::open((path + ".new").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file.ok()) return embedded_log::ErrnoStatus("move: making its mark", errno);
    if (auto s = embedded_log::WriteAllAt(file.get(), text, 0); !s.ok()) return s;
    if (::fsync(file.get()) != 0) return embedded_log::ErrnoStatus("move: its mark", errno);
  }
  fs::rename(path + ".new", path, error);
  if (error) return absl::UnavailableError("the mark of the move cannot be named");
  return embedded_log::SyncDirectory(data_dir);
}

// A topic that may take the copy: it is not there, it is empty, or it begins as the source does, as
// what an interrupted move left.
absl::Status LookAtTopic(const KafkaUse& use, const OpenPlace& source) {
  auto keys = OpenKeyTopic(use);
  if (keys.ok()) {
    return absl::AlreadyExistsError(
        absl::StrCat("topic ", use.topic, " has a log already, with keys: name another"));
  }
  if (!absl::IsNotFound(keys.status())) return keys.status();
  auto log = OpenLogAsIs("", use);
  if (absl::IsNotFound(log.status())) return absl::OkStatus();
  if (!log.ok()) return log.status();
  auto other = [&] {
    return absl::AlreadyExistsError(
        absl::StrCat("topic ", use.topic, " has another log already: name another"));
  };
  if ((*log)->partition_count() != source.log->partition_count()) return other();
  for (events::Partition p = 0; p < (*log)->partition_count(); ++p) {
    std::string first[2];
    for (int i = 0; i < 2; ++i) {
      const events::EventLog& side = i == 0 ? *source.log : **log;
      auto status = side.Read(p, 0, 1, [&](events::Offset, absl::string_view record) {
        first[i] = std::string(record);
        return true;
      });
      if (!status.ok()) return status;
    }
    if (!first[1].empty() && first[0] != first[1]) return other();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<events::EventLog>> MakeLog(const Place& place, uint32_t count) {
  absl::Status made;
  if (place.kafka) {
    made = kafka_log::KafkaLog::Create(place.kafka->bootstrap, place.kafka->topic, count,
                                       place.kafka->kafka);
  } else if (!fs::exists(LogDir(place.data_dir) + "/db")) {
    made = embedded_log::EmbeddedLog::Create(LogDir(place.data_dir), count);
  }
  if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
  auto log = OpenLogAsIs(place.data_dir, place.kafka);
  if (log.ok() && (*log)->partition_count() != count)
    return absl::FailedPreconditionError("the copy has another number of partitions");
  return log;
}

absl::StatusOr<aggregates::Actor> ReadToken(identity::TokenVerifier& verifier,
                                            const std::string& token, absl::Time now) {
  auto principal = verifier.Verify(token, now);
  if (!principal.ok()) return principal.status();
  return aggregates::Actor{principal->staff, principal->unit, principal->role};
}

}  // namespace

absl::Status OpenPlace::Fold(events::Partition partition) {
  auto end = log->End(partition);
  if (!end.ok()) return end.status();
  auto folded = FoldPartition(*log, *store, partition, *end);
  if (!folded.ok()) return folded.status();
  if (folded->head.next > *end) {
    return absl::DataLossError(absl::StrCat("partition ", partition, ": the log ends at offset ",
                                            *end, ", but offset ", folded->head.next,
                                            " was folded before: records are missing"));
  }
  states.resize(log->partition_count());
  states[partition] = *std::move(folded);
  return absl::OkStatus();
}

absl::StatusOr<OpenPlace> OpenSource(const MoveOptions& options, const crypto::Secret& root_key) {
  const Place& from = options.from;
  if (auto status = LookAtSource(from); !status.ok()) return status;
  OpenPlace place;
  auto store = rocks::RocksdbStore::Open(StoreDir(from.data_dir));
  if (!store.ok()) return store.status();
  place.store = *std::move(store);
  auto log = OpenLogAsIs(from.data_dir, from.kafka);
  if (!log.ok()) return log.status();
  place.log = *std::move(log);
  auto genesis = ReadGenesis(*place.log);
  if (!genesis.ok()) return genesis.status();
  if (auto status = OpenSourceVault(options, root_key, genesis->log_id, place); !status.ok())
    return status;
  return place;
}

absl::Status OpenSourceVault(const MoveOptions& options, const crypto::Secret& root_key,
                             events::LogId log_id, OpenPlace& place) {
  place.vault = nullptr;
  place.own_vault = nullptr;
  place.shared_vault = nullptr;
  if (!options.from.kafka) {
    auto vault = crypto::Vault::Open(VaultDir(options.from.data_dir), root_key, log_id);
    if (!vault.ok()) return vault.status();
    place.own_vault = *std::move(vault);
    place.vault = place.own_vault.get();
    return absl::OkStatus();
  }
  auto topic = OpenKeyTopic(*options.from.kafka);
  if (!topic.ok()) return topic.status();
  auto vault =
      SharedVault::Open(VaultOptionsOf(options.from, options), root_key, log_id, *std::move(topic));
  if (!vault.ok()) return vault.status();
  place.shared_vault = *std::move(vault);
  place.vault = &place.shared_vault->vault();
  return absl::OkStatus();
}

absl::Status CheckGate(const Place& place, const OpenPlace& opened, events::LogId log_id) {
  auto seed = opened.vault->NamedKey(crypto::kAnchorSigningKey);
  if (!seed.ok()) return seed.status();
  const auto pair = crypto::Ed25519KeyPair::FromSeed(*seed);
  auto anchor = embedded_log::Anchor::Load(
      AnchorFile(place.data_dir),
      [&](absl::string_view message, const embedded_log::AnchorSignature& signature) {
        return crypto::VerifyEd25519(pair.public_key(), message, signature);
      });
  if (!anchor.ok())
    return absl::DataLossError(
        absl::StrCat("the anchor does not read: ", anchor.status().message()));
  if (anchor->log_id != log_id) return absl::DataLossError("the anchor is of another log");
  const size_t count = opened.states.size();
  for (events::Partition p = 0; p < count; ++p) {
    const events::EffectHead& head = opened.states[p].head;
    if (!head.born || head.log_id != log_id || head.partitions + 1 != count) {
      return absl::DataLossError(
          absl::StrCat("partition ", p, ": no genesis record of this log is in effect"));
    }
    if (p >= anchor->partitions.size()) continue;
    const embedded_log::AnchorEntry& entry = anchor->partitions[p];
    if (entry.count == 0) continue;  // it says nothing yet
    auto chain = projections::ChainAt(*opened.store, p, entry.count);
    if (head.next < entry.count || !chain || *chain != entry.chain ||
        RootAt(*opened.store, p, entry.count) != entry.root) {
      return absl::DataLossError(absl::StrCat("partition ", p, ": the records up to offset ",
                                              entry.count,
                                              " are not those that the anchor was made over"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<aggregates::Actor>> CheckApprovers(const MoveOptions& options,
                                                              const OpenPlace& source) {
  auto seed = source.vault->NamedKey(crypto::kTokenSigningKey);
  if (!seed.ok()) return seed.status();
  identity::KeySet keys;
  auto added =
      identity::TokenIssuer(std::string(kBuiltInIssuer), crypto::Ed25519KeyPair::FromSeed(*seed))
          .AddTo(keys);
  if (!added.ok()) return added;
  identity::TokenVerifier verifier(std::move(keys));
  const events::EffectHead& head = source.states.back().head;  // of the registry
  const aggregates::RegistryState registry = runtime::FoldRegistry(
      aggregates::RegistryDecider::Initial(), head.next, *source.store, head, *source.vault);
  const absl::Time now = options.clock->Now();
  const absl::CivilDay today = absl::ToCivilDay(now, events::ChinaTime());
  std::vector<aggregates::Actor> approvers;
  std::set<std::string> people;
  for (const std::string& token : options.tokens) {
    auto actor = ReadToken(verifier, token, now);
    if (!actor.ok()) return actor.status();
    auto stands = aggregates::CheckStanding(*actor, registry, today);
    const aggregates::Role* role = registry.FindRole(actor->role);
    if (!stands.ok() || role == nullptr || !role->administers) {
      return absl::InvalidArgumentError(
          absl::StrCat("a token is of ", actor->staff, ", who is no administrator"));
    }
    people.insert(actor->staff);
    approvers.push_back(*std::move(actor));
  }
  if (approvers.size() != 2 || people.size() != 2)
    return absl::InvalidArgumentError("two different administrators have to approve");
  return approvers;
}

std::string AddressOf(const Place& place) {
  if (!place.kafka) return "embedded";
  return absl::StrCat("kafka://", place.kafka->bootstrap, "/", place.kafka->topic);
}

absl::StatusOr<std::optional<Mark>> ReadMark(const std::string& data_dir) {
  if (!fs::exists(MovingMark(data_dir))) return std::nullopt;
  std::ifstream file(MovingMark(data_dir));
  std::stringstream text;
  text << file.rdbuf();
  const std::vector<std::string> lines = absl::StrSplit(text.str(), '\n');
  auto log_id = lines.size() == 4 ? events::ParseId<events::LogId>(lines[1]) : std::nullopt;
  if (!log_id || lines[0].size() != 32)
    return absl::DataLossError("the mark of the move does not read");
  return Mark{lines[0], *log_id, lines[2]};
}

absl::Status RemoveMark(const std::string& data_dir) {
  std::error_code error;
  fs::remove(MovingMark(data_dir), error);
  if (error) return absl::UnavailableError("the mark of the move cannot be removed");
  return embedded_log::SyncDirectory(data_dir);
}

absl::StatusOr<Target> OpenTarget(const MoveOptions& options, const OpenPlace& source) {
  const Place& to = options.to;
  auto found = ReadMark(to.data_dir);
  if (!found.ok()) return found.status();
  Target target;
  target.mark = {events::ToHex(crypto::RandomId<events::Nonce>()), source.states[0].head.log_id,
                 AddressOf(to)};
  if (*found) {
    target.mark.id = (*found)->id;
    if (target.mark != **found) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the directory holds the unfinished copy of another move, to ", (*found)->address));
    }
  } else {
    if (auto status = CheckNew(to.data_dir); !status.ok()) return status;
    if (to.kafka) {
      if (auto status = LookAtTopic(*to.kafka, source); !status.ok()) return status;
    }
    if (auto status = WriteMark(to.data_dir, target.mark); !status.ok()) return status;
  }
  auto store = rocks::RocksdbStore::Open(StoreDir(to.data_dir));
  if (!store.ok()) return store.status();
  target.place.store = *std::move(store);
  auto log = MakeLog(to, source.log->partition_count());
  if (!log.ok()) return log.status();
  target.place.log = *std::move(log);
  return target;
}

absl::Status CopyKeys(const crypto::Vault& source, const MoveOptions& options,
                      const crypto::Secret& root_key, events::LogId log_id) {
  std::vector<crypto::VaultRow> rows;
  auto exported = source.Export([&](const crypto::VaultRow& row) {
    rows.push_back(row);
    return absl::OkStatus();
  });
  if (!exported.ok()) return exported;
  const std::string dir = VaultDir(options.to.data_dir);
  std::error_code error;
  const bool there = fs::exists(dir, error) && !fs::is_empty(dir, error);
  auto vault = there ? crypto::Vault::Open(dir, root_key, log_id)
                     : crypto::Vault::Join(dir, root_key, log_id, rows);
  if (!vault.ok()) return vault.status();
  // Also behind Join, which needs no more than the epochs.
  auto report = (*vault)->Import(rows);
  if (!report.ok()) return report.status();
  if (!report->refused.ok()) return report->refused;
  auto seed = (*vault)->NamedKey(crypto::kTokenSigningKey);
  if (!seed.ok()) return seed.status();
  return crypto::WriteIssuerFile(IssuerFile(options.to.data_dir), root_key, *seed);
}

absl::Status PublishKeys(const MoveOptions& options, const crypto::Secret& root_key,
                         events::LogId log_id, uint32_t partition_count) {
  const KafkaUse& use = *options.to.kafka;
  std::ofstream(SharedMark(options.to.data_dir)) << use.topic << "\n";
  auto group = kafka_log::Group::Create(use.bootstrap, use.topic, partition_count, use.kafka);
  if (!group.ok() && !absl::IsAlreadyExists(group)) return group;
  auto made = kafka_log::KeyTopic::Create(use.bootstrap, use.key_topic(), use.kafka);
  if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
  auto topic = OpenKeyTopic(use);
  if (!topic.ok()) return topic.status();
  // A topic that lacks rows of the vault gets them.
  return SharedVault::Open(VaultOptionsOf(options.to, options), root_key, log_id, *std::move(topic))
      .status();
}

}  // namespace guitu::app
