#include "adapters/identity/key_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_replace.h"
#include "adapters/identity/verification_key.h"
#include "tests/adapters/identity/token_samples.h"

namespace guitu::identity {
namespace {

using testing::HasSubstr;

// RFC 8037, appendix A: the key, its thumbprint, a signature.
constexpr char kRfc8037X[] = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
constexpr char kRfc8037Signed[] = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
constexpr char kRfc8037Signature[] =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
// RFC 7515, appendix A.3.
constexpr char kRfc7515X[] = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr char kRfc7515Y[] = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
constexpr char kRfc7515Signed[] =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q";
constexpr char kRfc7515Signature[] =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

std::string Set(const std::string& keys) { return absl::StrCat(R"({"keys":[)", keys, "]}"); }

std::string Ed(absl::string_view members = "") {
  return absl::StrCat(R"({"kty":"OKP","crv":"Ed25519","x":")", kRfc8037X, R"(","kid":"ed")",
                      members, "}");
}
std::string Ec(absl::string_view members = "") {
  return absl::StrCat(R"({"kty":"EC","crv":"P-256","x":")", kRfc7515X, R"(","y":")", kRfc7515Y,
                      R"(","kid":"ec")", members, "}");
}

void ExpectVerifies(const VerificationKey& key, absl::string_view message,
                    absl::string_view signature_text) {
  const std::string signature = *FromBase64Url(signature_text);
  EXPECT_TRUE(key.Verify(message, signature));
  EXPECT_FALSE(key.Verify(absl::StrCat(message, "x"), signature));
  EXPECT_FALSE(key.Verify(message, signature.substr(1)));
  EXPECT_FALSE(key.Verify(message, signature + "x"));
  EXPECT_FALSE(key.Verify(message, ""));
  EXPECT_FALSE(key.Verify(message, std::string(64, '\0')));
  for (size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(key.Verify(message, changed)) << i;
  }
}

TEST(KeySet, VerifiesTheSignatureOfRfc8037) {
  KeySet keys;
  ASSERT_TRUE(keys.AddJwkSet("issuer", Set(Ed())).ok());
  const KeySet::Entry* entry = keys.Find("ed");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->issuer, "issuer");
  EXPECT_EQ(entry->key->algorithm(), "EdDSA");
  ExpectVerifies(*entry->key, kRfc8037Signed, kRfc8037Signature);
}

TEST(KeySet, VerifiesTheSignatureOfRfc7515) {
  KeySet keys;
  ASSERT_TRUE(keys.AddJwkSet("issuer", Set(Ec())).ok());
  const KeySet::Entry* entry = keys.Find("ec");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->key->algorithm(), "ES256");
  ExpectVerifies(*entry->key, kRfc7515Signed, kRfc7515Signature);
}

