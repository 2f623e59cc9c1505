// Randomness from the kernel, by libsodium: the only source of it in the program, so that
// everything outside adapters/crypto is a function of its inputs. Threads: any. Errors: none; a
// kernel without randomness ends the process. About 0.2 µs a call.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "absl/strings/string_view.h"
#include "events/ids.h"

namespace guitu::crypto {

void FillRandom(std::span<uint8_t> bytes);

// RandomId<events::KeyId>(), for any kind of id.
template <typename Id>
Id RandomId() {
  std::array<uint8_t, 16> bytes;
  FillRandom(bytes);
  return events::IdFromBytes<Id>({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace guitu::crypto
