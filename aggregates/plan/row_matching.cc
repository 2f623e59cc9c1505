#include "aggregates/plan/row_matching.h"

#include <set>

#include "absl/strings/strip.h"

namespace guitu::aggregates::plan {
namespace {

std::optional<int> ChapterByTitle(const TableRow& row, const ArticlePart& articles) {
  for (const Chapter& chapter : articles.chapters) {
    if (chapter.title == SectionTitle(row)) return chapter.number;
  }
  return std::nullopt;
}

// The only leaf with this title, if it is the only one.
std::optional<size_t> ByTitle(const ArticlePart& articles, const std::string& title, bool is_sub) {
  std::optional<size_t> found;
  if (title.empty()) return found;
  for (size_t i = 0; i < articles.leaves.size(); ++i) {
    const ArticleLeaf& leaf = articles.leaves[i];
    if (leaf.title != title || (leaf.sub > 0) != is_sub) continue;
    if (found.has_value()) return std::nullopt;
    found = i;
  }
  return found;
}

bool FitsGroup(const TableRow& row, const ArticleLeaf& leaf, std::optional<int> chapter) {
  if (chapter.has_value() && leaf.chapter != *chapter) return false;
  if (!row.heading.empty()) return leaf.heading == row.heading;
  return row.group.has_value() && chapter.has_value() && leaf.ordinal == *row.group;
}

}  // namespace

std::string SectionTitle(const TableRow& row) {
  absl::string_view rest = row.section;
  ConsumeNumeral(&rest);
  absl::ConsumePrefix(&rest, "、");
  return std::string(rest);
}

std::optional<int> ChapterOf(const TableRow& row, const ArticlePart& articles,
                             const std::vector<TableRow>& rows) {
  if (const auto chapter = ChapterByTitle(row, articles)) return chapter;
  if (!row.section_number.has_value()) return std::nullopt;
  for (const TableRow& other : rows) {
    if (other.section_number != row.section_number) continue;
    if (const auto chapter = ChapterByTitle(other, articles)) return chapter;
  }
  return std::nullopt;
}

std::vector<std::optional<size_t>> MatchRows(const ArticlePart& articles,
                                             const std::vector<TableRow>& rows) {
  std::vector<std::optional<size_t>> matches(rows.size());
  std::set<size_t> taken;
  for (size_t i = 0; i < rows.size(); ++i) {
    const TableRow& row = rows[i];
    if (row.number.has_value()) {
      matches[i] = ByTitle(articles, row.title, true);
    } else if (row.has_task) {
      matches[i] = ByTitle(articles, row.heading, false);
      if (!matches[i]) matches[i] = ByTitle(articles, row.title, false);
    }
    if (matches[i].has_value()) taken.insert(*matches[i]);
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    if (matches[i].has_value()) continue;
    size_t from = 0;
    size_t to = articles.leaves.size();
    for (size_t before = i; before-- > 0;) {
      if (!matches[before].has_value()) continue;
      from = *matches[before] + 1;
      break;
    }
    for (size_t after = i + 1; after < rows.size(); ++after) {
      if (!matches[after].has_value()) continue;
      to = *matches[after];
      break;
    }
    const std::optional<int> chapter = ChapterOf(rows[i], articles, rows);
    std::optional<size_t> only;
    bool several = false;
    for (size_t leaf = from; leaf < to; ++leaf) {
      if (taken.count(leaf) > 0 || !FitsGroup(rows[i], articles.leaves[leaf], chapter)) continue;
      several = only.has_value();
      only = leaf;
      if (several) break;
    }
    if (!only.has_value() || several) continue;
    matches[i] = only;
    taken.insert(*only);
  }
  return matches;
}

}  // namespace guitu::aggregates::plan
