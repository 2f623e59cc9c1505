// The code lists as shipped.
#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <vector>

#include "aggregates/rules/rules.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace guitu::aggregates {
namespace {

std::vector<std::string> CodesOf(absl::string_view list) {
  std::vector<std::string> codes;
  for (const CodeLabel& label : RuleData::Shipped().Codes(list)) codes.push_back(label.code);
  return codes;
}

bool IsCamelCaseWord(const std::string& code) {
  return !code.empty() && std::islower(static_cast<unsigned char>(code[0])) != 0 &&
         std::all_of(code.begin(), code.end(),
                     [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
}

TEST(CodeLists, HoldNoCodeTwice) {
  RuleData rules = RuleData::Shipped();
  for (const std::string& list : rules.Lists()) {
    std::vector<std::string> codes = CodesOf(list);
    EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()).size(), codes.size()) << list;
    EXPECT_FALSE(codes.empty()) << list;
  }
}

TEST(CodeLists, NameEveryCodeInBothLanguages) {
  RuleData rules = RuleData::Shipped();
  for (const std::string& list : rules.Lists()) {
    std::set<std::string> zh;
    for (const CodeLabel& label : rules.Codes(list)) {
      EXPECT_FALSE(label.zh.empty()) << list << " " << label.code;
      EXPECT_FALSE(label.en.empty()) << list << " " << label.code;
      EXPECT_TRUE(zh.insert(label.zh).second) << list << " says twice " << label.zh;
      EXPECT_FALSE(label.ended_on.has_value()) << list << " " << label.code;
    }
  }
}

TEST(CodeLists, SpellCodesAsWordsExceptPurposesAndCountries) {
  RuleData rules = RuleData::Shipped();
  for (const std::string& list : rules.Lists()) {
    if (list == "PURP" || list == "ISO") continue;
    for (const std::string& code : CodesOf(list)) {
      EXPECT_TRUE(IsCamelCaseWord(code)) << list << " " << code;
    }
  }
}

TEST(CodeLists, LetNobodyGuess) {
  RuleData rules = RuleData::Shipped();
  for (const std::string& list : rules.Lists()) {
    EXPECT_EQ(rules.HasCode(list, "other"), list != "PURP") << list;
    EXPECT_EQ(rules.HasCode(list, "unknown"), list != "PURP") << list;
  }
}

TEST(CodeLists, GivePurposesAsTheRequestHeaderSaysThem) {
  EXPECT_THAT(CodesOf("PURP"),
              testing::UnorderedElementsAre("rescue", "aftercare", "tracing", "placement",
                                            "household", "medical", "schooling", "employment",
                                            "legal-aid", "repatriation", "supervision",
                                            "statistics", "audit", "subject-request"));
}

TEST(CodeLists, HoldEveryCountryOfIso3166AndStateless) {
  std::vector<std::string> codes = CodesOf("ISO");
  auto is_country = [](const std::string& code) {
    return code.size() == 2 && std::isupper(static_cast<unsigned char>(code[0])) != 0 &&
           std::isupper(static_cast<unsigned char>(code[1])) != 0;
  };
  EXPECT_EQ(std::count_if(codes.begin(), codes.end(), is_country), 249);
  for (const char* code : {"CN", "MM", "LA", "VN", "TH", "KH", "stateless"}) {
    EXPECT_TRUE(RuleData::Shipped().HasCode("ISO", code)) << code;
  }
}

TEST(CodeLists, KeepTheCodesThatRulesAndCountsReadByName) {
  RuleData rules = RuleData::Shipped();
  const std::vector<std::pair<const char*, std::vector<const char*>>> read = {
      {"FOUND",
       {"home", "entertainmentVenue", "workplace", "street", "network", "port", "vehicle",
        "institution"}},
      {"CKIND", {"victim", "suspected", "childUnderInquiry", "dependentChild", "legacy"}},
      {"DNA", {"match", "none", "pending", "invalid"}},
      {"VRES", {"seenAlone", "seen"}},
      {"WANS", {"unable", "notAsked"}},
      {"ABLE", {"full", "tooYoung", "noCommonLanguage"}},
      {"LEVEL", {"none", "low", "medium", "high"}},
      {"LADEC", {"granted", "refused", "withdrawn", "deemedWithdrawn", "notCompetent"}},
      {"LA44", {"termUnder7Days", "preservation"}},
      {"MEANS", {"article32", "article42", "checked"}},
      {"CAP", {"full", "limited", "none", "inDoubt"}},
      {"PTYPE", {"withBuyer", "foster", "kin", "birthParents"}},
      {"PROLE", {"birthFather", "birthMother", "buyer", "buyerFamily", "guardian"}},
      {"HUK",
       {"strandedWithoutHukou", "welfareChild", "childOfVictim", "restored", "falseCancelled",
        "corrected", "moved"}},
      {"AGEB", {"under14", "from14to15", "from16to17", "from18to59", "from60"}},
      {"SEX", {"female", "male"}},
  };
  for (const auto& [list, codes] : read) {
    for (const char* code : codes) EXPECT_TRUE(rules.HasCode(list, code)) << list << " " << code;
  }
  EXPECT_EQ(rules.FindCode("FOUND", "entertainmentVenue")->zh, "娱乐场所");
  EXPECT_EQ(rules.FindCode("FOUND", "entertainmentVenue")->en, "entertainment venue");
}

}  // namespace
}  // namespace guitu::aggregates
