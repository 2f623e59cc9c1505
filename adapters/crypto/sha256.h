// SHA-256 (FIPS 180-4) and what is built of it: HMAC (RFC 2104) and HKDF (RFC 5869).
//
// OpenSSL's EVP, with the algorithm fetched once and one context per thread: about 110 ns for 100
// bytes and 570 ns for 1000 with SHA extensions (libsodium 1.0.18, which has no use for them: 370
// and 2660; an EVP fetch per call adds 200). Threads: any. Errors: none; out of memory ends the
// process.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "absl/strings/string_view.h"
#include "events/hash.h"

namespace guitu::crypto {

// Of the parts, one after the other; an events::HashFunction.
events::Hash256 Sha256(std::initializer_list<absl::string_view> parts);

// HMAC-SHA-256 of the parts as if they were joined, under a key of any length. 0.25 µs for a short
// message.
events::Hash256 HmacSha256(absl::string_view key, std::initializer_list<absl::string_view> parts);

// HKDF-SHA-256, extract and expand. REQUIRES: 0 < out.size() <= 255 * 32.
void HkdfSha256(absl::string_view salt, absl::string_view key, absl::string_view info,
                std::span<uint8_t> out);

}  // namespace guitu::crypto
