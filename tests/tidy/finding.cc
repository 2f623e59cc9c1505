#include "tests/tidy/finding.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace guitu::tidy {

std::string At(const File& file, size_t line, absl::string_view what) {
  return absl::StrCat(file.path, ":", line + 1, ": ", what);
}

bool IsExcepted(absl::string_view path, const std::vector<Exception>& exceptions) {
  return std::any_of(exceptions.begin(), exceptions.end(),
                     [&](const Exception& e) { return IsIn(path, e.path); });
}

}  // namespace guitu::tidy
