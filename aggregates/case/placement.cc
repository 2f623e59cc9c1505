// Chapter D: placement. The heart of R1 (细则第16条): a child, and an adult who cannot decide,
// never stays with those who bought them; an able adult chooses (R2).
#include <set>

#include "aggregates/case/law.h"
#include "aggregates/case/rule.h"
#include "events/schema/placement.capnp.h"

namespace guitu::aggregates {
namespace {

using events::Reason;
using events::Refuse;
using events::RefuseAt;

constexpr absl::string_view kWithBuyer = "withBuyer";  // 与收买人同住

// By role (9b, 4), by kind of placement, or by what the worker found out.
bool IsWithBuyersSide(const CaseState& state, schema::PlacementDecided::Reader placement) {
  auto checked = placement.getBuyerCheck().getResult();
  return Str(placement.getPtype().getCode()) == kWithBuyer ||
         IsOfBuyersSide(state, RelatedTo(placement.getPerson())) ||
         checked == schema::BuyerCheckResult::BUYER ||
         checked == schema::BuyerCheckResult::HOUSEHOLD;
}

// R1, 细则第16条; 民法典第36条.
absl::Status ProtectFromBuyer(const Proposal& proposal,
                              schema::PlacementDecided::Reader placement) {
  if (IsWithBuyersSide(proposal.state, placement)) {
    return RefuseAt(Reason::NEVER_WITH_BUYER,
                    proposal.At(placement.hasPerson() ? "person" : "ptype"));
  }
  if (IsFlagged(proposal.state, RelatedTo(placement.getPerson()))) {
    return RefuseAt(Reason::CARER_FLAGGED, proposal.At("person"));
  }
  return absl::OkStatus();
}

// 反家暴法第14、15条: a wish heard from somebody disabled or ill puts the capacity in doubt until
// 11b.
absl::Status ResolveDoubt(const Proposal& proposal) {
  if (proposal.state.capacity) return absl::OkStatus();
  for (const Wish& wish : proposal.state.heard) {
    if (wish.ability_doubtful) return Refuse(Reason::CAPACITY_IN_DOUBT);
  }
  return absl::OkStatus();
}

// 未保法第93条, R15: a minor goes to a private carer, kin or foster family, only after 32 "fit" of
// that person; a carer who is not named cannot have been assessed.
absl::Status AssessCarer(const Proposal& proposal, schema::PlacementDecided::Reader placement) {
  std::string ptype = Str(placement.getPtype().getCode());
  auto person = RelatedTo(placement.getPerson());
  bool is_private = person || ptype == "birthParents" || ptype == "kin" || ptype == "foster";
  if (!is_private) return absl::OkStatus();
  auto fit = person ? proposal.state.found_fit.find(*person) : proposal.state.found_fit.end();
  if (fit != proposal.state.found_fit.end() && fit->second) return absl::OkStatus();
  return RefuseAt(Reason::CARER_NOT_FIT, proposal.At("person"));
}

// R1, R2, 刑法第241条第6款: an able adult may choose to live on with the buyer. It is recorded as
// what it is, never offered as something else; the wish for it was heard alone, the buyer's side
// absent, on two days (own figure), and she has not said otherwise since. Women's federation and
// police are told by 77, visits follow cadence A3; both are not asked here.
absl::Status HearTwice(const Proposal& proposal, schema::PlacementDecided::Reader placement) {
  if (Str(placement.getPtype().getCode()) != kWithBuyer) {
    return RefuseAt(Reason::BUYER_BY_ITS_NAME, proposal.At("ptype"));
  }
  if (CapacityIsOpen(proposal.state)) return Refuse(Reason::CAPACITY_IN_DOUBT);
  int32_t wishes = 0;
  std::set<absl::CivilDay> days;
  const Wish* newest = nullptr;
  for (const Wish& wish : proposal.state.heard) {
    if (wish.with_buyer.empty()) continue;
    if (newest == nullptr || wish.heard_at >= newest->heard_at) newest = &wish;
    if (!wish.free || wish.with_buyer != "yes" || wish.heard_at > proposal.event.occurred_at)
      continue;
    ++wishes;
    days.insert(DayOf(wish.heard_at));
  }
  const RuleData& rules = *proposal.context.rules;
  bool stands = newest != nullptr && newest->with_buyer == "yes";
  bool enough = wishes >= NumberOf(rules, "R1.wishes") &&
                static_cast<int32_t>(days.size()) >= NumberOf(rules, "R1.wishDays");
  return stands && enough ? absl::OkStatus() : Refuse(Reason::BUYER_WISHES_MISSING);
}

absl::Status DecidePlacement(const Proposal& proposal) {
  auto placement = proposal.event.As<schema::PlacementDecided>();
  const RuleData& rules = *proposal.context.rules;
  Age age = AgeOn(proposal.state, rules, DayOf(proposal.event.occurred_at));
  bool is_protected = IsProtected(proposal.state, rules, proposal.event.occurred_at);
  if (is_protected) {
    if (auto status = ProtectFromBuyer(proposal, placement); !status.ok()) return status;
  }
  // Whose age is not known has the protection of a minor.
  if (age != Age::kAdult) return AssessCarer(proposal, placement);
  if (auto status = ResolveDoubt(proposal); !status.ok()) return status;
  if (is_protected || !IsWithBuyersSide(proposal.state, placement)) return absl::OkStatus();
  return HearTwice(proposal, placement);
}

void EvolvePlacement(CaseState& state, const events::Event& event) {
  auto placement = event.As<schema::PlacementDecided>();
  state.placements[static_cast<uint32_t>(state.events.size())] = {
      Str(placement.getPtype().getCode()), RelatedTo(placement.getPerson())};
}

// R1 once more at the move: what was found out between decision and move counts. Of a protected
// person the one decided on is the carer too; an able adult who lives with somebody has no carer
// unless one is named.
absl::Status DecidePlacementStarted(const Proposal& proposal) {
  auto started = proposal.event.As<schema::PlacementStarted>();
  const CaseState& state = proposal.state;
  auto carer = RelatedTo(started.getCarer());
  if (IsProtected(state, *proposal.context.rules, proposal.event.occurred_at)) {
    const Placement& decided = state.placements.at(started.getOf().getSequence());
    if (decided.ptype == kWithBuyer || IsOfBuyersSide(state, decided.person)) {
      return RefuseAt(Reason::NEVER_WITH_BUYER, proposal.At("of"));
    }
    if (IsOfBuyersSide(state, carer)) {
      return RefuseAt(Reason::NEVER_WITH_BUYER, proposal.At("carer"));
    }
    if (IsFlagged(state, decided.person)) return RefuseAt(Reason::CARER_FLAGGED, proposal.At("of"));
  }
  if (IsFlagged(state, carer)) return RefuseAt(Reason::CARER_FLAGGED, proposal.At("carer"));
  return absl::OkStatus();
}

}  // namespace

std::vector<Rule> PlacementRules() {
  return {
      {.schema_id = capnp::typeId<schema::PlacementOptionsReviewed>(),
       .needs = {After({"11"}, Reason::RISK_NOT_ASSESSED), After({"12"}, Reason::WISH_NOT_HEARD)}},
      // 34 is +A: the decider asks for the approval of every type so marked.
      {.schema_id = capnp::typeId<schema::PlacementDecided>(),
       .needs = {After({"12"}, Reason::WISH_NOT_HEARD)},
       .decide = DecidePlacement,
       .evolve = EvolvePlacement},
      {.schema_id = capnp::typeId<schema::PlacementStarted>(),
       .needs = {After({"34"}, Reason::PLACEMENT_NOT_DECIDED)},
       .decide = DecidePlacementStarted},
  };
}

}  // namespace guitu::aggregates
