// Chapter H: continuing assistance. 细则第19条第4项, R50.
#include "aggregates/case/law.h"
#include "aggregates/case/rule.h"
#include "events/schema/aftercare.capnp.h"

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

void EvolveVisit(CaseState& state, const events::Event&) { state.visits_planned += 1; }

}  // namespace

std::vector<Rule> AftercareRules() {
  return {
      {.schema_id = capnp::typeId<schema::DedicatedFileOpened>(),
       .decide = DecideFile,
       .fill_in = FillFile},
      {.schema_id = capnp::typeId<schema::FollowUpScheduled>(),
       .needs = {After({"56"}, Reason::FILE_NOT_OPENED)},
       .fill_in = FillVisit,
       .evolve = EvolveVisit},
      // 58 is never refused, planned or not, whoever was there: a visit is a fact. Nor is 60. 59 is
      // the software's own.
  };
}

}  // namespace guitu::aggregates
