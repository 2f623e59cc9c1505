// The group of nodes on a real broker: who is hinted to lead what.
#include <map>
#include <set>

#include "absl/synchronization/mutex.h"
#include "adapters/kafka_log/group.h"
#include "gmock/gmock.h"
#include "tests/adapters/kafka_log/broker_fixture.h"

namespace guitu::kafka_log {
namespace {

using events::Partition;
using testing::HasSubstr;

// A node as the group sees it.
class Member {
 public:
  absl::Status Join(const std::string& bootstrap, const std::string& topic, uint32_t partitions,
                    const GroupOptions& options) {
    GroupSink sink;
    sink.assigned = [this](const std::vector<Partition>& some, uint32_t generation) {
      absl::MutexLock lock(&mutex_);
      has_.insert(some.begin(), some.end());
      generation_ = generation;
      ++assignments_;
    };
    sink.revoked = [this](const std::vector<Partition>& some, bool lost) {
      absl::MutexLock lock(&mutex_);
      lost_ = lost_ || lost;
      if (hold_) mutex_.AwaitWithTimeout(absl::Condition(&let_go_), absl::Seconds(10));
      for (Partition p : some) has_.erase(p);
    };
    sink.moved = [this](uint32_t generation) {
      absl::MutexLock lock(&mutex_);
      generation_ = generation;
    };
    sink.alarm = [](absl::string_view) {};
    auto group = Group::Join(bootstrap, topic, partitions, options, std::move(sink));
    if (group.ok()) group_ = *std::move(group);
    return group.status();
  }
  void Leave() { group_->Leave(); }
  bool Await(const std::function<bool()>& condition) {
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&condition), absl::Seconds(15));
  }
  bool HasCount(size_t count) {
    return Await([&] { return has_.size() == count && assignments_ > 0; });
  }
  std::set<Partition> has() {
    absl::MutexLock lock(&mutex_);
    return has_;
  }
  uint32_t generation() {
    absl::MutexLock lock(&mutex_);
    return generation_;
  }
  void Hold() {
    absl::MutexLock lock(&mutex_);
    hold_ = true;
  }
  void LetGo() {
    absl::MutexLock lock(&mutex_);
    let_go_ = true;
  }

 private:
  absl::Mutex mutex_;
  std::set<Partition> has_;
  uint32_t generation_ = 0;
  int assignments_ = 0;
  bool lost_ = false;
  bool hold_ = false;
  bool let_go_ = false;
  std::unique_ptr<Group> group_;  // last: its thread uses the rest
};

class KafkaGroup : public BrokerFixture {
 protected:
  static constexpr uint32_t kPartitions = 6;
  KafkaGroup() : BrokerFixture(OneNode()) { options_.kafka = kafka_.Options(); }

  void SetUp() override {
    const absl::Status made =
        Group::Create(kafka_.bootstrap(), topic_, kPartitions, kafka_.Options());
    ASSERT_TRUE(made.ok()) << made;
  }
  absl::Status Join(Member& member, uint32_t partitions = kPartitions) {
    return member.Join(kafka_.bootstrap(), topic_, partitions, options_);
  }

  GroupOptions options_{.session_timeout = absl::Seconds(2), .kafka = {}};
};

TEST_F(KafkaGroup, GivesOneMemberEverything) {
  Member a;
  ASSERT_TRUE(Join(a).ok());
  EXPECT_TRUE(a.HasCount(kPartitions));
  EXPECT_GT(a.generation(), 0u);
}

TEST_F(KafkaGroup, SharesOutToThoseThatComeAndEachPartitionHasOneOwner) {
  Member a, b, c;
  ASSERT_TRUE(Join(a).ok());
  ASSERT_TRUE(a.HasCount(kPartitions));
  ASSERT_TRUE(Join(b).ok());
  ASSERT_TRUE(Join(c).ok());
  EXPECT_TRUE(a.HasCount(2));
  EXPECT_TRUE(b.HasCount(2));
  EXPECT_TRUE(c.HasCount(2));
  std::set<Partition> all;
  for (Member* member : {&a, &b, &c}) {
    auto has = member->has();
    all.insert(has.begin(), has.end());
  }
  EXPECT_EQ(all.size(), kPartitions);
}

TEST_F(KafkaGroup, WaitsForAHandOverBeforeItGivesAPartitionToAnother) {
  Member a, b;
  ASSERT_TRUE(Join(a).ok());
  ASSERT_TRUE(a.HasCount(kPartitions));
  a.Hold();
  ASSERT_TRUE(Join(b).ok());
  ASSERT_TRUE(b.HasCount(0));
  EXPECT_EQ(a.has().size(), kPartitions);
  a.LetGo();
  EXPECT_TRUE(b.HasCount(kPartitions / 2));
  EXPECT_TRUE(a.HasCount(kPartitions / 2));
}

TEST_F(KafkaGroup, OfAMemberThatLeavesGivesAllToTheOthersAtOnce) {
  options_.session_timeout = absl::Seconds(60);
  Member a, b;
  ASSERT_TRUE(Join(a).ok());
  ASSERT_TRUE(a.HasCount(kPartitions));
  ASSERT_TRUE(Join(b).ok());
  ASSERT_TRUE(b.HasCount(kPartitions / 2));
  const uint32_t generation = b.generation();
  a.Leave();
  EXPECT_TRUE(a.has().empty());
  EXPECT_TRUE(b.HasCount(kPartitions));
  EXPECT_GT(b.generation(), generation);
}

TEST_F(KafkaGroup, RefusesATimeOutBelowTheBrokersFloorAndNamesIt) {
  options_.session_timeout = absl::Milliseconds(500);
  Member a;
  const absl::Status status = Join(a);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("group.min.session.timeout.ms is 1000"));
}

TEST_F(KafkaGroup, RefusesATopicOfAnotherNumberOfPartitions) {
  Member a;
  const absl::Status status = Join(a, kPartitions + 1);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("number of partitions is 6"));
}

TEST_F(KafkaGroup, OfALogThatWasNotMadeIsNotFound) {
  Member a;
  const absl::Status status = a.Join(kafka_.bootstrap(), kafka_.NewTopic(), kPartitions, options_);
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
}

class KafkaEnds : public BrokerFixture {
 protected:
  KafkaEnds() : BrokerFixture(OneNode()) {}
};

TEST_F(KafkaEnds, OfSeveralPartitionsAreThoseOfEach) {
  CreateAndOpen();
  AppendAll(0, 1, 0);
  AppendAll(0, 2, 1);
  const std::vector<Partition> both = {1, 0};
  const auto ends = log_->EndsOf(both);
  ASSERT_TRUE(ends.ok()) << ends.status();
  EXPECT_THAT(*ends, testing::ElementsAre(2, 1));
  const std::vector<Partition> wrong = {0, 9};
  EXPECT_TRUE(absl::IsInvalidArgument(log_->EndsOf(wrong).status()));
}

TEST_F(KafkaEnds, ALogIsOpenedWithThePartitionsItHas) {
  ASSERT_TRUE(Create(3).ok());
  auto opened = KafkaLog::OpenAsIs(kafka_.bootstrap(), topic_, kafka_.Options());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ((*opened)->partition_count(), 3u);
  const auto missing = KafkaLog::OpenAsIs(kafka_.bootstrap(), kafka_.NewTopic(), kafka_.Options());
  EXPECT_TRUE(absl::IsNotFound(missing.status())) << missing.status();
}

}  // namespace
}  // namespace guitu::kafka_log
