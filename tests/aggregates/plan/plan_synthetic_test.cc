// Each kind of defect, made by one change to a plan that is otherwise whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aggregates/plan/plan_document.h"
#include "synthetic_plan.h"

namespace guitu::aggregates {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kAlways[] = "article_without_units 1";

TEST(PlanSynthetic, AWholePlanHasNoDefectButTheArticleWithoutUnits) {
  EXPECT_THAT(Findings(SyntheticPlan().Parse()), ElementsAre(kAlways));
}

TEST(PlanSynthetic, TasksAreThePiecesWithUnitsOrARowAndTheOffice) {
  std::vector<std::string> items;
  for (const PlanItem& item : SyntheticPlan().Parse().items) items.push_back(item.item);
  EXPECT_THAT(items, ElementsAre("1", "3", "5(1)", "5(2)", "5(3)", "6"));
}

TEST(PlanSynthetic, AnItemHasItsUnitsTextAndLines) {
  const SyntheticPlan plan;
  const PlanDocument document = plan.Parse();
  const PlanItem& item = ItemOf(document, "5(1)");
  EXPECT_EQ(item.article, "第五条（一）");
  EXPECT_EQ(item.title, "学校");
  EXPECT_EQ(item.text, "开展安全教育。");
  EXPECT_THAT(item.lead, ElementsAre("EDU", "PSB"));
  EXPECT_THAT(item.support, ElementsAre("WF"));
  EXPECT_EQ(item.line, plan.LineOf("(一) 学校"));
  EXPECT_EQ(item.table_line, plan.LineOf("1. 学校"));
  EXPECT_FALSE(item.conflict);
  EXPECT_THAT(item.readings, IsEmpty());
}

TEST(PlanSynthetic, AListBrokenByAPageIsReadWhole) {
  EXPECT_THAT(ItemOf(SyntheticPlan().Parse(), "5(3)").support, ElementsAre("PSB", "MCA"));
}

TEST(PlanSynthetic, TheArticleAboutTheOfficeIsItsTask) {
  const PlanDocument document = SyntheticPlan().Parse();
  EXPECT_THAT(ItemOf(document, "3").lead, ElementsAre("OFF"));
  EXPECT_EQ(ItemOf(document, "3").table_line, std::nullopt);
}

TEST(PlanSynthetic, UnitsComeFromTheRowWhereTheArticleNamesNone) {
  const PlanDocument document = SyntheticPlan().Parse();
  const PlanItem& item = ItemOf(document, "1");
  EXPECT_THAT(item.lead, ElementsAre("OFF"));
  EXPECT_THAT(item.support, ElementsAre("MEM"));
  EXPECT_TRUE(item.conflict);
}

TEST(PlanSynthetic, AYearIsTakenFromTheWordsAndASentenceWithoutOneStaysWithIt) {
  const SyntheticPlan plan;
  const int line = plan.LineOf("1. 学校");
  EXPECT_THAT(ItemOf(plan.Parse(), "5(1)").milestones,
              ElementsAre(PlanMilestone{2022, "2022年底前，完成初训。其后复训。", line},
                          PlanMilestone{std::nullopt, "持续推进，长期坚持。", line}));
}

TEST(PlanSynthetic, ParagraphsMergedIntoOneCellAreToldApart) {
  const SyntheticPlan plan;
  const int line = plan.LineOf("2. 网络");
  EXPECT_THAT(ItemOf(plan.Parse(), "5(2)").milestones,
              ElementsAre(PlanMilestone{2023, "2023 年底前，建立名单。", line},
                          PlanMilestone{std::nullopt, "持续推进，长期坚持。", line}));
}

TEST(PlanSynthetic, ACellUnderItsYearColumnGetsThatYear) {
  const SyntheticPlan plan;
  const int line = plan.LineOf("一、组织机构");
  EXPECT_THAT(ItemOf(plan.Parse(), "1").milestones,
              ElementsAre(PlanMilestone{2021, "召开首次会议", line},
                          PlanMilestone{2022, "每年召开会议。", line},
                          PlanMilestone{std::nullopt, "长期坚持。", line}));
}

TEST(PlanSynthetic, AColumnMeansNothingOnceAnyCellOfTheRowHasItsOwnYear) {
  SyntheticPlan plan;
  plan.Replace("每年召开会议。", "2025年起召开会议。");
  const PlanDocument document = plan.Parse();
  const PlanItem& item = ItemOf(document, "1");
  EXPECT_EQ(item.milestones[0].year, std::nullopt);
  EXPECT_EQ(item.milestones[1].year, 2025);
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "milestone_without_year 1"));
}

