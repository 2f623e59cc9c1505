// The plan as events of the registry: its units (row 90) and its items (row 71), from the document
// or from the facts that are shipped, so that a clone without the document runs.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aggregates/plan/plan_document.h"
#include "events/event_body.h"

namespace guitu::app {

// The shipped facts (aggregates/plan/data/lincang_plan.json). They have titles, not the full texts.
absl::StatusOr<aggregates::PlanDocument> ShippedPlan();

// One event each, units before the items that name them, superior units before those that act for
// them.
std::vector<events::Event> PlanEvents(const aggregates::PlanDocument& plan, absl::Time now);

}  // namespace guitu::app
