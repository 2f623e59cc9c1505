#include "adapters/app/installation.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "adapters/app/api.h"
#include "adapters/app/bootstrap.h"
#include "adapters/app/vault_ports.h"
#include "adapters/clock/suspect_clock.h"
#include "adapters/crypto/issuer_file.h"
#include "adapters/crypto/random.h"
#include "adapters/crypto/root_key.h"
#include "adapters/crypto/sha256.h"
#include "adapters/crypto/shamir.h"
#include "adapters/crypto/vault.h"
#include "adapters/embedded_log/anchor.h"
#include "adapters/embedded_log/embedded_log.h"
#include "adapters/identity/token_verifier.h"
#include "adapters/rocksdb/rocksdb_store.h"
#include "aggregates/registry/decider.h"
#include "events/derive.h"
#include "events/record.h"
#include "projections/fold.h"
#include "projections/keys.h"

namespace guitu::app {
namespace {

// With less than this free nothing is written but access records: what is left is for them, and for
// the flushes of log and store that their rows lead to. A flush of the store that fails would end
// reading too, until there is room again (RocksDB 7.8.3).
constexpr uint64_t kLowWater = 24 << 20;

// The name under which the built-in issuer signs.
constexpr absl::string_view kBuiltInIssuer = "guitu";
constexpr int kSharesNeeded = 3;
constexpr int kSharesMade = 5;

std::string LogDir(const std::string& data) { return absl::StrCat(data, "/log"); }
std::string StoreDir(const std::string& data) { return absl::StrCat(data, "/store"); }
std::string VaultDir(const std::string& data) { return absl::StrCat(data, "/vault"); }
std::string AnchorFile(const std::string& data) { return absl::StrCat(data, "/anchor"); }

std::string IssuerFile(const std::string& data) { return absl::StrCat(data, "/issuer"); }

absl::StatusOr<std::string> Issue(const identity::TokenIssuer& issuer,
                                  const aggregates::Actor& actor, absl::Time now,
                                  absl::Duration ttl) {
  identity::Principal principal{actor.staff, actor.unit, actor.role, absl::InfiniteFuture(), ""};
  if (auto status = identity::CheckPrincipal(principal); !status.ok()) return status;
  if (ttl < absl::Seconds(1))
    return absl::InvalidArgumentError("a token is valid for a second at least");
  return issuer.Issue(principal, now, ttl);
}

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

// The genesis frame of partition 0: who this log is.
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

std::function<std::pair<uint64_t, uint64_t>()> Random() {
  return [] {
    auto id = crypto::RandomId<events::Nonce>();
    return std::pair{id.hi, id.lo};
  };
}

}  // namespace

struct Installation::Parts {
  OpenOptions options;
  std::unique_ptr<embedded_log::EmbeddedLog> log;
  std::unique_ptr<crypto::Vault> vault;
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

