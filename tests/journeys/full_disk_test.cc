// A disk that fills up under the served program: writes are refused, audited reading goes on,
// nothing is half done, and when there is room again it goes on by itself (contract.md, section 5).
#include <csignal>
#include <filesystem>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "adapters/clock/clock.h"
#include "gtest/gtest.h"
#include "tests/conformance/temp_dir.h"
#include "tests/journeys/process.h"
#include "tests/journeys/small_disk.h"

namespace guitu::journeys {
namespace {

using app_test::Answer;
using app_test::Quoted;
using app_test::Web;
namespace json = boost::json;

class AFullDisk : public testing::Test {
 protected:
  // Installation, its ballast and its logs take about half of it.
  static constexpr uint64_t kMegabytes = 96;

  void SetUp() override {
    std::filesystem::create_directory(dir_ / "disk");
    auto mounted = disk_.Mount(kMegabytes);
    ASSERT_TRUE(mounted.ok()) << mounted;
    ASSERT_TRUE(Install(data_, 2));
    Serve();
  }
  void Serve() {
    server_ = std::make_unique<Server>(data_);
    ASSERT_TRUE(server_->WaitUntilServing()) << server_->Wait();
    police_ = std::make_unique<Web>(server_->port(), TokenOf(data_, app_test::kPolice));
    worker_ = std::make_unique<Web>(server_->port(), TokenOf(data_, app_test::kWorker));
    auditor_ = std::make_unique<Web>(server_->port(), TokenOf(data_, app_test::kAuditor));
  }
  void End(int signal) {
    server_->Signal(signal);
    Ran ended = server_->Wait();
    if (signal == SIGTERM) {
      EXPECT_EQ(ended.code, 0) << ended;
    }
  }
  void OpenCase() {
    Answer opened = police_->Post("/v1/cases", "case", "", app_test::Rescue());
    ASSERT_EQ(opened.status, 201) << opened;
    path_ = opened.Header("Location");
    ASSERT_EQ(worker_->Post(path_ + "/events", "open", Quoted(1), app_test::Opening()).status, 200);
  }
  // A wish under this key, of some length, for the log has blocks of the disk in reserve; what came
  // of it is kept.
  Answer Record(const std::string& key) {
    std::string words = key + ":";
    for (int i = 0; i < 3800; ++i) words += "长";
    Answer answer = worker_->Post(path_ + "/events", key, "*", app_test::Wish(words));
    if (answer.status == 200) {
      auto [known, first] = receipts_.emplace(key, answer.Field("receipt"));
      EXPECT_TRUE(first || known->second == answer.Field("receipt")) << "a second outcome";
    } else {
      EXPECT_EQ(answer.status, 503) << answer;
      EXPECT_FALSE(answer.Header("Retry-After").empty()) << answer;
      refused_.insert(key);
    }
    return answer;
  }
  // Fills the disk and records until the program has noticed; for a quarter of a minute at most.
  void FillUntilReadOnly() {
    ASSERT_TRUE(disk_.Fill());
    absl::Duration until = clock_.Monotonic() + absl::Seconds(15);
    Answer answer;
    for (int i = 0; clock_.Monotonic() < until; ++i) {
      answer = Record(absl::StrCat("filling", i));
      if (answer.Field("code") == "read-only") return;
    }
    FAIL() << "never read-only, at last: " << answer;
  }
  // Somebody else takes what the log holds back for access records.
  void TakeTheReserve() {
    ASSERT_TRUE(std::filesystem::remove(data_ + "/log/ballast"));
    ASSERT_TRUE(disk_.Fill());
  }
  // The log has some blocks more; for half a minute at most.
  void UseUpTheRest() {
    absl::Duration until = clock_.Monotonic() + absl::Seconds(30);
    Answer looked;
    do {
      looked = worker_->Get(path_ + "/approvals", "aftercare");  // small, and audited like any
    } while (looked.status != 503 && clock_.Monotonic() < until);
    EXPECT_EQ(looked.status, 503) << "the disk does not fill up";
  }
  // The same command again and again until it is done; for a quarter of a minute at most.
  void AwaitWrites() {
    absl::Duration until = clock_.Monotonic() + absl::Seconds(15);
    Answer answer = Record("after");
    while (answer.status != 200 && clock_.Monotonic() < until) answer = Record("after");
    EXPECT_EQ(answer.status, 200) << answer;
  }
  void ExpectReadOnly() {
    Answer answer = Record("read-only");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.Field("code"), "read-only") << answer;
    Answer opened = police_->Post("/v1/cases", "other", "", app_test::Rescue());
    EXPECT_EQ(opened.status, 503) << opened;
  }
  // As a client does: asks again while an outcome is being settled, for a quarter of a minute.
  Answer Look(Web& who, const std::string& path, const std::string& purpose) {
    absl::Duration until = clock_.Monotonic() + absl::Seconds(15);
    Answer answer = who.Get(path, purpose);
    while (answer.Field("code") == "settling" && clock_.Monotonic() < until)
      answer = who.Get(path, purpose);
    return answer;
  }
  // Looks into the archive, and looks the look up in the trail.
  void ExpectAuditedReading() {
    Answer archive = Look(*worker_, path_, "aftercare");
    ASSERT_EQ(archive.status, 200) << archive;
    Answer access = Look(*auditor_, path_ + "/access", "audit");
    ASSERT_EQ(access.status, 200) << access;
    bool stands = false;
    for (const json::value& look : access.body.at("accesses").as_array())
      stands |= look.at("receipt").as_string() == archive.Header("Guitu-Receipt").c_str();
    EXPECT_TRUE(stands) << "the look is not in the trail";
  }
  // The case holds what was acknowledged, each once, and nothing else.
  void ExpectNothingHalfDone() {
    Answer timeline = Look(*worker_, path_ + "/timeline", "aftercare");
    ASSERT_EQ(timeline.status, 200) << timeline;
    std::map<std::string, int> recorded;
    json::value body = json::parse(timeline.text);  // longer than a command may be
    for (const json::value& event : body.at("events").as_array()) {
      if (event.at("row").as_string() != "12") continue;
      std::string words(event.at("data").at("ownWords").as_string());
      ++recorded[words.substr(0, words.find(':'))];
    }
    EXPECT_EQ(recorded.size(), receipts_.size());
    for (const auto& [key, receipt] : receipts_) EXPECT_EQ(recorded[key], 1) << key;
  }
  void ExpectClean() {
    Ran rebuilt = Guitu({"rebuild", "--compare", "--data", data_});
    EXPECT_EQ(rebuilt.code, 0) << rebuilt;
  }

