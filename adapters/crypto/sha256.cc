#include "adapters/crypto/sha256.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "events/check.h"

namespace guitu::crypto {
namespace {

using events::Hash256;
using Parts = std::initializer_list<absl::string_view>;

constexpr size_t kBlock = 64;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// The fetch searches the providers, so it is done once; never freed, as threads may outlive
// statics.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

// One running hash on this thread's context: not to be nested.
class Running {
 public:
  Running() : context_(OfThread()) {
    GUITU_CHECK(EVP_DigestInit_ex2(context_, Algorithm(), nullptr) == 1);
  }
  Running& Add(absl::string_view part) {
    GUITU_CHECK(EVP_DigestUpdate(context_, part.data(), part.size()) == 1);
    return *this;
  }
  Running& Add(Parts parts) {
    for (absl::string_view part : parts) Add(part);
    return *this;
  }
  Hash256 Finish() {
    Hash256 hash;
    GUITU_CHECK(EVP_DigestFinal_ex(context_, hash.bytes.data(), nullptr) == 1);
    return hash;
  }

 private:
  static EVP_MD_CTX* OfThread() {
    thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    GUITU_CHECK(context != nullptr);
    return context.get();
  }
  EVP_MD_CTX* context_;
};

absl::string_view View(const std::array<uint8_t, kBlock>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Hash256 Sha256(Parts parts) { return Running().Add(parts).Finish(); }

Hash256 HmacSha256(absl::string_view key, Parts parts) {
  std::array<uint8_t, kBlock> pad{};
  if (key.size() > kBlock) {
    Hash256 hashed = Sha256({key});
    std::memcpy(pad.data(), hashed.bytes.data(), hashed.bytes.size());
    sodium_memzero(hashed.bytes.data(), hashed.bytes.size());
  } else if (!key.empty()) {
    std::memcpy(pad.data(), key.data(), key.size());
  }
  for (uint8_t& byte : pad) byte ^= 0x36;
  const Hash256 inner = Running().Add(View(pad)).Add(parts).Finish();
  for (uint8_t& byte : pad) byte ^= 0x36 ^ 0x5c;
  const Hash256 outer = Running().Add(View(pad)).Add(inner.view()).Finish();
  sodium_memzero(pad.data(), pad.size());
  return outer;
}

void HkdfSha256(absl::string_view salt, absl::string_view key, absl::string_view info,
                std::span<uint8_t> out) {
  GUITU_CHECK(!out.empty());
  GUITU_CHECK(out.size() <= size_t{255} * 32);
  Hash256 pseudorandom = HmacSha256(salt, {key});
  Hash256 block;
  absl::string_view previous;
  char counter = 0;
  for (size_t done = 0; done < out.size();) {
    ++counter;
    block = HmacSha256(pseudorandom.view(), {previous, info, absl::string_view(&counter, 1)});
    previous = block.view();
    const size_t take = std::min(block.bytes.size(), out.size() - done);
    std::memcpy(out.data() + done, block.bytes.data(), take);
    done += take;
  }
  sodium_memzero(block.bytes.data(), block.bytes.size());
  sodium_memzero(pseudorandom.bytes.data(), pseudorandom.bytes.size());
}

}  // namespace guitu::crypto
