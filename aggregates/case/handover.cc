// Chapter B: handover and temporary aid.
#include "aggregates/case/law.h"
#include "aggregates/case/rule.h"
#include "events/schema/handover.capnp.h"

namespace guitu::aggregates {
namespace {

using events::Reason;
using events::RefuseAt;

// R4: a child comes with the notice of temporary care (打拐解救儿童临时照料通知书), an adult with
// the transfer sheet of the police, each with its number. Who may be a child is treated as one.
// Without the paper nobody is left outside: 19 `urgent` takes the person in, and 17 follows.
absl::Status DecideHandoverAccepted(const Proposal& proposal) {
  auto accepted = proposal.event.As<schema::HandoverAccepted>();
  if (accepted.getNotice().hasNumber()) return absl::OkStatus();
  Age age = AgeOn(proposal.state, *proposal.context.rules, DayOf(proposal.event.occurred_at));
  return RefuseAt(age == Age::kAdult ? Reason::TRANSFER_SHEET_MISSING : Reason::CARE_NOTICE_MISSING,
                  proposal.At("notice/number"));
}

}  // namespace

std::vector<Rule> HandoverRules() {
  return {
      // 细则第16条, R1.
      {.schema_id = capnp::typeId<schema::HandoverRequested>(),
       .needs = {After({"1", "3", "4", "5b", "67"}, Reason::HANDOVER_GROUND_MISSING)}},
      {.schema_id = capnp::typeId<schema::HandoverAccepted>(),
       .needs = {After({"16"}, Reason::HANDOVER_NOT_REQUESTED)},
       .decide = DecideHandoverAccepted},
  };
}

}  // namespace guitu::aggregates
