#include "tests/tidy/text_rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace guitu::tidy {
namespace {

constexpr size_t kColumnsMax = 100;
constexpr size_t kLinesMax = 800;
constexpr size_t kTestLinesMax = 1000;

// REQUIRES: UTF-8; a continuation byte is 10xxxxxx.
size_t CodePoints(absl::string_view line) {
  return static_cast<size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

bool IsCode(const File& file) {
  return file.kind != Kind::kData && file.kind != Kind::kDoc && file.kind != Kind::kWeb;
}

// Bytes that stand before a path but not inside one.
bool MayPrecedePath(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '.' &&
         c != '-' && c != '}' && c != ')' && c != '/';
}

}  // namespace

Findings Columns(const Tree& tree) {
  static const auto* except = new std::vector<Exception>{
      {"events/schema/reason.capnp", "a table: one reason a line, with its texts in two languages"},
  };
  Findings findings;
  for (const File& file : tree) {
    if (!IsCode(file) || IsExcepted(file.path, *except)) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const size_t columns = CodePoints(file.lines[i]);
      if (columns <= kColumnsMax) continue;
      findings.push_back(
          At(file, i, absl::StrCat(columns, " columns (wrap at ", kColumnsMax, ")")));
    }
  }
  return findings;
}

Findings Length(const Tree& tree) {
  Findings findings;
  for (const File& file : tree) {
    if (!IsCode(file) && file.kind != Kind::kWeb) continue;
    const size_t limit = IsIn(file.path, "tests") ? kTestLinesMax : kLinesMax;
    if (file.lines.size() <= limit) continue;
    findings.push_back(
        At(file, limit,
           absl::StrCat(file.lines.size(), " lines (split at ", limit, "; near 150 reads best)")));
  }
  return findings;
}

Findings Whitespace(const Tree& tree) {
  Findings findings;
  for (const File& file : tree) {
    if (file.kind == Kind::kData || file.text.empty()) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const absl::string_view line = file.lines[i];
      if (absl::StrContains(line, '\t')) findings.push_back(At(file, i, "tab (use spaces)"));
      if (absl::StrContains(line, '\r')) {
        findings.push_back(At(file, i, "carriage return (lines end in \\n)"));
      } else if (!line.empty() && line.back() == ' ') {
        findings.push_back(At(file, i, "space at the end of the line"));
      }
    }
    const size_t last = file.lines.size() - 1;
    if (file.text.back() != '\n') {
      findings.push_back(At(file, last, "no newline at the end"));
    } else if (file.lines[last].empty()) {
      findings.push_back(At(file, last, "empty line at the end"));
    }
  }
  return findings;
}

Findings MachinePaths(const Tree& tree) {
  Findings findings;
  for (const File& file : tree) {
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const absl::string_view line = file.lines[i];
      // Written so that these lines do not find themselves.
      for (absl::string_view name : {"work", "root", "home", "Users", "farm"}) {
        const std::string path = absl::StrCat("/", name, "/");
        const size_t at = line.find(path);
        if (at == absl::string_view::npos || (at > 0 && !MayPrecedePath(line[at - 1]))) continue;
        findings.push_back(
            At(file, i,
               absl::StrCat(path,
                            " is a place on one machine (use a path from the root of "
                            "the tree, or one handed in)")));
      }
    }
  }
  return findings;
}

}  // namespace guitu::tidy
