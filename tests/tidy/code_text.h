// What of a C++ text is code and what is comment, line by line, so that a rule about code does not
// trip over prose or over the sample in a test's string.
//
// Knows //, /* */, "...", '...', raw strings and digit separators; not trigraphs and line splices.
// Pure, any thread, O(text).
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace guitu::tidy {

// Both have one entry a line of the text.
struct CodeText {
  std::vector<std::string> code;     // comments left out, literals empty: `Call("", x);`
  std::vector<std::string> comment;  // what comments say, without their marks
};

CodeText SplitCode(absl::string_view text);

}  // namespace guitu::tidy
