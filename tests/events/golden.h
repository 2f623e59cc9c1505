// Golden files: what was once written, so that a change of layout is seen before it meets an old
// log. They are only ever added to. A missing one is written when GUITU_WRITE_GOLDEN is set, and
// fails the test otherwise; one that is there is never written again.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace guitu::events {

// GUITU_GOLDEN_DIR is tests/golden of the source tree; the build sets it.
inline std::filesystem::path GoldenPath(const std::string& name) {
  return std::filesystem::path(GUITU_GOLDEN_DIR) / name;
}

inline std::string ReadGolden(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

// The bytes of the file; `fresh` if it is new and may be written.
inline std::string Golden(const std::string& name, const std::string& fresh) {
  std::filesystem::path path = GoldenPath(name);
  if (!std::filesystem::exists(path) && std::getenv("GUITU_WRITE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << fresh;
  }
  EXPECT_TRUE(std::filesystem::exists(path)) << path << " is missing; see tests/golden/README.md";
  return ReadGolden(path);
}

}  // namespace guitu::events
