// What is gone from a log is told, at either end of it.
#include <string>

#include "gmock/gmock.h"
#include "tests/adapters/kafka_log/followed.h"
#include "tests/adapters/kafka_log/log_fixture.h"
#include "tests/adapters/kafka_log/mock_cluster.h"

namespace guitu::kafka_log {
namespace {

using testing::HasSubstr;

class KafkaTruncation : public LogFixture {
 protected:
  KafkaTruncation() {
    cluster_.MakeTopic("log", 2);
    Reopen();
    AppendAll(0, 5);
  }
  void Reopen() {
    auto opened = KafkaLog::OpenUnchecked(cluster_.bootstrap(), "log", 2, MockCluster::Options());
    EXPECT_TRUE(opened.ok()) << opened.status();
    log_ = *std::move(opened);
  }
  static bool Visit(events::Offset, absl::string_view) { return true; }

  MockCluster cluster_;
};

TEST_F(KafkaTruncation, AnEndThatWentBackIsDataLoss) {
  cluster_.DeleteTopic("log");
  cluster_.MakeTopic("log", 2);
  const absl::Status status = log_->End(0).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("partition 0 ends at 0 and reached 5"));
  EXPECT_TRUE(absl::IsDataLoss(log_->Read(0, 0, 5, Visit)));
  EXPECT_EQ(log_->End(1).value_or(7), 0u);
}

TEST_F(KafkaTruncation, APositionBehindTheEndIsNotFollowed) {
  FollowedRecords followed;
  Reopen();
  const absl::Status status = log_->Follow({6, 0}, followed.Sink()).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("partition 0 ends at 5"));
  EXPECT_TRUE(log_->Follow({5, 0}, followed.Sink()).ok());
}

TEST_F(KafkaTruncation, RecordsThatAreGoneFromTheFrontAreDataLoss) {
  cluster_.DropFront("log", 0, 2);
  const absl::Status status = log_->End(0).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("partition 0: offsets below 2 are gone"));
  EXPECT_TRUE(absl::IsDataLoss(log_->Read(0, 0, 5, Visit)));
}

TEST_F(KafkaTruncation, AFollowerThatMeetsATruncatedPartitionStopsThereAlone) {
  FollowedRecords followed;
  auto follower = log_->Follow({0, 0}, followed.Sink());
  ASSERT_TRUE(follower.ok()) << follower.status();
  ASSERT_TRUE(followed.WaitFor(5));
  cluster_.FailPartition("log", 1, Request::kFetch, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE);
  ASSERT_TRUE(followed.WaitForStop());
  const auto stops = followed.stops();
  ASSERT_EQ(stops.size(), 1u);
  EXPECT_EQ(stops[0].first, 1u);
  EXPECT_TRUE(absl::IsDataLoss(stops[0].second)) << stops[0].second;
  AppendAll(10, 12, 1);
  AppendAll(10, 12, 0);
  EXPECT_TRUE(followed.WaitFor(7));
  EXPECT_EQ(followed.rows(0).back(), std::make_pair(events::Offset{6}, std::string("11")));
  EXPECT_EQ(followed.stops().size(), 1u);
}

}  // namespace
}  // namespace guitu::kafka_log
