#include "adapters/crypto/issuer_file.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "adapters/crypto/random.h"
#include "adapters/crypto/sha256.h"
#include "events/derive.h"

namespace guitu::crypto {
namespace {

constexpr size_t kFileBytes =
    crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + kSecretBytes;
using FileBytes = std::array<uint8_t, kFileBytes>;

events::Hash256 FileKey(const Secret& root_key) {
  return events::Hmac(Sha256, root_key.view(), "guitu issuer file v1");
}

absl::Status Trouble() {
  if (errno == ENOSPC) return absl::ResourceExhaustedError("no space for the issuer's key");
  return absl::UnavailableError("the issuer's key cannot be written");
}

}  // namespace

absl::Status WriteIssuerFile(const std::string& path, const Secret& root_key, const Secret& seed) {
  FileBytes bytes{};
  FillRandom({bytes.data(), crypto_secretbox_NONCEBYTES});
  events::Hash256 key = FileKey(root_key);
  crypto_secretbox_easy(bytes.data() + crypto_secretbox_NONCEBYTES, seed.data().data(),
                        kSecretBytes, bytes.data(), key.bytes.data());
  sodium_memzero(key.bytes.data(), key.bytes.size());
  int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return Trouble();
  bool whole = ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
               ::fsync(file) == 0;
  absl::Status status = whole ? absl::OkStatus() : Trouble();
  ::close(file);
  return status;
}

absl::StatusOr<Secret> ReadIssuerFile(const std::string& path, const Secret& root_key) {
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return absl::NotFoundError("there is no issuer's key in the data directory");
  FileBytes bytes{};
  ssize_t size = ::read(file, bytes.data(), bytes.size());
  ::close(file);
  Secret seed;
  events::Hash256 key = FileKey(root_key);
  bool opened =
      size == static_cast<ssize_t>(bytes.size()) &&
      crypto_secretbox_open_easy(seed.data().data(), bytes.data() + crypto_secretbox_NONCEBYTES,
                                 bytes.size() - crypto_secretbox_NONCEBYTES, bytes.data(),
                                 key.bytes.data()) == 0;
  sodium_memzero(key.bytes.data(), key.bytes.size());
  if (!opened)
    return absl::PermissionDeniedError("the issuer's key does not open under this root key");
  return seed;
}

}  // namespace guitu::crypto
