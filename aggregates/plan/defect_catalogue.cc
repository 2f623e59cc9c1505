#include "aggregates/plan/defect_catalogue.h"

#include <array>
#include <utility>

#include "absl/strings/substitute.h"
#include "events/check.h"

namespace guitu::aggregates::plan {
namespace {

struct Kind {
  absl::string_view kind, zh, en;  // $0: item, $1: detail.
};

constexpr std::array kKinds = {
    Kind{"missing_row", "年度方案表第$1行之间缺少$0所对应的行，只有条文可据。",
         "the table has no row for $0 between lines $1; the article is the only source"},
    Kind{"no_task_text", "$0在表中没有工作任务文字。", "the row of $0 has no task text"},
    Kind{"units_differ", "$0的$1在条文与表中不一致。",
         "article and table name different units for $0 ($1)"},
    Kind{"unknown_unit", "$0出现名录中没有的单位“$1”。",
         "$0 names “$1”, which is no unit of the directory"},
    Kind{"unit_name_differs", "$0对同一单位条文与表写法不同（$1）。",
         "article and table spell one unit of $0 differently ($1)"},
    Kind{"unit_variant", "$0使用单位名称的不同写法“$1”。",
         "$0 uses the variant “$1” of a unit's name"},
    Kind{"unit_in_both_columns", "$0表中“$1”既在负责栏又在配合栏。",
         "the row of $0 has “$1” in both columns, lead and support"},
    Kind{"unit_order_differs", "$0的$1在条文与表中顺序不同。",
         "article and table order the units of $0 differently ($1)"},
    Kind{"unit_in_progress_column", "$0表中单位“$1”落在进度栏，所属栏目不明。",
         "the row of $0 has “$1” in a progress column; which column it belongs to is not known"},
    Kind{"empty_unit_name", "$0的单位名单中有空项。", "a list of units of $0 has an empty name"},
    Kind{"unit_list_unread", "$0的负责、配合名单无法识别。",
         "the list of units of $0 cannot be read"},
    Kind{"article_without_units", "$0条文没有写明负责单位，表中写明。",
         "article $0 names no units; the table does"},
    Kind{"text_in_unit_column", "$0的进度文字落在$1栏。",
         "the row of $0 has progress text in the column of units ($1)"},
    Kind{"wording_differs", "$0的任务文字在条文与表中不一致。",
         "article and table word $0 differently"},
    Kind{"heading_differs", "$0的标题在条文与表中不一致。",
         "article and table head $0 differently"},
    Kind{"heading_lost", "表中没有第$0条的标题。", "the table has lost the heading of article $0"},
    Kind{"numbering_differs", "$0在表中的序号不同（$1）。",
         "the table numbers $0 differently ($1)"},
    Kind{"milestone_without_year", "$0的进度没有年份，跨年栏已丢失，年份不明。",
         "a milestone of $0 has no year; the span over the year columns is lost"},
    Kind{"milestone_outside_plan", "$0的进度年份$1不在计划期内。",
         "a milestone of $0 names $1, which is outside the plan's years"},
    Kind{"milestone_two_years", "$0的一项进度写有多个年份（$1），不作判断。",
         "one milestone of $0 names several years ($1); none is chosen"},
    Kind{"year_header_cut", "表头年份止于$1年。", "the year line of the page stops at $1"},
    Kind{"issue_date_open", "签署日期与印发日期不同（$1），施行之日不明。",
         "signed and printed on different days ($1); which one article 38 means is open"},
    Kind{"section_heading_differs", "表中章节标题“$1”与条文不一致。",
         "the section heading “$1” of the table is not that of the articles"},
    Kind{"row_unassigned", "表中一行找不到唯一对应的条文。$1",
         "a row of the table belongs to no article, or to more than one. $1"},
    Kind{"row_twice", "$0在表中出现两次。", "the table has two rows for $0"},
    Kind{"line_unread", "表中一行无法识别。", "a line between the rows cannot be read"},
    Kind{"article_missing", "缺少$0。", "$0 is missing from the articles"},
    Kind{"member_unknown", "成员单位条文中的“$1”不在名录中。",
         "the article of the member units names “$1”, which is no member of the directory"},
    Kind{"member_not_listed", "名录中的成员单位“$1”未在成员单位条文中列出。",
         "“$1” of the directory is not among the member units of the article"},
};

struct Number {
  absl::string_view kind, item, unit;  // empty: any.
  int number;
};

// domain/plan.md, "Defects the loader must keep visible". The first line that fits counts.
constexpr std::array kNumbers = {
    Number{"missing_row", "10(4)", "", 1},
    Number{"missing_row", "11(1)", "", 1},
    Number{"no_task_text", "8(4)", "", 2},
    Number{"no_task_text", "9(1)", "", 2},
    Number{"units_differ", "10(2)", "", 3},
    Number{"unknown_unit", "10(2)", "", 3},
    Number{"unit_in_both_columns", "10(2)", "", 3},
    Number{"units_differ", "18(5)", "", 4},
    Number{"units_differ", "14(3)", "", 5},
    Number{"wording_differs", "19(3)", "", 6},
    Number{"wording_differs", "34", "", 7},
    Number{"article_without_units", "35", "", 8},
    Number{"article_without_units", "36", "", 8},
    Number{"article_without_units", "37", "", 8},
    Number{"units_differ", "11(4)", "", 9},
    Number{"unknown_unit", "11(4)", "", 9},
    Number{"unit_in_both_columns", "11(4)", "", 9},
    Number{"unit_variant", "11(4)", "RTV", 9},
    Number{"unit_name_differs", "11(4)", "RTV", 9},
    Number{"text_in_unit_column", "13(1)", "", 10},
    Number{"wording_differs", "13(1)", "", 10},
    Number{"units_differ", "13(4)", "", 11},
    Number{"unknown_unit", "13(4)", "", 11},
    Number{"units_differ", "15(3)", "", 12},
    Number{"unknown_unit", "15(3)", "", 12},
    Number{"unit_name_differs", "14(1)", "MED", 13},
    Number{"milestone_without_year", "8(2)", "", 14},
    Number{"milestone_without_year", "9(1)", "", 14},
    Number{"milestone_without_year", "13(1)", "", 14},
    Number{"milestone_without_year", "13(2)", "", 14},
    Number{"milestone_without_year", "13(3)", "", 14},
    Number{"unit_variant", "", "", 15},
    Number{"unit_name_differs", "", "", 15},
    Number{"wording_differs", "8(1)", "", 16},
    Number{"wording_differs", "8(2)", "", 16},
    Number{"wording_differs", "10(1)", "", 16},
    Number{"wording_differs", "21", "", 16},
    Number{"wording_differs", "23", "", 16},
    Number{"unit_order_differs", "25", "", 16},
    Number{"heading_lost", "28", "", 16},
    Number{"wording_differs", "36", "", 16},
    Number{"year_header_cut", "", "", 17},
    Number{"issue_date_open", "", "", 18},
};

int NumberOf(const DefectFacts& facts) {
  const auto fits = [](absl::string_view wanted, absl::string_view value) {
    return wanted.empty() || wanted == value;
  };
  for (const Number& entry : kNumbers) {
    if (entry.kind == facts.kind && fits(entry.item, facts.item) && fits(entry.unit, facts.unit)) {
      return entry.number;
    }
  }
  return 0;
}

const Kind* FindKind(absl::string_view name) {
  for (const Kind& kind : kKinds) {
    if (kind.kind == name) return &kind;
  }
  return nullptr;
}

}  // namespace

PlanDefect MakeDefect(DefectFacts facts) {
  const Kind* const kind = FindKind(facts.kind);
  GUITU_CHECK(kind != nullptr);
  PlanDefect defect;
  defect.number = NumberOf(facts);
  defect.kind = std::string(facts.kind);
  defect.line = facts.line;
  defect.zh = absl::Substitute(kind->zh, facts.item, facts.detail);
  defect.en = absl::Substitute(kind->en, facts.item, facts.detail);
  defect.item = std::move(facts.item);
  defect.readings = std::move(facts.readings);
  return defect;
}

}  // namespace guitu::aggregates::plan
