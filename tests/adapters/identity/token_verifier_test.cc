// Every accepted path once, every refusal of RFC 8725 and ours, and that the cache forgives
// nothing.
#include "adapters/identity/token_verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_replace.h"
#include "tests/adapters/identity/token_samples.h"

namespace guitu::identity {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kEdHeader[] = R"({"alg":"EdDSA","typ":"JWT","kid":"ed"})";
constexpr char kEcHeader[] = R"({"alg":"ES256","typ":"JWT","kid":"ec"})";

class TokenVerifierTest : public testing::Test {
 protected:
  TokenVerifierTest() : verifier_(Keys()) {}

  KeySet Keys() {
    KeySet keys;
    EXPECT_TRUE(keys.AddJwkSet("https://id.example", absl::StrCat(R"({"keys":[)", ed_.Jwk("ed"),
                                                                  ",", ec_.Jwk("ec"), "]}"))
                    .ok());
    EXPECT_TRUE(keys.AddEd25519("guitu", "builtin", builtin_.public_key()).ok());
    return keys;
  }
  static std::string Claims(const json::object& changes = {},
                            const std::vector<std::string>& without = {}) {
    json::object claims = GoodClaims();
    for (const auto& change : changes) claims[change.key()] = change.value();
    for (const std::string& name : without) claims.erase(name);
    return json::serialize(claims);
  }
  std::string Token(const json::object& changes = {},
                    const std::vector<std::string>& without = {}) {
    return ed_.Sign(kEdHeader, Claims(changes, without));
  }
  // Refused, with a message that has `why` and nothing of the token; also the second time.
  void ExpectRefused(const std::string& token, const std::string& why, absl::Time now = kNow) {
    for (int i = 0; i < 2; ++i) {
      const absl::Status status = verifier_.Verify(token, now).status();
      ASSERT_TRUE(absl::IsUnauthenticated(status)) << why << ": " << status;
      EXPECT_THAT(std::string(status.message()), HasSubstr(why));
      EXPECT_THAT(std::string(status.message()), Not(HasSubstr("w-0042")));
      EXPECT_LT(status.message().size(), 80u);
    }
  }