TEST(PlanSynthetic, AMilestoneWithoutAYearIsReportedAndKept) {
  SyntheticPlan plan;
  plan.Replace("2022年底前，完成初训。", "完成初训。");
  const PlanDocument document = plan.Parse();
  const PlanDefect defect = OfKind(document, "milestone_without_year").at(0);
  EXPECT_EQ(defect.item, "5(1)");
  EXPECT_EQ(defect.line, plan.LineOf("1. 学校"));
  EXPECT_EQ(ItemOf(document, "5(1)").milestones[0].text, "完成初训。其后复训。");
  EXPECT_TRUE(ItemOf(document, "5(1)").conflict);
}

TEST(PlanSynthetic, AMilestoneOutsideThePlanIsReported) {
  SyntheticPlan plan;
  plan.Replace("2022年底前", "2032年底前");
  EXPECT_THAT(Findings(plan.Parse()), ElementsAre(kAlways, "milestone_outside_plan 5(1)"));
}

TEST(PlanSynthetic, OfTwoYearsInOneMilestoneNoneIsChosen) {
  SyntheticPlan plan;
  plan.Replace("2022年底前", "2022年至2024年");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "milestone_two_years 5(1)"));
  EXPECT_EQ(ItemOf(document, "5(1)").milestones[0].year, std::nullopt);
}

TEST(PlanSynthetic, ARowThatIsGoneIsReportedWithItsNeighbours) {
  SyntheticPlan plan;
  plan.Drop("2. 网络");
  const PlanDocument document = plan.Parse();
  const PlanDefect defect = OfKind(document, "missing_row").at(0);
  EXPECT_EQ(defect.item, "5(2)");
  EXPECT_EQ(defect.line, plan.LineOf("（二）网络"));
  EXPECT_EQ(defect.readings[1].line, plan.LineOf("3. 医院"));
  EXPECT_THAT(ItemOf(document, "5(2)").lead, ElementsAre("PSB"));
  EXPECT_TRUE(ItemOf(document, "5(2)").conflict);
}

TEST(PlanSynthetic, AnArticleWithoutUnitsWhoseRowIsGoneIsStillAnItem) {
  SyntheticPlan plan;
  plan.Drop("一、组织");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document), ElementsAre("missing_row 1"));
  EXPECT_THAT(ItemOf(document, "1").lead, IsEmpty());
}

TEST(PlanSynthetic, WordsBeforeTheItemsOfAnArticleAreNoTask) {
  SyntheticPlan plan;
  plan.Replace("**第五条 重点领域。**", "**第五条** 重点领域。以下领域为重点。");
  EXPECT_THAT(Findings(plan.Parse()), ElementsAre(kAlways));
}

TEST(PlanSynthetic, AMisspeltUnitAmongTheYearsIsNoMilestone) {
  SyntheticPlan plan;
  plan.Replace("\t市司法局\t市公安局\t长期坚持讲解。", "\t市司法局\t\t市平安局\t长期坚持讲解。");
  EXPECT_THAT(Findings(plan.Parse()), ElementsAre(kAlways, "unit_in_progress_column 6"));
}

TEST(PlanSynthetic, ARowWithoutTaskTextIsFoundByItsPlace) {
  SyntheticPlan plan;
  plan.Replace("\t\t3. 医院。登记住院情况，发现疑点及时上报主管部门。\t", "\t(一) 重点领域\t");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "no_task_text 5(3)"));
  EXPECT_EQ(ItemOf(document, "5(3)").table_line, plan.LineOf("\t(一) 重点领域\t市卫"));
}

