#include "adapters/app/installation.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "adapters/app/api.h"
#include "adapters/app/create.h"
#include "adapters/app/paths.h"
#include "adapters/app/shared_vault.h"
#include "adapters/app/vault_ports.h"
#include "adapters/clock/suspect_clock.h"
#include "adapters/crypto/issuer_file.h"
#include "adapters/crypto/random.h"
#include "adapters/crypto/root_key.h"
#include "adapters/crypto/sha256.h"
#include "adapters/crypto/vault.h"
#include "adapters/embedded_log/anchor.h"
#include "adapters/embedded_log/embedded_log.h"
#include "adapters/identity/token_verifier.h"
#include "adapters/kafka_log/kafka_log.h"
#include "adapters/rocksdb/rocksdb_store.h"
#include "aggregates/registry/decider.h"
#include "events/derive.h"
#include "events/reason.h"
#include "events/record.h"
#include "projections/fold.h"
#include "projections/keys.h"

namespace guitu::app {
namespace {

// With less than this free nothing is written but access records: what is left is for them, and for
// the flushes of log and store that their rows lead to. A flush of the store that fails would end
// reading too, until there is room again (RocksDB 7.8.3).
constexpr uint64_t kLowWater = 24 << 20;

constexpr absl::Duration kAskAgain = absl::Milliseconds(500);

absl::StatusOr<std::string> Issue(const identity::TokenIssuer& issuer,
                                  const aggregates::Actor& actor, absl::Time now,
                                  absl::Duration ttl) {
  identity::Principal principal{actor.staff, actor.unit, actor.role, absl::InfiniteFuture(), ""};
  if (auto status = identity::CheckPrincipal(principal); !status.ok()) return status;
  if (ttl < absl::Seconds(1))
    return absl::InvalidArgumentError("a token is valid for a second at least");
  return issuer.Issue(principal, now, ttl);
}

std::function<std::pair<uint64_t, uint64_t>()> Random() {
  return [] {
    auto id = crypto::RandomId<events::Nonce>();
    return std::pair{id.hi, id.lo};
  };
}

// On Kafka a data directory may be new: the node joins. One of the other kind is refused.
absl::Status LookAtDataDir(const OpenOptions& options) {
  namespace fs = std::filesystem;
  if (auto status = CheckNoUnfinishedCopy(options.data_dir); !status.ok()) return status;
  bool embedded = fs::exists(LogDir(options.data_dir));
  if (options.kafka && embedded) {
    return absl::FailedPreconditionError(
        "the data directory holds a log of its own: serve it without --kafka");
  }
  bool made = fs::exists(AnchorFile(options.data_dir));
  if (!options.kafka && made && !embedded && fs::exists(SharedMark(options.data_dir))) {
    return absl::FailedPreconditionError(
        "the data directory is that of a node on Kafka: serve it with --kafka");
  }
  if (!options.kafka && !made) {
    return absl::NotFoundError(
        "there is no installation in the data directory: run `guitu init` first");
  }
  if (!options.kafka) return absl::OkStatus();
  std::error_code error;
  fs::create_directories(options.data_dir, error);
  if (error)
    return absl::UnavailableError(
        absl::StrCat("the data directory cannot be made: ", error.message()));
  fs::permissions(options.data_dir, fs::perms::owner_all, error);
  std::ofstream(SharedMark(options.data_dir)) << options.kafka->topic << "\n";
  return absl::OkStatus();
}

}  // namespace

struct Installation::Parts {
  OpenOptions options;
  std::unique_ptr<events::EventLog> log;
  embedded_log::EmbeddedLog* embedded = nullptr;  // log, where it is that
  kafka_log::KafkaLog* kafka = nullptr;           // log, where it is that
  std::unique_ptr<crypto::Vault> own_vault;       // of a log of its own
  std::unique_ptr<SharedVault> shared_vault;      // of a log shared with other nodes
  crypto::Vault* vault = nullptr;                 // one of the two
  std::unique_ptr<VaultPorts> vault_ports;
  std::unique_ptr<rocks::RocksdbStore> store;
  std::unique_ptr<embedded_log::Anchor> anchor;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<identity::TokenIssuer> issuer;
  std::unique_ptr<identity::TokenVerifier> verifier;
  std::unique_ptr<Api> api;
  std::unique_ptr<http::Server> server;
  events::LogId log_id;
  std::string salt;
  uint32_t partitions = 0;
  std::vector<AnchorPoint> anchor_points;
  bool synthetic = false;
  std::unique_ptr<clock::SuspectClock> suspect;  // none for a synthetic log
  std::unique_ptr<http::Forwarder> forwarder;    // to other nodes
  std::unique_ptr<http::Server> waiting_room;    // answers 503 until there is more to say
  uint16_t port = 0;                             // that it got

