// RFC 8032, section 7.1, and what must be refused.
#include "adapters/crypto/ed25519.h"

#include <gtest/gtest.h>

#include <cstring>

#include "adapters/crypto/random.h"
#include "tests/adapters/crypto/test_files.h"

namespace guitu::crypto {
namespace {

struct Vector {
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46b"
     "d25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c"
     "387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "659"
     "4a7c15e9716ed28dc027beceea1ec40a"},
};

template <typename Array>
Array FromHex(const char* hex) {
  const std::string bytes = Bytes(hex);
  Array array;
  EXPECT_EQ(bytes.size(), array.size());
  std::memcpy(array.data(), bytes.data(), array.size());
  return array;
}

Ed25519KeyPair PairOf(const char* seed) {
  return Ed25519KeyPair::FromSeed(Secret::Copy(FromHex<std::array<uint8_t, 32>>(seed)));
}

TEST(Ed25519, GivesTheVectorsOfRfc8032) {
  for (const Vector& vector : kVectors) {
    const Ed25519KeyPair pair = PairOf(vector.seed);
    EXPECT_EQ(pair.public_key(), FromHex<Ed25519PublicKey>(vector.public_key));
    EXPECT_EQ(pair.Sign(Bytes(vector.message)), FromHex<Ed25519Signature>(vector.signature));
    EXPECT_TRUE(VerifyEd25519(pair.public_key(), Bytes(vector.message),
                              FromHex<Ed25519Signature>(vector.signature)));
  }
}

TEST(Ed25519, RefusesEveryChangedByte) {
  const Ed25519KeyPair pair = Ed25519KeyPair::Generate();
  const Ed25519Signature signature = pair.Sign("message");
  EXPECT_TRUE(VerifyEd25519(pair.public_key(), "message", signature));
  EXPECT_FALSE(VerifyEd25519(pair.public_key(), "massage", signature));
  for (size_t i = 0; i < signature.size(); ++i) {
    Ed25519Signature changed = signature;
    changed[i] ^= 1;
    EXPECT_FALSE(VerifyEd25519(pair.public_key(), "message", changed)) << i;
  }
  for (size_t i = 0; i < pair.public_key().size(); ++i) {
    Ed25519PublicKey other = pair.public_key();
    other[i] ^= 1;
    EXPECT_FALSE(VerifyEd25519(other, "message", signature)) << i;
  }
}

TEST(Ed25519, RefusesAKeyOfSmallOrder) {
  Ed25519PublicKey identity{};
  identity[0] = 1;
  Ed25519Signature signature{};
  signature[0] = 1;  // R = identity, s = 0: holds for every message where nobody looks
  EXPECT_FALSE(VerifyEd25519(identity, "anything", signature));
}

TEST(Ed25519, GeneratesADifferentPairEachTime) {
  EXPECT_NE(Ed25519KeyPair::Generate().public_key(), Ed25519KeyPair::Generate().public_key());
}

TEST(Random, GivesDifferentIds) {
  const auto a = RandomId<events::KeyId>(), b = RandomId<events::KeyId>();
  EXPECT_FALSE(a.empty());
  EXPECT_NE(a, b);
}

TEST(Secret, ComparesByContentAndMoves) {
  Secret secret = Secret::Random();
  const Secret copy = Secret::Copy(secret.data());
  EXPECT_TRUE(SameSecret(secret, copy));
  EXPECT_FALSE(SameSecret(copy, Secret::Random()));
  const Secret moved = std::move(secret);
  EXPECT_TRUE(SameSecret(moved, copy));
}

}  // namespace
}  // namespace guitu::crypto
