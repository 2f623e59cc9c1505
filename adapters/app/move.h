// Moving an installation to another log: from the embedded engine to Kafka, back, or between two of
// a kind. Offsets stay one to one, records byte for byte, so receipts, proofs, answers to retried
// commands and sealed fields hold on.
//
// Steps, each of which may be interrupted; the same call goes on where it ended:
//   1. The source is folded to its end and passes the start-up gate (anchor, chain). On Kafka every
//      partition is fenced, so that owners stand down.
//   2. Every record is copied. What stands in the copy already is compared; a difference is
//      refused.
//   3. A last fence, whose owner is `moved` and whose address says where to, ends each partition of
//      the source, and is copied as well. From the first of them on nobody serves the source.
//   4. The copy is folded. Merkle root and chain, and the hash of the projections, have to be equal
//      on both sides in every partition; a first time already before step 3.
//   5. In the copy each partition gets a fence and a LogRestored record (row 107), which begins the
//      next generation and names the two administrators who approve it.
//   6. Anchor, and on Kafka the topic of the keys, without which no node can join. Done.
//
// Never two living logs (tests/adapters/app/move_test.cc, broker_move_test.cc):
//   - until step 3 begins the source may be served again, which gives the move up for the time
//     being; the copy may not be served before step 6 has ended (the file DIR/moving, the missing
//     topic of keys);
//   - a directory of the source that was copied after step 3 has the last fence in it;
//   - the last fence names its one target: on Kafka cluster and topic; embedded targets by the
//     nonce, drawn from an id in DIR/moving. So a source cannot be moved twice, and an embedded
//     target that was lost after step 3 cannot be begun anew.
//
// What may have to be begun anew: on Kafka an append of a run that was killed can land behind the
// look of the next one, which then finds another record than its own at an offset. Before step 3
// that ends this copy (kFailedPrecondition; a new topic and directory, the source lives); later it
// does no harm, since what landed twice is void.
//
// What the source's directory still has after the move: its keys. An erasure in the new place does
// not reach them, so whoever moved removes it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "adapters/app/installation.h"

namespace guitu::app {

// An installation: a directory, and its log on Kafka unless it is in the directory.
struct Place {
  std::string data_dir;
  std::optional<KafkaUse> kafka;
};

struct MoveOptions {
  Place from;
  Place to;  // a new directory, and on Kafka a new topic; or what an interrupted move left
  std::string root_key_file;
  // Bearer tokens of two administrators: of the issuer that the source has.
  std::vector<std::string> tokens;
  const runtime::Clock* clock = nullptr;  // REQUIRES: set
  std::function<void(absl::string_view)> alarm;
  // How far a step is. On the caller's thread. May be empty.
  std::function<void(absl::string_view step, uint64_t done, uint64_t total)> progress;
  // Asked before everything that is written, and for each batch; false: kCancelled. May be empty.
  std::function<bool()> go_on;
};

struct MoveReport {
  std::string to;  // as the last fence says it
  uint32_t partitions = 0;
  uint64_t records = 0;  // of the source, the last fences included: all are in the copy
  uint64_t bytes = 0;
  uint32_t generation = 0;  // under which the copy goes on
  std::vector<std::string> approvers;
  absl::Duration took;
};

// Returns when the copy may be served. Errors: kFailedPrecondition: the log has been moved
// elsewhere, the copy differs or is of another move, an offset of the source is empty;
// kAlreadyExists: the target is in use; kInvalidArgument, kUnauthenticated: not two administrators;
// kPermissionDenied: another root key; kUnavailable: a server has the source open, or disk or
// brokers fail; kDataLoss: the gate says no; kCancelled.
absl::StatusOr<MoveReport> MoveLog(const MoveOptions& options);

}  // namespace guitu::app
