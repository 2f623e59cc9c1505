// The few calls of POSIX that ballast, lock and anchor need, with errors as Status. Inner header.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace guitu::embedded_log {

// Owns a file descriptor; errno of a failed open is left alone.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  bool ok() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

// kResourceExhausted for a full disk or quota, else kUnavailable. `doing` holds no path.
absl::Status ErrnoStatus(absl::string_view doing, int error);

absl::Status WriteAllAt(int fd, absl::string_view bytes, uint64_t position);

// Makes the creation, renaming or removal of names in `dir` durable.
absl::Status SyncDirectory(const std::string& dir);

}  // namespace guitu::embedded_log
