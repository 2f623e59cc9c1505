// What a rule found, in the form editors jump to: "events/ids.h:12: what is wrong (what to do)".
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/tidy/tree.h"

namespace guitu::tidy {

using Findings = std::vector<std::string>;

// `line` counts from 0, as in File::lines.
std::string At(const File& file, size_t line, absl::string_view what);

// One place that a rule leaves out, and why that is right. A rule without a reason has no
// exception.
struct Exception {
  absl::string_view path;  // a file, or a folder with all below it
  absl::string_view reason;
};

bool IsExcepted(absl::string_view path, const std::vector<Exception>& exceptions);

}  // namespace guitu::tidy