  EdSigner ed_, builtin_, stranger_;
  EcSigner ec_;
  TokenVerifier verifier_;
};

TEST_F(TokenVerifierTest, AcceptsEdDsaAndEs256) {
  for (const std::string& token : {Token(), ec_.Sign(kEcHeader, Claims())}) {
    auto principal = verifier_.Verify(token, kNow);
    ASSERT_TRUE(principal.ok()) << principal.status();
    EXPECT_EQ(*principal,
              (Principal{"w-0042", "MCA", "caseworker", kNow + absl::Seconds(600), "t-1"}));
    EXPECT_EQ(*verifier_.Verify(token, kNow), *principal);
  }
}

TEST_F(TokenVerifierTest, AcceptsWhatStandardIssuersAdd) {
  EXPECT_TRUE(verifier_.Verify(Token({{"aud", {"other", "guitu"}}}), kNow).ok());
  EXPECT_TRUE(verifier_.Verify(Token({{"realm_access", {{"roles", {"a", "b"}}}}}), kNow).ok());
  EXPECT_TRUE(verifier_.Verify(Token({{"nbf", absl::ToUnixSeconds(kNow)}}), kNow).ok());
  EXPECT_TRUE(
      verifier_
          .Verify(ed_.Sign(R"({"alg":"EdDSA","typ":"at+JWT","kid":"ed","x5t":"AAAA"})", Claims()),
                  kNow)
          .ok());
  EXPECT_TRUE(verifier_
                  .Verify(builtin_.Sign(R"({"alg":"EdDSA","typ":"JWT","kid":"builtin"})",
                                        Claims({{"iss", "guitu"}})),
                          kNow)
                  .ok());
}

TEST_F(TokenVerifierTest, RefusesUnsignedAndSymmetricTokens) {
  const std::string good = Token();
  const std::string claims = ToBase64Url(Claims());
  for (const char* algorithm : {"none", "None", "NONE", "HS256", "HS384", "HS512", "RS256", "ES384",
                                "Ed25519", "eddsa", "ES256", ""}) {
    const std::string header =
        absl::StrCat(R"({"alg":")", algorithm, R"(","typ":"JWT","kid":"ed"})");
    ExpectRefused(ed_.Sign(header, Claims()), "algorithm");
    ExpectRefused(absl::StrCat(ToBase64Url(header), ".", claims, "."), "algorithm");
  }
  ExpectRefused(ed_.Sign(R"({"alg":"EdDSA","typ":"JWT","kid":"ec"})", Claims()), "algorithm");
  ExpectRefused(ed_.Sign(R"({"typ":"JWT","kid":"ed"})", Claims()), "algorithm");
  ExpectRefused(ed_.Sign(R"({"alg":["EdDSA"],"typ":"JWT","kid":"ed"})", Claims()), "algorithm");
  ExpectRefused(good.substr(0, good.rfind('.') + 1), "signature is wrong");
}

TEST_F(TokenVerifierTest, RefusesUnknownKeys) {
  ExpectRefused(ed_.Sign(R"({"alg":"EdDSA","typ":"JWT","kid":"other"})", Claims()), "unknown key");
  ExpectRefused(ed_.Sign(R"({"alg":"EdDSA","typ":"JWT"})", Claims()), "unknown key");
  ExpectRefused(ed_.Sign(R"({"alg":"EdDSA","typ":"JWT","kid":7})", Claims()), "unknown key");
  ExpectRefused(stranger_.Sign(kEdHeader, Claims()), "signature is wrong");
}

TEST_F(TokenVerifierTest, RefusesOtherTypesAndExtensions) {
  ExpectRefused(ed_.Sign(R"({"alg":"EdDSA","kid":"ed"})", Claims()), "type");
  ExpectRefused(ed_.Sign(R"({"alg":"EdDSA","typ":"dpop+jwt","kid":"ed"})", Claims()), "type");
  for (const char* member : {R"("crit":["exp"])", R"("crit":[])", R"("b64":true)", R"("zip":"DEF")",
                             R"("enc":"A256GCM")", R"("jwk":{})", R"("jku":"https://id.example")",
                             R"("x5c":[])", R"("x5u":"https://id.example")"}) {
    ExpectRefused(
        ed_.Sign(absl::StrCat(R"({"alg":"EdDSA","typ":"JWT","kid":"ed",)", member, "}"), Claims()),
        "header that is not accepted");
  }
}

TEST_F(TokenVerifierTest, RefusesForeignIssuersAndAudiences) {
  ExpectRefused(Token({{"iss", "https://other.example"}}), "issuer");
  ExpectRefused(Token({{"iss", "guitu"}}), "issuer");  // a known one, but not of this key
  ExpectRefused(builtin_.Sign(R"({"alg":"EdDSA","typ":"JWT","kid":"builtin"})", Claims()),
                "issuer");
  ExpectRefused(Token({}, {"iss"}), "issuer");
  ExpectRefused(Token({{"aud", "other"}}), "audience");
  ExpectRefused(Token({{"aud", {"other"}}}), "audience");
  ExpectRefused(Token({{"aud", {json::value("guitu"), json::value(7)}}}), "audience");
  ExpectRefused(Token({{"aud", 7}}), "audience");
  ExpectRefused(Token({}, {"aud"}), "audience");
}

TEST_F(TokenVerifierTest, HeedsTimesWithHalfAMinuteOfLeeway) {
  const int64_t now = absl::ToUnixSeconds(kNow);
  EXPECT_TRUE(verifier_.Verify(Token({{"exp", now - 29}}), kNow).ok());
  ExpectRefused(Token({{"exp", now - 30}}), "expired");
  EXPECT_TRUE(verifier_.Verify(Token({{"iat", now + 30}}), kNow).ok());
  ExpectRefused(Token({{"iat", now + 31}}), "not valid yet");
  EXPECT_TRUE(verifier_.Verify(Token({{"nbf", now + 30}}), kNow).ok());
  ExpectRefused(Token({{"nbf", now + 31}}), "not valid yet");
  for (const char* name : {"exp", "iat"}) ExpectRefused(Token({}, {name}), "exp or iat");
  for (const json::value& bad :
       {json::value(-1), json::value("1800000600"), json::value(1.8e9), json::value(nullptr),
        json::value(int64_t{253402300800}), json::value(UINT64_MAX)}) {
    ExpectRefused(Token({{"exp", bad}}), "exp or iat");
    ExpectRefused(Token({{"iat", bad}}), "exp or iat");
    ExpectRefused(Token({{"nbf", bad}}), "nbf");
  }
}

TEST_F(TokenVerifierTest, ATokenInTheCacheExpiresAllTheSame) {
  const int64_t now = absl::ToUnixSeconds(kNow);
  const std::string token = Token({{"nbf", now}});
  EXPECT_TRUE(verifier_.Verify(token, kNow).ok());
  EXPECT_TRUE(verifier_.Verify(token, kNow + absl::Seconds(629)).ok());
  ExpectRefused(token, "expired", kNow + absl::Seconds(630));
  ExpectRefused(token, "not valid yet", kNow - absl::Seconds(31));
  EXPECT_TRUE(verifier_.Verify(token, kNow).ok());
}

TEST_F(TokenVerifierTest, RefusesMissingOrOddClaims) {
  for (const char* name : {"sub", "unit", "role", "jti"}) {
    ExpectRefused(Token({}, {name}), "lacks sub, unit, role or jti");
    ExpectRefused(Token({{name, 7}}), "lacks sub, unit, role or jti");
    ExpectRefused(Token({{name, ""}}), name);
    ExpectRefused(Token({{name, std::string(65, 'a')}}), name);
    ExpectRefused(Token({{name, "a\nb"}}), name);
    ExpectRefused(Token({{name, "王"}}), name);
  }
}

TEST_F(TokenVerifierTest, RefusesAnythingNotWrittenTheOneWay) {
  const std::string good = Token();
  ASSERT_TRUE(verifier_.Verify(good, kNow).ok());
  const std::string header = ToBase64Url(kEdHeader), claims = ToBase64Url(Claims());
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".."), std::string("..."), std::string("a.b"),
        header, header + "." + claims}) {
    ExpectRefused(bad, "token");
  }
  for (const char* tail : {".", ".x", "=", "==", " ", "\n"}) {
    ExpectRefused(good + tail, "token");
  }
  ExpectRefused(good + "A", "");
  ExpectRefused(" " + good, "base64url");
  ExpectRefused(ed_.SignRaw(header + "=", claims), "base64url");
  ExpectRefused(ed_.SignRaw(header, claims + "="), "base64url");
  ExpectRefused(ed_.SignRaw(header, claims + "\n"), "base64url");
}