TEST(KeySet, GivesTheThumbprintOfRfc8037) {
  crypto::Ed25519PublicKey key;
  const std::string bytes = *FromBase64Url(kRfc8037X);
  std::memcpy(key.data(), bytes.data(), key.size());
  EXPECT_EQ(Thumbprint(key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(KeySet, TakesSeveralKeysAndPassesOverThoseNotForUs) {
  KeySet keys;
  const std::string foreign = R"({"kty":"RSA","n":"AQAB","e":"AQAB","kid":"r"},)"
                              R"({"kty":"oct","k":"AAAA","kid":"ed"},)"
                              R"({"kty":"OKP","crv":"X25519","x":"AAAA","kid":"x"},)"
                              R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA","kid":"p"},)";
  ASSERT_TRUE(keys.AddJwkSet("issuer", Set(absl::StrCat(foreign, Ed(), ",", Ec()))).ok());
  EXPECT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys.Find("r"), nullptr);
  EXPECT_EQ(keys.Find(""), nullptr);
}

TEST(KeySet, HeedsUseOperationsAndAlgorithm) {
  auto accepted = [](const std::string& jwk) {
    KeySet keys;
    return keys.AddJwkSet("issuer", Set(jwk)).ok();
  };
  EXPECT_TRUE(accepted(Ed(R"(,"use":"sig","alg":"EdDSA","key_ops":["verify"])")));
  EXPECT_TRUE(accepted(Ec(R"(,"use":"sig","alg":"ES256","key_ops":["sign","verify"])")));
  EXPECT_FALSE(accepted(Ed(R"(,"use":"enc")")));
  EXPECT_FALSE(accepted(Ed(R"(,"key_ops":["deriveKey"])")));
  EXPECT_FALSE(accepted(Ed(R"(,"key_ops":"verify")")));
  EXPECT_FALSE(accepted(Ed(R"(,"alg":"ES256")")));
  EXPECT_FALSE(accepted(Ec(R"(,"alg":"HS256")")));
  EXPECT_FALSE(accepted(Ec(R"(,"alg":7)")));
}

TEST(KeySet, RefusesWhatIsNoKey) {
  const std::string short_x = absl::StrReplaceAll(Ed(), {{kRfc8037X, "AAAA"}});
  const std::string off_curve = absl::StrReplaceAll(Ec(), {{kRfc7515Y, kRfc7515X}});
  for (const std::string& jwk :
       {short_x, off_curve, absl::StrReplaceAll(Ed(), {{R"("x":)", R"("z":)"}}),
        absl::StrReplaceAll(Ec(), {{R"("y":)", R"("z":)"}}),
        absl::StrReplaceAll(Ed(), {{R"("kid":"ed")", R"("kid":"")"}}),
        absl::StrReplaceAll(Ed(), {{R"("kid":"ed")", R"("kid":7)"}}),
        absl::StrReplaceAll(Ed(), {{kRfc8037X, absl::StrCat(kRfc8037X, "=")}}), std::string("7"),
        Ed(R"(,"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")"), std::string()}) {
    KeySet keys;
    EXPECT_TRUE(absl::IsInvalidArgument(keys.AddJwkSet("issuer", Set(jwk)))) << jwk;
    EXPECT_EQ(keys.size(), 0u);
  }
}

TEST(KeySet, RefusesWhatIsNoSet) {
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), std::string(R"({"keys":{}})"), Ed(),
        Set(Ed()) + " x", Set(Ed()) + Set(Ed()), absl::StrCat(R"({"keys":[],"keys":[)", Ed(), "]}"),
        Set(Ed(R"(,"kid":"twice")")), std::string(size_t{300} << 10, ' ') + Set(Ed()),
        Set(Ed(",\"note\":\"\xff\""))}) {
    KeySet keys;
    EXPECT_TRUE(absl::IsInvalidArgument(keys.AddJwkSet("issuer", text))) << text.substr(0, 99);
  }
}

TEST(KeySet, RefusesAKidThatIsTakenAndStaysAsItWas) {
  KeySet keys;
  ASSERT_TRUE(keys.AddJwkSet("first", Set(Ed())).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(keys.AddJwkSet("second", Set(Ec() + "," + Ed()))));
  EXPECT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys.Find("ed")->issuer, "first");
  EXPECT_TRUE(absl::IsAlreadyExists(keys.AddEd25519("third", "ed", {})));
  EXPECT_TRUE(absl::IsAlreadyExists(keys.AddJwkSet("one", Set(Ec() + "," + Ec()))));
}

TEST(KeySet, ReadsAFile) {
  const std::string path = absl::StrCat(testing::TempDir(), "guitu-jwks-", ::getpid(), ".json");
  std::ofstream(path) << Set(Ed());
  KeySet keys;
  EXPECT_TRUE(keys.AddJwkSetFile("issuer", path).ok());
  EXPECT_NE(keys.Find("ed"), nullptr);
  std::ofstream(path) << std::string(size_t{300} << 10, ' ');
  EXPECT_TRUE(absl::IsInvalidArgument(keys.AddJwkSetFile("issuer", path)));
  std::filesystem::remove(path);
  EXPECT_TRUE(absl::IsNotFound(keys.AddJwkSetFile("issuer", path)));
  EXPECT_TRUE(absl::IsUnavailable(keys.AddJwkSetFile("issuer", testing::TempDir())));
}

}  // namespace
}  // namespace guitu::identity
