#include "aggregates/case/decider.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "aggregates/case/references.h"
#include "aggregates/case/rule.h"
#include "events/check.h"
#include "events/reason.h"

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
    for (auto chapter : {RescueRules}) {
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
    case schema::Stages::SIBLING:
      return Refuse(Reason::SOFTWARE_ONLY);
    case schema::Stages::FIRST:
      break;
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

absl::Status DecideOne(const Proposal& proposal) {
  const Event& event = proposal.event;
  if (!event.type->forms) return Refuse(Reason::SOFTWARE_ONLY);
  if (auto status = CheckStage(proposal); !status.ok()) return status;
  if (event.occurred_at > proposal.context.now) {
    return RefuseAt(Reason::OCCURRED_IN_FUTURE, absl::StrCat("/events/", proposal.index, "/occurredAt"));
  }
  if (auto status = CheckReferences(proposal); !status.ok()) return status;
  const Rule* rule = RuleOf(event);
  return rule != nullptr && rule->decide ? rule->decide(proposal) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Event>> CaseDecider::Decide(const State& state, const Command& command,
                                                       const Context& context) {
  State current = state;
  std::vector<Event> decided;
  for (size_t i = 0; i < command.size(); ++i) {
    Event event = command[i];
    Proposal proposal{current, event, context, command, static_cast<uint32_t>(i)};
    if (auto status = DecideOne(proposal); !status.ok()) return status;
    const Rule* rule = RuleOf(event);
    if (rule != nullptr && rule->fill_in) {
      auto body = std::make_shared<events::Body>(std::as_const(*event.body).content());
      rule->fill_in(proposal, *body);
      event.body = std::move(body);
    }
    current = Evolve(std::move(current), event);
    decided.push_back(std::move(event));
  }
  return decided;
}

CaseState CaseDecider::Evolve(State state, const Event& event) {
  state.events.push_back(event.type->type);
  const Rule* rule = RuleOf(event);
  if (rule != nullptr && rule->evolve) rule->evolve(state, event);
  return state;
}

bool CaseState::Has(uint16_t type) const {
  return std::find(events.begin(), events.end(), type) != events.end();
}

CaseFacts FactsOf(const CaseState& state) { return {state.started(), state.owner, state.county}; }

}  // namespace guitu::aggregates