TEST(PlanSynthetic, ARowThatFitsTwoArticlesIsGivenToNone) {
  SyntheticPlan plan;
  plan.Drop("2. 网络").Replace("3. 医院。登记", "某处登记");
  const PlanDocument document = plan.Parse();
  const int line = plan.LineOf("某处登记");
  const std::string lone = "row-" + std::to_string(line);
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "missing_row 5(2)", "missing_row 5(3)",
                                              "row_unassigned " + lone));
  EXPECT_THAT(ItemOf(document, lone).lead, ElementsAre("HLT"));
  EXPECT_EQ(ItemOf(document, lone).line, line);
}

TEST(PlanSynthetic, ASecondRowOfOneArticleIsReportedAndKept) {
  SyntheticPlan plan;
  plan.InsertAfter("3. 医院", "\t\t2. 网络。清理。\t市公安局\t\t持续推进，长期坚持。");
  const PlanDocument document = plan.Parse();
  const std::string lone = "row-" + std::to_string(plan.LineOf("2. 网络。清理。"));
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "row_twice 5(2)", "row_unassigned " + lone));
}

TEST(PlanSynthetic, OtherUnitsInTheRowAreAConflictWithBothReadings) {
  SyntheticPlan plan;
  plan.Replace("市公安局、市民政局\t", "市公安局、市财政局\t");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "units_differ 5(3)"));
  const PlanItem& item = ItemOf(document, "5(3)");
  EXPECT_THAT(item.support, ElementsAre("PSB", "MCA"));
  EXPECT_TRUE(item.conflict);
  EXPECT_THAT(
      item.readings,
      ElementsAre(
          PlanReading{"article", "support", "市公安局、市民政局", plan.LineOf("（三）医院")},
          PlanReading{"table", "support", "市公安局、市财政局", plan.LineOf("3. 医院")}));
}

TEST(PlanSynthetic, OtherUnitsInTheArticleAreAConflictToo) {
  SyntheticPlan plan;
  plan.Replace("（市司法局负责", "（市总工会负责");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "units_differ 6"));
  EXPECT_THAT(ItemOf(document, "6").lead, ElementsAre("TU"));
}

TEST(PlanSynthetic, AnotherOrderOfUnitsIsReported) {
  SyntheticPlan plan;
  plan.Replace("市公安局、市民政局\t", "市民政局、市公安局\t");
  EXPECT_THAT(Findings(plan.Parse()), ElementsAre(kAlways, "unit_order_differs 5(3)"));
}

TEST(PlanSynthetic, AnUnknownUnitIsReportedWithTheLineTheNameStandsOn) {
  SyntheticPlan plan;
  plan.Replace("安局、市民政局配合）", "安局、市某某局配合）");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "units_differ 5(3)", "unknown_unit 5(3)"));
  const PlanDefect defect = OfKind(document, "unknown_unit").at(0);
  EXPECT_EQ(defect.line, plan.LineOf("市某某局"));
  EXPECT_EQ(defect.readings[0].text, "市某某局");
  EXPECT_EQ(defect.number, 0);
}

TEST(PlanSynthetic, ARowOfUnknownUnitsAndNoTaskIsStillARow) {
  SyntheticPlan plan;
  plan.Replace("\t\t3. 医院。登记住院情况，发现疑点及时上报主管部门。\t市卫生健康委\t",
               "\t(一) 重点领域\t市甲乙局\t");
  EXPECT_THAT(Findings(plan.Parse()),
              ElementsAre(kAlways, "no_task_text 5(3)", "units_differ 5(3)", "unknown_unit 5(3)"));
}

TEST(PlanSynthetic, AVariantIsTheUnitAndIsReportedAsDefect15) {
  SyntheticPlan plan;
  plan.Replace("市教育体育局、市公安局\t", "市教育局、体育局、市公安局\t");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "unit_variant 5(1)"));
  const PlanDefect defect = OfKind(document, "unit_variant").at(0);
  EXPECT_EQ(defect.number, 15);
  EXPECT_EQ(defect.line, plan.LineOf("1. 学校"));
  EXPECT_THAT(defect.readings,
              ElementsAre(PlanReading{"article", "lead", "市教育体育局", plan.LineOf("(一) 学校")},
                          PlanReading{"table", "lead", "市教育局、体育局", defect.line}));
}

