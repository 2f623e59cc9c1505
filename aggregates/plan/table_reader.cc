#include "aggregates/plan/table_reader.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "aggregates/plan/defect_catalogue.h"
#include "aggregates/plan/unit_directory.h"

namespace guitu::aggregates::plan {
namespace {

constexpr char kFirstHead[] = "工作项目";
constexpr char kLeadHead[] = "负责单位";

using Cells = std::vector<std::string>;

// A cell without tags. A paragraph mark, or a space after a full stop where a line of the cell
// ended, becomes a line feed.
std::string CleanCell(absl::string_view cell) {
  const std::string text = absl::StrReplaceAll(cell, {{"</p> <p>", "\n"},
                                                      {"</p><p>", "\n"},
                                                      {"<p>", ""},
                                                      {"</p>", ""},
                                                      {"。 ", "。\n"},
                                                      {"\xC2\xA0", " "}});
  return std::string(absl::StripAsciiWhitespace(text));
}

Cells SplitCells(absl::string_view line) {
  Cells cells;
  for (absl::string_view cell : absl::StrSplit(line, '\t')) cells.push_back(CleanCell(cell));
  return cells;
}

bool IsSentence(absl::string_view cell) { return absl::StrContains(cell, "。"); }

TableHeader ReadHeader(const Cells& heads, const Cells& years, int line) {
  TableHeader header;
  header.line = line;
  const auto lead = std::find(heads.begin(), heads.end(), kLeadHead);
  header.lead_column = lead == heads.end() ? -1 : static_cast<int>(lead - heads.begin());
  for (const std::string& cell : years) {
    const std::vector<int> found = YearsIn(cell);
    header.years.push_back(found.size() == 1 ? std::optional<int>(found[0]) : std::nullopt);
  }
  return header;
}

bool IsYearLine(const Cells& cells) {
  for (const std::string& cell : cells) {
    if (!cell.empty()) return YearsIn(cell).size() == 1 && ToCodePoints(cell).size() <= 6;
  }
  return false;
}

// "(一) 标题" at the start of a cell; the heading ends at the first space or line feed, and a piece
// with a comma or full stop is not one.
void TakeGroup(absl::string_view* cell, TableRow* row, bool whole_cell) {
  absl::string_view rest = *cell;
  const auto group = ConsumeMarker(&rest);
  if (!group.has_value()) return;
  row->group = group;
  *cell = rest;
  const size_t end = whole_cell ? rest.size() : rest.find_first_of(" \n");
  if (end == absl::string_view::npos) return;
  const std::string heading = Normalize(absl::StrReplaceAll(rest.substr(0, end), {{"\n", ""}}));
  if (absl::StrContains(heading, "，") || IsSentence(heading)) return;
  row->heading = heading;
  *cell = absl::StripLeadingAsciiWhitespace(rest.substr(end));
}

// "(一) 标题" or "一、标题"; false if the cell is neither.
bool TakeHeading(absl::string_view cell, TableRow* row) {
  absl::string_view rest = cell;
  if (ConsumeMarker(&rest).has_value()) {
    TakeGroup(&cell, row, true);
    return true;
  }
  const auto number = ConsumeNumeral(&rest);
  if (!number.has_value()) return false;
  row->section_number = number;
  row->section = Normalize(cell);
  row->own_section = true;
  return true;
}

void TakeTask(absl::string_view cell, TableRow* row) {
  TakeGroup(&cell, row, false);
  row->number = ConsumeItemNumber(&cell);
  row->has_task = true;
  const std::string text = absl::StrReplaceAll(cell, {{"\n", ""}});
  row->whole = text;
  const size_t stop = text.find("。");
  row->title = Normalize(absl::string_view(text).substr(0, stop));
  if (stop == std::string::npos) return;
  row->body = text.substr(stop + absl::string_view("。").size());
}

// Lead, support and progress, from `at` on.
void TakeColumns(const Cells& cells, size_t at, TableRow* row) {
  const auto cell = [&](size_t i) { return i < cells.size() ? cells[i] : std::string(); };
  row->lead_column = static_cast<int>(at);
  row->lead = cell(at);
  row->support = cell(at + 1);
  if (IsSentence(row->support)) row->text_in_support = std::exchange(row->support, "");
  for (size_t i = at + 2; i < cells.size(); ++i) {
    if (cells[i].empty()) continue;
    // A misspelt unit must not pass for progress: the city's units begin with 市.
    const bool named = NamesKnownUnit(cells[i]) || absl::StartsWith(cells[i], "市");
    const bool units = named && !IsSentence(cells[i]);
    (units ? row->displaced : row->progress).push_back({static_cast<int>(i), cells[i]});
  }
}

// False if the row has neither a task nor units.
bool ReadRow(const Cells& cells, TableRow* row) {
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].empty()) continue;
    absl::string_view rest = cells[i];
    if (IsSentence(cells[i]) || ConsumeItemNumber(&rest).has_value()) {
      TakeTask(cells[i], row);
      TakeColumns(cells, i + 1, row);
      return true;
    }
    if (TakeHeading(cells[i], row)) continue;
    TakeColumns(cells, i, row);  // No task: the units come first, known or not.
    return true;
  }
  return false;
}

PlanDefect Unread(const Line& line) {
  return MakeDefect(
      {.kind = "line_unread",
       .line = line.number,
       .readings = {{"table", "row", Shorten(Normalize(line.text), 80), line.number}}});
}

}  // namespace

int TableHeader::LastYear() const {
  int last = 0;
  for (const auto& year : years) last = std::max(last, year.value_or(0));
  return last;
}

absl::StatusOr<TablePart> ReadTable(const std::vector<Line>& lines, size_t begin) {
  TablePart table;
  table.end = begin;
  std::vector<PlanDefect> pending;  // lines that are defects only if rows follow.
  Cells heads;
  for (size_t i = begin; i < lines.size(); ++i) {
    const Line& line = lines[i];
    if (!absl::StrContains(line.text, '\t')) {
      if (!absl::StripAsciiWhitespace(line.text).empty()) pending.push_back(Unread(line));
      continue;
    }
    std::move(pending.begin(), pending.end(), std::back_inserter(table.defects));
    pending.clear();
    table.end = i + 1;
    Cells cells = SplitCells(line.text);
    if (cells[0] == kFirstHead) {
      heads = std::move(cells);
      continue;
    }
    if (heads.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", line.number, ": the table does not begin with its heading line"));
    }
    if (IsYearLine(cells)) {
      table.headers.push_back(ReadHeader(heads, cells, line.number));
      continue;
    }
    TableRow row;
    row.line = line.number;
    if (!table.headers.empty()) row.header = table.headers.back();
    if (!ReadRow(cells, &row)) {
      table.defects.push_back(Unread(line));
      continue;
    }
    if (!row.own_section && !table.rows.empty()) {
      row.section = table.rows.back().section;
      row.section_number = table.rows.back().section_number;
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace guitu::aggregates::plan
