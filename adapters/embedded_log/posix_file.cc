#include "adapters/embedded_log/posix_file.h"

#include <fcntl.h>

#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace guitu::embedded_log {

absl::Status ErrnoStatus(absl::string_view doing, int error) {
  const std::string message = absl::StrCat(doing, ": ", std::generic_category().message(error));
  if (error == ENOSPC || error == EDQUOT) return absl::ResourceExhaustedError(message);
  return absl::UnavailableError(message);
}

absl::Status WriteAllAt(int fd, absl::string_view bytes, uint64_t position) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(position));
    if (written < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus("writing", errno);
    }
    bytes.remove_prefix(static_cast<size_t>(written));
    position += static_cast<uint64_t>(written);
  }
  return absl::OkStatus();
}

absl::Status SyncDirectory(const std::string& dir) {
  const Descriptor directory(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.ok()) return ErrnoStatus("opening a directory", errno);
  if (::fsync(directory.get()) != 0) return ErrnoStatus("syncing a directory", errno);
  return absl::OkStatus();
}

}  // namespace guitu::embedded_log
