// Chapter I: legal aid. 法律援助法; 细则第19条第5项. 61 has no rule: telling somebody of a right
// (第35条) is never refused, whoever it is.
#include "aggregates/case/law.h"
#include "aggregates/case/rule.h"
#include "events/schema/legal_aid.capnp.h"

namespace guitu::aggregates {
namespace {

using events::Reason;
using events::RefuseAt;

// 法律援助法第40条, R30: where the guardian violates the rights, another guardian or relative
// applies.
absl::Status DecideApplied(const Proposal& proposal) {
  auto applicant = RelatedTo(proposal.event.As<schema::LegalAidApplied>().getApplicant());
  if (!IsFlagged(proposal.state, applicant)) return absl::OkStatus();
  return RefuseAt(Reason::APPLICANT_FLAGGED, proposal.At("applicant"));
}

void EvolveApplied(CaseState& state, const events::Event& event) {
  auto applied = event.As<schema::LegalAidApplied>();
  auto number = static_cast<uint32_t>(state.events.size());
  state.legal_aid_applications[number] = absl::FromUnixMicros(applied.getReceivedAt().getMicros());
}

// 法律援助法第43条, R26: each "no" has reasons. Not competent: the agency that is says it as well.
// Withdrawn by the applicant, and deemed withdrawn for want of papers, are no refusals.
absl::Status DecideDecided(const Proposal& proposal) {
  auto decided = proposal.event.As<schema::LegalAidDecided>();
  std::string outcome = Str(decided.getOutcome().getCode());
  bool refused = outcome == "refused" && !decided.hasReasons();
  bool sent_away = outcome == "notCompetent" && !decided.hasReasons() && !decided.hasWhere();
  if (!refused && !sent_away) return absl::OkStatus();
  return RefuseAt(Reason::LEGAL_AID_REASONS_MISSING, proposal.At("reasons"));
}

// K11: seven days from receipt. A late decision is accepted and says so.
absl::Status FillDecided(const Proposal& proposal, events::Body& body) {
  auto decided = body.mutable_data<schema::LegalAidDecided>();
  absl::Time received = proposal.state.legal_aid_applications.at(decided.getOf().getSequence());
  absl::CivilDay last = LastDayOf(*proposal.context.rules, "K11", DayOf(received));
  bool late = DayOf(proposal.event.occurred_at) > last;
  decided.setLate(late ? schema::YesNo::YES : schema::YesNo::NO);
  return absl::OkStatus();
}

}  // namespace

std::vector<Rule> LegalAidRules() {
  return {
      {.schema_id = capnp::typeId<schema::LegalAidApplied>(),
       .decide = DecideApplied,
       .evolve = EvolveApplied},
      {.schema_id = capnp::typeId<schema::LegalAidDecided>(),
       .needs = {After({"62"}, Reason::LEGAL_AID_NOT_APPLIED)},
       .decide = DecideDecided,
       .fill_in = FillDecided},
  };
}

}  // namespace guitu::aggregates
