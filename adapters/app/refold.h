// Folding a log into a store outside the engine, and comparing what was folded. Inner header of
// adapters/app. Threads: one for each store.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "events/hash.h"
#include "events/ids.h"
#include "events/log.h"
#include "projections/fold.h"
#include "projections/rows.h"

namespace guitu::app {

// Folds one partition of `log` into `store` from where the store is, up to `until`; nothing where
// it is there already. Errors: the log's, the store's, kDataLoss of the fold. REQUIRES: `until` is
// not behind the log's end.
absl::StatusOr<projections::FoldState> FoldPartition(const events::EventLog& log,
                                                     projections::RowStore& store,
                                                     events::Partition partition,
                                                     events::Offset until);

// SHA-256 chained over the rows of a partition in their order, without the position, and without
// the leaves of offsets from `until` on: those are all that fences and void records leave.
events::Hash256 HashOfRows(const projections::RowReader& rows, events::Partition partition,
                           events::Offset until);

// Root of the Merkle tree over the first `count` leaves that were folded. O(count).
events::Hash256 RootAt(const projections::RowReader& rows, events::Partition partition,
                       uint64_t count);

}  // namespace guitu::app
