#include "adapters/http/render.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "absl/strings/match.h"
#include "adapters/http/problem.h"

namespace guitu::http {
namespace {

constexpr char kDate[] = "Sun, 06 Nov 1994 08:49:37 GMT";

std::string HeadOf(const Response& response, RenderContext context = {kDate}) {
  std::string out;
  EXPECT_TRUE(AppendHead(response, context, &out));
  return out;
}

TEST(AppendHead, WritesTheFieldsEveryAnswerHas) {
  Response response;
  response.status = 201;
  response.headers = {{"Location", "/v1/cases/7"}, {"ETag", "\"1\""}};
  response.body = "{}";
  EXPECT_EQ(
      HeadOf(response),
      "HTTP/1.1 201 Created\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
      "X-Content-Type-Options: nosniff\r\nLocation: /v1/cases/7\r\nETag: \"1\"\r\n"
      "Cache-Control: no-store\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n");
}

TEST(AppendHead, TellsTheSizeOfABodyNotAtHandToHeadOnly) {
  Response response;
  response.head_body_size = 7;
  RenderContext head{kDate};
  head.is_head_request = true;
  EXPECT_TRUE(absl::StrContains(HeadOf(response, head),
                                "Content-Type: application/json\r\nContent-Length: 7\r\n"));
  EXPECT_TRUE(absl::StrContains(HeadOf(response), "Content-Length: 0\r\n"));
}

TEST(AppendHead, LeavesLengthAndTypeOutWhereThereIsNoBody) {
  Response response;
  response.status = 204;
  EXPECT_FALSE(absl::StrContains(HeadOf(response), "\nContent-"));
  EXPECT_FALSE(SendsBody(response, false));
  response.status = 200;
  EXPECT_TRUE(absl::StrContains(HeadOf(response), "Content-Length: 0\r\n"));
  EXPECT_FALSE(SendsBody(response, true));
  EXPECT_TRUE(SendsBody(response, false));
}

TEST(AppendHead, LetsAHandlerChooseItsOwnCaching) {
  Response response;
  response.headers = {{"cache-control", "public, max-age=60"}};
  EXPECT_FALSE(absl::StrContains(HeadOf(response), "no-store"));
}

TEST(AppendHead, SaysSoWhenTheConnectionCloses) {
  EXPECT_TRUE(absl::StrContains(HeadOf({}, {kDate, false, false, 1}), "Connection: close\r\n"));
  EXPECT_TRUE(absl::StrContains(HeadOf({}, {kDate, false, true, 0}), "Connection: close\r\n"));
  EXPECT_FALSE(absl::StrContains(HeadOf({}), "Connection"));
}

TEST(AppendHead, RefusesWhatWouldBreakTheMessage) {
  const std::vector<NameValue> bad = {{"X", "a\r\nY: b"},
                                      {"X", "a\nb"},
                                      {"X", std::string("a\0b", 3)},
                                      {"X\r\nY", "b"},
                                      {"X Y", "b"},
                                      {"", "b"},
                                      {"X:", "b"},
                                      {"Content-Length", "9"},
                                      {"transfer-encoding", "chunked"},
                                      {"Connection", "close"}};
  for (const NameValue& header : bad) {
    Response response;
    response.headers = {{"Good", "1"}, header};
    std::string out = "kept";
    EXPECT_FALSE(AppendHead(response, {kDate}, &out)) << header.first;
    EXPECT_EQ(out, "kept");
  }
  for (int status : {0, 100, 199, 600, -1}) {
    Response response;
    response.status = status;
    std::string out;
    EXPECT_FALSE(AppendHead(response, {kDate}, &out)) << status;
  }
  Response response;
  response.content_type = "a\r\nb";
  std::string out;
  EXPECT_FALSE(AppendHead(response, {kDate}, &out));
}

TEST(FormatDate, IsTheDateOfRfc9110) {
  EXPECT_EQ(FormatDate(absl::FromUnixSeconds(784111777)), kDate);
}

boost::json::object Parse(const Response& response) {
  EXPECT_EQ(response.content_type, "application/problem+json");
  return boost::json::parse(response.body).as_object();
}

TEST(Problem, CarriesEveryMemberOfTheContract) {
  Problem problem;
  problem.status = 409;
  problem.code = "rule-refused";
  problem.title = "The rules refuse this";
  problem.detail = "a \"clock\" runs\n";
  problem.pointer = "/events/0/type";
  problem.rule = "R8";
  problem.article = "第八条";
  problem.current_version = 7;
  problem.members = {{"caseNumber", "GT-1"}};
  problem.headers = {{"ETag", "\"7\""}};
  problem.retry_after_s = 3;
  Response response = ToResponse(problem);
  EXPECT_EQ(response.status, 409);
  std::vector<NameValue> headers = {{"ETag", "\"7\""}, {"Retry-After", "3"}};
  EXPECT_EQ(response.headers, headers);
  boost::json::object object = Parse(response);
  boost::json::object expected = {{"type", "urn:guitu:problem:rule-refused"},
                                  {"title", "The rules refuse this"},
                                  {"status", 409},
                                  {"code", "rule-refused"},
                                  {"detail", "a \"clock\" runs\n"},
                                  {"pointer", "/events/0/type"},
                                  {"rule", "R8"},
                                  {"article", "第八条"},
                                  {"currentVersion", 7},
                                  {"caseNumber", "GT-1"}};
  EXPECT_EQ(object, expected);
}

TEST(Problem, LeavesOutWhatIsMissingOrNotUtf8) {
  Problem problem;
  problem.code = "malformed";
  problem.detail = "\xFF";
  problem.pointer = "";
  boost::json::object object = Parse(ToResponse(problem));
  EXPECT_FALSE(object.contains("detail"));
  EXPECT_FALSE(object.contains("rule"));
  EXPECT_FALSE(object.contains("currentVersion"));
  EXPECT_EQ(object["pointer"], "");  // the whole body
}

TEST(Problem, OfTheServerHasTheStatusOfTheContract) {
  EXPECT_EQ(Parse(ToResponse(BodyTooLarge()))["code"], "body-too-large");
  EXPECT_EQ(ToResponse(BodyTooLarge()).status, 413);
  EXPECT_EQ(ToResponse(UriTooLong()).status, 414);
  EXPECT_EQ(ToResponse(UnsupportedMediaType("")).status, 415);
  EXPECT_EQ(ToResponse(HeadersTooLarge()).status, 431);
  Response overloaded = ToResponse(Overloaded());
  EXPECT_EQ(overloaded.status, 503);
  EXPECT_EQ(overloaded.headers, (std::vector<NameValue>{{"Retry-After", "1"}}));
}

TEST(Headers, CompareNamesWithoutCase) {
  Headers headers;
  headers.Add("If-Match", "\"1\"");
  headers.Add("Accept", "a");
  headers.Add("accept", "b");
  EXPECT_EQ(headers.Find("if-match"), "\"1\"");
  EXPECT_EQ(headers.Find("ACCEPT"), "a");
  EXPECT_EQ(headers.Count("Accept"), 2u);
  EXPECT_EQ(headers.Find("X"), std::nullopt);
}

}  // namespace
}  // namespace guitu::http
