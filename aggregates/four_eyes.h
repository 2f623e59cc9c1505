// Four eyes (R58), for a case and for the registry alike: an act marked +A stands on the approval
// of a second person, given before, of exactly this content. Requests, approvals and refusals (98,
// 98b, 98c) are rows of the sibling stream of the case or item; the content is bound by its hash
// (Context::content_hash).
//
// `at` is the JSON pointer of the fields of the event, "/events/0/data/". Threads: pure functions
// of values. Cost: one hash for each earlier act of the same row.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "aggregates/approval.h"
#include "aggregates/context.h"
#include "events/event_body.h"

namespace guitu::aggregates {

// The approval that the act uses up. `acts` are the earlier acts of the same stream that needed
// one, as AsProposed gives them. Refuses with APPROVAL_NEEDED where none stands: given, not expired
// or taken back, of the same row and content, by somebody who is neither the author of the act nor
// of the request, and not used by an earlier act. Other errors are those of content_hash.
absl::StatusOr<Approval> FindApproval(std::span<const Approval> approvals,
                                      std::span<const events::Event> acts, const events::Event& act,
                                      const Context& context);
// Writes the approver where the event has such a field.
void FillApprover(const Approval& approval, const events::EventType& type, events::Body& body);
// The event without what the software filled in: the content that was approved.
events::Event AsProposed(const events::Event& event);

// 98. Refuses what comes afterwards, without content, or with another content than one event of the
// row; whether the row may be asked for here is the caller's business.
absl::Status CheckRequested(const events::Event& event, const Context& context,
                            const std::string& at);
absl::StatusOr<events::Event> ContentOf(const events::Event& event, const Context& context,
                                        const std::string& at);
absl::Status FillContentHash(const events::Event& event, const Context& context,
                             const std::string& at, events::Body& body);
void AddRequested(std::vector<Approval>& approvals, uint32_t number, const events::Event& event);

// 98b: by somebody who is asked and is not the author, of the same content, in time, once.
absl::Status CheckGiven(std::span<const Approval> approvals, const events::Event& event,
                        const Context& context, const std::string& at);
void AddGiven(std::vector<Approval>& approvals, const events::Event& event);

// 98c: as 98b, at any time; an approval that was given only by who gave it, who so takes it back.
absl::Status CheckRefused(std::span<const Approval> approvals, const events::Event& event,
                          const Context& context, const std::string& at);
void AddRefused(std::vector<Approval>& approvals, const events::Event& event);

}  // namespace guitu::aggregates
