// Four eyes (aggregates/four_eyes.h) in a case: which approval an act of it stands on.
#pragma once

#include "absl/status/statusor.h"
#include "aggregates/case/rule.h"
#include "aggregates/four_eyes.h"

namespace guitu::aggregates {

// The approval that the event of the proposal uses up, or the refusal of FindApproval.
absl::StatusOr<Approval> ApprovalFor(const Proposal& proposal);

}  // namespace guitu::aggregates
