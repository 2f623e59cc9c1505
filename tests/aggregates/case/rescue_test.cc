// Chapter A: report, rescue, opening.
#include <gmock/gmock.h>

#include "events/ids.h"
#include "events/schema/rescue.capnp.h"
#include "tests/aggregates/case/given.h"

namespace guitu::aggregates {
namespace {

using events::Event;

const std::vector<Event> kRescue = {Rescued()};
const std::vector<Event> kOpen = {Rescued(), Opened()};

TEST(VictimRescued, OpensAStream) { GivenCase({}).When(Rescued()).Then({Rescued()}); }

TEST(VictimRescued, TellsTheCountyUntilTheCaseIsOpened) {
  EXPECT_EQ(FactsOf(GivenCase({}).When(Rescued()).State()).county, "530921");
}

TEST(VictimRescued, MakesTheBuyerItNamesABuyer) {
  CaseState state =
      GivenCase({Rescued(), Related(kMan, {"other"})}).When(RescuedFrom(kMan)).State();
  EXPECT_THAT(state.persons[kMan].roles, testing::Contains("buyer"));
}

TEST(CaseOpened, FillsInNumberAndSubject) {
  auto recorded = GivenCase(kRescue).When(Opened()).ThenRecorded();
  auto opened = recorded.at(0).As<schema::CaseOpened>();
  EXPECT_EQ(opened.getCaseNo(), events::CaseNumber(kCase));
  EXPECT_EQ(events::ToSubject(opened.getSubjectKey()), kSubject);
}

TEST(CaseOpened, TellsWhoIsInCharge) {
  CaseFacts facts = FactsOf(GivenCase(kRescue).When(Opened()).State());
  EXPECT_TRUE(facts.exists);
  EXPECT_EQ(facts.owner, "MCA");
  EXPECT_EQ(facts.county, "530921");
}

TEST(CaseOpened, TakesItsGroundFromTheSameCommandInAnyOrder) {
  GivenCase({}).When({Rescued(), Opened()}).ThenRecorded();
  GivenCase({}).When({Opened(), Rescued()}).ThenRecorded();
  GivenCase({}).When({LegalAidAsked(), Opened()}).ThenRecorded();
}

TEST(CaseOpened, IsRefusedWithoutAGround) {
  GivenCase({}).When(Opened()).ThenRefused(Reason::GROUND_MISSING);
}

Event OpenedOn(events::StreamId stream, uint32_t sequence) {
  return events::MakeEvent<schema::CaseOpened>(kDay, [&](auto out) {
    out.initKind().setCode("victim");
    out.setOwner("MCA");
    out.setCounty("530921");
    auto ground = out.initGrounds(1)[0];
    events::SetId(ground.initStream(), stream);
    ground.setSequence(sequence);
  });
}

TEST(CaseOpened, TakesItsGroundFromAnotherStreamAndNotesWhatWasSeenThere) {
  auto recorded = GivenCase({}).When(OpenedOn(kReport, 1)).ThenRecorded();
  auto ground = recorded.at(0).As<schema::CaseOpened>().getGrounds()[0];
  EXPECT_EQ(ground.getVersion(), 3u);
  EXPECT_EQ(ground.getOffset(), 77u);
}

TEST(CaseOpened, IsNotDecidedOnAGroundThatIsNotKnownHereYet) {
  GivenCase({})
      .When(OpenedOn(kReport, 9))
      .ThenRefused(Reason::SETTLING, "/events/0/data/grounds/0");
  GivenCase({}).When(OpenedOn({1, 2}, 1)).ThenRefused(Reason::SETTLING);
}

TEST(CaseOpened, IsRefusedOnAGroundOfAnotherRow) {
  GivenCase({})
      .When(OpenedOn(kReport, 2))
      .ThenRefused(Reason::REFERENCE_UNKNOWN, "/events/0/data/grounds/0");
}

TEST(CaseOpened, IsRefusedASecondTime) {
  GivenCase(kOpen).When(Opened()).ThenRefused(Reason::ALREADY_OPEN);
}

TEST(CaseOpened, IsRefusedForAUnitThatIsNotThere) {
  GivenCase(kRescue).When(Opened("XYZ")).ThenRefused(Reason::UNIT_UNKNOWN, "/events/0/data/owner");
  GivenCase(kRescue).When(Opened("OLD")).ThenRefused(Reason::UNIT_UNKNOWN, "/events/0/data/owner");
}

TEST(IdentityAsserted, IsTakenFromAnybodyAsOftenAsItIsSaid) {
  auto twice = kRescue + Asserted({.year = 2015});
  GivenCase(twice).When(Asserted({.year = 2014, .proof = "said"})).ThenRecorded();
  GivenCase(twice).When(Asserted({})).ThenRecorded();
}

TEST(RelatedPersonRecorded, GetsAnOpaqueReference) {
  auto recorded = GivenCase(kRescue).When(RelatedAsked({"buyer"})).ThenRecorded();
  auto related = recorded.at(0).As<schema::RelatedPersonRecorded>();
  EXPECT_EQ(events::ToSubject(related.getPerson().getRelated()), (events::SubjectId{0xbeef, 7}));
}

TEST(RelatedPersonRecorded, GivesEachPersonOfACommandAReferenceOfItsOwn) {
  CaseState state =
      GivenCase(kRescue).When({RelatedAsked({"buyer"}), RelatedAsked({"broker"})}).State();
  EXPECT_EQ(state.persons.size(), 2u);
}

TEST(RelatedPersonRecorded, RegistersThePersonWithRolesAndWithoutConflict) {
  CaseState state = GivenCase(kRescue).When(RelatedAsked({"birthFather", "seller"})).State();
  ASSERT_EQ(state.persons.size(), 1u);
  EXPECT_THAT(state.persons.begin()->second.roles, testing::ElementsAre("birthFather", "seller"));
  EXPECT_FALSE(state.persons.begin()->second.conflicted);
}

TEST(RiskAssessed, IsTakenInAnOpenCase) { GivenCase(kOpen).When(Risk()).Then({Risk()}); }

TEST(CapacityAssessed, IsTakenOfAnAdult) {
  GivenCase({Rescued("from18to59"), Opened()}).When(Capacity("limited")).ThenRecorded();
}

TEST(CapacityAssessed, IsTakenOfSomebodyWhoseAgeIsNotKnown) {
  GivenCase({Rescued("unknown"), Opened()}).When(Capacity("none")).ThenRecorded();
}

TEST(CapacityAssessed, IsRefusedOfAMinor) {
  GivenCase(kOpen).When(Capacity("none")).ThenRefused(Reason::CAPACITY_OF_MINOR);
  GivenCase({Rescued("unknown"), Opened(), Asserted({.year = 2010})})
      .When(Capacity("none"))
      .ThenRefused(Reason::CAPACITY_OF_MINOR);
}

TEST(VictimWishRecorded, IsHeardInTheOwnWords) {
  CaseState state = GivenCase(kRescue).When(Wish12({.answer = "no"})).State();
  EXPECT_EQ(state.wishes, 1u);
}

TEST(VictimWishRecorded, IsHeardByObservationOfWhoCannotSayIt) {
  GivenCase(kRescue).When(Wish12({.answer = "unable", .observed = true})).ThenRecorded();
}

TEST(VictimWishRecorded, IsRefusedWithoutTheObservation) {
  GivenCase(kRescue)
      .When(Wish12({.answer = "unable"}))
      .ThenRefused(Reason::WISH_OBSERVATION_MISSING);
}

TEST(GuardianConflictFlagged, MarksAPersonThatWasRecorded) {
  auto given = kRescue + Related(kAunt, {"otherRelative"});
  CaseState state = GivenCase(given).When(Conflict(kAunt)).State();
  EXPECT_TRUE(state.persons[kAunt].conflicted);
}

TEST(GuardianConflictFlagged, MayBeSaidTwice) {
  auto given = kRescue + Related(kAunt, {"otherRelative"}) + Conflict(kAunt);
  GivenCase(given).When(Conflict(kAunt)).ThenRecorded();
}

TEST(GuardianConflictFlagged, IsRefusedOfThePersonOfTheCase) {
  GivenCase(kRescue)
      .When(Conflict(kSubject))
      .ThenRefused(Reason::PERSON_UNKNOWN, "/events/0/data/person");
}

}  // namespace
}  // namespace guitu::aggregates
