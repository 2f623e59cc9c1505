#include "adapters/identity/verification_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace guitu::identity {
namespace {

// For unique_ptr over OpenSSL's types.
struct Free {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(ECDSA_SIG* p) const { ECDSA_SIG_free(p); }
  void operator()(BIGNUM* p) const { BN_free(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

constexpr size_t kCoordinateBytes = 32;

const uint8_t* Bytes(absl::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

class Ed25519 final : public VerificationKey {
 public:
  explicit Ed25519(const crypto::Ed25519PublicKey& key) : key_(key) {}
  absl::string_view algorithm() const override { return "EdDSA"; }
  bool Verify(absl::string_view message, absl::string_view signature) const override {
    crypto::Ed25519Signature bytes;
    if (signature.size() != bytes.size()) return false;
    std::memcpy(bytes.data(), signature.data(), bytes.size());
    return crypto::VerifyEd25519(key_, message, bytes);
  }

 private:
  const crypto::Ed25519PublicKey key_;
};

// A signature of JOSE is r ‖ s; OpenSSL wants DER.
std::string ToDer(absl::string_view signature) {
  Owned<ECDSA_SIG> pair(ECDSA_SIG_new());
  Owned<BIGNUM> r(BN_bin2bn(Bytes(signature), kCoordinateBytes, nullptr));
  Owned<BIGNUM> s(BN_bin2bn(Bytes(signature) + kCoordinateBytes, kCoordinateBytes, nullptr));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return "";
  (void)r.release();  // now the pair's
  (void)s.release();
  uint8_t* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return "";
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

class P256 final : public VerificationKey {
 public:
  explicit P256(Owned<EVP_PKEY> key) : key_(std::move(key)) {}
  absl::string_view algorithm() const override { return "ES256"; }
  bool Verify(absl::string_view message, absl::string_view signature) const override {
    if (signature.size() != 2 * kCoordinateBytes) return false;
    const std::string der = ToDer(signature);
    Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    return !der.empty() && context &&
           EVP_DigestVerifyInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, key_.get(),
                                   nullptr) == 1 &&
           EVP_DigestVerify(context.get(), Bytes(der), der.size(), Bytes(message),
                            message.size()) == 1;
  }

 private:
  const Owned<EVP_PKEY> key_;
};

}  // namespace

std::shared_ptr<const VerificationKey> Ed25519Key(const crypto::Ed25519PublicKey& key) {
  return std::make_shared<Ed25519>(key);
}

std::shared_ptr<const VerificationKey> P256Key(absl::string_view x, absl::string_view y) {
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) return nullptr;
  std::string point = absl::StrCat("\x04", x, y);  // uncompressed
  char group[] = "P-256";
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* made = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
    return nullptr;
  }
  Owned<EVP_PKEY> key(made);
  Owned<EVP_PKEY_CTX> checking(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (!checking || EVP_PKEY_public_check(checking.get()) != 1) return nullptr;
  return std::make_shared<P256>(std::move(key));
}

}  // namespace guitu::identity
