// A 256-bit hash and the function that makes it, injected: events/ knows no crypto library.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"

namespace guitu::events {

struct Hash256 {
  std::array<uint8_t, 32> bytes{};
  friend auto operator<=>(const Hash256&, const Hash256&) = default;
  absl::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

std::string ToHex(const Hash256& hash);
// REQUIRES: bytes.size() == 32.
Hash256 HashFromBytes(absl::string_view bytes);

// SHA-256 (FIPS 180-4) of the parts, one after the other, as if they were joined.
// Thread-safe; adapters/crypto/sha256.h gives the real one.
using HashFunction = Hash256 (*)(std::initializer_list<absl::string_view> parts);

}  // namespace guitu::events
