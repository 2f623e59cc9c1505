#include "aggregates/plan/compare.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "aggregates/plan/defect_catalogue.h"
#include "aggregates/plan/unit_directory.h"
#include "aggregates/plan/wording_diff.h"

namespace guitu::aggregates::plan {
namespace {

constexpr char kArticle[] = "article";
constexpr char kTable[] = "table";
constexpr size_t kLongestName = 60;

// What is compared: code where known, else the name.
std::vector<std::string> Keys(const UnitList& list) {
  std::vector<std::string> keys;
  for (const UnitMention& mention : list.mentions) {
    if (mention.codes.empty()) keys.push_back(mention.text);
    keys.insert(keys.end(), mention.codes.begin(), mention.codes.end());
  }
  return keys;
}

class Comparison {
 public:
  Comparison(const ArticleLeaf* leaf, const TableRow* row, const Period& period)
      : leaf_(leaf), row_(row) {
    PlanItem& item = result.item;
    if (leaf != nullptr) {
      item.item = leaf->Item();
      item.article = leaf->Label();
      item.title = leaf->title;
      item.line = leaf->line;
      item.text = std::string(absl::StripAsciiWhitespace(ToUtf8(leaf->body.text)));
      id_ = item.item;
    } else {
      item.item = id_ = absl::StrCat("row-", row->line);
      item.title = Shorten(row->title, kLongestName);
      item.text = row->body;
      item.line = row->line;
    }
    if (row == nullptr) return;
    item.table_line = row->line;
    Milestones read = ReadMilestones(*row, id_, period);
    item.milestones = std::move(read.milestones);
    result.defects = std::move(read.defects);
  }

  void Units();
  void Row();
  void Wording();
  ComparedItem result;

 private:
  struct Field {
    absl::string_view name;  // "lead"
    UnitList article, table;
  };

  void Report(DefectFacts facts) {
    facts.item = id_;
    if (facts.line == 0) facts.line = row_ != nullptr ? row_->line : leaf_->line;
    result.defects.push_back(MakeDefect(std::move(facts)));
  }
  std::vector<PlanReading> Both(absl::string_view field, const std::string& article,
                                int article_line, const std::string& table) const {
    return {{kArticle, std::string(field), article, article_line},
            {kTable, std::string(field), table, row_->line}};
  }

  void Names(const Field& field, absl::string_view source);
  void CompareField(const Field& field);
  void CompareNames(const Field& field);
  void InBothColumns(const UnitList& lead, const UnitList& support);
  void ArticleWithoutUnits(const Field& lead, const Field& support);
  void Displaced(const Field& lead, const Field& support);

