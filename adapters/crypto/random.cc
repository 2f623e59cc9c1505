#include "adapters/crypto/random.h"

#include <sodium.h>

#include "adapters/crypto/sodium_start.h"

namespace guitu::crypto {

void FillRandom(std::span<uint8_t> bytes) {
  StartSodium();
  randombytes_buf(bytes.data(), bytes.size());
}

}  // namespace guitu::crypto
