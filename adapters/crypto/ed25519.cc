#include "adapters/crypto/ed25519.h"

#include <cstring>
#include <utility>

#include "adapters/crypto/sodium_start.h"

namespace guitu::crypto {
namespace {

const uint8_t* Bytes(absl::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

// libsodium's secret key: seed ‖ public key.
struct SecretKey {
  std::array<uint8_t, crypto_sign_SECRETKEYBYTES> bytes;
  SecretKey(const Secret& seed, const Ed25519PublicKey& public_key) {
    std::memcpy(bytes.data(), seed.data().data(), kSecretBytes);
    std::memcpy(bytes.data() + kSecretBytes, public_key.data(), public_key.size());
  }
  SecretKey(const SecretKey&) = delete;
  SecretKey& operator=(const SecretKey&) = delete;
  ~SecretKey() { sodium_memzero(bytes.data(), bytes.size()); }
};

}  // namespace

Ed25519KeyPair Ed25519KeyPair::Generate() { return FromSeed(Secret::Random()); }

Ed25519KeyPair Ed25519KeyPair::FromSeed(const Secret& seed) {
  StartSodium();
  Ed25519KeyPair pair;
  pair.seed_ = Secret::Copy(seed.data());
  std::array<uint8_t, crypto_sign_SECRETKEYBYTES> secret_key;
  crypto_sign_seed_keypair(pair.public_key_.data(), secret_key.data(), seed.data().data());
  sodium_memzero(secret_key.data(), secret_key.size());
  return pair;
}

Ed25519Signature Ed25519KeyPair::Sign(absl::string_view message) const {
  const SecretKey key(seed_, public_key_);
  Ed25519Signature signature;
  crypto_sign_detached(signature.data(), nullptr, Bytes(message), message.size(), key.bytes.data());
  return signature;
}

bool VerifyEd25519(const Ed25519PublicKey& key, absl::string_view message,
                   const Ed25519Signature& signature) {
  StartSodium();
  return crypto_sign_verify_detached(signature.data(), Bytes(message), message.size(),
                                     key.data()) == 0;
}

}  // namespace guitu::crypto
