#include "aggregates/plan/plan_document.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "aggregates/plan/article_reader.h"
#include "aggregates/plan/compare.h"
#include "aggregates/plan/defect_catalogue.h"
#include "aggregates/plan/row_matching.h"
#include "aggregates/plan/table_reader.h"
#include "aggregates/plan/unit_directory.h"

namespace guitu::aggregates {
namespace plan {
namespace {

// Some times the real document; they bound the cost of comparing everything with everything.
constexpr size_t kMostBytes = size_t{256} << 10U;
constexpr size_t kMostLines = 5000;
constexpr size_t kMostReadings = 40;  // of an item, as event 71 limits them.
constexpr char kMembersTitle[] = "联席会议成员单位";
constexpr char kPrinted[] = "印发";
constexpr char kInForce[] = "施行";

class Assembler {
 public:
  Assembler(const std::vector<Line>& lines, ArticlePart articles, TablePart table)
      : lines_(lines), articles_(std::move(articles)), table_(std::move(table)) {
    matches_ = MatchRows(articles_, table_.rows);
  }

  absl::StatusOr<PlanDocument> Build();

 private:
  absl::Status Members();
  absl::Status Dates();
  void ReadPeriod();
  bool BelongsInTable(const ArticleLeaf& leaf) const;
  void Items();
  void MissingRow(size_t leaf);
  void LostHeadings();
  void Sections();
  void CutHeaders();
  void Finish();
  void Keep(ComparedItem compared);
  std::vector<const TableRow*> RowsOf(size_t leaf) const;

