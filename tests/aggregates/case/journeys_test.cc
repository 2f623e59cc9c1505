// What goes wrong in practice: the second halves of the journeys, as far as their event types
// exist.
#include "tests/aggregates/case/given.h"

namespace guitu::aggregates {
namespace {

using events::Event;

Outcome Decided(const std::vector<Event>& given, const PlacementOf& placement) {
  Event placed = Placed(placement);
  return GivenCase(given + Approved(placed)).When(placed);
}

void ExpectRuleAndArticle(Reason reason, const std::string& rule) {
  EXPECT_EQ(events::ProblemOf(reason).rule, rule);
  EXPECT_FALSE(events::ProblemOf(reason).article.empty());
}

TEST(NightHandover, GoesThroughFromRescueToAssignment) {
  GivenCase({})
      .When({Rescued(), HandoverAsked(), HandoverTaken(2), Opened(), Assigned()})
      .ThenRecorded();
}

TEST(NightHandover, IsRefusedWhereTheNoticeNumberIsMissingAndStandsOnceItFollows) {
  std::vector<Event> night = {Rescued(), HandoverAsked()};
  GivenCase(night).When(HandoverTaken(2, false)).ThenRefused(Reason::CARE_NOTICE_MISSING);
  GivenCase(night).At(On(2026, 3, 9)).When(HandoverTaken(2)).ThenRecorded();
  ExpectRuleAndArticle(Reason::CARE_NOTICE_MISSING, "R4");
}

TEST(NightHandover, KeepsBothNamesOfTheChild) {
  std::vector<Event> given = {Rescued(), Asserted({.year = 2015, .proof = "said"})};
  GivenCase(given).When(Asserted({.year = 2014, .proof = "paper"})).ThenRecorded();
}

TEST(NightHandover, NeverGivesTheChildToTheAuntWhoIsTheBuyer) {
  std::vector<Event> given = {Rescued(), Opened(), Wish12(),
                              Related(kAunt, {"otherRelative", "buyer"}), Fitness(kAunt, "fit")};
  Decided(given, {.ptype = "kin", .person = kAunt}).ThenRefused(Reason::NEVER_WITH_BUYER);
  ExpectRuleAndArticle(Reason::NEVER_WITH_BUYER, "R1");
}

TEST(UnidentifiedWoman, IsRegisteredWithoutAComparison) {
  std::vector<Event> given = {Rescued("from18to59"), Opened(), Sample26(), Compared(3, "pending"),
                              HukouApplied({.origin_unknown = "yes"})};
  GivenCase(given).When(HukouEntered()).ThenRecorded();
}

TEST(UnidentifiedWoman, IsNotTheChildWhoseRegistrationWaits) {
  std::vector<Event> given = {Rescued("under14"), Opened(), Sample26(), Compared(3, "pending"),
                              HukouApplied({.origin_unknown = "yes"})};
  GivenCase(given).When(HukouEntered()).ThenRefused(Reason::DNA_COMPARISON_NEEDED);
  ExpectRuleAndArticle(Reason::DNA_COMPARISON_NEEDED, "R8");
}

TEST(HomeVisit, RecordsTheFatherAloneAndTheCallForHelp) {
  std::vector<Event> given = {Rescued(), Opened(), FileOpened(), VisitPlanned(),
                              Related(kFather, {"birthFather"})};
  GivenCase(given).When(Visited(4, {kFather})).ThenRecorded();
  GivenCase(given).When(Visited()).ThenRecorded();
}

TEST(School, TakesTheGirlInAnotherCountyAtAnyAge) {
  GivenCase({Rescued("from14to15"), Opened()}).When(Enrolled()).ThenRecorded();
}

TEST(LegalAidOfficer, TurnsTheSuspectAwayAndHearsAnotherRelative) {
  std::vector<Event> given = {Rescued(), Opened(), Related(kFather, {"guardian", "suspect"}),
                              Conflict(kFather), Related(kAunt, {"otherRelative"})};
  GivenCase(given).When(LegalAidAsked(kFather)).ThenRefused(Reason::APPLICANT_FLAGGED);
  GivenCase(given).When(LegalAidAsked(kAunt)).ThenRecorded();
  ExpectRuleAndArticle(Reason::APPLICANT_FLAGGED, "R30");
}

TEST(LegalAidOfficer, MayDecideOnDayNineButNotWithoutReasons) {
  std::vector<Event> given = {LegalAidAsked(kSubject, kDay)};
  GivenCase(given).When(LegalAidSaid(1, "granted", false, On(2026, 3, 11))).ThenRecorded();
  GivenCase(given)
      .When(LegalAidSaid(1, "refused", false))
      .ThenRefused(Reason::LEGAL_AID_REASONS_MISSING);
  ExpectRuleAndArticle(Reason::LEGAL_AID_REASONS_MISSING, "R26");
}

Event WantsBuyer(int day, bool absent = true) {
  return Wish12({.topic = "liveWithBuyer", .buyer_absent = absent, .at = On(2026, 2, day)});
}

TEST(StaysWithTheBuyer, StandsOnTwoFreeWishes) {
  std::vector<Event> given = {
      Rescued("from18to59"),    Opened(),       Wish12(),      Capacity("full"),
      Related(kMan, {"buyer"}), WantsBuyer(10), WantsBuyer(12)};
  Decided(given, {.ptype = "withBuyer", .person = kMan}).ThenRecorded();
}

TEST(StaysWithTheBuyer, IsRefusedOnOneWishOrWithHimInTheNextRoom) {
  std::vector<Event> given = {Rescued("from18to59"), Opened(), Wish12(), Related(kMan, {"buyer"}),
                              WantsBuyer(10)};
  Decided(given, {.ptype = "withBuyer", .person = kMan}).ThenRefused(Reason::BUYER_WISHES_MISSING);
  Decided(given + WantsBuyer(12, false), {.ptype = "withBuyer", .person = kMan})
      .ThenRefused(Reason::BUYER_WISHES_MISSING);
  ExpectRuleAndArticle(Reason::BUYER_WISHES_MISSING, "R2");
}

TEST(StaysWithTheBuyer, IsRefusedToAGirlOfSeventeenAndToWhoCannotDecide) {
  std::vector<Event> wishes = {Wish12(), Related(kMan, {"buyer"}), WantsBuyer(10), WantsBuyer(12)};
  Decided(std::vector{Rescued("from16to17"), Opened()} + wishes,
          {.ptype = "withBuyer", .person = kMan})
      .ThenRefused(Reason::NEVER_WITH_BUYER);
  Decided(std::vector{Rescued("from18to59"), Opened()} + wishes + Capacity("limited"),
          {.ptype = "withBuyer", .person = kMan})
      .ThenRefused(Reason::NEVER_WITH_BUYER);
}

TEST(SoldByHerParents, KeepsTheParentsFromSpeakingAndCaring) {
  std::vector<Event> given = {Rescued(), Opened(), Wish12(),
                              Related(kFather, {"birthFather", "seller"}), Conflict(kFather)};
  GivenCase(given).When(Fitness(kFather)).ThenRefused(Reason::FLAGGED_NOT_FIT);
  GivenCase(given).When(LegalAidAsked(kFather)).ThenRefused(Reason::APPLICANT_FLAGGED);
  Decided(given, {.ptype = "birthParents", .person = kFather}).ThenRefused(Reason::CARER_FLAGGED);
}

TEST(ChildOfTheBoughtMarriage, MayLiveWithTheManWhoBoughtHisMother) {
  // Each subject has its own roles: the man is buyer in her case, father in the child's.
  std::vector<Event> hers = {Rescued("from16to17"), Opened(), Wish12(), Related(kMan, {"buyer"})};
  Decided(hers, {.ptype = "ownHome", .person = kMan}).ThenRefused(Reason::NEVER_WITH_BUYER);
  std::vector<Event> childs = {Rescued("under14"), Opened(), Wish12(),
                               Related(kMan, {"birthFather"}), Fitness(kMan)};
  Decided(childs, {.ptype = "birthParents", .person = kMan}).ThenRecorded();
}

TEST(ChildOfTheBoughtMarriage, IsRegisteredWithoutDna) {
  std::vector<Event> given = {Rescued("under14"), Opened(), Related(kAunt, {"birthMother"}),
                              HukouApplied({.kind = "childOfVictim"})};
  GivenCase(given).When(HukouEntered("childOfVictim")).ThenRecorded();
}

TEST(WomanWithoutWords, IsHeardByObservationAndPlacedAfterTheAssessment) {
  Event heard = Wish12({.answer = "unable", .ability = "disability", .observed = true});
  std::vector<Event> given = {Rescued("from18to59"), Opened()};
  GivenCase(given)
      .When(Wish12({.answer = "unable", .ability = "disability"}))
      .ThenRefused(Reason::WISH_OBSERVATION_MISSING);
  GivenCase(given).When(heard).ThenRecorded();
  Decided(given + heard, {}).ThenRefused(Reason::CAPACITY_IN_DOUBT);
  Decided(given + heard + Capacity("limited"), {}).ThenRecorded();
}

}  // namespace
}  // namespace guitu::aggregates
