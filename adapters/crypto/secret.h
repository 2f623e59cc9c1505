// 256 secret bits. `Secret` is for keys that live long: memory of its own between guard pages,
// locked where the limit allows, left out of core files, wiped at the end. `Transient` is for the
// stack: wiped at the end of its scope. Neither is ever printed or compared in variable time.
// Threads: values; const use from any thread.
#pragma once

#include <sodium.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "absl/strings/string_view.h"

namespace guitu::crypto {

constexpr size_t kSecretBytes = 32;

class Secret {
 public:
  // All zeros, to be filled through data(). Takes four pages.
  Secret();
  static Secret Random();
  static Secret Copy(std::span<const uint8_t, kSecretBytes> bytes);

  // Movable only; a moved-from Secret may only be destroyed or assigned to.
  Secret(Secret&&) noexcept = default;
  Secret& operator=(Secret&&) noexcept = default;

  std::span<uint8_t, kSecretBytes> data() {
    return std::span<uint8_t, kSecretBytes>(bytes_.get(), kSecretBytes);
  }
  std::span<const uint8_t, kSecretBytes> data() const {
    return std::span<const uint8_t, kSecretBytes>(bytes_.get(), kSecretBytes);
  }
  absl::string_view view() const {
    return {reinterpret_cast<const char*>(bytes_.get()), kSecretBytes};
  }

 private:
  struct Wipe {
    void operator()(uint8_t* bytes) const { sodium_free(bytes); }
  };
  std::unique_ptr<uint8_t[], Wipe> bytes_;
};

struct Transient {
  std::array<uint8_t, kSecretBytes> bytes{};
  Transient() = default;
  Transient(const Transient&) = delete;
  Transient& operator=(const Transient&) = delete;
  ~Transient() { sodium_memzero(bytes.data(), bytes.size()); }
  absl::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

// In constant time.
bool SameSecret(const Secret& a, const Secret& b);

}  // namespace guitu::crypto