  const std::vector<Line>& lines_;
  ArticlePart articles_;
  TablePart table_;
  std::vector<std::optional<size_t>> matches_;  // leaf of each row.
  Period period_;
  PlanDocument document_;
};

// "2021—2030" of the heading.
void Assembler::ReadPeriod() {
  for (const Line& line : lines_) {
    if (line.number >= articles_.articles.front().line) return;
    const size_t dash = line.text.find("—");
    if (dash == absl::string_view::npos || dash < 4) continue;
    const std::string years =
        absl::StrCat(line.text.substr(dash - 4, 4), "年", line.text.substr(dash + 3, 4), "年");
    const std::vector<int> found = YearsIn(years);
    if (found.size() == 2) {
      period_ = {found[0], found[1]};
      return;
    }
  }
}

// The members in the order of their article; what the directory and the article do not share is
// a defect.
absl::Status Assembler::Members() {
  const auto is_members = [](const ArticleLeaf& leaf) { return leaf.title == kMembersTitle; };
  const auto leaf = std::find_if(articles_.leaves.begin(), articles_.leaves.end(), is_members);
  if (leaf == articles_.leaves.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "line ", articles_.articles.back().line, ": none of the ", articles_.articles.size(),
        " articles names the member units (", kMembersTitle, ")"));
  }
  LinedText names = Normalize(leaf->body);  // A、B为成员单位。
  names.text.resize(std::min(names.text.size(), names.text.rfind(U"为成员单位")));
  std::set<std::string> listed;
  const std::string item = leaf->Item();
  for (const UnitMention& mention : ReadUnits(names).mentions) {
    const auto found =
        std::find_if(Directory().begin(), Directory().end(), [&](const PlanUnit& unit) {
          return unit.kind == "member" && !mention.codes.empty() && unit.code == mention.codes[0];
        });
    const bool known = found != Directory().end();
    if (known && listed.insert(found->code).second) document_.units.push_back(*found);
    if (known && !mention.variant) continue;
    const std::string name = Shorten(mention.text, 60);
    document_.defects.push_back(
        MakeDefect({.kind = known ? "unit_variant" : "member_unknown",
                    .item = item,
                    .detail = name,
                    .unit = known ? found->code : "",
                    .line = mention.line,
                    .readings = {{"article", "units", name, mention.line}}}));
  }
  for (const PlanUnit& unit : Directory()) {
    if (listed.count(unit.code) > 0) continue;
    document_.units.push_back(unit);
    if (unit.kind != "member") continue;
    document_.defects.push_back(MakeDefect(
        {.kind = "member_not_listed", .item = item, .detail = unit.name_zh, .line = leaf->line}));
  }
  return absl::OkStatus();
}

std::vector<const TableRow*> Assembler::RowsOf(size_t leaf) const {
  std::vector<const TableRow*> rows;
  for (size_t i = 0; i < matches_.size(); ++i) {
    if (matches_[i] == leaf) rows.push_back(&table_.rows[i]);
  }
  return rows;
}

void Assembler::Keep(ComparedItem compared) {
  document_.items.push_back(std::move(compared.item));
  std::move(compared.defects.begin(), compared.defects.end(),
            std::back_inserter(document_.defects));
}

// An article that names units has a row; so has any other of the chapters the table goes through,
// unless it is an aim, about the units themselves, or about the plan's coming into force.
bool Assembler::BelongsInTable(const ArticleLeaf& leaf) const {
  if (leaf.has_units) return true;
  if (leaf.is_goal || leaf.is_intro || leaf.title == kMembersTitle || IsOffice(leaf.title)) {
    return false;
  }
  if (absl::StrContains(leaf.title, kInForce)) return false;
  for (const TableRow& row : table_.rows) {
    // Sections are numbered through, so one of them tells in which chapter the first begins.
    const std::optional<int> chapter = ChapterOf(row, articles_, table_.rows);
    if (!chapter.has_value() || !row.section_number.has_value()) continue;
    return leaf.chapter > *chapter - *row.section_number;
  }
  return false;
}

void Assembler::Items() {
  std::vector<const TableRow*> lone;
  for (size_t i = 0; i < articles_.leaves.size(); ++i) {
    const ArticleLeaf& leaf = articles_.leaves[i];
    const std::vector<const TableRow*> rows = RowsOf(i);
    const bool missing = rows.empty() && BelongsInTable(leaf);
    if (rows.empty() && !missing && !IsOffice(leaf.title)) continue;  // No task.
    Keep(CompareItem(&leaf, rows.empty() ? nullptr : rows[0], period_));
    if (missing) MissingRow(i);
    for (size_t again = 1; again < rows.size(); ++again) {
      lone.push_back(rows[again]);
      document_.defects.push_back(
          MakeDefect({.kind = "row_twice",
                      .item = leaf.Item(),
                      .line = rows[again]->line,
                      .readings = {{"table", "row", rows[0]->title, rows[0]->line},
                                   {"table", "row", rows[again]->title, rows[again]->line}}}));
    }
  }
  for (size_t i = 0; i < matches_.size(); ++i) {
    if (!matches_[i].has_value()) lone.push_back(&table_.rows[i]);
  }
  for (const TableRow* row : lone) {
    ComparedItem compared = CompareItem(nullptr, row, period_);
    compared.defects.push_back(MakeDefect(
        {.kind = "row_unassigned",
         .item = compared.item.item,
         .detail = compared.item.title,
         .line = row->line,
         .readings = {{"table", "row", compared.item.title, row->line},
                      {"table", "lead", Shorten(Normalize(row->lead), 80), row->line},
                      {"table", "support", Shorten(Normalize(row->support), 80), row->line}}}));
    Keep(std::move(compared));
  }
}

// Says between which rows it should stand: of a lost page that is all there is.
void Assembler::MissingRow(size_t leaf) {
  int before = 0;
  int after = 0;
  for (size_t i = 0; i < matches_.size(); ++i) {
    if (!matches_[i].has_value()) continue;
    if (*matches_[i] < leaf) before = std::max(before, table_.rows[i].line);
    if (*matches_[i] > leaf && after == 0) after = table_.rows[i].line;
  }
  const ArticleLeaf& lost = articles_.leaves[leaf];
  document_.defects.push_back(
      MakeDefect({.kind = "missing_row",
                  .item = lost.Item(),
                  .detail = absl::StrCat(before, "-", after),
                  .line = lost.line,
                  .readings = {{"article", "row", lost.title, lost.line},
                               {"table", "row", "", after != 0 ? after : before}}}));
}

// An article whose rows are there but whose （N） heading stands in none of them.
void Assembler::LostHeadings() {
  std::map<int, bool> headed;
  std::map<int, int> first_line;
  for (size_t i = 0; i < matches_.size(); ++i) {
    if (!matches_[i].has_value()) continue;
    const ArticleLeaf& leaf = articles_.leaves[*matches_[i]];
    const TableRow& row = table_.rows[i];
    headed[leaf.article] |= !row.heading.empty() || (leaf.sub == 0 && row.title == leaf.title);
    first_line.try_emplace(leaf.article, row.line);
  }
  for (const auto& [article, found] : headed) {
    if (found) continue;
    const auto is_it = [&, number = article](const PlanArticle& a) { return a.number == number; };
    const auto& source = *std::find_if(articles_.articles.begin(), articles_.articles.end(), is_it);
    document_.defects.push_back(
        MakeDefect({.kind = "heading_lost",
                    .item = absl::StrCat(article),
                    .line = first_line[article],
                    .readings = {{"article", "title", source.title, source.line},
                                 {"table", "title", "", first_line[article]}}}));
  }
}

void Assembler::Sections() {
  for (const TableRow& row : table_.rows) {
    if (!row.own_section) continue;
    const std::string title = SectionTitle(row);
    const auto has_title = [&](const Chapter& chapter) { return chapter.title == title; };
    if (std::any_of(articles_.chapters.begin(), articles_.chapters.end(), has_title)) continue;
    std::vector<PlanReading> readings = {{"table", "section", row.section, row.line}};
    if (const auto number = ChapterOf(row, articles_, table_.rows)) {
      for (const Chapter& chapter : articles_.chapters) {
        if (chapter.number == *number) {
          readings.insert(readings.begin(), {"article", "section", chapter.title, chapter.line});
        }
      }
    }
    document_.defects.push_back(MakeDefect({.kind = "section_heading_differs",
                                            .detail = row.section,
                                            .line = row.line,
                                            .readings = std::move(readings)}));
  }
}

void Assembler::CutHeaders() {
  for (const TableHeader& header : table_.headers) {
    const int last = header.LastYear();
    if (last >= period_.last) continue;
    document_.defects.push_back(
        MakeDefect({.kind = "year_header_cut",
                    .detail = absl::StrCat(last),
                    .line = header.line,
                    .readings = {{"table", "years", absl::StrCat(last), header.line}}}));
  }
}

// A date that stands alone before the articles is that of signing, "…印发" after the table that of
// printing. The second is also the document's last line of substance: without it the end is
// missing.
absl::Status Assembler::Dates() {
  const Line* signed_on = nullptr;
  const Line* printed_on = nullptr;
  for (const Line& line : lines_) {
    const absl::string_view text = absl::StripAsciiWhitespace(line.text);
    const bool printed = absl::EndsWith(text, kPrinted);
    if (YearsIn(text).size() != 1 || text.size() > 40) continue;
    if (!printed && !absl::EndsWith(text, "日")) continue;
    if (line.number < articles_.articles.front().line && !printed) signed_on = &line;
    if (line.number > lines_[table_.end - 1].number && printed) printed_on = &line;
  }
  if (printed_on == nullptr) {
    return absl::DataLossError(absl::StrCat("line ", lines_.back().number,
                                            ": the document ends without its closing line (…",
                                            kPrinted, ")"));
  }
  if (signed_on == nullptr) return absl::OkStatus();
  const std::string signing = Normalize(signed_on->text);
  const std::string printing = Normalize(printed_on->text);
  if (absl::StrCat(signing, kPrinted) == printing) return absl::OkStatus();
  const ArticleLeaf* force = nullptr;  // 本细则自印发之日起施行
  for (const ArticleLeaf& leaf : articles_.leaves) {
    if (absl::StrContains(leaf.title, kInForce)) force = &leaf;
  }
  std::vector<PlanReading> readings = {{"document", "signed", signing, signed_on->number},
                                       {"document", "printed", printing, printed_on->number}};
  if (force != nullptr) readings.push_back({"article", "text", force->title, force->line});
  document_.defects.push_back(
      MakeDefect({.kind = "issue_date_open",
                  .item = force == nullptr ? "" : force->Item(),
                  .detail = absl::StrCat(signing, " / ", printing),
                  .line = force == nullptr ? signed_on->number : force->line,
                  .readings = std::move(readings)}));
  return absl::OkStatus();
}

// Gives each item the readings of its defects and puts the defects in order.
void Assembler::Finish() {
  for (PlanItem& item : document_.items) {
    for (const PlanDefect& defect : document_.defects) {
      if (defect.item != item.item) continue;
      item.conflict = true;
      for (const PlanReading& reading : defect.readings) {
        const bool there =
            std::find(item.readings.begin(), item.readings.end(), reading) != item.readings.end();
        if (!there && item.readings.size() < kMostReadings) item.readings.push_back(reading);
      }
    }
  }
  const auto order = [](const PlanDefect& a, const PlanDefect& b) {
    const auto rank = [](int number) { return number == 0 ? 1000 : number; };
    return std::pair(rank(a.number), a.line) < std::pair(rank(b.number), b.line);
  };
  std::stable_sort(document_.defects.begin(), document_.defects.end(), order);
}

absl::StatusOr<PlanDocument> Assembler::Build() {
  if (table_.rows.empty()) {
    return absl::DataLossError(
        absl::StrCat("line ", lines_.back().number, ": the table has no rows"));
  }
  ReadPeriod();
  document_.articles = articles_.articles;
  document_.defects = articles_.defects;
  std::move(table_.defects.begin(), table_.defects.end(), std::back_inserter(document_.defects));
  if (absl::Status status = Members(); !status.ok()) return status;
  if (absl::Status status = Dates(); !status.ok()) return status;
  Items();
  LostHeadings();
  Sections();
  CutHeaders();
  Finish();
  return std::move(document_);
}

}  // namespace
}  // namespace plan

absl::StatusOr<PlanDocument> ParsePlanDocument(absl::string_view text) {
  if (text.size() > plan::kMostBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("line 1: ", text.size(), " bytes, more than a plan document has"));
  }
  absl::StatusOr<std::vector<plan::Line>> lines = plan::SplitLines(text);
  if (!lines.ok()) return lines.status();
  if (lines->empty()) return absl::InvalidArgumentError("line 1: the document is empty");
  if (lines->size() > plan::kMostLines) {
    return absl::InvalidArgumentError(absl::StrCat(
        "line ", plan::kMostLines + 1, ": of ", lines->size(), ", more than a plan document has"));
  }
  absl::StatusOr<plan::ArticlePart> articles = plan::ReadArticles(*lines);
  if (!articles.ok()) return articles.status();
  absl::StatusOr<plan::TablePart> table = plan::ReadTable(*lines, articles->end);
  if (!table.ok()) return table.status();
  return plan::Assembler(*lines, *std::move(articles), *std::move(table)).Build();
}

}  // namespace guitu::aggregates
