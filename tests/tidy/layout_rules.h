// What a folder and a file bring along: guides, contracts, bits.
//
// Held by layout_rules_test.cc on samples and by tidy_test.cc on the tree. Pure; O(files).
#pragma once

#include "tests/tidy/finding.h"

namespace guitu::tidy {

// Every header opens with its contract, a comment, and has #pragma once.
Findings HeaderContracts(const Tree& tree);

// Every top folder and every adapter has a README.md; none but the first is longer than one screen.
Findings FolderReadmes(const Tree& tree);

// A file that starts with #! can be run, and nothing else claims to be.
Findings ExecutableScripts(const Tree& tree);

}  // namespace guitu::tidy
