// Who may do what: scope, purpose, classes, rights of unit and role, standing of the user.
#include "aggregates/authorize.h"

#include <gtest/gtest.h>

#include "events/check.h"
#include "events/reason.h"
#include "events/record.h"

namespace guitu::aggregates {
namespace {

using events::Reason;

constexpr uint32_t kAllClasses = 0x1FE;
const absl::CivilDay kToday(2026, 3, 2);

uint32_t Bit(schema::Category category) { return 1u << static_cast<uint32_t>(category); }

// A registry that a test builds up.
class Registry {
 public:
  Registry() {
    Unit("MCA")
        .Unit("STA", "MCA")
        .Unit("PSB")
        .Unit("JUS")
        .Unit("OFF", "", "", schema::UnitKind::OFFICE);
    Unit("530921-MCA", "", "530921").Unit("530922-MCA", "", "530922");
    Unit("530921-STA", "530921-MCA", "530921");
    Role("caseworker", schema::Scope::COUNTY, {"5", "12", "16", "60", "76"}, {"aftercare"});
    User("w1", "MCA", "caseworker");
  }

  Registry& Unit(std::string code, std::string parent = "", std::string county = "",
                 schema::UnitKind kind = schema::UnitKind::MEMBER, bool active = true) {
    state.units[code] = std::make_shared<aggregates::Unit>(
        aggregates::Unit{code, code, std::move(parent), std::move(county), kind, active});
    return *this;
  }

  Registry& Role(std::string name, schema::Scope scope, std::vector<std::string> acts,
                 std::set<std::string, std::less<>> purposes, uint32_t classes = kAllClasses,
                 bool administers = false, bool audits = false) {
    aggregates::Role role;
    role.name = name;
    for (const std::string& row : acts) role.acts.insert(*events::TypeOfRow(row));
    role.classes = classes;
    role.purposes = std::move(purposes);
    role.scope = scope;
    role.administers = administers;
    role.audits = audits;
    state.roles[name] = std::make_shared<aggregates::Role>(std::move(role));
    return *this;
  }

  Registry& User(std::string staff, std::string unit, std::string role, bool suspended = false,
                 absl::CivilDay from = absl::CivilDay(2020, 1, 1),
                 absl::CivilDay until = absl::CivilDay(2030, 1, 1)) {
    state.users[staff] = std::make_shared<aggregates::User>(
        aggregates::User{staff, std::move(unit), {std::move(role)}, from, until, suspended});
    return *this;
  }