  conformance::TempDir dir_;
  SmallDisk disk_{dir_ / "disk"};
  const std::string data_ = dir_ / "disk/data";
  clock::SystemClock clock_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Web> police_, worker_, auditor_;
  std::string path_;
  std::map<std::string, std::string> receipts_;  // by key, of what was acknowledged
  std::set<std::string> refused_;
};

TEST_F(AFullDisk, RefusesWritesGoesOnReadingAndRecoversByItself) {
  OpenCase();
  ASSERT_EQ(Record("before").status, 200);
  FillUntilReadOnly();
  ExpectReadOnly();
  ExpectAuditedReading();
  ExpectNothingHalfDone();
  disk_.Free();
  AwaitWrites();
  // What was refused may be asked again, and is done once.
  for (const std::string& key : refused_) EXPECT_EQ(Record(key).status, 200) << key;
  ExpectNothingHalfDone();
  ExpectAuditedReading();
  End(SIGTERM);
  ExpectClean();
  Serve();
  ExpectNothingHalfDone();
  EXPECT_EQ(Record("at last").status, 200);
  End(SIGTERM);
}

TEST_F(AFullDisk, IsServedReadOnlyAfterAKillToo) {
  OpenCase();
  FillUntilReadOnly();
  End(SIGKILL);
  Serve();
  ExpectReadOnly();
  ExpectAuditedReading();
  ExpectNothingHalfDone();
  disk_.Free();
  AwaitWrites();
  End(SIGTERM);
  ExpectClean();
}

TEST_F(AFullDisk, ThatFilledUpWhileNobodyServedIsServedReadOnly) {
  OpenCase();
  ASSERT_EQ(Record("before").status, 200);
  End(SIGKILL);
  ASSERT_TRUE(disk_.Fill());
  Serve();
  ExpectReadOnly();
  ExpectAuditedReading();
  ExpectNothingHalfDone();
  disk_.Free();
  AwaitWrites();
  End(SIGTERM);
  ExpectClean();
}

// Not even room to open: the environment fails, and says so.
TEST_F(AFullDisk, WithoutAReserveIsNotServed) {
  OpenCase();
  FillUntilReadOnly();
  End(SIGKILL);
  TakeTheReserve();
  Server server(data_);
  EXPECT_FALSE(server.WaitUntilServing());
  Ran ended = server.Wait();
  EXPECT_EQ(ended.code, 3) << ended;
  EXPECT_NE(ended.err.find("space"), std::string::npos) << ended;
  disk_.Free();
  Serve();
  AwaitWrites();
  ExpectNothingHalfDone();
  End(SIGTERM);
  ExpectClean();
}

// Not even room for a record of the look: then nobody looks, and everybody is told so at once.
TEST_F(AFullDisk, WhoseReserveSomebodyElseTookShowsNothingAndRecoversToo) {
  OpenCase();
  FillUntilReadOnly();
  TakeTheReserve();
  UseUpTheRest();
  for (int i = 0; i < 3; ++i) {
    Answer archive = worker_->Get(path_, "aftercare");
    EXPECT_EQ(archive.status, 503) << archive;
    EXPECT_FALSE(archive.Header("Retry-After").empty()) << archive;
    EXPECT_EQ(Record("refused").status, 503);
  }
  disk_.Free();
  AwaitWrites();
  ExpectAuditedReading();
  ExpectNothingHalfDone();
  End(SIGTERM);
  ExpectClean();
}

}  // namespace
}  // namespace guitu::journeys
