#include "adapters/crypto/vault.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/crypto/box.h"
#include "adapters/crypto/random.h"
#include "adapters/crypto/sha256.h"
#include "adapters/crypto/wrap.h"
#include "events/bytes.h"

namespace guitu::crypto {
namespace {

using events::ByteReader;
using events::ByteWriter;
using events::KeyId;
using events::LogId;

// Kinds of rows, the first byte of their keys. On disk: never change.
constexpr uint8_t kEpochRow = 'e';  // + number
constexpr uint8_t kDataRow = 'k';   // + key id
constexpr uint8_t kNamedRow = 'n';  // + name

// The first byte of a value: wrapped under the epoch that follows, or destroyed.
constexpr uint8_t kWrapped = 'W';
constexpr uint8_t kDestroyed = 'D';

constexpr uint64_t kRootEpoch = 0;  // epoch keys are wrapped under the root key
constexpr uint64_t kFirstEpoch = 1;

std::string EpochRow(uint64_t number) { return ByteWriter().U8(kEpochRow).U64(number).Take(); }
std::string DataRow(KeyId id) { return ByteWriter().U8(kDataRow).Id(id).Take(); }
std::string NamedRow(absl::string_view name) { return ByteWriter().U8(kNamedRow).Raw(name).Take(); }
std::string Tombstone() { return ByteWriter().U8(kDestroyed).Take(); }

Secret Derived(const Secret& root_key, absl::string_view info) {
  Secret derived;
  HkdfSha256({}, root_key.view(), info, derived.data());
  return derived;
}
Secret RootWrapping(const Secret& root_key) { return Derived(root_key, "guitu vault wrap v1"); }
Secret RootMac(const Secret& root_key) { return Derived(root_key, "guitu vault mac v1"); }

std::string WrapAssociated(LogId log_id, uint64_t epoch, absl::string_view row_key) {
  return ByteWriter().Raw("guitu wrap v1").Id(log_id).U64(epoch).Raw(row_key).Take();
}

std::string WrappedRow(KeyView wrapping, LogId log_id, uint64_t epoch, absl::string_view row_key,
                       KeyView key) {
  return ByteWriter()
      .U8(kWrapped)
      .U64(epoch)
      .Raw(WrapKey(wrapping, WrapAssociated(log_id, epoch, row_key), key))
      .Take();
}

VaultChange NewKey(const std::map<uint64_t, Secret>& epochs, LogId log_id, std::string row_key) {
  Transient key;
  FillRandom(key.bytes);
  const auto& [epoch, wrapping] = *epochs.rbegin();
  std::string row = WrappedRow(wrapping.data(), log_id, epoch, row_key, key.bytes);
  return {std::move(row_key), std::move(row)};
}

absl::Status Damaged() { return absl::InternalError("vault: the row of a key is damaged"); }

// A key whose row is lost must never look like one that was erased (kDataLoss of Sealer).
absl::Status NotErased(const absl::Status& status) {
  return absl::IsDataLoss(status) ? absl::InternalError(status.message()) : status;
}

absl::StatusOr<std::map<uint64_t, Secret>> LoadEpochs(const VaultStore& store, LogId log_id,
                                                      const Secret& wrapping) {
  std::map<uint64_t, Secret> epochs;
  for (uint64_t number = kFirstEpoch;; ++number) {
    absl::StatusOr<std::string> row = store.Get(EpochRow(number));
    if (absl::IsNotFound(row.status())) break;
    if (!row.ok()) return row.status();
    ByteReader reader(*row);
    Secret key;
    if (reader.U8() != kWrapped || reader.U64() != kRootEpoch ||
        !UnwrapKey(wrapping.data(), WrapAssociated(log_id, kRootEpoch, EpochRow(number)),
                   reader.rest(), key.data())) {
      return absl::DataLossError("vault: the row of an epoch key is damaged");
    }
    epochs.emplace(number, std::move(key));
  }
  if (epochs.empty()) return absl::DataLossError("vault: its epoch key is lost");
  return epochs;
}

}  // namespace

Vault::Vault(std::unique_ptr<VaultStore> store, LogId log_id, std::map<uint64_t, Secret> epochs,
             const VaultOptions& options)
    : store_(std::move(store)),
      log_id_(log_id),
      epochs_(std::move(epochs)),
      cache_(options.cached_keys),
      pool_(options.pool_keys, [this](size_t count) { return MakeKeys(count); }) {}

absl::StatusOr<std::unique_ptr<Vault>> Vault::Create(const std::string& dir, const Secret& root_key,
                                                     LogId log_id, const VaultOptions& options) {
  std::map<uint64_t, Secret> epochs;
  const Secret& epoch_key = epochs.emplace(kFirstEpoch, Secret::Random()).first->second;
  std::vector<VaultChange> rows;
  rows.push_back(
      {EpochRow(kFirstEpoch), WrappedRow(RootWrapping(root_key).data(), log_id, kRootEpoch,
                                         EpochRow(kFirstEpoch), epoch_key.data())});
  for (absl::string_view name :
       {kTokenSigningKey, kAnchorSigningKey, kCheckpointSigningKey, kLogMacKey}) {
    rows.push_back(NewKey(epochs, log_id, NamedRow(name)));
  }
  absl::Status created = VaultStore::Create(dir, RootMac(root_key), log_id, rows, options.env);
  if (!created.ok()) return created;
  return Open(dir, root_key, log_id, options);
}

absl::StatusOr<std::unique_ptr<Vault>> Vault::Open(const std::string& dir, const Secret& root_key,
                                                   LogId log_id, const VaultOptions& options) {
  auto store = VaultStore::Open(dir, RootMac(root_key), log_id, options.env);
  if (!store.ok()) return store.status();
  auto epochs = LoadEpochs(**store, log_id, RootWrapping(root_key));
  if (!epochs.ok()) return epochs.status();
  return std::unique_ptr<Vault>(new Vault(*std::move(store), log_id, *std::move(epochs), options));
}

Vault::~Vault() {
  std::vector<VaultChange> unused;
  for (KeyId id : pool_.Drain()) unused.push_back({DataRow(id), ""});
  // Nothing is lost if this fails: the keys stay unused, as after a crash.
  if (!unused.empty()) store_->Commit(unused).IgnoreError();
}

absl::StatusOr<std::vector<KeyId>> Vault::MakeKeys(size_t count) {
  std::vector<KeyId> ids;
  std::vector<VaultChange> rows;
  for (size_t i = 0; i < count; ++i) {
    ids.push_back(RandomId<KeyId>());
    rows.push_back(NewKey(epochs_, log_id_, DataRow(ids.back())));
  }
  if (absl::Status durable = store_->Commit(rows); !durable.ok()) return durable;
  return ids;
}

absl::Status Vault::Unwrap(absl::string_view row_key, absl::string_view row,
                           std::span<uint8_t, kSecretBytes> key) const {
  ByteReader reader(row);
  if (reader.U8() != kWrapped) return Damaged();
  const uint64_t epoch = reader.U64();
  const auto wrapping = epochs_.find(epoch);
  if (wrapping == epochs_.end() ||
      !UnwrapKey(wrapping->second.data(), WrapAssociated(log_id_, epoch, row_key), reader.rest(),
                 key)) {
    return Damaged();
  }
  return absl::OkStatus();
}

absl::Status Vault::DataKey(KeyId id, Transient& key) {
  return cache_.Get(id, key, [&](std::span<uint8_t, kSecretBytes> out) -> absl::Status {
    const std::string row_key = DataRow(id);
    absl::StatusOr<std::string> row = store_->Get(row_key);
    if (absl::IsNotFound(row.status())) return absl::NotFoundError("no such data key");
    if (!row.ok()) return NotErased(row.status());
    if (*row == Tombstone()) return absl::DataLossError("the data key was destroyed");
    return Unwrap(row_key, *row, out);
  });
}

absl::Status Vault::Destroy(KeyId id) {
  const std::string row_key = DataRow(id);
  absl::Status buried = cache_.Forget(id, [&]() -> absl::Status {
    if (absl::Status sure = store_->Recover(); !sure.ok()) return NotErased(sure);
    absl::StatusOr<std::string> row = store_->Get(row_key);
    if (absl::IsNotFound(row.status())) return absl::NotFoundError("no such data key");
    if (!row.ok()) return NotErased(row.status());
    if (*row == Tombstone()) return absl::OkStatus();
    return store_->Commit({{row_key, Tombstone()}});
  });
  if (!buried.ok()) return buried;
  return store_->Scrub(row_key);
}

absl::StatusOr<Secret> Vault::NamedKey(absl::string_view name) const {
  const std::string row_key = NamedRow(name);
  absl::StatusOr<std::string> row = store_->Get(row_key);
  if (absl::IsNotFound(row.status())) return absl::NotFoundError("no key of that name");
  if (!row.ok()) return NotErased(row.status());
  Secret key;
  if (absl::Status unwrapped = Unwrap(row_key, *row, key.data()); !unwrapped.ok()) return unwrapped;
  return key;
}

absl::Status Vault::AddNamedKey(absl::string_view name) {
  absl::MutexLock lock(&naming_mutex_);
  if (absl::Status sure = store_->Recover(); !sure.ok()) return NotErased(sure);
  absl::StatusOr<std::string> row = store_->Get(NamedRow(name));
  if (row.ok()) return absl::AlreadyExistsError("there is a key of that name");
  if (!absl::IsNotFound(row.status())) return NotErased(row.status());
  return store_->Commit({NewKey(epochs_, log_id_, NamedRow(name))});
}

absl::StatusOr<VaultReport> Vault::Check() const {
  VaultReport report;
  absl::Status checked = store_->Check([&](absl::string_view row_key, absl::string_view row) {
    Transient key;
    switch (row_key[0]) {
      case kEpochRow:  // unwrapped by Open
        ++report.epochs;
        return absl::OkStatus();
      case kNamedRow:
        ++report.named;
        break;
      case kDataRow:
        if (row == Tombstone()) {
          ++report.destroyed;
          return absl::OkStatus();
        }
        ++report.living;
        break;
      default:
        return absl::DataLossError("the vault has a row of an unknown kind");
    }
    if (!Unwrap(row_key, row, key.bytes).ok()) {
      return absl::DataLossError("vault: the row of a key is damaged");
    }
    return absl::OkStatus();
  });
  if (!checked.ok()) return checked;
  return report;
}

uint8_t Vault::suite() const { return kSuiteXChaCha20Poly1305; }

absl::StatusOr<std::string> Vault::Seal(const events::BoxBinding& binding,
                                        absl::string_view plain) {
  if (binding.suite != suite()) return absl::InvalidArgumentError("the vault has no such suite");
  Transient key;
  if (absl::Status found = DataKey(binding.key_id, key); !found.ok()) return found;
  return SealBox(key.bytes, events::AssociatedData(binding), plain);
}

absl::StatusOr<std::string> Vault::Open(const events::BoxBinding& binding,
                                        absl::string_view sealed) {
  if (binding.suite != suite()) return absl::InvalidArgumentError("the vault has no such suite");
  Transient key;
  if (absl::Status found = DataKey(binding.key_id, key); !found.ok()) return found;
  return OpenBox(key.bytes, events::AssociatedData(binding), sealed);
}

absl::StatusOr<events::RequestHash> Vault::Mac(KeyId id, absl::string_view message) {
  Transient key;
  if (absl::Status found = DataKey(id, key); !found.ok()) return found;
  return MacUnder(key.bytes, message);
}

}  // namespace guitu::crypto
