#include "adapters/identity/key_set.h"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/crypto/sha256.h"
#include "adapters/identity/base64url.h"
#include "adapters/identity/claims.h"
#include "adapters/identity/verification_key.h"

namespace guitu::identity {
namespace {

namespace json = boost::json;

constexpr size_t kFileBytesMax = 256u << 10;

absl::Status Refused(size_t index, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("key ", index + 1, " of the JWK Set ", why));
}

// Whether the key is one of ours by type and curve; what else is in it must then be right.
bool IsOurs(const json::object& jwk) {
  const auto type = TextMember(jwk, "kty");
  const auto curve = TextMember(jwk, "crv");
  const bool ours = (type == "OKP" && curve == "Ed25519") || (type == "EC" && curve == "P-256");
  if (!ours) return false;
  // Made for encryption or key agreement.
  if (HasMember(jwk, "use") && TextMember(jwk, "use") != "sig") return false;
  if (const json::value* operations = jwk.if_contains("key_ops")) {
    if (!operations->is_array()) return false;
    for (const json::value& operation : operations->get_array()) {
      if (operation.is_string() && operation.get_string() == "verify") return true;
    }
    return false;
  }
  return true;
}

std::shared_ptr<const VerificationKey> KeyOf(const json::object& jwk) {
  const auto x = FromBase64Url(TextMember(jwk, "x").value_or(""));
  if (!x) return nullptr;
  if (TextMember(jwk, "kty") == "EC") {
    const auto y = FromBase64Url(TextMember(jwk, "y").value_or(""));
    return y ? P256Key(*x, *y) : nullptr;
  }
  crypto::Ed25519PublicKey key;
  if (x->size() != key.size()) return nullptr;
  std::memcpy(key.data(), x->data(), key.size());
  return Ed25519Key(key);
}

}  // namespace

absl::Status KeySet::Add(const std::string& kid, const Entry& entry) {
  if (entries_.contains(kid)) return absl::AlreadyExistsError("two keys have the same kid");
  entries_.emplace(kid, entry);
  return absl::OkStatus();
}

absl::Status KeySet::AddEd25519(const std::string& issuer, const std::string& kid,
                                const crypto::Ed25519PublicKey& key) {
  return Add(kid, {issuer, Ed25519Key(key)});
}

absl::Status KeySet::AddJwkSet(const std::string& issuer, absl::string_view text) {
  if (text.size() > kFileBytesMax) return absl::InvalidArgumentError("the JWK Set is too large");
  absl::StatusOr<json::object> set = ParseStrictObject(text);
  if (!set.ok()) return absl::InvalidArgumentError("the JWK Set is not strict JSON");
  const json::value* keys = set->if_contains("keys");
  if (keys == nullptr || !keys->is_array()) {
    return absl::InvalidArgumentError("the JWK Set has no array of keys");
  }
  KeySet with = *this;
  for (size_t i = 0; i < keys->get_array().size(); ++i) {
    const json::value& value = keys->get_array()[i];
    if (!value.is_object()) return Refused(i, "is not an object");
    const json::object& jwk = value.get_object();
    if (HasMember(jwk, "d")) return Refused(i, "has its private part in the file");
    if (!IsOurs(jwk)) continue;
    const auto kid = TextMember(jwk, "kid");
    if (!kid || kid->empty()) return Refused(i, "has no kid");
    auto key = KeyOf(jwk);
    if (key == nullptr) return Refused(i, "is not a point of its curve");
    if (HasMember(jwk, "alg") && TextMember(jwk, "alg") != std::string(key->algorithm())) {
      return Refused(i, "has an alg that does not fit");
    }
    absl::Status added = with.Add(*kid, {issuer, std::move(key)});
    if (!added.ok()) return added;
  }
  if (with.size() == size()) {
    return absl::InvalidArgumentError("the JWK Set has no key of Ed25519 or P-256");
  }
  *this = std::move(with);
  return absl::OkStatus();
}

absl::Status KeySet::AddJwkSetFile(const std::string& issuer, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return errno == ENOENT ? absl::NotFoundError("there is no file of the JWK Set")
                           : absl::UnavailableError("the file of the JWK Set cannot be opened");
  }
  std::string text(kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || file.gcount() == 0) {
    return absl::UnavailableError("the file of the JWK Set cannot be read");
  }
  text.resize(static_cast<size_t>(file.gcount()));
  return AddJwkSet(issuer, text);
}

const KeySet::Entry* KeySet::Find(absl::string_view kid) const {
  const auto found = entries_.find(kid);
  return found == entries_.end() ? nullptr : &found->second;
}

std::string Thumbprint(const crypto::Ed25519PublicKey& key) {
  const std::string x = ToBase64Url({reinterpret_cast<const char*>(key.data()), key.size()});
  // The members in the order and form that the RFC prescribes.
  const std::string canonical = absl::StrCat(R"({"crv":"Ed25519","kty":"OKP","x":")", x, R"("})");
  return ToBase64Url(crypto::Sha256({canonical}).view());
}

}  // namespace guitu::identity
