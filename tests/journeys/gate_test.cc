// The start-up gate and the environment: what the program does when its directory is not as it left
// it (design.md, section 3, Start-up gate). Whatever might mean loss is refused with exit code 3;
// what is only a torn tail, or can be made anew, needs no hand.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/conformance/temp_dir.h"
#include "tests/journeys/process.h"

namespace guitu::journeys {
namespace {

namespace fs = std::filesystem;
using app_test::Answer;
using app_test::Quoted;
using app_test::Web;
namespace json = boost::json;

class AnInstallation : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(Install(data_, 4)); }

  // Serves, records `count` cases with two commands each, ends by `signal`. Keys begin with `name`.
  void Record(const std::string& name, int count, int signal = SIGTERM) {
    Server server(data_);
    ASSERT_TRUE(server.WaitUntilServing()) << server.Wait();
    Web police(server.port(), TokenOf(data_, app_test::kPolice));
    for (int i = 0; i < count; ++i) {
      Answer opened = police.Post("/v1/cases", absl::StrCat(name, i), "", app_test::Rescue());
      ASSERT_EQ(opened.status, 201) << opened;
      std::string path = opened.Header("Location");
      ASSERT_EQ(
          police.Post(path + "/events", absl::StrCat(name, i, "w"), "*", app_test::Wish()).status,
          200);
      paths_.push_back(path);
    }
    server.Signal(signal);
    Ran ended = server.Wait();
    EXPECT_EQ(ended.code, signal == SIGTERM ? 0 : -1) << ended;
  }
  // All that was recorded can be read.
  void ExpectWhole() {
    Server server(data_);
    ASSERT_TRUE(server.WaitUntilServing()) << server.Wait();
    Web worker(server.port(), TokenOf(data_, app_test::kWorker));
    for (const std::string& path : paths_) {
      Answer answer = worker.Get(path + "/timeline", "aftercare");
      ASSERT_EQ(answer.status, 200) << answer;
      EXPECT_EQ(answer.body.at("events").as_array().size(), 2u);
    }
    server.Signal(SIGTERM);
    EXPECT_EQ(server.Wait().code, 0);
  }
  // `serve` ends by itself with this code; what it said.
  std::string ExpectRefused(int code = 3, const std::vector<std::string>& more = {}) {
    Server server(data_, more);
    EXPECT_FALSE(server.WaitUntilServing()) << "it serves";
    if (server.port() != 0) server.Signal(SIGKILL);
    Ran ran = server.Wait();
    EXPECT_EQ(ran.code, code) << ran;
    EXPECT_TRUE(absl::StartsWith(ran.err, "guitu: ")) << ran;
    return ran.err;
  }
  void Copy(const std::string& from, const std::string& to) const {
    fs::remove_all(dir_ / to);
    fs::copy(dir_ / from, dir_ / to, fs::copy_options::recursive);
  }
  // Files of the log's database that end in `suffix`, in the order of their names.
  std::vector<std::string> LogFiles(const std::string& suffix) const {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(data_ + "/log/db")) {
      if (absl::EndsWith(entry.path().string(), suffix)) files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
  }
  static void Flip(const std::string& path, uint64_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    char byte = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(byte ^ 0x40));
    ASSERT_TRUE(file.good()) << path;
  }

  conformance::TempDir dir_;
  const std::string data_ = dir_ / "data";
  std::vector<std::string> paths_;
};

