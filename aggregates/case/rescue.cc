// Chapter A: report, rescue, opening.
#include "aggregates/case/law.h"
#include "aggregates/case/rule.h"
#include "events/record.h"
#include "events/schema/rescue.capnp.h"
#include "events/values.h"

namespace guitu::aggregates {
namespace {

using events::Reason;
using events::Refuse;
using events::RefuseAt;

// 细则第16条: the rescue itself is a fact; nothing refuses it. It tells the county until 5 does,
// the age as far as police could see it, and who kept the person.
void EvolveVictimRescued(CaseState& state, const events::Event& event) {
  auto rescued = event.As<schema::VictimRescued>();
  if (state.county.empty()) state.county = Str(rescued.getPlace().getAdmin()).substr(0, 6);
  auto band = BirthsOfBand(Str(rescued.getAgeBand().getCode()), DayOf(event.occurred_at));
  if (band) state.age_band = band;
  auto buyer = RelatedTo(rescued.getBuyer());
  if (buyer && state.persons.contains(*buyer)) state.persons[*buyer].roles.push_back("buyer");
}

bool IsGround(uint16_t type) {
  for (absl::string_view row : {"0a", "1", "2", "3", "4", "5b", "62", "67"}) {
    if (events::TypeOfRow(row) == type) return true;
  }
  return false;
}

// 细则第19条第4项: civil affairs opens a case on a ground. One of the first events is in the stream
// or in the same command; one in another stream is named by `grounds`, which the owner of the
// partition has looked up (design.md, "a fact of another stream").
absl::Status DecideCaseOpened(const Proposal& proposal) {
  if (proposal.state.opened) return Refuse(Reason::ALREADY_OPEN);
  auto opened = proposal.event.As<schema::CaseOpened>();
  const Unit* owner = proposal.context.registry->FindUnit(Str(opened.getOwner()));
  if (owner == nullptr || !owner->active) {
    return RefuseAt(Reason::UNIT_UNKNOWN, proposal.At("owner"));
  }
  for (uint16_t type : proposal.state.events) {
    if (IsGround(type)) return absl::OkStatus();
  }
  // 5 may stand before its ground in the same command.
  for (const events::Event& event : proposal.whole) {
    if (IsGround(event.type->type)) return absl::OkStatus();
  }
  // One in another stream has been found there, and is of a fitting row (references.cc).
  if (!opened.getGrounds().size()) return Refuse(Reason::GROUND_MISSING);
  return absl::OkStatus();
}

absl::Status FillCaseOpened(const Proposal& proposal, events::Body& body) {
  auto opened = body.mutable_data<schema::CaseOpened>();
  for (auto ground : opened.getGrounds()) {
    if (!ground.hasStream()) continue;
    events::StreamId stream{ground.getStream().getHi(), ground.getStream().getLo()};
    if (stream == proposal.context.stream) continue;
    auto seen = proposal.context.look_up(stream, ground.getSequence());
    if (!seen) return Refuse(Reason::SETTLING);
    ground.setVersion(seen->version);
    ground.setOffset(seen->offset);
  }
  opened.setCaseNo(events::CaseNumber(proposal.context.stream));
  events::SetId(opened.initSubjectKey(), proposal.context.subject);
  return absl::OkStatus();
}

void EvolveCaseOpened(CaseState& state, const events::Event& event) {
  auto opened = event.As<schema::CaseOpened>();
  state.opened = true;
  state.opened_at = event.occurred_at;
  state.owner = Str(opened.getOwner());
  state.county = Str(opened.getCounty());
}

// Anybody may claim a name or a birth date: a claim is no fact, and a second one takes nothing
// back.
void EvolveIdentityAsserted(CaseState& state, const events::Event& event) {
  auto asserted = event.As<schema::IdentityAsserted>();
  if (!asserted.hasDob()) return;
  absl::CivilDay day = events::ToCivilDay(asserted.getDob().getDays());
  int32_t range = asserted.getRangeYears();
  bool estimated = asserted.getEstimated() == schema::YesNo::YES ||
                   asserted.getEstimated() == schema::YesNo::UNKNOWN;
  int64_t years = range > 0 ? range : 0;
  BirthClaim claim;
  claim.span = {absl::CivilDay(day.year() - years, day.month(), day.day()),
                absl::CivilDay(day.year() + years, day.month(), day.day())};
  claim.vague = estimated && range < 0;
  claim.proof = Str(asserted.getProof().getCode());
  claim.said_by = RelatedTo(asserted.getSaidBy());
  state.births.push_back(std::move(claim));
}

// The reference is made here and nowhere else: opaque, and only such ones count in later rows.
absl::Status FillRelatedPerson(const Proposal& proposal, events::Body& body) {
  auto related = body.mutable_data<schema::RelatedPersonRecorded>();
  events::SubjectId person = proposal.context.new_person(proposal.index, "/person");
  events::SetId(related.initPerson().initRelated(), person);
  return absl::OkStatus();
}

void EvolveRelatedPerson(CaseState& state, const events::Event& event) {
  auto related = event.As<schema::RelatedPersonRecorded>();
  auto person = RelatedTo(related.getPerson());
  if (!person) return;
  for (auto role : related.getRole()) state.persons[*person].roles.push_back(Str(role.getCode()));
  state.persons[*person];
}

// 反家暴法第14、15条: the finding is about an adult. A minor is protected without one. Whose age is
// not known may be assessed: it can only add a protection.
absl::Status DecideCapacity(const Proposal& proposal) {
  absl::CivilDay day = DayOf(proposal.event.occurred_at);
  if (AgeOn(proposal.state, *proposal.context.rules, day) != Age::kMinor) return absl::OkStatus();
  return Refuse(Reason::CAPACITY_OF_MINOR);
}

void EvolveCapacity(CaseState& state, const events::Event& event) {
  // The newest finding counts, also where an older one is recorded after it.
  if (state.capacity && state.capacity->found_at > event.occurred_at) return;
  auto assessed = event.As<schema::CapacityAssessed>();
  state.capacity = CapacityFinding{Str(assessed.getFinding().getCode()), event.occurred_at};
}

// 救助管理办法第11条, R2: the wish is heard first. Who is not able to say it is heard by
// observation.
absl::Status DecideVictimWish(const Proposal& proposal) {
  auto wish = proposal.event.As<schema::VictimWishRecorded>();
  bool unable = false;
  for (auto topic : wish.getTopics()) unable |= Str(topic.getAnswer().getCode()) == "unable";
  if (unable && (!wish.hasObservation() || !wish.hasWhy())) {
    return Refuse(Reason::WISH_OBSERVATION_MISSING);
  }
  return absl::OkStatus();
}

void EvolveVictimWish(CaseState& state, const events::Event& event) {
  auto recorded = event.As<schema::VictimWishRecorded>();
  Wish wish;
  wish.heard_at = event.occurred_at;
  wish.free =
      recorded.getAlone() == schema::YesNo::YES && recorded.getBuyerAbsent() == schema::YesNo::YES;
  for (auto topic : recorded.getTopics()) {
    if (Str(topic.getTopic().getCode()) == "liveWithBuyer")
      wish.with_buyer = Str(topic.getAnswer().getCode());
  }
  std::string ability = Str(recorded.getAbility().getCode());
  wish.ability_doubtful = ability == "disability" || ability == "illness";
  state.heard.push_back(std::move(wish));
  state.wishes += 1;
}

// 民法典第36条: only a person that 9b recorded can be marked; the person of the case is none.
absl::Status DecideConflict(const Proposal& proposal) {
  auto flagged = proposal.event.As<schema::GuardianConflictFlagged>();
  if (RelatedTo(flagged.getPerson())) return absl::OkStatus();
  return RefuseAt(Reason::PERSON_UNKNOWN, proposal.At("person"));
}

void EvolveConflict(CaseState& state, const events::Event& event) {
  auto person = RelatedTo(event.As<schema::GuardianConflictFlagged>().getPerson());
  if (person) state.persons[*person].conflicted = true;
}

}  // namespace

std::vector<Rule> RescueRules() {
  return {
      {.schema_id = capnp::typeId<schema::VictimRescued>(), .evolve = EvolveVictimRescued},
      {.schema_id = capnp::typeId<schema::CaseOpened>(),
       .decide = DecideCaseOpened,
       .fill_in = FillCaseOpened,
       .evolve = EvolveCaseOpened},
      {.schema_id = capnp::typeId<schema::IdentityAsserted>(), .evolve = EvolveIdentityAsserted},
      {.schema_id = capnp::typeId<schema::RelatedPersonRecorded>(),
       .fill_in = FillRelatedPerson,
       .evolve = EvolveRelatedPerson},
      // 11 has no precondition beyond 5, and later rows only ask whether it is there.
      {.schema_id = capnp::typeId<schema::CapacityAssessed>(),
       .decide = DecideCapacity,
       .evolve = EvolveCapacity},
      {.schema_id = capnp::typeId<schema::VictimWishRecorded>(),
       .decide = DecideVictimWish,
       .evolve = EvolveVictimWish},
      {.schema_id = capnp::typeId<schema::GuardianConflictFlagged>(),
       .decide = DecideConflict,
       .evolve = EvolveConflict},
  };
}

}  // namespace guitu::aggregates