  absl::Status OpenLogAndVault();
  absl::Status OpenAnchor();
  absl::Status OpenIdentity();
  absl::Status StartEngine();
};

absl::Status Installation::Parts::OpenLogAndVault() {
  auto opened = embedded_log::EmbeddedLog::Open(LogDir(options.data_dir));
  if (!opened.ok()) return opened.status();
  log = *std::move(opened);
  auto genesis = ReadGenesis(*log);
  if (!genesis.ok()) return genesis.status();
  log_id = genesis->log_id;
  salt = genesis->genesis->salt;
  partitions = genesis->genesis->partitions;
  synthetic = genesis->genesis->synthetic;
  if (log->partition_count() != partitions + 1) {
    return absl::DataLossError(absl::StrCat("the log has ", log->partition_count(),
                                            " partitions, its genesis says ", partitions + 1));
  }
  auto root_key = crypto::ReadRootKey(options.root_key_file);
  if (!root_key.ok()) return root_key.status();
  auto opened_vault = crypto::Vault::Open(VaultDir(options.data_dir), *root_key, log_id);
  if (!opened_vault.ok()) return opened_vault.status();
  vault = *std::move(opened_vault);
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
  engine_options.address = absl::StrCat(options.listen_address, ":", options.port);
  engine_options.anchor = anchor_points;
  engine_options.advance_anchor = [this](events::Partition p, const AnchorPoint& point) {
    anchor->Advance(p, point.count, point.chain, point.root);
  };
  engine_options.alarm = options.alarm;
  engine_options.space_low = [this] {
    if (log->space_low()) log->RetrySpace();
    return log->space_low() || embedded_log::FreeBytesByStatvfs(options.data_dir) < kLowWater;
  };
  if (!synthetic) {
    suspect = std::make_unique<clock::SuspectClock>(*options.clock);
    engine_options.clock_suspect = [this] { return suspect->Look(); };
    engine_options.newest_record = [this](absl::Time at) { suspect->CompareWithNewestRecord(at); };
    engine_options.clock_confirmed = [this] { suspect->Confirm(); };
  }
  engine = std::make_unique<Engine>(*log, std::move(ports), std::move(engine_options));
  return engine->Start(options.patience);
}

Installation::Installation(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Installation::~Installation() { Stop(absl::ZeroDuration()); }

absl::StatusOr<Created> Installation::Create(const CreateOptions& options) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(options.data_dir, error);
  if (error)
    return absl::UnavailableError(
        absl::StrCat("the data directory cannot be made: ", error.message()));
  fs::permissions(options.data_dir, fs::perms::owner_all, error);
  if (fs::exists(AnchorFile(options.data_dir))) {
    return absl::AlreadyExistsError("the data directory holds an installation already");
  }
  auto root_key = crypto::ReadRootKey(options.root_key_file);
  if (absl::IsNotFound(root_key.status())) root_key = crypto::CreateRootKey(options.root_key_file);
  if (!root_key.ok()) return root_key.status();
  auto log_id = crypto::RandomId<events::LogId>();
  if (auto status =
          embedded_log::EmbeddedLog::Create(LogDir(options.data_dir), options.partitions + 1);
      !status.ok()) {
    return status;
  }
  {
    auto log = embedded_log::EmbeddedLog::Open(LogDir(options.data_dir));
    if (!log.ok()) return log.status();
    if (auto status = WriteGenesis(**log, options, log_id); !status.ok()) return status;
    auto vault = crypto::Vault::Create(VaultDir(options.data_dir), *root_key, log_id);
    if (!vault.ok()) return vault.status();
    auto seed = (*vault)->NamedKey(crypto::kAnchorSigningKey);
    if (!seed.ok()) return seed.status();
    crypto::Ed25519KeyPair pair = crypto::Ed25519KeyPair::FromSeed(*seed);
    auto token_seed = (*vault)->NamedKey(crypto::kTokenSigningKey);
    if (!token_seed.ok()) return token_seed.status();
    auto written = crypto::WriteIssuerFile(IssuerFile(options.data_dir), *root_key, *token_seed);
    if (!written.ok()) return written;
    embedded_log::AnchorState state;
    state.log_id = log_id;
    state.partitions.resize(options.partitions + 1);
    // Last: an installation without an anchor was never finished and is refused by Open.
    auto anchor =
        embedded_log::Anchor::Create(AnchorFile(options.data_dir), state,
                                     [&](absl::string_view message) { return pair.Sign(message); });
    if (!anchor.ok()) return anchor.status();
  }
  OpenOptions open;
  open.data_dir = options.data_dir;
  open.root_key_file = options.root_key_file;
  open.clock = options.clock;
  auto installation = Open(open);
  if (!installation.ok()) return installation.status();
  Created created;
  auto administrators = Bootstrap(**installation, *options.clock);
  if (!administrators.ok()) return administrators.status();
  created.administrators = *std::move(administrators);
  created.recovery_shares = crypto::SplitSecret(root_key->data(), kSharesNeeded, kSharesMade);
  return created;
}

absl::StatusOr<std::unique_ptr<Installation>> Installation::Open(const OpenOptions& options) {
  auto parts = std::make_unique<Parts>();
  parts->options = options;
  if (!std::filesystem::exists(AnchorFile(options.data_dir))) {
    return absl::NotFoundError(
        "there is no installation in the data directory: run `guitu init` first");
  }
  auto installation = std::unique_ptr<Installation>(new Installation(std::move(parts)));
  Parts& p = *installation->parts_;
  for (auto step :
       {&Parts::OpenLogAndVault, &Parts::OpenAnchor, &Parts::OpenIdentity, &Parts::StartEngine}) {
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
                 nullptr};
  ports.http_counters = [&p] {
    return p.server != nullptr ? p.server->counters() : http::Counters{};
  };
  p.api = std::make_unique<Api>(std::move(ports));
  http::ServerOptions options;
  options.address = p.options.listen_address;
  options.port = p.options.port;
  options.clock = p.options.clock;
  auto server = http::Server::Start(std::move(options), p.api->MakeRouter());
  if (!server.ok()) return server.status();
  p.server = *std::move(server);
  return absl::OkStatus();
}

uint16_t Installation::port() const { return parts_->server->port(); }

void Installation::Stop(absl::Duration drain) {
  if (parts_->server != nullptr) parts_->server->Stop(drain);
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
