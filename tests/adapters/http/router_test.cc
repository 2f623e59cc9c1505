#include "adapters/http/router.h"

#include <gtest/gtest.h>

namespace guitu::http {
namespace {

void Nothing(Request, const Responder&) {}

Router MakeRouter() {
  Router router;
  for (const char* pattern : {"/", "/v1/cases", "/v1/cases/{id}", "/v1/cases/{id}/events/{n}",
                              "/v1/cases/mine", "/tile/{path*}", "/console/"}) {
    router.Add("GET", pattern, Nothing);
  }
  router.Add("HEAD", "/v1/cases/{case}", Nothing);
  router.Add("POST", "/v1/cases", Nothing);
  return router;
}

std::string PatternOf(absl::string_view method, std::vector<std::string> segments) {
  static const Router router = MakeRouter();
  Router::Match match = router.Find(method, segments);
  return match.route == nullptr ? "no route; allow: " + match.allow : match.route->pattern;
}

TEST(Router, FindsTheMostLiteralRoute) {
  EXPECT_EQ(PatternOf("GET", {}), "/");
  EXPECT_EQ(PatternOf("GET", {"v1", "cases"}), "/v1/cases");
  EXPECT_EQ(PatternOf("GET", {"v1", "cases", "7"}), "/v1/cases/{id}");
  EXPECT_EQ(PatternOf("GET", {"v1", "cases", "mine"}), "/v1/cases/mine");
  EXPECT_EQ(PatternOf("GET", {"v1", "cases", "mine", "events", "2"}), "/v1/cases/{id}/events/{n}");
  EXPECT_EQ(PatternOf("GET", {"console", ""}), "/console/");
}

TEST(Router, NamesWhatThePatternMatched) {
  const Router router = MakeRouter();
  Request request;
  request.params = router.Find("GET", {"v1", "cases", "7", "events", "9"}).params;
  EXPECT_EQ(request.Param("id"), "7");
  EXPECT_EQ(request.Param("n"), "9");
  request.params = router.Find("GET", {"tile", "0", "x001", "234"}).params;
  EXPECT_EQ(request.Param("path"), "0/x001/234");
  request.params = router.Find("HEAD", {"v1", "cases", "7"}).params;
  EXPECT_EQ(request.Param("case"), "7");
}

TEST(Router, AnswersHeadByItsOwnRouteOrByGet) {
  EXPECT_EQ(PatternOf("HEAD", {"v1", "cases", "7"}), "/v1/cases/{case}");
  EXPECT_EQ(PatternOf("HEAD", {"v1", "cases"}), "/v1/cases");
}

TEST(Router, SaysWhichMethodsAPathAllows) {
  EXPECT_EQ(PatternOf("DELETE", {"v1", "cases"}), "no route; allow: GET, HEAD, POST");
  EXPECT_EQ(PatternOf("OPTIONS", {"v1", "cases", "7"}), "no route; allow: GET, HEAD");
  EXPECT_EQ(PatternOf("get", {"v1", "cases"}), "no route; allow: GET, HEAD, POST");
}

TEST(Router, FindsNothingForOtherPaths) {
  for (const std::vector<std::string>& path : {std::vector<std::string>{"v1"},
                                               {"v1", "cases", ""},
                                               {"v1", "cases", "7", "events"},
                                               {"tile"},
                                               {"tile", ""},
                                               {"tile", "1", ""},
                                               {"console"},
                                               {"V1", "cases"}}) {
    EXPECT_EQ(PatternOf("GET", path), "no route; allow: ");
  }
}

TEST(Router, TakesNoBodyForGetAndJsonForOthersUnlessToldSo) {
  Router router = MakeRouter();
  EXPECT_EQ(router.Find("GET", {"v1", "cases"}).route->options.body, BodyKind::kNone);
  EXPECT_EQ(router.Find("POST", {"v1", "cases"}).route->options.body, BodyKind::kJson);
}

TEST(RouterDeathTest, RefusesBrokenAndRepeatedPatterns) {
  Router router = MakeRouter();
  EXPECT_DEATH(router.Add("GET", "/", Nothing), "check failed");
  EXPECT_DEATH(router.Add("GET", "x", Nothing), "check failed");
  EXPECT_DEATH(router.Add("GET", "/{a*}/b", Nothing), "check failed");
  EXPECT_DEATH(router.Add("GET", "/{a", Nothing), "check failed");
  EXPECT_DEATH(router.Add("GET", "/n", nullptr), "check failed");
}

}  // namespace
}  // namespace guitu::http
