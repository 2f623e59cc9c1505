#include "aggregates/case/approvals.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "aggregates/case/law.h"
#include "events/json.h"
#include "events/record.h"
#include "events/schema/control.capnp.h"

namespace guitu::aggregates {
namespace {

using capnp::DynamicStruct;
using events::Event;
using events::Reason;
using events::Refuse;
using events::RefuseAt;

// --- The act ---

struct Act {
  uint16_t type = 0;
  events::RequestHash content;
  std::string author;
  absl::Time at;  // recordedAt
};

// The oldest approval that the act may use. Acts before it are matched first, in the same way, so
// that each approval is used once, whatever became of the others.
const Approval* Match(const CaseState& state, const Act& act, const std::set<uint32_t>& used) {
  for (const Approval& approval : state.approvals) {
    bool stands = approval.given && approval.given_at <= act.at && act.at < approval.expires;
    bool same = approval.target == act.type && approval.content == act.content;
    bool second_person = approval.given_by != act.author && approval.given_by != approval.author;
    if (stands && same && second_person && !used.contains(approval.request)) return &approval;
  }
  return nullptr;
}

// --- The request ---

// The one event of the target row that the content holds, as a command would.
absl::StatusOr<Event> ReadContent(const Proposal& proposal,
                                  schema::ApprovalRequested::Reader request) {
  std::string pointer = proposal.At("content");
  auto wrong = [&](const absl::Status& status) {
    return RefuseAt(
        events::ReasonOf(status), pointer,
        absl::StrCat("in the content at \"", events::PointerOf(status), "\": ", status.message()));
  };
  auto json = events::ParseJson(Str(request.getContent()));
  if (!json.ok()) return wrong(json.status());
  const RuleData& rules = *proposal.context.rules;
  auto events = events::ReadCommand(*json, [&](absl::string_view list, absl::string_view code) {
    return rules.HasCode(list, code);
  });
  if (!events.ok()) return wrong(events.status());
  if (events->size() != 1 || events->front().type->number != Str(request.getTarget())) {
    return RefuseAt(Reason::INVALID_FIELD, pointer,
                    "exactly one event of the row asked for is expected");
  }
  return events->front();
}

// R58, K20: afterwards is a way of its own, with a clock; it is not here yet.
absl::Status DecideRequested(const Proposal& proposal) {
  auto request = proposal.event.As<schema::ApprovalRequested>();
  if (request.getAfterTheFact() == schema::YesNo::YES || request.hasRecorded()) {
    return RefuseAt(Reason::APPROVAL_AFTERWARDS, proposal.At("afterTheFact"));
  }
  auto row = events::TypeOfRow(Str(request.getTarget()));
  const auto* type = row ? events::Catalogue::Get().FindByType(*row) : nullptr;
  if (type == nullptr || !type->approval || type->stages == schema::Stages::REGISTRY) {
    return RefuseAt(Reason::INVALID_FIELD, proposal.At("target"),
                    "a row of a case that asks for an approval is expected");
  }
  if (!request.hasContent()) {
    return RefuseAt(Reason::INVALID_FIELD, proposal.At("content"), "this field is needed");
  }
  return ReadContent(proposal, request).status();
}

absl::Status FillRequested(const Proposal& proposal, events::Body& body) {
  auto content = ReadContent(proposal, proposal.event.As<schema::ApprovalRequested>());
  if (!content.ok()) return content.status();
  auto hash = proposal.context.content_hash(*content);
  if (!hash.ok()) return hash.status();
  events::SetId(body.mutable_data<schema::ApprovalRequested>().initContentHash(), *hash);
  return absl::OkStatus();
}

events::RequestHash HashOf(schema::Id::Reader id) { return {id.getHi(), id.getLo()}; }

void EvolveRequested(CaseState& state, const Event& event) {
  auto request = event.As<schema::ApprovalRequested>();
  Approval approval;
  approval.request = static_cast<uint32_t>(state.siblings.size());
  approval.target = events::TypeOfRow(Str(request.getTarget())).value_or(0);
  approval.content = HashOf(request.getContentHash());
  approval.author = event.recorder;
  approval.to = Str(request.getTo());
  approval.to_unit = Str(request.getToUnit());
  approval.expires = absl::FromUnixMicros(request.getExpires().getMicros());
  state.approvals.push_back(std::move(approval));
}

// --- The approval ---

absl::Status DecideGiven(const Proposal& proposal) {
  auto given = proposal.event.As<schema::ApprovalGiven>();
  const Actor& actor = proposal.context.actor;
  for (const Approval& approval : proposal.state.approvals) {
    if (approval.request != given.getOf().getSequence()) continue;
    if (approval.given) return Refuse(Reason::APPROVAL_DECIDED);
    if (approval.author == actor.staff) return Refuse(Reason::APPROVAL_BY_AUTHOR);
    bool asked = (approval.to.empty() || approval.to == actor.staff) &&
                 (approval.to_unit.empty() || approval.to_unit == actor.unit);
    if (!asked) return Refuse(Reason::APPROVAL_NOT_ASKED);
    if (proposal.context.now >= approval.expires) return Refuse(Reason::APPROVAL_EXPIRED);
    if (approval.content == HashOf(given.getContentHash())) return absl::OkStatus();
    return RefuseAt(Reason::APPROVAL_OTHER_CONTENT, proposal.At("contentHash"));
  }
  return RefuseAt(Reason::REFERENCE_UNKNOWN, proposal.At("of"));
}

void EvolveGiven(CaseState& state, const Event& event) {
  auto given = event.As<schema::ApprovalGiven>();
  for (Approval& approval : state.approvals) {
    if (approval.request != given.getOf().getSequence() || approval.given) continue;
    approval.given = true;
    approval.given_by = event.recorder;
    approval.given_at = event.recorded_at;
  }
}

}  // namespace

absl::StatusOr<Approval> ApprovalFor(const Proposal& proposal) {
  std::vector<Event> acts;
  for (const Event& act : proposal.state.approved_acts) {
    if (act.type == proposal.event.type) acts.push_back(act);
  }
  Event proposed = proposal.event;
  proposed.recorder = proposal.context.actor.staff;
  proposed.recorded_at = proposal.context.now;
  acts.push_back(std::move(proposed));
  std::set<uint32_t> used;
  const Approval* match = nullptr;
  for (const Event& event : acts) {
    auto hash = proposal.context.content_hash(event);
    if (!hash.ok()) return hash.status();
    match =
        Match(proposal.state, {event.type->type, *hash, event.recorder, event.recorded_at}, used);
    if (match != nullptr) used.insert(match->request);
  }
  if (match == nullptr) return Refuse(Reason::APPROVAL_NEEDED, proposal.event.type->name);
  return *match;
}

void FillApprover(const Approval& approval, const events::EventType& type, events::Body& body) {
  const events::FieldSpec* field = type.spec->Find("approver");
  if (field == nullptr || !field->filled_in) return;
  auto data = body.content().getData().getAs<DynamicStruct>(type.spec->schema);
  data.set(field->field, capnp::Text::Reader(approval.given_by.c_str(), approval.given_by.size()));
}

Event AsProposed(const Event& event) {
  auto body = std::make_shared<events::Body>(std::as_const(*event.body).content());
  auto data = body->content().getData().getAs<DynamicStruct>(event.type->spec->schema);
  for (const events::FieldSpec& field : event.type->spec->fields) {
    if (field.filled_in) data.clear(field.field);
  }
  Event proposed = event;
  proposed.body = std::move(body);
  return proposed;
}

std::vector<Rule> ApprovalRules() {
  return {
      {.schema_id = capnp::typeId<schema::ApprovalRequested>(),
       .decide = DecideRequested,
       .fill_in = FillRequested,
       .evolve = EvolveRequested},
      {.schema_id = capnp::typeId<schema::ApprovalGiven>(),
       .decide = DecideGiven,
       .evolve = EvolveGiven},
  };
}

}  // namespace guitu::aggregates
