#include "adapters/crypto/box.h"

#include <sodium.h>

#include <array>
#include <cstring>

#include "adapters/crypto/random.h"
#include "adapters/crypto/sha256.h"
#include "adapters/crypto/sodium_start.h"
#include "events/check.h"

namespace guitu::crypto {
namespace {

static_assert(kNonceBytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kTagBytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);

constexpr absl::string_view kBoxInfo = "guitu box v1";
constexpr absl::string_view kMacInfo = "guitu mac v1";

uint8_t* Bytes(std::string& text) { return reinterpret_cast<uint8_t*>(text.data()); }
const uint8_t* Bytes(absl::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}
absl::string_view View(KeyView key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

// One message for every way to fail, so that none of them tells more than the others.
absl::Status DoesNotOpen() { return absl::InvalidArgumentError("sealed box does not open"); }

struct BoxKeys {
  std::array<uint8_t, kSecretBytes + kCommitmentBytes> bytes;
  BoxKeys(KeyView data_key, absl::string_view nonce) {
    HkdfSha256(nonce, View(data_key), kBoxInfo, bytes);
  }
  BoxKeys(const BoxKeys&) = delete;
  BoxKeys& operator=(const BoxKeys&) = delete;
  ~BoxKeys() { sodium_memzero(bytes.data(), bytes.size()); }
  const uint8_t* encryption() const { return bytes.data(); }
  const uint8_t* commitment() const { return bytes.data() + kSecretBytes; }
};

}  // namespace

std::string SealBox(KeyView data_key, absl::string_view associated, absl::string_view plain) {
  std::array<uint8_t, kNonceBytes> nonce;
  FillRandom(nonce);
  return internal::SealBoxWithNonce(data_key, nonce, associated, plain);
}

std::string internal::SealBoxWithNonce(KeyView data_key,
                                       std::span<const uint8_t, kNonceBytes> nonce,
                                       absl::string_view associated, absl::string_view plain) {
  StartSodium();
  std::string box(kBoxOverhead + plain.size(), '\0');
  std::memcpy(box.data(), nonce.data(), kNonceBytes);
  const BoxKeys keys(data_key, absl::string_view(box).substr(0, kNonceBytes));
  std::memcpy(box.data() + kNonceBytes, keys.commitment(), kCommitmentBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      Bytes(box) + kNonceBytes + kCommitmentBytes, nullptr, Bytes(plain), plain.size(),
      Bytes(associated), associated.size(), nullptr, nonce.data(), keys.encryption());
  return box;
}

absl::StatusOr<std::string> OpenBox(KeyView data_key, absl::string_view associated,
                                    absl::string_view box) {
  StartSodium();
  if (box.size() < kBoxOverhead) return absl::InvalidArgumentError("sealed box is too short");
  const absl::string_view nonce = box.substr(0, kNonceBytes);
  const absl::string_view commitment = box.substr(kNonceBytes, kCommitmentBytes);
  const absl::string_view sealed = box.substr(kNonceBytes + kCommitmentBytes);
  const BoxKeys keys(data_key, nonce);
  if (sodium_memcmp(keys.commitment(), commitment.data(), kCommitmentBytes) != 0)
    return DoesNotOpen();
  std::string plain(sealed.size() - kTagBytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          Bytes(plain), nullptr, nullptr, Bytes(sealed), sealed.size(), Bytes(associated),
          associated.size(), Bytes(nonce), keys.encryption()) != 0) {
    return DoesNotOpen();
  }
  return plain;
}

events::RequestHash MacUnder(KeyView data_key, absl::string_view message) {
  StartSodium();
  Transient key;
  HkdfSha256({}, View(data_key), kMacInfo, key.bytes);
  return events::IdFromBytes<events::RequestHash>(HmacSha256(key.view(), {message}).view());
}

}  // namespace guitu::crypto
