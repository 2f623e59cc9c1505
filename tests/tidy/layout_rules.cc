#include "tests/tidy/layout_rules.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace guitu::tidy {
namespace {

constexpr size_t kReadmeLinesMax = 60;

// The folders that owe a guide: the top ones, and each adapter, which is a room of its own. Other
// inner folders are explained by the README above them.
std::set<std::string> FoldersWithGuide(const Tree& tree) {
  std::set<std::string> folders;
  for (const File& file : tree) {
    const std::vector<absl::string_view> parts = absl::StrSplit(file.path, '/');
    if (parts.size() < 2 || parts[0] == ".ci") continue;
    folders.insert(std::string(parts[0]));
    if (parts[0] == "adapters" && parts.size() > 2) {
      folders.insert(absl::StrCat(parts[0], "/", parts[1]));
    }
  }
  return folders;
}

}  // namespace

Findings HeaderContracts(const Tree& tree) {
  Findings findings;
  for (const File& file : tree) {
    if (!absl::EndsWith(file.path, ".h")) continue;
    if (file.lines.empty() || !absl::StartsWith(file.lines[0], "// ")) {
      findings.push_back(At(
          file, 0, "no contract on top (say in comment lines what it is for, and its promises)"));
    }
    if (std::find(file.code.begin(), file.code.end(), "#pragma once") == file.code.end()) {
      findings.push_back(At(file, 0, "no #pragma once"));
    }
  }
  return findings;
}

Findings FolderReadmes(const Tree& tree) {
  Findings findings;
  std::map<std::string, const File*> files;
  for (const File& file : tree) files[file.path] = &file;
  for (const std::string& folder : FoldersWithGuide(tree)) {
    const std::string path = absl::StrCat(folder, "/README.md");
    if (files.count(path) == 0) {
      findings.push_back(absl::StrCat(
          path, ":1: missing (what lives here, what may not, where to look, how to add one more)"));
    }
  }
  for (const auto& [path, file] : files) {
    if (!absl::EndsWith(path, "/README.md") || file->lines.size() <= kReadmeLinesMax) continue;
    findings.push_back(
        At(*file, kReadmeLinesMax,
           absl::StrCat(file->lines.size(), " lines (at most ", kReadmeLinesMax, ": one screen)")));
  }
  return findings;
}

Findings ExecutableScripts(const Tree& tree) {
  Findings findings;
  for (const File& file : tree) {
    const bool script = absl::StartsWith(file.text, "#!");
    if (script && !file.executable) findings.push_back(At(file, 0, "not executable (chmod +x)"));
    if (!script && file.executable) {
      findings.push_back(At(file, 0, "executable, but no script (chmod -x)"));
    }
  }
  return findings;
}

}  // namespace guitu::tidy
