// What making an installation and joining one have in common. Inner header of adapters/app.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/app/installation.h"
#include "adapters/crypto/vault.h"
#include "adapters/embedded_log/anchor.h"
#include "events/ids.h"
#include "events/log.h"
#include "events/record.h"

namespace guitu::app {

// An anchor that says nothing yet, signed by the vault's key. Last of all: an installation without
// one was never finished. Errors: kAlreadyExists, the disk's.
absl::Status CreateAnchor(const std::string& data_dir, const crypto::Vault& vault,
                          events::LogId log_id, uint32_t partitions);

// The same, of an installation that has records already. The state's sequence does not matter.
absl::Status CreateAnchor(const std::string& data_dir, const crypto::Vault& vault,
                          embedded_log::AnchorState state);

// The genesis frame of partition 0: who this log is. Errors: kDataLoss: it has none; the log's.
absl::StatusOr<events::Frame> ReadGenesis(const events::EventLog& log);

// Opens the log of an installation, with as many partitions as it has. Errors: the log's.
absl::StatusOr<std::unique_ptr<events::EventLog>> OpenLogAsIs(const std::string& data_dir,
                                                              const std::optional<KafkaUse>& kafka);

// What a data directory that holds an unfinished copy is refused with; OK: it holds none.
absl::Status CheckNoUnfinishedCopy(const std::string& data_dir);

// The name under which the built-in issuer signs.
inline constexpr absl::string_view kBuiltInIssuer = "guitu";

}  // namespace guitu::app
