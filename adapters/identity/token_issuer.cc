#include "adapters/identity/token_issuer.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/crypto/random.h"
#include "adapters/identity/base64url.h"
#include "events/check.h"

namespace guitu::identity {
namespace {

namespace json = boost::json;

std::string Encoded(const json::object& object) { return ToBase64Url(json::serialize(object)); }

std::string RandomTokenId() {
  std::array<uint8_t, 16> bytes;
  crypto::FillRandom(bytes);
  return ToBase64Url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

TokenIssuer::TokenIssuer(std::string issuer, crypto::Ed25519KeyPair key, std::string audience)
    : issuer_(std::move(issuer)),
      key_(std::move(key)),
      audience_(std::move(audience)),
      kid_(Thumbprint(key_.public_key())) {}

std::string TokenIssuer::Issue(const Principal& principal, absl::Time now,
                               absl::Duration ttl) const {
  GUITU_CHECK(CheckPrincipal(principal).ok());
  GUITU_CHECK(ttl >= absl::Seconds(1));
  const int64_t issued = absl::ToUnixSeconds(now);
  const json::object header = {{"alg", "EdDSA"}, {"typ", "JWT"}, {"kid", kid_}};
  const json::object claims = {
      {"iss", issuer_},
      {"sub", principal.staff},
      {"aud", audience_},
      {"unit", principal.unit},
      {"role", principal.role},
      {"iat", issued},
      {"nbf", issued},
      {"exp", issued + absl::ToInt64Seconds(ttl)},
      {"jti", principal.token_id.empty() ? RandomTokenId() : principal.token_id}};
  std::string token = absl::StrCat(Encoded(header), ".", Encoded(claims));
  const crypto::Ed25519Signature signature = key_.Sign(token);
  absl::StrAppend(&token, ".",
                  ToBase64Url({reinterpret_cast<const char*>(signature.data()), signature.size()}));
  return token;
}

absl::Status TokenIssuer::AddTo(KeySet& keys) const {
  return keys.AddEd25519(issuer_, kid_, key_.public_key());
}

}  // namespace guitu::identity
