// The small parts: text, numerals, wording, names, JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "aggregates/plan/plan_text.h"
#include "aggregates/plan/unit_directory.h"
#include "aggregates/plan/wording_diff.h"

namespace guitu::aggregates::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

LinedText Lined(absl::string_view text) {
  LinedText lined;
  lined.Append(text, 7);
  return lined;
}

TEST(PlanText, NumeralsReadBackAsTheyAreWritten) {
  for (int number = 1; number <= 99; ++number) {
    const std::string written = ChineseNumeral(number);
    absl::string_view rest = written;
    EXPECT_EQ(ConsumeNumeral(&rest), number) << written;
    EXPECT_EQ(rest, "");
  }
}

TEST(PlanText, WhatIsNoNumeralIsLeftAlone) {
  absl::string_view rest = "章一";
  EXPECT_EQ(ConsumeNumeral(&rest), std::nullopt);
  EXPECT_EQ(rest, "章一");
}

TEST(PlanText, MarkersComeInBothWidths) {
  for (const char* written : {"(十二) 甲", "（十二）甲", "(十二）甲"}) {
    absl::string_view rest = written;
    EXPECT_EQ(ConsumeMarker(&rest), 12);
    EXPECT_EQ(rest, "甲");
  }
  absl::string_view rest = "（居）委会";
  EXPECT_EQ(ConsumeMarker(&rest), std::nullopt);
}

TEST(PlanText, YearsAreFoundWithAndWithoutASpace) {
  EXPECT_THAT(YearsIn("从2022年起，2023 年底前，电话12023年，20号，2025"), ElementsAre(2022, 2023));
}

TEST(PlanText, CodePointsOfAllLengthsComeBack) {
  const std::string text = "aé中𠀀";
  EXPECT_EQ(ToCodePoints(text).size(), 4U);
  EXPECT_EQ(ToUtf8(ToCodePoints(text)), text);
}

TEST(PlanText, LongTextIsShortenedInTheMiddle) {
  EXPECT_EQ(Shorten("一二三四五六七", 5), "一二…六七");
  EXPECT_EQ(Shorten("一二三四五", 5), "一二三四五");
}

TEST(PlanWording, SameWordsGiveNoDifference) {
  EXPECT_THAT(CompareWording(Lined("甲, 乙(丙)"), "甲，乙（丙）。"), IsEmpty());
}

TEST(PlanWording, ADifferenceHasBothSidesContextAndLine) {
  const auto places = CompareWording(Lined("一二三四五旧六七八九十"), "一二三四五新六七八九十");
  ASSERT_THAT(places, SizeIs(1));
  EXPECT_EQ(places[0].left, "二三四五旧六七八九");
  EXPECT_EQ(places[0].right, "二三四五新六七八九");
  EXPECT_EQ(places[0].left_line, 7);
}

TEST(PlanWording, AnEmptySideIsADifference) {
  EXPECT_THAT(CompareWording(Lined("甲乙"), ""), SizeIs(1));
  EXPECT_THAT(CompareWording(LinedText{}, "甲乙"), SizeIs(1));
  EXPECT_THAT(CompareWording(LinedText{}, ""), IsEmpty());
}

TEST(PlanWording, ManyPlacesAreToldAsAtMostEight) {
  std::string left;
  std::string right;
  for (int i = 0; i < 30; ++i) {
    left += "甲乙丙丁戊己庚辛";
    right += "甲乙丙丁戊己庚壬";
  }
  const auto places = CompareWording(Lined(left), right);
  EXPECT_GE(places.size(), 1U);
  EXPECT_LE(places.size(), 8U);
}

TEST(PlanWording, TextsTooLongToAlignAreOneDifference) {
  std::string left;
  std::string right;
  for (int i = 0; i < 3000; ++i) {
    left += "甲乙";
    right += "乙丙";
  }
  EXPECT_THAT(CompareWording(Lined(left), right), SizeIs(1));
}

TEST(PlanUnits, TheDirectoryHas37MembersAndUniqueCodesAndSpellings) {
  std::vector<std::string> codes;
  std::vector<std::string> spellings;
  size_t members = 0;
  for (const PlanUnit& unit : Directory()) {
    codes.push_back(unit.code);
    spellings.push_back(unit.name_zh);
    spellings.insert(spellings.end(), unit.variants.begin(), unit.variants.end());
    if (unit.kind == "member") ++members;
  }
  for (auto* names : {&codes, &spellings}) {
    std::sort(names->begin(), names->end());
    EXPECT_EQ(std::adjacent_find(names->begin(), names->end()), names->end());
  }
  EXPECT_EQ(members, 37U);
}

TEST(PlanUnits, EveryActsForNamesAUnit) {
  for (const PlanUnit& unit : Directory()) {
    const bool there = std::any_of(Directory().begin(), Directory().end(),
                                   [&](const PlanUnit& u) { return u.code == unit.acts_for; });
    EXPECT_TRUE(unit.acts_for.empty() || there) << unit.code;
  }
}

TEST(PlanUnits, EverySpellingIsReadAsItsUnit) {
  for (const PlanUnit& unit : Directory()) {
    EXPECT_THAT(ReadUnits(unit.name_zh, 1).Codes(), ElementsAre(unit.code));
    for (const std::string& variant : unit.variants) {
      const UnitList list = ReadUnits(variant, 1);
      EXPECT_THAT(list.Codes(), ElementsAre(unit.code)) << variant;
      EXPECT_TRUE(list.mentions[0].variant);
    }
  }
}

TEST(PlanUnits, OneNameMayMeanCountiesAndMembers) {
  EXPECT_THAT(ReadUnits("县级政府及各级联席会议成员单位", 1).Codes(), ElementsAre("COU", "MEM"));
}

TEST(PlanUnits, AnUnknownNameIsKeptWithItsLine) {
  LinedText list = Lined("市公安局、市");
  list.Append("某局、市妇联", 9);
  const UnitList units = ReadUnits(list);
  ASSERT_THAT(units.mentions, SizeIs(3));
  EXPECT_EQ(units.mentions[1].text, "市某局");
  EXPECT_THAT(units.mentions[1].codes, IsEmpty());
  EXPECT_EQ(units.mentions[1].line, 7);
  EXPECT_EQ(units.mentions[2].line, 9);
}

TEST(PlanJson, TextIsEscapedAndEmptyListsAreShort) {
  PlanDocument document;
  document.articles.push_back({1, "a\"b\\c\td\x01", 3});
  EXPECT_EQ(ToJson(document),
            "{\n  \"units\": [],\n  \"articles\": [\n    {\n      \"number\": 1,\n"
            "      \"title\": \"a\\\"b\\\\c\\u0009d\\u0001\",\n      \"line\": 3\n    }\n  ],\n"
            "  \"items\": [],\n  \"defects\": []\n}\n");
}

TEST(PlanJson, AnAbsentYearIsAbsent) {
  PlanDocument document;
  PlanItem item;
  item.milestones = {{std::nullopt, "甲", 1}, {2023, "乙", 1}};
  document.items.push_back(item);
  const std::string json = ToJson(document);
  EXPECT_EQ(json.find("\"year\""), json.rfind("\"year\": 2023"));
  EXPECT_EQ(json.find("null"), std::string::npos);
}

}  // namespace
}  // namespace guitu::aggregates::plan
