#include "adapters/crypto/posix_file.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"

namespace guitu::crypto {

absl::Status ErrnoStatus(absl::string_view doing, int error) {
  const std::string message = absl::StrCat(doing, ": error ", error, " of the system");
  if (error == ENOSPC || error == EDQUOT) return absl::ResourceExhaustedError(message);
  return absl::UnavailableError(message);
}

absl::Status WriteAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoStatus("writing", errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> ReadUpTo(int fd, std::span<char> buffer) {
  size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t got = ::read(fd, buffer.data() + done, buffer.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus("reading", errno);
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

absl::Status SyncDirectoryOf(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  const Descriptor directory(
      ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.ok()) return ErrnoStatus("opening a directory", errno);
  if (::fsync(directory.get()) != 0) return ErrnoStatus("syncing a directory", errno);
  return absl::OkStatus();
}

}  // namespace guitu::crypto
