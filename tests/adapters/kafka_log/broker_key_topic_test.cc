// The topic of keys on a real broker: what Create makes and Open insists on, compaction, a broker
// that goes away.
#include <map>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "adapters/clock/clock.h"
#include "adapters/kafka_log/kafka_log.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapters/kafka_log/key_rows.h"
#include "tests/adapters/kafka_log/real_kafka.h"

namespace guitu::kafka_log {
namespace {

using testing::HasSubstr;

class KeyTopicOnABroker : public testing::Test {
 protected:
  KeyTopicOnABroker() : topic_(kafka_.NewTopic() + "-keys") {}
  ~KeyTopicOnABroker() override { kafka_.Restart(); }

  absl::Status Create() { return KeyTopic::Create(kafka_.bootstrap(), topic_, kafka_.Options()); }
  absl::StatusOr<std::unique_ptr<KeyTopic>> Open() {
    return KeyTopic::Open(kafka_.bootstrap(), topic_, kafka_.Options());
  }
  std::unique_ptr<KeyTopic> CreateAndOpen() {
    const absl::Status made = Create();
    EXPECT_TRUE(made.ok()) << made;
    auto keys = Open();
    EXPECT_TRUE(keys.ok()) << keys.status();
    return keys.ok() ? *std::move(keys) : nullptr;
  }
  // A broker learns of a changed setting a moment after the controller has taken it.
  absl::Status OpenUntil(bool refused) {
    const absl::Duration until = clock_.Monotonic() + absl::Seconds(10);
    absl::Status status;
    do {
      status = Open().status();
    } while (absl::IsFailedPrecondition(status) != refused && clock_.Monotonic() < until);
    return status;
  }

  RealKafka& kafka_ = OneNode();
  const std::string topic_;
  const clock::SystemClock clock_;
};

TEST_F(KeyTopicOnABroker, OpensAsItWasMadeAndIsNotMadeTwice) {
  const absl::Status missing = Open().status();
  EXPECT_TRUE(absl::IsNotFound(missing)) << missing;
  ASSERT_TRUE(Create().ok());
  EXPECT_TRUE(Open().ok()) << Open().status();
  EXPECT_TRUE(absl::IsAlreadyExists(Create())) << Create();
}

TEST_F(KeyTopicOnABroker, NeedsASingleReplicaToBeAllowed) {
  KafkaOptions strict = kafka_.Options();
  strict.allow_single_replica = false;
  EXPECT_TRUE(absl::IsFailedPrecondition(KeyTopic::Create(kafka_.bootstrap(), topic_, strict)));
  ASSERT_TRUE(Create().ok());
  const absl::Status status = KeyTopic::Open(kafka_.bootstrap(), topic_, strict).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("replication of partition 0 is 1 and should be at least 3"));
}

TEST_F(KeyTopicOnABroker, WithAWrongSettingIsRefusedByName) {
  ASSERT_TRUE(Create().ok());
  struct Case {
    const char* setting;
    const char* wrong;
    const char* right;
    const char* message;
  };
  for (const Case& c :
       {Case{"cleanup.policy", "delete", "compact",
             "cleanup.policy is delete and should be compact"},
        Case{"cleanup.policy", "compact,delete", "compact",
             "cleanup.policy is compact,delete and should be compact"},
        Case{"unclean.leader.election.enable", "true", "false", "enable is true and should be fal"},
        Case{"max.message.bytes", "1000", "3000000", "is 1000 and should be at least 2101248"}}) {
    kafka_.Alter(topic_, c.setting, c.wrong);
    const absl::Status status = OpenUntil(/*refused=*/true);
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << c.setting << ": " << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message));
    EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("topic ", topic_, ": ")));
    kafka_.Alter(topic_, c.setting, c.right);
    EXPECT_TRUE(OpenUntil(/*refused=*/false).ok()) << c.setting;
  }
}

TEST_F(KeyTopicOnABroker, ATopicOfALogIsNoTopicOfKeys) {
  ASSERT_TRUE(KafkaLog::Create(kafka_.bootstrap(), topic_, 1, kafka_.Options()).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(Open().status())) << Open().status();
}

