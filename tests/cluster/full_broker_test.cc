// A broker whose disk fills up. It gives up its folder and ends, as Kafka does; the nodes answer
// 503 with Retry-After until there is room and it runs again, and go on without a hand. What was
// acknowledged is there, once.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "adapters/clock/clock.h"
#include "gtest/gtest.h"
#include "tests/adapters/kafka_log/real_kafka.h"
#include "tests/conformance/temp_dir.h"
#include "tests/journeys/process.h"
#include "tests/journeys/small_disk.h"

namespace guitu::cluster {
namespace {

using app_test::Answer;
using app_test::Web;
using journeys::Guitu;
using journeys::Ran;
namespace json = boost::json;

class AFullBroker : public testing::Test {
 protected:
  static constexpr uint64_t kMegabytes = 160;

  void SetUp() override {
    // Before anything here has a thread: the disk is seen by this process and its children alone.
    std::filesystem::create_directory(dir_ / "disk");
    auto mounted = disk_.Mount(kMegabytes);
    ASSERT_TRUE(mounted.ok()) << mounted;
    setenv("TEST_TMPDIR", (dir_ / "disk").c_str(), 1);
    kafka_ = std::make_unique<kafka_log::RealKafka>(1, kafka_log::KafkaVersion());
    unsetenv("TEST_TMPDIR");
    log_ = {"--kafka", kafka_->bootstrap(), "--allow-single-replica", "--session-timeout", "2"};
    std::vector<std::string> init = {"init", "--data", data_, "--partitions", "2", "--synthetic"};
    init.insert(init.end(), log_.begin(), log_.end());
    Ran made = Guitu(init);
    ASSERT_EQ(made.code, 0) << made;
    server_ = std::make_unique<journeys::Server>(data_, log_);
    ASSERT_TRUE(server_->WaitUntilServing()) << server_->Wait();
    Web admin(server_->port(), journeys::TokenOf(data_, app_test::kAdmin));
    absl::Status people;
    ASSERT_TRUE(Until(absl::Seconds(30), [&] {
      return (people = app_test::SetUpPeople(admin)).ok();
    })) << people;
    police_ = journeys::TokenOf(data_, app_test::kPolice);
    worker_ = journeys::TokenOf(data_, app_test::kWorker);
  }

  // Asks until `done` says so or `patience` is over.
  bool Until(absl::Duration patience, const std::function<bool()>& done) const {
    const absl::Duration end = clock_.Monotonic() + patience;
    while (!done()) {
      if (clock_.Monotonic() > end) return false;
      absl::SleepFor(absl::Milliseconds(50));
    }
    return true;
  }
  Answer Record(const std::string& key) {
    Answer answer =
        Web(server_->port(), worker_).Post(path_ + "/events", key, "*", app_test::Wish(key));
    EXPECT_TRUE(answer.status == 200 || answer.status == 503) << answer;
    if (answer.status == 503) {
      EXPECT_FALSE(answer.Header("Retry-After").empty());
    }
    return answer;
  }

  conformance::TempDir dir_;
  journeys::SmallDisk disk_{dir_ / "disk"};
  std::unique_ptr<kafka_log::RealKafka> kafka_;  // on the disk, so it goes first
  const std::string data_ = dir_ / "data";
  clock::SystemClock clock_;
  std::vector<std::string> log_;
  std::unique_ptr<journeys::Server> server_;
  std::string police_, worker_, path_;
};

TEST_F(AFullBroker, IsAnsweredWithAskAgainAndNeedsNoHandAtTheNodes) {
  Answer opened;
  ASSERT_TRUE(Until(absl::Seconds(30), [&] {
    opened = Web(server_->port(), police_).Post("/v1/cases", "case", "", app_test::Rescue());
    return opened.status != 503;
  }));
  ASSERT_EQ(opened.status, 201) << opened;
  path_ = opened.Header("Location");
  std::map<std::string, std::string> receipts;
  int keys = 0;
  auto record = [&](const std::string& key) {
    Answer answer = Record(key);
    if (answer.status == 200) receipts[key] = answer.Header("Guitu-Receipt");
    return answer.status;
  };
  for (int i = 0; i < 20; ++i) EXPECT_EQ(record(absl::StrCat("before-", i)), 200);

  ASSERT_TRUE(disk_.Fill());
  // Blocks of a segment that are there already take a few more.
  std::string refused;
  ASSERT_TRUE(Until(absl::Seconds(60), [&] {
    refused = absl::StrCat("during-", keys++);
    return record(refused) == 503;
  })) << "the disk is full, and the broker takes everything";
  EXPECT_EQ(Web(server_->port(), "").Get("/healthz").status, 200);
  Answer read = Web(server_->port(), worker_).Get(path_ + "/timeline", "aftercare");
  EXPECT_EQ(read.status, 503) << read;

  disk_.Free();
  kafka_->Restart();
  EXPECT_TRUE(Until(absl::Seconds(60), [&] { return record(refused) == 200; }));
  Answer timeline;
  ASSERT_TRUE(Until(absl::Seconds(30), [&] {
    timeline = Web(server_->port(), worker_).Get(path_ + "/timeline", "aftercare");
    return timeline.status == 200;
  })) << timeline;
  std::map<std::string, int> found;
  for (const json::value& event : timeline.body.at("events").as_array())
    ++found[std::string(event.at("receipt").as_string())];
  for (const auto& [key, receipt] : receipts) EXPECT_EQ(found[receipt], 1) << key;

  server_->Signal(SIGTERM);
  Ran ended = server_->Wait();
  EXPECT_EQ(ended.code, 0) << ended;
  std::vector<std::string> compare = {"rebuild", "--compare", "--data", data_};
  compare.insert(compare.end(), log_.begin(), log_.begin() + 3);  // without the nodes' time-out
  Ran compared = Guitu(compare);
  EXPECT_EQ(compared.code, 0) << compared;
}

}  // namespace
}  // namespace guitu::cluster
