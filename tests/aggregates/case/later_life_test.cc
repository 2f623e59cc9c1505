// Chapters E, G, H, I and L: registration, school, aftercare, legal aid, assignment.
#include "events/record.h"
#include "events/schema/aftercare.capnp.h"
#include "events/schema/legal_aid.capnp.h"
#include "events/values.h"
#include "tests/aggregates/case/given.h"

namespace guitu::aggregates {
namespace {

using events::Event;

const std::vector<Event> kChild = {Rescued("under14"), Opened()};
const std::vector<Event> kAdult = {Rescued("from18to59"), Opened()};

// --- 41 ---

TEST(HouseholdRegistrationApplied, OfAStrandedPersonWaitsForTheStrandedStatus) {
  GivenCase(kAdult)
      .When(HukouApplied({.kind = "strandedWithoutHukou"}))
      .ThenRefused(Reason::STRANDED_NOT_REACHED);
}

TEST(HouseholdRegistrationApplied, OfAWelfareChildFollowsTheCertificate) {
  GivenCase(kChild + NotFound31()).When(HukouApplied({.kind = "welfareChild"})).ThenRecorded();
  GivenCase(kChild)
      .When(HukouApplied({.kind = "welfareChild"}))
      .ThenRefused(Reason::NOT_FOUND_CERTIFICATE_MISSING);
}

TEST(HouseholdRegistrationApplied, OfAnOwnChildNamesAParent) {
  for (const char* role : {"birthFather", "birthMother", "adoptiveParent"}) {
    GivenCase(kChild + Related(kFather, {role}))
        .When(HukouApplied({.kind = "childOfVictim"}))
        .ThenRecorded();
  }
  GivenCase(kChild + Related(kFather, {"grandparent"}))
      .When(HukouApplied({.kind = "childOfVictim"}))
      .ThenRefused(Reason::PARENT_NOT_RECORDED);
}

TEST(HouseholdRegistrationApplied, OnAnEntryThatIsThereWaitsForTheIdentity) {
  for (const char* kind : {"restored", "falseCancelled", "corrected", "moved"}) {
    GivenCase(kAdult).When(HukouApplied({.kind = kind})).ThenRefused(Reason::IDENTITY_NOT_VERIFIED);
  }
}

TEST(HouseholdRegistrationApplied, OfAnotherKindIsTaken) {
  GivenCase(kAdult).When(HukouApplied({})).ThenRecorded();
}

// --- 42 ---

TEST(HouseholdRegistered, FollowsTheApplication) {
  GivenCase(kAdult + HukouApplied({})).When(HukouEntered()).Then({HukouEntered()});
  GivenCase(kAdult).When(HukouEntered()).ThenRefused(Reason::HUKOU_NOT_APPLIED);
}

TEST(HouseholdRegistered, NeedsNoApplicationToPutAnEntryRight) {
  for (const char* kind : {"restored", "falseCancelled", "corrected"}) {
    GivenCase(kAdult).When(HukouEntered(kind)).ThenRecorded();
  }
  GivenCase(kAdult).When(HukouEntered("moved")).ThenRefused(Reason::HUKOU_NOT_APPLIED);
}

TEST(HouseholdRegistered, OfAChildOfUnknownOriginWaitsForTheComparison) {
  auto applied = kChild + HukouApplied({.origin_unknown = "yes"});
  GivenCase(applied).When(HukouEntered()).ThenRefused(Reason::DNA_COMPARISON_NEEDED);
  GivenCase(applied + Sample26()).When(HukouEntered()).ThenRefused(Reason::DNA_COMPARISON_NEEDED);
  for (const char* result : {"pending", "invalid"}) {
    GivenCase(applied + Sample26() + Compared(4, result))
        .When(HukouEntered())
        .ThenRefused(Reason::DNA_COMPARISON_NEEDED);
  }
  for (const char* result : {"match", "none"}) {
    GivenCase(applied + Sample26() + Compared(4, result)).When(HukouEntered()).ThenRecorded();
  }
}

TEST(HouseholdRegistered, GoesByTheNewestResultOfASample) {
  auto applied =
      kChild + HukouApplied({.origin_unknown = "yes"}) + Sample26() + Compared(4, "none");
  GivenCase(applied + Compared(4, "invalid"))
      .When(HukouEntered())
      .ThenRefused(Reason::DNA_COMPARISON_NEEDED);
}

TEST(HouseholdRegistered, TakesNoComparisonOfAParentForTheChilds) {
  auto applied =
      kChild + HukouApplied({.origin_unknown = "yes"}) + Related(kFather, {"birthFather"});
  GivenCase(applied + Sample26(kFather) + Compared(5, "none"))
      .When(HukouEntered())
      .ThenRefused(Reason::DNA_COMPARISON_NEEDED);
}

TEST(HouseholdRegistered, AsksNoComparisonOfAChildOfAKnownParentOrWithABirthCertificate) {
  GivenCase(kChild + HukouApplied({.origin_unknown = "no"})).When(HukouEntered()).ThenRecorded();
  GivenCase(kChild + HukouApplied({.origin_unknown = "unknown", .birth_certificate = true}))
      .When(HukouEntered())
      .ThenRecorded();
  GivenCase(kChild + HukouApplied({.kind = "childOfVictim", .origin_unknown = "unknown"}))
      .When(HukouEntered("childOfVictim"))
      .ThenRecorded();
}

TEST(HouseholdRegistered, AsksTheComparisonWhereNobodySaysWhereTheChildComesFrom) {
  GivenCase(kChild + HukouApplied({.origin_unknown = "unknown"}))
      .When(HukouEntered())
      .ThenRefused(Reason::DNA_COMPARISON_NEEDED);
}

TEST(HouseholdRegistered, AsksNoComparisonOfAnAdultButOfWhoMayBeAChild) {
  auto application = HukouApplied({.origin_unknown = "yes"});
  GivenCase(kAdult + application).When(HukouEntered()).ThenRecorded();
  GivenCase(std::vector{Rescued("unknown"), Opened(), application})
      .When(HukouEntered())
      .ThenRefused(Reason::DNA_COMPARISON_NEEDED);
}

// --- 51 ---

TEST(SchoolEnrolled, IsTakenAtAnyAge) {
  GivenCase(kChild).When(Enrolled()).ThenRecorded();
  GivenCase(kAdult).When(Enrolled()).ThenRecorded();
}

// --- 56 to 60 ---

TEST(DedicatedFileOpened, CarriesTheVersionOfTheCadence) {
  auto recorded = GivenCase(kChild).When(FileOpened()).ThenRecorded();
  EXPECT_EQ(recorded.at(0).As<schema::DedicatedFileOpened>().getCadenceVersion(), 1u);
}

TEST(DedicatedFileOpened, NeedsAnOpenCase) {
  GivenCase({Rescued()}).When(FileOpened()).ThenRefused(Reason::CASE_NOT_OPEN);
}

TEST(DedicatedFileOpened, IsRefusedWithACadenceThatIsNotThere) {
  GivenCase(kChild)
      .When(FileOpened("Z9"))
      .ThenRefused(Reason::INVALID_FIELD, "/events/0/data/cadence");
}

TEST(FollowUpScheduled, NumbersTheVisits) {
  auto recorded =
      GivenCase(kChild + FileOpened()).When({VisitPlanned(), VisitPlanned()}).ThenRecorded();
  EXPECT_EQ(recorded.at(0).As<schema::FollowUpScheduled>().getNo(), 1);
  EXPECT_EQ(recorded.at(1).As<schema::FollowUpScheduled>().getNo(), 2);
}

TEST(FollowUpScheduled, NeedsTheDedicatedFile) {
  GivenCase(kChild).When(VisitPlanned()).ThenRefused(Reason::FILE_NOT_OPENED);
}

TEST(FollowUpCompleted, IsTakenPlannedOrNot) {
  GivenCase(kChild + FileOpened() + VisitPlanned()).When(Visited(4)).ThenRecorded();
  GivenCase(kChild).When(Visited()).ThenRecorded();
}

TEST(FollowUpCompleted, IsTakenWhoeverWasThere) {
  auto given = kChild + Related(kMan, {"buyer"}) + Conflict(kMan);
  GivenCase(given).When(Visited(0, {kMan})).ThenRecorded();
}

TEST(FollowUpCompleted, IsTakenAfterTheVisitWasMissed) {
  GivenCase(kChild + FileOpened() + VisitPlanned() + VisitMissed(4))
      .When(Visited(4))
      .ThenRecorded();
}

TEST(FollowUpCompleted, IsRefusedForAVisitThatWasNotPlanned) {
  GivenCase(kChild).When(Visited(2)).ThenRefused(Reason::REFERENCE_UNKNOWN, "/events/0/data/of");
}

TEST(FollowUpMissed, IsTheSoftwaresOwn) {
  GivenCase(kChild + FileOpened() + VisitPlanned())
      .When(VisitMissed(4))
      .ThenRefused(Reason::SOFTWARE_ONLY);
}

// The visit of VisitPlanned: due on 1 April 2026, an extra one, so with 3 days of grace.
Event MissedBySoftware(uint32_t of, absl::CivilDay due = absl::CivilDay(2026, 4, 1)) {
  return events::MakeEvent<schema::FollowUpMissed>(kDay, [&](auto out) {
    out.initOf().setSequence(of);
    out.initDue().setDays(events::FromCivilDay(due));
  });
}

TEST(FollowUpMissed, IsRecordedByTheSoftwareOnceTheGraceIsOver) {
  auto given = kChild + FileOpened() + VisitPlanned();
  GivenCase(given)
      .By("system", "SYS")
      .At(On(2026, 4, 4))
      .When(MissedBySoftware(4))
      .ThenRefused(Reason::VISIT_NOT_MISSED, "/events/0/data/of");
  auto recorded = GivenCase(given).By("system", "SYS").At(On(2026, 4, 5)).When(MissedBySoftware(4));
  auto missed = recorded.ThenRecorded().at(0);
  EXPECT_EQ(missed.As<schema::FollowUpMissed>().getDaysLate(), 4);
  EXPECT_EQ(missed.As<schema::FollowUpMissed>().getFirstDue().getDays(),
            events::FromCivilDay(absl::CivilDay(2026, 4, 1)));
  EXPECT_EQ(missed.As<schema::FollowUpMissed>().getEscalatedTo(), "MCA");
  EXPECT_TRUE(recorded.State().visits.at(4).missed);
}

TEST(FollowUpMissed, IsRefusedTwiceOrForAnotherDueDay) {
  auto given = kChild + FileOpened() + VisitPlanned();
  GivenCase(given + MissedBySoftware(4))
      .By("system", "SYS")
      .When(MissedBySoftware(4))
      .ThenRefused(Reason::VISIT_NOT_MISSED);
  GivenCase(given)
      .By("system", "SYS")
      .When(MissedBySoftware(4, absl::CivilDay(2026, 4, 2)))
      .ThenRefused(Reason::VISIT_NOT_MISSED);
  GivenCase(given)
      .By("system", "SYS")
      .When(MissedBySoftware(3))
      .ThenRefused(Reason::REFERENCE_UNKNOWN);
}

TEST(FollowUpMissed, IsRefusedOnceThePersonWasSeen) {
  GivenCase(kChild + FileOpened() + VisitPlanned() + Visited(4))
      .By("system", "SYS")
      .When(MissedBySoftware(4))
      .ThenRefused(Reason::VISIT_NOT_MISSED);
}

TEST(FollowUpMissed, StaysThoughTheVisitIsRecordedLater) {
  auto outcome =
      GivenCase(kChild + FileOpened() + VisitPlanned() + MissedBySoftware(4)).When(Visited(4));
  EXPECT_TRUE(outcome.State().visits.empty());
  EXPECT_TRUE(outcome.State().Has(*events::TypeOfRow("59")));
}

TEST(NeedIdentified, IsTakenBeforeAndAfterOpening) {
  GivenCase({Rescued()}).When(Need60()).ThenRecorded();
  GivenCase(kChild).When(Need60()).ThenRecorded();
}

// --- 61, 62, 65 ---

TEST(LegalAidRightNotified, IsNeverBarred) {
  auto given = kChild + Related(kAunt, {"guardian"}) + Conflict(kAunt);
  GivenCase(given).When(RightTold(kAunt)).ThenRecorded();
  GivenCase(given).When(RightTold()).ThenRecorded();
}

TEST(LegalAidApplied, OpensAStream) { GivenCase({}).When(LegalAidAsked()).ThenRecorded(); }

TEST(LegalAidApplied, IsRefusedFromAFlaggedGuardianAndTakenFromAnotherRelative) {
  auto given = kChild + Related(kAunt, {"otherRelative"}) + Related(kFather, {"guardian"}) +
               Conflict(kFather);
  GivenCase(given)
      .When(LegalAidAsked(kFather))
      .ThenRefused(Reason::APPLICANT_FLAGGED, "/events/0/data/applicant");
  GivenCase(given).When(LegalAidAsked(kAunt)).ThenRecorded();
}

TEST(LegalAidDecided, FollowsTheApplication) {
  GivenCase(kChild + LegalAidAsked()).When(LegalAidSaid(3, "granted", false)).ThenRecorded();
  GivenCase(kChild).When(LegalAidSaid(1, "granted")).ThenRefused(Reason::LEGAL_AID_NOT_APPLIED);
  GivenCase(kChild + LegalAidAsked())
      .When(LegalAidSaid(1, "granted"))
      .ThenRefused(Reason::REFERENCE_UNKNOWN);
}

TEST(LegalAidDecided, GivesReasonsForEachNo) {
  for (const char* outcome : {"refused", "notCompetent"}) {
    GivenCase(kChild + LegalAidAsked())
        .When(LegalAidSaid(3, outcome, false))
        .ThenRefused(Reason::LEGAL_AID_REASONS_MISSING, "/events/0/data/reasons");
    GivenCase(kChild + LegalAidAsked()).When(LegalAidSaid(3, outcome)).ThenRecorded();
  }
  for (const char* outcome : {"granted", "withdrawn", "deemedWithdrawn"}) {
    GivenCase(kChild + LegalAidAsked()).When(LegalAidSaid(3, outcome, false)).ThenRecorded();
  }
}

TEST(LegalAidDecided, MayNameTheCompetentAgencyInsteadOfReasons) {
  Event decided = LegalAidSaid(3, "notCompetent", false);
  auto body = std::make_shared<events::Body>(std::as_const(*decided.body).content());
  body->mutable_data<schema::LegalAidDecided>().setWhere("elsewhere");
  decided.body = std::move(body);
  GivenCase(kChild + LegalAidAsked()).When(decided).ThenRecorded();
}

schema::YesNo LateOn(absl::Time received, absl::Time decided) {
  auto given = kChild + LegalAidAsked(kSubject, received);
  auto recorded = GivenCase(given).When(LegalAidSaid(3, "granted", false, decided)).ThenRecorded();
  return recorded.at(0).As<schema::LegalAidDecided>().getLate();
}

TEST(LegalAidDecided, IsAcceptedLateAndSaysSo) {
  // Worked case 2 of the clocks: received on Friday 3 March 2023, the seventh day is Friday 10
  // March.
  EXPECT_EQ(LateOn(On(2023, 3, 3), On(2023, 3, 10)), schema::YesNo::NO);
  EXPECT_EQ(LateOn(On(2023, 3, 3), On(2023, 3, 14)), schema::YesNo::YES);
  // The day ends at 24:00.
  EXPECT_EQ(LateOn(On(2023, 3, 3), On(2023, 3, 10) + absl::Hours(13.9)), schema::YesNo::NO);
  EXPECT_EQ(LateOn(On(2023, 3, 3), On(2023, 3, 10) + absl::Hours(14)), schema::YesNo::YES);
}

TEST(LegalAidDecided, MayWaitForTheFirstWorkingDayWhereTheTermEndsOnADayOff) {
  // Received on Saturday 4 March 2023: the seventh day is Saturday the 11th, so Monday the 13th.
  EXPECT_EQ(LateOn(On(2023, 3, 4), On(2023, 3, 13)), schema::YesNo::NO);
  EXPECT_EQ(LateOn(On(2023, 3, 4), On(2023, 3, 14)), schema::YesNo::YES);
}

// --- 76 ---

TEST(CaseAssigned, GivesTheCaseToAWorkerOfTheUnit) {
  CaseState state = GivenCase(kChild).When(Assigned("MCA", "w1")).State();
  EXPECT_EQ(state.workers["MCA"], "w1");
}

TEST(CaseAssigned, PutsTheNewWorkerInThePlaceOfTheOld) {
  CaseState state = GivenCase(kChild + Assigned("MCA", "w1")).When(Assigned("MCA", "w2")).State();
  EXPECT_EQ(state.workers.size(), 1u);
  EXPECT_EQ(state.workers["MCA"], "w2");
}

TEST(CaseAssigned, IsTakenInAClosedCase) {
  GivenCase(kChild).Closed().When(Assigned()).ThenRecorded();
}

TEST(CaseAssigned, IsRefusedForAUnitThatIsNotThere) {
  for (const char* unit : {"XYZ", "OLD"}) {
    GivenCase(kChild)
        .When(Assigned(unit, "w1"))
        .ThenRefused(Reason::UNIT_UNKNOWN, "/events/0/data/unit");
  }
}

TEST(CaseAssigned, IsRefusedForAWorkerWhoIsNotThereToday) {
  for (const char* staff : {"nobody", "s1", "e1", "f1", "p1"}) {
    GivenCase(kChild)
        .When(Assigned("MCA", staff))
        .ThenRefused(Reason::WORKER_UNKNOWN, "/events/0/data/staff");
  }
}

}  // namespace
}  // namespace guitu::aggregates
