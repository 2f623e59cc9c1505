#include "tests/tidy/code_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace guitu::tidy {
namespace {

using ::testing::ElementsAre;

TEST(SplitCode, LeavesCommentsOutOfTheCode) {
  const CodeText split = SplitCode("int a;  // why\n/* first\nsecond */ int b;\n");
  EXPECT_THAT(split.code, ElementsAre("int a;  ", "", " int b;"));
  EXPECT_THAT(split.comment, ElementsAre(" why", " first", "second "));
}

TEST(SplitCode, EmptiesLiterals) {
  const CodeText split = SplitCode(R"(Call("rand( \" // no", '"', x);)");
  EXPECT_THAT(split.code, ElementsAre(R"(Call("", '', x);)"));
  EXPECT_THAT(split.comment, ElementsAre(""));
}

TEST(SplitCode, KeepsTheLinesOfARawString) {
  const CodeText split = SplitCode("auto s = R\"x(one\n#include \"two\"\n)\" )x\"; int b;\nint c;");
  EXPECT_THAT(split.code, ElementsAre("auto s = \"\"", "", "; int b;", "int c;"));
}

TEST(SplitCode, TakesAQuoteBetweenDigitsForASeparator) {
  EXPECT_THAT(SplitCode("int a = 1'000'000; char c = '1';").code,
              ElementsAre("int a = 1'000'000; char c = '';"));
}

TEST(SplitCode, EndsAnUnclosedLiteralWithItsLine) {
  EXPECT_THAT(SplitCode("a \"b\nc\n").code, ElementsAre("a \"\"", "c"));
}

TEST(SplitCode, EndsWhateverIsOpenWithTheText) {
  EXPECT_THAT(SplitCode("a /* b").comment, ElementsAre(" b"));
  EXPECT_THAT(SplitCode("a R\"(b").code, ElementsAre("a \"\""));
  EXPECT_THAT(SplitCode("a \"\\").code, ElementsAre("a \"\""));
}

}  // namespace
}  // namespace guitu::tidy