TEST_F(TokenVerifierTest, RefusesASignatureWithStrayBits) {
  // 64 bytes end in a character with four bits to spare: 15 other characters mean the same bytes.
  constexpr absl::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string token = Token();
  const size_t value = kAlphabet.find(token.back());
  for (size_t stray = 1; stray < 16; ++stray) {
    token.back() = kAlphabet[value ^ stray];
    ExpectRefused(token, "base64url");
  }
}

TEST_F(TokenVerifierTest, RefusesLooseJson) {
  const std::string claims = Claims();
  const std::string open = claims.substr(0, claims.size() - 1);
  for (const std::string& bad :
       {open + R"(,"sub":"w-0001"})", open + R"(,"\u0073ub":"w-0001"})",
        open + R"(,"x":{"a":1,"a":2}})", open + ",}", claims + "{}", claims + "x", open,
        "[" + claims + "]", std::string("7"), open + ",\"x\":\"\xff\"}", open + R"(,"x":NaN})",
        "// c\n" + claims, open + R"(,"x":)" + std::string(20, '[') + std::string(20, ']') + "}",
        std::string()}) {
    ExpectRefused(ed_.Sign(kEdHeader, bad), "strict JSON");
  }
  ExpectRefused(ed_.Sign(R"({"alg":"none","alg":"EdDSA","typ":"JWT","kid":"ed"})", claims),
                "strict JSON");
}

TEST_F(TokenVerifierTest, RefusesATokenOverEightKilobytes) {
  std::string filler(8000, 'f');
  while (Token({{"x", filler}}).size() <= 8192) filler += "ffff";
  ExpectRefused(Token({{"x", filler}}), "too large");
  while (Token({{"x", filler}}).size() > 8192) filler.pop_back();
  EXPECT_TRUE(verifier_.Verify(Token({{"x", filler}}), kNow).ok());
}

TEST_F(TokenVerifierTest, RefusesEveryChangedCharacter) {
  for (const std::string& good : {Token(), ec_.Sign(kEcHeader, Claims())}) {
    ASSERT_TRUE(verifier_.Verify(good, kNow).ok());
    for (size_t i = 0; i < good.size(); ++i) {
      std::string changed = good;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      if (changed == good) continue;
      EXPECT_TRUE(absl::IsUnauthenticated(verifier_.Verify(changed, kNow).status())) << i;
    }
  }
}

TEST_F(TokenVerifierTest, ForgetsTokensOfKeysThatAreGone) {
  const std::string token = Token();
  ASSERT_TRUE(verifier_.Verify(token, kNow).ok());
  KeySet others;
  ASSERT_TRUE(others.AddEd25519("https://id.example", "ed", stranger_.public_key()).ok());
  verifier_.SetKeys(others);
  ExpectRefused(token, "signature is wrong");
  EXPECT_TRUE(verifier_.Verify(stranger_.Sign(kEdHeader, Claims()), kNow).ok());
  verifier_.SetKeys(Keys());
  EXPECT_TRUE(verifier_.Verify(token, kNow).ok());
}

TEST_F(TokenVerifierTest, StaysRightWithACacheOfAnySize) {
  for (size_t size : {0, 8, 16}) {
    TokenVerifier verifier(Keys(), {.audience = "guitu", .leeway = {}, .cached_tokens = size});
    std::vector<std::string> tokens;
    for (int i = 0; i < 40; ++i) tokens.push_back(Token({{"sub", absl::StrCat("w-", i)}}));
    for (int round = 0; round < 3; ++round) {
      for (size_t i = 0; i < tokens.size(); ++i) {
        EXPECT_EQ(verifier.Verify(tokens[i], kNow)->staff, absl::StrCat("w-", i));
        EXPECT_EQ(verifier.Verify(tokens[0], kNow)->staff, "w-0");
      }
    }
  }
}

TEST_F(TokenVerifierTest, IsSafeFromManyThreads) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 50; ++i) tokens.push_back(Token({{"sub", absl::StrCat("w-", i)}}));
  TokenVerifier verifier(Keys(), {.cached_tokens = 32});
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (size_t t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < 600; ++i) {
        const size_t n = (i * 7 + t) % tokens.size();
        auto principal = verifier.Verify(tokens[n], kNow);
        wrong += !principal.ok() || principal->staff != absl::StrCat("w-", n);
      }
    });
  }
  std::thread changer([&] {
    for (int i = 0; i < 20; ++i) verifier.SetKeys(Keys());
  });
  for (std::thread& thread : threads) thread.join();
  changer.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace guitu::identity
