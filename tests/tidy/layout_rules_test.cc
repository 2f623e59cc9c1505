// Each rule about folders and files, shown to fail on a small sample and to let the right thing
// pass.
#include "tests/tidy/layout_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace guitu::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(HeaderContracts, WantACommentOnTopAndPragmaOnce) {
  EXPECT_THAT(HeaderContracts({MakeFile("x.h", "#pragma once\n")}),
              ElementsAre(HasSubstr("x.h:1: no contract on top")));
  EXPECT_THAT(HeaderContracts({MakeFile("x.h", "// What it is.\n")}),
              ElementsAre("x.h:1: no #pragma once"));
  EXPECT_THAT(HeaderContracts({MakeFile("x.h", "// #pragma once\n")}), SizeIs(1));
  EXPECT_THAT(HeaderContracts({MakeFile("x.h", "")}), SizeIs(2));
  EXPECT_THAT(HeaderContracts({MakeFile("x.h", "// What it is.\n#pragma once\n")}), IsEmpty());
  EXPECT_THAT(HeaderContracts({MakeFile("x.cc", "int a;\n")}), IsEmpty());
}

TEST(FolderReadmes, AreOwedByTopFoldersAndAdapters) {
  EXPECT_THAT(FolderReadmes({MakeFile("events/x.h", ""), MakeFile("adapters/http/x.h", ""),
                             MakeFile("adapters/README.md", "")}),
              ElementsAre(HasSubstr("adapters/http/README.md:1: missing"),
                          HasSubstr("events/README.md:1: missing")));
  EXPECT_THAT(FolderReadmes({MakeFile("events/schema/x.capnp", ""),
                             MakeFile("events/README.md", ""), MakeFile("CMakeLists.txt", "")}),
              IsEmpty());
}

TEST(FolderReadmes, FitOneScreen) {
  EXPECT_THAT(FolderReadmes({MakeFile("events/README.md", std::string(61, '\n'))}), SizeIs(1));
  EXPECT_THAT(FolderReadmes({MakeFile("events/README.md", std::string(60, '\n'))}), IsEmpty());
  EXPECT_THAT(FolderReadmes({MakeFile("README.md", std::string(61, '\n'))}), IsEmpty());
}

TEST(ExecutableScripts, AreAllThatIsExecutable) {
  EXPECT_THAT(ExecutableScripts({MakeFile("tools/x", "#!/bin/bash\n", false)}), SizeIs(1));
  EXPECT_THAT(ExecutableScripts({MakeFile("tools/x.cc", "int a;\n", true)}), SizeIs(1));
  EXPECT_THAT(ExecutableScripts({MakeFile("tools/x", "#!/bin/bash\n", true),
                                 MakeFile("tools/x.cc", "int a;\n", false)}),
              IsEmpty());
}

}  // namespace
}  // namespace guitu::tidy
