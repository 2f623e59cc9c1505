#include "adapters/identity/token_verifier.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "adapters/crypto/sha256.h"
#include "adapters/identity/base64url.h"
#include "adapters/identity/claims.h"

namespace guitu::identity {
namespace {

namespace json = boost::json;

constexpr size_t kTokenBytesMax = 8u << 10;
constexpr int64_t kLastSecond = 253402300799;  // of the year 9999

absl::Status Refuse(absl::string_view why) { return absl::UnauthenticatedError(why); }

// The parts of a compact JWS, and what of it is signed.
struct Parts {
  absl::string_view header, payload, signature, signed_part;
};

std::optional<Parts> Split(absl::string_view token) {
  const size_t first = token.find('.');
  if (first == absl::string_view::npos) return std::nullopt;
  const size_t second = token.find('.', first + 1);
  if (second == absl::string_view::npos) return std::nullopt;
  if (token.find('.', second + 1) != absl::string_view::npos) return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
               token.substr(second + 1), token.substr(0, second)};
}

absl::StatusOr<json::object> ReadPart(absl::string_view part) {
  const auto bytes = FromBase64Url(part);
  if (!bytes) return Refuse("token is not strict base64url");
  auto object = ParseStrictObject(*bytes);
  if (!object.ok()) return Refuse("token is not strict JSON");
  return object;
}

absl::Status CheckHeader(const json::object& header) {
  // Extensions that change what the token means, and keys that the sender brings along.
  for (absl::string_view name : {"crit", "b64", "zip", "enc", "jwk", "jku", "x5c", "x5u"}) {
    if (HasMember(header, name)) return Refuse("token has a header that is not accepted");
  }
  const std::string type = TextMember(header, "typ").value_or("");
  if (!absl::EqualsIgnoreCase(type, "JWT") && !absl::EqualsIgnoreCase(type, "at+jwt")) {
    return Refuse("token has another type");
  }
  return absl::OkStatus();
}

bool IsFor(const json::object& claims, absl::string_view audience) {
  if (const auto single = TextMember(claims, "aud")) return *single == audience;
  const json::value* list = claims.if_contains("aud");
  if (list == nullptr || !list->is_array()) return false;
  bool found = false;
  for (const json::value& one : list->get_array()) {
    if (!one.is_string()) return false;
    const json::string& text = one.get_string();
    found |= absl::string_view(text.data(), text.size()) == audience;
  }
  return found;
}

// Nothing: absent, not a whole number, or outside the years 1970 to 9999.
std::optional<absl::Time> TimeMember(const json::object& claims, absl::string_view name) {
  const auto seconds = NumberMember(claims, name);
  if (!seconds || *seconds < 0 || *seconds > kLastSecond) return std::nullopt;
  return absl::FromUnixSeconds(*seconds);
}

}  // namespace

TokenVerifier::TokenVerifier(KeySet keys, TokenVerifierOptions options)
    : options_(std::move(options)), keys_(std::make_shared<const KeySet>(std::move(keys))) {}

absl::StatusOr<Principal> TokenVerifier::Verify(absl::string_view token, absl::Time now) {
  if (token.size() > kTokenBytesMax) return Refuse("token is too large");
  std::shared_ptr<const KeySet> keys;
  uint64_t keys_version = 0;
  {
    absl::ReaderMutexLock lock(&keys_mutex_);
    keys = keys_;
    keys_version = keys_version_;
  }
  const events::Hash256 hash = crypto::Sha256({token});
  {
    CacheShard& shard = cache_[hash.bytes[0] % cache_.size()];
    absl::MutexLock lock(&shard.mutex);
    const auto found = shard.index.find(hash.view());
    if (found != shard.index.end() && shard.keys_version == keys_version) {
      shard.recent.splice(shard.recent.begin(), shard.recent, found->second);
      return CheckTimes(found->second->second, now);
    }
  }
  absl::StatusOr<Verified> verified = VerifyAfresh(*keys, token);
  if (!verified.ok()) return verified.status();
  absl::StatusOr<Principal> principal = CheckTimes(*verified, now);
  if (principal.ok()) Remember(hash, keys_version, *verified);
  return principal;
}

