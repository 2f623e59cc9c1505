// How a file is written: width, length, line ends, paths.
//
// Held by text_rules_test.cc on samples and by tidy_test.cc on the tree. Pure; O(text).
#pragma once

#include "tests/tidy/finding.h"

namespace guitu::tidy {

// 100 code points a line in code, schemas, CMake and scripts; a Chinese character counts as one.
Findings Columns(const Tree& tree);

// 800 lines a file, 1000 a test.
Findings Length(const Tree& tree);

// No tabs, no trailing space, no carriage returns, exactly one newline at the end.
Findings Whitespace(const Tree& tree);

// No path of somebody's machine, in no file.
Findings MachinePaths(const Tree& tree);

}  // namespace guitu::tidy
