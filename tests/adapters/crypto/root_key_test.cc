#include "adapters/crypto/root_key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/adapters/crypto/test_files.h"

namespace guitu::crypto {
namespace {

TEST(RootKey, ReadsBackWhatWasCreated) {
  TempDir dir;
  auto created = CreateRootKey(dir / "root.key");
  ASSERT_TRUE(created.ok()) << created.status();
  auto read = ReadRootKey(dir / "root.key");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(SameSecret(*created, *read));
}

TEST(RootKey, FileIsForItsOwnerOnlyWhateverTheUmask) {
  TempDir dir;
  for (mode_t mask : {0000, 0077, 0377}) {
    const mode_t before = ::umask(mask);
    const std::string path = dir / std::to_string(mask);
    auto created = CreateRootKey(path);
    ::umask(before);
    ASSERT_TRUE(created.ok()) << created.status();
    struct stat info {};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0600u);
  }
}

TEST(RootKey, IsNeverOverwritten) {
  TempDir dir;
  auto first = CreateRootKey(dir / "root.key");
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(absl::IsAlreadyExists(CreateRootKey(dir / "root.key").status()));
  EXPECT_TRUE(absl::IsAlreadyExists(WriteRootKey(dir / "root.key", Secret::Random())));
  EXPECT_TRUE(SameSecret(*first, *ReadRootKey(dir / "root.key")));
}

TEST(RootKey, IsNotReadWhereGroupOrOthersMayUseTheFile) {
  TempDir dir;
  ASSERT_TRUE(CreateRootKey(dir / "root.key").ok());
  for (mode_t mode : {0640, 0620, 0610, 0604, 0602, 0601, 0666}) {
    ASSERT_EQ(::chmod((dir / "root.key").c_str(), mode), 0);
    EXPECT_TRUE(absl::IsPermissionDenied(ReadRootKey(dir / "root.key").status())) << mode;
  }
  ASSERT_EQ(::chmod((dir / "root.key").c_str(), 0400), 0);
  EXPECT_TRUE(ReadRootKey(dir / "root.key").ok());
}

TEST(RootKey, IsNotReadFromAnythingElse) {
  TempDir dir;
  EXPECT_TRUE(absl::IsNotFound(ReadRootKey(dir / "absent").status()));
  const std::string digits(64, 'a');
  const std::vector<std::string> wrong = {"",
                                          "\n",
                                          digits.substr(1),
                                          digits + "a",
                                          digits + "\n\n",
                                          digits + " ",
                                          std::string(63, 'a') + "g",
                                          std::string(32, 'a') + " " + std::string(31, 'a')};
  for (size_t i = 0; i < wrong.size(); ++i) {
    const std::string path = dir / std::to_string(i);
    WriteFile(path, wrong[i]);
    ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
    EXPECT_TRUE(absl::IsInvalidArgument(ReadRootKey(path).status())) << i;
  }
  WriteFile(dir / "bare", digits);
  ASSERT_EQ(::chmod((dir / "bare").c_str(), 0600), 0);
  EXPECT_TRUE(ReadRootKey(dir / "bare").ok());
  ASSERT_EQ(::mkdir((dir / "folder").c_str(), 0700), 0);
  EXPECT_TRUE(absl::IsInvalidArgument(ReadRootKey(dir / "folder").status()));
}

TEST(RootKey, IsNotCreatedWhereThereIsNoDirectory) {
  TempDir dir;
  EXPECT_TRUE(absl::IsUnavailable(CreateRootKey(dir / "absent/root.key").status()));
}

TEST(RootKey, IsNotWrittenThroughALink) {
  // O_EXCL follows no link, so nothing is written into something that exists.
  TempDir dir;
  ASSERT_EQ(::symlink("/dev/full", (dir / "root.key").c_str()), 0);
  EXPECT_TRUE(absl::IsAlreadyExists(CreateRootKey(dir / "root.key").status()));
}

}  // namespace
}  // namespace guitu::crypto