  absl::Status OpenWaitingRoom();
  absl::Status OpenEmbeddedLog();
  template <typename Ask>
  auto Patiently(Ask ask) const;
  absl::Status OpenKafkaLog();
  absl::Status OpenLog();
  absl::Status OpenOwnVault(const crypto::Secret& root_key);
  absl::Status OpenSharedVault(const crypto::Secret& root_key);
  absl::Status OpenVaultAndStore();
  absl::Status OpenAnchor();
  absl::Status OpenIdentity();
  absl::Status StartEngine();
};

// While brokers are awaited and a long log is folded: alive, and not ready yet.
absl::Status Installation::Parts::OpenWaitingRoom() {
  port = options.port;
  if (!options.kafka) return absl::OkStatus();
  http::Router router;
  router.Add("GET", "/healthz", [](const http::Request&, const http::Responder& respond) {
    respond(PlainText(200, "ok\n"));
  });
  http::ServerOptions server;
  server.address = options.listen_address;
  server.port = options.port;
  server.clock = options.clock;
  http::RouteOptions any;
  any.body = http::BodyKind::kAny;
  auto started = http::Server::Start(
      std::move(server), std::move(router),
      [](const http::Request&, const http::Responder& respond) {
        respond(ProblemResponse(events::Refuse(events::Reason::NOT_OWNER), false));
      },
      any);
  if (!started.ok()) return started.status();
  waiting_room = *std::move(started);
  port = waiting_room->port();
  return absl::OkStatus();
}

absl::Status Installation::Parts::OpenEmbeddedLog() {
  auto opened = embedded_log::EmbeddedLog::Open(LogDir(options.data_dir));
  if (!opened.ok()) return opened.status();
  embedded = opened->get();
  log = *std::move(opened);
  return absl::OkStatus();
}

// Brokers that are away are waited for, whatever they are asked; nothing else is.
template <typename Ask>
auto Installation::Parts::Patiently(Ask ask) const {
  for (bool told = false;; told = true) {
    auto answer = ask();
    bool brokers = absl::IsUnavailable(answer.status()) &&
                   absl::StartsWith(answer.status().message(), "kafka:");
    if (answer.ok() || !brokers || !options.go_on_waiting || !options.go_on_waiting())
      return answer;
    if (!told && options.alarm)
      options.alarm(absl::StrCat("waiting for Kafka: ", answer.status().message()));
    absl::SleepFor(kAskAgain);
  }
}

absl::Status Installation::Parts::OpenKafkaLog() {
  const KafkaUse& use = *options.kafka;
  auto opened =
      Patiently([&] { return kafka_log::KafkaLog::OpenAsIs(use.bootstrap, use.topic, use.kafka); });
  if (!opened.ok()) return opened.status();
  kafka = opened->get();
  log = *std::move(opened);
  return absl::OkStatus();
}

absl::Status Installation::Parts::OpenLog() {
  if (auto status = options.kafka ? OpenKafkaLog() : OpenEmbeddedLog(); !status.ok()) return status;
  auto genesis = Patiently([&] { return ReadGenesis(*log); });
  if (!genesis.ok()) return genesis.status();
  log_id = genesis->log_id;
  salt = genesis->genesis->salt;
  partitions = genesis->genesis->partitions;
  synthetic = genesis->genesis->synthetic;
  if (log->partition_count() != partitions + 1) {
    return absl::DataLossError(absl::StrCat("the log has ", log->partition_count(),
                                            " partitions, its genesis says ", partitions + 1));
  }
  return absl::OkStatus();
}

absl::Status Installation::Parts::OpenOwnVault(const crypto::Secret& root_key) {
  auto opened = crypto::Vault::Open(VaultDir(options.data_dir), root_key, log_id);
  if (!opened.ok()) return opened.status();
  own_vault = *std::move(opened);
  vault = own_vault.get();
  return absl::OkStatus();
}

// A node that is new gets its keys from the others, and begins with an empty store.
absl::Status Installation::Parts::OpenSharedVault(const crypto::Secret& root_key) {
  const KafkaUse& use = *options.kafka;
  auto opened = Patiently([&]() -> absl::StatusOr<std::unique_ptr<SharedVault>> {
    auto topic = kafka_log::KeyTopic::Open(use.bootstrap, use.key_topic(), use.kafka);
    if (absl::IsNotFound(topic.status())) {
      // A move makes it last of all: a copy that is not finished has no keys yet.
      return absl::FailedPreconditionError(absl::StrCat(
          "there is no topic ", use.key_topic(),
          ", without which nobody can read the log: if it is a copy that is not finished, go on "
          "with its `guitu move`"));
    }
    if (!topic.ok()) return topic.status();
    SharedVaultOptions vault_options;
    vault_options.vault_dir = VaultDir(options.data_dir);
    vault_options.issuer_file = IssuerFile(options.data_dir);
    vault_options.alarm = options.alarm;
    return SharedVault::Open(std::move(vault_options), root_key, log_id, *std::move(topic));
  });
  if (!opened.ok()) return opened.status();
  shared_vault = *std::move(opened);
  vault = &shared_vault->vault();
  if (std::filesystem::exists(AnchorFile(options.data_dir))) return absl::OkStatus();
  return CreateAnchor(options.data_dir, *vault, log_id, partitions);
}

absl::Status Installation::Parts::OpenVaultAndStore() {
  auto root_key = crypto::ReadRootKey(options.root_key_file);
  if (!root_key.ok()) return root_key.status();
  auto status = options.kafka ? OpenSharedVault(*root_key) : OpenOwnVault(*root_key);
  if (!status.ok()) return status;
  vault->Prefill();
  auto ports = VaultPorts::Make(*vault);
  if (!ports.ok()) return ports.status();
  vault_ports = *std::move(ports);
  auto opened_store = rocks::RocksdbStore::Open(StoreDir(options.data_dir));
  if (!opened_store.ok()) return opened_store.status();
  store = *std::move(opened_store);
  return absl::OkStatus();
}

absl::Status Installation::Parts::OpenAnchor() {
  auto seed = vault->NamedKey(crypto::kAnchorSigningKey);
  if (!seed.ok()) return seed.status();
  auto pair = std::make_shared<crypto::Ed25519KeyPair>(crypto::Ed25519KeyPair::FromSeed(*seed));
  auto verify = [pair](absl::string_view message, const embedded_log::AnchorSignature& signature) {
    return crypto::VerifyEd25519(pair->public_key(), message, signature);
  };
  auto state = embedded_log::Anchor::Load(AnchorFile(options.data_dir), verify);
  if (!state.ok()) {
    return absl::DataLossError(
        absl::StrCat("the anchor does not read: ", state.status().message()));
  }
  if (state->log_id != log_id) return absl::DataLossError("the anchor is of another log");
  for (const auto& entry : state->partitions)
    anchor_points.push_back({entry.count, entry.chain, entry.root});
  auto opened =
      embedded_log::Anchor::Open(AnchorFile(options.data_dir), *state,
                                 [pair](absl::string_view message) { return pair->Sign(message); });
  if (!opened.ok()) return opened.status();
  anchor = *std::move(opened);
  return absl::OkStatus();
}

absl::Status Installation::Parts::OpenIdentity() {
  auto seed = vault->NamedKey(crypto::kTokenSigningKey);
  if (!seed.ok()) return seed.status();
  issuer = std::make_unique<identity::TokenIssuer>(std::string(kBuiltInIssuer),
                                                   crypto::Ed25519KeyPair::FromSeed(*seed));
  identity::KeySet keys;
  if (auto status = issuer->AddTo(keys); !status.ok()) return status;
  verifier = std::make_unique<identity::TokenVerifier>(std::move(keys));
  return absl::OkStatus();
}

absl::Status Installation::Parts::StartEngine() {
  runtime::Ports ports{*options.clock,
                       *store,
                       *vault_ports,
                       *vault_ports,
                       crypto::Sha256,
                       Random(),
                       aggregates::RuleData::Shipped()};
  EngineOptions engine_options;
  engine_options.partitions = partitions;
  engine_options.owner_id = events::ToHex(crypto::RandomId<events::Nonce>());
  engine_options.address = options.kafka && !options.kafka->advertise.empty()
                               ? options.kafka->advertise
                               : absl::StrCat(options.listen_address, ":", port);
  if (options.kafka) {
    engine_options.shared = SharedLog{kafka,
                                      options.kafka->bootstrap,
                                      options.kafka->topic,
                                      {options.kafka->session_timeout, options.kafka->kafka}};
  }
  engine_options.anchor = anchor_points;
  engine_options.advance_anchor = [this](events::Partition p, const AnchorPoint& point) {
    anchor->Advance(p, point.count, point.chain, point.root);
  };
  engine_options.alarm = options.alarm;
  engine_options.space_low = [this] {
    if (embedded != nullptr && embedded->space_low()) embedded->RetrySpace();
    return (embedded != nullptr && embedded->space_low()) ||
           embedded_log::FreeBytesByStatvfs(options.data_dir) < kLowWater;
  };
  if (!synthetic) {
    suspect = std::make_unique<clock::SuspectClock>(*options.clock);
    engine_options.clock_suspect = [this] { return suspect->Look(); };
    engine_options.newest_record = [this](absl::Time at) { suspect->CompareWithNewestRecord(at); };
    engine_options.clock_confirmed = [this] { suspect->Confirm(); };
  }
  engine = std::make_unique<Engine>(*log, std::move(ports), std::move(engine_options));
  auto status = engine->Start(options.patience);
  // Others may lead, or brokers be away: each request is told how things stand.
  return options.kafka && absl::IsUnavailable(status) ? absl::OkStatus() : status;
}

Installation::Installation(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Installation::~Installation() { Stop(absl::ZeroDuration()); }

absl::StatusOr<std::unique_ptr<Installation>> Installation::Open(const OpenOptions& options) {
  auto parts = std::make_unique<Parts>();
  parts->options = options;
  if (auto status = LookAtDataDir(options); !status.ok()) return status;
  auto installation = std::unique_ptr<Installation>(new Installation(std::move(parts)));
  Parts& p = *installation->parts_;
  for (auto step : {&Parts::OpenWaitingRoom, &Parts::OpenLog, &Parts::OpenVaultAndStore,
                    &Parts::OpenAnchor, &Parts::OpenIdentity, &Parts::StartEngine}) {
    if (auto status = (p.*step)(); !status.ok()) return status;
  }
  return installation;
}

absl::Status Installation::Serve() {
  Parts& p = *parts_;
  ApiPorts ports{*p.engine,
                 *p.store,
                 *p.vault_ports,
                 *p.verifier,
                 *p.options.clock,
                 crypto::Sha256,
                 aggregates::RuleData::Shipped(),
                 p.log_id,
                 p.salt,
                 p.partitions,
                 nullptr,
                 nullptr};
  if (p.kafka != nullptr) {
    http::ForwarderOptions forwarding;
    forwarding.clock = p.options.clock;
    auto forwarder = http::Forwarder::Start(std::move(forwarding));
    if (!forwarder.ok()) return forwarder.status();
    p.forwarder = *std::move(forwarder);
    ports.forwarder = p.forwarder.get();
  }
  ports.http_counters = [&p] {
    return p.server != nullptr ? p.server->counters() : http::Counters{};
  };
  p.api = std::make_unique<Api>(std::move(ports));
  http::ServerOptions options;
  options.address = p.options.listen_address;
  options.port = p.port;
  options.clock = p.options.clock;
  p.waiting_room = nullptr;
  auto server = http::Server::Start(std::move(options), p.api->MakeRouter());
  if (!server.ok()) return server.status();
  p.server = *std::move(server);
  return absl::OkStatus();
}

uint16_t Installation::port() const { return parts_->server->port(); }

// What is led is handed over first, while it can still be asked where to.
void Installation::Stop(absl::Duration drain) {
  if (parts_->engine != nullptr) parts_->engine->Leave();
  if (parts_->server != nullptr) parts_->server->Stop(drain);
  if (parts_->forwarder != nullptr) parts_->forwarder->Stop();
  if (parts_->engine != nullptr) parts_->engine->Stop(drain);
  if (parts_->anchor != nullptr) parts_->anchor->Flush().IgnoreError();
}

absl::StatusOr<std::string> Installation::Token(const aggregates::Actor& actor,
                                                absl::Duration ttl) const {
  return Issue(*parts_->issuer, actor, parts_->options.clock->Now(), ttl);
}

absl::StatusOr<std::string> IssueToken(const OpenOptions& options, const aggregates::Actor& actor,
                                       absl::Duration ttl) {
  auto root_key = crypto::ReadRootKey(options.root_key_file);
  if (!root_key.ok()) return root_key.status();
  auto seed = crypto::ReadIssuerFile(IssuerFile(options.data_dir), *root_key);
  if (!seed.ok()) return seed.status();
  identity::TokenIssuer issuer(std::string(kBuiltInIssuer),
                               crypto::Ed25519KeyPair::FromSeed(*seed));
  return Issue(issuer, actor, options.clock->Now(), ttl);
}

Engine& Installation::engine() { return *parts_->engine; }
const std::string& Installation::salt() const { return parts_->salt; }

absl::Status Installation::Administer(const aggregates::Actor& actor, const events::Event& event,
                                      absl::string_view idempotency_key) {
  runtime::Request request;
  request.actor = actor;
  request.registry = true;
  aggregates::RegistryKey key = aggregates::KeyOf(event);
  request.stream = events::RegistryStreamOf(crypto::Sha256, parts_->salt, key.kind, key.key);
  runtime::Record record;
  record.id = events::CommandIdOf(crypto::Sha256, parts_->salt, actor.staff, idempotency_key);
  record.events = {event};
  record.content = std::string(idempotency_key);
  auto row = parts_->store->Get(projections::StreamKey(parts_->partitions, request.stream));
  if (row) record.expected = projections::DecodeStream(*row).version;
  request.what = std::move(record);
  absl::Mutex mutex;
  std::optional<absl::Status> status;
  parts_->engine->Submit(std::move(request), [&](const runtime::Answer& answer) {
    absl::MutexLock lock(&mutex);
    status = answer.status;
  });
  absl::MutexLock lock(&mutex);
  auto answered = [&] { return status.has_value(); };
  mutex.Await(absl::Condition(&answered));
  return *status;
}

}  // namespace guitu::app