TEST(PlanSynthetic, TwoVariantsOfOneUnitAreEachReportedAndTheDifferenceToo) {
  SyntheticPlan plan;
  plan.Replace("市教育体育局、市公安局\t", "市教育局、体育局、市公安局\t");
  plan.Replace("(市教育体育局", "(市教育局");
  EXPECT_THAT(Findings(plan.Parse()), ElementsAre(kAlways, "unit_name_differs 5(1)",
                                                  "unit_variant 5(1)", "unit_variant 5(1)"));
}

TEST(PlanSynthetic, HalfOfASplitNameIsNoUnit) {
  SyntheticPlan plan;
  plan.Replace("市教育体育局、市公安局\t", "市公安局、体育局\t");
  EXPECT_THAT(Findings(plan.Parse()),
              ElementsAre(kAlways, "units_differ 5(1)", "unknown_unit 5(1)"));
}

TEST(PlanSynthetic, AUnitInBothColumnsIsReported) {
  SyntheticPlan plan;
  plan.Replace("市公安局、市民政局\t", "市公安局、市卫生健康委\t");
  EXPECT_THAT(Findings(plan.Parse()),
              ElementsAre(kAlways, "unit_in_both_columns 5(3)", "units_differ 5(3)"));
}

TEST(PlanSynthetic, AUnitAmongTheYearsIsGivenToNoColumn) {
  SyntheticPlan plan;
  plan.Replace("\t市司法局\t市公安局\t长期坚持讲解。", "\t市司法局\t\t市公安局\t长期坚持讲解。");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "unit_in_progress_column 6"));
  EXPECT_EQ(ItemOf(document, "6").milestones.size(), 1U);
  EXPECT_THAT(ItemOf(document, "6").support, ElementsAre("PSB"));
}

TEST(PlanSynthetic, ProgressInTheColumnOfUnitsIsAMilestone) {
  SyntheticPlan plan;
  plan.Replace("\t市公安局\t\t2023 年底前", "\t市公安局\t开展清理。\t2023 年底前");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document),
              ElementsAre(kAlways, "milestone_without_year 5(2)", "text_in_unit_column 5(2)"));
  EXPECT_EQ(ItemOf(document, "5(2)").milestones[0].text, "开展清理。");
}

TEST(PlanSynthetic, AnEmptyNameIsReported) {
  SyntheticPlan plan;
  plan.Replace("市公安局、市民政局\t", "市公安局、市民政局、\t");
  EXPECT_THAT(Findings(plan.Parse()), ElementsAre(kAlways, "empty_unit_name 5(3)"));
}

TEST(PlanSynthetic, AListThatCannotBeReadIsReported) {
  SyntheticPlan plan;
  plan.Replace("市公安局配合）", "市公安局协助）");
  const PlanDocument document = plan.Parse();
  EXPECT_EQ(OfKind(document, "unit_list_unread").at(0).line, plan.LineOf("第六条"));
  EXPECT_TRUE(ItemOf(document, "6").conflict);
}

TEST(PlanSynthetic, OtherWordsInTheRowAreReportedWithTheirPlace) {
  SyntheticPlan plan;
  plan.Replace("3. 医院。登记住院情况，发现疑点及时上报",
               "3. 医院。登记住院情况，发现疑点立即上报");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "wording_differs 5(3)"));
  EXPECT_THAT(
      ItemOf(document, "5(3)").readings,
      ElementsAre(PlanReading{"article", "text", "发现疑点及时上报主管", plan.LineOf("（三）医院")},
                  PlanReading{"table", "text", "发现疑点立即上报主管", plan.LineOf("3. 医院")}));
}

TEST(PlanSynthetic, WidthSpacesAndPunctuationAreNoDifference) {
  SyntheticPlan plan;
  plan.Replace("2. 网络。清理有害信息，保护儿童（学生）资料。",
               "<p>2. 网络。清理 有害信息、保护儿童(学生)资料</p>");
  EXPECT_THAT(Findings(plan.Parse()), ElementsAre(kAlways));
}

TEST(PlanSynthetic, AnotherHeadingIsReported) {
  SyntheticPlan plan;
  plan.Replace("(一) 重点领域\t", "(一) 领域\t");
  EXPECT_THAT(Findings(plan.Parse()), ElementsAre(kAlways, "heading_differs 5(1)"));
}

