// The Lincang plan (临政办发〔2022〕3号) as data: its units, its tasks and everything wrong with
// it.
//
// The document is articles 1-38 followed by a table of tasks by year. Each task stands twice, once
// as an article with its 负责/配合 list and once as a row; pages were lost and cells shifted on the
// way. The reader derives everything from the text and decides nothing:
//   1. Nothing is dropped: an unknown unit, a row that belongs to no article, a line between rows,
//      each is a defect with its line (PlanSynthetic.*, PlanRobust.*).
//   2. Nothing is guessed: units come from the article where it names any, else from the row; a
//      milestone has a year only if its words name one, or if its row stands column by column under
//      the year line and needs no other reading; both readings of a difference are kept.
//   3. `conflict` is set exactly where an item has a defect (plan.md: source line, both readings,
//      mark conflict; the office decides by event 71).
//   4. Same text, same document, same JSON, on every machine (PlanLincang.YieldsTheShippedFacts).
// Errors: InvalidArgument (not this kind of document, not UTF-8, too large) and DataLoss (it ends
// too early); both say "line N: ...". Threads: stateless, any thread. Cost: the real document, 64
// KiB, takes some milliseconds. Purity: no I/O, no clock, no randomness, no logging.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace guitu::aggregates {

// A unit of the directory. The member units come first, in the order of article 5.
struct PlanUnit {
  std::string code;     // "PSB"; a county has its county code, "530902".
  std::string name_zh;  // as article 5 or the domain description spells it.
  std::vector<std::string>
      variants;  // other spellings of the one unit; "A、B" is a name split in two.
  // "member" (article 5), "office", "members" (all of them together), "counties" (all of them),
  // "county", or "body" (records or reads, is no member).
  std::string kind;
  std::string acts_for;  // code of the unit it belongs to; empty for most.
  friend bool operator==(const PlanUnit&, const PlanUnit&) = default;
};

// A piece of a progress cell under one expression of time. No year: the words name none (a task
// that goes on, 长期坚持, or is due every year, 每年), or the source lost it (then there is a
// defect too).
struct PlanMilestone {
  std::optional<int> year;
  std::string text;
  int line = 0;
  friend bool operator==(const PlanMilestone&, const PlanMilestone&) = default;
};

// How one of the two sources reads. For long texts `text` is the place that differs, with a few
// characters either side.
struct PlanReading {
  std::string source;  // "article" or "table"; "document" for what is neither (dates, page heads).
  std::string field;   // "lead", "support", "text", "title", "milestone", "row", "units", ...
  std::string text;    // empty where the source has nothing there.
  int line = 0;        // 1-based line of the document.
  friend bool operator==(const PlanReading&, const PlanReading&) = default;
};

// A task. Maps one to one onto event 71 (PlanItemSet).
struct PlanItem {
  std::string item;     // "8(1)", "16"; "row-245" for a row no article could be found for.
  std::string article;  // "第八条（一）"; empty for such a row.
  std::string title;    // "人力资源领域"
  std::string text;     // the article without title and units. Not in the JSON, it is long.
  std::vector<std::string> lead;     // unit codes, in the order of the source.
  std::vector<std::string> support;  // unit codes.
  std::vector<PlanMilestone> milestones;
  int line = 0;                   // where the article (or the lone row) begins.
  std::optional<int> table_line;  // its row.
  std::vector<PlanReading> readings;
  bool conflict = false;
  std::optional<int> year;  // for an item that stands in one year only; the document has none.
  friend bool operator==(const PlanItem&, const PlanItem&) = default;
};

// Articles 1-38, tasks or not, so that a reference to one can be followed to its line.
struct PlanArticle {
  int number = 0;
  std::string title;
  int line = 0;
  friend bool operator==(const PlanArticle&, const PlanArticle&) = default;
};

struct PlanDefect {
  int number = 0;      // in the list of defects of domain/plan.md; 0: found beyond that list.
  std::string kind;    // "missing_row", "units_differ", ...: defect_catalogue.cc lists them.
  std::string item;    // item or article it belongs to; empty for a page.
  int line = 0;        // where to look first; readings name the other places.
  std::string zh, en;  // one sentence for people.
  std::vector<PlanReading> readings;
  friend bool operator==(const PlanDefect&, const PlanDefect&) = default;
};

struct PlanDocument {
  std::vector<PlanUnit> units;
  std::vector<PlanArticle> articles;
  std::vector<PlanItem> items;      // in the order of the articles, lone rows last.
  std::vector<PlanDefect> defects;  // by number (0 last), then line.
};

absl::StatusOr<PlanDocument> ParsePlanDocument(absl::string_view text);

// The facts of the document without its long texts, two spaces to a level, keys in a fixed order,
// a line feed at the end. `data/lincang_plan.json` is this of the real document.
std::string ToJson(const PlanDocument& document);

}  // namespace guitu::aggregates
