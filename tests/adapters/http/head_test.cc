#include "adapters/http/head.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace guitu::http {
namespace {

const HeadLimits kLimits;

// Scans in two pieces at every place, which must not matter, then parses.
Refusal Parse(const std::string& bytes, Head* head) {
  Refusal first;
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    HeadScanner scanner;
    size_t size = 0;
    Refusal refusal = scanner.Scan(absl::string_view(bytes).substr(0, cut), kLimits, &size);
    if (!refusal && size == 0) refusal = scanner.Scan(bytes, kLimits, &size);
    if (cut == 0) first = refusal;
    EXPECT_EQ(refusal.status, first.status);
    if (refusal) continue;
    EXPECT_EQ(size, bytes.size());
  }
  if (first) return first;
  return ParseHead(bytes, kLimits, head);
}

TEST(ParseHead, ReadsMethodTargetAndFields) {
  const std::string bytes =
      "POST /v1/cases?x=1 HTTP/1.1\r\nHost: h:1\r\nContent-Type: application/json\r\n"
      "X-Empty:\r\nX-Space: \t a b \t\r\nContent-Length: 12\r\nExpect: 100-Continue\r\n\r\n";
  Head head;
  ASSERT_FALSE(Parse(bytes, &head));
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.path_and_query, "/v1/cases?x=1");
  ASSERT_EQ(head.fields.size(), 6u);
  EXPECT_EQ(head.fields[2].value, "");
  EXPECT_EQ(head.fields[3].value, "a b");
  EXPECT_EQ(head.content_length, 12u);
  EXPECT_EQ(head.content_type, "application/json");
  EXPECT_TRUE(head.expects_continue);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_TRUE(head.HasBody());
}

TEST(ParseHead, KnowsWhoWantsToStayConnected) {
  Head head;
  ASSERT_FALSE(Parse("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n", &head));
  EXPECT_FALSE(head.keep_alive);
  ASSERT_FALSE(Parse("GET / HTTP/1.0\r\n\r\n", &head));
  EXPECT_FALSE(head.keep_alive);
  EXPECT_EQ(head.minor_version, 0);
}

TEST(ParseHead, AcceptsAnAbsoluteFormThatAgreesWithTheHost) {
  const std::string bytes = "GET http://H:1/a HTTP/1.1\r\nHost: h:1\r\n\r\n";
  Head head;
  ASSERT_FALSE(Parse(bytes, &head));
  EXPECT_EQ(head.path_and_query, "/a");
}

