// Verifies bearer tokens: JWT (RFC 7519) as compact JWS (RFC 7515), under the rules of RFC 8725.
//
// Accepted are only: at most 8 KiB; three parts of strict base64url; strict JSON without a name
// twice; `alg` EdDSA or ES256 and that of the key; a known `kid`; `typ` JWT or at+jwt; no `crit`,
// no key of its own in the header; `iss` the issuer of the key; `aud` the audience, alone or in a
// list; whole-number times with nbf <= now and iat <= now and now < exp, 30 s of leeway each; sub,
// unit, role, jti as CheckPrincipal says. `nbf` may be absent, all others may not. Unknown claims
// and header members are passed over.
//
// Threads: any. Cost: 55 µs for a new token (Ed25519), 0.4 µs for one that
// was verified before: the cache is keyed by the SHA-256 of the whole token, and times are compared
// at each use.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "adapters/identity/key_set.h"
#include "adapters/identity/principal.h"
#include "events/hash.h"

namespace guitu::identity {

struct TokenVerifierOptions {
  std::string audience = "guitu";
  absl::Duration leeway = absl::Seconds(30);
  size_t cached_tokens = 20'000;  // about 0.5 KB each
};

class TokenVerifier {
 public:
  explicit TokenVerifier(KeySet keys, TokenVerifierOptions options = {});

  // Every refusal is kUnauthenticated with a short reason that holds nothing of the token.
  absl::StatusOr<Principal> Verify(absl::string_view token, absl::Time now);

  // Other keys from now on, as after the file changed; tokens of keys that are gone are refused at
  // once.
  void SetKeys(KeySet keys);

 private:
  // A token that was verified, and when it holds.
  struct Verified {
    Principal principal;
    absl::Time not_before;  // the later of nbf and iat
  };
  struct CacheShard {
    using Recent = std::list<std::pair<events::Hash256, Verified>>;  // the last used one first
    absl::Mutex mutex;
    uint64_t keys_version ABSL_GUARDED_BY(mutex) = 0;
    Recent recent ABSL_GUARDED_BY(mutex);
    absl::flat_hash_map<absl::string_view, Recent::iterator> index ABSL_GUARDED_BY(mutex);
  };

  absl::StatusOr<Verified> VerifyAfresh(const KeySet& keys, absl::string_view token) const;
  absl::StatusOr<Verified> ReadClaims(absl::string_view payload, absl::string_view issuer) const;
  absl::StatusOr<Principal> CheckTimes(const Verified& verified, absl::Time now) const;
  void Remember(const events::Hash256& hash, uint64_t keys_version, const Verified& verified);

  const TokenVerifierOptions options_;
  absl::Mutex keys_mutex_;
  std::shared_ptr<const KeySet> keys_ ABSL_GUARDED_BY(keys_mutex_);
  uint64_t keys_version_ ABSL_GUARDED_BY(keys_mutex_) = 1;
  std::array<CacheShard, 8> cache_;
};

}  // namespace guitu::identity
