// Chapter D: placement. R1, R2, R15.
#include "events/schema/placement.capnp.h"
#include "tests/aggregates/case/given.h"

namespace guitu::aggregates {
namespace {

using events::Event;

// Number 3 is the wish in all of them.
const std::vector<Event> kGirl = {Rescued("under14"), Opened(), Wish12()};
const std::vector<Event> kWoman = {Rescued("from18to59"), Opened(), Wish12()};
const std::vector<Event> kUnknownAge = {Rescued("unknown"), Opened(), Wish12()};

// The case decides on the placement after a second person approved it.
Outcome Decided(const std::vector<Event>& given, const PlacementOf& placement) {
  Event placed = Placed(placement);
  return GivenCase(given + Approved(placed)).When(placed);
}

std::vector<Event> WithAunt(std::vector<Event> given,
                            std::vector<std::string> roles = {"otherRelative"}) {
  return given + Related(kAunt, std::move(roles));
}

TEST(PlacementOptionsReviewed, FollowsRiskAndWish) {
  GivenCase(kGirl + Risk()).When(Options()).Then({Options()});
}

TEST(PlacementOptionsReviewed, IsRefusedWithoutTheRisk) {
  GivenCase(kGirl).When(Options()).ThenRefused(Reason::RISK_NOT_ASSESSED);
}

TEST(PlacementOptionsReviewed, IsRefusedWithoutTheWish) {
  GivenCase({Rescued(), Opened(), Risk()}).When(Options()).ThenRefused(Reason::WISH_NOT_HEARD);
}

TEST(PlacementDecided, IsTakenForAnInstitutionAndNamesTheApprover) {
  auto recorded = Decided(kGirl, {}).ThenRecorded();
  EXPECT_EQ(recorded.at(0).As<schema::PlacementDecided>().getApprover(), "h1");
}

TEST(PlacementDecided, IsRefusedBeforeTheWishIsHeard) {
  Event placed = Placed({.wish = 1});
  GivenCase(std::vector{Rescued(), Opened()} + Approved(placed))
      .When(placed)
      .ThenRefused(Reason::WISH_NOT_HEARD);
}

TEST(PlacementDecided, IsRefusedOnAWishThatIsNone) {
  Decided(kGirl, {.wish = 1}).ThenRefused(Reason::REFERENCE_UNKNOWN, "/events/0/data/wish");
}

TEST(PlacementDecided, GivesAMinorToACarerFoundFit) {
  auto given = WithAunt(kGirl) + Fitness(kAunt, "fit");
  Decided(given, {.ptype = "kin", .person = kAunt}).ThenRecorded();
}

TEST(PlacementDecided, IsRefusedForAMinorWithACarerNobodyAssessed) {
  Decided(WithAunt(kGirl), {.ptype = "kin", .person = kAunt})
      .ThenRefused(Reason::CARER_NOT_FIT, "/events/0/data/person");
}

TEST(PlacementDecided, IsRefusedForAMinorWithACarerWhoIsNotNamed) {
  for (const char* ptype : {"birthParents", "kin", "foster"}) {
    Decided(WithAunt(kGirl) + Fitness(kAunt), {.ptype = ptype}).ThenRefused(Reason::CARER_NOT_FIT);
  }
}

TEST(PlacementDecided, IsRefusedForAMinorWithACarerFoundUnfitOrFitUnderConditions) {
  for (const char* result : {"unfit", "conditions"}) {
    Decided(WithAunt(kGirl) + Fitness(kAunt, result), {.ptype = "kin", .person = kAunt})
        .ThenRefused(Reason::CARER_NOT_FIT);
  }
}

TEST(PlacementDecided, GoesByTheNewestAssessmentOfTheCarer) {
  auto given = WithAunt(kGirl) + Fitness(kAunt, "fit") + Fitness(kAunt, "unfit");
  Decided(given, {.ptype = "kin", .person = kAunt}).ThenRefused(Reason::CARER_NOT_FIT);
}

TEST(PlacementDecided, AsksNoAssessmentForAnAdult) {
  Decided(WithAunt(kWoman), {.ptype = "kin", .person = kAunt}).ThenRecorded();
}

TEST(PlacementDecided, GivesWhoMayBeAMinorTheProtectionOfOne) {
  Decided(WithAunt(kUnknownAge), {.ptype = "kin", .person = kAunt})
      .ThenRefused(Reason::CARER_NOT_FIT);
  Decided(WithAunt(kUnknownAge, {"buyer"}), {.ptype = "kin", .person = kAunt})
      .ThenRefused(Reason::NEVER_WITH_BUYER);
}

TEST(PlacementDecided, NeverGivesAMinorToTheBuyersSide) {
  for (const char* role : {"buyer", "buyerFamily"}) {
    auto given = WithAunt(kGirl, {"otherRelative", role}) + Fitness(kAunt, "fit");
    Decided(given, {.ptype = "kin", .person = kAunt})
        .ThenRefused(Reason::NEVER_WITH_BUYER, "/events/0/data/person");
  }
}

TEST(PlacementDecided, NeverGivesAMinorToTheManSheWasRescuedFrom) {
  auto given = kGirl + Related(kMan, {"other"}) + RescuedFrom(kMan) + Fitness(kMan, "fit");
  Decided(given, {.ptype = "foster", .person = kMan}).ThenRefused(Reason::NEVER_WITH_BUYER);
}

TEST(PlacementDecided, NeverLetsAMinorLiveWithTheBuyerByItsName) {
  Decided(kGirl, {.ptype = "withBuyer"}).ThenRefused(Reason::NEVER_WITH_BUYER);
}

TEST(PlacementDecided, BelievesTheWorkerWhoFoundTheBuyersHousehold) {
  for (const char* check : {"buyer", "household"}) {
    auto given = WithAunt(kGirl) + Fitness(kAunt, "fit");
    Decided(given, {.ptype = "kin", .person = kAunt, .check = check})
        .ThenRefused(Reason::NEVER_WITH_BUYER);
  }
}

TEST(PlacementDecided, NeverGivesAMinorToSomebodyFlagged) {
  auto given = WithAunt(kGirl) + Fitness(kAunt, "fit") + Conflict(kAunt);
  Decided(given, {.ptype = "kin", .person = kAunt}).ThenRefused(Reason::CARER_FLAGGED);
}

TEST(PlacementDecided, ProtectsAnAdultWithoutFullCapacityAsAMinor) {
  for (const char* finding : {"limited", "none"}) {
    auto given = kWoman + Capacity(finding);
    Decided(WithAunt(given, {"buyer"}), {.ptype = "kin", .person = kAunt})
        .ThenRefused(Reason::NEVER_WITH_BUYER);
    Decided(WithAunt(given) + Conflict(kAunt), {.ptype = "kin", .person = kAunt})
        .ThenRefused(Reason::CARER_FLAGGED);
    Decided(given, {.ptype = "withBuyer"}).ThenRefused(Reason::NEVER_WITH_BUYER);
    Decided(WithAunt(given), {.ptype = "kin", .person = kAunt}).ThenRecorded();
  }
}

TEST(PlacementDecided, GoesByTheNewestFindingOnCapacityInWhateverOrderTheyCome) {
  auto given = kWoman + Capacity("none", kDay) + Capacity("full", kDay - absl::Hours(48));
  Decided(given, {.ptype = "withBuyer"}).ThenRefused(Reason::NEVER_WITH_BUYER);
}

TEST(PlacementDecided, IsRefusedWhileTheCapacityIsInDoubt) {
  for (const char* ability : {"disability", "illness"}) {
    std::vector<Event> given = {Rescued("from18to59"), Opened(),
                                Wish12({.answer = "unable", .ability = ability, .observed = true})};
    Decided(given, {}).ThenRefused(Reason::CAPACITY_IN_DOUBT);
    Decided(given + Capacity("limited"), {}).ThenRecorded();
    Decided(given + Capacity("full"), {}).ThenRecorded();
  }
}

TEST(PlacementDecided, LetsAnAbleAdultLiveWithWhomSheWants) {
  Decided(WithAunt(kWoman) + Conflict(kAunt), {.ptype = "kin", .person = kAunt}).ThenRecorded();
}

// --- The able adult and the buyer ---

Event WantsBuyer(absl::Time at, bool alone = true, bool absent = true, std::string answer = "yes") {
  return Wish12({.topic = "liveWithBuyer",
                 .answer = answer,
                 .alone = alone,
                 .buyer_absent = absent,
                 .at = at});
}

const absl::Time kFirst = On(2026, 2, 10);
const absl::Time kSecond = On(2026, 2, 20);

std::vector<Event> WomanAndBuyer(std::vector<Event> wishes) {
  return std::vector{Rescued("from18to59"), Opened(), Wish12(), Related(kMan, {"buyer"})} + wishes;
}

TEST(PlacementDecided, LetsAnAbleAdultChooseTheBuyerOnTwoWishesHeardAloneOnTwoDays) {
  auto given = WomanAndBuyer({WantsBuyer(kFirst), WantsBuyer(kSecond)});
  Decided(given, {.ptype = "withBuyer", .person = kMan}).ThenRecorded();
  Decided(given, {.ptype = "withBuyer"}).ThenRecorded();
}

TEST(PlacementDecided, LetsHerChooseAlsoAManUnderAMark) {
  auto given = WomanAndBuyer({WantsBuyer(kFirst), WantsBuyer(kSecond), Conflict(kMan)});
  Decided(given, {.ptype = "withBuyer", .person = kMan}).ThenRecorded();
}

TEST(PlacementDecided, IsRefusedWithTheBuyerOnOneWish) {
  Decided(WomanAndBuyer({WantsBuyer(kFirst)}), {.ptype = "withBuyer", .person = kMan})
      .ThenRefused(Reason::BUYER_WISHES_MISSING);
}

TEST(PlacementDecided, IsRefusedWithTheBuyerOnTwoWishesOfOneDay) {
  auto given = WomanAndBuyer({WantsBuyer(kFirst), WantsBuyer(kFirst + absl::Hours(3))});
  Decided(given, {.ptype = "withBuyer", .person = kMan}).ThenRefused(Reason::BUYER_WISHES_MISSING);
}

TEST(PlacementDecided, IsRefusedWithTheBuyerWhereAWishWasHeardWithHimThere) {
  auto next_room = WomanAndBuyer({WantsBuyer(kFirst), WantsBuyer(kSecond, true, false)});
  Decided(next_room, {.ptype = "withBuyer", .person = kMan})
      .ThenRefused(Reason::BUYER_WISHES_MISSING);
  auto not_alone = WomanAndBuyer({WantsBuyer(kFirst), WantsBuyer(kSecond, false, true)});
  Decided(not_alone, {.ptype = "withBuyer", .person = kMan})
      .ThenRefused(Reason::BUYER_WISHES_MISSING);
}

TEST(PlacementDecided, IsRefusedWithTheBuyerOnWishesForSomethingElse) {
  auto given = WomanAndBuyer({Wish12({.at = kFirst}), Wish12({.at = kSecond})});
  Decided(given, {.ptype = "withBuyer", .person = kMan}).ThenRefused(Reason::BUYER_WISHES_MISSING);
}

TEST(PlacementDecided, IsRefusedWithTheBuyerOnceSheChangedHerMind) {
  auto given = WomanAndBuyer({WantsBuyer(kFirst), WantsBuyer(kSecond),
                              WantsBuyer(kSecond + absl::Hours(24), true, true, "no")});
  Decided(given, {.ptype = "withBuyer", .person = kMan}).ThenRefused(Reason::BUYER_WISHES_MISSING);
}

TEST(PlacementDecided, IsRefusedWithTheBuyerOnWishesHeardAfterIt) {
  auto given = WomanAndBuyer({WantsBuyer(kFirst), WantsBuyer(kDay + absl::Hours(24))});
  Decided(given, {.ptype = "withBuyer", .person = kMan}).ThenRefused(Reason::BUYER_WISHES_MISSING);
}

TEST(PlacementDecided, CallsLivingWithTheBuyerByItsName) {
  auto given = WomanAndBuyer({WantsBuyer(kFirst), WantsBuyer(kSecond)});
  Decided(given, {.ptype = "kin", .person = kMan})
      .ThenRefused(Reason::BUYER_BY_ITS_NAME, "/events/0/data/ptype");
  Decided(given, {.ptype = "ownHome", .check = "household"}).ThenRefused(Reason::BUYER_BY_ITS_NAME);
}

TEST(PlacementDecided, IsRefusedWithTheBuyerWhileTheCapacityIsFoundInDoubt) {
  auto given = WomanAndBuyer({WantsBuyer(kFirst), WantsBuyer(kSecond), Capacity("inDoubt")});
  Decided(given, {.ptype = "withBuyer", .person = kMan}).ThenRefused(Reason::CAPACITY_IN_DOUBT);
}

TEST(PlacementDecided, IsRefusedWithTheBuyerWhereSheIsSeventeen) {
  auto given = WomanAndBuyer(
      {WantsBuyer(kFirst), WantsBuyer(kSecond), Asserted({.year = 2008, .month = 12})});
  Decided(given, {.ptype = "withBuyer", .person = kMan}).ThenRefused(Reason::NEVER_WITH_BUYER);
}

// --- 35 ---

// A child with her aunt: 4 to 6 are aunt, fitness and decision.
std::vector<Event> DecidedWithAunt() {
  return kGirl + Related(kAunt, {"otherRelative"}) + Fitness(kAunt) +
         Placed({.ptype = "kin", .person = kAunt});
}

TEST(PlacementStarted, FollowsTheDecision) {
  GivenCase(DecidedWithAunt()).When(Moved(6, kAunt)).Then({Moved(6, kAunt)});
  GivenCase(DecidedWithAunt()).When(Moved(6)).ThenRecorded();
}

TEST(PlacementStarted, IsRefusedWithoutADecision) {
  GivenCase(kGirl).When(Moved(3)).ThenRefused(Reason::PLACEMENT_NOT_DECIDED);
}

TEST(PlacementStarted, IsRefusedOfWhatIsNoDecision) {
  GivenCase(DecidedWithAunt()).When(Moved(5)).ThenRefused(Reason::REFERENCE_UNKNOWN);
}

TEST(PlacementStarted, IsRefusedWithACarerFlaggedSince) {
  GivenCase(DecidedWithAunt() + Conflict(kAunt))
      .When(Moved(6, kAunt))
      .ThenRefused(Reason::CARER_FLAGGED);
  GivenCase(DecidedWithAunt() + Conflict(kAunt)).When(Moved(6)).ThenRefused(Reason::CARER_FLAGGED);
}

TEST(PlacementStarted, IsRefusedWithACarerFlaggedForAnAdultToo) {
  auto given = WithAunt(kWoman) + Placed({}) + Conflict(kAunt);
  GivenCase(given).When(Moved(5, kAunt)).ThenRefused(Reason::CARER_FLAGGED, "/events/0/data/carer");
}

TEST(PlacementStarted, NeverHandsAMinorToTheBuyersSide) {
  GivenCase(DecidedWithAunt() + Related(kMan, {"buyer"}))
      .When(Moved(6, kMan))
      .ThenRefused(Reason::NEVER_WITH_BUYER, "/events/0/data/carer");
  GivenCase(DecidedWithAunt() + Related(kAunt, {"buyerFamily"}))
      .When(Moved(6))
      .ThenRefused(Reason::NEVER_WITH_BUYER, "/events/0/data/of");
}

TEST(PlacementStarted, NeverMovesHerToTheBuyerOnceSheIsFoundWithoutCapacity) {
  auto given = WomanAndBuyer({}) + Placed({.ptype = "withBuyer"}) + Capacity("none");
  GivenCase(given).When(Moved(5)).ThenRefused(Reason::NEVER_WITH_BUYER, "/events/0/data/of");
}

TEST(PlacementStarted, LetsAnAbleAdultMoveToTheManSheChoseThoughHeIsMarked) {
  auto given = WomanAndBuyer({}) + Placed({.ptype = "withBuyer", .person = kMan}) + Conflict(kMan);
  GivenCase(given).When(Moved(5)).ThenRecorded();
}

}  // namespace
}  // namespace guitu::aggregates
