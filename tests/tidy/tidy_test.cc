// The house rules, held against the tree itself. Each failure names file and line and says what to
// do instead; the rules are in the *_rules.h beside this file, each tried on a bad sample of its
// own.
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "tests/tidy/ban_rules.h"
#include "tests/tidy/include_rules.h"
#include "tests/tidy/layout_rules.h"
#include "tests/tidy/text_rules.h"
#include "tests/tidy/tree.h"

namespace guitu::tidy {
namespace {

const Tree& Ours() {
  static const Tree* tree = new Tree(ReadTree(GUITU_SOURCE_DIR));
  return *tree;
}

void ExpectNothing(const Findings& findings) {
  EXPECT_TRUE(findings.empty()) << absl::StrJoin(findings, "\n");
}

TEST(Tree, IsReadWhole) {
  bool source = false;
  bool build = false;
  for (const File& file : Ours()) {
    source |= file.path == "tests/tidy/tidy_test.cc" && !file.code.empty();
    build |= IsIn(file.path, "build") || IsIn(file.path, ".git");
  }
  EXPECT_TRUE(source);
  EXPECT_FALSE(build);
}

TEST(Tree, IncludesPointInward) { ExpectNothing(IncludeDirection(Ours())); }
TEST(Tree, AdaptersMeetThroughPorts) { ExpectNothing(AdapterSiblings(Ours())); }
TEST(Tree, LibrariesStayInTheirFolders) { ExpectNothing(LibraryHomes(Ours())); }

TEST(Tree, ReadsTheWallClockThroughItsPort) { ExpectNothing(WallClock(Ours())); }
TEST(Tree, TakesRandomnessFromItsSource) { ExpectNothing(Randomness(Ours())); }
TEST(Tree, PrintsFromProgramsOnly) { ExpectNothing(StandardOut(Ours())); }
TEST(Tree, SkipsNoTest) { ExpectNothing(SkippedTests(Ours())); }
TEST(Tree, SleepsInNoTest) { ExpectNothing(SleepingTests(Ours())); }
TEST(Tree, NamesAnIssueForWhatIsUnfinished) { ExpectNothing(BareTodo(Ours())); }

TEST(Tree, FitsAHundredColumns) { ExpectNothing(Columns(Ours())); }
TEST(Tree, HasNoLongFile) { ExpectNothing(Length(Ours())); }
TEST(Tree, HasCleanWhitespace) { ExpectNothing(Whitespace(Ours())); }
TEST(Tree, NamesNoMachine) { ExpectNothing(MachinePaths(Ours())); }

TEST(Tree, HasAContractOnEveryHeader) { ExpectNothing(HeaderContracts(Ours())); }
TEST(Tree, HasAGuideInEveryFolder) { ExpectNothing(FolderReadmes(Ours())); }
TEST(Tree, HasScriptsThatRun) { ExpectNothing(ExecutableScripts(Ours())); }

}  // namespace
}  // namespace guitu::tidy
