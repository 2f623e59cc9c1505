// Key wrapping: a 256-bit key sealed under another one with XChaCha20-Poly1305 and a random nonce.
// The associated data says which key it is, so that wrapped keys cannot change places. Threads:
// any.
//
//   nonce (24) ‖ ciphertext (32) ‖ tag (16)
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "adapters/crypto/box.h"
#include "adapters/crypto/secret.h"

namespace guitu::crypto {

constexpr size_t kWrappedBytes = kNonceBytes + kSecretBytes + kTagBytes;

std::string WrapKey(KeyView wrapping, absl::string_view associated, KeyView key);

// False: another wrapping key, another key's place, or changed bytes; `key` is then all zeros.
bool UnwrapKey(KeyView wrapping, absl::string_view associated, absl::string_view wrapped,
               std::span<uint8_t, kSecretBytes> key);

}  // namespace guitu::crypto
