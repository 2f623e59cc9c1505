// The two ends of a move: opening and checking the source, making the target or going on with it.
// Inner header of adapters/app; move.h is the contract.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/app/move.h"
#include "adapters/app/shared_vault.h"
#include "adapters/crypto/secret.h"
#include "adapters/crypto/vault.h"
#include "adapters/rocksdb/rocksdb_store.h"
#include "aggregates/context.h"
#include "events/log.h"
#include "events/record.h"
#include "projections/fold.h"

namespace guitu::app {

// What a move has opened of an installation; the store's lock keeps servers out.
struct OpenPlace {
  std::unique_ptr<events::EventLog> log;
  std::unique_ptr<rocks::RocksdbStore> store;
  std::unique_ptr<crypto::Vault> own_vault;
  std::unique_ptr<SharedVault> shared_vault;
  crypto::Vault* vault = nullptr;              // one of the two; none of a target
  std::vector<projections::FoldState> states;  // by partition, as far as folded

  // Folds a partition to its end. kDataLoss: the log is shorter than what was folded before.
  absl::Status Fold(events::Partition partition);
};

// Opens log, store and vault. Errors: as MoveLog.
absl::StatusOr<OpenPlace> OpenSource(const MoveOptions& options, const crypto::Secret& root_key);
// The vault anew: on Kafka with all keys that are in the topic now.
absl::Status OpenSourceVault(const MoveOptions& options, const crypto::Secret& root_key,
                             events::LogId log_id, OpenPlace& place);
// The start-up gate over what is folded: kDataLoss.
absl::Status CheckGate(const Place& place, const OpenPlace& opened, events::LogId log_id);
// The people of the tokens, who have to be two administrators of the registry that is folded.
absl::StatusOr<std::vector<aggregates::Actor>> CheckApprovers(const MoveOptions& options,
                                                              const OpenPlace& source);

// What the last fence says of a target: no path of a machine.
std::string AddressOf(const Place& place);

// What is in DIR/moving as long as the copy is not finished.
struct Mark {
  std::string id;  // of the move: 32 hexadecimal digits
  events::LogId log_id;
  std::string address;
  friend bool operator==(const Mark&, const Mark&) = default;
};
// Nothing where there is none.
absl::StatusOr<std::optional<Mark>> ReadMark(const std::string& data_dir);
absl::Status RemoveMark(const std::string& data_dir);

// Makes the target, or opens what an interrupted move left there: its log and its store. Nothing
// has been written where it is refused for what stands there. Errors: kAlreadyExists: it is in use;
// kFailedPrecondition: it belongs to another move.
struct Target {
  Mark mark;
  OpenPlace place;
};
absl::StatusOr<Target> OpenTarget(const MoveOptions& options, const OpenPlace& source);

// Takes every key of the source into the vault of the target's directory, and writes the issuer's
// file. May be repeated.
absl::Status CopyKeys(const crypto::Vault& source, const MoveOptions& options,
                      const crypto::Secret& root_key, events::LogId log_id);
// Last of all on Kafka: what other nodes need to join.
absl::Status PublishKeys(const MoveOptions& options, const crypto::Secret& root_key,
                         events::LogId log_id, uint32_t partition_count);

}  // namespace guitu::app
