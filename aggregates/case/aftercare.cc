// Chapter H: continuing assistance. 细则第19条第4项, R50.
#include "aggregates/case/law.h"
#include "aggregates/case/rule.h"
#include "events/schema/aftercare.capnp.h"
#include "events/values.h"

namespace guitu::aggregates {
namespace {

using events::Reason;
using events::RefuseAt;

// The cadence in force when the file was opened; it goes with the file.
RuleData RulesThen(const Proposal& proposal) {
  return proposal.context.rules->On(DayOf(proposal.event.occurred_at));
}

// 5 is asked for by the stage of the type. A cadence is a code like any other: it has to be there.
absl::Status DecideFile(const Proposal& proposal) {
  auto file = proposal.event.As<schema::DedicatedFileOpened>();
  if (RulesThen(proposal).FindCadence(Str(file.getCadence())) != nullptr) return absl::OkStatus();
  return RefuseAt(Reason::INVALID_FIELD, proposal.At("cadence"), "there is no such cadence");
}

absl::Status FillFile(const Proposal& proposal, events::Body& body) {
  auto version = static_cast<uint32_t>(RulesThen(proposal).cadence_version());
  body.mutable_data<schema::DedicatedFileOpened>().setCadenceVersion(version);
  return absl::OkStatus();
}

absl::Status FillVisit(const Proposal& proposal, events::Body& body) {
  body.mutable_data<schema::FollowUpScheduled>().setNo(proposal.state.visits_planned + 1);
  return absl::OkStatus();
}

// The cadence that is folded is the newest of the file; a visit keeps the one it was planned under.
void EvolveFile(CaseState& state, const events::Event& event) {
  auto file = event.As<schema::DedicatedFileOpened>();
  state.cadence = Str(file.getCadence());
  state.cadence_version = file.getCadenceVersion();
}

void EvolveVisit(CaseState& state, const events::Event& event) {
  state.visits_planned += 1;
  auto planned = event.As<schema::FollowUpScheduled>();
  state.visits[static_cast<uint32_t>(state.events.size())] = {
      planned.getDue().getDays(), planned.getStep(), state.cadence, state.cadence_version, false};
}

// K15: 58 ends the visit it names if the person was seen; a door that stayed shut leaves it open.
void EvolveMade(CaseState& state, const events::Event& event) {
  auto made = event.As<schema::FollowUpCompleted>();
  std::string result = Str(made.getResult().getCode());
  bool names_one = made.hasOf() && !made.getOf().hasStream();
  if (names_one && (result == "seenAlone" || result == "seen"))
    state.visits.erase(made.getOf().getSequence());
}

// The visit that 59 names, if it is missed now and nothing is recorded of it yet.
const PlannedVisit* MissedVisit(const Proposal& proposal) {
  auto missed = proposal.event.As<schema::FollowUpMissed>();
  auto found = proposal.state.visits.find(missed.getOf().getSequence());
  if (found == proposal.state.visits.end() || found->second.missed) return nullptr;
  const PlannedVisit& visit = found->second;
  const Cadence* cadence =
      proposal.context.rules->FindCadence(visit.cadence, static_cast<int>(visit.cadence_version));
  absl::CivilDay last = events::ToCivilDay(visit.due) + GraceOf(cadence, visit.step);
  bool the_same = missed.getDue().getDays() == visit.due;
  return the_same && DayOf(proposal.context.now) > last ? &visit : nullptr;
}

absl::Status DecideMissed(const Proposal& proposal) {
  if (MissedVisit(proposal) != nullptr) return absl::OkStatus();
  return RefuseAt(Reason::VISIT_NOT_MISSED, proposal.At("of"));
}

// K15 goes to the bureau of civil affairs of the county, where there is one; else to the unit in
// charge.
std::string EscalatedTo(const Proposal& proposal) {
  std::string bureau = proposal.state.county + "-MCA";
  const Unit* unit = proposal.context.registry->FindUnit(bureau);
  return unit != nullptr && unit->active ? bureau : proposal.state.owner;
}

absl::Status FillMissed(const Proposal& proposal, events::Body& body) {
  const PlannedVisit* visit = MissedVisit(proposal);
  auto missed = body.mutable_data<schema::FollowUpMissed>();
  missed.initFirstDue().setDays(visit->due);
  absl::CivilDay today = DayOf(proposal.context.now);
  missed.setDaysLate(static_cast<int32_t>(today - events::ToCivilDay(visit->due)));
  if (std::string unit = EscalatedTo(proposal); !unit.empty()) missed.setEscalatedTo(unit);
  return absl::OkStatus();
}

void EvolveMissed(CaseState& state, const events::Event& event) {
  auto found = state.visits.find(event.As<schema::FollowUpMissed>().getOf().getSequence());
  if (found != state.visits.end()) found->second.missed = true;
}

}  // namespace

std::vector<Rule> AftercareRules() {
  return {
      {.schema_id = capnp::typeId<schema::DedicatedFileOpened>(),
       .decide = DecideFile,
       .fill_in = FillFile,
       .evolve = EvolveFile},
      {.schema_id = capnp::typeId<schema::FollowUpScheduled>(),
       .needs = {After({"56"}, Reason::FILE_NOT_OPENED)},
       .fill_in = FillVisit,
       .evolve = EvolveVisit},
      // 58 is never refused, planned or not, whoever was there: a visit is a fact. Nor is 60.
      {.schema_id = capnp::typeId<schema::FollowUpCompleted>(), .evolve = EvolveMade},
      // The software's own; a 58 that comes later leaves it.
      {.schema_id = capnp::typeId<schema::FollowUpMissed>(),
       .decide = DecideMissed,
       .fill_in = FillMissed,
       .evolve = EvolveMissed},
  };
}

}  // namespace guitu::aggregates
