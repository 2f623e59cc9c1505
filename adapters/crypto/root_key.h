// The root key: 256 random bits in a file of their own, outside data and backups. Everything in the
// vault is wrapped under what is derived of it, so who has only the disk or a backup opens nothing.
//
// The file is one line, 64 hexadecimal digits and a newline, mode 0600.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/crypto/secret.h"

namespace guitu::crypto {

// Makes a new key, synced with its directory before it returns. Errors: kAlreadyExists: something
// is there and is left as it is; kResourceExhausted: disk full; kUnavailable: any other trouble of
// the disk.
absl::StatusOr<Secret> CreateRootKey(const std::string& path);

// Writes a key that was brought back from its shares. Errors as CreateRootKey.
absl::Status WriteRootKey(const std::string& path, const Secret& key);

// Errors: kNotFound; kPermissionDenied: group or others may read or write the file, or somebody
// else than this user and root owns it, or this user may not read it; kInvalidArgument: not such a
// file; kUnavailable: trouble of the disk.
absl::StatusOr<Secret> ReadRootKey(const std::string& path);

}  // namespace guitu::crypto
