// Four eyes (R58): an act marked +A stands on the approval of a second person, given before, of
// exactly this content. Requests and approvals (98, 98b) are rows of the sibling stream.
#pragma once

#include "absl/status/statusor.h"
#include "aggregates/case/rule.h"

namespace guitu::aggregates {

// The approval that the event of the proposal uses up. Refuses with APPROVAL_NEEDED where none
// stands: given, not expired, of the same row and content, by somebody who is neither the author of
// the event nor of the request, and not used by an earlier event. Other errors are those of
// content_hash.
absl::StatusOr<Approval> ApprovalFor(const Proposal& proposal);

// Writes the approver where the event has such a field.
void FillApprover(const Approval& approval, const events::EventType& type, events::Body& body);

// The event without what the software filled in: the content that was approved.
events::Event AsProposed(const events::Event& event);

}  // namespace guitu::aggregates
