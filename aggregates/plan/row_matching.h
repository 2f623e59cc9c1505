// Finds the article each row belongs to.
#pragma once

#include <optional>
#include <vector>

#include "aggregates/plan/article_reader.h"
#include "aggregates/plan/table_reader.h"

namespace guitu::aggregates::plan {

// For each row the index of its leaf, or nothing if no leaf or more than one fits. Two rows may get
// the same leaf; the caller reports that.
//
// First by title, where it is that of one leaf only. What is left (a row without task text, without
// heading) goes by place: among the leaves between the neighbours that were found and that no row
// has, those of the row's own group （N）; it counts only if there is exactly one.
std::vector<std::optional<size_t>> MatchRows(const ArticlePart& articles,
                                             const std::vector<TableRow>& rows);

// The chapter of a section of the table: that with its title, else with its number as another row
// of the table has it. Nothing if there is none.
std::optional<int> ChapterOf(const TableRow& row, const ArticlePart& articles,
                             const std::vector<TableRow>& rows);

// "一、组织机构" without its numeral.
std::string SectionTitle(const TableRow& row);

}  // namespace guitu::aggregates::plan
