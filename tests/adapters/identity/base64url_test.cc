#include "adapters/identity/base64url.h"

#include <gtest/gtest.h>

namespace guitu::identity {
namespace {

TEST(Base64Url, GivesTheVectorsOfRfc4648WithoutPadding) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(ToBase64Url(bytes), text);
    EXPECT_EQ(FromBase64Url(text), bytes);
  }
}

TEST(Base64Url, HasOneTextForEveryByteString) {
  // Of all texts of two and three characters exactly the encodings decode.
  constexpr absl::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  int decoded = 0;
  for (char a : kAlphabet) {
    for (char b : kAlphabet) {
      const std::string text = {a, b};
      if (auto bytes = FromBase64Url(text)) {
        EXPECT_EQ(ToBase64Url(*bytes), text);
        ++decoded;
      }
    }
  }
  EXPECT_EQ(decoded, 256);
}

TEST(Base64Url, RefusesEverythingElse) {
  for (const char* text :
       {"Z", "Zm9vY", "Zg==", "Zg=", "Zh", "Zm9", "Zm 9v", "Zm9v\n", "+/8", "Zm9v.", "Z\xc3\xa4"}) {
    EXPECT_EQ(FromBase64Url(text), std::nullopt) << text;
  }
  EXPECT_EQ(FromBase64Url(absl::string_view("Zg\0\0", 4)), std::nullopt);
}

}  // namespace
}  // namespace guitu::identity
