// The parser: what is not exactly one JSON document in UTF-8 with each key once is refused, with
// the pointer of the spot as far as it was read.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/events/json_command.h"

namespace guitu::events {
namespace {

void ExpectMalformed(absl::string_view text, absl::string_view pointer) {
  ExpectRefused(ParseJson(text).status(), Reason::MALFORMED, pointer, text.substr(0, 200));
}

std::string InA(absl::string_view value) { return absl::StrCat(R"({"a":")", value, R"("})"); }

TEST(ParseJson, TakesOneDocumentWithWhiteSpaceAroundIt) {
  for (const char* text : {"{}", " \t\r\n{ }\n", "[]", "1", "\"x\"", "null", "true", R"({"":1})",
                           R"({"a":1,"A":2,"b":{"a":1}})", R"([{"a":1},{"a":2}])", "-0",
                           "\"\\ud83c\\udfee\"", "\"归途🏮\""}) {
    EXPECT_TRUE(ParseJson(text).ok()) << text;
  }
}

TEST(ParseJson, RefusesNothingAtAllAndHalfADocument) {
  ExpectMalformed("", "");
  ExpectMalformed("  ", "");
  ExpectMalformed("{", "");
  ExpectMalformed(R"({"a")", "/a");
  ExpectMalformed(R"({"a":)", "/a");
  ExpectMalformed(R"({"a":[1,2)", "/a/2");
  ExpectMalformed(R"({"a":{"b":"zqcanary)", "/a/b");
}

TEST(ParseJson, RefusesWhatFollowsTheDocument) {
  ExpectMalformed("{}zqcanary", "");
  ExpectMalformed("{}{}", "");
  ExpectMalformed("{},", "");
  ExpectMalformed(R"({"a":1}})", "");
  ExpectMalformed(absl::string_view("{}\0", 3), "");
}

TEST(ParseJson, RefusesAByteOrderMark) { ExpectMalformed("\xEF\xBB\xBF{}", ""); }

TEST(ParseJson, RefusesAKeyThatStandsTwice) {
  ExpectMalformed(R"({"zqcanary":1,"zqcanary":2})", "/zqcanary");
  ExpectMalformed(R"({"a":1,"b":2,"a":1})", "/a");
  ExpectMalformed(R"({"a":{"b":1,"b":1}})", "/a/b");
  ExpectMalformed(R"({"events":[{"type":"x"},{"data":1,"data":{}}]})", "/events/1/data");
  ExpectMalformed(R"({"a":{"a":1},"b":[[{"c":0,"c":0}]]})", "/b/0/0/c");
}

TEST(ParseJson, RefusesAKeyThatStandsTwiceInAnotherSpelling) {
  ExpectMalformed(R"({"a":1,"\u0061":2})", "/a");
  ExpectMalformed(R"({"/":1,"\/":2})", "/~1");
}

TEST(ParseJson, EscapesThePointerAndKnowsTheEmptyKey) {
  ExpectMalformed(R"({"a/b":1,"a/b":2})", "/a~1b");
  ExpectMalformed(R"({"~1":1,"~1":2})", "/~01");
  ExpectMalformed(R"({"":1,"":2})", "/");
  ExpectMalformed(R"({"":{"a":1,"a":2}})", "//a");
}

TEST(ParseJson, RefusesInvalidUtf8) {
  ExpectMalformed(InA("\xC0\xAF"), "/a");             // "/" in two bytes
  ExpectMalformed(InA("\xE0\x80\xAF"), "/a");         // and in three
  ExpectMalformed(InA("\xED\xA0\x80"), "/a");         // a surrogate
  ExpectMalformed(InA("\xE5\xBD"), "/a");             // the first two bytes of three
  ExpectMalformed(InA("\xE5\xBD zqcanary"), "/a");    // and then something else
  ExpectMalformed(InA("\x80"), "/a");                 // a byte that only continues
  ExpectMalformed(InA("\xFF"), "/a");                 // a byte that never stands
  ExpectMalformed(InA("\xF4\x90\x80\x80"), "/a");     // past U+10FFFF
  ExpectMalformed("{\"\xFF\":1}", "");                // in a key
  ExpectMalformed("{\"a\":1,\"\xC0\x80\":1}", "/a");  // in the key after a
}

TEST(ParseJson, RefusesHalfASurrogatePair) {
  ExpectMalformed(InA("\\ud800"), "/a");
  ExpectMalformed(InA("\\ud800\\u0041"), "/a");
  ExpectMalformed(InA("\\udc00"), "/a");
}

TEST(ParseJson, RefusesRawControlCharacters) {
  for (char c = 0; c < 0x20; ++c) ExpectMalformed(InA(absl::string_view(&c, 1)), "/a");
}

TEST(ParseJson, RefusesWhatOtherParsersLetPass) {
  for (const char* value :
       {"NaN",        "Infinity",  "-Infinity", "nul",       "True", "'x'",   "+1",  "01",
        "-01",        ".5",        "1.",        "1e",        "0x10", "/**/1", "1//", "[1,]",
        "{\"b\":1,}", "\"\\x41\"", "\"\\",      "undefined", "--1",  "1_000"}) {
    EXPECT_FALSE(ParseJson(absl::StrCat("{\"a\":", value, "}")).ok()) << value;
  }
  ExpectMalformed(R"({"a":NaN})", "/a");
  ExpectMalformed(R"({"a":[1,NaN]})", "/a/1");
  ExpectMalformed(R"({a:1})", "");
}

TEST(ParseJson, NestsSixteenDeepAndNoDeeper) {
  std::string open(kJsonDepth, '[');
  std::string close(kJsonDepth, ']');
  EXPECT_TRUE(ParseJson(open + close).ok());
  absl::Status status = ParseJson("[" + open + close + "]").status();
  std::string pointer;
  for (size_t i = 0; i < kJsonDepth; ++i) pointer += "/0";
  ExpectRefused(status, Reason::MALFORMED, pointer, "arrays");

  std::string objects;
  std::string path;
  for (size_t i = 0; i < kJsonDepth; ++i) {
    objects += R"({"k":)";
    path += "/k";
  }
  EXPECT_TRUE(ParseJson(objects + "1" + std::string(kJsonDepth, '}')).ok());
  ExpectMalformed(objects + "{}" + std::string(kJsonDepth, '}'), path);
  // A million levels are refused by the same rule, not by the stack.
  EXPECT_FALSE(ParseJson(std::string(1000000, '[')).ok());
}

TEST(ParseJson, RefusesWhatIsTooLongForAnyField) {
  std::string text(size_t{1} << 20, 'x');
  EXPECT_TRUE(ParseJson(InA(text)).ok());
  ExpectMalformed(InA(text + "x"), "/a");
  std::string key(200, 'k');
  EXPECT_TRUE(ParseJson(absl::StrCat("{\"", key, "\":1}")).ok());
  ExpectMalformed(absl::StrCat("{\"a\":1,\"", key, "k\":1}"), "/a");
  std::string list = "0";
  for (int i = 1; i < 10000; ++i) list += ",0";
  EXPECT_TRUE(ParseJson(absl::StrCat("[", list, "]")).ok());
  ExpectMalformed(absl::StrCat("[", list, ",0]"), "/10000");
}

TEST(ParseJson, KeepsWholeNumbersWholeAndEveryOtherNumberApart) {
  EXPECT_TRUE(ParseJson("9223372036854775807")->is_int64());
  EXPECT_TRUE(ParseJson("9223372036854775808")->is_uint64());
  EXPECT_TRUE(ParseJson("18446744073709551616")->is_double());
  EXPECT_TRUE(ParseJson("1.0")->is_double());
  EXPECT_TRUE(ParseJson("1e3")->is_double());
}

}  // namespace
}  // namespace guitu::events
