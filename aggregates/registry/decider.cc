#include "aggregates/registry/decider.h"

#include "absl/strings/str_cat.h"
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

absl::Status DecideUnit(const RegistryState& state, schema::UnitSet::Reader unit) {
  if (!unit.hasParent()) return absl::OkStatus();
  std::string parent = Str(unit.getParent());
  if (parent == Str(unit.getCode()) || state.FindUnit(parent) == nullptr) {
    return RefuseAt(Reason::UNIT_UNKNOWN, "/events/0/data/parent");
  }
  return absl::OkStatus();
}

absl::Status DecideUser(const RegistryState& state, schema::UserSet::Reader user,
                        const Context& context) {
  // A person who could change himself could give himself every right.
  if (Str(user.getStaff()) == context.actor.staff) return Refuse(Reason::NOT_ONESELF);
  const Unit* unit = state.FindUnit(Str(user.getUnit()));
  if (unit == nullptr || !unit->active)
    return RefuseAt(Reason::UNIT_UNKNOWN, "/events/0/data/unit");
  uint32_t index = 0;
  for (auto role : user.getRoles()) {
    if (state.FindRole(Str(role)) == nullptr) {
      return RefuseAt(Reason::REGISTRY_CONFLICT, absl::StrCat("/events/0/data/roles/", index),
                      "there is no such role");
    }
    ++index;
  }
  return absl::OkStatus();
}

absl::Status DecideSuspension(const RegistryState& state, schema::UserSuspended::Reader suspended,
                              const Context& context) {
  if (Str(suspended.getStaff()) == context.actor.staff) return Refuse(Reason::NOT_ONESELF);
  if (state.FindUser(Str(suspended.getStaff())) == nullptr) {
    return RefuseAt(Reason::REGISTRY_CONFLICT, "/events/0/data/staff", "there is no such user");
  }
  return absl::OkStatus();
}

absl::Status DecideRole(schema::RoleSet::Reader role) {
  const events::Catalogue& catalogue = events::Catalogue::Get();
  uint32_t index = 0;
  for (auto act : role.getActs()) {
    auto type = events::TypeOfRow(absl::string_view(act.begin(), act.size()));
    if (!type || catalogue.FindByType(*type) == nullptr) {
      return RefuseAt(Reason::INVALID_FIELD, absl::StrCat("/events/0/data/acts/", index),
                      "the catalogue has no such row");
    }
    ++index;
  }
  return absl::OkStatus();
}

absl::Status DecidePlanItem(const RegistryState& state, schema::PlanItemSet::Reader item) {
  if (item.getLine() == 0) return Refuse(Reason::PLAN_SOURCE_MISSING);
  for (auto list : {item.getLead(), item.getSupport()}) {
    for (auto unit : list) {
      // COU and MEM stand for all counties and all members where the plan names them so.
      std::string code = Str(unit);
      if (code == "COU" || code == "MEM" || state.FindUnit(code) != nullptr) continue;
      return Refuse(Reason::UNIT_UNKNOWN, absl::StrCat("unit ", code));
    }
  }
  return absl::OkStatus();
}

// 107f: each of two administrators says what the time is; the software cannot say it for them.
absl::Status DecideClock(const RegistryState& state, schema::SuspectClockConfirmed::Reader clock,
                         const Event& event) {
  if (clock.getSource() != schema::ClockSource::PERSONS)
    return Refuse(Reason::SOFTWARE_ONLY, "checked by ntp");
  absl::Duration off = absl::FromUnixMicros(clock.getMeasured().getMicros()) - event.recorded_at;
  if (absl::AbsDuration(off) > absl::Minutes(5)) {
    return RefuseAt(Reason::REGISTRY_CONFLICT, "/events/0/data/measured",
                    "the machine shows another time: set it right");
  }
  bool same_person = event.recorder == state.clock_confirmed_by;
  bool still_open = event.recorded_at - state.clock_confirmed_at < kConfirmationPatience;
  return same_person && still_open ? Refuse(Reason::NOT_ONESELF) : absl::OkStatus();
}

// 107g: once, by the software.
absl::Status DecideBootstrapEnded(const RegistryState& state, const Context& context) {
  if (context.actor.staff != kSystemActor) return Refuse(Reason::SOFTWARE_ONLY);
  if (!state.bootstrap_ended) return absl::OkStatus();
  return Refuse(Reason::REGISTRY_CONFLICT, "the set-up rights have ended already");
}

absl::Status DecideOne(const RegistryState& state, const Event& event, const Context& context) {
  if (event.Is<schema::UnitSet>()) return DecideUnit(state, event.As<schema::UnitSet>());
  if (event.Is<schema::UserSet>()) return DecideUser(state, event.As<schema::UserSet>(), context);
  if (event.Is<schema::RoleSet>()) return DecideRole(event.As<schema::RoleSet>());
  if (event.Is<schema::PlanItemSet>())
    return DecidePlanItem(state, event.As<schema::PlanItemSet>());
  if (event.Is<schema::UserSuspended>()) {
    return DecideSuspension(state, event.As<schema::UserSuspended>(), context);
  }
  if (event.Is<schema::SuspectClockConfirmed>()) {
    return DecideClock(state, event.As<schema::SuspectClockConfirmed>(), event);
  }
  if (event.Is<schema::BootstrapEnded>()) return DecideBootstrapEnded(state, context);
  if (event.type->stages != schema::Stages::REGISTRY) return Refuse(Reason::NOT_FIRST);
  return absl::OkStatus();
}

