// Reads the progress cells of a row as milestones.
//
// A milestone is the text under one expression of time: a sentence that names a year, 每年 or
// 长期坚持 begins a new one, a sentence without any belongs to the one before it in the same
// paragraph.
#pragma once

#include <vector>

#include "aggregates/plan/plan_document.h"
#include "aggregates/plan/table_reader.h"

namespace guitu::aggregates::plan {

struct Period {
  int first = 0, last = 0;  // years of the plan, both included; 0: the document does not say.
};

struct Milestones {
  std::vector<PlanMilestone> milestones;
  std::vector<PlanDefect> defects;
};

// `item` is named in the defects. A cell without a year of its own gets that of its column only if
// the row stands under its year line column by column and several cells lie side by side with no
// year written in any: else the cells have been moved and their columns mean nothing.
Milestones ReadMilestones(const TableRow& row, const std::string& item, const Period& period);

}  // namespace guitu::aggregates::plan
