#include "aggregates/case/approvals.h"

#include "aggregates/case/law.h"
#include "events/record.h"
#include "events/schema/control.capnp.h"

namespace guitu::aggregates {
namespace {

using events::Event;
using events::Reason;
using events::RefuseAt;

absl::Status DecideRequested(const Proposal& proposal) {
  auto request = proposal.event.As<schema::ApprovalRequested>();
  auto row = events::TypeOfRow(Str(request.getTarget()));
  const auto* type = row ? events::Catalogue::Get().FindByType(*row) : nullptr;
  if (type == nullptr || !type->approval || type->stages == schema::Stages::REGISTRY) {
    return RefuseAt(Reason::INVALID_FIELD, proposal.At("target"),
                    "a row of a case that asks for an approval is expected");
  }
  return CheckRequested(proposal.event, proposal.context, proposal.At(""));
}

absl::Status FillRequested(const Proposal& proposal, events::Body& body) {
  return FillContentHash(proposal.event, proposal.context, proposal.At(""), body);
}

void EvolveRequested(CaseState& state, const Event& event) {
  AddRequested(state.approvals, static_cast<uint32_t>(state.siblings.size()), event);
}

absl::Status DecideGiven(const Proposal& proposal) {
  return CheckGiven(proposal.state.approvals, proposal.event, proposal.context, proposal.At(""));
}

absl::Status DecideRefused(const Proposal& proposal) {
  return CheckRefused(proposal.state.approvals, proposal.event, proposal.context, proposal.At(""));
}

}  // namespace

absl::StatusOr<Approval> ApprovalFor(const Proposal& proposal) {
  return FindApproval(proposal.state.approvals, proposal.state.approved_acts, proposal.event,
                      proposal.context);
}

std::vector<Rule> ApprovalRules() {
  return {
      {.schema_id = capnp::typeId<schema::ApprovalRequested>(),
       .decide = DecideRequested,
       .fill_in = FillRequested,
       .evolve = EvolveRequested},
      {.schema_id = capnp::typeId<schema::ApprovalGiven>(),
       .decide = DecideGiven,
       .evolve = [](CaseState& state, const Event& event) { AddGiven(state.approvals, event); }},
      {.schema_id = capnp::typeId<schema::ApprovalRefused>(),
       .decide = DecideRefused,
       .evolve = [](CaseState& state, const Event& event) { AddRefused(state.approvals, event); }},
  };
}

}  // namespace guitu::aggregates
