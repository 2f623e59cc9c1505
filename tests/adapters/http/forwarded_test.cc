#include "adapters/http/forwarded.h"

#include <gtest/gtest.h>

namespace guitu::http {
namespace {

Request Ask(const std::string& method, const std::vector<NameValue>& headers) {
  Request request;
  request.method = method;
  request.segments = {"v1", "cases", "7 8"};
  for (const auto& [name, value] : headers) request.headers.Add(name, value);
  return request;
}

std::string Text(const Request& request) {
  std::string out;
  EXPECT_FALSE(AppendForwarded(request, "owner:81", &out));
  return out;
}

TEST(AppendForwarded, SendsOnWhatWasAskedWithOurMark) {
  Request request = Ask("POST", {{"Host", "front"},
                                 {"authorization", "Bearer t"},
                                 {"Purpose-Of-Use", "rescue"},
                                 {"Idempotency-Key", "k"},
                                 {"If-Match", "\"3\""},
                                 {"Accept-Language", "zh"},
                                 {"Accept", "application/json"},
                                 {"Content-Type", "application/json"},
                                 {"Content-Length", "99"}});
  request.query = {{"a", "b c"}};
  request.body = "{}";
  EXPECT_EQ(Text(request),
            "POST /v1/cases/7%208?a=b%20c HTTP/1.1\r\nHost: owner:81\r\nGuitu-Forwarded: 1\r\n"
            "authorization: Bearer t\r\nPurpose-Of-Use: rescue\r\nIdempotency-Key: k\r\n"
            "If-Match: \"3\"\r\nAccept-Language: zh\r\nAccept: application/json\r\n"
            "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
}

TEST(AppendForwarded, LeavesOutWhatConcernsTheClientsConnection) {
  const Request request = Ask("GET", {{"Connection", "close, X-Mine"},
                                      {"x-mine", "1"},
                                      {"connection", " X-Other "},
                                      {"X-Other", "2"},
                                      {"Keep-Alive", "timeout=5"},
                                      {"TE", "trailers"},
                                      {"Trailer", "X"},
                                      {"Transfer-Encoding", "chunked"},
                                      {"Upgrade", "h2c"},
                                      {"Proxy-Authorization", "b"},
                                      {"Proxy-Connection", "close"},
                                      {"Expect", "100-continue"},
                                      {"guitu-forwarded", "7"},
                                      {"X-Kept", "3"}});
  EXPECT_EQ(Text(request),
            "GET /v1/cases/7%208 HTTP/1.1\r\nHost: owner:81\r\nGuitu-Forwarded: 1\r\n"
            "X-Kept: 3\r\n\r\n");
}

TEST(AppendForwarded, TellsTheLengthOfABodyWhereOneIsUsual) {
  EXPECT_NE(Text(Ask("POST", {})).find("Content-Length: 0\r\n"), std::string::npos);
  EXPECT_EQ(Text(Ask("DELETE", {})).find("Content-Length"), std::string::npos);
  Request odd = Ask("DELETE", {});
  odd.body = "x";
  EXPECT_NE(Text(odd).find("Content-Length: 1\r\n\r\nx"), std::string::npos);
}

TEST(AppendForwarded, RefusesToLeaveOutAFieldThatDecides) {
  for (const char* field : {"If-Match", "idempotency-key", "close, Authorization",
                            "Purpose-Of-Use ,close", "Content-Type"}) {
    std::string out = "before";
    EXPECT_EQ(AppendForwarded(Ask("POST", {{"Connection", field}}), "o:1", &out).status, 400);
    EXPECT_EQ(out, "before");
  }
}

TEST(IsForwarded, KnowsOurMark) {
  EXPECT_TRUE(IsForwarded(Ask("GET", {{"guitu-forwarded", "1"}})));
  EXPECT_FALSE(IsForwarded(Ask("GET", {{"Guitu-Forward", "1"}})));
}

TEST(ForwardedAnswer, KeepsWhatIsMeantForTheClient) {
  ForwardedAnswer answer;
  answer.status = 201;
  answer.fields = {{"Date", "d"},
                   {"Content-Length", "2"},
                   {"Connection", "X-Mine"},
                   {"x-mine", "1"},
                   {"Keep-Alive", "1"},
                   {"Content-Type", "text/plain"},
                   {"ETag", "\"4\""},
                   {"Location", "/v1/x"},
                   {"X-Content-Type-Options", "x"},
                   {"Guitu-Receipt", "3/9"},
                   {"Cache-Control", "private"},
                   {"Retry-After", "1"},
                   {"WWW-Authenticate", "Bearer"}};
  answer.body = "hi";
  std::optional<Response> response = ToResponse(std::move(answer));
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "hi");
  EXPECT_EQ(response->content_type, "text/plain");
  EXPECT_FALSE(response->head_body_size.has_value());
  const std::vector<NameValue> kept = {{"ETag", "\"4\""},        {"Location", "/v1/x"},
                                       {"Guitu-Receipt", "3/9"}, {"Cache-Control", "private"},
                                       {"Retry-After", "1"},     {"WWW-Authenticate", "Bearer"}};
  EXPECT_EQ(response->headers, kept);
}

TEST(ForwardedAnswer, SaysNoTypeThatThePeerDidNotSay) {
  ForwardedAnswer answer;
  answer.status = 200;
  answer.body = "x";
  EXPECT_EQ(ToResponse(answer)->content_type, "application/octet-stream");
}

TEST(ForwardedAnswer, KeepsTheLengthThatHeadAskedFor) {
  ForwardedAnswer answer;
  answer.status = 200;
  answer.fields = {{"content-length", "77"}};
  answer.is_head_request = true;
  EXPECT_EQ(ToResponse(answer)->head_body_size, 77u);
}

TEST(ForwardedAnswer, IsNothingIfItCannotBeSentOn) {
  ForwardedAnswer answer;
  answer.status = 200;
  ASSERT_TRUE(ToResponse(answer).has_value());
  for (int status : {0, 101, 199, 600, 999}) {
    answer.status = status;
    EXPECT_FALSE(ToResponse(answer).has_value()) << status;
  }
  answer.status = 200;
  answer.fields = {{"X!", "1"}};
  EXPECT_FALSE(ToResponse(answer).has_value());
  answer.fields = {{"X", "a\rb"}};
  EXPECT_FALSE(ToResponse(answer).has_value());
}

}  // namespace
}  // namespace guitu::http
