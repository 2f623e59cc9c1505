// A disk of a few megabytes, so that a test can fill it: a tmpfs that only this process and its
// children see, in a mount namespace of their own. Needs root, or user namespaces; Mount says what
// is missing. One at a time, from a process with one thread.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace guitu::journeys {

class SmallDisk {
 public:
  // `dir` is there and empty.
  explicit SmallDisk(std::string dir) : dir_(std::move(dir)) {}
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  absl::Status Mount(uint64_t megabytes);
  // Writes a file until nothing more fits in. False: something did not go as it should.
  bool Fill() const;
  // Removes it.
  void Free() const;
  uint64_t FreeBytes() const;

 private:
  std::string Filler() const { return dir_ + "/filler"; }

  const std::string dir_;
  bool mounted_ = false;
};

}  // namespace guitu::journeys
