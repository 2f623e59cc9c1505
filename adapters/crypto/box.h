// Suite 1: XChaCha20-Poly1305 with key commitment, as pure functions of the data key.
//
//   nonce      24 random bytes
//   keys       HKDF-SHA-256(salt = nonce, key = data key, info = "guitu box v1"), 64 bytes:
//              the first 32 encrypt, the last 32 are the commitment
//   box        nonce ‖ commitment ‖ ciphertext ‖ tag      (72 bytes more than the plain text)
//
// The commitment makes the box open under one key only: a tag of Poly1305 alone can be made to fit
// two. The format is for ever: a change is a new suite. Threads: any. Cost: about 2 µs for 300
// bytes either way.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "adapters/crypto/secret.h"
#include "events/ids.h"

namespace guitu::crypto {

constexpr uint8_t kSuiteXChaCha20Poly1305 = 1;
constexpr size_t kNonceBytes = 24;
constexpr size_t kCommitmentBytes = 32;
constexpr size_t kTagBytes = 16;
constexpr size_t kBoxOverhead = kNonceBytes + kCommitmentBytes + kTagBytes;

using KeyView = std::span<const uint8_t, kSecretBytes>;

std::string SealBox(KeyView data_key, absl::string_view associated, absl::string_view plain);

// kInvalidArgument: another box, another key, or changed bytes.
absl::StatusOr<std::string> OpenBox(KeyView data_key, absl::string_view associated,
                                    absl::string_view box);

// HMAC-SHA-256, first 128 bits, under HKDF(salt = "", key = data key, info = "guitu mac v1").
events::RequestHash MacUnder(KeyView data_key, absl::string_view message);

namespace internal {
// With the nonce given, for the golden box of the tests: a nonce used twice breaks the box.
std::string SealBoxWithNonce(KeyView data_key, std::span<const uint8_t, kNonceBytes> nonce,
                             absl::string_view associated, absl::string_view plain);
}  // namespace internal

}  // namespace guitu::crypto
