// A sealer for the tests of events/: real XChaCha20-Poly1305 under keys that follow from their ids,
// so that a moved, swapped or changed box really does not open. The nonce counts, so a run is
// repeatable.
#pragma once

#include <sodium.h>

#include <array>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "events/bytes.h"
#include "events/check.h"
#include "events/sealing.h"

namespace guitu::events {

class TestSealer : public Sealer {
 public:
  TestSealer() { GUITU_CHECK(sodium_init() >= 0); }

  // The data key of a subject: its id follows from that of the subject.
  static KeyId KeyOf(SubjectId subject) { return {~subject.hi, subject.lo ^ 0x6b6579}; }
  void Destroy(SubjectId subject) { destroyed_.insert(KeyOf(subject)); }
  void Lose(SubjectId subject) { lost_.insert(KeyOf(subject)); }
  int opened() const { return opened_; }

  uint8_t suite() const override { return 1; }

  absl::StatusOr<std::string> Seal(const BoxBinding& binding, absl::string_view plain) override {
    if (auto s = Check(binding.key_id); !s.ok()) return s;
    std::string associated = AssociatedData(binding);
    std::string nonce = ByteWriter().U64(0).U64(0).U64(++nonces_).Take();
    std::string sealed(plain.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES, '\0');
    unsigned long long size = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(Bytes(sealed), &size, Bytes(plain), plain.size(),
                                               Bytes(associated), associated.size(), nullptr,
                                               Bytes(nonce), Key(binding.key_id).data());
    return nonce + sealed;
  }

  absl::StatusOr<std::string> Open(const BoxBinding& binding, absl::string_view box) override {
    if (auto s = Check(binding.key_id); !s.ok()) return s;
    constexpr size_t kOverhead = 24 + crypto_aead_xchacha20poly1305_ietf_ABYTES;
    if (box.size() < kOverhead) return absl::InvalidArgumentError("too short");
    std::string associated = AssociatedData(binding);
    std::string plain(box.size() - kOverhead, '\0');
    unsigned long long size = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            Bytes(plain), &size, nullptr, Bytes(box.substr(24)), box.size() - 24, Bytes(associated),
            associated.size(), Bytes(box), Key(binding.key_id).data()) != 0) {
      return absl::InvalidArgumentError("does not open");
    }
    ++opened_;
    return plain;
  }

  absl::StatusOr<RequestHash> Mac(KeyId key, absl::string_view message) override {
    if (auto s = Check(key); !s.ok()) return s;
    std::array<uint8_t, 16> mac{};
    crypto_generichash(mac.data(), mac.size(), Bytes(message), message.size(), Key(key).data(), 32);
    return IdFromBytes<RequestHash>({reinterpret_cast<const char*>(mac.data()), mac.size()});
  }

 private:
  static const uint8_t* Bytes(absl::string_view text) {
    return reinterpret_cast<const uint8_t*>(text.data());
  }
  static uint8_t* Bytes(std::string& text) { return reinterpret_cast<uint8_t*>(text.data()); }

  static std::array<uint8_t, 32> Key(KeyId id) {
    std::array<uint8_t, 32> key{};
    std::string seed = ToBytes(id);
    crypto_generichash(key.data(), key.size(), Bytes(absl::string_view(seed)), seed.size(), nullptr,
                       0);
    return key;
  }

  absl::Status Check(KeyId key) const {
    if (destroyed_.contains(key)) return absl::DataLossError("destroyed");
    if (lost_.contains(key)) return absl::NotFoundError("this node has not got it");
    return absl::OkStatus();
  }

  std::set<KeyId> destroyed_;
  std::set<KeyId> lost_;
  uint64_t nonces_ = 0;
  int opened_ = 0;
};

}  // namespace guitu::events
