#include "aggregates/case/decider.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "aggregates/case/approvals.h"
#include "aggregates/case/references.h"
#include "aggregates/case/rule.h"
#include "events/check.h"
#include "events/reason.h"
#include "events/record.h"

namespace guitu::aggregates {
namespace {

using events::Event;
using events::Reason;
using events::Refuse;
using events::RefuseAt;

using RuleTable = absl::flat_hash_map<uint64_t, Rule>;

const RuleTable& Rules() {
  static const RuleTable& table = *[] {
    auto* rules = new RuleTable;
    for (auto chapter : {RescueRules, HandoverRules, TracingRules, PlacementRules, HouseholdRules,
                         SchoolRules, AftercareRules, LegalAidRules, ControlRules, ApprovalRules}) {
      for (Rule& rule : chapter()) GUITU_CHECK(rules->emplace(rule.schema_id, rule).second);
    }
    return rules;
  }();
  return table;
}

const Rule* RuleOf(const Event& event) {
  auto it = Rules().find(event.type->schema_id);
  return it == Rules().end() ? nullptr : &it->second;
}

// Where in the life of the stream the type may stand: "First event of a stream", "Before 5 are
// accepted", "A closed case" of the catalogue.
absl::Status CheckStage(const Proposal& proposal) {
  const events::EventType& type = *proposal.event.type;
  switch (type.stages) {
    case schema::Stages::REGISTRY:
      return Refuse(Reason::NOT_FIRST_OF_STREAM);
    case schema::Stages::PARTITION:
      return Refuse(Reason::SOFTWARE_ONLY);
    case schema::Stages::FIRST:
      break;
    case schema::Stages::SIBLING:
    case schema::Stages::BEFORE_OPENING:
      if (!proposal.state.started()) return Refuse(Reason::NOT_FIRST);
      break;
    case schema::Stages::OPEN_CASE:
      if (!proposal.state.started()) return Refuse(Reason::NOT_FIRST);
      if (!proposal.state.opened) return Refuse(Reason::CASE_NOT_OPEN);
      break;
  }
  if (proposal.state.closed && !type.when_closed) return Refuse(Reason::CASE_CLOSED);
  return absl::OkStatus();
}

bool IsSibling(const Event& event) { return event.type->stages == schema::Stages::SIBLING; }

// A record is of one stream: approvals and notices are numbered apart and leave the version of the
// case.
absl::Status CheckStream(const Proposal& proposal) {
  bool siblings = IsSibling(proposal.whole.front());
  if (IsSibling(proposal.event) == siblings) return absl::OkStatus();
  return RefuseAt(Reason::TYPE_NOT_HERE, absl::StrCat("/events/", proposal.index, "/type"));
}

absl::Status CheckNeeds(const Proposal& proposal, const Rule& rule) {
  for (const Need& need : rule.needs) {
    bool there = std::any_of(need.any_of.begin(), need.any_of.end(),
                             [&](uint16_t type) { return proposal.state.Has(type); });
    if (!there) return Refuse(need.reason);
  }
  return absl::OkStatus();
}

// The checks common to every event, then what the catalogue says of this one.
absl::Status Check(const Proposal& proposal, const Rule* rule) {
  const Event& event = proposal.event;
  bool own_act =
      proposal.context.actor.staff == kSystemActor && event.type->mode == schema::Mode::SOFTWARE;
  if (!event.type->forms && !own_act) return Refuse(Reason::SOFTWARE_ONLY);
  if (auto status = CheckStream(proposal); !status.ok()) return status;
  if (auto status = CheckStage(proposal); !status.ok()) return status;
  if (event.occurred_at > proposal.context.now) {
    return RefuseAt(Reason::OCCURRED_IN_FUTURE,
                    absl::StrCat("/events/", proposal.index, "/occurredAt"));
  }
  if (rule != nullptr) {
    if (auto status = CheckNeeds(proposal, *rule); !status.ok()) return status;
  }
  if (auto status = CheckReferences(proposal); !status.ok()) return status;
  return rule != nullptr && rule->decide ? rule->decide(proposal) : absl::OkStatus();
}

// The event as it will be recorded, or the refusal.
absl::StatusOr<Event> DecideOne(const Proposal& proposal) {
  const Rule* rule = RuleOf(proposal.event);
  if (auto status = Check(proposal, rule); !status.ok()) return status;
  Event event = proposal.event;
  bool fills = rule != nullptr && rule->fill_in;
  if (!fills && !event.type->approval) return event;
  auto body = std::make_shared<events::Body>(std::as_const(*event.body).content());
  if (event.type->approval) {
    auto approval = ApprovalFor(proposal);
    if (!approval.ok()) return approval.status();
    FillApprover(*approval, *event.type, *body);
  }
  if (fills) {
    if (auto status = rule->fill_in(proposal, *body); !status.ok()) return status;
  }
  event.body = std::move(body);
  return event;
}

}  // namespace

std::string Proposal::At(absl::string_view field) const {
  return absl::StrCat("/events/", index, "/data/", field);
}

Need After(std::initializer_list<absl::string_view> rows, events::Reason reason) {
  Need need{{}, reason};
  for (absl::string_view row : rows) need.any_of.push_back(*events::TypeOfRow(row));
  return need;
}

absl::StatusOr<std::vector<Event>> CaseDecider::Decide(const State& state, const Command& command,
                                                       const Context& context) {
  const State* current = &state;
  State after;  // what came before in the command; the state of a long case is copied only for that
  std::vector<Event> decided;
  for (size_t i = 0; i < command.size(); ++i) {
    if (i > 0) {
      if (i == 1) after = state;
      after = Evolve(std::move(after), decided.back());
      current = &after;
    }
    auto event = DecideOne({*current, command[i], context, command, static_cast<uint32_t>(i)});
    if (!event.ok()) return event.status();
    decided.push_back(*std::move(event));
  }
  return decided;
}

CaseState CaseDecider::Evolve(State state, const Event& event) {
  (IsSibling(event) ? state.siblings : state.events).push_back(event.type->type);
  if (event.type->approval) state.approved_acts.push_back(AsProposed(event));
  const Rule* rule = RuleOf(event);
  if (rule != nullptr && rule->evolve) rule->evolve(state, event);
  return state;
}

bool CaseState::Has(uint16_t type) const {
  return std::find(events.begin(), events.end(), type) != events.end();
}

CaseFacts FactsOf(const CaseState& state) {
  return {state.started(), state.owner, state.county, state.assigned_until};
}

}  // namespace guitu::aggregates
