// The visit cadence as shipped, and the order of its steps.
#include <string>
#include <vector>

#include "aggregates/rules/rules.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace guitu::aggregates {
namespace {

using testing::ElementsAre;

const Cadence& Of(absl::string_view id) {
  static const RuleData& rules = *new RuleData(RuleData::Shipped());
  return *rules.FindCadence(id);
}

std::vector<int> DaysOf(absl::string_view id) {
  std::vector<int> days;
  for (const CadenceStep& step : Of(id).steps) days.push_back(step.day);
  return days;
}

TEST(ShippedCadence, HasTheElevenTypesOfTheTable) {
  std::vector<std::string> ids;
  for (const Cadence& cadence : RuleData::Shipped().Cadences()) ids.push_back(cadence.id);
  EXPECT_THAT(ids, ElementsAre("C1", "C2", "C3", "A1", "A2", "A3", "A4", "S", "H", "F", "D"));
}

TEST(ShippedCadence, NamesEveryTypeInBothLanguagesWithVisitors) {
  for (const Cadence& cadence : RuleData::Shipped().Cadences()) {
    EXPECT_FALSE(cadence.zh.empty()) << cadence.id;
    EXPECT_FALSE(cadence.en.empty()) << cadence.id;
    EXPECT_FALSE(cadence.who.empty()) << cadence.id;
  }
}

TEST(ShippedCadence, HasStepsInAscendingOrder) {
  for (const Cadence& cadence : RuleData::Shipped().Cadences()) {
    int before = 0;
    for (const CadenceStep& step : cadence.steps) {
      EXPECT_GT(step.day, before) << cadence.id;
      before = step.day;
    }
    EXPECT_TRUE(!cadence.steps.empty() || cadence.as_mother) << cadence.id;
  }
}

TEST(ShippedCadence, GivesNoGraceUpToDaySevenThreeDaysUpToThirtyAndSevenBeyond) {
  auto grace = [](int day) { return day <= 7 ? 0 : day <= 30 ? 3 : 7; };
  for (const Cadence& cadence : RuleData::Shipped().Cadences()) {
    std::vector<CadenceStep> steps = cadence.steps;
    if (cadence.repeat) steps.push_back(*cadence.repeat);
    steps.insert(steps.end(), cadence.after_end.begin(), cadence.after_end.end());
    for (const CadenceStep& step : steps) {
      EXPECT_EQ(step.grace, grace(step.day)) << cadence.id << " " << step.day;
      EXPECT_EQ(step.window, step.grace) << cadence.id << " " << step.day;
    }
  }
}

TEST(ShippedCadence, VisitsAChildBackWithItsParentsForTwoYears) {
  EXPECT_THAT(DaysOf("C1"),
              ElementsAre(3, 7, 15, 30, 60, 90, 120, 150, 180, 270, 365, 455, 545, 635, 730));
  EXPECT_EQ(Of("C1").ends_after_days, 730);
  EXPECT_THAT(Of("C1").ends_needs, ElementsAre(schema::EndCondition::RISK_LOW));
  EXPECT_TRUE(Of("C1").Has(schema::VisitCondition::EVERY_SECOND_UNANNOUNCED));
}

TEST(ShippedCadence, VisitsAnAdultAtHomeUntilTwoYearsOrHerWish) {
  EXPECT_THAT(DaysOf("A1"), ElementsAre(7, 30, 90, 180, 365, 545, 730));
  EXPECT_THAT(DaysOf("A2"), ElementsAre(7, 30, 90, 180, 365));
  EXPECT_THAT(Of("A1").ends_or_on, ElementsAre(schema::EndCondition::OWN_WISH));
  EXPECT_EQ(Of("A2").ends_after_days, 365);
}

TEST(ShippedCadence, VisitsAnAdultWithTheBuyerByTwoWomenAloneWithHer) {
  EXPECT_THAT(DaysOf("A3"), ElementsAre(3, 7, 14, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300,
                                        330, 365, 455, 545, 635, 730));
  for (auto condition : {schema::VisitCondition::TWO_WOMEN, schema::VisitCondition::ALONE_WITH_HER,
                         schema::VisitCondition::POLICE_TOLD, schema::VisitCondition::WISH_ASKED}) {
    EXPECT_TRUE(Of("A3").Has(condition));
  }
  EXPECT_THAT(Of("A3").ends_or_on, testing::IsEmpty());
}

TEST(ShippedCadence, AddsVisitsOnTopForHighRiskAndSchool) {
  EXPECT_TRUE(Of("H").on_top);
  EXPECT_THAT(DaysOf("H"), ElementsAre(7, 14, 21, 28, 42, 56, 70, 84, 120, 150, 180, 210, 240, 270,
                                       300, 330, 365));
  EXPECT_EQ(Of("H").reassess_days, 30);
  EXPECT_TRUE(Of("S").on_top);
  EXPECT_TRUE(Of("S").term_bounds);
  EXPECT_THAT(Of("D").plus, ElementsAre("S"));
  EXPECT_TRUE(Of("D").as_mother);
  EXPECT_THAT(Of("D").ends_or_on, ElementsAre(schema::EndCondition::TURNED18));
}

TEST(ShippedCadence, AsksOnceMoreThirtyDaysAfterAForeignVictimHasReturned) {
  ASSERT_EQ(Of("F").after_end.size(), 1u);
  EXPECT_EQ(Of("F").after_end[0].day, 30);
}

TEST(CadenceStepAfter, GivesTheNextListedStep) {
  EXPECT_EQ(Of("C1").StepAfter(0)->day, 3);
  EXPECT_EQ(Of("C1").StepAfter(3)->day, 7);
  EXPECT_EQ(Of("C1").StepAfter(8)->day, 15);
}

TEST(CadenceStepAfter, EndsAfterTheLastStepWhereNothingRepeats) {
  EXPECT_EQ(Of("C1").StepAfter(729)->day, 730);
  EXPECT_FALSE(Of("C1").StepAfter(730).has_value());
}

TEST(CadenceStepAfter, GoesOnByTheIntervalWhereTheCadenceRepeats) {
  EXPECT_EQ(Of("C2").StepAfter(364)->day, 365);
  EXPECT_EQ(Of("C2").StepAfter(365)->day, 455);
  EXPECT_EQ(Of("C2").StepAfter(454)->day, 455);
  EXPECT_EQ(Of("C2").StepAfter(455)->day, 545);
  EXPECT_EQ(Of("C2").StepAfter(455)->grace, 7);
  EXPECT_EQ(Of("F").StepAfter(300)->day, 303);
  EXPECT_EQ(Of("F").StepAfter(301)->day, 303);
  EXPECT_EQ(Of("F").StepAfter(301)->grace, 0);
}

TEST(CadenceStepAfter, HasNoStepOfItsOwnForADependentChild) {
  EXPECT_FALSE(Of("D").StepAfter(0).has_value());
}

}  // namespace
}  // namespace guitu::aggregates
