// The units the plan knows, and the reading of a list of unit names.
//
// The directory is knowledge, not derived: codes, names and the spellings known to mean one unit
// (domain/plan.md, "Unit directory" and defect 15). A spelling not in it stays unknown, however
// near it looks: whether 网信市场局 is the market bureau is for the office to say.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "aggregates/plan/plan_document.h"
#include "aggregates/plan/plan_text.h"

namespace guitu::aggregates::plan {

// All units: the members in the order of article 5, then the others. Lives for ever.
const std::vector<PlanUnit>& Directory();

// One name of a list, as it was read.
struct UnitMention {
  std::string text;  // as written, without spaces; both halves of a split name.
  std::vector<std::string>
      codes;             // empty: unknown. Two where one name means two (counties and members).
  bool variant = false;  // a spelling that is to be reported.
  int line = 0;          // where the name begins.
};

struct UnitList {
  std::vector<UnitMention> mentions;
  bool empty_name = false;  // "A、、B" or a list that ends in "、".
  std::vector<std::string> Codes() const;
  std::string Text() const;  // joined by "、".
};

// Reads names joined by "、". Never fails: what is unknown is kept as an unknown mention.
UnitList ReadUnits(const LinedText& list);
UnitList ReadUnits(absl::string_view list, int line);

// Whether any name of the list is known: tells a list of units from a sentence.
bool NamesKnownUnit(absl::string_view list);

// Whether this is the office's name: an article headed so is the office's task.
bool IsOffice(absl::string_view name);

}  // namespace guitu::aggregates::plan