  const ArticleLeaf* leaf_;
  const TableRow* row_;
  std::string id_;
};

// Every unknown name and every variant, each with its line. A variant is told with the spelling of
// the other source, if that is another one.
void Comparison::Names(const Field& field, absl::string_view source) {
  const bool of_article = source == kArticle;
  const UnitList& list = of_article ? field.article : field.table;
  const std::string name(field.name);
  const std::string from(source);
  const auto reading = [&](absl::string_view where, const UnitMention& mention) {
    return PlanReading{std::string(where), name, Shorten(mention.text, kLongestName), mention.line};
  };
  if (list.empty_name) {
    const int line = of_article ? leaf_->units_line : row_->line;
    Report(
        {.kind = "empty_unit_name", .line = line, .readings = {{from, name, list.Text(), line}}});
  }
  for (const UnitMention& mention : list.mentions) {
    const bool unknown = mention.codes.empty();
    if (!unknown && !mention.variant) continue;
    std::vector<PlanReading> readings = {reading(source, mention)};
    for (const UnitMention& other : (of_article ? field.table : field.article).mentions) {
      if (unknown || other.codes != mention.codes || other.text == mention.text) continue;
      const auto at = of_article ? readings.end() : readings.begin();  // The article comes first.
      readings.insert(at, reading(of_article ? kTable : kArticle, other));
    }
    Report({.kind = unknown ? "unknown_unit" : "unit_variant",
            .detail = Shorten(mention.text, kLongestName),
            .unit = unknown ? "" : mention.codes[0],
            .line = mention.line,
            .readings = std::move(readings)});
  }
}

void Comparison::CompareField(const Field& field) {
  std::vector<std::string> article = Keys(field.article);
  std::vector<std::string> table = Keys(field.table);
  const bool in_order = article == table;
  std::sort(article.begin(), article.end());
  std::sort(table.begin(), table.end());
  if (!in_order) {
    Report({.kind = article == table ? "unit_order_differs" : "units_differ",
            .detail = std::string(field.name),
            .readings =
                Both(field.name, field.article.Text(), leaf_->units_line, field.table.Text())});
  }
  CompareNames(field);
}

// One unit, two spellings, neither that of the directory. (Names tells where only one is strange.)
void Comparison::CompareNames(const Field& field) {
  for (const UnitMention& left : field.article.mentions) {
    for (const UnitMention& right : field.table.mentions) {
      if (left.codes.empty() || left.codes != right.codes || left.text == right.text) continue;
      if (!left.variant || !right.variant) continue;
      Report({.kind = "unit_name_differs",
              .detail = absl::StrCat(left.text, " / ", right.text),
              .unit = left.codes[0],
              .readings = Both(field.name, left.text, left.line, right.text)});
    }
  }
}

void Comparison::InBothColumns(const UnitList& lead, const UnitList& support) {
  UnitList both;
  for (const UnitMention& mention : lead.mentions) {
    const auto same = [&](const UnitMention& other) { return other.text == mention.text; };
    if (std::any_of(support.mentions.begin(), support.mentions.end(), same)) {
      both.mentions.push_back(mention);
    }
  }
  if (both.mentions.empty()) return;
  Report({.kind = "unit_in_both_columns",
          .detail = both.Text(),
          .readings = {{kTable, "lead", lead.Text(), row_->line},
                       {kTable, "support", support.Text(), row_->line}}});
}

// Units that slid into the years: neither column is decided for them.
void Comparison::Displaced(const Field& lead, const Field& support) {
  for (const TableCell& cell : row_->displaced) {
    std::vector<PlanReading> readings = {{kTable, "progress", cell.text, row_->line}};
    for (const Field* field : {&lead, &support}) {
      const std::string name(field->name);
      if (!field->table.mentions.empty() || leaf_ == nullptr) continue;
      readings.push_back({kArticle, name, field->article.Text(), leaf_->units_line});
    }
    Report({.kind = "unit_in_progress_column", .detail = cell.text, .readings = readings});
  }
}

void Comparison::ArticleWithoutUnits(const Field& lead, const Field& support) {
  // Article 36 says only "the departments concerned".
  const std::string body = ToUtf8(Normalize(leaf_->body).text);
  const std::string said = absl::StartsWith(body, "有关部门") ? "有关部门" : "";
  std::vector<PlanReading> readings = Both("lead", said, leaf_->line, lead.table.Text());
  if (!support.table.mentions.empty()) {
    readings.push_back({kTable, "support", support.table.Text(), row_->line});
  }
  Report({.kind = "article_without_units", .line = leaf_->line, .readings = std::move(readings)});
}

void Comparison::Units() {
  Field lead{"lead", {}, {}};
  Field support{"support", {}, {}};
  const bool by_article = leaf_ != nullptr && leaf_->has_units;
  if (by_article) {
    lead.article = ReadUnits(leaf_->lead);
    support.article = ReadUnits(leaf_->support);
  } else if (row_ == nullptr && IsOffice(leaf_->title)) {
    // The sixth article says what the office does and has no list of its own.
    lead.article = ReadUnits(leaf_->title, leaf_->line);
  }
  if (row_ != nullptr) {
    lead.table = ReadUnits(row_->lead, row_->line);
    support.table = ReadUnits(row_->support, row_->line);
  }
  for (const Field* field : {&lead, &support}) {
    Names(*field, kArticle);
    Names(*field, kTable);
  }
  if (row_ != nullptr) {
    InBothColumns(lead.table, support.table);
    Displaced(lead, support);
    if (by_article) {
      for (const Field* field : {&lead, &support}) {
        if (field->table.mentions.empty() && !row_->displaced.empty()) continue;
        CompareField(*field);
      }
    } else if (leaf_ != nullptr) {
      ArticleWithoutUnits(lead, support);
    }
  }
  const bool from_table = !by_article && row_ != nullptr;
  result.item.lead = (from_table ? lead.table : lead.article).Codes();
  result.item.support = (from_table ? support.table : support.article).Codes();
}

void Comparison::Row() {
  if (row_ == nullptr || leaf_ == nullptr) return;
  if (!row_->has_task) {
    Report({.kind = "no_task_text", .readings = Both("text", leaf_->title, leaf_->line, "")});
  }
  if (!row_->text_in_support.empty()) {
    Report({.kind = "text_in_unit_column",
            .detail = "support",
            .readings = Both("support", ToUtf8(leaf_->support.text), leaf_->units_line,
                             Shorten(Normalize(row_->text_in_support), kLongestName))});
  }
  if (!row_->heading.empty() && row_->heading != leaf_->heading) {
    Report({.kind = "heading_differs",
            .readings = Both("title", leaf_->heading, leaf_->line, row_->heading)});
  }
  if (row_->number.has_value() && *row_->number != leaf_->sub) {
    const std::string number = absl::StrCat(*row_->number);
    Report({.kind = "numbering_differs",
            .detail = number,
            .readings = Both("number", absl::StrCat(leaf_->sub), leaf_->line, number)});
  }
}

void Comparison::Wording() {
  if (row_ == nullptr || leaf_ == nullptr || !row_->has_task) return;
  const bool titled = row_->title == leaf_->title;
  std::vector<PlanReading> readings;
  for (const WordingDifference& place :
       CompareWording(leaf_->body, titled ? row_->body : row_->whole)) {
    for (PlanReading& reading : Both("text", place.left, place.left_line, place.right)) {
      readings.push_back(std::move(reading));
    }
  }
  if (!readings.empty()) Report({.kind = "wording_differs", .readings = std::move(readings)});
}

}  // namespace

ComparedItem CompareItem(const ArticleLeaf* leaf, const TableRow* row, const Period& period) {
  Comparison comparison(leaf, row, period);
  comparison.Units();
  comparison.Row();
  comparison.Wording();
  return std::move(comparison.result);
}

}  // namespace guitu::aggregates::plan
