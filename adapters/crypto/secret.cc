#include "adapters/crypto/secret.h"

#include <cstring>

#include "adapters/crypto/random.h"
#include "adapters/crypto/sodium_start.h"
#include "events/check.h"

namespace guitu::crypto {

Secret::Secret() {
  StartSodium();
  bytes_.reset(static_cast<uint8_t*>(sodium_malloc(kSecretBytes)));
  GUITU_CHECK(bytes_ != nullptr);
  std::memset(bytes_.get(), 0, kSecretBytes);
}

Secret Secret::Random() {
  Secret secret;
  FillRandom(secret.data());
  return secret;
}

Secret Secret::Copy(std::span<const uint8_t, kSecretBytes> bytes) {
  Secret secret;
  std::memcpy(secret.data().data(), bytes.data(), bytes.size());
  return secret;
}

bool SameSecret(const Secret& a, const Secret& b) {
  return sodium_memcmp(a.data().data(), b.data().data(), kSecretBytes) == 0;
}

}  // namespace guitu::crypto
