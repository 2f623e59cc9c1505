// The records that a move writes of its own. Inner header of adapters/app.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aggregates/context.h"
#include "events/record.h"
#include "events/sealing.h"
#include "projections/fold.h"

namespace guitu::app {

// A fence behind what `state` has folded. Recorded now, and not before the record that is newest.
std::string FenceRecord(const projections::FoldState& state, const events::Nonce& nonce,
                        const events::FenceFields& fence, absl::Time now);

struct Restoration {
  std::string id;  // of the move
  std::vector<aggregates::Actor> approvers;
};

// The fence with this nonce, and behind it the LogRestored record that begins the next generation
// where `state` ends. Both take effect if nothing comes between. Errors: the sealer's.
absl::StatusOr<std::vector<std::string>> RestoringRecords(const projections::FoldState& state,
                                                          const events::Nonce& nonce,
                                                          const Restoration& restoration,
                                                          events::Sealer& sealer, absl::Time now);

}  // namespace guitu::app
