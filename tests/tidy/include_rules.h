// Which way includes point. On a machine where all headers lie in one place the compiler accepts an
// aggregate that includes a store; these rules do not. They read text, generated headers are not
// seen.
//
// Held by include_rules_test.cc on samples and by tidy_test.cc on the tree. Pure; O(lines).
#pragma once

#include "tests/tidy/finding.h"

namespace guitu::tidy {

// events/ ← aggregates/ ← projections/ ← adapters/ ← tools/, tests/; and what of other libraries
// the three pure folders may use.
Findings IncludeDirection(const Tree& tree);

// Adapters meet through the ports of adapters/runtime/; adapters/app/ wires them.
Findings AdapterSiblings(const Tree& tree);

// A library's types stay in the folder that adapts it.
Findings LibraryHomes(const Tree& tree);

}  // namespace guitu::tidy
