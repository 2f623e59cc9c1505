#include "adapters/http/target.h"

#include <gtest/gtest.h>

namespace guitu::http {
namespace {

using Strings = std::vector<std::string>;

Strings SegmentsOf(absl::string_view path) {
  Target target;
  EXPECT_FALSE(ParseTarget(path, &target)) << path;
  return target.segments;
}

TEST(ParseTarget, SplitsAndDecodesThePath) {
  EXPECT_EQ(SegmentsOf("/"), Strings{});
  EXPECT_EQ(SegmentsOf(""), Strings{});
  EXPECT_EQ(SegmentsOf("/v1/cases/GT-1"), (Strings{"v1", "cases", "GT-1"}));
  EXPECT_EQ(SegmentsOf("/a/"), (Strings{"a", ""}));
  EXPECT_EQ(SegmentsOf("/%E5%BD%92%E9%80%94/a%20b"), (Strings{"归途", "a b"}));
  EXPECT_EQ(SegmentsOf("/...;x=1,@:!$&'()*+~"), (Strings{"...;x=1,@:!$&'()*+~"}));
}

TEST(ParseTarget, DecodesTheQueryAndKeepsPlusAsPlus) {
  Target target;
  ASSERT_FALSE(ParseTarget("/x?asOf=2026-01-01T00:00:00+08:00&flag&n=%E5%BD%92&e=", &target));
  std::vector<NameValue> expected = {
      {"asOf", "2026-01-01T00:00:00+08:00"}, {"flag", ""}, {"n", "归"}, {"e", ""}};
  EXPECT_EQ(target.query, expected);
  ASSERT_FALSE(ParseTarget("/x?", &target));
  EXPECT_TRUE(target.query.empty());
}

TEST(ParseTarget, RefusesWhatTwoReadersCouldReadDifferently) {
  for (const char* bad :
       {"/a//b",         "//",           "/a//",    "/.",          "/..",           "/a/../b",
        "/a/%2e%2e/b",   "/%2E",         "/a%2Fb",  "/a%2fb",      "/a%5Cb",        "/a\\b",
        "/%00",          "/a%0Ab",       "/%7F",    "/%",          "/%4",           "/%zz",
        "/a%2",          "/a b",         "/a#b",    "/a\"b",       "/<a>",          "/{a}",
        "/\xE5\xBD\x92", "/%FF",         "/%C0%AF", "/%ED%A0%80",  "/%F4%90%80%80", "/x?a=1&a=2",
        "/x?a&a",        "/x?%61=1&a=2", "/x?=1",   "/x?a=1&&b=2", "/x?&",          "/x?a=%00",
        "/x?a=%FF",      "/x?a=#",       "/x?a=[1]"}) {
    Target target;
    Refusal refusal = ParseTarget(bad, &target);
    EXPECT_EQ(refusal.status, 400) << bad;
    EXPECT_STREQ(refusal.code, "malformed") << bad;
  }
}

TEST(ParseTarget, RefusesMoreThan32Parameters) {
  std::string text = "/x?p=1";
  Target target;
  for (int i = 1; i < 32; ++i) text += "&p" + std::to_string(i);
  EXPECT_FALSE(ParseTarget(text, &target));
  EXPECT_TRUE(ParseTarget(text + "&q", &target));
}

TEST(SplitTarget, TakesOriginAndAbsoluteForm) {
  TargetForm form;
  ASSERT_FALSE(SplitTarget("/a?b", &form));
  EXPECT_EQ(form.authority, "");
  EXPECT_EQ(form.path_and_query, "/a?b");
  ASSERT_FALSE(SplitTarget("HTTP://host:81/a?b", &form));
  EXPECT_EQ(form.authority, "host:81");
  EXPECT_EQ(form.path_and_query, "/a?b");
  ASSERT_FALSE(SplitTarget("https://host", &form));
  EXPECT_EQ(form.path_and_query, "");
}

TEST(EncodeTarget, IsReadAgainAsTheSameAndIsNoLonger) {
  for (const char* text : {"/", "/a/", "/a/b;c=d,e/-._~!$&'()*+,;=:@", "/%E5%BD%92/%25/%20/%3F%23",
                           "/a?b", "/a?b=", "/a?b=c&d=%26%3D%25%2B+e/?=&%26%3D=%E5%BD%92",
                           "/?q='()*!$,;:@~", "/%61?%62=%63"}) {
    Target target;
    ASSERT_FALSE(ParseTarget(text, &target)) << text;
    const std::string again = EncodeTarget(target.segments, target.query);
    EXPECT_LE(again.size(), std::string(text).size()) << again;
    Target second;
    ASSERT_FALSE(ParseTarget(again, &second)) << again;
    EXPECT_EQ(second.segments, target.segments) << again;
    EXPECT_EQ(second.query, target.query) << again;
  }
}

TEST(EncodeTarget, EncodesWhatWouldBeReadOtherwise) {
  EXPECT_EQ(EncodeTarget({}, {}), "/");
  EXPECT_EQ(EncodeTarget({"a b", "#?%"}, {{"x&=", "a&b=c%d"}, {"y", ""}}),
            "/a%20b/%23%3F%25?x%26%3D=a%26b=c%25d&y");
}

TEST(SplitTarget, RefusesOtherForms) {
  TargetForm form;
  for (const char* bad :
       {"*", "host:443", "ftp://h/", "http://", "http:///a", "http://u@h/", "a"}) {
    EXPECT_TRUE(SplitTarget(bad, &form)) << bad;
  }
}

TEST(IsHost, TellsHostsFromOtherText) {
  for (const char* good : {"a", "a.b-c_d", "127.0.0.1:8470", "[::1]", "[::1]:80", "h:1"}) {
    EXPECT_TRUE(IsHost(good)) << good;
  }
  for (const char* bad : {"", ":80", "a:", "a:x", "a:123456", "a b", "a/b", "u@h", "[::1", "[]",
                          "[g]", "[::1]x", "a,b", "h:1:2"}) {
    EXPECT_FALSE(IsHost(bad)) << bad;
  }
}

}  // namespace
}  // namespace guitu::http