TEST(ParseHead, RefusesEveryAmbiguity) {
  const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n";
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
  const std::vector<std::string> bad = {
      "GET / HTTP/1.1\nHost: h\n\n",                  // bare LF
      "GET / HTTP/1.1\r\nHost: h\n\r\n",              //
      "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",          //
      "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",        // a line before the request line
      get + "X: a\rb\r\n\r\n",                        // bare CR
      get + "X: a\r\n b\r\n\r\n",                     // obs-fold
      get + "X: a\r\n\tb\r\n\r\n",                    //
      "GET / HTTP/1.1\r\n Host: h\r\n\r\n",           //
      get + "X : a\r\n\r\n",                          // space before the colon
      get + "X\t: a\r\n\r\n",                         //
      get + ": a\r\n\r\n",                            // no name
      get + "X\r\n\r\n",                              // no colon
      get + "X(: a\r\n\r\n",                          // no token
      get + std::string("X: a\0b\r\n\r\n", 10),       // NUL
      get + "X: a\x01\r\n\r\n",                       // control characters
      get + "X: a\x7F\r\n\r\n",                       //
      "G@T / HTTP/1.1\r\nHost: h\r\n\r\n",            // method
      " / HTTP/1.1\r\nHost: h\r\n\r\n",               //
      "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",           // two spaces
      "GET / HTTP/1.1 \r\nHost: h\r\n\r\n",           //
      "GET /\r\n\r\n",                                // HTTP/0.9
      "GET / HTTP/0.9\r\nHost: h\r\n\r\n",            //
      "GET / HTTP/2.0\r\nHost: h\r\n\r\n",            //
      "GET / http/1.1\r\nHost: h\r\n\r\n",            //
      "GET / HTTP/1.1x\r\nHost: h\r\n\r\n",           //
      "PRI * HTTP/2.0\r\n\r\n",                       // HTTP/2 preface
      "GET * HTTP/1.1\r\nHost: h\r\n\r\n",            // target forms
      "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n",    //
      "GET http://g/ HTTP/1.1\r\nHost: h\r\n\r\n",    // absolute form of another host
      "GET http://u@h/ HTTP/1.1\r\nHost: h\r\n\r\n",  //
      "GET / HTTP/1.1\r\n\r\n",                       // Host missing
      get + "Host: h\r\n\r\n",                        // Host twice
      "GET / HTTP/1.1\r\nHost:\r\n\r\n",              // Host empty
      "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",          //
      "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",         //
      post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
      post + "Content-Length: 1\r\ncontent-length: 2\r\n\r\n",
      post + "Content-Length: 1, 1\r\n\r\n",
      post + "Content-Length: +1\r\n\r\n",
      post + "Content-Length: -1\r\n\r\n",
      post + "Content-Length: 0x1\r\n\r\n",
      post + "Content-Length: 1 1\r\n\r\n",
      post + "Content-Length:\r\n\r\n",
      post + "Content-Length: 99999999999999999999\r\n\r\n",
      post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
      post + "Transfer-Encoding: gzip, chunked\r\n\r\n",
      post + "Transfer-Encoding: chunked, chunked\r\n\r\n",
      post + "Transfer-Encoding: identity\r\n\r\n",
      post + "Transfer-Encoding: xchunked\r\n\r\n",
      post + "Transfer-Encoding: \"chunked\"\r\n\r\n",
      post + "Transfer-Encoding:\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
      post + "Expect: 200-ok\r\n\r\n",
      get + "Authorization: a\r\nAuthorization: b\r\n\r\n",
      get + "If-Match: \"1\"\r\nIf-Match: \"2\"\r\n\r\n",
      get + "Idempotency-Key: 1\r\nidempotency-key: 2\r\n\r\n",
      get + "Purpose-Of-Use: audit\r\nPurpose-Of-Use: rescue\r\n\r\n",
      post + "Content-Type: application/json\r\nContent-Type: text/html\r\n\r\n",
  };
  for (const std::string& bytes : bad) {
    Head head;
    Refusal refusal = Parse(bytes, &head);
    EXPECT_EQ(refusal.status, 400) << bytes;
    EXPECT_STREQ(refusal.code, "malformed") << bytes;
  }
}

TEST(HeadScanner, TellsALongAddressFromLongFields) {
  HeadScanner scanner;
  size_t size = 0;
  EXPECT_EQ(
      scanner.Scan("GET /" + std::string(kLimits.uri_bytes_max + 100, 'a'), kLimits, &size).status,
      414);
  scanner.Reset();
  const std::string begun = "GET / HTTP/1.1\r\nX: ";
  EXPECT_EQ(scanner.Scan(begun + std::string(kLimits.head_bytes_max, 'a'), kLimits, &size).status,
            431);
}

TEST(ParseHead, RefusesALongAddressAndTooManyFields) {
  Head head;
  const std::string host = " HTTP/1.1\r\nHost: h\r\n";
  std::string path(kLimits.uri_bytes_max, 'a');
  path[0] = '/';
  EXPECT_FALSE(ParseHead("GET " + path + host + "\r\n", kLimits, &head));
  EXPECT_EQ(ParseHead("GET " + path + "a" + host + "\r\n", kLimits, &head).status, 414);
  std::string many = "GET /" + host;
  for (size_t i = 1; i < kLimits.fields_max; ++i) absl::StrAppend(&many, "X", i, ": 1\r\n");
  EXPECT_FALSE(ParseHead(many + "\r\n", kLimits, &head));
  EXPECT_EQ(ParseHead(many + "Y: 1\r\n\r\n", kLimits, &head).status, 431);
}

TEST(IsJsonType, TakesJsonInUtf8Only) {
  for (const char* good :
       {"application/json", "Application/JSON", "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\""}) {
    EXPECT_TRUE(IsJsonType(good)) << good;
  }
  for (const char* bad : {"", "text/plain", "application/jsonx", "application/json; charset=gbk",
                          "application/json; v=1", "application/json, text/html"}) {
    EXPECT_FALSE(IsJsonType(bad)) << bad;
  }
}

}  // namespace
}  // namespace guitu::http
