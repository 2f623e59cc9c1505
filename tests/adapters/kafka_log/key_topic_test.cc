// The topic of keys on librdkafka's mock cluster.
#include "adapters/kafka_log/key_topic.h"

#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapters/kafka_log/key_rows.h"
#include "tests/adapters/kafka_log/mock_cluster.h"

namespace guitu::kafka_log {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class MockKeyTopic : public testing::Test {
 protected:
  MockKeyTopic() {
    cluster_.MakeTopic("keys", 1);
    keys_ = Open();
  }
  std::unique_ptr<KeyTopic> Open() {
    auto keys = KeyTopic::OpenUnchecked(cluster_.bootstrap(), "keys", MockCluster::Options());
    EXPECT_TRUE(keys.ok()) << keys.status();
    return keys.ok() ? *std::move(keys) : nullptr;
  }

  MockCluster cluster_;
  std::unique_ptr<KeyTopic> keys_;
};

TEST_F(MockKeyTopic, GivesBackWhatWasPublishedInOrderWithKeyAndValue) {
  EXPECT_THAT(AllOf(*keys_), ElementsAre());
  const std::string bytes("\0\xff\x01", 3);
  ASSERT_TRUE(keys_->Publish(std::vector<KeyRow>{{"a", "1"}, {bytes, bytes}}).ok());
  ASSERT_TRUE(keys_->Publish(std::vector<KeyRow>{{"a", "2"}}).ok());
  EXPECT_THAT(AllOf(*Open()), ElementsAre(Pair("a", "1"), Pair(bytes, bytes), Pair("a", "2")));
}

TEST_F(MockKeyTopic, PublishingNothingIsNothing) {
  EXPECT_TRUE(keys_->Publish({}).ok());
  EXPECT_THAT(AllOf(*keys_), ElementsAre());
}

TEST_F(MockKeyTopic, ReadsNoFurtherThanTheVisitorWants) {
  ASSERT_TRUE(keys_->Publish(std::vector<KeyRow>{{"a", "1"}, {"b", "2"}, {"c", "3"}}).ok());
  int visited = 0;
  auto end = keys_->ReadAll([&](absl::string_view, absl::string_view) { return ++visited < 2; });
  EXPECT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(visited, 2);
}

TEST_F(MockKeyTopic, FollowsFromWhereReadingEnded) {
  ASSERT_TRUE(keys_->Publish(std::vector<KeyRow>{{"a", "1"}}).ok());
  auto end = keys_->ReadAll([](absl::string_view, absl::string_view) { return true; });
  ASSERT_TRUE(end.ok()) << end.status();
  FollowedKeys followed;
  auto follower = keys_->Follow(*end, followed.Sink());
  ASSERT_TRUE(follower.ok()) << follower.status();
  ASSERT_TRUE(Open()->Publish(std::vector<KeyRow>{{"b", "2"}, {"c", "3"}}).ok());
  ASSERT_TRUE(followed.WaitFor(2));
  EXPECT_THAT(followed.rows(), ElementsAre(Pair("b", "2"), Pair("c", "3")));
}

TEST_F(MockKeyTopic, TakesNoRowWithoutAKeyOrAValue) {
  for (const KeyRow& row :
       {KeyRow{"", "1"}, KeyRow{"a", ""}, KeyRow{"a", std::string(3 << 20, 'x')}}) {
    const absl::Status status = keys_->Publish(std::vector<KeyRow>{{"good", "1"}, row});
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  }
  EXPECT_THAT(AllOf(*keys_), ElementsAre());
}

TEST_F(MockKeyTopic, AnUnansweredPublishingIsAnErrorAndTheNextOneGoes) {
  ASSERT_TRUE(keys_->Publish(std::vector<KeyRow>{{"a", "1"}}).ok());
  cluster_.SetDown(1);
  const absl::Status status = keys_->Publish(std::vector<KeyRow>{{"b", "2"}});
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  cluster_.SetUp(1);
  absl::Status again = absl::UnavailableError("");
  for (int i = 0; i < 30 && absl::IsUnavailable(again); ++i) {
    again = keys_->Publish(std::vector<KeyRow>{{"b", "2"}});
  }
  ASSERT_TRUE(again.ok()) << again;
  EXPECT_EQ(AllOf(*keys_).back(), Pair("b", "2"));
}

TEST_F(MockKeyTopic, ARefusalThatPassesIsTriedAgainAndOneThatStaysIsTheAnswer) {
  cluster_.Fail(Request::kProduce, {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS});
  EXPECT_TRUE(keys_->Publish(std::vector<KeyRow>{{"a", "1"}}).ok());
  cluster_.Fail(Request::kProduce, {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
  const absl::Status status = keys_->Publish(std::vector<KeyRow>{{"b", "2"}});
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_TRUE(keys_->Publish(std::vector<KeyRow>{{"b", "2"}}).ok());
}

TEST_F(MockKeyTopic, ReadingIsUnavailableWhileNoBrokerAnswers) {
  ASSERT_TRUE(keys_->Publish(std::vector<KeyRow>{{"a", "1"}}).ok());
  cluster_.SetDown(1);
  const auto all = [](absl::string_view, absl::string_view) { return true; };
  EXPECT_TRUE(absl::IsUnavailable(keys_->ReadAll(all).status()));
  cluster_.SetUp(1);
  absl::Status again = absl::UnavailableError("");
  for (int i = 0; i < 30 && absl::IsUnavailable(again); ++i) again = keys_->ReadAll(all).status();
  EXPECT_TRUE(again.ok()) << again;
}

TEST_F(MockKeyTopic, CancellingEndsAPublishingThatWaitsAndAllLaterOnes) {
  ASSERT_TRUE(keys_->Publish(std::vector<KeyRow>{{"a", "1"}}).ok());
  cluster_.SetDown(1);
  absl::Status status;
  std::thread publisher([&] { status = keys_->Publish(std::vector<KeyRow>{{"b", "2"}}); });
  keys_->Cancel();
  publisher.join();
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  EXPECT_TRUE(absl::IsCancelled(keys_->Publish(std::vector<KeyRow>{{"b", "2"}})));
  EXPECT_TRUE(absl::IsCancelled(
      keys_->ReadAll([](absl::string_view, absl::string_view) { return true; }).status()));
}

TEST_F(MockKeyTopic, AFollowerWhosePositionIsGoneSaysSoOnce) {
  FollowedKeys followed;
  auto follower = keys_->Follow(100, followed.Sink());
  ASSERT_TRUE(follower.ok()) << follower.status();
  ASSERT_TRUE(followed.WaitForStop());
  EXPECT_TRUE(absl::IsDataLoss(followed.stop())) << followed.stop();
}

TEST_F(MockKeyTopic, OfMoreThanOnePartitionIsRefused) {
  cluster_.MakeTopic("log", 2);
  const absl::Status status =
      KeyTopic::OpenUnchecked(cluster_.bootstrap(), "log", MockCluster::Options()).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("topic log: number of partitions is 2 and should be 1"));
}

}  // namespace
}  // namespace guitu::kafka_log
