#include "tests/tidy/tree.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "tests/tidy/code_text.h"

namespace guitu::tidy {
namespace {

namespace fs = std::filesystem;

Kind KindOf(absl::string_view path, absl::string_view text) {
  constexpr std::array<std::pair<absl::string_view, Kind>, 12> kBySuffix = {{
      {".h", Kind::kCpp},
      {".cc", Kind::kCpp},
      {".capnp", Kind::kSchema},
      {"CMakeLists.txt", Kind::kCmake},
      {".cmake", Kind::kCmake},
      {".md", Kind::kDoc},
      {".html", Kind::kWeb},
      {".css", Kind::kWeb},
      {".js", Kind::kWeb},
      {".mjs", Kind::kWeb},
      {".ts", Kind::kWeb},
      {".sh", Kind::kScript},
  }};
  for (const auto& [suffix, kind] : kBySuffix) {
    if (absl::EndsWith(path, suffix)) return kind;
  }
  return absl::StartsWith(text, "#!") ? Kind::kScript : Kind::kData;
}

bool IsOurs(const fs::path& name, bool at_root) {
  const std::string text = name.string();
  if (text == "node_modules") return false;
  if (at_root && absl::StartsWith(text, "build")) return false;
  return text[0] != '.' || text == ".ci";
}

std::string Read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

File MakeFile(absl::string_view path, std::string text, bool executable) {
  File file;
  file.path = std::string(path);
  file.executable = executable;
  if (absl::StrContains(text, '\0')) return file;
  file.kind = KindOf(path, text);
  file.lines = absl::StrSplit(text, '\n');
  if (file.lines.back().empty()) file.lines.pop_back();
  if (file.kind == Kind::kCpp) {
    CodeText split = SplitCode(text);
    file.code = std::move(split.code);
    file.comment = std::move(split.comment);
  }
  file.text = std::move(text);
  return file;
}

Tree ReadTree(const std::string& root) {
  Tree tree;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::end(it); ++it) {
    if (!IsOurs(it->path().filename(), it.depth() == 0)) {
      if (it->is_directory()) it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file()) continue;
    const bool executable = (it->status().permissions() & fs::perms::owner_exec) != fs::perms::none;
    tree.push_back(
        MakeFile(fs::relative(it->path(), root).generic_string(), Read(it->path()), executable));
  }
  std::sort(tree.begin(), tree.end(), [](const File& a, const File& b) { return a.path < b.path; });
  return tree;
}

bool IsIn(absl::string_view path, absl::string_view folder) {
  return absl::StartsWith(path, folder) &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace guitu::tidy
