// Each banned word, shown to be found on a small sample and to pass where it is at home.
#include "tests/tidy/ban_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace guitu::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Tree Saying(absl::string_view path, absl::string_view line) {
  return {MakeFile(path, std::string(line) + "\n")};
}

TEST(WallClock, IsReadByItsAdapterAlone) {
  EXPECT_THAT(WallClock(Saying("adapters/http/x.cc", "auto t = absl::Now();")),
              ElementsAre("adapters/http/x.cc:1: absl::Now( is banned here (use the Clock port, "
                          "adapters/runtime/clock.h)"));
  EXPECT_THAT(WallClock(Saying("tests/x.cc", "std::chrono::system_clock::now()")), SizeIs(1));
  EXPECT_THAT(WallClock(Saying("tools/x.cc", "std::time(nullptr)")), SizeIs(1));
  EXPECT_THAT(WallClock(Saying("adapters/clock/x.cc", "absl::Now()")), IsEmpty());
  EXPECT_THAT(WallClock(Saying("tools/x.cc", "std::chrono::steady_clock::now()")), IsEmpty());
}

TEST(Randomness, ComesFromTheCryptoAlone) {
  EXPECT_THAT(Randomness(Saying("tests/x.cc", "std::random_device device;")), SizeIs(1));
  EXPECT_THAT(Randomness(Saying("tools/x.cc", "int x = rand();")), SizeIs(1));
  EXPECT_THAT(Randomness(Saying("aggregates/x.cc", "absl::BitGen gen;")), SizeIs(1));
  EXPECT_THAT(Randomness(Saying("adapters/crypto/x.cc", "randombytes_buf(p, n);")), IsEmpty());
  EXPECT_THAT(Randomness(Saying("tests/x.cc", "int x = grand(); operand(1);")), IsEmpty());
}

TEST(StandardOut, IsForPrograms) {
  EXPECT_THAT(StandardOut(Saying("adapters/http/x.cc", "std::cout << 1;")), SizeIs(1));
  EXPECT_THAT(StandardOut(Saying("events/x.cc", "std::printf(format);")), SizeIs(1));
  EXPECT_THAT(StandardOut(Saying("tools/x.cc", "std::cout << 1;")), IsEmpty());
  EXPECT_THAT(StandardOut(Saying("events/x.cc", "std::snprintf(b, n, f); std::fputs(s, stderr);")),
              IsEmpty());
}

TEST(SkippedTests, AreRefused) {
  EXPECT_THAT(SkippedTests(Saying("tests/x_test.cc", "  GTEST_SKIP() << why;")), SizeIs(1));
  EXPECT_THAT(SkippedTests(Saying("tests/x_test.cc", "TEST(A, DISABLED_B) {}")), SizeIs(1));
  EXPECT_THAT(SkippedTests(Saying("tests/x_test.cc", "TEST(A, B) {}")), IsEmpty());
}

TEST(SleepingTests, AreRefused) {
  EXPECT_THAT(SleepingTests(Saying("tests/x_test.cc", "std::this_thread::sleep_for(10ms);")),
              SizeIs(1));
  EXPECT_THAT(SleepingTests(Saying("tests/x_test.cc", "absl::SleepFor(absl::Seconds(1));")),
              SizeIs(1));
  EXPECT_THAT(SleepingTests(Saying("tests/x_test.cc", "done.WaitForNotification();")), IsEmpty());
}

TEST(BareTodo, NeedsAnIssue) {
  EXPECT_THAT(BareTodo(Saying("events/x.cc", "int a;  // TODO: more")),
              ElementsAre("events/x.cc:1: bare TODO (use TODO(#issue))"));
  EXPECT_THAT(BareTodo(Saying("events/x.cc", "int a;  // TODO(me): more")), SizeIs(1));
  EXPECT_THAT(BareTodo(Saying("CMakeLists.txt", "# FIXME")), SizeIs(1));
  EXPECT_THAT(BareTodo(Saying("events/x.cc", "int a;  // TODO(#12): more")), IsEmpty());
  EXPECT_THAT(BareTodo(Saying("events/x.cc", "Find(\"TODO\");  // TODOS")), IsEmpty());
}

TEST(Bans, ReadNoCommentsAndNoLiterals) {
  const Tree tree = Saying("events/x.cc", "Say(\"std::cout rand() absl::Now()\");  // rand()");
  EXPECT_THAT(StandardOut(tree), IsEmpty());
  EXPECT_THAT(Randomness(tree), IsEmpty());
  EXPECT_THAT(WallClock(tree), IsEmpty());
}

}  // namespace
}  // namespace guitu::tidy
