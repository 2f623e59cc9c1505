// The legal figures as shipped, against the table of clocks.
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "aggregates/rules/rules.h"
#include "gtest/gtest.h"

namespace guitu::aggregates {
namespace {

using schema::FigureUnit;
using schema::SourceMark;

struct Expected {
  const char* name;
  int number;
  FigureUnit unit;
  SourceMark mark;
};

constexpr Expected kLengths[] = {
    {"K1.length", 24, FigureUnit::HOURS, SourceMark::SECONDARY_PAGE},
    {"K2.length", 7, FigureUnit::WORKING_DAYS, SourceMark::SECONDARY_PAGE},
    {"K3.length", 1, FigureUnit::MONTHS, SourceMark::SECONDARY_PAGE},
    {"K4.length", 10, FigureUnit::DAYS, SourceMark::SECONDARY_PAGE},
    {"K5.length", 3, FigureUnit::MONTHS, SourceMark::SECONDARY_PAGE},
    {"K6.length", 1, FigureUnit::MONTHS, SourceMark::SECONDARY_PAGE},
    {"K7.length", 30, FigureUnit::DAYS, SourceMark::SECONDARY_PAGE},
    {"K8.length", 7, FigureUnit::DAYS, SourceMark::SECONDARY_PAGE},
    {"K9.length", 12, FigureUnit::MONTHS, SourceMark::SECONDARY_PAGE},
    {"K10a.length", 60, FigureUnit::DAYS, SourceMark::TEXT_READ},
    {"K10b.length", 30, FigureUnit::DAYS, SourceMark::TEXT_READ},
    {"K11.length", 7, FigureUnit::DAYS, SourceMark::TEXT_READ},
    {"K12.length", 3, FigureUnit::DAYS, SourceMark::TEXT_READ},
    {"K14.length", 5, FigureUnit::DAYS, SourceMark::TEXT_READ},
    {"K16.length", 215, FigureUnit::DAY_OF_YEAR, SourceMark::TEXT_READ},
    {"K17.length", 331, FigureUnit::DAY_OF_YEAR, SourceMark::TEXT_READ},
    {"K18.length.log", 6, FigureUnit::MONTHS, SourceMark::TEXT_READ},
    {"K18.length.disclosure", 3, FigureUnit::YEARS, SourceMark::TEXT_READ},
    {"K18.length.assessment", 3, FigureUnit::YEARS, SourceMark::TEXT_READ},
    {"K19.length", 1, FigureUnit::YEARS, SourceMark::SECONDARY_PAGE},
    {"K20.length", 24, FigureUnit::HOURS, SourceMark::OWN},
    {"K21.length", 3, FigureUnit::WORKING_DAYS, SourceMark::OWN},
};

TEST(ShippedFigures, GiveTheLengthAndMarkOfEveryClock) {
  RuleData rules = RuleData::Shipped();
  for (const Expected& expected : kLengths) {
    auto figure = rules.Figure(expected.name);
    ASSERT_TRUE(figure.has_value()) << expected.name;
    EXPECT_EQ(figure->number, expected.number) << expected.name;
    EXPECT_EQ(figure->unit, expected.unit) << expected.name;
    EXPECT_EQ(figure->mark, expected.mark) << expected.name;
  }
}

TEST(ShippedFigures, LeaveNoClockWithoutALength) {
  RuleData rules = RuleData::Shipped();
  std::set<std::string> with_length;
  for (const Parameter& figure : rules.Figures()) {
    size_t dot = figure.name.find(".length");
    if (dot != std::string::npos) with_length.insert(figure.name.substr(0, dot));
  }
  std::set<std::string> clocks = {"K10a", "K10b"};
  for (int k = 1; k <= 21; ++k) {
    if (k != 10) clocks.insert(absl::StrCat("K", k));
  }
  EXPECT_EQ(with_length, clocks);
}

TEST(ShippedFigures, TakeTwoLengthsFromTheCaseItself) {
  RuleData rules = RuleData::Shipped();
  EXPECT_EQ(rules.Figure("K13.length")->text, "limitation");
  EXPECT_FALSE(rules.Figure("K13.length")->number.has_value());
  EXPECT_EQ(rules.Figure("K15.length")->text, "due");
}

TEST(ShippedFigures, HaveASourceAMarkAndBothLanguages) {
  for (const Parameter& figure : RuleData::Shipped().Figures()) {
    EXPECT_FALSE(figure.source.empty()) << figure.name;
    EXPECT_NE(figure.mark, SourceMark::UNSPECIFIED) << figure.name;
    EXPECT_FALSE(figure.zh.empty()) << figure.name;
    EXPECT_FALSE(figure.en.empty()) << figure.name;
    EXPECT_TRUE(figure.number || figure.yes || !figure.text.empty()) << figure.name;
    EXPECT_FALSE(figure.rule.empty()) << figure.name;
  }
}

TEST(ShippedFigures, SayForEveryClockWithAnEndWhetherItsLastDayShifts) {
  RuleData rules = RuleData::Shipped();
  EXPECT_EQ(rules.Figure("R57.shift")->yes, true);
  for (const char* clock :
       {"K2", "K3", "K5", "K6", "K8", "K10b", "K11", "K12", "K14", "K17", "K21"}) {
    EXPECT_EQ(rules.Figure(absl::StrCat(clock, ".shift"))->yes, true) << clock;
  }
  for (const char* clock : {"K1", "K4", "K7", "K9", "K10a", "K13", "K16", "K18", "K19", "K20"}) {
    EXPECT_EQ(rules.Figure(absl::StrCat(clock, ".shift"))->yes, false) << clock;
  }
  EXPECT_EQ(rules.Figure("R50.neverShiftedUpTo")->number, 30);
}

TEST(ShippedFigures, WarnAsTheTableSays) {
  RuleData rules = RuleData::Shipped();
  auto warns = [&](absl::string_view clock) {
    std::vector<int> numbers;
    for (int i = 1; auto figure = rules.Figure(absl::StrCat(clock, ".warn", i)); ++i) {
      numbers.push_back(*figure->number);
      EXPECT_EQ(figure->mark, SourceMark::OWN);
      EXPECT_FALSE(figure->text.empty()) << figure->name;
    }
    return numbers;
  };
  EXPECT_EQ(warns("K1"), (std::vector<int>{6, 2}));
  EXPECT_EQ(warns("K5"), (std::vector<int>{30, 7}));
  EXPECT_EQ(warns("K9"), (std::vector<int>{30}));
  EXPECT_EQ(warns("K11"), (std::vector<int>{3, 1}));
  EXPECT_EQ(warns("K16"), (std::vector<int>{115, 131, 207, 214}));
  EXPECT_EQ(warns("K19"), (std::vector<int>{180, 60, 7}));
  EXPECT_EQ(warns("K7"), (std::vector<int>{}));
}

TEST(ShippedFigures, HoldTheSwitchesThatAreLeftToALawyer) {
  RuleData rules = RuleData::Shipped();
  EXPECT_EQ(rules.Figure("K11.pauseForPapers")->yes, false);
  EXPECT_EQ(rules.Figure("K11.workingDays")->yes, false);
  EXPECT_EQ(rules.Figure("K5.start")->text, "40");
  EXPECT_EQ(rules.Figure("K16.lastDay")->number, 215);
  EXPECT_EQ(rules.Figure("R33.allPersons")->yes, true);
  EXPECT_EQ(rules.Figure("R33.intake")->number, 0);
  EXPECT_EQ(rules.Figure("R49.automaticDeletion")->yes, false);
  EXPECT_EQ(rules.Figure("R10.stay")->mark, SourceMark::FROM_MEMORY);
}

TEST(ShippedFigures, DrawTheThreeAgeLines) {
  RuleData rules = RuleData::Shipped();
  EXPECT_EQ(rules.Figure("R3.child")->number, 14);
  EXPECT_EQ(rules.Figure("R3.work")->number, 16);
  EXPECT_EQ(rules.Figure("R3.minor")->number, 18);
  EXPECT_EQ(rules.Figure("R3.minor")->unit, FigureUnit::YEARS_OF_AGE);
}

}  // namespace
}  // namespace guitu::aggregates
