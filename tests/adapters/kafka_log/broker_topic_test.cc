// What Create makes and Open insists on, against a real broker.
#include "gmock/gmock.h"
#include "tests/adapters/kafka_log/broker_fixture.h"

namespace guitu::kafka_log {
namespace {

using testing::HasSubstr;

class KafkaTopic : public BrokerFixture {
 protected:
  KafkaTopic() : BrokerFixture(OneNode()) {}

  absl::Status Opening(const KafkaOptions& options, uint32_t partitions = 2) {
    return KafkaLog::Open(kafka_.bootstrap(), topic_, partitions, options).status();
  }
  absl::Status Opening() { return Opening(kafka_.Options()); }
};

TEST_F(KafkaTopic, OpensAsItWasMade) {
  ASSERT_TRUE(Create().ok());
  EXPECT_TRUE(Opening().ok()) << Opening();
}

TEST_F(KafkaTopic, IsNotMadeTwice) {
  ASSERT_TRUE(Create().ok());
  EXPECT_TRUE(absl::IsAlreadyExists(Create())) << Create();
}

TEST_F(KafkaTopic, OfANameThatKafkaRefusesIsAnInvalidArgument) {
  const absl::Status status =
      KafkaLog::Create(kafka_.bootstrap(), "no such: name", 1, kafka_.Options());
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
}

TEST_F(KafkaTopic, ThatIsMissingIsNotFoundAndNotMade) {
  const absl::Status status = Opening();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_TRUE(Create().ok()) << "asking for it made it";
}

TEST_F(KafkaTopic, OnOneBrokerNeedsToBeAllowed) {
  KafkaOptions strict = kafka_.Options();
  strict.allow_single_replica = false;
  absl::Status status = KafkaLog::Create(kafka_.bootstrap(), topic_, 2, strict);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("the cluster has 1 brokers and should have at least 3"));
  ASSERT_TRUE(Create().ok()) << "it was made in spite of the error";
  status = Opening(strict);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("replication of partition 0 is 1 and should be at least 3"));
}

TEST_F(KafkaTopic, OfAnotherNumberOfPartitionsIsRefused) {
  ASSERT_TRUE(Create(3).ok());
  const absl::Status status = Opening();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr(absl::StrCat(topic_, ": number of partitions is 3 and should be 2")));
}

TEST_F(KafkaTopic, WithAWrongSettingIsRefusedByName) {
  ASSERT_TRUE(Create().ok());
  struct Case {
    const char* setting;
    const char* wrong;
    const char* right;
    const char* message;
  };
  for (const Case& c :
       {Case{"retention.ms", "604800000", "-1", "retention.ms is 604800000 and should be -1"},
        Case{"retention.bytes", "1000000", "-1", "retention.bytes is 1000000 and should be -1"},
        Case{"cleanup.policy", "compact", "delete", "cleanup.policy is compact and should be del"},
        Case{"unclean.leader.election.enable", "true", "false", "enable is true and should be fal"},
        Case{"max.message.bytes", "1000", "3000000", "is 1000 and should be at least 2101248"}}) {
    Alter(c.setting, c.wrong);
    const absl::Status status = OpenUntil(/*refused=*/true);
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << c.setting << ": " << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message));
    EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("topic ", topic_, ": ")));
    Alter(c.setting, c.right);
    EXPECT_TRUE(OpenUntil(/*refused=*/false).ok()) << c.setting;
  }
}

}  // namespace
}  // namespace guitu::kafka_log
