// The built-in issuer: signs tokens for small sites, the demo and the command line, with an Ed25519
// key of the vault. Threads: any.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "adapters/crypto/ed25519.h"
#include "adapters/identity/key_set.h"
#include "adapters/identity/principal.h"

namespace guitu::identity {

class TokenIssuer {
 public:
  // `issuer` is the claim `iss`, and the name under which AddTo makes the key known.
  TokenIssuer(std::string issuer, crypto::Ed25519KeyPair key, std::string audience = "guitu");

  // A token valid from `now`, cut to the second, for `ttl`. `principal.expires` is not read; an
  // empty token_id becomes a random one. REQUIRES: CheckPrincipal(principal).ok(); ttl at least a
  // second; `now` between 1970 and 9999.
  std::string Issue(const Principal& principal, absl::Time now, absl::Duration ttl) const;

  // kAlreadyExists: the set has a key with this kid.
  absl::Status AddTo(KeySet& keys) const;

 private:
  const std::string issuer_;
  const crypto::Ed25519KeyPair key_;
  const std::string audience_;
  const std::string kid_;
};

}  // namespace guitu::identity
