// What making an installation and joining one have in common. Inner header of adapters/app.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "adapters/crypto/vault.h"
#include "events/ids.h"

namespace guitu::app {

// An anchor that says nothing yet, signed by the vault's key. Last of all: an installation without
// one was never finished. Errors: kAlreadyExists, the disk's.
absl::Status CreateAnchor(const std::string& data_dir, const crypto::Vault& vault,
                          events::LogId log_id, uint32_t partitions);

}  // namespace guitu::app
