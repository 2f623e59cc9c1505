// Suite 1. The golden box was computed by another implementation (Python: hmac, HChaCha20 by the
// draft's text, ChaCha20-Poly1305 of pyca/cryptography): the format is for ever.
#include "adapters/crypto/box.h"

#include <gtest/gtest.h>

#include <array>

#include "adapters/crypto/random.h"
#include "tests/adapters/crypto/test_files.h"

namespace guitu::crypto {
namespace {

std::array<uint8_t, kSecretBytes> CountingKey() {
  std::array<uint8_t, kSecretBytes> key;
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<uint8_t>(i);
  return key;
}

constexpr char kPlain[] = "a follow-up in spring";
constexpr char kGolden[] =
    "404142434445464748494a4b4c4d4e4f5051525354555657"                  // nonce
    "3709a3f126a512d6a794be32a2a91b97f2db309661e99b8da8fd6c92bb776a5b"  // commitment
    "466544ec7cdbad6a4e525a9a9cebbab51bee4cc7d444b49705a0be8eaebf5d9a66057f7150";

TEST(Box, IsTheGoldenOne) {
  std::array<uint8_t, kNonceBytes> nonce;
  for (size_t i = 0; i < nonce.size(); ++i) nonce[i] = static_cast<uint8_t>(0x40 + i);
  EXPECT_EQ(absl::BytesToHexString(
                internal::SealBoxWithNonce(CountingKey(), nonce, "associated", kPlain)),
            kGolden);
  EXPECT_EQ(*OpenBox(CountingKey(), "associated", Bytes(kGolden)), kPlain);
}

TEST(Box, MacIsTheGoldenOne) {
  EXPECT_EQ(events::ToHex(MacUnder(CountingKey(), "request")), "26bc1cde7de6c36b616aba499e8215a1");
}

TEST(Box, OpensWhatWasSealedOfEverySize) {
  for (size_t size : {0, 1, 16, 63, 64, 65, 300, 100'000}) {
    const std::string plain(size, 'p');
    const std::string box = SealBox(CountingKey(), "associated", plain);
    EXPECT_EQ(box.size(), size + kBoxOverhead);
    auto opened = OpenBox(CountingKey(), "associated", box);
    ASSERT_TRUE(opened.ok()) << size;
    EXPECT_EQ(*opened, plain);
  }
}

TEST(Box, DiffersEachTime) {
  EXPECT_NE(SealBox(CountingKey(), "a", "plain"), SealBox(CountingKey(), "a", "plain"));
}

TEST(Box, DoesNotOpenWithAnyBitChanged) {
  const std::string box = SealBox(CountingKey(), "associated", kPlain);
  for (size_t bit = 0; bit < box.size() * 8; ++bit) {
    std::string changed = box;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    EXPECT_EQ(OpenBox(CountingKey(), "associated", changed).status().code(),
              absl::StatusCode::kInvalidArgument)
        << bit;
  }
}

TEST(Box, DoesNotOpenCutOrGrown) {
  const std::string box = SealBox(CountingKey(), "associated", kPlain);
  for (size_t size = 0; size < box.size(); ++size) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        OpenBox(CountingKey(), "associated", box.substr(0, size)).status()));
  }
  EXPECT_TRUE(absl::IsInvalidArgument(OpenBox(CountingKey(), "associated", box + "x").status()));
}

TEST(Box, DoesNotOpenUnderAnotherKeyOrOtherAssociatedData) {
  const std::string box = SealBox(CountingKey(), "associated", kPlain);
  auto other = CountingKey();
  other[31] ^= 1;
  EXPECT_TRUE(absl::IsInvalidArgument(OpenBox(other, "associated", box).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(OpenBox(CountingKey(), "associateD", box).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(OpenBox(CountingKey(), "", box).status()));
}

TEST(Box, MacDependsOnKeyAndMessage) {
  auto other = CountingKey();
  other[0] ^= 1;
  EXPECT_EQ(MacUnder(CountingKey(), "m"), MacUnder(CountingKey(), "m"));
  EXPECT_NE(MacUnder(CountingKey(), "m"), MacUnder(CountingKey(), "n"));
  EXPECT_NE(MacUnder(CountingKey(), "m"), MacUnder(other, "m"));
}

}  // namespace
}  // namespace guitu::crypto
