// Age, capacity and terms, on the side of protection (R3, R57).
#include "aggregates/case/law.h"

#include <capnp/message.h>

#include "tests/aggregates/case/given.h"

namespace guitu::aggregates {
namespace {

using events::Event;

Age AgeOf(const std::vector<Event>& given, absl::CivilDay day) {
  CaseState state;
  for (const Event& event : given) state = CaseDecider::Evolve(std::move(state), event);
  return AgeOn(state, SampleRules(), day);
}

TEST(Age, IsFullOnTheDayAfterTheEighteenthBirthday) {
  std::vector<Event> given = {Asserted({.year = 2008, .month = 5, .day = 4})};
  EXPECT_EQ(AgeOf(given, absl::CivilDay(2026, 5, 3)), Age::kMinor);
  EXPECT_EQ(AgeOf(given, absl::CivilDay(2026, 5, 4)), Age::kMinor);
  EXPECT_EQ(AgeOf(given, absl::CivilDay(2026, 5, 5)), Age::kAdult);
}

TEST(Age, IsThatOfTheDayAskedForNotOfToday) {
  std::vector<Event> given = {Asserted({.year = 2008})};
  EXPECT_EQ(AgeOf(given, absl::CivilDay(2020, 1, 1)), Age::kMinor);
  EXPECT_EQ(AgeOf(given, absl::CivilDay(2030, 1, 1)), Age::kAdult);
}

TEST(Age, OfSomebodyBornOnALeapDayIsFullAfterTheFirstOfMarch) {
  std::vector<Event> given = {Asserted({.year = 2008, .month = 2, .day = 29})};
  EXPECT_EQ(AgeOf(given, absl::CivilDay(2026, 3, 1)), Age::kMinor);
  EXPECT_EQ(AgeOf(given, absl::CivilDay(2026, 3, 2)), Age::kAdult);
}

TEST(Age, IsUnknownWhereNobodySaidAnything) {
  EXPECT_EQ(AgeOf({}, absl::CivilDay(2026, 1, 1)), Age::kUnknown);
  EXPECT_EQ(AgeOf({Rescued("unknown")}, absl::CivilDay(2026, 3, 2)), Age::kUnknown);
  EXPECT_EQ(AgeOf({Rescued("other")}, absl::CivilDay(2026, 3, 2)), Age::kUnknown);
}

TEST(Age, IsUnknownWhereTheEstimateAllowsBoth) {
  std::vector<Event> given = {Asserted({.year = 2008, .estimated = true, .range = 2})};
  EXPECT_EQ(AgeOf(given, absl::CivilDay(2023, 1, 1)), Age::kMinor);
  EXPECT_EQ(AgeOf(given, absl::CivilDay(2025, 1, 1)), Age::kUnknown);
  EXPECT_EQ(AgeOf(given, absl::CivilDay(2028, 1, 1)), Age::kUnknown);
  EXPECT_EQ(AgeOf(given, absl::CivilDay(2028, 1, 2)), Age::kAdult);
}

TEST(Age, ByBandIsThatOfTheRescueAndGoesOn) {
  EXPECT_EQ(AgeOf({Rescued("under14")}, absl::CivilDay(2026, 3, 2)), Age::kMinor);
  EXPECT_EQ(AgeOf({Rescued("from14to15")}, absl::CivilDay(2026, 3, 2)), Age::kMinor);
  EXPECT_EQ(AgeOf({Rescued("from16to17")}, absl::CivilDay(2026, 3, 2)), Age::kMinor);
  EXPECT_EQ(AgeOf({Rescued("from16to17")}, absl::CivilDay(2027, 3, 2)), Age::kUnknown);
  EXPECT_EQ(AgeOf({Rescued("from16to17")}, absl::CivilDay(2028, 3, 2)), Age::kAdult);
  EXPECT_EQ(AgeOf({Rescued("from18to59")}, absl::CivilDay(2026, 3, 2)), Age::kAdult);
  EXPECT_EQ(AgeOf({Rescued("from60")}, absl::CivilDay(2026, 3, 2)), Age::kAdult);
}

TEST(Age, ByABirthDateGoesBeforeTheBand) {
  EXPECT_EQ(AgeOf({Rescued("from18to59"), Asserted({.year = 2010})}, absl::CivilDay(2026, 3, 2)),
            Age::kMinor);
  EXPECT_EQ(AgeOf({Rescued("under14"), Asserted({.year = 2000})}, absl::CivilDay(2026, 3, 2)),
            Age::kAdult);
}

TEST(Age, ByAnEstimateWithoutARangeDoesNotOutweighTheBand) {
  Event estimate = Asserted({.year = 2000, .estimated = true});
  EXPECT_EQ(AgeOf({Rescued("under14"), estimate}, absl::CivilDay(2026, 3, 2)), Age::kUnknown);
  EXPECT_EQ(AgeOf({Rescued("from18to59"), estimate}, absl::CivilDay(2026, 3, 2)), Age::kAdult);
  EXPECT_EQ(AgeOf({Rescued("unknown"), estimate}, absl::CivilDay(2026, 3, 2)), Age::kAdult);
}

TEST(Age, IsByTheBestProvedBirthDateAndOfThoseByTheNewest) {
  Event said = Asserted({.year = 2000, .proof = "said"});
  Event dna = Asserted({.year = 2010, .proof = "dna"});
  EXPECT_EQ(AgeOf({said, dna}, absl::CivilDay(2026, 3, 2)), Age::kMinor);
  EXPECT_EQ(AgeOf({dna, said}, absl::CivilDay(2026, 3, 2)), Age::kMinor);
  EXPECT_EQ(AgeOf({said, Asserted({.year = 2011, .proof = "said"})}, absl::CivilDay(2026, 3, 2)),
            Age::kMinor);
  EXPECT_EQ(AgeOf({Asserted({.year = 2011, .proof = "odd"}), said}, absl::CivilDay(2026, 3, 2)),
            Age::kAdult);
}

TEST(Age, IsNotWhatTheBuyerOrAFlaggedPersonSays) {
  Event by_man = Asserted({.year = 2000, .proof = "paper", .said_by = kMan});
  EXPECT_EQ(
      AgeOf({Rescued("from16to17"), Related(kMan, {"other"}), by_man}, absl::CivilDay(2026, 3, 2)),
      Age::kAdult);
  EXPECT_EQ(
      AgeOf({Rescued("from16to17"), Related(kMan, {"buyer"}), by_man}, absl::CivilDay(2026, 3, 2)),
      Age::kMinor);
  EXPECT_EQ(AgeOf({Rescued("from16to17"), Related(kMan, {"other"}), by_man, Conflict(kMan)},
                  absl::CivilDay(2026, 3, 2)),
            Age::kMinor);
}

TEST(Protection, IsOfMinorsOfWhoMayBeOneAndOfAdultsWithoutFullCapacity) {
  auto is_protected = [](const std::vector<Event>& given) {
    CaseState state;
    for (const Event& event : given) state = CaseDecider::Evolve(std::move(state), event);
    return IsProtected(state, SampleRules(), kDay);
  };
  EXPECT_TRUE(is_protected({Rescued("under14")}));
  EXPECT_TRUE(is_protected({Rescued("unknown")}));
  EXPECT_TRUE(is_protected({Rescued("from18to59"), Capacity("limited")}));
  EXPECT_TRUE(is_protected({Rescued("from18to59"), Capacity("none")}));
  EXPECT_FALSE(is_protected({Rescued("from18to59"), Capacity("full")}));
  EXPECT_FALSE(is_protected({Rescued("from18to59")}));
}

TEST(Term, CountsCalendarDaysAndMovesALastDayOff) {
  EXPECT_EQ(LastDayOf(SampleRules(), "K11", absl::CivilDay(2023, 3, 3)),
            absl::CivilDay(2023, 3, 10));
  EXPECT_EQ(LastDayOf(SampleRules(), "K11", absl::CivilDay(2023, 3, 4)),
            absl::CivilDay(2023, 3, 13));
}

TEST(Term, CountsWorkingDaysWhereTheRuleSetSaysSo) {
  capnp::MallocMessageBuilder message;
  auto row = message.initRoot<schema::RuleSetPublished>();
  row.setVersion(2);
  row.initFrom().setDays(18628);
  auto figures = row.initRules(1)[0];
  figures.setRule("K11");
  auto figure = figures.initParams(1)[0];
  figure.setName("K11.workingDays");
  figure.setYes(schema::YesNo::YES);
  RuleData rules = SampleRules().With(row.asReader());
  EXPECT_EQ(LastDayOf(rules, "K11", absl::CivilDay(2023, 3, 3)), absl::CivilDay(2023, 3, 14));
}

}  // namespace
}  // namespace guitu::aggregates
