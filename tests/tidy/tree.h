// The tree under examination: every file git would hold, as text.
//
// Values; a rule is a function from a Tree to what it found wrong, so that it runs alike on the
// real tree and on a sample of two lines.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace guitu::tidy {

enum class Kind {
  kCpp,
  kSchema,  // .capnp
  kCmake,
  kScript,  // starts with #!
  kDoc,     // .md
  kWeb,     // .html, .css, .js, .ts
  kData     // everything else: not written by hand, or not by our rules
};

struct File {
  std::string path;  // from the root, with '/': "events/ids.h"
  Kind kind = Kind::kData;
  bool executable = false;
  std::string text;                  // empty for a binary file
  std::vector<std::string> lines;    // as written, without line ends
  std::vector<std::string> code;     // kCpp: see CodeText
  std::vector<std::string> comment;  // kCpp: see CodeText
};

using Tree = std::vector<File>;

File MakeFile(absl::string_view path, std::string text, bool executable = false);

// Reads the tree below `root`, sorted by path, without build folders, node_modules and what begins
// with a dot (but with .ci). Throws std::filesystem::filesystem_error if `root` cannot be read.
Tree ReadTree(const std::string& root);

// Whether `path` is in `folder` or below: ("events/a.h", "events") is, ("events_x/a.h", "events")
// not.
bool IsIn(absl::string_view path, absl::string_view folder);

}  // namespace guitu::tidy
