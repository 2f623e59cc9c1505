// Chapter L: case control.
#include "aggregates/case/law.h"
#include "aggregates/case/rule.h"
#include "events/schema/control.capnp.h"
#include "events/values.h"

namespace guitu::aggregates {
namespace {

using events::Reason;
using events::RefuseAt;

// 未成年人网络保护条例第36条, R39: the assignment is the standing approval to see a minor's data,
// so it goes to somebody who is there today. That the head of the unit makes it is authorize()'s
// business.
absl::Status DecideAssigned(const Proposal& proposal) {
  auto assigned = proposal.event.As<schema::CaseAssigned>();
  const RegistryState& registry = *proposal.context.registry;
  const Unit* unit = registry.FindUnit(Str(assigned.getUnit()));
  if (unit == nullptr || !unit->active) return RefuseAt(Reason::UNIT_UNKNOWN, proposal.At("unit"));
  const User* worker = registry.FindUser(Str(assigned.getStaff()));
  absl::CivilDay today = DayOf(proposal.context.now);
  bool active = worker != nullptr && !worker->suspended && worker->unit == unit->code &&
                worker->from <= today && today <= worker->until;
  return active ? absl::OkStatus() : RefuseAt(Reason::WORKER_UNKNOWN, proposal.At("staff"));
}

// One worker per unit: the newer assignment takes the place of the older.
void EvolveAssigned(CaseState& state, const events::Event& event) {
  auto assigned = event.As<schema::CaseAssigned>();
  state.workers[Str(assigned.getUnit())] = Str(assigned.getStaff());
  state.assigned_until[Str(assigned.getUnit())] =
      assigned.hasUntil() ? events::ToCivilDay(assigned.getUntil().getDays())
                          : absl::CivilDay::max();
}

}  // namespace

std::vector<Rule> ControlRules() {
  return {
      {.schema_id = capnp::typeId<schema::CaseAssigned>(),
       .decide = DecideAssigned,
       .evolve = EvolveAssigned},
  };
}

}  // namespace guitu::aggregates
