// Ballast: disk blocks that are held only to be given up. When the disk is full the log drops them,
// and access records, so audited reading, go on in the room they leave.
//
// The blocks are allocated for real (posix_fallocate), not a hole in a file.
// Errors: kResourceExhausted = no space, kUnavailable = the disk.
// Threads: any one at a time. Nothing here blocks longer than an allocation of `bytes`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace guitu::embedded_log {

// Bytes a process without privileges may still write to the file system of `path`; 0 if that cannot
// be asked.
using FreeBytes = std::function<uint64_t(const std::string& path)>;
uint64_t FreeBytesByStatvfs(const std::string& path);

class Ballast {
 public:
  Ballast(std::string path, uint64_t bytes, FreeBytes free_bytes)
      : path_(std::move(path)), bytes_(bytes), free_bytes_(std::move(free_bytes)) {}

  // All blocks are allocated.
  bool Whole() const;
  // Gives every block back. Done when it returns.
  absl::Status Release();
  // Allocates what is missing, and only if as much again stays free: a log that left its emergency
  // with no room to write would be back in it with its next record.
  absl::Status Restore();
  // Allocates what is missing, whatever stays free.
  absl::Status Allocate();

 private:
  std::string path_;
  uint64_t bytes_;
  FreeBytes free_bytes_;
};

}  // namespace guitu::embedded_log
