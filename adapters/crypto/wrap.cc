#include "adapters/crypto/wrap.h"

#include <sodium.h>

#include "adapters/crypto/random.h"

namespace guitu::crypto {

std::string WrapKey(KeyView wrapping, absl::string_view associated, KeyView key) {
  std::string wrapped(kWrappedBytes, '\0');
  auto* bytes = reinterpret_cast<uint8_t*>(wrapped.data());
  FillRandom({bytes, kNonceBytes});
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + kNonceBytes, nullptr, key.data(), key.size(),
                                             reinterpret_cast<const uint8_t*>(associated.data()),
                                             associated.size(), nullptr, bytes, wrapping.data());
  return wrapped;
}

bool UnwrapKey(KeyView wrapping, absl::string_view associated, absl::string_view wrapped,
               std::span<uint8_t, kSecretBytes> key) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(wrapped.data());
  if (wrapped.size() == kWrappedBytes &&
      crypto_aead_xchacha20poly1305_ietf_decrypt(
          key.data(), nullptr, nullptr, bytes + kNonceBytes, wrapped.size() - kNonceBytes,
          reinterpret_cast<const uint8_t*>(associated.data()), associated.size(), bytes,
          wrapping.data()) == 0) {
    return true;
  }
  sodium_memzero(key.data(), key.size());
  return false;
}

}  // namespace guitu::crypto
