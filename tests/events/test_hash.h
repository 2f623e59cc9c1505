// SHA-256 for the tests of events/, by OpenSSL: a second implementation beside adapters/crypto, so
// that the golden bytes do not rest on our own choice of library.
#pragma once

#include <openssl/evp.h>

#include <initializer_list>

#include "absl/strings/string_view.h"
#include "events/check.h"
#include "events/hash.h"

namespace guitu::events {

// A HashFunction.
inline Hash256 TestHash(std::initializer_list<absl::string_view> parts) {
  Hash256 out;
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  GUITU_CHECK(EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1);
  for (absl::string_view part : parts) {
    GUITU_CHECK(EVP_DigestUpdate(context, part.data(), part.size()) == 1);
  }
  GUITU_CHECK(EVP_DigestFinal_ex(context, out.bytes.data(), nullptr) == 1);
  EVP_MD_CTX_free(context);
  return out;
}

}  // namespace guitu::events
