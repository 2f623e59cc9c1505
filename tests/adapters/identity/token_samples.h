// Makes tokens of every kind, good and bad, for the tests of this folder.
#pragma once

#include <openssl/ec.h>
#include <openssl/evp.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "adapters/crypto/ed25519.h"
#include "adapters/identity/base64url.h"

namespace guitu::identity {

namespace json = boost::json;

inline const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

template <typename Bytes>
std::string Encode(const Bytes& bytes) {
  return ToBase64Url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// Signs any header and claims with Ed25519.
class EdSigner {
 public:
  EdSigner() : pair_(crypto::Ed25519KeyPair::Generate()) {}
  const crypto::Ed25519PublicKey& public_key() const { return pair_.public_key(); }
  std::string Sign(const std::string& header, const std::string& claims) const {
    return SignRaw(ToBase64Url(header), ToBase64Url(claims));
  }
  std::string SignRaw(const std::string& header, const std::string& claims) const {
    const std::string signed_part = absl::StrCat(header, ".", claims);
    return absl::StrCat(signed_part, ".", Encode(pair_.Sign(signed_part)));
  }
  std::string Jwk(const std::string& kid) const {
    return absl::StrCat(R"({"kty":"OKP","crv":"Ed25519","kid":")", kid, R"(","x":")",
                        Encode(public_key()), R"("})");
  }

 private:
  crypto::Ed25519KeyPair pair_;
};

// The same with P-256.
class EcSigner {
 public:
  EcSigner() : key_(EVP_EC_gen("P-256")) {}
  ~EcSigner() { EVP_PKEY_free(key_); }
  EcSigner(const EcSigner&) = delete;
  EcSigner& operator=(const EcSigner&) = delete;

  std::string Sign(const std::string& header, const std::string& claims) const {
    const std::string signed_part = absl::StrCat(ToBase64Url(header), ".", ToBase64Url(claims));
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit_ex(context, nullptr, "SHA256", nullptr, nullptr, key_, nullptr);
    std::string der(128, '\0');
    size_t size = der.size();
    EVP_DigestSign(context, reinterpret_cast<uint8_t*>(der.data()), &size,
                   reinterpret_cast<const uint8_t*>(signed_part.data()), signed_part.size());
    EVP_MD_CTX_free(context);
    const auto* cursor = reinterpret_cast<const uint8_t*>(der.data());
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(size));
    std::string raw(64, '\0');
    auto* out = reinterpret_cast<uint8_t*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + 32, 32);
    ECDSA_SIG_free(pair);
    return absl::StrCat(signed_part, ".", ToBase64Url(raw));
  }
  std::string Jwk(const std::string& kid) const {
    std::string point(65, '\0');
    size_t size = 0;
    EVP_PKEY_get_octet_string_param(key_, "pub", reinterpret_cast<uint8_t*>(point.data()),
                                    point.size(), &size);
    return absl::StrCat(R"({"kty":"EC","crv":"P-256","kid":")", kid, R"(","x":")",
                        ToBase64Url(absl::string_view(point).substr(1, 32)), R"(","y":")",
                        ToBase64Url(absl::string_view(point).substr(33, 32)), R"("})");
  }

 private:
  EVP_PKEY* key_;
};

// Claims that are accepted at kNow; tests change one.
inline json::object GoodClaims() {
  const int64_t now = absl::ToUnixSeconds(kNow);
  return {{"iss", "https://id.example"}, {"sub", "w-0042"}, {"aud", "guitu"},   {"unit", "MCA"},
          {"role", "caseworker"},        {"iat", now},      {"exp", now + 600}, {"jti", "t-1"}};
}

}  // namespace guitu::identity
