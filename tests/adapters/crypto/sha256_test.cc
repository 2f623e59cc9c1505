// Published vectors: FIPS 180-4 examples, RFC 4231 for HMAC, RFC 5869 for HKDF.
#include "adapters/crypto/sha256.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/adapters/crypto/test_files.h"

namespace guitu::crypto {
namespace {

std::string Hex(const events::Hash256& hash) { return absl::BytesToHexString(hash.view()); }

TEST(Sha256, GivesTheVectorsOfFips180) {
  EXPECT_EQ(Hex(Sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256({"abc"})),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256({"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"})),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Hex(Sha256({std::string(1'000'000, 'a')})),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, HashesPartsAsIfTheyWereJoined) {
  const std::string text(200, 'x');
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    const absl::string_view view = text;
    EXPECT_EQ(Sha256({view.substr(0, cut), "", view.substr(cut)}), Sha256({text})) << cut;
  }
}

TEST(Sha256, IsAHashFunctionOfEvents) {
  const events::HashFunction function = Sha256;
  EXPECT_EQ(function({"abc"}), Sha256({"a", "bc"}));
}

TEST(Sha256, GivesTheSameOnEveryThread) {
  const events::Hash256 expected = Sha256({"abc"});
  std::vector<std::thread> threads;
  std::atomic<int> different = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1000; ++j) different += Sha256({"a", "b", "c"}) != expected;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(different, 0);
}

TEST(HmacSha256, GivesTheVectorsOfRfc4231) {
  EXPECT_EQ(Hex(HmacSha256(std::string(20, '\x0b'), {"Hi There"})),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(Hex(HmacSha256("Jefe", {"what do ya want ", "for nothing?"})),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hex(HmacSha256(std::string(20, '\xaa'), {std::string(50, '\xdd')})),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(Hex(HmacSha256(std::string(131, '\xaa'),
                           {"Test Using Larger Than Block-Size Key - Hash Key First"})),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

std::string Hkdf(const std::string& salt, const std::string& key, const std::string& info,
                 size_t size) {
  std::vector<uint8_t> out(size);
  HkdfSha256(salt, key, info, out);
  return absl::BytesToHexString({reinterpret_cast<const char*>(out.data()), out.size()});
}

TEST(HkdfSha256, GivesTheVectorsOfRfc5869) {
  EXPECT_EQ(Hkdf(Bytes("000102030405060708090a0b0c"), std::string(22, '\x0b'),
                 Bytes("f0f1f2f3f4f5f6f7f8f9"), 42),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  std::string salt, key, info;
  for (int i = 0; i < 80; ++i) {
    key.push_back(static_cast<char>(i));
    salt.push_back(static_cast<char>(0x60 + i));
    info.push_back(static_cast<char>(0xb0 + i));
  }
  EXPECT_EQ(
      Hkdf(salt, key, info, 82),
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e"
      "590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
  EXPECT_EQ(Hkdf("", std::string(22, '\x0b'), "", 42),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(HkdfSha256, EndsTheProcessWhereTooMuchIsAsked) {
  std::vector<uint8_t> out(255 * 32 + 1);
  EXPECT_DEATH(HkdfSha256("", "key", "", out), "check failed");
}

}  // namespace
}  // namespace guitu::crypto
