// Makes the two kinds of verification keys. Inner header.
#pragma once

#include <memory>

#include "absl/strings/string_view.h"
#include "adapters/crypto/ed25519.h"
#include "adapters/identity/key_set.h"

namespace guitu::identity {

std::shared_ptr<const VerificationKey> Ed25519Key(const crypto::Ed25519PublicKey& key);

// From the coordinates, 32 bytes each, big endian. nullptr: not a point of P-256.
std::shared_ptr<const VerificationKey> P256Key(absl::string_view x, absl::string_view y);

}  // namespace guitu::identity
