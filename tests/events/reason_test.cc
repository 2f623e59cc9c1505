// The table of reasons against the contract with users (contract.md, section 3).
#include "events/reason.h"

#include <capnp/schema.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace guitu::events {
namespace {

// Every code of the contract, with the HTTP number it goes with.
const std::map<std::string, uint16_t> kContract = {
    {"malformed", 400},
    {"unknown-type", 400},
    {"invalid-field", 400},
    {"unauthenticated", 401},
    {"not-permitted", 403},
    {"purpose-missing", 403},
    {"purpose-not-permitted", 403},
    {"approval-needed", 403},
    {"not-found", 404},
    {"rule-refused", 409},
    {"idempotency-reuse", 409},
    {"cancelled", 409},  // POST …/cancellations
    {"erased", 410},
    {"version-mismatch", 412},
    {"version-missing", 428},
    {"body-too-large", 413},
    {"uri-too-long", 414},
    {"unsupported-media-type", 415},
    {"rate-limited", 429},
    {"headers-too-large", 431},
    {"not-owner", 503},
    {"settling", 503},
    {"overloaded", 503},
    {"read-only", 503},
    {"clock-suspect", 503},
};

// "R8": R and a whole number. (No std::regex: g++ 12 warns about its insides under the sanitizers.)
bool IsRuleNumber(const std::string& rule) {
  return rule.size() > 1 && rule[0] == 'R' && rule[1] != '0' &&
         rule.find_first_not_of("0123456789", 1) == std::string::npos;
}

std::vector<Reason> AllReasons() {
  std::vector<Reason> all;
  auto count = capnp::Schema::from<Reason>().getEnumerants().size();
  for (uint i = 0; i < count; ++i) all.push_back(static_cast<Reason>(i));
  return all;
}

std::string NameOf(Reason reason) {
  return capnp::Schema::from<Reason>()
      .getEnumerants()[static_cast<uint>(reason)]
      .getProto()
      .getName()
      .cStr();
}

TEST(Reason, HasHttpNumberCodeAndWordsInBothLanguages) {
  for (Reason reason : AllReasons()) {
    const Problem& problem = ProblemOf(reason);
    SCOPED_TRACE(NameOf(reason));
    EXPECT_GE(problem.http, 400);
    EXPECT_FALSE(problem.code.empty());
    EXPECT_FALSE(problem.zh.empty());
    EXPECT_FALSE(problem.en.empty());
  }
}

TEST(Reason, HasACodeOfTheContractWithItsHttpNumber) {
  for (Reason reason : AllReasons()) {
    if (reason == Reason::UNSPECIFIED) continue;  // "internal", 500: a bug of ours, no refusal
    const Problem& problem = ProblemOf(reason);
    auto row = kContract.find(problem.code);
    ASSERT_NE(row, kContract.end()) << NameOf(reason) << ": " << problem.code;
    EXPECT_EQ(problem.http, row->second) << NameOf(reason);
  }
}

TEST(Reason, NamesTheRuleWhereARuleRefuses) {
  for (Reason reason : AllReasons()) {
    const Problem& problem = ProblemOf(reason);
    if (problem.code == "rule-refused") {
      EXPECT_FALSE(problem.rule.empty()) << NameOf(reason);
    }
    if (!problem.rule.empty()) {
      EXPECT_TRUE(IsRuleNumber(problem.rule)) << NameOf(reason);
    }
  }
}

TEST(Reason, OfAnUnknownNumberIsUnspecified) {
  EXPECT_EQ(ProblemOf(static_cast<Reason>(60000)).code, "internal");
  EXPECT_EQ(ProblemOf(static_cast<Reason>(60000)).http, 500);
}

TEST(Refusal, CarriesItsReasonAndPointer) {
  for (Reason reason : AllReasons()) {
    absl::Status status = RefuseAt(reason, "/events/0/data", "detail");
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(ReasonOf(status), reason);
    EXPECT_EQ(PointerOf(status), "/events/0/data");
    EXPECT_EQ(PointerOf(Refuse(reason)), "");
  }
}

TEST(Refusal, SaysTheWordsOfTheTableAndTheDetail) {
  EXPECT_EQ(Refuse(Reason::NOT_FOUND).message(), "Not found");
  EXPECT_EQ(Refuse(Reason::NOT_FOUND, "row 4").message(), "Not found: row 4");
}

TEST(Refusal, HasTheStatusCodeThatCallersActOn) {
  EXPECT_EQ(Refuse(Reason::MALFORMED).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Refuse(Reason::UNAUTHENTICATED).code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(Refuse(Reason::NOT_PERMITTED).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Refuse(Reason::NOT_FOUND).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Refuse(Reason::CASE_CLOSED).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Refuse(Reason::VERSION_MISMATCH).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Refuse(Reason::VERSION_MISSING).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Refuse(Reason::SETTLING).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Refuse(Reason::UNSPECIFIED).code(), absl::StatusCode::kInternal);
}

TEST(Refusal, IsOneIfAPersonOrRuleSaidNoAndNotIfItIsNotNowOrBroken) {
  EXPECT_TRUE(IsRefusal(Refuse(Reason::MALFORMED)));
  EXPECT_TRUE(IsRefusal(Refuse(Reason::NOT_PERMITTED)));
  EXPECT_TRUE(IsRefusal(Refuse(Reason::CASE_CLOSED)));
  EXPECT_TRUE(IsRefusal(Refuse(Reason::VERSION_MISMATCH)));
  EXPECT_FALSE(IsRefusal(Refuse(Reason::SETTLING)));
  EXPECT_FALSE(IsRefusal(Refuse(Reason::STORE_BEHIND)));
  EXPECT_FALSE(IsRefusal(Refuse(Reason::UNSPECIFIED)));
  EXPECT_FALSE(IsRefusal(absl::OkStatus()));
  EXPECT_FALSE(IsRefusal(absl::NotFoundError("not ours")));
}

TEST(Refusal, OfAnotherKindHasNoReasonAndNoPointer) {
  absl::Status status = absl::InternalError("not ours");
  EXPECT_EQ(ReasonOf(status), Reason::UNSPECIFIED);
  EXPECT_EQ(PointerOf(status), "");
}

}  // namespace
}  // namespace guitu::events
