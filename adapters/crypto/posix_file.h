// The few calls of POSIX that key files and locks need, with errors as Status. Inner header.
#pragma once

#include <unistd.h>

#include <span>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace guitu::crypto {

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

// kResourceExhausted for a full disk or quota, else kUnavailable; `doing` must hold no path.
absl::Status ErrnoStatus(absl::string_view doing, int error);

absl::Status WriteAll(int fd, absl::string_view bytes);
// Reads until the buffer is full or the file ends.
absl::StatusOr<size_t> ReadUpTo(int fd, std::span<char> buffer);
// Makes the creation or renaming of `path` durable.
absl::Status SyncDirectoryOf(const std::string& path);

}  // namespace guitu::crypto
