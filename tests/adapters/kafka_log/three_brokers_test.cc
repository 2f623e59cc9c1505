// Three real brokers, of which one or two are lost.
#include <functional>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "tests/adapters/kafka_log/broker_fixture.h"

namespace guitu::kafka_log {
namespace {

class ThreeBrokers : public BrokerFixture {
 protected:
  ThreeBrokers() : BrokerFixture(*kafka) {
    kafka_.Restart();
    CreateAndOpen();
  }
  static void SetUpTestSuite() { kafka = new RealKafka(3, KafkaVersion()); }
  static void TearDownTestSuite() { delete std::exchange(kafka, nullptr); }

  // Two thirds of the records before `harm` is done, the rest behind it.
  void SendAround(events::LogSession& session, Collector& collector,
                  const std::function<void()>& harm) {
    Send(session, 0, 200);
    ASSERT_TRUE(collector.WaitFor(100));
    harm();
    Send(session, 200, 300);
  }
  void ExpectAllAppended(Collector& collector) {
    ASSERT_TRUE(collector.WaitFor(300));
    for (const events::Delivery& delivery : collector.all()) {
      EXPECT_EQ(delivery.outcome, Outcome::kAppended) << delivery.reason;
    }
    EXPECT_EQ(Records(), Numbers(0, 300));
  }

  static RealKafka* kafka;
};
RealKafka* ThreeBrokers::kafka = nullptr;

TEST_F(ThreeBrokers, ALeaderThatIsKilledCostsNoUnknownOutcomeAndNoRecord) {
  Collector collector;
  auto session = Open(collector);
  SendAround(*session, collector, [this] { kafka_.Kill(kafka_.Leader(topic_, 0)); });
  ExpectAllAppended(collector);
}

TEST_F(ThreeBrokers, ALeaderThatHangsAndWakesAsNoLeaderCostsNoUnknownOutcomeAndNoRecord) {
  Collector collector;
  auto session = Open(collector);
  const int leader = kafka_.Leader(topic_, 0);
  SendAround(*session, collector, [&] { kafka_.Pause(leader); });
  ASSERT_TRUE(collector.WaitFor(300));
  kafka_.Resume(leader);
  ExpectAllAppended(collector);
}

TEST_F(ThreeBrokers, WithoutTwoOfThemNothingIsAcknowledgedAndLaterNothingIsMissing) {
  KafkaOptions options = kafka_.Options();
  options.delivery_timeout = absl::Seconds(3);
  OpenLog(options);
  Collector collector;
  auto session = Open(collector);
  const int leader = kafka_.Leader(topic_, 0);
  Send(*session, 0, 100);
  ASSERT_TRUE(collector.WaitFor(100));
  for (int node = 1; node <= 3; ++node) {
    if (node != leader) kafka_.Kill(node);
  }
  Send(*session, 100, 200);
  ASSERT_TRUE(collector.WaitFor(200));
  for (uint64_t i = 100; i < 200; ++i) {
    EXPECT_EQ(collector.by_ticket()[i].outcome, Outcome::kUnknown);
  }
  session.reset();
  kafka_.Restart();
  Collector next;
  auto second = Open(next);
  second->Enqueue({MakeAppend(1, 0, "next")});
  ASSERT_TRUE(next.WaitFor(1));
  EXPECT_EQ(next.all()[0].outcome, Outcome::kAppended) << next.all()[0].reason;
  ExpectTruthful(collector, 200);
}

TEST_F(ThreeBrokers, FewerInSyncThanTwoAreRefusedByName) {
  Alter("min.insync.replicas", "1");
  const absl::Status status = OpenUntil(/*refused=*/true);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              testing::HasSubstr("min.insync.replicas is 1 and should be at least 2"));
}

}  // namespace
}  // namespace guitu::kafka_log