// Compaction drops older rows of a key and leaves gaps behind; the newest row of each stays.
TEST_F(KeyTopicOnABroker, CompactedItStillHasTheNewestRowOfEachKey) {
  std::unique_ptr<KeyTopic> keys = CreateAndOpen();
  kafka_.Alter(topic_, "min.cleanable.dirty.ratio", "0.01");
  kafka_.Alter(topic_, "segment.ms", "100");
  std::map<std::string, std::string> newest;
  uint64_t published = 0;
  size_t read = 0;
  const absl::Duration until = clock_.Monotonic() + absl::Seconds(90);
  do {  // a closed segment and one turn of the cleaner are needed, which comes every 15 s
    std::vector<KeyRow> rows;
    for (uint64_t i = 0; i < 50; ++i) {
      rows.push_back({absl::StrCat("key ", i % 10), absl::StrCat(published++)});
      newest[rows.back().key] = rows.back().value;
    }
    ASSERT_TRUE(keys->Publish(rows).ok());
    read = AllOf(*keys).size();
  } while (read == published && clock_.Monotonic() < until);
  ASSERT_LT(read, published) << "nothing was compacted";
  std::map<std::string, std::string> found;
  for (auto& [key, value] : AllOf(*keys)) found[key] = value;
  EXPECT_EQ(found, newest);
  auto end = keys->ReadAll([](absl::string_view, absl::string_view) { return true; });
  ASSERT_TRUE(end.ok()) << end.status();
  FollowedKeys followed;
  auto follower = keys->Follow(*end, followed.Sink());
  ASSERT_TRUE(follower.ok()) << follower.status();
  ASSERT_TRUE(keys->Publish(std::vector<KeyRow>{{"last", "row"}}).ok());
  ASSERT_TRUE(followed.WaitFor(1));
  EXPECT_EQ(followed.rows(), (KeyRows{{"last", "row"}}));
}

TEST_F(KeyTopicOnABroker, KilledAndStartedAgainItHasWhatWasPublished) {
  std::unique_ptr<KeyTopic> keys = CreateAndOpen();
  FollowedKeys followed;
  auto follower = keys->Follow(0, followed.Sink());
  ASSERT_TRUE(follower.ok()) << follower.status();
  std::set<std::string> published;
  const auto publish = [&](int i) {
    const std::string key = absl::StrCat("key ", i);
    const bool ok = keys->Publish(std::vector<KeyRow>{{key, "row"}}).ok();
    if (ok) published.insert(key);
    return ok;
  };
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(publish(i));
  kafka_.Kill(1);
  bool waited = false;
  std::thread publisher([&] { waited = publish(20); });
  kafka_.Restart();
  publisher.join();
  EXPECT_TRUE(waited) << "it was back within the time for a delivery";
  EXPECT_TRUE(publish(21));
  std::set<std::string> found;
  for (auto& [key, value] : AllOf(*keys)) found.insert(key);
  EXPECT_EQ(found, published);
  EXPECT_TRUE(followed.WaitFor(published.size()));
}

TEST_F(KeyTopicOnABroker, AfterATimeOutTheSameRowsGo) {
  KafkaOptions options = kafka_.Options();
  options.delivery_timeout = absl::Seconds(2);
  ASSERT_TRUE(Create().ok());
  auto keys = KeyTopic::Open(kafka_.bootstrap(), topic_, options);
  ASSERT_TRUE(keys.ok()) << keys.status();
  ASSERT_TRUE((*keys)->Publish(std::vector<KeyRow>{{"a", "1"}}).ok());
  kafka_.Pause(1);
  EXPECT_TRUE(absl::IsUnavailable((*keys)->Publish(std::vector<KeyRow>{{"b", "2"}})));
  kafka_.Resume(1);
  absl::Status again = absl::UnavailableError("");
  for (int i = 0; i < 10 && absl::IsUnavailable(again); ++i) {
    again = (*keys)->Publish(std::vector<KeyRow>{{"b", "2"}});
  }
  ASSERT_TRUE(again.ok()) << again;
  EXPECT_EQ(AllOf(**keys).back(), Pair("b", "2"));
}

}  // namespace
}  // namespace guitu::kafka_log
