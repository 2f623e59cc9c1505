// Words that are banned, each with what to use in its place and where it is at home. Code is
// searched without comments and literals, so a message may name what it forbids.
//
// Held by ban_rules_test.cc on samples and by tidy_test.cc on the tree. Pure; O(text × words).
#pragma once

#include "tests/tidy/finding.h"

namespace guitu::tidy {

Findings WallClock(const Tree& tree);      // time comes through the Clock port
Findings Randomness(const Tree& tree);     // randomness comes through an injected source
Findings StandardOut(const Tree& tree);    // only programs print
Findings SkippedTests(const Tree& tree);   // a test runs or does not exist
Findings SleepingTests(const Tree& tree);  // a test waits for an event, not for time to pass
Findings BareTodo(const Tree& tree);       // unfinished work has an issue

}  // namespace guitu::tidy
