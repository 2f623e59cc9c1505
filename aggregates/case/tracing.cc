// Chapter C: family tracing.
#include "aggregates/case/law.h"
#include "aggregates/case/rule.h"
#include "events/schema/tracing.capnp.h"

namespace guitu::aggregates {
namespace {

using events::Reason;
using events::Refuse;
using events::RefuseAt;

// R6, R7: a reference, never a profile. Only samples of the person count for R8; those of parents
// do not.
void EvolveDnaReference(CaseState& state, const events::Event& event) {
  auto number = static_cast<uint32_t>(state.events.size());
  if (event.As<schema::DnaReferenceRecorded>().getOf().isSelf()) state.samples[number];
}

void EvolveDnaComparison(CaseState& state, const events::Event& event) {
  auto reported = event.As<schema::DnaComparisonReported>();
  auto sample = state.samples.find(reported.getOf().getSequence());
  if (sample != state.samples.end()) sample->second = Str(reported.getResult().getCode());
}

// 未保法第92至95条, R15: only a person that 9b recorded is assessed, and nobody under a mark of
// conflict (15) is found fit, with or without conditions. "Unfit" may always be recorded.
absl::Status DecideFitness(const Proposal& proposal) {
  auto assessed = proposal.event.As<schema::GuardianFitnessAssessed>();
  auto person = RelatedTo(assessed.getPerson());
  if (!person) return RefuseAt(Reason::PERSON_UNKNOWN, proposal.At("person"));
  if (assessed.getResult() == schema::FitnessResult::UNFIT) return absl::OkStatus();
  if (IsFlagged(proposal.state, person)) return Refuse(Reason::FLAGGED_NOT_FIT);
  return absl::OkStatus();
}

void EvolveFitness(CaseState& state, const events::Event& event) {
  auto assessed = event.As<schema::GuardianFitnessAssessed>();
  auto person = RelatedTo(assessed.getPerson());
  if (person) state.found_fit[*person] = assessed.getResult() == schema::FitnessResult::FIT;
}

}  // namespace

std::vector<Rule> TracingRules() {
  return {
      // 25 and 31 have no precondition of their own: an early certificate warns (R12, R13).
      {.schema_id = capnp::typeId<schema::DnaReferenceRecorded>(), .evolve = EvolveDnaReference},
      {.schema_id = capnp::typeId<schema::DnaComparisonReported>(),
       .needs = {After({"26"}, Reason::DNA_SAMPLE_MISSING)},
       .evolve = EvolveDnaComparison},
      {.schema_id = capnp::typeId<schema::GuardianFitnessAssessed>(),
       .decide = DecideFitness,
       .evolve = EvolveFitness},
  };
}

}  // namespace guitu::aggregates
