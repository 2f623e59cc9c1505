#include "adapters/crypto/key_ring.h"

#include <utility>

#include "adapters/crypto/random.h"
#include "adapters/crypto/sha256.h"
#include "adapters/crypto/wrap.h"
#include "events/bytes.h"
#include "events/check.h"

namespace guitu::crypto {
namespace {

using events::ByteReader;
using events::ByteWriter;
using events::KeyId;
using events::LogId;

// The first byte of a value: wrapped under the epoch that follows.
constexpr uint8_t kWrapped = 'W';
constexpr uint64_t kRootEpoch = 0;  // epoch keys are wrapped under the root key

constexpr size_t kEpochRowBytes = 1 + 8;
constexpr size_t kDataRowBytes = 1 + 16;

Secret Derived(const Secret& root_key, absl::string_view info) {
  Secret derived;
  HkdfSha256({}, root_key.view(), info, derived.data());
  return derived;
}

std::string WrapAssociated(LogId log_id, uint64_t epoch, absl::string_view row_key) {
  return ByteWriter().Raw("guitu wrap v1").Id(log_id).U64(epoch).Raw(row_key).Take();
}

std::string WrappedValue(KeyView wrapping, LogId log_id, uint64_t epoch, absl::string_view row_key,
                         KeyView key) {
  return ByteWriter()
      .U8(kWrapped)
      .U64(epoch)
      .Raw(WrapKey(wrapping, WrapAssociated(log_id, epoch, row_key), key))
      .Take();
}

}  // namespace

std::string EpochRowKey(uint64_t number) { return ByteWriter().U8(kEpochRow).U64(number).Take(); }
std::string DataRowKey(KeyId id) { return ByteWriter().U8(kDataRow).Id(id).Take(); }
std::string NamedRowKey(absl::string_view name) {
  return ByteWriter().U8(kNamedRow).Raw(name).Take();
}

bool IsRowKey(absl::string_view row_key) {
  if (row_key.empty()) return false;
  switch (row_key[0]) {
    case kEpochRow:
      return row_key.size() == kEpochRowBytes;
    case kDataRow:
      return row_key.size() == kDataRowBytes;
    default:
      return row_key[0] == kNamedRow && row_key.size() > 1;
  }
}

KeyId IdOfRow(absl::string_view row_key) {
  GUITU_CHECK(row_key.size() == kDataRowBytes && row_key[0] == kDataRow);
  return ByteReader(row_key.substr(1)).ReadId<KeyId>();
}

uint64_t EpochOfValue(absl::string_view value) {
  ByteReader reader(value);
  const bool wrapped = reader.U8() == kWrapped;
  const uint64_t epoch = reader.U64();
  return wrapped && reader.ok() ? epoch : 0;
}

Secret StoreKey(const Secret& root_key) { return Derived(root_key, "guitu vault mac v1"); }

KeyRing::KeyRing(const Secret& root_key, LogId log_id)
    : log_id_(log_id),
      root_wrapping_(Derived(root_key, "guitu vault wrap v1")),
      tombstone_mac_(Derived(root_key, "guitu vault tombstone v1")) {}

VaultChange KeyRing::NewEpoch(uint64_t number, Secret& key) const {
  key = Secret::Random();
  std::string row_key = EpochRowKey(number);
  std::string value = WrappedValue(root_wrapping_.data(), log_id_, kRootEpoch, row_key, key.data());
  return {std::move(row_key), std::move(value)};
}

absl::StatusOr<Secret> KeyRing::OpenEpoch(absl::string_view row_key,
                                          absl::string_view value) const {
  ByteReader reader(value);
  if (row_key.size() != kEpochRowBytes || row_key[0] != kEpochRow || reader.U8() != kWrapped ||
      reader.U64() != kRootEpoch) {
    return absl::InvalidArgumentError("vault: this is no row of an epoch key");
  }
  Secret key;
  if (!UnwrapKey(root_wrapping_.data(), WrapAssociated(log_id_, kRootEpoch, row_key), reader.rest(),
                 key.data())) {
    return absl::PermissionDeniedError(
        "vault: an epoch key does not open: another root key, another log, or a damaged row");
  }
  return key;
}

absl::Status KeyRing::Fits(uint64_t number, const Secret& key) const {
  absl::ReaderMutexLock lock(&mutex_);
  if (const auto known = epochs_.find(number); known != epochs_.end()) {
    if (SameSecret(known->second, key)) return absl::OkStatus();
    return absl::FailedPreconditionError("vault: another epoch key has the number");
  }
  if (number != kFirstEpoch + epochs_.size()) {
    return absl::FailedPreconditionError("vault: an epoch key before this one is missing");
  }
  return absl::OkStatus();
}

void KeyRing::Add(uint64_t number, Secret key) {
  GUITU_CHECK(Fits(number, key).ok());
  absl::MutexLock lock(&mutex_);
  epochs_.emplace(number, std::move(key));
}

VaultChange KeyRing::NewKey(std::string row_key) const {
  Transient key;
  FillRandom(key.bytes);
  absl::ReaderMutexLock lock(&mutex_);
  GUITU_CHECK(!epochs_.empty());
  const auto& [epoch, wrapping] = *epochs_.rbegin();
  std::string value = WrappedValue(wrapping.data(), log_id_, epoch, row_key, key.bytes);
  return {std::move(row_key), std::move(value)};
}

bool KeyRing::Unwrap(absl::string_view row_key, absl::string_view value,
                     std::span<uint8_t, kSecretBytes> key) const {
  sodium_memzero(key.data(), key.size());
  ByteReader reader(value);
  if (reader.U8() != kWrapped) return false;
  const uint64_t epoch = reader.U64();
  absl::ReaderMutexLock lock(&mutex_);
  const auto wrapping = epochs_.find(epoch);
  return wrapping != epochs_.end() &&
         UnwrapKey(wrapping->second.data(), WrapAssociated(log_id_, epoch, row_key), reader.rest(),
                   key);
}

std::string KeyRing::SharedTombstone(absl::string_view row_key) const {
  const events::Hash256 proof = HmacSha256(tombstone_mac_.view(), {ToBytes(log_id_), row_key});
  return ByteWriter().Raw(kTombstone).Hash(proof).Take();
}

bool KeyRing::IsSharedTombstone(absl::string_view row_key, absl::string_view value) const {
  const std::string right = SharedTombstone(row_key);
  return value.size() == right.size() &&
         sodium_memcmp(value.data(), right.data(), right.size()) == 0;
}

}  // namespace guitu::crypto
