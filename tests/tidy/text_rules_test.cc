// Each rule about text, shown to fail on a small sample and to let the right thing pass.
#include "tests/tidy/text_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace guitu::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Times(size_t count, absl::string_view what) {
  std::string text;
  for (size_t i = 0; i < count; ++i) absl::StrAppend(&text, what);
  return text;
}

TEST(Columns, EndAtAHundred) {
  EXPECT_THAT(Columns({MakeFile("events/x.h", absl::StrCat("\n", Times(101, "x"), "\n"))}),
              ElementsAre("events/x.h:2: 101 columns (wrap at 100)"));
  EXPECT_THAT(Columns({MakeFile("events/x.h", Times(100, "x"))}), IsEmpty());
  EXPECT_THAT(Columns({MakeFile("x/CMakeLists.txt", Times(101, "x"))}), SizeIs(1));
  EXPECT_THAT(Columns({MakeFile("README.md", Times(101, "x"))}), IsEmpty());
}

TEST(Columns, CountAChineseCharacterAsOne) {
  EXPECT_THAT(Columns({MakeFile("events/x.capnp", Times(100, "归"))}), IsEmpty());
  EXPECT_THAT(Columns({MakeFile("events/x.capnp", Times(101, "归"))}), SizeIs(1));
}

TEST(Length, EndsAtEightHundredLinesAndAThousandForATest) {
  EXPECT_THAT(Length({MakeFile("events/x.cc", Times(801, "\n"))}), SizeIs(1));
  EXPECT_THAT(Length({MakeFile("events/x.cc", Times(800, "\n"))}), IsEmpty());
  EXPECT_THAT(Length({MakeFile("tests/x.cc", Times(1001, "\n"))}), SizeIs(1));
  EXPECT_THAT(Length({MakeFile("tests/x.cc", Times(1000, "\n"))}), IsEmpty());
  EXPECT_THAT(Length({MakeFile("tests/x.json", Times(2000, "\n"))}), IsEmpty());
}

TEST(Whitespace, RefusesWhatTheEyeDoesNotSee) {
  EXPECT_THAT(Whitespace({MakeFile("x.h", "\tint a;\n")}), ElementsAre("x.h:1: tab (use spaces)"));
  EXPECT_THAT(Whitespace({MakeFile("x.h", "int a; \n")}), SizeIs(1));
  EXPECT_THAT(Whitespace({MakeFile("x.h", "int a;\r\n")}), SizeIs(1));
  EXPECT_THAT(Whitespace({MakeFile("x.h", "int a;")}), SizeIs(1));
  EXPECT_THAT(Whitespace({MakeFile("x.h", "int a;\n\n")}), SizeIs(1));
  EXPECT_THAT(Whitespace({MakeFile("x.h", "int a;\n")}), IsEmpty());
  EXPECT_THAT(Whitespace({MakeFile("x.h", "")}), IsEmpty());
}

TEST(MachinePaths, AreRefusedInEveryFile) {
  for (const char* name : {"work", "root", "home", "Users"}) {
    const std::string path = absl::StrCat("/", name, "/x");
    EXPECT_THAT(MachinePaths({MakeFile("x.json", absl::StrCat("{\"a\": \"", path, "\"}"))}),
                SizeIs(1));
    EXPECT_THAT(MachinePaths({MakeFile("x.md", path)}), SizeIs(1));
    EXPECT_THAT(MachinePaths({MakeFile("x.md", absl::StrCat("a", path, " ./b", path))}), IsEmpty());
  }
}

}  // namespace
}  // namespace guitu::tidy
