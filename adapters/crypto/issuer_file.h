// The signing key of the built-in issuer in a file of its own, sealed under the root key, so that
// `guitu token` works while a server holds the vault. Same key as the vault's "token-signing".
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/crypto/secret.h"

namespace guitu::crypto {

// Durable when it returns. Errors: kUnavailable, kResourceExhausted.
absl::Status WriteIssuerFile(const std::string& path, const Secret& root_key, const Secret& seed);
// Errors: kNotFound; kPermissionDenied = another root key, or changed bytes.
absl::StatusOr<Secret> ReadIssuerFile(const std::string& path, const Secret& root_key);

}  // namespace guitu::crypto