std::shared_ptr<const Unit> ToUnit(schema::UnitSet::Reader in) {
  return std::make_shared<Unit>(Unit{Str(in.getCode()), Str(in.getName()), Str(in.getParent()),
                                     Str(in.getCounty()), in.getKind(),
                                     in.getActive() == schema::YesNo::YES});
}

std::shared_ptr<const User> ToUser(schema::UserSet::Reader in, bool suspended) {
  auto user = std::make_shared<User>();
  user->staff = Str(in.getStaff());
  user->unit = Str(in.getUnit());
  for (auto role : in.getRoles()) user->roles.insert(Str(role));
  user->from = events::ToCivilDay(in.getFrom().getDays());
  if (in.hasUntil()) user->until = events::ToCivilDay(in.getUntil().getDays());
  user->suspended = suspended;
  return user;
}

bool Administers(const RegistryState& state, const User& user) {
  for (const std::string& name : user.roles) {
    const Role* role = state.FindRole(name);
    if (role != nullptr && role->administers) return true;
  }
  return false;
}

std::shared_ptr<const Role> ToRole(schema::RoleSet::Reader in) {
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
  return role;
}

// Who administers from here on: those who do not act alone.
Event WithAdministrators(const Event& event, const RegistryState& state) {
  std::vector<std::string> administrators;
  for (const auto& [staff, user] : state.users) {
    if (!user->suspended && Administers(state, *user)) administrators.push_back(staff);
  }
  auto body = std::make_shared<events::Body>(std::as_const(*event.body).content());
  auto list = body->mutable_data<schema::BootstrapEnded>().initAdministrators(
      static_cast<uint>(administrators.size()));
  for (uint i = 0; i < list.size(); ++i) list.set(i, administrators[i]);
  Event filled = event;
  filled.body = std::move(body);
  return filled;
}

}  // namespace

absl::StatusOr<std::vector<Event>> RegistryDecider::Decide(const State& state,
                                                           const Command& command,
                                                           const Context& context) {
  for (const Event& event : command) {
    if (event.occurred_at > context.now) return Refuse(Reason::OCCURRED_IN_FUTURE);
    if (auto status = DecideOne(state, event, context); !status.ok()) return status;
  }
  std::vector<Event> decided = command;
  for (Event& event : decided) {
    if (event.Is<schema::BootstrapEnded>()) event = WithAdministrators(event, state);
  }
  return decided;
}

RegistryState RegistryDecider::Evolve(State state, const Event& event) {
  if (event.Is<schema::UnitSet>()) {
    auto unit = ToUnit(event.As<schema::UnitSet>());
    state.units[unit->code] = unit;
  } else if (event.Is<schema::UserSet>()) {
    auto in = event.As<schema::UserSet>();
    const User* before = state.FindUser(Str(in.getStaff()));
    auto user = ToUser(in, before != nullptr && before->suspended);
    if (before == nullptr && Administers(state, *user)) state.administrators += 1;
    state.users[user->staff] = user;
  } else if (event.Is<schema::UserSuspended>()) {
    std::string staff = Str(event.As<schema::UserSuspended>().getStaff());
    if (const User* before = state.FindUser(staff)) {
      auto user = std::make_shared<User>(*before);
      user->suspended = true;
      state.users[staff] = user;
    }
  } else if (event.Is<schema::SuspectClockConfirmed>()) {
    bool second = !state.clock_confirmed_by.empty() && state.clock_confirmed_by != event.recorder &&
                  event.recorded_at - state.clock_confirmed_at < kConfirmationPatience;
    if (second) state.clock_confirmations += 1;
    state.clock_confirmed_by = second ? "" : event.recorder;
    state.clock_confirmed_at = event.recorded_at;
  } else if (event.Is<schema::BootstrapEnded>()) {
    state.bootstrap_ended = true;
  } else if (event.Is<schema::RoleSet>()) {
    auto role = ToRole(event.As<schema::RoleSet>());
    state.roles[role->name] = role;
  } else if (event.Is<schema::PlanItemSet>()) {
    state.plan[Str(event.As<schema::PlanItemSet>().getItem())] = std::make_shared<Event>(event);
  }
  return state;
}

RegistryKey KeyOf(const Event& event) {
  if (event.Is<schema::UnitSet>()) return {"unit", Str(event.As<schema::UnitSet>().getCode())};
  if (event.Is<schema::UserSet>()) return {"user", Str(event.As<schema::UserSet>().getStaff())};
  if (event.Is<schema::UserSuspended>())
    return {"user", Str(event.As<schema::UserSuspended>().getStaff())};
  if (event.Is<schema::RoleSet>()) return {"role", Str(event.As<schema::RoleSet>().getRole())};
  if (event.Is<schema::PlanItemSet>())
    return {"plan-item", Str(event.As<schema::PlanItemSet>().getItem())};
  if (event.Is<schema::SuspectClockConfirmed>()) return {"clock", "clock"};
  if (event.Is<schema::BootstrapEnded>()) return {"bootstrap", "bootstrap"};
  return {};
}

}  // namespace guitu::aggregates
