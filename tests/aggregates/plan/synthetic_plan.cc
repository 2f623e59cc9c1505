#include "synthetic_plan.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "aggregates/plan/unit_directory.h"
#include "events/check.h"

namespace guitu::aggregates {
namespace {

std::string MemberNames() {
  std::vector<std::string> names;
  for (const PlanUnit& unit : plan::Directory()) {
    if (unit.kind == "member") names.push_back(unit.name_zh);
  }
  return absl::StrJoin(names, "、");
}

std::string Columns(int filled) { return std::string(static_cast<size_t>(10 - filled), '\t'); }

}  // namespace

SyntheticPlan::SyntheticPlan() {
  const std::vector<std::string> lines = {
      "# 某市计划实施细则",
      "2022年1月18日",
      "## (2021—2030年)",
      "",
      "## 第一章 组织机构",
      "**第一条** 例会制度。由副市长召集会议。",
      "**第二条** 联席会议成员单位。" + MemberNames() + "为成员单位。",
      "**第三条** 联席会议办公室。办公室负责日常工作。",
      "### **第二章 犯罪预防**",
      "**第四条** 工作目标。减少案件。",
      "#### **第五条 重点领域。**",
      "(一) 学校。开展安全教育。(市教育体育局、市公安局负责,市妇联配合)",
      "（二）网络。清理有害信息，保护儿童（学生）资料。（市公安局负责）",
      "（三）医院。登记住院情况，发现疑点及时上报主管部门。（市卫生健康委负责，市公",
      "",
      "安局、市民政局配合）",
      "**第六条** 普法。讲解法律。（市司法局负责，市公安局配合）",
      "**第七条** 本细则自印发之日起施行。",
      "# 年度实施方案",
      "工作项目\t工作任务\t负责单位\t配合单位\t工作进度计划" + Columns(1),
      "\t\t\t\t2021年\t2022年\t2023年\t2024年\t2025年\t2026年\t2027年\t2028年\t2029年\t2030年",
      "一、组织机构\t例会制度。由副市长召集会议。\t联席会议办公室\t各成员单位\t召开首次会议\t"
      "每年召开会议。长期坚持。" +
          Columns(2),
      "二、犯罪预防\t(一) 重点领域\t1. 学校。开展安全教育。\t市教育体育局、市公安局\t市妇联\t"
      "2022年底前，完成初训。其后复训。\t持续推进，长期坚持。" +
          Columns(2),
      "\t\t2. 网络。清理有害信息，保护儿童（学生）资料。\t市公安局\t\t2023 年底前，建立名单。 "
      "持续推进，长期坚持。" +
          Columns(1),
      "\t\t3. 医院。登记住院情况，发现疑点及时上报主管部门。\t市卫生健康委\t市公安局、市民政局\t"
      "持续推进，长期坚持。" +
          Columns(1),
      "",
      "工作项目\t工作任务\t负责单位\t配合单位\t工作进度计划" + Columns(1),
      "\t\t\t\t2021年\t2022年\t2023年\t2024年\t2025年\t2026年\t2027年\t2028年\t2029年\t2030年\t",
      "\t(二) 普法\t讲解法律。\t市司法局\t市公安局\t长期坚持讲解。" + Columns(1),
      "---",
      "抄送：各单位。",
      "2022年1月18日印发",
  };
  text_ = absl::StrJoin(lines, "\n") + "\n";
}

size_t SyntheticPlan::Find(const std::string& needle) const {
  const size_t at = text_.find(needle);
  GUITU_CHECK(at != std::string::npos);
  GUITU_CHECK(text_.find(needle, at + 1) == std::string::npos);
  return at;
}

SyntheticPlan& SyntheticPlan::Replace(const std::string& from, const std::string& to) {
  text_.replace(Find(from), from.size(), to);
  return *this;
}

SyntheticPlan& SyntheticPlan::Drop(const std::string& needle) {
  const size_t at = Find(needle);
  const size_t begin = text_.rfind('\n', at) + 1;
  text_.erase(begin, text_.find('\n', at) + 1 - begin);
  return *this;
}

SyntheticPlan& SyntheticPlan::InsertAfter(const std::string& needle, const std::string& line) {
  text_.insert(text_.find('\n', Find(needle)) + 1, line + "\n");
  return *this;
}

int SyntheticPlan::LineOf(const std::string& needle) const {
  const auto end = text_.begin() + static_cast<std::ptrdiff_t>(Find(needle));
  return 1 + static_cast<int>(std::count(text_.begin(), end, '\n'));
}

PlanDocument SyntheticPlan::Parse() const {
  absl::StatusOr<PlanDocument> document = ParsePlanDocument(text_);
  GUITU_CHECK(document.ok());
  return *std::move(document);
}

std::vector<PlanDefect> OfKind(const PlanDocument& document, const std::string& kind) {
  std::vector<PlanDefect> found;
  for (const PlanDefect& defect : document.defects) {
    if (defect.kind == kind) found.push_back(defect);
  }
  return found;
}

std::vector<std::string> Findings(const PlanDocument& document) {
  std::vector<std::string> findings;
  for (const PlanDefect& defect : document.defects) {
    findings.push_back(defect.kind + " " + defect.item);
  }
  std::sort(findings.begin(), findings.end());
  return findings;
}

const PlanItem& ItemOf(const PlanDocument& document, const std::string& item) {
  const auto found = std::find_if(document.items.begin(), document.items.end(),
                                  [&](const PlanItem& i) { return i.item == item; });
  GUITU_CHECK(found != document.items.end());
  return *found;
}

}  // namespace guitu::aggregates
