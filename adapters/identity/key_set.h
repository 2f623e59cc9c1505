// The public keys whose tokens are believed, each bound to one issuer and one algorithm: EdDSA with
// Ed25519 (RFC 8037) or ES256 (RFC 7518). Keys are found by `kid`, which is unique over all
// issuers, so no issuer can sign in the name of another and no token can choose its algorithm.
// Threads: a value; const use from any thread.
#pragma once

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "adapters/crypto/ed25519.h"

namespace guitu::identity {

// One key, ready to verify.
class VerificationKey {
 public:
  virtual ~VerificationKey() = default;
  virtual absl::string_view algorithm() const = 0;  // as in the header's `alg`
  // `signature` as in the token: 64 bytes for both algorithms.
  virtual bool Verify(absl::string_view message, absl::string_view signature) const = 0;
};

class KeySet {
 public:
  struct Entry {
    std::string issuer;
    std::shared_ptr<const VerificationKey> key;
  };

  // kAlreadyExists: the kid is taken.
  absl::Status AddEd25519(const std::string& issuer, const std::string& kid,
                          const crypto::Ed25519PublicKey& key);

  // Adds the keys of a JWK Set (RFC 7517) of an issuer. Keys of other types, curves and uses are
  // passed over, as the RFC wants. kInvalidArgument: not a JWK Set, over 256 KiB, a key for us
  // without `kid`, with coordinates that are no point, with an `alg` that does not fit, or with its
  // private part in the file; or no key for us at all. kAlreadyExists: a kid is taken. On error
  // nothing is added.
  absl::Status AddJwkSet(const std::string& issuer, absl::string_view json);

  // The same from a file. kNotFound or kUnavailable: it cannot be read.
  absl::Status AddJwkSetFile(const std::string& issuer, const std::string& path);

  const Entry* Find(absl::string_view kid) const;  // nullptr: unknown
  size_t size() const { return entries_.size(); }

 private:
  absl::Status Add(const std::string& kid, const Entry& entry);
  absl::flat_hash_map<std::string, Entry> entries_;
};

// The thumbprint of RFC 7638, base64url: the kid of the built-in issuer.
std::string Thumbprint(const crypto::Ed25519PublicKey& key);

}  // namespace guitu::identity
