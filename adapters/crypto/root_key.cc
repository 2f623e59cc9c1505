#include "adapters/crypto/root_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "adapters/crypto/posix_file.h"

namespace guitu::crypto {
namespace {

constexpr size_t kHexDigits = 2 * kSecretBytes;

// The text of the file, wiped with its scope.
struct KeyText {
  std::array<char, kHexDigits + 2>
      chars{};  // digits, newline, and one more to notice a longer file
  KeyText() = default;
  KeyText(const KeyText&) = delete;
  KeyText& operator=(const KeyText&) = delete;
  ~KeyText() { sodium_memzero(chars.data(), chars.size()); }
};

absl::Status CheckOwnership(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return ErrnoStatus("looking at the root key file", errno);
  if (!S_ISREG(info.st_mode)) return absl::InvalidArgumentError("the root key file is not a file");
  if ((info.st_mode & 077) != 0) {
    return absl::PermissionDeniedError(
        "group or others may use the root key file: its mode must be 0600 or 0400");
  }
  if (info.st_uid != ::geteuid() && info.st_uid != 0) {
    return absl::PermissionDeniedError("the root key file belongs to another user");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Secret> CreateRootKey(const std::string& path) {
  Secret key = Secret::Random();
  if (absl::Status written = WriteRootKey(path, key); !written.ok()) return written;
  return key;
}

absl::Status WriteRootKey(const std::string& path, const Secret& key) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.ok()) {
    if (errno == EEXIST) return absl::AlreadyExistsError("the root key file exists already");
    return ErrnoStatus("creating the root key file", errno);
  }
  KeyText text;
  sodium_bin2hex(text.chars.data(), kHexDigits + 1, key.data().data(), kSecretBytes);
  text.chars[kHexDigits] = '\n';
  absl::Status status = WriteAll(file.get(), {text.chars.data(), kHexDigits + 1});
  // A umask can only take bits away; this gives back what a strange one took from the owner.
  if (status.ok() && ::fchmod(file.get(), 0600) != 0) status = ErrnoStatus("root key file", errno);
  if (status.ok() && ::fsync(file.get()) != 0) status = ErrnoStatus("syncing the root key", errno);
  if (status.ok()) status = SyncDirectoryOf(path);
  if (!status.ok()) ::unlink(path.c_str());  // never half a key
  return status;
}

absl::StatusOr<Secret> ReadRootKey(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file.ok()) {
    if (errno == ENOENT) return absl::NotFoundError("there is no root key file");
    if (errno == EACCES) return absl::PermissionDeniedError("the root key file may not be read");
    return ErrnoStatus("opening the root key file", errno);
  }
  if (absl::Status owned = CheckOwnership(file.get()); !owned.ok()) return owned;
  KeyText text;
  const absl::StatusOr<size_t> size = ReadUpTo(file.get(), text.chars);
  if (!size.ok()) return size.status();
  Secret key;
  size_t decoded = 0;
  const bool whole =
      *size == kHexDigits || (*size == kHexDigits + 1 && text.chars[kHexDigits] == '\n');
  if (!whole ||
      sodium_hex2bin(key.data().data(), kSecretBytes, text.chars.data(), kHexDigits, nullptr,
                     &decoded, nullptr) != 0 ||
      decoded != kSecretBytes) {
    return absl::InvalidArgumentError(
        "the root key file is not 64 hexadecimal digits and a newline");
  }
  return key;
}

}  // namespace guitu::crypto
