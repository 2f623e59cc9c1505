// Every reason with which a rule refuses is shown by a test of the deciders that it refuses: this
// test reads the others for ThenRefused(Reason::X and ExpectRefused(Reason::X.
#include <capnp/schema.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "absl/strings/ascii.h"
#include "events/reason.h"

namespace guitu::aggregates {
namespace {

using events::Reason;

// Reasons that no decider of the first issue can give, and why.
const std::map<std::string, std::string>& Exceptions() {
  static const auto* exceptions = new std::map<std::string, std::string>{};
  return *exceptions;
}

// "caseNotOpen" → "CASE_NOT_OPEN", as in C++.
std::string UpperSnake(const std::string& camel) {
  std::string out;
  for (char c : camel) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c))) out += '_';
    out += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  return out;
}

std::set<std::string> ReasonsThatTestsShow() {
  std::set<std::string> shown;
  const std::regex refused(R"(Refused\(\s*(?:Reason::|events::Reason::)([A-Z0-9_]+))");
  for (const char* folder : {"authorize", "case", "registry"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(GUITU_TESTS_DIR) + "/" + folder)) {
      if (entry.path().extension() != ".cc") continue;
      std::ifstream file(entry.path());
      std::stringstream text;
      text << file.rdbuf();
      std::string all = text.str();
      for (std::sregex_iterator it(all.begin(), all.end(), refused), end; it != end; ++it)
        shown.insert((*it)[1]);
    }
  }
  return shown;
}

TEST(Reasons, AreEachShownToRefuseByATestOfTheDeciders) {
  std::set<std::string> shown = ReasonsThatTestsShow();
  uint16_t number = 0;
  for (auto enumerant : capnp::Schema::from<Reason>().getEnumerants()) {
    const events::Problem& problem = events::ProblemOf(static_cast<Reason>(number++));
    if (problem.code != "rule-refused") continue;
    std::string name = UpperSnake(enumerant.getProto().getName().cStr());
    EXPECT_TRUE(shown.contains(name) || Exceptions().contains(name))
        << name << " is shown by no test";
  }
}

TEST(Reasons, OfARuleNameItsArticleUnlessTheRuleIsOurOwn) {
  uint16_t number = 0;
  for (auto enumerant : capnp::Schema::from<Reason>().getEnumerants()) {
    const events::Problem& problem = events::ProblemOf(static_cast<Reason>(number++));
    // R58, four eyes, is our own rule: no law has an article on it.
    if (problem.code != "rule-refused" || problem.rule == "R58") continue;
    EXPECT_FALSE(problem.article.empty()) << enumerant.getProto().getName().cStr();
  }
}

}  // namespace
}  // namespace guitu::aggregates
