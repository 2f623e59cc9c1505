// Every reason with which a rule refuses is shown by a test of the deciders that it refuses: this
// test reads the others for ThenRefused(Reason::X and ExpectRefused(Reason::X.
#include <capnp/schema.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
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

// The names X that follow "Refused(Reason::" in the text, wherever its lines break.
void AddShown(absl::string_view text, std::set<std::string>& shown) {
  constexpr absl::string_view kRefused = "Refused(";
  for (size_t at = text.find(kRefused); at != text.npos; at = text.find(kRefused, at + 1)) {
    absl::string_view rest = absl::StripLeadingAsciiWhitespace(text.substr(at + kRefused.size()));
    absl::ConsumePrefix(&rest, "events::");
    if (!absl::ConsumePrefix(&rest, "Reason::")) continue;
    shown.insert(std::string(rest.substr(0, rest.find_first_of(",)"))));
  }
}

std::set<std::string> ReasonsThatTestsShow() {
  std::set<std::string> shown;
  for (const char* folder : {"authorize", "case", "registry"}) {
    std::string path = std::string(GUITU_TESTS_DIR) + "/" + folder;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      if (entry.path().extension() != ".cc") continue;
      std::ifstream file(entry.path());
      std::stringstream text;
      text << file.rdbuf();
      AddShown(text.str(), shown);
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
