// Any m of n bring the secret back, fewer do not, and a typing error is noticed.
#include "adapters/crypto/shamir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"

namespace guitu::crypto {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string ErrorOf(const std::vector<std::string>& shares) {
  auto combined = CombineShares(shares);
  EXPECT_EQ(combined.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(combined.status().message());
}

TEST(Shamir, BringsTheSecretBackFromAnyEnoughShares) {
  std::mt19937 random(20260101);
  for (auto [needed, total] :
       {std::pair{1, 1}, {1, 3}, {2, 3}, {3, 5}, {5, 5}, {7, 20}, {255, 255}}) {
    const Secret secret = Secret::Random();
    std::vector<std::string> shares = SplitSecret(secret.data(), needed, total);
    ASSERT_EQ(shares.size(), static_cast<size_t>(total));
    for (int round = 0; round < (needed > 100 ? 1 : 10); ++round) {
      std::shuffle(shares.begin(), shares.end(), random);
      auto combined = CombineShares({shares.data(), static_cast<size_t>(needed)});
      ASSERT_TRUE(combined.ok()) << combined.status();
      EXPECT_TRUE(SameSecret(*combined, secret)) << needed << " of " << total;
    }
  }
}

TEST(Shamir, BringsTheSecretBackFromEverySubset) {
  const Secret secret = Secret::Random();
  const std::vector<std::string> shares = SplitSecret(secret.data(), 3, 5);
  for (unsigned subset = 0; subset < 32; ++subset) {
    std::vector<std::string> some;
    for (unsigned i = 0; i < 5; ++i) {
      if (subset >> i & 1) some.push_back(shares[i]);
    }
    auto combined = CombineShares(some);
    EXPECT_EQ(combined.ok(), some.size() >= 3) << subset;
    if (combined.ok()) {
      EXPECT_TRUE(SameSecret(*combined, secret));
    }
  }
}

TEST(Shamir, SharesOfOneSecretDifferEachTime) {
  const Secret zeros;
  std::vector<std::string> firsts;
  for (int i = 0; i < 64; ++i) firsts.push_back(SplitSecret(zeros.data(), 2, 2)[0]);
  std::sort(firsts.begin(), firsts.end());
  EXPECT_EQ(std::unique(firsts.begin(), firsts.end()), firsts.end());
}

TEST(Shamir, AShareIsPrintableAndSaysHowManyAreNeeded) {
  const std::string share = SplitSecret(Secret::Random().data(), 3, 5)[1];
  EXPECT_EQ(share.substr(0, 11), "GUITU1-3-2-");
  EXPECT_EQ(share.size(), 11u + 64 + 15);
  for (char c : share) EXPECT_TRUE(c == '-' || absl::ascii_isdigit(c) || absl::ascii_isupper(c));
}

TEST(Shamir, ReadsWhatPeopleType) {
  const Secret secret = Secret::Random();
  std::vector<std::string> shares = SplitSecret(secret.data(), 2, 2);
  shares[0] = absl::AsciiStrToLower(shares[0]) + "\n";
  const std::string body = shares[1].substr(11);
  shares[1] = " GUITU1-2-2-" + absl::StrReplaceAll(body, {{"-", " "}, {"0", "o"}, {"1", "l"}});
  auto combined = CombineShares(shares);
  ASSERT_TRUE(combined.ok()) << combined.status();
  EXPECT_TRUE(SameSecret(*combined, secret));
}

TEST(Shamir, NoticesEveryWrongCharacter) {
  const std::vector<std::string> shares = SplitSecret(Secret::Random().data(), 2, 3);
  for (size_t i = 0; i < shares[0].size(); ++i) {
    if (shares[0][i] == '-') continue;
    std::string wrong = shares[0];
    wrong[i] = wrong[i] == '7' ? '8' : '7';
    if (i == 7) wrong[i] = '3';  // the number needed
    EXPECT_FALSE(CombineShares(std::vector{wrong, shares[1]}).ok()) << i;
  }
}

TEST(Shamir, NoticesSwappedNeighbours) {
  const std::vector<std::string> shares = SplitSecret(Secret::Random().data(), 2, 3);
  for (size_t i = 11; i + 1 < shares[0].size(); ++i) {
    std::string wrong = shares[0];
    std::swap(wrong[i], wrong[i + 1]);
    const bool same =
        absl::StrReplaceAll(wrong, {{"-", ""}}) == absl::StrReplaceAll(shares[0], {{"-", ""}});
    EXPECT_EQ(CombineShares(std::vector{wrong, shares[1]}).ok(), same) << i;
  }
}

TEST(Shamir, RefusesTextThatIsNoShareWithoutRepeatingIt) {
  const std::vector<std::string> shares = SplitSecret(Secret::Random().data(), 2, 3);
  for (const std::string& text :
       {std::string(), std::string("GUITU1"), std::string("GUITU1-2-1-"),
        std::string("GUITU2-2-1-") + shares[0].substr(11), shares[0] + "0",
        shares[0].substr(0, shares[0].size() - 1), "GUITU1-0-1-" + shares[0].substr(11),
        "GUITU1-2-256-" + shares[0].substr(11), "GUITU1-x-1-" + shares[0].substr(11),
        shares[0].substr(0, 20) + "U" + shares[0].substr(21)}) {
    const std::string error = ErrorOf({shares[1], text});
    EXPECT_THAT(error, HasSubstr("share 2 of the list has a typing error"));
    EXPECT_THAT(error, Not(HasSubstr("GUITU")));
  }
}

TEST(Shamir, RefusesTooFewTheSameTwiceOrOthers) {
  const Secret secret = Secret::Random();
  const std::vector<std::string> shares = SplitSecret(secret.data(), 3, 5);
  const std::vector<std::string> others = SplitSecret(secret.data(), 3, 5);
  EXPECT_THAT(ErrorOf({}), HasSubstr("no shares"));
  EXPECT_THAT(ErrorOf({shares[0], shares[1]}), HasSubstr("3 shares are needed, 2 were given"));
  EXPECT_THAT(ErrorOf({shares[0], shares[1], shares[0]}), HasSubstr("the same share"));
  EXPECT_THAT(ErrorOf({shares[0], shares[1], others[2]}), HasSubstr("another split"));
}

TEST(Shamir, EndsTheProcessOnImpossibleNumbers) {
  const Secret secret = Secret::Random();
  EXPECT_DEATH(SplitSecret(secret.data(), 0, 3), "check failed");
  EXPECT_DEATH(SplitSecret(secret.data(), 4, 3), "check failed");
  EXPECT_DEATH(SplitSecret(secret.data(), 2, 256), "check failed");
}

}  // namespace
}  // namespace guitu::crypto
