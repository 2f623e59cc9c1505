// The law of each row of the registry; the table stands at the end.
#include "absl/strings/str_cat.h"
#include "aggregates/registry/rule.h"
#include "events/reason.h"
#include "events/record.h"
#include "events/schema/plan.capnp.h"
#include "events/schema/registry.capnp.h"
#include "events/values.h"

namespace guitu::aggregates {
namespace {

using events::Event;
using events::Reason;
using events::Refuse;
using events::RefuseAt;

// How long the first of two people waits for the second.
constexpr absl::Duration kConfirmationPatience = absl::Minutes(10);

std::string Str(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

// --- 90 ---

absl::Status DecideUnit(const RegistryProposal& proposal) {
  auto unit = proposal.event.As<schema::UnitSet>();
  if (!unit.hasParent()) return absl::OkStatus();
  std::string parent = Str(unit.getParent());
  if (parent == Str(unit.getCode()) || proposal.state.FindUnit(parent) == nullptr) {
    return RefuseAt(Reason::UNIT_UNKNOWN, proposal.At("parent"));
  }
  return absl::OkStatus();
}

void EvolveUnit(RegistryState& state, const Event& event) {
  auto in = event.As<schema::UnitSet>();
  auto unit = std::make_shared<Unit>(Unit{Str(in.getCode()), Str(in.getName()), Str(in.getParent()),
                                          Str(in.getCounty()), in.getKind(),
                                          in.getActive() == schema::YesNo::YES});
  state.units[unit->code] = unit;
}

// --- 91, 92 ---

absl::Status DecideUser(const RegistryProposal& proposal) {
  auto user = proposal.event.As<schema::UserSet>();
  // A person who could change himself could give himself every right.
  if (Str(user.getStaff()) == proposal.context.actor.staff) return Refuse(Reason::NOT_ONESELF);
  const Unit* unit = proposal.state.FindUnit(Str(user.getUnit()));
  if (unit == nullptr || !unit->active) return RefuseAt(Reason::UNIT_UNKNOWN, proposal.At("unit"));
  uint32_t index = 0;
  for (auto role : user.getRoles()) {
    if (proposal.state.FindRole(Str(role)) == nullptr) {
      return RefuseAt(Reason::REGISTRY_CONFLICT, proposal.At(absl::StrCat("roles/", index)),
                      "there is no such role");
    }
    ++index;
  }
  return absl::OkStatus();
}

bool Administers(const RegistryState& state, const User& user) {
  for (const std::string& name : user.roles) {
    const Role* role = state.FindRole(name);
    if (role != nullptr && role->administers) return true;
  }
  return false;
}

void EvolveUser(RegistryState& state, const Event& event) {
  auto in = event.As<schema::UserSet>();
  const User* before = state.FindUser(Str(in.getStaff()));
  auto user = std::make_shared<User>();
  user->staff = Str(in.getStaff());
  user->unit = Str(in.getUnit());
  for (auto role : in.getRoles()) user->roles.insert(Str(role));
  user->from = events::ToCivilDay(in.getFrom().getDays());
  if (in.hasUntil()) user->until = events::ToCivilDay(in.getUntil().getDays());
  user->suspended = before != nullptr && before->suspended;
  if (before == nullptr && Administers(state, *user)) state.administrators += 1;
  state.users[user->staff] = user;
}

absl::Status DecideSuspension(const RegistryProposal& proposal) {
  std::string staff = Str(proposal.event.As<schema::UserSuspended>().getStaff());
  if (staff == proposal.context.actor.staff) return Refuse(Reason::NOT_ONESELF);
  if (proposal.state.FindUser(staff) == nullptr) {
    return RefuseAt(Reason::REGISTRY_CONFLICT, proposal.At("staff"), "there is no such user");
  }
  return absl::OkStatus();
}

void EvolveSuspension(RegistryState& state, const Event& event) {
  std::string staff = Str(event.As<schema::UserSuspended>().getStaff());
  const User* before = state.FindUser(staff);
  if (before == nullptr) return;
  auto user = std::make_shared<User>(*before);
  user->suspended = true;
  state.users[staff] = user;
}

// --- 93 ---

absl::Status DecideRole(const RegistryProposal& proposal) {
  const events::Catalogue& catalogue = events::Catalogue::Get();
  uint32_t index = 0;
  for (auto act : proposal.event.As<schema::RoleSet>().getActs()) {
    auto type = events::TypeOfRow(absl::string_view(act.begin(), act.size()));
    if (!type || catalogue.FindByType(*type) == nullptr) {
      return RefuseAt(Reason::INVALID_FIELD, proposal.At(absl::StrCat("acts/", index)),
                      "the catalogue has no such row");
    }
    ++index;
  }
  return absl::OkStatus();
}

void EvolveRole(RegistryState& state, const Event& event) {
  auto in = event.As<schema::RoleSet>();
  auto role = std::make_shared<Role>();
  role->name = Str(in.getRole());
  for (auto act : in.getActs()) {
    if (auto type = events::TypeOfRow(absl::string_view(act.begin(), act.size())))
      role->acts.insert(*type);
  }
  for (auto category : in.getClasses()) role->classes |= 1u << static_cast<uint32_t>(category);
  for (auto purpose : in.getPurposes()) role->purposes.insert(Str(purpose.getCode()));
  role->scope = in.getScope();
  role->administers = in.getAdministers() == schema::YesNo::YES;
  role->audits = in.getAudits() == schema::YesNo::YES;
  state.roles[role->name] = role;
}

// --- 71 ---

absl::Status DecidePlanItem(const RegistryProposal& proposal) {
  auto item = proposal.event.As<schema::PlanItemSet>();
  if (item.getLine() == 0) return Refuse(Reason::PLAN_SOURCE_MISSING);
  for (auto list : {item.getLead(), item.getSupport()}) {
    for (auto unit : list) {
      // COU and MEM stand for all counties and all members where the plan names them so.
      std::string code = Str(unit);
      if (code == "COU" || code == "MEM" || proposal.state.FindUnit(code) != nullptr) continue;
      return Refuse(Reason::UNIT_UNKNOWN, absl::StrCat("unit ", code));
    }
  }
  return absl::OkStatus();
}

void EvolvePlanItem(RegistryState& state, const Event& event) {
  state.plan[Str(event.As<schema::PlanItemSet>().getItem())] = std::make_shared<Event>(event);
}

// --- 107f: each of two administrators says what the time is; the software cannot say it for them.

absl::Status DecideClock(const RegistryProposal& proposal) {
  const RegistryState& state = proposal.state;
  const Event& event = proposal.event;
  auto clock = event.As<schema::SuspectClockConfirmed>();
  if (clock.getSource() != schema::ClockSource::PERSONS)
    return Refuse(Reason::SOFTWARE_ONLY, "checked by ntp");
  absl::Duration off = absl::FromUnixMicros(clock.getMeasured().getMicros()) - proposal.context.now;
  if (absl::AbsDuration(off) > absl::Minutes(5)) {
    return RefuseAt(Reason::REGISTRY_CONFLICT, proposal.At("measured"),
                    "the machine shows another time: set it right");
  }
  bool same_person = event.recorder == state.clock_confirmed_by;
  bool still_open = event.recorded_at - state.clock_confirmed_at < kConfirmationPatience;
  return same_person && still_open ? Refuse(Reason::NOT_ONESELF) : absl::OkStatus();
}

void EvolveClock(RegistryState& state, const Event& event) {
  bool second = !state.clock_confirmed_by.empty() && state.clock_confirmed_by != event.recorder &&
                event.recorded_at - state.clock_confirmed_at < kConfirmationPatience;
  if (second) state.clock_confirmations += 1;
  state.clock_confirmed_by = second ? "" : event.recorder;
  state.clock_confirmed_at = event.recorded_at;
}

// --- 107g: once, by the software ---

absl::Status DecideBootstrapEnded(const RegistryProposal& proposal) {
  if (proposal.context.actor.staff != kSystemActor) return Refuse(Reason::SOFTWARE_ONLY);
  if (!proposal.state.bootstrap_ended) return absl::OkStatus();
  return Refuse(Reason::REGISTRY_CONFLICT, "the set-up rights have ended already");
}

// Who administers from here on: those who do not act alone.
absl::Status FillAdministrators(const RegistryProposal& proposal, events::Body& body) {
  std::vector<std::string> administrators;
  for (const auto& [staff, user] : proposal.state.users) {
    if (!user->suspended && Administers(proposal.state, *user)) administrators.push_back(staff);
  }
  auto list = body.mutable_data<schema::BootstrapEnded>().initAdministrators(
      static_cast<uint>(administrators.size()));
  for (uint i = 0; i < list.size(); ++i) list.set(i, administrators[i]);
  return absl::OkStatus();
}

// --- The table ---

template <typename T>
RegistryKey UserOf(const Event& event) {
  return {"user", Str(event.As<T>().getStaff())};
}

}  // namespace

std::vector<RegistryRule> ItemRules() {
  return {
      {.schema_id = capnp::typeId<schema::PlanItemSet>(),
       .item = [](const Event& event) -> RegistryKey {
         return {"plan-item", Str(event.As<schema::PlanItemSet>().getItem())};
       },
       .decide = DecidePlanItem,
       .evolve = EvolvePlanItem},
      {.schema_id = capnp::typeId<schema::UnitSet>(),
       .item = [](const Event& event) -> RegistryKey {
         return {"unit", Str(event.As<schema::UnitSet>().getCode())};
       },
       .decide = DecideUnit,
       .evolve = EvolveUnit},
      {.schema_id = capnp::typeId<schema::UserSet>(),
       .item = UserOf<schema::UserSet>,
       .decide = DecideUser,
       .evolve = EvolveUser},
      {.schema_id = capnp::typeId<schema::UserSuspended>(),
       .item = UserOf<schema::UserSuspended>,
       .decide = DecideSuspension,
       .evolve = EvolveSuspension},
      {.schema_id = capnp::typeId<schema::RoleSet>(),
       .item = [](const Event& event) -> RegistryKey {
         return {"role", Str(event.As<schema::RoleSet>().getRole())};
       },
       .decide = DecideRole,
       .evolve = EvolveRole},
      {.schema_id = capnp::typeId<schema::SuspectClockConfirmed>(),
       .item = [](const Event&) -> RegistryKey {
         return {"clock", "clock"};
       },
       .decide = DecideClock,
       .evolve = EvolveClock},
      {.schema_id = capnp::typeId<schema::BootstrapEnded>(),
       .item = [](const Event&) -> RegistryKey {
         return {"bootstrap", "bootstrap"};
       },
       .decide = DecideBootstrapEnded,
       .fill_in = FillAdministrators,
       .evolve = [](RegistryState& state, const Event&) { state.bootstrap_ended = true; }},
  };
}

}  // namespace guitu::aggregates
