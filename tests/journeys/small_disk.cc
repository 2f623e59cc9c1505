#include "tests/journeys/small_disk.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "absl/strings/str_cat.h"

namespace guitu::journeys {
namespace {

absl::Status Trouble(const char* what) {
  return absl::UnavailableError(
      absl::StrCat(what, ": ", std::strerror(errno),
                   " (this test mounts a tmpfs of its own: run it as root, or where user "
                   "namespaces are allowed)"));
}

// Maps this user to root of a namespace of its own.
bool BecomeRoot() {
  const auto uid = ::getuid();
  const auto gid = ::getgid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  auto write = [](const char* path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    return file.flush().good();
  };
  return write("/proc/self/setgroups", "deny") &&
         write("/proc/self/uid_map", absl::StrCat("0 ", uid, " 1")) &&
         write("/proc/self/gid_map", absl::StrCat("0 ", gid, " 1"));
}

// What is mounted here stays here. In a changed root "/" is no mount point; then `dir` is made one.
bool MakePrivate(const std::string& dir) {
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0) return true;
  return errno == EINVAL && ::mount(dir.c_str(), dir.c_str(), nullptr, MS_BIND, nullptr) == 0 &&
         ::mount("none", dir.c_str(), nullptr, MS_PRIVATE, nullptr) == 0;
}

}  // namespace

SmallDisk::~SmallDisk() {
  if (mounted_) ::umount2(dir_.c_str(), MNT_DETACH);
}

absl::Status SmallDisk::Mount(uint64_t megabytes) {
  if (::unshare(CLONE_NEWNS) != 0 && !BecomeRoot()) return Trouble("a mount namespace");
  if (!MakePrivate(dir_)) return Trouble("a private mount namespace");
  std::string options = absl::StrCat("size=", megabytes, "m,mode=700");
  if (::mount("tmpfs", dir_.c_str(), "tmpfs", 0, options.c_str()) != 0)
    return Trouble("mounting a tmpfs");
  mounted_ = true;
  return absl::OkStatus();
}

bool SmallDisk::Fill() const {
  const int file = ::open(Filler().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return false;
  const std::vector<char> block(64 << 10, 'x');
  // To the last byte: smaller and smaller pieces.
  for (size_t piece = block.size(); piece > 0; piece /= 2) {
    while (::write(file, block.data(), piece) > 0) {
    }
  }
  const bool full = errno == ENOSPC;
  ::close(file);
  return full;
}

void SmallDisk::Free() const { ::unlink(Filler().c_str()); }

uint64_t SmallDisk::FreeBytes() const {
  struct statvfs info {};
  if (::statvfs(dir_.c_str(), &info) != 0) return 0;
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace guitu::journeys