  RegistryState state;
};

const events::EventType* Row(absl::string_view row) {
  const auto* type = events::Catalogue::Get().FindByType(*events::TypeOfRow(row));
  GUITU_CHECK(type != nullptr);
  return type;
}

const RuleData& Rules() {
  static const auto* rules = new RuleData(RuleData::Shipped());
  return *rules;
}

const CaseFacts kOfMca{true, "MCA", "530921", {}};
const Actor kWorker{"w1", "MCA", "caseworker"};

Grant Ask(const Registry& registry, const Actor& actor, const Act& act,
          const CaseFacts& facts = kOfMca, absl::CivilDay today = kToday) {
  return Authorize(actor, act, facts, registry.state, today, Rules());
}

RecordEvents Record(std::vector<std::string> rows) {
  RecordEvents act;
  for (const std::string& row : rows) act.types.push_back(Row(row));
  return act;
}

ReadCase Read(std::string purpose = "aftercare") { return {"archive", std::move(purpose)}; }

void ExpectGranted(const Grant& grant) { EXPECT_TRUE(grant.status.ok()) << grant.status; }

void ExpectRefused(Reason reason, const Grant& grant) {
  ASSERT_FALSE(grant.status.ok());
  EXPECT_EQ(events::ReasonOf(grant.status), reason) << grant.status;
  EXPECT_EQ(grant.classes, 0u);
}

// --- Standing ---

TEST(Authorize, LetsAnActiveUserOfTheUnitInTheRoleRecord) {
  ExpectGranted(Ask(Registry(), kWorker, Record({"12", "16"})));
}

TEST(Authorize, DeniesAUserNobodyKnows) {
  ExpectRefused(Reason::SUSPENDED,
                Ask(Registry(), {"nobody", "MCA", "caseworker"}, Record({"12"})));
}

TEST(Authorize, DeniesASuspendedUserAtOnce) {
  Registry registry;
  registry.User("w1", "MCA", "caseworker", true);
  ExpectRefused(Reason::SUSPENDED, Ask(registry, kWorker, Record({"12"})));
  ExpectRefused(Reason::SUSPENDED, Ask(registry, kWorker, Read()));
  ExpectRefused(Reason::SUSPENDED, Ask(registry, kWorker, AdministerRegistry{{Row("90")}}));
}

TEST(Authorize, DeniesAUserBeforeTheFirstAndAfterTheLastDay) {
  Registry registry;
  registry.User("w1", "MCA", "caseworker", false, absl::CivilDay(2026, 3, 1),
                absl::CivilDay(2026, 3, 3));
  ExpectRefused(Reason::SUSPENDED,
                Ask(registry, kWorker, Record({"12"}), kOfMca, absl::CivilDay(2026, 2, 28)));
  ExpectGranted(Ask(registry, kWorker, Record({"12"}), kOfMca, absl::CivilDay(2026, 3, 1)));
  ExpectGranted(Ask(registry, kWorker, Record({"12"}), kOfMca, absl::CivilDay(2026, 3, 3)));
  ExpectRefused(Reason::SUSPENDED,
                Ask(registry, kWorker, Record({"12"}), kOfMca, absl::CivilDay(2026, 3, 4)));
}

TEST(Authorize, DeniesAUserInAUnitThatIsNotHis) {
  ExpectRefused(Reason::NOT_PERMITTED,
                Ask(Registry(), {"w1", "PSB", "caseworker"}, Record({"12"})));
  ExpectRefused(Reason::NOT_PERMITTED,
                Ask(Registry(), {"w1", "XYZ", "caseworker"}, Record({"12"})));
}

TEST(Authorize, DeniesAUserOfAUnitThatIsClosed) {
  Registry registry;
  registry.Unit("MCA", "", "", schema::UnitKind::MEMBER, false);
  ExpectRefused(Reason::NOT_PERMITTED, Ask(registry, kWorker, Record({"12"})));
}

TEST(Authorize, DeniesAUserInARoleThatIsNotHisOrIsNone) {
  Registry registry;
  registry.Role("other", schema::Scope::CITY, {"12"}, {});
  ExpectRefused(Reason::NOT_PERMITTED, Ask(registry, {"w1", "MCA", "other"}, Record({"12"})));
  registry.User("w1", "MCA", "gone");
  ExpectRefused(Reason::NOT_PERMITTED, Ask(registry, {"w1", "MCA", "gone"}, Record({"12"})));
}

// --- Recording ---

TEST(Authorize, DeniesARowThatTheRoleDoesNotRecord) {
  ExpectRefused(Reason::NOT_PERMITTED, Ask(Registry(), kWorker, Record({"11"})));
}

TEST(Authorize, DeniesARowThatTheUnitDoesNotRecord) {
  Registry registry;
  registry.Role("police", schema::Scope::CITY, {"4", "5"}, {}).User("p1", "PSB", "police");
  ExpectGranted(Ask(registry, {"p1", "PSB", "police"}, Record({"4"})));
  ExpectRefused(Reason::NOT_PERMITTED, Ask(registry, {"p1", "PSB", "police"}, Record({"5"})));
}

TEST(Authorize, DeniesACommandOneOfWhoseRowsIsDenied) {
  ExpectRefused(Reason::NOT_PERMITTED, Ask(Registry(), kWorker, Record({"12", "4"})));
}

TEST(Authorize, LetsNobodyRecordWhatOnlyTheSoftwareMakes) {
  Registry registry;
  registry.Role("caseworker", schema::Scope::CITY, {"59", "81"}, {});
  ExpectRefused(Reason::SOFTWARE_ONLY, Ask(registry, kWorker, Record({"59"})));
  ExpectRefused(Reason::SOFTWARE_ONLY, Ask(registry, kWorker, Record({"81"})));
}

TEST(Authorize, LetsAUnitRecordWhatItsParentRecords) {
  Registry registry;
  registry.User("s1", "STA", "caseworker").User("c1", "530921-STA", "caseworker");
  ExpectGranted(Ask(registry, {"s1", "STA", "caseworker"}, Record({"16"})));
  ExpectGranted(Ask(registry, {"c1", "530921-STA", "caseworker"}, Record({"16"})));
}

TEST(Authorize, LetsACountyUnitRecordAsItsKindOfBureau) {
  Registry registry;
  registry.User("c1", "530921-MCA", "caseworker");
  ExpectGranted(Ask(registry, {"c1", "530921-MCA", "caseworker"}, Record({"16"})));
}

TEST(Authorize, LetsTheUnitWithTheCaseRecordWhatOnlyItMay) {
  ExpectGranted(Ask(Registry(), kWorker, Record({"60"})));
  ExpectRefused(Reason::NOT_PERMITTED,
                Ask(Registry(), kWorker, Record({"60"}), {true, "530921-MCA", "530921", {}}));
}

TEST(Authorize, LetsTheOfficeRecordAsTheOffice) {
  Registry registry;
  registry.User("o1", "OFF", "caseworker");
  ExpectGranted(Ask(registry, {"o1", "OFF", "caseworker"}, Record({"5"})));
}

TEST(UnitMayRecord, KnowsEachWordOfRecordedBy) {
  Registry registry;
  events::EventType type = *Row("60");
  auto may = [&](std::string who, const std::string& unit, bool has_case, bool administers) {
    type.recorded_by = {std::move(who)};
    return UnitMayRecord(registry.state, *registry.state.FindUnit(unit), type, has_case,
                         administers);
  };
  registry.Unit("COU1", "", "530921", schema::UnitKind::COUNTY);
  EXPECT_TRUE(may("ALL", "PSB", false, false));
  EXPECT_TRUE(may("CASE", "PSB", true, false));
  EXPECT_FALSE(may("CASE", "PSB", false, false));
  EXPECT_TRUE(may("ADM", "PSB", false, true));
  EXPECT_FALSE(may("ADM", "PSB", false, false));
  EXPECT_TRUE(may("OFFICE", "OFF", false, false));
  EXPECT_FALSE(may("OFFICE", "PSB", false, false));
  EXPECT_TRUE(may("MEM", "PSB", false, false));
  EXPECT_FALSE(may("MEM", "OFF", false, false));
  EXPECT_TRUE(may("COU", "COU1", false, false));
  EXPECT_FALSE(may("COU", "PSB", false, false));
  EXPECT_TRUE(may("PSB", "PSB", false, false));
  EXPECT_TRUE(may("MCA", "STA", false, false));
  EXPECT_FALSE(may("STA", "MCA", false, false));
  EXPECT_FALSE(may("SYS", "PSB", true, true));
}

// --- Scope ---

// A worker of a county with a role of that scope; the case is of a unit and a county.
Grant InScope(schema::Scope scope, const CaseFacts& facts, const Act& act = Read()) {
  Registry registry;
  registry.Role("scoped", scope, {"12"}, {"aftercare"}).User("c1", "530921-MCA", "scoped");
  return Ask(registry, {"c1", "530921-MCA", "scoped"}, act, facts);
}

const CaseFacts kOwn{true, "530921-MCA", "530921", {}};
const CaseFacts kNeighbour{true, "530921-PSB", "530921", {}};
const CaseFacts kOtherCounty{true, "530922-MCA", "530922", {}};
const CaseFacts kUnownedHere{true, "", "530921", {}};
const CaseFacts kUnownedThere{true, "", "530922", {}};
const CaseFacts kUnownedAnywhere{true, "", "", {}};

TEST(Scope, OfTheCityIsEveryCase) {
  for (const CaseFacts& facts : {kOwn, kNeighbour, kOtherCounty, kUnownedThere}) {
    ExpectGranted(InScope(schema::Scope::CITY, facts));
  }
}

TEST(Scope, OfTheCountyIsEveryCaseOfTheCounty) {
  for (const CaseFacts& facts : {kOwn, kNeighbour, kUnownedHere, kUnownedAnywhere}) {
    ExpectGranted(InScope(schema::Scope::COUNTY, facts));
  }
  ExpectRefused(Reason::NOT_FOUND, InScope(schema::Scope::COUNTY, kOtherCounty));
  ExpectRefused(Reason::NOT_FOUND, InScope(schema::Scope::COUNTY, kUnownedThere));
}

TEST(Scope, OfTheCountyIsTheCityForAUnitOfTheCity) {
  ExpectGranted(Ask(Registry(), kWorker, Read(), kOtherCounty));
}

TEST(Scope, OfTheUnitIsItsOwnCasesAndTheUnownedOfItsCounty) {
  for (auto scope : {schema::Scope::UNIT, schema::Scope::OWN}) {
    ExpectGranted(InScope(scope, kOwn));
    ExpectGranted(InScope(scope, kUnownedHere));
    ExpectRefused(Reason::NOT_FOUND, InScope(scope, kNeighbour));
    ExpectRefused(Reason::NOT_FOUND, InScope(scope, kOtherCounty));
    ExpectRefused(Reason::NOT_FOUND, InScope(scope, kUnownedThere));
  }
}

TEST(Scope, ThatIsNotSaidIsNoCaseAtAll) {
  ExpectRefused(Reason::NOT_FOUND, InScope(schema::Scope::UNSPECIFIED, kOwn));
}

TEST(Scope, BindsRecordingAsItBindsReading) {
  ExpectGranted(InScope(schema::Scope::UNIT, kOwn, Record({"12"})));
  ExpectRefused(Reason::NOT_FOUND, InScope(schema::Scope::UNIT, kOtherCounty, Record({"12"})));
}

TEST(Scope, DoesNotBindTheFirstEventOfACase) {
  ExpectGranted(InScope(schema::Scope::UNIT, CaseFacts{}, Record({"12"})));
}

// --- Reading ---

TEST(Reading, ShowsAllClassesUnmaskedToARoleThatHasThemAll) {
  Grant grant = Ask(Registry(), kWorker, Read());
  ExpectGranted(grant);
  EXPECT_EQ(grant.classes, kAllClasses);
  EXPECT_FALSE(grant.masked);
}

TEST(Reading, ShowsTheClassesOfTheRoleAndMasksTheRest) {
  Registry registry;
  uint32_t legal = Bit(schema::Category::LEGAL);
  registry.Role("legal-aid", schema::Scope::CITY, {}, {"legal-aid"}, legal)
      .User("j1", "JUS", "legal-aid");
  Grant grant = Ask(registry, {"j1", "JUS", "legal-aid"}, Read("legal-aid"));
  ExpectGranted(grant);
  EXPECT_EQ(grant.classes, legal);
  EXPECT_TRUE(grant.masked);
}

TEST(Reading, ShowsNoBitThatIsNoClass) {
  Registry registry;
  registry.Role("wide", schema::Scope::CITY, {}, {"aftercare"}, 0xFFFFFFFF)
      .User("w1", "MCA", "wide");
  EXPECT_EQ(Ask(registry, {"w1", "MCA", "wide"}, Read()).classes, kAllClasses);
}

TEST(Reading, NeedsAPurpose) {
  ExpectRefused(Reason::PURPOSE_MISSING, Ask(Registry(), kWorker, Read("")));
}

TEST(Reading, NeedsAPurposeThatThereIsAndThatTheRoleHas) {
  ExpectRefused(Reason::PURPOSE_NOT_PERMITTED, Ask(Registry(), kWorker, Read("curiosity")));
  ExpectRefused(Reason::PURPOSE_NOT_PERMITTED, Ask(Registry(), kWorker, Read("audit")));
}

TEST(Reading, FindsNoCaseThatIsNotThere) {
  ExpectRefused(Reason::NOT_FOUND, Ask(Registry(), kWorker, Read(), CaseFacts{}));
}

TEST(Reading, SaysNotFoundOutOfScopeBeforeItSaysAnythingOfThePurpose) {
  ExpectRefused(Reason::NOT_FOUND, InScope(schema::Scope::UNIT, kOtherCounty, Read("audit")));
}

TEST(Reading, LetsAnAuditorSeeEveryCaseForHisPurposeOnly) {
  Registry registry;
  registry.Role("auditor", schema::Scope::OWN, {}, {"audit"}, 0, false, true)
      .User("a1", "PSB", "auditor");
  Grant grant = Ask(registry, {"a1", "PSB", "auditor"}, Read("audit"), kOtherCounty);
  ExpectGranted(grant);
  EXPECT_EQ(grant.classes, 0u);
  EXPECT_TRUE(grant.masked);
  ExpectRefused(Reason::PURPOSE_NOT_PERMITTED,
                Ask(registry, {"a1", "PSB", "auditor"}, Read("aftercare"), kOtherCounty));
}

// --- A case assigned to a unit (76) ---

TEST(AnAssignedUnit, HasTheCaseUntilTheAssignmentEnds) {
  Registry registry;
  registry.User("c1", "530921-MCA", "caseworker");
  Actor worker{"c1", "530921-MCA", "caseworker"};
  CaseFacts assigned = kOtherCounty;
  ExpectRefused(Reason::NOT_FOUND, Ask(registry, worker, Read(), assigned));
  assigned.assigned["530921-MCA"] = kToday;
  ExpectGranted(Ask(registry, worker, Read(), assigned));
  ExpectGranted(Ask(registry, worker, Record({"60"}), assigned));  // recorders: CASE
  EXPECT_TRUE(MayList(worker, assigned, registry.state, kToday));
  assigned.assigned["530921-MCA"] = kToday - 1;
  ExpectRefused(Reason::NOT_FOUND, Ask(registry, worker, Read(), assigned));
  ExpectRefused(Reason::NOT_PERMITTED, Ask(registry, worker, Record({"60"}), assigned));
  EXPECT_FALSE(MayList(worker, assigned, registry.state, kToday));
}

// --- Lists, standing, administration ---

TEST(Listing, ShowsWhatIsInScopeToWhoStands) {
  Registry registry;
  registry.User("c1", "530921-MCA", "caseworker");
  Actor county{"c1", "530921-MCA", "caseworker"};
  EXPECT_TRUE(MayList(county, kOwn, registry.state, kToday));
  EXPECT_FALSE(MayList(county, kOtherCounty, registry.state, kToday));
  EXPECT_FALSE(MayList({"nobody", "MCA", "caseworker"}, kOwn, registry.state, kToday));
}

TEST(Standing, IsCheckedByItself) {
  EXPECT_TRUE(CheckStanding(kWorker, Registry().state, kToday).ok());
  EXPECT_EQ(events::ReasonOf(CheckStanding({"nobody", "MCA", "x"}, Registry().state, kToday)),
            Reason::SUSPENDED);
}

TEST(Administering, IsOfTheRoleThatAdministers) {
  Registry registry;
  registry.Role("administrator", schema::Scope::CITY, {"90", "91"}, {}, 0, true)
      .Role("would-be", schema::Scope::CITY, {"90", "91"}, {}, 0, false)
      .User("a1", "OFF", "administrator")
      .User("a2", "OFF", "would-be");
  ExpectGranted(
      Ask(registry, {"a1", "OFF", "administrator"}, AdministerRegistry{{Row("90"), Row("91")}}));
  ExpectRefused(Reason::NOT_PERMITTED,
                Ask(registry, {"a1", "OFF", "administrator"}, AdministerRegistry{{Row("93")}}));
  ExpectRefused(Reason::NOT_PERMITTED,
                Ask(registry, {"a2", "OFF", "would-be"}, AdministerRegistry{{Row("90")}}));
}

TEST(Administering, IsOfTheSoftwareUntilThereAreTwoAdministrators) {
  Registry registry;
  Actor system{std::string(kSystemActor), "", ""};
  AdministerRegistry act{{Row("90")}};
  ExpectGranted(Ask(registry, system, act));
  registry.state.administrators = 1;
  ExpectGranted(Ask(registry, system, act));
  registry.state.administrators = 2;
  ExpectRefused(Reason::SUSPENDED, Ask(registry, system, act));
}

TEST(Administering, GivesTheSoftwareNoCase) {
  Actor system{std::string(kSystemActor), "", ""};
  ExpectRefused(Reason::SUSPENDED, Ask(Registry(), system, Record({"12"})));
  ExpectRefused(Reason::SUSPENDED, Ask(Registry(), system, Read()));
}

TEST(Authorize, LetsTheSoftwareRecordItsOwnRowsAndNoOthers) {
  Registry registry;
  registry.state.administrators = 2;
  Actor system{std::string(kSystemActor), "SYS", "SYS"};
  ExpectGranted(Ask(registry, system, Record({"59"})));
  ExpectGranted(Ask(registry, system, AdministerRegistry{{Row("107g")}}));
  ExpectRefused(Reason::SUSPENDED, Ask(registry, system, Record({"12"})));
  ExpectRefused(Reason::SUSPENDED, Ask(registry, system, Record({"59", "12"})));
  ExpectRefused(Reason::SUSPENDED, Ask(registry, system, AdministerRegistry{{Row("90")}}));
  ExpectRefused(Reason::SUSPENDED, Ask(registry, system, Read()));
}

TEST(Authorize, LetsTheSoftwareSetUpNothingOnceTheSetUpRightsHaveEnded) {
  Registry registry;
  registry.state.administrators = 1;
  Actor system{std::string(kSystemActor), "OFF", ""};
  ExpectGranted(Ask(registry, system, AdministerRegistry{{Row("91")}}));
  registry.state.bootstrap_ended = true;
  ExpectRefused(Reason::SUSPENDED, Ask(registry, system, AdministerRegistry{{Row("91")}}));
}

// --- Approvals of the registry ---

TEST(Authorize, LetsWhoAdministersAskAndApproveThoughTheRoleDoesNotNameIt) {
  Registry registry;
  registry.Role("administrator", schema::Scope::CITY, {"90"}, {}, 0, true)
      .User("a1", "OFF", "administrator");
  AdministerRegistry approvals{{Row("98"), Row("98b"), Row("98c")}};
  ExpectGranted(Ask(registry, {"a1", "OFF", "administrator"}, approvals));
  ExpectRefused(Reason::NOT_PERMITTED, Ask(registry, kWorker, approvals));
  ExpectRefused(Reason::NOT_PERMITTED,
                Ask(registry, {"a1", "OFF", "administrator"}, Record({"98b"})));
}

TEST(Authorize, ShowsWhatWasAskedInTheRegistryToAdministratorsAndAuditorsForAPurpose) {
  Registry registry;
  registry.Role("administrator", schema::Scope::CITY, {"90"}, {}, 0, true)
      .User("a1", "OFF", "administrator")
      .Role("auditor", schema::Scope::CITY, {}, {"audit"}, Bit(schema::Category::LEGAL), false,
            true)
      .User("u1", "OFF", "auditor");
  Actor admin{"a1", "OFF", "administrator"};
  Actor auditor{"u1", "OFF", "auditor"};
  Grant shown = Ask(registry, admin, ReadRegistry{"approvals", "supervision"});
  ExpectGranted(shown);
  EXPECT_EQ(shown.classes, Bit(schema::Category::HISTORY));
  Grant audited = Ask(registry, auditor, ReadRegistry{"approvals", "audit"});
  ExpectGranted(audited);
  EXPECT_EQ(audited.classes, Bit(schema::Category::LEGAL));
  ExpectRefused(Reason::PURPOSE_NOT_PERMITTED,
                Ask(registry, auditor, ReadRegistry{"approvals", "tracing"}));
  ExpectRefused(Reason::PURPOSE_MISSING, Ask(registry, admin, ReadRegistry{"approvals", ""}));
  ExpectRefused(Reason::PURPOSE_NOT_PERMITTED,
                Ask(registry, admin, ReadRegistry{"approvals", "because"}));
  ExpectRefused(Reason::NOT_PERMITTED,
                Ask(registry, kWorker, ReadRegistry{"approvals", "aftercare"}));
}

}  // namespace
}  // namespace guitu::aggregates
