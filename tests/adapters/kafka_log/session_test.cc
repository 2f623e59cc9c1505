#include <string>
#include <vector>

#include "tests/adapters/kafka_log/log_fixture.h"
#include "tests/adapters/kafka_log/mock_cluster.h"

namespace guitu::kafka_log {
namespace {

class KafkaSessionFaults : public LogFixture {
 protected:
  KafkaSessionFaults() {
    cluster_.MakeTopic("log", 2);
    auto opened = KafkaLog::OpenUnchecked(cluster_.bootstrap(), "log", 2, MockCluster::Options());
    EXPECT_TRUE(opened.ok()) << opened.status();
    log_ = *std::move(opened);
  }
  // Everything that came is unknown, with a reason.
  static void ExpectUnknown(const Collector& collector) {
    for (const events::Delivery& delivery : collector.all()) {
      EXPECT_EQ(delivery.outcome, Outcome::kUnknown);
      EXPECT_FALSE(delivery.reason.ok());
    }
  }

  MockCluster cluster_;
  Collector collector_;
};

TEST_F(KafkaSessionFaults, ALostAcknowledgementIsUnknownAndTheRecordMayStand) {
  cluster_.AnswerLate(Request::kProduce, 20, 10'000);
  auto session = Open(collector_);
  Send(*session, 0, 1);
  ASSERT_TRUE(collector_.WaitFor(1));
  ExpectUnknown(collector_);
  EXPECT_EQ(Records().front(), "0") << "it had landed before its answer was lost";
}

TEST_F(KafkaSessionFaults, ErrorsThatPassCostNeitherTheSessionNorASecondRecord) {
  cluster_.Fail(Request::kProduce,
                {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                 RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT});
  auto session = Open(collector_);
  // One request is under way while they come: the mock, unlike a broker, does not keep later ones
  // of the producer from overtaking.
  Send(*session, 0, 1);
  ASSERT_TRUE(collector_.WaitFor(1));
  Send(*session, 1, 20);
  ASSERT_TRUE(collector_.WaitFor(20));
  uint64_t expected = 0;
  for (const events::Delivery& delivery : collector_.all()) {
    EXPECT_EQ(delivery.outcome, Outcome::kAppended) << delivery.reason;
    EXPECT_EQ(delivery.ticket, expected);
    EXPECT_EQ(delivery.offset, expected++);
  }
  EXPECT_EQ(Records(), Numbers(0, 20));
}

TEST_F(KafkaSessionFaults, AFatalErrorEndsTheSession) {
  AppendAll(0, 1);
  cluster_.Fail(Request::kProduce, {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
  auto session = Open(collector_);
  Send(*session, 1, 2);
  ASSERT_TRUE(collector_.WaitFor(1));
  Send(*session, 2, 3);
  Send(*session, 3, 4, 1);
  ASSERT_TRUE(collector_.WaitFor(3));
  ExpectUnknown(collector_);
  session.reset();
  EXPECT_EQ(Records(0), Numbers(0, 1));
  EXPECT_TRUE(Records(1).empty());
  AppendAll(4, 5);
  EXPECT_EQ(Records(), (std::vector<std::string>{"0", "4"}));
}

TEST_F(KafkaSessionFaults, ARecordTheBrokerRefusesTakesWhatIsBehindItAlong) {
  // For each request that may be under way, should the records not go in one: the mock, unlike a
  // broker, takes what comes behind a refused one.
  cluster_.Fail(
      Request::kProduce,
      {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
       RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
       RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
  auto session = Open(collector_);
  std::vector<events::Append> appends;
  for (uint64_t i = 0; i < 50; ++i) appends.push_back(MakeAppend(0, i, absl::StrCat(i)));
  session->Enqueue(std::move(appends));
  ASSERT_TRUE(collector_.WaitFor(50));
  ExpectUnknown(collector_);
  session.reset();
  EXPECT_TRUE(Records().empty());
}

TEST_F(KafkaSessionFaults, ARecordThatIsTooLargeEndsTheSessionWithoutBeingSent) {
  auto session = Open(collector_);
  std::string large(MockCluster::Options().record_bytes_max + 1, 'x');
  session->Enqueue({MakeAppend(0, 0, std::move(large)), MakeAppend(0, 1, "1")});
  ASSERT_TRUE(collector_.WaitFor(2));
  ExpectUnknown(collector_);
  EXPECT_TRUE(absl::IsInvalidArgument(collector_.all()[0].reason)) << collector_.all()[0].reason;
  EXPECT_EQ(collector_.all()[0].ticket, 0u);
  EXPECT_TRUE(Records().empty());
}

TEST_F(KafkaSessionFaults, ARecordOfTheLargestSizeIsTaken) {
  auto session = Open(collector_);
  session->Enqueue({MakeAppend(0, 0, std::string(MockCluster::Options().record_bytes_max, 'x'))});
  ASSERT_TRUE(collector_.WaitFor(1));
  EXPECT_EQ(collector_.all()[0].outcome, Outcome::kAppended) << collector_.all()[0].reason;
}

TEST_F(KafkaSessionFaults, WithoutBrokersARecordIsUnknownInTime) {
  auto session = Open(collector_);
  cluster_.SetDown(1);
  Send(*session, 0, 3);
  ASSERT_TRUE(collector_.WaitFor(3));
  ExpectUnknown(collector_);
  cluster_.SetUp(1);
  Send(*session, 3, 4);
  ASSERT_TRUE(collector_.WaitFor(4));
  ExpectUnknown(collector_);
}

TEST_F(KafkaSessionFaults, WithoutBrokersASessionEndsAtOnceAndReturnsEveryTicket) {
  auto session = Open(collector_);
  cluster_.SetDown(1);
  Send(*session, 0, 100);
  session.reset();
  EXPECT_EQ(collector_.by_ticket().size(), 100u);
  ExpectUnknown(collector_);
}

TEST_F(KafkaSessionFaults, WithoutBrokersNothingOpensReadsOrTellsItsEnd) {
  AppendAll(0, 3);
  cluster_.SetDown(1);
  EXPECT_TRUE(absl::IsUnavailable(log_->OpenSession(collector_.Sink()).status()));
  EXPECT_TRUE(absl::IsUnavailable(log_->End(0).status()));
  const auto visit = [](events::Offset, absl::string_view) { return true; };
  EXPECT_TRUE(absl::IsUnavailable(log_->Read(0, 0, 3, visit)));
  EXPECT_TRUE(absl::IsUnavailable(
      KafkaLog::Open(cluster_.bootstrap(), "log", 2, MockCluster::Options()).status()));
  EXPECT_TRUE(absl::IsUnavailable(
      KafkaLog::Create(cluster_.bootstrap(), "other", 2, MockCluster::Options())));
  cluster_.SetUp(1);
  EXPECT_EQ(log_->End(0).value_or(0), 3u);
  EXPECT_EQ(Records(), Numbers(0, 3));
}

}  // namespace
}  // namespace guitu::kafka_log
