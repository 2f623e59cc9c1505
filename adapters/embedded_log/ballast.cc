#include "adapters/embedded_log/ballast.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>

#include "adapters/embedded_log/posix_file.h"

namespace guitu::embedded_log {
namespace {

constexpr uint64_t kStatBlock = 512;  // unit of st_blocks, whatever the file system

uint64_t AllocatedBytes(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return 0;
  return static_cast<uint64_t>(info.st_blocks) * kStatBlock;
}

}  // namespace

uint64_t FreeBytesByStatvfs(const std::string& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0) return 0;
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

bool Ballast::Whole() const { return AllocatedBytes(path_) >= bytes_; }

absl::Status Ballast::Release() {
  if (::truncate(path_.c_str(), 0) != 0 && errno != ENOENT) {
    return ErrnoStatus("log: releasing the ballast", errno);
  }
  return absl::OkStatus();
}

absl::Status Ballast::Restore() {
  const uint64_t held = AllocatedBytes(path_);
  const uint64_t missing = held < bytes_ ? bytes_ - held : 0;
  const size_t slash = path_.rfind('/');
  if (free_bytes_(path_.substr(0, slash)) < missing + bytes_) {
    return absl::ResourceExhaustedError("log: still too little space on the disk");
  }
  return Allocate();
}

absl::Status Ballast::Allocate() {
  if (bytes_ == 0 || Whole()) return absl::OkStatus();
  const Descriptor file(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.ok()) return ErrnoStatus("log: opening the ballast", errno);
  // Returns the error instead of setting errno.
  const int error = ::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes_));
  if (error == 0) return absl::OkStatus();
  // A partial allocation would hold back space from everybody and protect nobody.
  absl::Status released = Release();
  return released.ok() ? ErrnoStatus("log: allocating the ballast", error) : released;
}

}  // namespace guitu::embedded_log
