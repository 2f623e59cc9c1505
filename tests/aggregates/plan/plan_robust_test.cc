// What is no plan document is refused with the line; what is a damaged one never ends the process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aggregates/plan/plan_document.h"
#include "synthetic_plan.h"

namespace guitu::aggregates {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

void ExpectRefused(const std::string& text, absl::StatusCode code, const std::string& message) {
  const absl::StatusOr<PlanDocument> document = ParsePlanDocument(text);
  ASSERT_FALSE(document.ok());
  EXPECT_EQ(document.status().code(), code) << document.status();
  EXPECT_THAT(std::string(document.status().message()), HasSubstr(message));
}

// Whatever it is, it parses or is refused with a line.
void ExpectSane(const std::string& text) {
  const absl::StatusOr<PlanDocument> document = ParsePlanDocument(text);
  if (document.ok()) return;
  EXPECT_THAT(std::string(document.status().message()), StartsWith("line "));
}

TEST(PlanRobust, AnEmptyDocumentIsRefused) {
  ExpectRefused("", absl::StatusCode::kInvalidArgument, "line 1: the document is empty");
}

TEST(PlanRobust, AnotherDocumentIsRefused) {
  ExpectRefused("Dear reader,\n\nthis is a letter.\n", absl::StatusCode::kInvalidArgument,
                "line 1: no article");
}

TEST(PlanRobust, ATableWithoutArticlesIsRefused) {
  ExpectRefused("a\tb\n1\t2\n", absl::StatusCode::kInvalidArgument, "line 1: no article");
}

TEST(PlanRobust, ALawWithoutATableIsRefused) {
  ExpectRefused("第一条 目的。说明。\n第二条 范围。说明。\n", absl::StatusCode::kDataLoss,
                "line 2: the document ends in article 2");
}

TEST(PlanRobust, BytesThatAreNotUtf8AreRefusedWithTheirLine) {
  SyntheticPlan plan;
  plan.InsertAfter("第四条", "\xC4\xE3\xBA\xC3");  // GBK
  ExpectRefused(plan.text(), absl::StatusCode::kInvalidArgument,
                "line " + std::to_string(plan.LineOf("第四条") + 1) + ": not UTF-8");
}

TEST(PlanRobust, OverlongSurrogateAndCutSequencesAreNotUtf8) {
  for (const char* bytes : {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                            "\xF8\x88\x80\x80\x80", "\x80", "\xE4\xB8"}) {
    ExpectRefused(bytes, absl::StatusCode::kInvalidArgument, "line 1: not UTF-8");
  }
}

TEST(PlanRobust, CarriageReturnsAndAByteOrderMarkChangeNothing) {
  const std::string plain = SyntheticPlan().text();
  std::string dos = "\xEF\xBB\xBF";
  for (const char c : plain) dos += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const absl::StatusOr<PlanDocument> document = ParsePlanDocument(dos);
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(ToJson(*document), ToJson(SyntheticPlan().Parse()));
}

TEST(PlanRobust, ADocumentCutInItsArticlesIsRefused) {
  const SyntheticPlan plan;
  ExpectRefused(plan.text().substr(0, plan.text().find("（三）医院")), absl::StatusCode::kDataLoss,
                "ends in article 5, before its table");
}

TEST(PlanRobust, ADocumentCutInItsTableIsRefused) {
  const SyntheticPlan plan;
  ExpectRefused(plan.text().substr(0, plan.text().find("3. 医院")), absl::StatusCode::kDataLoss,
                "line " + std::to_string(plan.LineOf("3. 医院")) +
                    ": the document ends without its closing line");
}

TEST(PlanRobust, ATableWithoutRowsIsRefused) {
  SyntheticPlan plan;
  plan.Drop("一、组织").Drop("1. 学校").Drop("2. 网络").Drop("3. 医院").Drop("讲解法律。\t");
  ExpectRefused(plan.text(), absl::StatusCode::kDataLoss, "the table has no rows");
}

TEST(PlanRobust, ATableWithoutItsHeadingIsRefused) {
  const SyntheticPlan plan;
  const size_t begin = plan.text().find("工作项目");
  const size_t end = plan.text().find("一、组织机构");
  ExpectRefused(plan.text().substr(0, begin) + plan.text().substr(end),
                absl::StatusCode::kInvalidArgument, "does not begin with its heading line");
}

TEST(PlanRobust, APlanWithoutMemberUnitsIsRefused) {
  SyntheticPlan plan;
  plan.Replace("联席会议成员单位。", "成员。");
  ExpectRefused(plan.text(), absl::StatusCode::kInvalidArgument, "names the member units");
}

TEST(PlanRobust, ArticlesThatDoNotCountUpwardsAreRefused) {
  SyntheticPlan plan;
  plan.Replace("第六条", "第三十条").Replace("第七条", "第六条");
  ExpectRefused(plan.text(), absl::StatusCode::kInvalidArgument,
                ": article 6 stands after article 30");
  SyntheticPlan subs;
  subs.Replace("（三）医院", "（一）医院");
  ExpectRefused(subs.text(), absl::StatusCode::kInvalidArgument, "stands after item 2");
}

TEST(PlanRobust, AMissingItemOfAnArticleIsADefect) {
  SyntheticPlan plan;
  plan.Replace("（三）医院", "（四）医院");
  EXPECT_EQ(OfKind(plan.Parse(), "article_missing").at(0).item, "5(3)");
}

TEST(PlanRobust, ADocumentTooLargeIsRefused) {
  ExpectRefused(std::string(300'000, 'x'), absl::StatusCode::kInvalidArgument, "line 1: 300000");
  ExpectRefused(std::string(6'000, '\n'), absl::StatusCode::kInvalidArgument, "line 5001: of");
}

TEST(PlanRobust, EveryPrefixIsReadOrRefusedWithALine) {
  const std::string text = SyntheticPlan().text();
  for (size_t size = 0; size < text.size(); ++size) ExpectSane(text.substr(0, size));
}

TEST(PlanRobust, EveryLineMayGoMissingOrComeTwice) {
  const std::string text = SyntheticPlan().text();
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin) + 1;
    ExpectSane(text.substr(0, begin) + text.substr(end));
    ExpectSane(text.substr(0, end) + text.substr(begin));
    begin = end;
  }
}

TEST(PlanRobust, EveryByteMayBeATabOrGone) {
  const std::string text = SyntheticPlan().text();
  for (size_t i = 0; i < text.size(); ++i) {
    std::string broken = text;
    broken[i] = '\t';
    ExpectSane(broken);
    ExpectSane(text.substr(0, i) + text.substr(i + 1));
  }
}

}  // namespace
}  // namespace guitu::aggregates