TEST_F(AnInstallation, IsForItsOwnerAlone) {
  EXPECT_EQ(fs::status(data_).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(data_ + ".root-key").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(AnInstallation, ServedByOneProcessIsRefusedToASecond) {
  Server first(data_);
  ASSERT_TRUE(first.WaitUntilServing()) << first.Wait();
  std::string said = ExpectRefused();
  EXPECT_TRUE(absl::StrContains(said, "locked")) << said;
  EXPECT_EQ(Guitu({"rebuild", "--compare", "--data", data_}).code, 3);
  EXPECT_EQ(Web(first.port(), "").Get("/readyz").status, 200) << "the first goes on";
}

TEST_F(AnInstallation, DoesNotOpenUnderAnotherRootKey) {
  ASSERT_EQ(Guitu({"init", "--data", dir_ / "other", "--partitions", "1"}).code, 0);
  ExpectRefused(3, {"--root-key-file", dir_ / "other.root-key"});
  ExpectWhole();
}

TEST_F(AnInstallation, DoesNotOpenWithoutItsRootKey) {
  fs::rename(data_ + ".root-key", dir_ / "elsewhere");
  Server server(data_);
  EXPECT_FALSE(server.WaitUntilServing());
  EXPECT_NE(server.Wait().code, 0);
}

TEST_F(AnInstallation, DoesNotOpenWithARootKeyThatOthersMayRead) {
  for (fs::perms bit : {fs::perms::group_read, fs::perms::others_read}) {
    fs::permissions(data_ + ".root-key", fs::perms::owner_read | fs::perms::owner_write | bit);
    std::string said = ExpectRefused();
    EXPECT_TRUE(absl::StrContains(said, "0600")) << said;
  }
  fs::permissions(data_ + ".root-key", fs::perms::owner_read);
  ExpectWhole();
}

TEST_F(AnInstallation, IsNotMadeOverAnother) {
  Ran again = Guitu({"init", "--data", data_});
  EXPECT_EQ(again.code, 1) << again;
  EXPECT_TRUE(absl::StrContains(again.err, "already")) << again;
  ExpectWhole();
}

TEST_F(AnInstallation, OnAPortThatIsTakenIsAnErrorOfTheEnvironment) {
  ASSERT_EQ(Guitu({"init", "--data", dir_ / "other", "--partitions", "1"}).code, 0);
  Server first(data_);
  ASSERT_TRUE(first.WaitUntilServing());
  Ran second = Guitu(
      {"serve", "--data", dir_ / "other", "--listen", absl::StrCat("127.0.0.1:", first.port())});
  EXPECT_EQ(second.code, 3) << second;
}

TEST_F(AnInstallation, EndsWithCodeNoughtOnSigtermAndSigint) {
  Record("a", 2, SIGTERM);
  for (int signal : {SIGTERM, SIGINT}) {
    Server server(data_);
    ASSERT_TRUE(server.WaitUntilServing());
    server.Signal(signal);
    EXPECT_EQ(server.Wait().code, 0);
  }
  ExpectWhole();
}

TEST_F(AnInstallation, WhoseLogLostItsAcknowledgedTailIsNotServed) {
  Record("a", 2);
  Copy("data/log", "earlier-log");
  Record("b", 4);
  Copy("earlier-log", "data/log");
  std::string said = ExpectRefused();
  EXPECT_TRUE(absl::StrContains(said, "partition ")) << said;
  EXPECT_TRUE(absl::StrContains(said, "offset ")) << said;
  ExpectRefused();  // and again: nothing was repaired behind anybody's back
}

TEST_F(AnInstallation, WhoseLogAndStoreLostTheirTailIsNotServed) {
  Record("a", 2);
  Copy("data/log", "earlier-log");
  Copy("data/store", "earlier-store");
  Record("b", 4);
  Copy("earlier-log", "data/log");
  Copy("earlier-store", "data/store");
  std::string said = ExpectRefused();
  EXPECT_TRUE(absl::StrContains(said, "anchor stands at")) << said;
}

TEST_F(AnInstallation, WhoseLogLostItsTailAndWhoseStoreIsGoneIsNotServed) {
  Record("a", 2);
  Copy("data/log", "earlier-log");
  Record("b", 4);
  Copy("earlier-log", "data/log");
  fs::remove_all(data_ + "/store");
  std::string said = ExpectRefused();
  EXPECT_TRUE(absl::StrContains(said, "anchor stands at")) << said;
}

TEST_F(AnInstallation, WhoseLogWentAnotherWayFromAnEarlierCopyIsNotServed) {
  Record("a", 2);
  Copy("data", "earlier");
  Record("b", 3);
  std::string anchor = data_ + "/anchor";
  fs::copy_file(anchor, dir_ / "anchor-of-b");
  // The copy goes on by itself, further than the anchor: longer, but not the same.
  fs::remove_all(data_);
  fs::rename(dir_ / "earlier", data_);
  paths_.clear();
  Record("c", 20);
  fs::copy_file(dir_ / "anchor-of-b", anchor, fs::copy_options::overwrite_existing);
  std::string said = ExpectRefused();
  EXPECT_TRUE(absl::StrContains(said, "partition ")) << said;
}

TEST_F(AnInstallation, WhoseLogIsOfAnotherInstallationIsNotServed) {
  ASSERT_EQ(Guitu({"init", "--data", dir_ / "other", "--partitions", "4"}).code, 0);
  Copy("other/log", "data/log");
  std::string said = ExpectRefused(1);
  EXPECT_TRUE(absl::StrContains(said, "another log")) << said;
}

TEST_F(AnInstallation, WithAByteOfItsLogFlippedIsNotServed) {
  // An orderly end: the anchor covers all of it. After a kill the last moments are uncovered.
  Record("a", 6);
  Copy("data", "whole");
  std::vector<std::string> files = LogFiles(".log");
  ASSERT_FALSE(files.empty());
  int refused = 0;
  for (double part : {0.05, 0.3, 0.6, 0.9}) {
    Copy("whole", "data");
    std::string biggest = files.front();
    for (const std::string& file : files) {
      if (fs::file_size(file) > fs::file_size(biggest)) biggest = file;
    }
    Flip(biggest, static_cast<uint64_t>(part * static_cast<double>(fs::file_size(biggest))));
    Server server(data_);
    EXPECT_FALSE(server.WaitUntilServing()) << "at " << part;
    if (server.port() != 0) server.Signal(SIGKILL);
    refused += server.Wait().code == 3 ? 1 : 0;
  }
  EXPECT_EQ(refused, 4);
}

TEST_F(AnInstallation, WithAFileOfItsLogDeletedIsNotServed) {
  Record("a", 6);
  Copy("data", "whole");
  std::vector<std::string> files = LogFiles(".log");
  for (const std::string& file : LogFiles(".sst")) files.push_back(file);
  ASSERT_FALSE(files.empty());
  for (const std::string& file : files) {
    Copy("whole", "data");
    if (fs::file_size(file) == 0) continue;
    fs::remove(file);
    SCOPED_TRACE(fs::path(file).filename());
    ExpectRefused();
  }
}

TEST_F(AnInstallation, WithoutItsAnchorIsNotServed) {
  Record("a", 1);
  fs::remove(data_ + "/anchor");
  Server server(data_);
  EXPECT_FALSE(server.WaitUntilServing());
  EXPECT_NE(server.Wait().code, 0);
}

TEST_F(AnInstallation, WithAGarbledAnchorIsNotServed) {
  Record("a", 1);
  std::string anchor = data_ + "/anchor";
  uint64_t size = fs::file_size(anchor);
  std::ofstream(anchor, std::ios::binary | std::ios::trunc) << std::string(size, 'x');
  std::string said = ExpectRefused();
  EXPECT_TRUE(absl::StrContains(said, "anchor")) << said;
  std::ofstream(anchor, std::ios::binary | std::ios::trunc) << "";
  ExpectRefused();
}

TEST_F(AnInstallation, WithTheAnchorOfAnotherIsNotServed) {
  ASSERT_EQ(Guitu({"init", "--data", dir_ / "other", "--partitions", "4"}).code, 0);
  fs::copy_file(dir_ / "other/anchor", data_ + "/anchor", fs::copy_options::overwrite_existing);
  ExpectRefused();
}

TEST_F(AnInstallation, WhoseStoreIsGoneMakesItAnewFromTheLog) {
  Record("a", 4);
  fs::remove_all(data_ + "/store");
  ExpectWhole();
  Ran rebuilt = Guitu({"rebuild", "--compare", "--data", data_});
  EXPECT_EQ(rebuilt.code, 0) << rebuilt;
}

TEST_F(AnInstallation, WhoseStoreIsOfAnEarlierDayCatchesUp) {
  Record("a", 2);
  Copy("data/store", "earlier-store");
  Record("b", 4);
  Copy("earlier-store", "data/store");
  ExpectWhole();
  EXPECT_EQ(Guitu({"rebuild", "--compare", "--data", data_}).code, 0);
}

TEST_F(AnInstallation, WithATornTailBehindTheAnchorIsServed) {
  Record("a", 4, SIGKILL);
  std::vector<std::string> files = LogFiles(".log");
  ASSERT_FALSE(files.empty());
  // Half of a write that was never synced.
  std::ofstream(files.back(), std::ios::binary | std::ios::app)
      << std::string("\x11\x22\x33\x44\x40\x00\x01half", 11);
  ExpectWhole();
}

TEST_F(AnInstallation, RebuiltIsEqualToTheLiveOne) {
  Record("a", 3);
  Ran rebuilt = Guitu({"rebuild", "--compare", "--data", data_});
  EXPECT_EQ(rebuilt.code, 0) << rebuilt;
  EXPECT_TRUE(absl::StrContains(rebuilt.out, "equal")) << rebuilt;
  EXPECT_FALSE(fs::exists(data_ + "/store-rebuilt"));
  ExpectWhole();
}

TEST_F(AnInstallation, RebuiltAfterAKillIsEqualToTheLiveOne) {
  Record("a", 3, SIGKILL);
  EXPECT_EQ(Guitu({"rebuild", "--compare", "--data", data_}).code, 0);
  ExpectWhole();
}

}  // namespace
}  // namespace guitu::journeys
