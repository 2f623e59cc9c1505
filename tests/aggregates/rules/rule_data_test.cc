// Laying rows of the registry over the shipped data.
#include <capnp/message.h>

#include <string>

#include "aggregates/rules/rules.h"
#include "gtest/gtest.h"

namespace guitu::aggregates {
namespace {

using absl::CivilDay;

int32_t Days(CivilDay day) { return static_cast<int32_t>(day - CivilDay(1970, 1, 1)); }

// A row of the registry; readers into it live as long as it does.
template <typename T>
struct Row {
  capnp::MallocMessageBuilder message;
  typename T::Builder builder = message.initRoot<T>();
  typename T::Reader operator*() { return builder.asReader(); }
};

struct FoundRow : Row<schema::CodeListPublished> {
  explicit FoundRow(uint32_t version) {
    builder.setList("FOUND");
    builder.setVersion(version);
    auto codes = builder.initCodes(2);
    codes[0].setCode("street");
    codes[0].setZh("街面（旧）");
    codes[0].setEn("street (old)");
    codes[0].initEndedOn().setDays(Days(CivilDay(2027, 1, 1)));
    codes[1].setCode("hotel");
    codes[1].setZh("宾馆");
    codes[1].setEn("hotel");
    codes[1].setMap("entertainmentVenue");
  }
};

TEST(WithCodeList, AddsCodesAndEndsThemButRemovesNone) {
  RuleData shipped = RuleData::Shipped();
  FoundRow row(2);
  RuleData rules = shipped.With(*row);
  EXPECT_EQ(rules.CodeListVersion("FOUND"), 2);
  EXPECT_TRUE(rules.HasCode("FOUND", "hotel"));
  EXPECT_EQ(rules.FindCode("FOUND", "hotel")->map, "entertainmentVenue");
  for (const CodeLabel& label : shipped.Codes("FOUND")) {
    EXPECT_TRUE(rules.HasCode("FOUND", label.code)) << label.code;
  }
  EXPECT_EQ(rules.FindCode("FOUND", "street")->zh, "街面（旧）");
  EXPECT_EQ(rules.Codes("FOUND").size(), shipped.Codes("FOUND").size() + 1);
}

TEST(WithCodeList, LetsAnEndedCodeBeUsedUntilItsDay) {
  FoundRow row(2);
  RuleData rules = RuleData::Shipped().With(*row);
  EXPECT_TRUE(rules.MayUse("FOUND", "street", CivilDay(2026, 12, 31)));
  EXPECT_FALSE(rules.MayUse("FOUND", "street", CivilDay(2027, 1, 1)));
  EXPECT_TRUE(rules.MayUse("FOUND", "hotel", CivilDay(2027, 1, 1)));
  EXPECT_FALSE(rules.MayUse("FOUND", "nowhere", CivilDay(2026, 1, 1)));
}

TEST(WithCodeList, LeavesTheOneItWasCalledOnAsItWas) {
  RuleData shipped = RuleData::Shipped();
  FoundRow row(2);
  RuleData rules = shipped.With(*row);
  EXPECT_FALSE(shipped.HasCode("FOUND", "hotel"));
  EXPECT_EQ(shipped.CodeListVersion("FOUND"), 1);
}

TEST(WithCodeList, ChangesNothingWhereTheVersionIsNotNewer) {
  FoundRow row(1);
  EXPECT_FALSE(RuleData::Shipped().With(*row).HasCode("FOUND", "hotel"));
  FoundRow second(2);
  RuleData once = RuleData::Shipped().With(*second);
  RuleData twice = once.With(*second);
  EXPECT_EQ(once.Codes("FOUND").size(), twice.Codes("FOUND").size());
}

TEST(WithCodeList, TakesAListThatWasNotShipped) {
  Row<schema::CodeListPublished> row;
  row.builder.setList("NEWLIST");
  row.builder.setVersion(1);
  row.builder.initCodes(1)[0].setCode("first");
  RuleData rules = RuleData::Shipped().With(*row);
  EXPECT_TRUE(rules.HasList("NEWLIST"));
  EXPECT_TRUE(rules.HasCode("NEWLIST", "first"));
}

TEST(UnknownNames, HaveNoCodesCadencesOrFigures) {
  RuleData rules = RuleData::Shipped();
  EXPECT_FALSE(rules.HasList("NOWHERE"));
  EXPECT_TRUE(rules.Codes("NOWHERE").empty());
  EXPECT_EQ(rules.CodeListVersion("NOWHERE"), 0);
  EXPECT_EQ(rules.FindCode("NOWHERE", "home"), nullptr);
  EXPECT_EQ(rules.FindCode("FOUND", "nowhere"), nullptr);
  EXPECT_EQ(rules.FindCadence("X9"), nullptr);
  EXPECT_EQ(rules.FindCadence("C1", 7), nullptr);
  EXPECT_FALSE(rules.Figure("K99.length").has_value());
}

struct CadenceRow : Row<schema::CadencePublished> {
  CadenceRow(uint32_t version, CivilDay from, int32_t first_day) {
    builder.setVersion(version);
    builder.initFrom().setDays(Days(from));
    auto type = builder.initTypes(1)[0];
    type.setId("C1");
    auto step = type.initSteps(1)[0];
    step.setDay(first_day);
    step.setWindow(0);
    step.setGrace(1);
  }
};

TEST(WithCadence, TakesOverFromItsDayAndKeepsTheOldVersion) {
  CadenceRow row(2, CivilDay(2027, 3, 1), 2);
  RuleData rules = RuleData::Shipped().With(*row);
  EXPECT_EQ(rules.cadence_version(), 2);
  EXPECT_EQ(rules.FindCadence("C1")->steps[0].day, 2);
  EXPECT_EQ(rules.On(CivilDay(2027, 2, 28)).FindCadence("C1")->steps[0].day, 3);
  EXPECT_EQ(rules.On(CivilDay(2027, 2, 28)).cadence_version(), 1);
  EXPECT_EQ(rules.On(CivilDay(2027, 3, 1)).FindCadence("C1")->steps[0].day, 2);
  EXPECT_EQ(rules.FindCadence("C1", 1)->steps[0].day, 3);
  EXPECT_EQ(rules.FindCadence("C1", 2)->steps[0].grace, 1);
  EXPECT_EQ(rules.FindCadence("A1", 2), nullptr) << "a cadence is published as a whole";
}

TEST(WithCadence, ChangesNothingWhereTheVersionIsNotNewer) {
  CadenceRow row(1, CivilDay(2027, 3, 1), 2);
  EXPECT_EQ(RuleData::Shipped().With(*row).FindCadence("C1")->steps[0].day, 3);
  CadenceRow second(2, CivilDay(2027, 3, 1), 2);
  RuleData past = RuleData::Shipped().With(*second).On(CivilDay(2026, 1, 1));
  EXPECT_EQ(past.With(*second).cadence_version(), 1);
}

struct RuleRow : Row<schema::RuleSetPublished> {
  RuleRow(uint32_t version, CivilDay from, int32_t length, bool reaches_back) {
    builder.setVersion(version);
    builder.initFrom().setDays(Days(from));
    auto rule = builder.initRules(1)[0];
    rule.setRule("K11");
    rule.setSource("云南省规定");
    rule.setMark(schema::SourceMark::TEXT_READ);
    if (reaches_back) rule.setReachesBack(schema::YesNo::YES);
    auto parameter = rule.initParams(1)[0];
    parameter.setName("K11.length");
    parameter.setNumber(length);
    parameter.setUnit(schema::FigureUnit::WORKING_DAYS);
  }
};

TEST(WithRuleSet, ChangesTheFiguresItNamesAndLeavesTheRest) {
  RuleRow row(2, CivilDay(2027, 1, 1), 5, false);
  RuleData rules = RuleData::Shipped().With(*row);
  EXPECT_EQ(rules.rule_set_version(), 2);
  EXPECT_EQ(rules.Figure("K11.length")->number, 5);
  EXPECT_EQ(rules.Figure("K11.length")->source, "云南省规定");
  EXPECT_EQ(rules.Figure("K12.length")->number, 3);
  EXPECT_EQ(rules.On(CivilDay(2026, 12, 31)).Figure("K11.length")->number, 7);
  EXPECT_EQ(rules.On(CivilDay(2026, 12, 31)).rule_set_version(), 1);
}

TEST(WithRuleSet, KeepsTheFigureOfAClockThatRunsAlready) {
  RuleRow row(2, CivilDay(2027, 1, 1), 5, false);
  RuleData rules = RuleData::Shipped().With(*row);
  EXPECT_EQ(rules.Figure("K11.length", 1)->number, 7);
  EXPECT_EQ(rules.Figure("K11.length", 2)->number, 5);
}

TEST(WithRuleSet, ChangesARunningClockOnlyWhereItReachesBackAndIsInForce) {
  RuleRow row(2, CivilDay(2027, 1, 1), 5, true);
  RuleData rules = RuleData::Shipped().With(*row);
  EXPECT_EQ(rules.Figure("K11.length", 1)->number, 5);
  EXPECT_EQ(rules.On(CivilDay(2026, 6, 1)).Figure("K11.length", 1)->number, 7);
  EXPECT_EQ(rules.Figure("K12.length", 1)->number, 3);
}

TEST(WithRuleSet, LetsAReachBackOutliveAVersionThatDoesNotNameTheFigure) {
  RuleRow second(2, CivilDay(2027, 1, 1), 5, true);
  Row<schema::RuleSetPublished> third;
  third.builder.setVersion(3);
  third.builder.initFrom().setDays(Days(CivilDay(2028, 1, 1)));
  RuleData rules = RuleData::Shipped().With(*second).With(*third);
  EXPECT_EQ(rules.rule_set_version(), 3);
  EXPECT_EQ(rules.Figure("K11.length")->number, 5);
  EXPECT_EQ(rules.Figure("K11.length", 1)->number, 5);
  EXPECT_FALSE(rules.Figure("K11.length", 9).has_value());
}

TEST(WithRuleSet, ChangesNothingWhereTheVersionIsNotNewer) {
  RuleRow row(1, CivilDay(2027, 1, 1), 5, true);
  EXPECT_EQ(RuleData::Shipped().With(*row).Figure("K11.length")->number, 7);
}

TEST(On, TakesTheFirstVersionBeforeAnyWasInForce) {
  RuleData rules = RuleData::Shipped().On(CivilDay(1999, 1, 1));
  EXPECT_EQ(rules.rule_set_version(), 1);
  EXPECT_EQ(rules.cadence_version(), 1);
}

TEST(WithCalendar, AddsAYearAndReplacesOne) {
  Row<schema::CalendarPublished> row;
  row.builder.setYear(2027);
  row.builder.initHolidays(1)[0].setDays(Days(CivilDay(2027, 1, 1)));         // a Friday
  row.builder.initWorkingWeekends(1)[0].setDays(Days(CivilDay(2027, 1, 3)));  // a Sunday
  RuleData rules = RuleData::Shipped().With(*row);
  EXPECT_TRUE(rules.HasCalendar(2027));
  EXPECT_EQ(rules.newest_calendar_year(), 2027);
  EXPECT_FALSE(rules.IsWorkingDay(CivilDay(2027, 1, 1)));
  EXPECT_TRUE(rules.IsWorkingDay(CivilDay(2027, 1, 3)));
  Row<schema::CalendarPublished> correction;
  correction.builder.setYear(2027);
  EXPECT_TRUE(rules.With(*correction).IsWorkingDay(CivilDay(2027, 1, 1)));
  EXPECT_FALSE(rules.With(*correction).IsWorkingDay(CivilDay(2027, 1, 3)));
}

}  // namespace
}  // namespace guitu::aggregates
