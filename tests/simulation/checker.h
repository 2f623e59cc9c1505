// The judge: folds the log anew, alone, and holds history and live rows against it.
#pragma once

#include <string>
#include <vector>

#include "projections/rows.h"
#include "tests/adapters/runtime/test_ports.h"
#include "tests/simulation/history.h"

namespace guitu::simulation {

// What is wrong with a history, given the log and the rows that each node made of it; empty:
// nothing. REQUIRES: all of it is folded.
std::vector<std::string> Violations(const History& history, const runtime::World& world,
                                    const std::vector<const projections::RowReader*>& nodes);

}  // namespace guitu::simulation
