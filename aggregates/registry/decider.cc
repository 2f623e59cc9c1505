#include "aggregates/registry/decider.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "aggregates/four_eyes.h"
#include "aggregates/registry/rule.h"
#include "events/check.h"
#include "events/reason.h"

namespace guitu::aggregates {
namespace {

using events::Event;
using events::Reason;
using events::Refuse;
using events::RefuseAt;

using RuleTable = absl::flat_hash_map<uint64_t, RegistryRule>;

const RegistryRule* RuleOf(const Event& event) {
  static const RuleTable& table = *[] {
    auto* rules = new RuleTable;
    for (auto chapter : {ItemRules, RegistryApprovalRules}) {
      for (RegistryRule& rule : chapter()) GUITU_CHECK(rules->emplace(rule.schema_id, rule).second);
    }
    return rules;
  }();
  auto it = table.find(event.type->schema_id);
  return it == table.end() ? nullptr : &it->second;
}

bool IsSibling(const Event& event) { return event.type->stages == schema::Stages::SIBLING; }

absl::Status Check(const RegistryProposal& proposal, const RegistryRule* rule, bool siblings) {
  const Event& event = proposal.event;
  if (event.occurred_at > proposal.context.now) return Refuse(Reason::OCCURRED_IN_FUTURE);
  if (rule == nullptr && event.type->stages != schema::Stages::REGISTRY)
    return Refuse(Reason::NOT_FIRST);
  // Approvals are numbered apart and leave the version of the item: a record is of one of the two.
  if (IsSibling(event) != siblings)
    return RefuseAt(Reason::TYPE_NOT_HERE, absl::StrCat("/events/", proposal.index, "/type"));
  return rule != nullptr && rule->decide != nullptr ? rule->decide(proposal) : absl::OkStatus();
}

// The event as it will be recorded, or the refusal.
absl::StatusOr<Event> DecideOne(const RegistryProposal& proposal, bool siblings) {
  const RegistryRule* rule = RuleOf(proposal.event);
  if (auto status = Check(proposal, rule, siblings); !status.ok()) return status;
  Event event = proposal.event;
  bool fills = rule != nullptr && rule->fill_in != nullptr;
  bool approved = NeedsApproval(proposal.state, event);
  if (!fills && !approved) return event;
  auto body = std::make_shared<events::Body>(std::as_const(*event.body).content());
  if (approved) {
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

std::string RegistryProposal::At(absl::string_view field) const {
  return absl::StrCat("/events/", index, "/data/", field);
}

absl::StatusOr<std::vector<Event>> RegistryDecider::Decide(const State& state,
                                                           const Command& command,
                                                           const Context& context) {
  const State* current = &state;
  State after;  // what came before in the command
  std::vector<Event> decided;
  for (size_t i = 0; i < command.size(); ++i) {
    if (i > 0) {
      after = Evolve(*current, context.stream, decided.back());
      current = &after;
    }
    RegistryProposal proposal{*current, command[i], context, static_cast<uint32_t>(i)};
    auto event = DecideOne(proposal, IsSibling(command.front()));
    if (!event.ok()) return event.status();
    decided.push_back(*std::move(event));
  }
  return decided;
}

RegistryState RegistryDecider::Evolve(State state, const events::StreamId& item,
                                      const Event& event) {
  if (IsSibling(event)) {
    EvolveApprovals(state, item, event);
    return state;
  }
  if (event.type->approval) KeepApprovedAct(state, event);
  const RegistryRule* rule = RuleOf(event);
  if (rule != nullptr && rule->evolve != nullptr) rule->evolve(state, event);
  return state;
}

RegistryKey KeyOf(const Event& event) {
  const RegistryRule* rule = RuleOf(event);
  return rule != nullptr && rule->item != nullptr ? rule->item(event) : RegistryKey{};
}

}  // namespace guitu::aggregates
