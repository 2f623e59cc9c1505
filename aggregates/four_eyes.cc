#include "aggregates/four_eyes.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "events/json.h"
#include "events/reason.h"
#include "events/record.h"
#include "events/schema/control.capnp.h"

namespace guitu::aggregates {
namespace {

using capnp::DynamicStruct;
using events::Event;
using events::Reason;
using events::Refuse;
using events::RefuseAt;

std::string Str(capnp::Text::Reader text) { return {text.begin(), text.size()}; }
events::RequestHash HashOf(schema::Id::Reader id) { return {id.getHi(), id.getLo()}; }

struct Act {
  uint16_t type = 0;
  events::RequestHash content;
  std::string author;
  absl::Time at;  // recordedAt
};

bool StandsAt(const Approval& approval, absl::Time at) {
  bool taken_back = approval.refused && approval.refused_at <= at;
  return approval.given && approval.given_at <= at && at < approval.expires && !taken_back;
}

// The oldest approval that the act may use. Acts before it are matched first, in the same way, so
// that each approval is used once, whatever became of the others.
const Approval* Match(std::span<const Approval> approvals, const Act& act,
                      const std::set<uint32_t>& used) {
  for (const Approval& approval : approvals) {
    bool same = approval.target == act.type && approval.content == act.content;
    bool second_person = approval.given_by != act.author && approval.given_by != approval.author;
    bool free = !used.contains(approval.request);
    if (StandsAt(approval, act.at) && same && second_person && free) return &approval;
  }
  return nullptr;
}

template <typename Approvals>
auto* Find(Approvals& approvals, schema::EventRef::Reader of) {
  auto it = std::find_if(approvals.begin(), approvals.end(), [&](const Approval& approval) {
    return approval.request == of.getSequence();
  });
  return it == approvals.end() ? nullptr : &*it;
}

// Who may say yes or no, and of what: the same for 98b and 98c.
absl::Status CheckAnswer(const Approval& approval, schema::Id::Reader hash, const Context& context,
                         const std::string& at) {
  const Actor& actor = context.actor;
  if (approval.author == actor.staff) return Refuse(Reason::APPROVAL_BY_AUTHOR);
  bool asked = (approval.to.empty() || approval.to == actor.staff) &&
               (approval.to_unit.empty() || approval.to_unit == actor.unit);
  if (!asked) return Refuse(Reason::APPROVAL_NOT_ASKED);
  if (approval.content == HashOf(hash)) return absl::OkStatus();
  return RefuseAt(Reason::APPROVAL_OTHER_CONTENT, absl::StrCat(at, "contentHash"));
}

}  // namespace

absl::StatusOr<Approval> FindApproval(std::span<const Approval> approvals,
                                      std::span<const Event> acts, const Event& act,
                                      const Context& context) {
  std::vector<Event> same_row;
  for (const Event& earlier : acts) {
    if (earlier.type == act.type) same_row.push_back(earlier);
  }
  Event proposed = act;
  proposed.recorder = context.actor.staff;
  proposed.recorded_at = context.RecordedAt();
  same_row.push_back(std::move(proposed));
  std::set<uint32_t> used;
  const Approval* match = nullptr;
  for (const Event& event : same_row) {
    auto hash = context.content_hash(event);
    if (!hash.ok()) return hash.status();
    match = Match(approvals, {event.type->type, *hash, event.recorder, event.recorded_at}, used);
    if (match != nullptr) used.insert(match->request);
  }
  if (match == nullptr) return Refuse(Reason::APPROVAL_NEEDED, act.type->name);
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

// R58, K20: afterwards is a way of its own, with a clock; it is not here yet.
absl::Status CheckRequested(const Event& event, const Context& context, const std::string& at) {
  auto request = event.As<schema::ApprovalRequested>();
  if (request.getAfterTheFact() == schema::YesNo::YES || request.hasRecorded()) {
    return RefuseAt(Reason::APPROVAL_AFTERWARDS, absl::StrCat(at, "afterTheFact"));
  }
  if (!request.hasContent()) {
    return RefuseAt(Reason::INVALID_FIELD, absl::StrCat(at, "content"), "this field is needed");
  }
  return ContentOf(event, context, at).status();
}

// The one event of the target row that the content holds, as a command would.
absl::StatusOr<Event> ContentOf(const Event& event, const Context& context, const std::string& at) {
  auto request = event.As<schema::ApprovalRequested>();
  std::string pointer = absl::StrCat(at, "content");
  auto wrong = [&](const absl::Status& status) {
    return RefuseAt(
        events::ReasonOf(status), pointer,
        absl::StrCat("in the content at \"", events::PointerOf(status), "\": ", status.message()));
  };
  auto json = events::ParseJson(Str(request.getContent()));
  if (!json.ok()) return wrong(json.status());
  const RuleData& rules = *context.rules;
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

absl::Status FillContentHash(const Event& event, const Context& context, const std::string& at,
                             events::Body& body) {
  auto content = ContentOf(event, context, at);
  if (!content.ok()) return content.status();
  auto hash = context.content_hash(*content);
  if (!hash.ok()) return hash.status();
  events::SetId(body.mutable_data<schema::ApprovalRequested>().initContentHash(), *hash);
  return absl::OkStatus();
}

void AddRequested(std::vector<Approval>& approvals, uint32_t number, const Event& event) {
  auto request = event.As<schema::ApprovalRequested>();
  Approval approval;
  approval.request = number;
  approval.target = events::TypeOfRow(Str(request.getTarget())).value_or(0);
  approval.content = HashOf(request.getContentHash());
  approval.author = event.recorder;
  approval.to = Str(request.getTo());
  approval.to_unit = Str(request.getToUnit());
  approval.expires = absl::FromUnixMicros(request.getExpires().getMicros());
  approvals.push_back(std::move(approval));
}

absl::Status CheckGiven(std::span<const Approval> approvals, const Event& event,
                        const Context& context, const std::string& at) {
  auto given = event.As<schema::ApprovalGiven>();
  const Approval* approval = Find(approvals, given.getOf());
  if (approval == nullptr) return RefuseAt(Reason::REFERENCE_UNKNOWN, absl::StrCat(at, "of"));
  if (approval->given || approval->refused) return Refuse(Reason::APPROVAL_DECIDED);
  auto status = CheckAnswer(*approval, given.getContentHash(), context, at);
  if (!status.ok()) return status;
  if (context.RecordedAt() >= approval->expires) return Refuse(Reason::APPROVAL_EXPIRED);
  return absl::OkStatus();
}

void AddGiven(std::vector<Approval>& approvals, const Event& event) {
  Approval* approval = Find(approvals, event.As<schema::ApprovalGiven>().getOf());
  if (approval == nullptr || approval->given || approval->refused) return;
  approval->given = true;
  approval->given_by = event.recorder;
  approval->given_at = event.recorded_at;
}

absl::Status CheckRefused(std::span<const Approval> approvals, const Event& event,
                          const Context& context, const std::string& at) {
  auto refused = event.As<schema::ApprovalRefused>();
  const Approval* approval = Find(approvals, refused.getOf());
  if (approval == nullptr) return RefuseAt(Reason::REFERENCE_UNKNOWN, absl::StrCat(at, "of"));
  bool by_another = approval->given && approval->given_by != context.actor.staff;
  if (approval->refused || by_another) return Refuse(Reason::APPROVAL_DECIDED);
  return CheckAnswer(*approval, refused.getContentHash(), context, at);
}

void AddRefused(std::vector<Approval>& approvals, const Event& event) {
  Approval* approval = Find(approvals, event.As<schema::ApprovalRefused>().getOf());
  if (approval == nullptr || approval->refused) return;
  approval->refused = true;
  approval->refused_at = event.recorded_at;
}

}  // namespace guitu::aggregates
