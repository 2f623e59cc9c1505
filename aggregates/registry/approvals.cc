// Four eyes (aggregates/four_eyes.h) in the registry: an administrator proposes, another approves.
#include "absl/strings/str_cat.h"
#include "aggregates/authorize.h"
#include "aggregates/four_eyes.h"
#include "aggregates/registry/rule.h"
#include "events/reason.h"
#include "events/record.h"
#include "events/schema/control.capnp.h"
#include "events/values.h"

namespace guitu::aggregates {
namespace {

using events::Event;
using events::Reason;
using events::RefuseAt;

const std::vector<Approval>& RequestsOf(const RegistryProposal& proposal) {
  return proposal.state.ApprovalsOf(proposal.context.stream).requests;
}

// Who asks for an act, and who says yes or no to it, is one who may do it himself.
absl::Status CheckCompetent(const RegistryProposal& proposal, const events::EventType& type) {
  const Context& context = proposal.context;
  absl::CivilDay today = absl::ToCivilDay(context.now, events::ChinaTime());
  return Authorize(context.actor, AdministerRegistry{{&type}}, {}, proposal.state, today,
                   *context.rules)
      .status;
}

absl::Status DecideRequested(const RegistryProposal& proposal) {
  auto request = proposal.event.As<schema::ApprovalRequested>();
  auto target = request.getTarget();
  auto row = events::TypeOfRow(absl::string_view(target.begin(), target.size()));
  const auto* type = row ? events::Catalogue::Get().FindByType(*row) : nullptr;
  if (type == nullptr || !type->approval || type->stages != schema::Stages::REGISTRY) {
    return RefuseAt(Reason::INVALID_FIELD, proposal.At("target"),
                    "a row of the registry that asks for an approval is expected");
  }
  if (auto status = CheckCompetent(proposal, *type); !status.ok()) return status;
  auto status = CheckRequested(proposal.event, proposal.context, proposal.At(""));
  if (!status.ok()) return status;
  // An approval that stands beside another item than the act would never be found.
  auto content = ContentOf(proposal.event, proposal.context, proposal.At(""));
  auto [kind, key] = KeyOf(*content);
  if (!kind.empty() && proposal.context.item_stream(kind, key) == proposal.context.stream)
    return absl::OkStatus();
  return RefuseAt(Reason::INVALID_FIELD, proposal.At("content"), "another item is meant");
}

absl::Status FillRequested(const RegistryProposal& proposal, events::Body& body) {
  return FillContentHash(proposal.event, proposal.context, proposal.At(""), body);
}

// What 98b and 98c have in common: they name a request of this very item.
template <typename Answer>
absl::Status CheckAnswered(const RegistryProposal& proposal) {
  auto of = proposal.event.As<Answer>().getOf();
  bool elsewhere =
      of.hasStream() &&
      events::StreamId{of.getStream().getHi(), of.getStream().getLo()} != proposal.context.stream;
  for (const Approval& approval : RequestsOf(proposal)) {
    if (elsewhere || approval.request != of.getSequence()) continue;
    const auto* type = events::Catalogue::Get().FindByType(approval.target);
    return type == nullptr ? absl::OkStatus() : CheckCompetent(proposal, *type);
  }
  return RefuseAt(Reason::REFERENCE_UNKNOWN, proposal.At("of"));
}

absl::Status DecideGiven(const RegistryProposal& proposal) {
  auto status = CheckAnswered<schema::ApprovalGiven>(proposal);
  if (!status.ok()) return status;
  return CheckGiven(RequestsOf(proposal), proposal.event, proposal.context, proposal.At(""));
}

absl::Status DecideRefused(const RegistryProposal& proposal) {
  auto status = CheckAnswered<schema::ApprovalRefused>(proposal);
  if (!status.ok()) return status;
  return CheckRefused(RequestsOf(proposal), proposal.event, proposal.context, proposal.At(""));
}

std::string ItemOf(const Event& event) {
  auto [kind, key] = KeyOf(event);
  return absl::StrCat(kind, "/", key);
}

}  // namespace

std::vector<RegistryRule> RegistryApprovalRules() {
  return {
      {.schema_id = capnp::typeId<schema::ApprovalRequested>(),
       .decide = DecideRequested,
       .fill_in = FillRequested},
      {.schema_id = capnp::typeId<schema::ApprovalGiven>(), .decide = DecideGiven},
      {.schema_id = capnp::typeId<schema::ApprovalRefused>(), .decide = DecideRefused},
  };
}

void EvolveApprovals(RegistryState& state, const events::StreamId& item, const Event& event) {
  auto approvals = std::make_shared<ItemApprovals>(state.ApprovalsOf(item));
  approvals->siblings += 1;
  if (event.Is<schema::ApprovalRequested>()) {
    AddRequested(approvals->requests, approvals->siblings, event);
  } else if (event.Is<schema::ApprovalGiven>()) {
    AddGiven(approvals->requests, event);
  } else if (event.Is<schema::ApprovalRefused>()) {
    AddRefused(approvals->requests, event);
  }
  state.approvals[item] = std::move(approvals);
}

bool NeedsApproval(const RegistryState& state, const Event& event) {
  return event.type->approval && state.bootstrap_ended;
}

absl::StatusOr<Approval> ApprovalFor(const RegistryProposal& proposal) {
  auto acts = proposal.state.approved_acts.find(ItemOf(proposal.event));
  bool first = acts == proposal.state.approved_acts.end();
  return FindApproval(RequestsOf(proposal),
                      first ? std::span<const Event>() : std::span<const Event>(*acts->second),
                      proposal.event, proposal.context);
}

void KeepApprovedAct(RegistryState& state, const Event& event) {
  auto& kept = state.approved_acts[ItemOf(event)];
  auto acts =
      kept ? std::make_shared<std::vector<Event>>(*kept) : std::make_shared<std::vector<Event>>();
  acts->push_back(AsProposed(event));
  kept = std::move(acts);
}

}  // namespace guitu::aggregates
