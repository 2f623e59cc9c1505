#include "aggregates/plan/milestone_reader.h"

#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "aggregates/plan/defect_catalogue.h"

namespace guitu::aggregates::plan {
namespace {

bool GoesOn(absl::string_view text) { return absl::StrContains(text, "长期坚持"); }
bool IsYearly(absl::string_view text) { return absl::StrContains(text, "每年"); }
bool HasTime(absl::string_view text) {
  return GoesOn(text) || IsYearly(text) || !YearsIn(text).empty();
}

std::vector<std::string> Sentences(absl::string_view paragraph) {
  constexpr absl::string_view kStop = "。";
  std::vector<std::string> sentences;
  while (!paragraph.empty()) {
    const size_t stop = paragraph.find(kStop);
    const size_t size = stop == absl::string_view::npos ? paragraph.size() : stop + kStop.size();
    const absl::string_view piece = absl::StripAsciiWhitespace(paragraph.substr(0, size));
    if (!piece.empty()) sentences.emplace_back(piece);
    paragraph.remove_prefix(size);
  }
  return sentences;
}

std::vector<std::string> Segments(absl::string_view cell) {
  std::vector<std::string> segments;
  for (absl::string_view paragraph : absl::StrSplit(cell, '\n')) {
    bool first = true;
    for (const std::string& sentence : Sentences(paragraph)) {
      if (first || HasTime(sentence)) {
        segments.push_back(sentence);
      } else {
        absl::StrAppend(&segments.back(), sentence);
      }
      first = false;
    }
  }
  return segments;
}

// Whether the columns of the progress cells can be trusted; see the header.
bool ColumnsHold(const TableRow& row) {
  if (row.lead_column != row.header.lead_column || !row.displaced.empty()) return false;
  if (row.progress.size() < 2) return false;
  int column = row.lead_column + 2;
  for (const TableCell& cell : row.progress) {
    if (cell.column != column++ || !YearsIn(cell.text).empty()) return false;
  }
  return static_cast<size_t>(column) <= row.header.years.size();
}

class Reader {
 public:
  Reader(const TableRow& row, const std::string& item, const Period& period)
      : row_(row), item_(item), period_(period) {}

  void Cell(absl::string_view cell, std::optional<int> column_year) {
    for (const std::string& segment : Segments(cell)) {
      Segment(segment, column_year);
      column_year.reset();
    }
  }
  Milestones result;

 private:
  void Segment(const std::string& text, std::optional<int> column_year) {
    const std::vector<int> named = YearsIn(text);
    const std::set<int> years(named.begin(), named.end());
    PlanMilestone milestone{std::nullopt, text, row_.line};
    if (years.size() == 1) {
      milestone.year = *years.begin();
      const bool outside = *milestone.year < period_.first || *milestone.year > period_.last;
      if (period_.last != 0 && outside) {
        Report("milestone_outside_plan", text, absl::StrCat(*milestone.year));
      }
    } else if (years.size() > 1) {
      Report("milestone_two_years", text, absl::StrJoin(years, ", "));
    } else if (!GoesOn(text)) {
      milestone.year = column_year;
      if (!column_year.has_value() && !IsYearly(text)) Report("milestone_without_year", text, "");
    }
    result.milestones.push_back(std::move(milestone));
  }

  void Report(absl::string_view kind, const std::string& text, const std::string& detail) {
    result.defects.push_back(MakeDefect({.kind = kind,
                                         .item = item_,
                                         .detail = detail,
                                         .line = row_.line,
                                         .readings = {{"table", "milestone", text, row_.line}}}));
  }

  const TableRow& row_;
  const std::string& item_;
  const Period& period_;
};

}  // namespace

Milestones ReadMilestones(const TableRow& row, const std::string& item, const Period& period) {
  Reader reader(row, item, period);
  if (!row.text_in_support.empty()) reader.Cell(row.text_in_support, std::nullopt);
  const bool columns = ColumnsHold(row);
  for (const TableCell& cell : row.progress) {
    std::optional<int> year;
    if (columns) year = row.header.years[static_cast<size_t>(cell.column)];
    reader.Cell(cell.text, year);
  }
  return std::move(reader.result);
}

}  // namespace guitu::aggregates::plan
