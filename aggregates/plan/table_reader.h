// Reads the table of tasks by year: rows of tab-separated cells, in pages that each repeat two
// lines of headings.
//
// Cells that spanned rows or columns on paper were flattened: a row has 0 to 2 cells of headings
// before its task, and progress cells no longer stand under their years. So a row is read from its
// contents: the first cell with a sentence is the task, the cells after it are lead, support, then
// progress; a row whose first cell after the headings names units has lost its task.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "aggregates/plan/plan_document.h"
#include "aggregates/plan/plan_text.h"

namespace guitu::aggregates::plan {

struct TableHeader {
  int line = 0;  // of the year line.
  int lead_column = 0;
  std::vector<std::optional<int>> years;  // by column; nothing where the column has none.
  int LastYear() const;                   // 0: no year at all.
};

struct TableCell {
  int column = 0;
  std::string text;  // without tags, trimmed; paragraphs are separated by line feeds.
};

struct TableRow {
  int line = 0;
  TableHeader header;
  int lead_column = 0;
  std::string section;  // "二、犯罪预防" without spaces, the nearest one above if none.
  bool own_section = false;
  std::optional<int> section_number;
  std::optional<int> group;   // （一）, only if the row itself has it.
  std::string heading;        // what follows （一）, without spaces.
  std::optional<int> number;  // "2." of the task.
  bool has_task = false;
  std::string title;                 // first sentence of the task, without spaces.
  std::string body;                  // the rest of the task.
  std::string whole;                 // title and rest, for a task without a title.
  std::string lead, support;         // cells of units, as written.
  std::string text_in_support;       // a sentence found in the column of support.
  std::vector<TableCell> displaced;  // units found in progress columns.
  std::vector<TableCell> progress;
};

struct TablePart {
  std::vector<TableRow> rows;
  std::vector<TableHeader> headers;  // one a page.
  std::vector<PlanDefect> defects;   // lines that cannot be read.
  size_t end = 0;                    // index after the last row.
};

// `begin` is the index of the first line of the table. Errors: InvalidArgument if the first line is
// not the heading line of a page.
absl::StatusOr<TablePart> ReadTable(const std::vector<Line>& lines, size_t begin);

}  // namespace guitu::aggregates::plan
