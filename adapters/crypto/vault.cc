#include "adapters/crypto/vault.h"

#include <utility>

#include "adapters/crypto/box.h"
#include "adapters/crypto/random.h"

namespace guitu::crypto {
namespace {

using events::KeyId;
using events::LogId;

absl::Status Damaged() { return absl::InternalError("vault: the row of a key is damaged"); }

// A key whose row is lost must never look like one that was erased (kDataLoss of Sealer).
absl::Status NotErased(const absl::Status& status) {
  return absl::IsDataLoss(status) ? absl::InternalError(status.message()) : status;
}

absl::Status LoadEpochs(const VaultStore& store, KeyRing& ring) {
  for (uint64_t number = kFirstEpoch;; ++number) {
    absl::StatusOr<std::string> row = store.Get(EpochRowKey(number));
    if (absl::IsNotFound(row.status()) && number > kFirstEpoch) return absl::OkStatus();
    if (absl::IsNotFound(row.status())) return absl::DataLossError("vault: its epoch key is lost");
    if (!row.ok()) return row.status();
    absl::StatusOr<Secret> key = ring.OpenEpoch(EpochRowKey(number), *row);
    // The store has compared the root key already.
    if (!key.ok()) return absl::DataLossError("vault: the row of an epoch key is damaged");
    ring.Add(number, *std::move(key));
  }
}

}  // namespace

Vault::Vault(std::unique_ptr<VaultStore> store, std::unique_ptr<KeyRing> ring,
             const VaultOptions& options)
    : store_(std::move(store)),
      ring_(std::move(ring)),
      share_(options.share),
      cache_(options.cached_keys),
      pool_(
          options.pool_keys, [this](size_t count) { return MakeKeys(count); },
          options.key_wait_max) {}

absl::StatusOr<std::unique_ptr<Vault>> Vault::Create(const std::string& dir, const Secret& root_key,
                                                     LogId log_id, const VaultOptions& options) {
  KeyRing ring(root_key, log_id);
  Secret epoch_key;
  std::vector<VaultChange> rows = {ring.NewEpoch(kFirstEpoch, epoch_key)};
  ring.Add(kFirstEpoch, std::move(epoch_key));
  for (absl::string_view name :
       {kTokenSigningKey, kAnchorSigningKey, kCheckpointSigningKey, kLogMacKey}) {
    rows.push_back(ring.NewKey(NamedRowKey(name)));
  }
  absl::Status created = VaultStore::Create(dir, StoreKey(root_key), log_id, rows, options.env);
  if (!created.ok()) return created;
  return Open(dir, root_key, log_id, options);
}

absl::StatusOr<std::unique_ptr<Vault>> Vault::Open(const std::string& dir, const Secret& root_key,
                                                   LogId log_id, const VaultOptions& options) {
  auto store = VaultStore::Open(dir, StoreKey(root_key), log_id, options.env);
  if (!store.ok()) return store.status();
  auto ring = std::make_unique<KeyRing>(root_key, log_id);
  if (absl::Status loaded = LoadEpochs(**store, *ring); !loaded.ok()) return loaded;
  return std::unique_ptr<Vault>(new Vault(*std::move(store), std::move(ring), options));
}

Vault::~Vault() {
  const std::vector<KeyId> left = pool_.Drain();
  // Other nodes have these rows and would bring them back.
  if (share_ != nullptr || left.empty()) return;
  std::vector<VaultChange> unused;
  unused.reserve(left.size());
  for (KeyId id : left) unused.push_back({DataRowKey(id), ""});
  // Nothing is lost if this fails: the keys stay unused, as after a crash.
  store_->Commit(unused).IgnoreError();
}

absl::StatusOr<std::vector<KeyId>> Vault::MakeKeys(size_t count) {
  if (unshared_.empty()) {
    std::vector<VaultRow> rows;
    for (size_t i = 0; i < count; ++i) rows.push_back(ring_->NewKey(DataRowKey(RandomId<KeyId>())));
    if (absl::Status durable = store_->Commit(rows); !durable.ok()) return durable;
    unshared_ = std::move(rows);
  }
  if (share_ != nullptr) {
    // The same ones again at the next call: else every try would leave rows behind.
    if (absl::Status shared = share_(unshared_); !shared.ok()) return shared;
  }
  std::vector<KeyId> ids;
  for (const VaultRow& row : std::exchange(unshared_, {})) ids.push_back(IdOfRow(row.key));
  return ids;
}

absl::Status Vault::NoSuchKey() const {
  if (share_ == nullptr) return absl::NotFoundError("no such data key");
  return absl::UnavailableError("the data key has not come from its node yet");
}

absl::Status Vault::DataKey(KeyId id, Transient& key) {
  return cache_.Get(id, key, [&](std::span<uint8_t, kSecretBytes> out) -> absl::Status {
    const std::string row_key = DataRowKey(id);
    absl::StatusOr<std::string> row = store_->Get(row_key);
    if (absl::IsNotFound(row.status())) return NoSuchKey();
    if (!row.ok()) return NotErased(row.status());
    if (*row == kTombstone) return absl::DataLossError("the data key was destroyed");
    return ring_->Unwrap(row_key, *row, out) ? absl::OkStatus() : Damaged();
  });
}

absl::Status Vault::Destroy(KeyId id) {
  const std::string row_key = DataRowKey(id);
  {
    absl::MutexLock lock(&rows_mutex_);
    absl::Status buried = cache_.Forget(id, [&]() -> absl::Status {
      if (absl::Status sure = store_->Recover(); !sure.ok()) return NotErased(sure);
      absl::StatusOr<std::string> row = store_->Get(row_key);
      if (absl::IsNotFound(row.status())) return NoSuchKey();
      if (!row.ok()) return NotErased(row.status());
      if (*row == kTombstone) return absl::OkStatus();
      return store_->Commit({{row_key, std::string(kTombstone)}});
    });
    if (!buried.ok()) return buried;
  }
  if (absl::Status scrubbed = store_->Scrub(row_key); !scrubbed.ok()) return scrubbed;
  return share_ == nullptr ? absl::OkStatus() : share_({SharedForm(*ring_, row_key, kTombstone)});
}

absl::StatusOr<Secret> Vault::NamedKey(absl::string_view name) const {
  const std::string row_key = NamedRowKey(name);
  absl::MutexLock lock(&rows_mutex_);
  if (unshared_names_.contains(row_key)) {
    return absl::UnavailableError("the key of that name is not shared yet");
  }
  absl::StatusOr<std::string> row = store_->Get(row_key);
  if (absl::IsNotFound(row.status())) return absl::NotFoundError("no key of that name");
  if (!row.ok()) return NotErased(row.status());
  Secret key;
  if (!ring_->Unwrap(row_key, *row, key.data())) return Damaged();
  return key;
}

absl::Status Vault::AddNamedKey(absl::string_view name) {
  const std::string row_key = NamedRowKey(name);
  absl::StatusOr<std::string> value;
  {
    absl::MutexLock lock(&rows_mutex_);
    value = AddName(row_key);
  }
  if (!value.ok()) return value.status();
  if (share_ == nullptr) return absl::OkStatus();
  if (absl::Status shared = share_({VaultRow{row_key, *value}}); !shared.ok()) return shared;
  absl::MutexLock lock(&rows_mutex_);
  unshared_names_.erase(row_key);
  return absl::OkStatus();
}

// The value to share: of a new row, or of one that waits for it since an earlier call.
absl::StatusOr<std::string> Vault::AddName(const std::string& row_key) {
  if (absl::Status sure = store_->Recover(); !sure.ok()) return NotErased(sure);
  absl::StatusOr<std::string> row = store_->Get(row_key);
  if (row.ok() && unshared_names_.contains(row_key)) return row;
  if (row.ok()) return absl::AlreadyExistsError("there is a key of that name");
  if (!absl::IsNotFound(row.status())) return NotErased(row.status());
  VaultChange made = ring_->NewKey(row_key);
  if (share_ != nullptr) unshared_names_.insert(row_key);
  if (absl::Status written = store_->Commit({made}); !written.ok()) return written;
  return std::move(made.value);
}

absl::StatusOr<VaultReport> Vault::Check() const {
  VaultReport report;
  absl::Status checked = store_->Check([&](absl::string_view row_key, absl::string_view row) {
    Transient key;
    if (row_key == kToScrub) return absl::OkStatus();
    switch (row_key[0]) {
      case kEpochRow:  // unwrapped by Open
        ++report.epochs;
        return absl::OkStatus();
      case kNamedRow:
        ++report.named;
        break;
      case kDataRow:
        if (row == kTombstone) {
          ++report.destroyed;
          return absl::OkStatus();
        }
        ++report.living;
        break;
      default:
        return absl::DataLossError("the vault has a row of an unknown kind");
    }
    if (!ring_->Unwrap(row_key, row, key.bytes)) {
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
