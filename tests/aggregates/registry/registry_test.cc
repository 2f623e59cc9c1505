// The decider of the registry: units, users, roles, plan items.
#include <gtest/gtest.h>

#include "aggregates/registry/decider.h"
#include "events/reason.h"
#include "events/record.h"
#include "events/schema/plan.capnp.h"
#include "events/schema/registry.capnp.h"
#include "events/schema/rescue.capnp.h"
#include "events/values.h"

namespace guitu::aggregates {
namespace {

using events::Event;
using events::MakeEvent;
using events::Reason;

const absl::Time kNow = absl::FromCivil(absl::CivilDay(2026, 6, 1), events::ChinaTime());
const absl::Time kDay = absl::FromCivil(absl::CivilDay(2026, 3, 2), events::ChinaTime());

Event UnitSet(std::string code, std::string parent = "", bool active = true) {
  return MakeEvent<schema::UnitSet>(kDay, [&](auto out) {
    out.setCode(code);
    out.setName(code + " name");
    out.setKind(schema::UnitKind::MEMBER);
    if (!parent.empty()) out.setParent(parent);
    out.setCounty("530921");
    out.setActive(active ? schema::YesNo::YES : schema::YesNo::NO);
  });
}

Event RoleSet(std::string name, std::vector<std::string> acts = {"12"}, bool administers = false) {
  return MakeEvent<schema::RoleSet>(kDay, [&](auto out) {
    out.setRole(name);
    auto list = out.initActs(static_cast<uint>(acts.size()));
    for (uint i = 0; i < acts.size(); ++i) list.set(i, acts[i]);
    out.initClasses(1).set(0, schema::Category::HEALTH);
    out.initPurposes(1)[0].setCode("aftercare");
    out.setScope(schema::Scope::COUNTY);
    if (administers) out.setAdministers(schema::YesNo::YES);
  });
}

Event UserSet(std::string staff, std::string unit = "MCA", std::string role = "caseworker") {
  return MakeEvent<schema::UserSet>(kDay, [&](auto out) {
    out.setStaff(staff);
    out.setUnit(unit);
    out.initRoles(1).set(0, role);
    out.initFrom().setDays(events::FromCivilDay(absl::CivilDay(2026, 1, 1)));
  });
}

Event Suspended(std::string staff) {
  return MakeEvent<schema::UserSuspended>(kDay, [&](auto out) { out.setStaff(staff); });
}

Event PlanItem(std::vector<std::string> lead, uint32_t line = 12) {
  return MakeEvent<schema::PlanItemSet>(kDay, [&](auto out) {
    out.setItem("1.1");
    auto list = out.initLead(static_cast<uint>(lead.size()));
    for (uint i = 0; i < lead.size(); ++i) list.set(i, lead[i]);
    if (line != 0) out.setLine(static_cast<decltype(out.getLine())>(line));
  });
}

RegistryState Fold(const std::vector<Event>& events) {
  RegistryState state = RegistryDecider::Initial();
  for (const Event& event : events) state = RegistryDecider::Evolve(std::move(state), {}, event);
  return state;
}

const std::vector<Event> kTown = {UnitSet("MCA"), UnitSet("OLD", "", false), RoleSet("caseworker"),
                                  UserSet("w1")};

absl::StatusOr<std::vector<Event>> Ask(const std::vector<Event>& given,
                                       const std::vector<Event>& command,
                                       const std::string& by = "a1") {
  Context context;
  absl::Time at = command.front().recorded_at;  // where the test says it
  context.now = at == absl::Time() ? kNow : at;
  context.actor.staff = by;
  return RegistryDecider::Decide(Fold(given), command, context);
}

void ExpectTaken(const absl::StatusOr<std::vector<Event>>& result) {
  EXPECT_TRUE(result.ok()) << result.status();
}

void ExpectRefused(Reason reason, const absl::StatusOr<std::vector<Event>>& result,
                   const std::string& pointer = "") {
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(events::ReasonOf(result.status()), reason) << result.status();
  if (pointer.empty()) return;
  EXPECT_EQ(events::PointerOf(result.status()), pointer);
}

TEST(UnitSet, CreatesAndChangesAUnit) {
  ExpectTaken(Ask({}, {UnitSet("MCA")}));
  RegistryState state = Fold({UnitSet("MCA"), UnitSet("MCA", "", false)});
  ASSERT_NE(state.FindUnit("MCA"), nullptr);
  EXPECT_FALSE(state.FindUnit("MCA")->active);
  EXPECT_EQ(state.FindUnit("MCA")->county, "530921");
  EXPECT_EQ(state.FindUnit("XYZ"), nullptr);
}

TEST(UnitSet, NamesAParentThatIsThere) {
  ExpectTaken(Ask(kTown, {UnitSet("STA", "MCA")}));
  ExpectRefused(Reason::UNIT_UNKNOWN, Ask(kTown, {UnitSet("STA", "XYZ")}), "/events/0/data/parent");
  ExpectRefused(Reason::UNIT_UNKNOWN, Ask(kTown, {UnitSet("MCA", "MCA")}), "/events/0/data/parent");
}

TEST(UserSet, CreatesAndChangesAUser) {
  ExpectTaken(Ask(kTown, {UserSet("w2")}));
  RegistryState state = Fold(kTown);
  ASSERT_NE(state.FindUser("w1"), nullptr);
  EXPECT_EQ(state.FindUser("w1")->unit, "MCA");
  EXPECT_TRUE(state.FindUser("w1")->roles.contains("caseworker"));
  EXPECT_EQ(state.FindUser("w1")->until, absl::CivilDay::max());
}

TEST(UserSet, IsRefusedOfOneself) {
  ExpectRefused(Reason::NOT_ONESELF, Ask(kTown, {UserSet("w1")}, "w1"));
}

TEST(UserSet, IsRefusedInAUnitThatIsNotThere) {
  ExpectRefused(Reason::UNIT_UNKNOWN, Ask(kTown, {UserSet("w2", "XYZ")}), "/events/0/data/unit");
  ExpectRefused(Reason::UNIT_UNKNOWN, Ask(kTown, {UserSet("w2", "OLD")}), "/events/0/data/unit");
}

TEST(UserSet, IsRefusedInARoleThatIsNotThere) {
  ExpectRefused(Reason::REGISTRY_CONFLICT, Ask(kTown, {UserSet("w2", "MCA", "king")}),
                "/events/0/data/roles/0");
}

TEST(UserSet, CountsTheAdministratorsOnce) {
  std::vector<Event> given = {UnitSet("MCA"), RoleSet("administrator", {"90"}, true)};
  given.push_back(UserSet("a1", "MCA", "administrator"));
  given.push_back(UserSet("a1", "MCA", "administrator"));
  EXPECT_EQ(Fold(given).administrators, 1u);
  given.push_back(UserSet("a2", "MCA", "administrator"));
  EXPECT_EQ(Fold(given).administrators, 2u);
}

TEST(UserSuspended, TakesAllRightsAndStaysThoughTheUserIsSetAgain) {
  ExpectTaken(Ask(kTown, {Suspended("w1")}));
  std::vector<Event> given = kTown;
  given.push_back(Suspended("w1"));
  EXPECT_TRUE(Fold(given).FindUser("w1")->suspended);
  given.push_back(UserSet("w1"));
  EXPECT_TRUE(Fold(given).FindUser("w1")->suspended);
}

TEST(UserSuspended, IsRefusedOfOneselfAndOfNobody) {
  ExpectRefused(Reason::NOT_ONESELF, Ask(kTown, {Suspended("w1")}, "w1"));
  ExpectRefused(Reason::REGISTRY_CONFLICT, Ask(kTown, {Suspended("w9")}), "/events/0/data/staff");
}

TEST(UserSuspended, OfNobodyFoldsToNothing) { EXPECT_EQ(Fold({Suspended("w9")}).users.size(), 0u); }

TEST(RoleSet, SaysActsClassesPurposesAndScope) {
  ExpectTaken(Ask({}, {RoleSet("caseworker")}));
  const RegistryState state = Fold(kTown);
  const Role* role = state.FindRole("caseworker");
  ASSERT_NE(role, nullptr);
  EXPECT_TRUE(role->acts.contains(*events::TypeOfRow("12")));
  EXPECT_EQ(role->classes, 1u << static_cast<uint32_t>(schema::Category::HEALTH));
  EXPECT_TRUE(role->purposes.contains("aftercare"));
  EXPECT_EQ(role->scope, schema::Scope::COUNTY);
  EXPECT_FALSE(role->administers);
  EXPECT_FALSE(role->audits);
}

TEST(RoleSet, IsRefusedWithARowThatTheCatalogueHasNot) {
  ExpectRefused(Reason::INVALID_FIELD, Ask({}, {RoleSet("x", {"12", "999"})}),
                "/events/0/data/acts/1");
  ExpectRefused(Reason::INVALID_FIELD, Ask({}, {RoleSet("x", {"row"})}), "/events/0/data/acts/0");
}

TEST(PlanItemSet, NamesUnitsThatAreThereOrStandForAll) {
  ExpectTaken(Ask(kTown, {PlanItem({"MCA", "COU", "MEM"})}));
  ExpectRefused(Reason::UNIT_UNKNOWN, Ask(kTown, {PlanItem({"XYZ"})}));
}

TEST(PlanItemSet, NamesTheLineOfItsSource) {
  ExpectRefused(Reason::PLAN_SOURCE_MISSING, Ask(kTown, {PlanItem({"MCA"}, 0)}));
}

TEST(PlanItemSet, IsKeptByItsItem) {
  RegistryState state = Fold({PlanItem({"MCA"}), PlanItem({"PSB"})});
  ASSERT_EQ(state.plan.size(), 1u);
  EXPECT_EQ(state.plan["1.1"]->As<schema::PlanItemSet>().getLead()[0], "PSB");
}

// The time that `by` read off, recorded at `at`.
Event ClockConfirmed(const std::string& by, absl::Time at, absl::Time measured) {
  Event event = MakeEvent<schema::SuspectClockConfirmed>(kDay, [&](auto out) {
    out.initMeasured().setMicros(absl::ToUnixMicros(measured));
    out.setSource(schema::ClockSource::PERSONS);
  });
  event.recorder = by;
  event.recorded_at = at;
  return event;
}

TEST(SuspectClockConfirmed, TakesTwoPeopleWithinTenMinutes) {
  ExpectTaken(Ask({}, {ClockConfirmed("a1", kDay, kDay + absl::Minutes(5))}));
  Event first = ClockConfirmed("a1", kDay, kDay);
  EXPECT_EQ(Fold({first}).clock_confirmations, 0u);
  Event second = ClockConfirmed("a2", kDay + absl::Minutes(9), kDay + absl::Minutes(9));
  ExpectTaken(Ask({first}, {second}));
  EXPECT_EQ(Fold({first, second}).clock_confirmations, 1u);
}

TEST(SuspectClockConfirmed, BeginsAnewWhereTheSecondComesTooLate) {
  Event first = ClockConfirmed("a1", kDay, kDay);
  Event late = ClockConfirmed("a2", kDay + absl::Minutes(10), kDay + absl::Minutes(10));
  EXPECT_EQ(Fold({first, late}).clock_confirmations, 0u);
}

TEST(SuspectClockConfirmed, IsRefusedFromTheSamePersonAgainWhileItIsOpen) {
  Event first = ClockConfirmed("a1", kDay, kDay);
  ExpectRefused(Reason::NOT_ONESELF, Ask({first}, {ClockConfirmed("a1", kDay, kDay)}));
  absl::Time later = kDay + absl::Minutes(10);
  ExpectTaken(Ask({first}, {ClockConfirmed("a1", later, later)}));
}

TEST(SuspectClockConfirmed, IsRefusedWhereTheMachineShowsAnotherTime) {
  ExpectRefused(Reason::REGISTRY_CONFLICT,
                Ask({}, {ClockConfirmed("a1", kDay, kDay + absl::Minutes(6))}),
                "/events/0/data/measured");
}

TEST(SuspectClockConfirmed, IsRefusedAsAnActOfTheSoftware) {
  Event by_ntp = MakeEvent<schema::SuspectClockConfirmed>(
      kDay, [](auto out) { out.setSource(schema::ClockSource::NTP); });
  ExpectRefused(Reason::SOFTWARE_ONLY, Ask({}, {by_ntp}));
}

TEST(Registry, TakesNothingThatHasNotHappenedYet) {
  Event late = UnitSet("MCA");
  late.occurred_at = kNow + absl::Seconds(1);
  ExpectRefused(Reason::OCCURRED_IN_FUTURE, Ask({}, {late}));
}

TEST(Registry, TakesNoEventOfACase) {
  ExpectRefused(Reason::NOT_FIRST, Ask({}, {MakeEvent<schema::VictimRescued>(kDay, [](auto) {})}));
}

TEST(Registry, FoldsToTheSameValueHoweverItIsCopied) {
  RegistryState before = Fold(kTown);
  RegistryState after = RegistryDecider::Evolve(before, {}, Suspended("w1"));
  EXPECT_FALSE(before.FindUser("w1")->suspended);
  EXPECT_TRUE(after.FindUser("w1")->suspended);
}

Event BootstrapEnded() {
  return MakeEvent<schema::BootstrapEnded>(kDay, [](auto out) {
    events::SetId(out.initFirstCase().initStream(), events::StreamId{1, 2});
    out.getFirstCase().setSequence(2);
  });
}

TEST(BootstrapEnded, NamesThoseWhoAdministerFromHereOn) {
  std::vector<Event> given = {UnitSet("OFF"), RoleSet("administrator", {"90"}, true),
                              RoleSet("caseworker")};
  for (const char* staff : {"a1", "a2", "a3"})
    given.push_back(UserSet(staff, "OFF", "administrator"));
  given.push_back(UserSet("w1", "OFF"));
  given.push_back(Suspended("a3"));
  auto recorded = Ask(given, {BootstrapEnded()}, "system");
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  auto administrators = recorded->at(0).As<schema::BootstrapEnded>().getAdministrators();
  ASSERT_EQ(administrators.size(), 2u);
  EXPECT_STREQ(administrators[0].cStr(), "a1");
  EXPECT_STREQ(administrators[1].cStr(), "a2");
  EXPECT_TRUE(Fold({BootstrapEnded()}).bootstrap_ended);
}

TEST(BootstrapEnded, IsTheSoftwaresOwnAndComesOnce) {
  ExpectRefused(Reason::SOFTWARE_ONLY, Ask(kTown, {BootstrapEnded()}));
  ExpectRefused(Reason::REGISTRY_CONFLICT, Ask({BootstrapEnded()}, {BootstrapEnded()}, "system"));
}

TEST(RegistryKey, NamesTheStreamOfEachRow) {
  auto key = [](const Event& event) {
    RegistryKey found = KeyOf(event);
    return found.kind + ":" + found.key;
  };
  EXPECT_EQ(key(UnitSet("MCA")), "unit:MCA");
  EXPECT_EQ(key(UserSet("w1")), "user:w1");
  EXPECT_EQ(key(Suspended("w1")), "user:w1");
  EXPECT_EQ(key(RoleSet("head")), "role:head");
  EXPECT_EQ(key(PlanItem({})), "plan-item:1.1");
  EXPECT_EQ(key(ClockConfirmed("a1", kDay, kDay)), "clock:clock");
  EXPECT_EQ(key(BootstrapEnded()), "bootstrap:bootstrap");
  EXPECT_EQ(key(MakeEvent<schema::VictimRescued>(kDay, [](auto) {})), ":");
}

TEST(Bureaus, OfAUnitAreItsOwnAndThoseOfItsParents) {
  RegistryState state = Fold({UnitSet("530921-MCA"), UnitSet("530921-STA", "530921-MCA")});
  EXPECT_EQ(BureausOf(state, *state.FindUnit("530921-STA")),
            (std::vector<std::string>{"STA", "MCA"}));
}

TEST(Bureaus, EndAfterFourStepsThoughTheParentsGoInACircle) {
  RegistryState state = Fold({UnitSet("A", "B"), UnitSet("B", "A")});
  EXPECT_EQ(BureausOf(state, *state.FindUnit("A")).size(), 4u);
}

}  // namespace
}  // namespace guitu::aggregates
