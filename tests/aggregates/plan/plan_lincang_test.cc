// The real document. Built only where it is; see CMakeLists.txt.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "aggregates/plan/plan_document.h"
#include "synthetic_plan.h"

namespace guitu::aggregates {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::StartsWith;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const std::string& Text() {
  static const auto* const kText = [] {
    const char* path = std::getenv("GUITU_PLAN_DOCUMENT");
    return new std::string(ReadFile(path != nullptr ? path : GUITU_PLAN_DOCUMENT));
  }();
  return *kText;
}

PlanDocument Parse(const std::string& text) {
  absl::StatusOr<PlanDocument> document = ParsePlanDocument(text);
  EXPECT_TRUE(document.ok()) << document.status();
  return document.ok() ? *std::move(document) : PlanDocument();
}

// Lines of the defects with a number, and of their readings.
std::set<int> LinesOf(const PlanDocument& document, int number) {
  std::set<int> lines;
  for (const PlanDefect& defect : document.defects) {
    if (defect.number != number) continue;
    lines.insert(defect.line);
    for (const PlanReading& reading : defect.readings) lines.insert(reading.line);
  }
  return lines;
}

std::set<std::string> ItemsOf(const PlanDocument& document, int number) {
  std::set<std::string> items;
  for (const PlanDefect& defect : document.defects) {
    if (defect.number == number) items.insert(defect.item);
  }
  return items;
}

// "PSB,MCA / WF" as domain/plan.md writes it.
std::string Units(const PlanItem& item) {
  const std::string support = absl::StrJoin(item.support, ",");
  return absl::StrCat(absl::StrJoin(item.lead, ","), " / ", support.empty() ? "–" : support);
}

// The text with `change` made to one 1-based line.
template <typename F>
std::string WithLine(int line, const F& change) {
  std::vector<std::string> lines = absl::StrSplit(Text(), '\n');
  change(&lines[static_cast<size_t>(line) - 1]);
  return absl::StrJoin(lines, "\n");
}

std::string ReplaceFirst(const std::string& text, const std::string& from, const std::string& to) {
  std::string out = text;
  const size_t at = out.find(from);
  if (at != std::string::npos) out.replace(at, from.size(), to);
  return out;
}

TEST(PlanLincang, YieldsTheShippedFacts) {
  const std::string json = ToJson(Parse(Text()));
  const std::string written = ::testing::TempDir() + "lincang_plan.json";
  if (json != ReadFile(GUITU_PLAN_FACTS)) std::ofstream(written, std::ios::binary) << json;
  EXPECT_TRUE(json == ReadFile(GUITU_PLAN_FACTS))
      << "the facts of the document are now in " << written << "; look at them, then ship them";
}

TEST(PlanLincang, HasItsUnitsArticlesAndItems) {
  const PlanDocument document = Parse(Text());
  EXPECT_EQ(document.units.size(), 60U);
  EXPECT_EQ(document.articles.size(), 38U);
  EXPECT_EQ(document.items.size(), 57U);
  EXPECT_EQ(document.units[23].code, "MED");  // Its name goes over a page.
  EXPECT_EQ(document.units[36].code, "EXI");
  EXPECT_THAT(OfKind(document, "member_unknown"), IsEmpty());
  EXPECT_THAT(OfKind(document, "member_not_listed"), IsEmpty());
  EXPECT_THAT(OfKind(document, "row_unassigned"), IsEmpty());
  EXPECT_THAT(OfKind(document, "line_unread"), IsEmpty());
}

// Every line of the table of domain/plan.md.
TEST(PlanLincang, NamesTheUnitsOfTheDomainDescription) {
  static const std::map<std::string, std::string> kUnits = {
      {"4", "OFF / MEM"},
      {"6", "OFF / –"},
      {"8(1)", "HRSS,PSB,DPF / MKT,MED,RTV,TU,WF"},
      {"8(2)", "EDU,PSB / PRO,MCA,NGC"},
      {"8(3)", "HLT,PSB,MCA / –"},
      {"8(4)", "MCA / PSB,WF"},
      {"9(1)", "PSB,CUL / MCA,HRSS,HLT,MKT,WF"},
      {"9(2)", "EDU,PSB / PRO,CYL"},
      {"9(3)", "PSB / CAC,MKT"},
      {"10(1)", "AGR,RUR / DRC,ERC,HRSS,WF"},
      {"10(2)", "PLC,MCA / PSB,WCC,CYL,WF"},
      {"10(3)", "HRSS,DPF / EDU,ERC,AGR,WF"},
      {"10(4)", "PSB,HRSS,COM,FAO / MCA,BOR,EXI"},
      {"11(1)", "MCA,PSB / EDU,FIN,HRSS,HOU,HLT,SAS,CYL"},
      {"11(2)", "PSB,MCA / CAC,DRC,HLT,MKT"},
      {"11(3)", "AGR,JUS,MCA,WF / EDU,RUR"},
      {"11(4)", "MCA,WCC / FIN,MED,RTV,CYL,WF,NGC"},
      {"11(5)", "JUS,PSB,MCA / CYL"},
      {"13(1)", "PSB / –"},
      {"13(2)", "PSB / –"},
      {"13(3)", "PSB / –"},
      {"13(4)", "PSB / CAC,MKT"},
      {"14(1)", "PSB / PUB,MED,RTV"},
      {"14(2)", "PSB / –"},
      {"14(3)", "PSB / EDU,MCA,JUS,HLT,MKT,MED,RTV,WF"},
      {"15(1)", "CRT,PRO,PSB / –"},
      {"15(2)", "CRT,PRO,PSB / –"},
      {"15(3)", "PSB,HRSS,CRT,PRO / PLC,MCA,TU,CYL,WF,DPF"},
      {"15(4)", "CRT,PRO,PSB,HLT / CAC,MCA,MKT"},
      {"16", "PSB,MCA / –"},
      {"18(1)", "MCA / PSB,HLT"},
      {"18(2)", "PSB,MCA / –"},
      {"18(3)", "PSB,MCA / –"},
      {"18(4)", "HLT,DPF / MCA"},
      {"18(5)", "MCA / HLT,TU,CYL,WF,DPF"},
      {"19(1)", "EDU / MCA,PSB"},
      {"19(2)", "HRSS / MCA,TU,WF"},
      {"19(3)", "MCA / CYL,WF"},
      {"19(4)", "MCA,JUS,HRSS,PSB / CYL,WF"},
      {"19(5)", "JUS / –"},
      {"21", "PUB,PSB,MED / RTV,CAC,CYL,WF"},
      {"22", "JUS / PSB"},
      {"23", "TRA,CUL,LNJ,CWJ,RLY,PSB / JUS,FIN,COM,CYL,WF"},
      {"24", "EDU,JUS / PSB"},
      {"25", "PUB,MCA,PSB,JUS,WF / EDU,ERC,CAC,PRO"},
      {"26", "JUS,ERC / PSB,MCA,HRSS,CUL,MED,RTV,WF"},
      {"27", "DPF / CUL,MED,RTV,WF"},
      {"28", "PSB / MEM"},
      {"29(1)", "CRT,PRO,PSB,MCA,JUS,HLT / TU,CYL,WF"},
      {"29(2)", "CRT,PRO,PSB,JUS / BOR,EXI"},
      {"31", "PSB,FAO,COM / CRT,PRO,WF,BOR,EXI"},
      {"32", "PSB / FAO,BOR,EXI"},
      {"33", "PSB,FAO,MCA / BOR,EXI"},
      {"34", "PSB / COM,FAO,HRSS"},
      {"35", "COU,MEM / –"},
      {"36", "MEM / –"},
      {"37", "PLC / MEM"},
  };
  std::map<std::string, std::string> found;
  for (const PlanItem& item : Parse(Text()).items) found[item.item] = Units(item);
  EXPECT_EQ(found, kUnits);
}

TEST(PlanLincang, GivesEachMilestoneTheYearItsWordsName) {
  static const std::map<std::string, std::vector<int>> kYears = {
      {"4", {2021, 2022}}, {"8(1)", {2023}},        {"8(2)", {2022}},  {"8(3)", {2022, 2025}},
      {"8(4)", {2023}},    {"9(1)", {2022}},        {"9(2)", {2022}},  {"9(3)", {2022}},
      {"11(2)", {2022}},   {"10(2)", {2022, 2023}}, {"11(5)", {2022}}, {"13(1)", {2023}},
      {"13(4)", {2023}},   {"14(3)", {2023}},       {"19(4)", {2022}}, {"21", {2022}},
      {"24", {2022}},      {"25", {2022}},          {"27", {2022}},    {"35", {2021}},
  };
  std::map<std::string, std::vector<int>> found;
  for (const PlanItem& item : Parse(Text()).items) {
    for (const PlanMilestone& milestone : item.milestones) {
      if (milestone.year.has_value()) found[item.item].push_back(*milestone.year);
    }
  }
  EXPECT_EQ(found, kYears);
}

TEST(PlanLincang, ReportsAll18DefectsWithTheirLines) {
  const PlanDocument document = Parse(Text());
  static const std::map<int, std::vector<int>> kLines = {
      {1, {83, 87, 263}},
      {2, {61, 65, 245, 246}},
      {3, {79, 256}},
      {4, {157, 301}},
      {5, {125, 282}},
      {6, {165, 304}},
      {7, {217, 335}},
      {8, {221, 225, 227, 336, 337, 338}},
      {9, {97, 265}},
      {10, {109, 270}},
      {11, {117, 276}},
      {12, {133, 288}},
      {13, {121, 277}},
      {14, {240, 246, 270, 271, 275}},
      {15, {53, 97, 121, 125, 179, 191, 193, 236, 246, 257, 264, 265, 310, 316, 317, 318, 319}},
      {16, {51, 55, 75, 177, 183, 189, 195, 225, 236, 240, 252, 310, 312, 317, 323, 337}},
      {17, {255, 274, 300, 308, 322, 334}},
      {18, {15, 229, 348}},
  };
  for (const auto& [number, lines] : kLines) {
    EXPECT_THAT(LinesOf(document, number), IsSupersetOf(lines)) << "defect " << number;
  }
}

TEST(PlanLincang, ReportsTheNumberedDefectsForTheItemsOfTheDomainDescriptionOnly) {
  const PlanDocument document = Parse(Text());
  static const std::map<int, std::set<std::string>> kItems = {
      {1, {"10(4)", "11(1)"}},
      {2, {"8(4)", "9(1)"}},
      {3, {"10(2)"}},
      {4, {"18(5)"}},
      {5, {"14(3)"}},
      {6, {"19(3)"}},
      {7, {"34"}},
      {8, {"35", "36", "37"}},
      {9, {"11(4)"}},
      {10, {"13(1)"}},
      {11, {"13(4)"}},
      {12, {"15(3)"}},
      {13, {"14(1)"}},
      {14, {"8(2)", "9(1)", "13(1)", "13(2)", "13(3)"}},
      {15,
       {"8(1)", "9(1)", "10(3)", "11(3)", "11(4)", "14(1)", "14(3)", "21", "24", "25", "26", "27"}},
      {16, {"8(1)", "8(2)", "10(1)", "21", "23", "25", "28", "36"}},
      {17, {""}},
      {18, {"38"}},
  };
  for (const auto& [number, items] : kItems) EXPECT_EQ(ItemsOf(document, number), items) << number;
}

TEST(PlanLincang, KeepsBothReadingsOfTheSupportThatWasDropped) {
  const PlanDocument document = Parse(Text());
  EXPECT_THAT(
      ItemOf(document, "18(5)").readings,
      ElementsAre(
          PlanReading{"article", "support", "市卫生健康委、市总工会、团市委、市妇联、市残联", 157},
          PlanReading{"table", "support", "市总工会、团市委、市妇联、市残联", 301}));
}

TEST(PlanLincang, MarksAConflictExactlyWhereAnItemHasADefect) {
  const PlanDocument document = Parse(Text());
  std::set<std::string> with_defect;
  for (const PlanDefect& defect : document.defects) with_defect.insert(defect.item);
  for (const PlanItem& item : document.items) {
    EXPECT_EQ(item.conflict, with_defect.count(item.item) > 0) << item.item;
    EXPECT_EQ(item.conflict, !item.readings.empty()) << item.item;
    EXPECT_LT(item.readings.size(), 40U) << item.item;
  }
}

TEST(PlanLincang, FitsIntoTheFieldsOfEvent71) {
  for (const PlanItem& item : Parse(Text()).items) {
    EXPECT_LE(item.item.size(), 20U);
    EXPECT_LE(item.text.size(), 2000U) << item.item;
    for (const PlanReading& reading : item.readings) EXPECT_LE(reading.text.size(), 2000U);
  }
}

// Changing the support of one row makes that one conflict and touches nothing else.
TEST(PlanLincang, AUnitChangedInOneRowIsTheOneNewDefect) {
  const PlanDocument before = Parse(Text());
  ASSERT_FALSE(ItemOf(before, "15(4)").conflict);
  const PlanDocument after = Parse(WithLine(
      289, [](std::string* line) { *line = ReplaceFirst(*line, "市委网信办", "市财政局"); }));
  ASSERT_EQ(after.defects.size(), before.defects.size() + 1);
  const PlanItem& item = ItemOf(after, "15(4)");
  EXPECT_TRUE(item.conflict);
  EXPECT_EQ(Units(item), Units(ItemOf(before, "15(4)")));
  EXPECT_THAT(
      item.readings,
      ElementsAre(PlanReading{"article", "support", "市委网信办、市民政局、市市场监管局", 137},
                  PlanReading{"table", "support", "市财政局、市民政局、市市场监管局", 289}));
}

// In whichever row or list the police bureau is misspelt, the line is named.
TEST(PlanLincang, AnUnknownUnitIsFoundInEveryRow) {
  const std::vector<std::string> lines = absl::StrSplit(Text(), '\n');
  int changed = 0;
  for (size_t i = 232; i < lines.size(); ++i) {
    if (!absl::StrContains(lines[i], "\t市公安局")) continue;
    ++changed;
    const int number = static_cast<int>(i) + 1;
    const PlanDocument document = Parse(WithLine(number, [](std::string* line) {
      *line = ReplaceFirst(*line, "\t市公安局", "\t市平安局");
    }));
    bool found = false;
    for (const PlanDefect& defect : document.defects) {
      found |= defect.line == number && defect.readings.size() > 0 &&
               absl::StrContains(defect.readings[0].text, "市平安局");
    }
    EXPECT_TRUE(found) << "line " << number;
  }
  EXPECT_GT(changed, 20);
}

TEST(PlanLincang, ARowThatGoesMissingIsNeverSilent) {
  const PlanDocument whole = Parse(Text());
  std::vector<std::string> lines = absl::StrSplit(Text(), '\n');
  int rows = 0;
  for (const PlanItem& item : whole.items) {
    if (!item.table_line.has_value()) continue;
    ++rows;
    const auto at = lines.begin() + *item.table_line - 1;
    const std::string row = *at;
    lines.erase(at);
    const PlanDocument document = Parse(absl::StrJoin(lines, "\n"));
    lines.insert(lines.begin() + *item.table_line - 1, row);
    EXPECT_THAT(Findings(document), Contains("missing_row " + item.item));
    // More, where a row without text now fits two articles and so belongs to neither.
    EXPECT_GE(document.items.size(), whole.items.size());
  }
  EXPECT_EQ(rows, 54);
}

TEST(PlanLincang, EveryPrefixIsRefusedWithALine) {
  for (size_t size = 0; size + 100 < Text().size(); size += 499) {
    const absl::StatusOr<PlanDocument> document = ParsePlanDocument(Text().substr(0, size));
    ASSERT_FALSE(document.ok()) << size;
    EXPECT_THAT(std::string(document.status().message()), StartsWith("line "));
  }
}

}  // namespace
}  // namespace guitu::aggregates