TEST(PlanSynthetic, ALostHeadingIsReportedAndTheRowFoundByItsNumber) {
  SyntheticPlan plan;
  plan.Replace("\t(二) 普法\t讲解法律。", "\t(二) 讲解法律，人人知晓。");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "heading_lost 6", "wording_differs 6"));
  EXPECT_EQ(ItemOf(document, "6").table_line, plan.LineOf("人人知晓"));
}

TEST(PlanSynthetic, AnotherNumberIsReported) {
  SyntheticPlan plan;
  plan.Replace("3. 医院", "4. 医院");
  EXPECT_THAT(Findings(plan.Parse()), ElementsAre(kAlways, "numbering_differs 5(3)"));
}

TEST(PlanSynthetic, AnotherSectionHeadingIsReported) {
  SyntheticPlan plan;
  plan.Replace("二、犯罪预防\t", "二 犯 预 防\t");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "section_heading_differs "));
  EXPECT_EQ(OfKind(document, "section_heading_differs").at(0).line, plan.LineOf("二 犯"));
}

TEST(PlanSynthetic, AYearLineThatStopsEarlyIsReported) {
  SyntheticPlan plan;
  plan.Replace("\t2029年\t2030年\t\n", "\n");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "year_header_cut "));
  EXPECT_EQ(OfKind(document, "year_header_cut").at(0).readings[0].text, "2028");
  EXPECT_EQ(OfKind(document, "year_header_cut").at(0).number, 17);
}

TEST(PlanSynthetic, TwoDatesLeaveTheDayInForceOpen) {
  SyntheticPlan plan;
  plan.Replace("2022年1月18日印发", "2022年1月19日印发");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "issue_date_open 7"));
  const PlanDefect defect = OfKind(document, "issue_date_open").at(0);
  EXPECT_EQ(defect.line, plan.LineOf("第七条"));
  EXPECT_EQ(defect.readings[0].line, 2);
  EXPECT_EQ(defect.readings[1].line, plan.LineOf("19日印发"));
}

TEST(PlanSynthetic, AMemberTheDirectoryDoesNotKnowIsReportedAndOneItMissesToo) {
  SyntheticPlan plan;
  plan.Replace("市外办", "市外联办");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "member_not_listed 2", "member_unknown 2"));
  EXPECT_EQ(OfKind(document, "member_unknown").at(0).readings[0].text, "市外联办");
}

TEST(PlanSynthetic, TheDirectoryFollowsTheOrderOfTheArticle) {
  SyntheticPlan plan;
  plan.Replace("市委宣传部、市委政法委", "市委政法委、市委宣传部");
  const PlanDocument document = plan.Parse();
  EXPECT_EQ(document.units[0].code, "PLC");
  EXPECT_EQ(document.units[1].code, "PUB");
}

TEST(PlanSynthetic, ALineBetweenTheRowsIsReportedNotDropped) {
  SyntheticPlan plan;
  plan.InsertAfter("2. 网络", "脚注");
  const PlanDocument document = plan.Parse();
  EXPECT_THAT(Findings(document), ElementsAre(kAlways, "line_unread "));
  EXPECT_EQ(OfKind(document, "line_unread").at(0).line, plan.LineOf("脚注"));
}

TEST(PlanSynthetic, AnArticleThatIsGoneIsReportedAndItsRowKept) {
  SyntheticPlan plan;
  plan.Drop("第六条");
  const PlanDocument document = plan.Parse();
  const std::string lone = "row-" + std::to_string(plan.LineOf("讲解法律"));
  EXPECT_THAT(Findings(document),
              ElementsAre("article_missing 6", kAlways, "row_unassigned " + lone));
  EXPECT_THAT(ItemOf(document, lone).lead, ElementsAre("JUS"));
}

TEST(PlanSynthetic, EveryDefectSaysSomethingInBothLanguages) {
  SyntheticPlan plan;
  plan.Drop("2. 网络").Replace("市公安局、市民政局\t", "市某某局、\t");
  for (const PlanDefect& defect : plan.Parse().defects) {
    EXPECT_FALSE(defect.zh.empty());
    EXPECT_FALSE(defect.en.empty());
    EXPECT_EQ(defect.zh.find('$'), std::string::npos);
    EXPECT_GT(defect.line, 0) << defect.kind;
  }
}

}  // namespace
}  // namespace guitu::aggregates
