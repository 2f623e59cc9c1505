#include <string>
#include <vector>

#include "tests/adapters/kafka_log/followed.h"
#include "tests/adapters/kafka_log/log_fixture.h"
#include "tests/adapters/kafka_log/mock_cluster.h"

namespace guitu::kafka_log {
namespace {

class KafkaFollow : public LogFixture {
 protected:
  KafkaFollow() {
    cluster_.MakeTopic("log", 2);
    auto opened = KafkaLog::OpenUnchecked(cluster_.bootstrap(), "log", 2, MockCluster::Options());
    EXPECT_TRUE(opened.ok()) << opened.status();
    log_ = *std::move(opened);
  }
  std::unique_ptr<Follower> Start(const std::vector<events::Offset>& from) {
    auto follower = log_->Follow(from, followed_.Sink());
    EXPECT_TRUE(follower.ok()) << follower.status();
    return follower.ok() ? *std::move(follower) : nullptr;
  }
  static FollowedRecords::Rows Rows(uint64_t from, uint64_t to) {
    FollowedRecords::Rows rows;
    for (; from < to; ++from) rows.emplace_back(from, absl::StrCat(from));
    return rows;
  }

  MockCluster cluster_;
  FollowedRecords followed_;
};

TEST_F(KafkaFollow, BringsWhatIsThereAndThenWhatComesEachOnceAndInOrder) {
  AppendAll(0, 200, 0);
  AppendAll(0, 100, 1);
  auto follower = Start({0, 0});
  ASSERT_TRUE(followed_.WaitFor(300));
  AppendAll(200, 260, 0);
  AppendAll(100, 120, 1);
  ASSERT_TRUE(followed_.WaitFor(380));
  follower.reset();
  EXPECT_EQ(followed_.rows(0), Rows(0, 260));
  EXPECT_EQ(followed_.rows(1), Rows(0, 120));
  EXPECT_TRUE(followed_.stops().empty());
}

TEST_F(KafkaFollow, BeginsWhereItIsTold) {
  AppendAll(0, 10, 0);
  AppendAll(0, 10, 1);
  auto follower = Start({7, 10});
  ASSERT_TRUE(followed_.WaitFor(3));
  AppendAll(10, 12, 1);
  ASSERT_TRUE(followed_.WaitFor(5));
  EXPECT_EQ(followed_.rows(0), Rows(7, 10));
  EXPECT_EQ(followed_.rows(1), Rows(10, 12));
}

TEST_F(KafkaFollow, EndsThatNobodyAnsweredForAreNoEndsAndDoNoHarmLater) {
  AppendAll(0, 5, 0);
  ASSERT_TRUE(log_->EndsOf({0, 1}).ok());
  cluster_.SetDown(1);
  for (int i = 0; i < 3; ++i) {
    const auto ends = log_->EndsOf({0, 1});
    EXPECT_TRUE(absl::IsUnavailable(ends.status())) << ends.status() << (*ends)[0];
  }
  cluster_.SetUp(1);
  const auto ends = log_->EndsOf({0, 1});
  ASSERT_TRUE(ends.ok()) << ends.status();
  EXPECT_EQ(*ends, (std::vector<events::Offset>{5, 0}));
  EXPECT_EQ(log_->End(0).value_or(7), 5u);
}

TEST_F(KafkaFollow, GoesOnWhenTheBrokersAreBack) {
  AppendAll(0, 5);
  auto follower = Start({0, 0});
  ASSERT_TRUE(followed_.WaitFor(5));
  cluster_.SetDown(1);
  EXPECT_TRUE(absl::IsUnavailable(log_->End(0).status()));
  cluster_.SetUp(1);
  AppendAll(5, 10);
  ASSERT_TRUE(followed_.WaitFor(10));
  EXPECT_EQ(followed_.rows(0), Rows(0, 10));
  EXPECT_TRUE(followed_.stops().empty());
}

TEST_F(KafkaFollow, EndsWithoutWaitingForRecords) {
  auto follower = Start({0, 0});
  follower.reset();
  AppendAll(0, 1);
  EXPECT_TRUE(followed_.rows(0).empty());
}

TEST_F(KafkaFollow, SeveralFollowersDoNotDisturbEachOther) {
  auto first = Start({0, 0});
  FollowedRecords others;
  auto second = log_->Follow({0, 0}, others.Sink());
  ASSERT_TRUE(second.ok()) << second.status();
  AppendAll(0, 50);
  ASSERT_TRUE(followed_.WaitFor(50));
  ASSERT_TRUE(others.WaitFor(50));
  EXPECT_EQ(others.rows(0), Rows(0, 50));
}

}  // namespace
}  // namespace guitu::kafka_log
