// Makes an item of an article and its row: units and milestones, and a defect for every difference.
#pragma once

#include <string>
#include <vector>

#include "aggregates/plan/article_reader.h"
#include "aggregates/plan/milestone_reader.h"
#include "aggregates/plan/plan_document.h"
#include "aggregates/plan/table_reader.h"

namespace guitu::aggregates::plan {

struct ComparedItem {
  PlanItem item;  // readings and conflict are filled in later, from all defects of the item.
  std::vector<PlanDefect> defects;
};

// `leaf` or `row` may be null, not both. A task without row is not a defect here: whether one is
// missing depends on its neighbours.
ComparedItem CompareItem(const ArticleLeaf* leaf, const TableRow* row, const Period& period);

}  // namespace guitu::aggregates::plan