void TokenVerifier::SetKeys(KeySet keys) {
  auto fresh = std::make_shared<const KeySet>(std::move(keys));
  absl::MutexLock lock(&keys_mutex_);
  keys_ = std::move(fresh);
  ++keys_version_;
}

absl::StatusOr<TokenVerifier::Verified> TokenVerifier::VerifyAfresh(const KeySet& keys,
                                                                    absl::string_view token) const {
  const auto parts = Split(token);
  if (!parts) return Refuse("token has not three parts");
  auto header = ReadPart(parts->header);
  if (!header.ok()) return header.status();
  if (absl::Status accepted = CheckHeader(*header); !accepted.ok()) return accepted;
  const KeySet::Entry* entry = keys.Find(TextMember(*header, "kid").value_or(""));
  if (entry == nullptr) return Refuse("token is signed with an unknown key");
  if (TextMember(*header, "alg") != std::string(entry->key->algorithm())) {
    return Refuse("token has another algorithm than its key");
  }
  const auto signature = FromBase64Url(parts->signature);
  if (!signature) return Refuse("token is not strict base64url");
  if (!entry->key->Verify(parts->signed_part, *signature)) return Refuse("signature is wrong");
  return ReadClaims(parts->payload, entry->issuer);
}

absl::StatusOr<TokenVerifier::Verified> TokenVerifier::ReadClaims(absl::string_view payload,
                                                                  absl::string_view issuer) const {
  auto claims = ReadPart(payload);
  if (!claims.ok()) return claims.status();
  const auto claimed_issuer = TextMember(*claims, "iss");
  if (!claimed_issuer || *claimed_issuer != issuer) return Refuse("token is of another issuer");
  if (!IsFor(*claims, options_.audience)) return Refuse("token is for another audience");
  const auto expires = TimeMember(*claims, "exp");
  const auto issued = TimeMember(*claims, "iat");
  if (!expires || !issued) return Refuse("token lacks exp or iat");
  Verified verified;
  verified.not_before = *issued;
  if (HasMember(*claims, "nbf")) {
    const auto not_before = TimeMember(*claims, "nbf");
    if (!not_before) return Refuse("token has a bad nbf");
    verified.not_before = std::max(*issued, *not_before);
  }
  const auto staff = TextMember(*claims, "sub"), unit = TextMember(*claims, "unit");
  const auto role = TextMember(*claims, "role"), token_id = TextMember(*claims, "jti");
  if (!staff || !unit || !role || !token_id || token_id->empty()) {
    return Refuse("token lacks sub, unit, role or jti");
  }
  verified.principal = {*staff, *unit, *role, *expires, *token_id};
  if (absl::Status fine = CheckPrincipal(verified.principal); !fine.ok()) {
    return Refuse(fine.message());
  }
  return verified;
}

absl::StatusOr<Principal> TokenVerifier::CheckTimes(const Verified& verified,
                                                    absl::Time now) const {
  if (now >= verified.principal.expires + options_.leeway) return Refuse("token has expired");
  if (now < verified.not_before - options_.leeway) return Refuse("token is not valid yet");
  return verified.principal;
}

void TokenVerifier::Remember(const events::Hash256& hash, uint64_t keys_version,
                             const Verified& verified) {
  CacheShard& shard = cache_[hash.bytes[0] % cache_.size()];
  const size_t size_max = options_.cached_tokens / cache_.size();
  if (size_max == 0) return;
  absl::MutexLock lock(&shard.mutex);
  if (shard.keys_version > keys_version) return;  // verified with keys that are gone
  if (shard.keys_version < keys_version) {
    shard.index.clear();
    shard.recent.clear();
    shard.keys_version = keys_version;
  }
  if (shard.index.contains(hash.view())) return;  // another thread was faster
  if (shard.recent.size() == size_max) {
    shard.index.erase(shard.recent.back().first.view());
    shard.recent.pop_back();
  }
  shard.recent.emplace_front(hash, verified);
  shard.index.emplace(shard.recent.front().first.view(), shard.recent.begin());
}

}  // namespace guitu::identity
