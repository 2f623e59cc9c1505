#include "adapters/identity/token_issuer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/identity/token_verifier.h"
#include "tests/adapters/identity/token_samples.h"

namespace guitu::identity {
namespace {

Principal Worker() {
  return {.staff = "w-0042", .unit = "MCA", .role = "caseworker", .expires = {}, .token_id = ""};
}

TEST(TokenIssuer, IssuesWhatTheVerifierAccepts) {
  const TokenIssuer issuer("guitu", crypto::Ed25519KeyPair::Generate());
  KeySet keys;
  ASSERT_TRUE(issuer.AddTo(keys).ok());
  TokenVerifier verifier(keys);
  const std::string token = issuer.Issue(Worker(), kNow, absl::Hours(8));
  auto principal = verifier.Verify(token, kNow);
  ASSERT_TRUE(principal.ok()) << principal.status();
  EXPECT_EQ(principal->staff, "w-0042");
  EXPECT_EQ(principal->unit, "MCA");
  EXPECT_EQ(principal->role, "caseworker");
  EXPECT_EQ(principal->expires, kNow + absl::Hours(8));
  EXPECT_EQ(principal->token_id.size(), 22u);
}

TEST(TokenIssuer, GivesEachTokenItsOwnIdOrTheOneAskedFor) {
  const TokenIssuer issuer("guitu", crypto::Ed25519KeyPair::Generate());
  EXPECT_NE(issuer.Issue(Worker(), kNow, absl::Hours(1)),
            issuer.Issue(Worker(), kNow, absl::Hours(1)));
  Principal named = Worker();
  named.token_id = "t-7";
  EXPECT_EQ(issuer.Issue(named, kNow, absl::Hours(1)), issuer.Issue(named, kNow, absl::Hours(1)));
}

TEST(TokenIssuer, ItsKeyIsAddedOnce) {
  const TokenIssuer issuer("guitu", crypto::Ed25519KeyPair::Generate());
  KeySet keys;
  EXPECT_TRUE(issuer.AddTo(keys).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(issuer.AddTo(keys)));
}

TEST(TokenIssuer, TokensOfAnotherInstallationAreRefused) {
  const TokenIssuer ours("guitu", crypto::Ed25519KeyPair::Generate());
  const TokenIssuer theirs("guitu", crypto::Ed25519KeyPair::Generate());
  KeySet keys;
  ASSERT_TRUE(ours.AddTo(keys).ok());
  TokenVerifier verifier(keys);
  EXPECT_TRUE(absl::IsUnauthenticated(
      verifier.Verify(theirs.Issue(Worker(), kNow, absl::Hours(1)), kNow).status()));
}

TEST(TokenIssuer, EndsTheProcessRatherThanSignNonsense) {
  const TokenIssuer issuer("guitu", crypto::Ed25519KeyPair::Generate());
  EXPECT_DEATH(issuer.Issue({}, kNow, absl::Hours(1)), "check failed");
  EXPECT_DEATH(issuer.Issue(Worker(), kNow, absl::ZeroDuration()), "check failed");
}

TEST(CheckPrincipal, AcceptsIdsAndNamesTheClaimThatIsWrong) {
  EXPECT_TRUE(CheckPrincipal(Worker()).ok());
  const std::pair<std::string Principal::*, const char*> fields[] = {{&Principal::staff, "sub"},
                                                                     {&Principal::unit, "unit"},
                                                                     {&Principal::role, "role"},
                                                                     {&Principal::token_id, "jti"}};
  for (const auto& [field, claim] : fields) {
    for (const std::string& bad : {std::string(65, 'a'), std::string("a b"), std::string("a\n"),
                                   std::string("\xe5\xbd\x92"), std::string("a\0", 2)}) {
      Principal principal = Worker();
      principal.*field = bad;
      const absl::Status status = CheckPrincipal(principal);
      EXPECT_TRUE(absl::IsInvalidArgument(status)) << claim;
      EXPECT_THAT(std::string(status.message()), testing::HasSubstr(claim));
    }
    Principal principal = Worker();
    principal.*field = "";
    EXPECT_EQ(CheckPrincipal(principal).ok(), field == &Principal::token_id);
  }
}

}  // namespace
}  // namespace guitu::identity
