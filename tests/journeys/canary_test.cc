// Nothing that was said of a person stands readable on disk, or in what the server prints: marked
// words are put into every kind of personal field and looked for in every file, in the forms in
// which they could have been written.
#include "tests/journeys/canary.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/conformance/temp_dir.h"
#include "tests/journeys/process.h"

namespace guitu::journeys {
namespace {

namespace fs = std::filesystem;
using app_test::Answer;
using app_test::Command;
using app_test::Quoted;
using app_test::Web;
namespace json = boost::json;

// Sixteen bytes or more each, so that none is there by chance.
const char* const kCanaries[] = {
    "金丝雀带队甲乙丙",   "金丝雀地址路十三号",  "金丝雀自述想回家种茶", "金丝雀真名王小金",
    "金丝雀买方赵大银",   "13900009999-canary",  "530902199901019999",   "金丝雀评估理由很长",
    "金丝雀随身物品书包", "canary-policecase-77"};

class Canaries : public testing::Test {
 protected:
  void Sing() {
    Server server(data_);
    ASSERT_TRUE(server.WaitUntilServing());
    Web police(server.port(), TokenOf(data_, app_test::kPolice));
    Web worker(server.port(), TokenOf(data_, app_test::kWorker));
    Web aid(server.port(), TokenOf(data_, app_test::kAid));
    json::value rescue = json::parse(app_test::Rescue(kCanaries[1], kCanaries[0]));
    json::object& data = rescue.at("events").at(0).at("data").as_object();
    data["belongings"] = kCanaries[8];
    data["policeCaseNo"] = kCanaries[9];
    Answer opened = police.Post("/v1/cases", "k", "", json::serialize(rescue));
    ASSERT_EQ(opened.status, 201) << opened;
    path_ = opened.Header("Location");
    auto record = [&](const std::string& body) {
      uint64_t version = worker.Call("HEAD", path_).version();
      Answer answer =
          worker.Post(path_ + "/events", absl::StrCat("k", version), Quoted(version), body);
      EXPECT_EQ(answer.status, 200) << answer;
    };
    record(app_test::Opening());
    record(app_test::Wish(kCanaries[2]));
    record(Command("IdentityAsserted",
                   {{"names", json::array{json::object{{"text", kCanaries[3]}, {"kind", "real"}}}},
                    {"sex", "female"},
                    {"dob", "1999-01-01"},
                    {"idKind", "identityCard"},
                    {"idNo", kCanaries[6]},
                    {"nationality", "CN"},
                    {"proof", "said"},
                    {"saidBy", "self"}}));
    record(Command("RelatedPersonRecorded", {{"role", json::array{"buyer"}},
                                             {"name", kCanaries[4]},
                                             {"phone", kCanaries[5]},
                                             {"kinProof", "said"},
                                             {"livesWith", false},
                                             {"minor", false}}));
    record(app_test::Risk(kCanaries[7]));
    // What is refused and what is malformed must not stand anywhere either.
    EXPECT_EQ(aid.Post(path_ + "/events", "r1", Quoted(6), app_test::Risk(kCanaries[7])).status,
              403);
    EXPECT_EQ(police.Post("/v1/cases", "r2", "", app_test::Rescue(kCanaries[1]) + "}").status, 400);
    EXPECT_EQ(police.Post("/v1/cases", "r3", "", absl::StrCat("{\"", kCanaries[3], "\":1}")).status,
              400);
    police.Get(absl::StrCat("/v1/", absl::BytesToHexString(kCanaries[3])));
    Answer archive = worker.Get(path_, "aftercare");
    for (const char* canary : kCanaries) {
      EXPECT_NE(archive.text.find(canary), std::string::npos) << "never recorded: " << canary;
    }
    metrics_ = Web(server.port(), "").Get("/metrics").text;
    server.Signal(end_);
    ran_ = server.Wait();
  }
  static void ExpectSilent(const std::string& text, const std::string& where) {
    for (const char* canary : kCanaries) {
      for (const std::string& form : FormsOf(canary)) {
        EXPECT_EQ(text.find(form), std::string::npos) << canary << " in " << where;
      }
    }
  }
  size_t ExpectSilentFiles() {
    size_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(data_)) {
      ExpectSilent(entry.path().string(), "a file's name");
      if (!entry.is_regular_file()) continue;
      std::stringstream text;
      text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      bytes += text.str().size();
      ExpectSilent(text.str(), entry.path().string());
    }
    return bytes;
  }

  conformance::TempDir dir_;
  const std::string data_ = dir_ / "data";
  int end_ = SIGTERM;
  std::string path_, metrics_;
  Ran ran_;
};

TEST_F(Canaries, AreInNoFileAndInNothingThatTheServerSays) {
  ASSERT_TRUE(Install(data_, 4));
  Sing();
  EXPECT_GT(ExpectSilentFiles(), 10000u);
  ExpectSilent(ran_.out + ran_.err, "the server's output");
  ExpectSilent(metrics_, "the metrics");
  EXPECT_EQ(ran_.err, "");
}

TEST_F(Canaries, AreInNoFileAfterAKill) {
  ASSERT_TRUE(Install(data_, 4));
  end_ = SIGKILL;
  Sing();
  EXPECT_GT(ExpectSilentFiles(), 10000u);
  ASSERT_EQ(Guitu({"rebuild", "--compare", "--data", data_}).code, 0);
  ExpectSilentFiles();
}

TEST_F(Canaries, WouldBeFoundIfTheyWereThere) {
  for (const char* canary : kCanaries) {
    std::string text = canary;
    for (const std::string& form :
         {text, absl::Base64Escape("x" + text), absl::Base64Escape("xy" + text + "z"),
          absl::Base64Escape(text), absl::BytesToHexString(text), Utf16(text)}) {
      bool found = false;
      for (const std::string& known : FormsOf(canary))
        found |= form.find(known) != std::string::npos;
      EXPECT_TRUE(found) << canary;
    }
  }
}

}  // namespace
}  // namespace guitu::journeys
