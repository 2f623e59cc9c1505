// Recovery shares: a root key split so that any m of n people bring it back and m - 1 learn nothing
// (Shamir 1979, over GF(2^8) with the polynomial of AES, byte by byte).
//
// A share is text to be printed and typed again:
//   GUITU1-3-2-7QK4-…     version 1, m = 3, share 2, then 16 groups of 4 in Crockford's base 32:
//                         4 bytes naming the split, 32 bytes of share, 4 bytes of SHA-256 over all
//                         before
// Reading it forgives case, spaces, missing or additional hyphens, and O for 0, I or L for 1.
//
// Threads: any. Memory: shares are ordinary strings that whoever prints them has to drop.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/crypto/secret.h"

namespace guitu::crypto {

// REQUIRES: 1 <= needed <= total <= 255.
std::vector<std::string> SplitSecret(std::span<const uint8_t, kSecretBytes> secret, int needed,
                                     int total);

// kInvalidArgument, naming the share by its place in the list but never its text: a typing error,
// too few shares, one share twice, shares of different splits, or more shares than needed that
// disagree.
absl::StatusOr<Secret> CombineShares(std::span<const std::string> shares);

}  // namespace guitu::crypto
