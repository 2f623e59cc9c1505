// Chapter A: report, rescue, opening.
#include "absl/strings/str_cat.h"
#include "aggregates/case/rule.h"
#include "events/reason.h"
#include "events/record.h"
#include "events/schema/rescue.capnp.h"

namespace guitu::aggregates {
namespace {

using events::Reason;
using events::Refuse;
using events::RefuseAt;

std::string Str(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

// 细则第16条: the rescue itself is a fact; nothing refuses it. It tells the county until 5 does.
void EvolveVictimRescued(CaseState& state, const events::Event& event) {
  if (state.county.empty()) {
    state.county = Str(event.As<schema::VictimRescued>().getPlace().getAdmin()).substr(0, 6);
  }
}

bool IsGround(uint16_t type) {
  for (absl::string_view row : {"0a", "1", "2", "3", "4", "5b", "62", "67"}) {
    if (events::TypeOfRow(row) == type) return true;
  }
  return false;
}

// 细则第19条第4项: civil affairs opens a case on a ground. One of the first events is in the stream or
// in the same command; one in another stream is named by `grounds`, which the owner of the partition has
// looked up (design.md, "a fact of another stream").
absl::Status DecideCaseOpened(const Proposal& proposal) {
  if (proposal.state.opened) return Refuse(Reason::ALREADY_OPEN);
  auto opened = proposal.event.As<schema::CaseOpened>();
  const Unit* owner = proposal.context.registry->FindUnit(Str(opened.getOwner()));
  if (owner == nullptr || !owner->active) {
    return RefuseAt(Reason::UNIT_UNKNOWN, absl::StrCat("/events/", proposal.index, "/data/owner"));
  }
  for (uint16_t type : proposal.state.events) {
    if (IsGround(type)) return absl::OkStatus();
  }
  // 5 may stand before its ground in the same command.
  for (const events::Event& event : proposal.whole) {
    if (IsGround(event.type->type)) return absl::OkStatus();
  }
  return Refuse(Reason::GROUND_MISSING);
}

void FillCaseOpened(const Proposal& proposal, events::Body& body) {
  auto opened = body.mutable_data<schema::CaseOpened>();
  opened.setCaseNo(events::CaseNumber(proposal.context.stream));
  events::SetId(opened.initSubjectKey(), proposal.context.subject);
}

void EvolveCaseOpened(CaseState& state, const events::Event& event) {
  auto opened = event.As<schema::CaseOpened>();
  state.opened = true;
  state.opened_at = event.occurred_at;
  state.owner = Str(opened.getOwner());
  state.county = Str(opened.getCounty());
}

// 救助管理办法第11条, R2: the wish is heard first. Who is not able to say it is heard by observation.
absl::Status DecideVictimWish(const Proposal& proposal) {
  auto wish = proposal.event.As<schema::VictimWishRecorded>();
  bool unable = false;
  for (auto topic : wish.getTopics()) unable |= Str(topic.getAnswer().getCode()) == "unable";
  if (unable && (!wish.hasObservation() || !wish.hasWhy())) {
    return Refuse(Reason::WISH_OBSERVATION_MISSING);
  }
  return absl::OkStatus();
}

void EvolveVictimWish(CaseState& state, const events::Event&) { state.wishes += 1; }

}  // namespace

std::vector<Rule> RescueRules() {
  return {
      {capnp::typeId<schema::VictimRescued>(), nullptr, nullptr, EvolveVictimRescued},
      {capnp::typeId<schema::CaseOpened>(), DecideCaseOpened, FillCaseOpened, EvolveCaseOpened},
      {capnp::typeId<schema::VictimWishRecorded>(), DecideVictimWish, nullptr, EvolveVictimWish},
  };
}

}  // namespace guitu::aggregates
