// One real broker that dies, hangs, forgets, or is written to by strangers.
#include <librdkafka/rdkafka.h>

#include <filesystem>
#include <vector>

#include "gmock/gmock.h"
#include "tests/adapters/kafka_log/broker_fixture.h"
#include "tests/adapters/kafka_log/followed.h"

namespace guitu::kafka_log {
namespace {

using testing::HasSubstr;

class KafkaBroker : public BrokerFixture {
 protected:
  KafkaBroker() : BrokerFixture(OneNode()) { CreateAndOpen(); }
  ~KafkaBroker() override { kafka_.Restart(); }

  // A stranger's transaction: one record, and the marker of its end, which takes an offset too and
  // comes some time after the transaction has succeeded.
  void WriteTransaction(const std::string& record) {
    const events::Offset before = log_->End(0).value_or(0);
    CommitTransaction(record);
    while (log_->End(0).value_or(before + 2) < before + 2) {
    }
  }
  void CommitTransaction(const std::string& record) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    char error[256];
    rd_kafka_conf_set(conf, "bootstrap.servers", kafka_.bootstrap().c_str(), error, sizeof(error));
    rd_kafka_conf_set(conf, "transactional.id", "stranger", error, sizeof(error));
    rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
    const auto done = [](rd_kafka_error_t* failure) {
      EXPECT_EQ(failure, nullptr) << rd_kafka_error_string(failure);
      rd_kafka_error_destroy(failure);
    };
    done(rd_kafka_init_transactions(client, 20'000));
    done(rd_kafka_begin_transaction(client));
    rd_kafka_producev(client, RD_KAFKA_V_TOPIC(topic_.c_str()), RD_KAFKA_V_PARTITION(0),
                      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                      RD_KAFKA_V_VALUE(const_cast<char*>(record.data()), record.size()),
                      RD_KAFKA_V_END);
    done(rd_kafka_commit_transaction(client, 20'000));
    rd_kafka_destroy(client);
  }
};

using Rows = FollowedRecords::Rows;

TEST_F(KafkaBroker, KilledAndStartedAgainItHasEveryAcknowledgedRecordOnce) {
  Collector collector;
  auto session = Open(collector);
  FollowedRecords followed;
  auto follower = log_->Follow({0, 0}, followed.Sink());
  ASSERT_TRUE(follower.ok()) << follower.status();
  Send(*session, 0, 500);
  ASSERT_TRUE(collector.WaitFor(100));
  kafka_.Kill(1);
  Send(*session, 500, 1000);
  kafka_.Restart();
  ASSERT_TRUE(collector.WaitFor(1000));
  ExpectTruthful(collector, 1000);
  const size_t landed = Records().size();
  ASSERT_TRUE(followed.WaitFor(landed));
  Rows expected;
  for (uint64_t i = 0; i < landed; ++i) expected.emplace_back(i, absl::StrCat(i));
  EXPECT_EQ(followed.rows(0), expected);
  EXPECT_TRUE(followed.stops().empty());
}

TEST_F(KafkaBroker, PausedForLessThanTheTimeOutItCostsNoUnknownOutcomeAndNoSecondRecord) {
  KafkaOptions options = kafka_.Options();
  options.read_timeout = absl::Milliseconds(2500);
  OpenLog(options);
  Collector collector;
  auto session = Open(collector);
  Send(*session, 0, 100);
  ASSERT_TRUE(collector.WaitFor(100));
  kafka_.Pause(1);
  Send(*session, 100, 200);
  // Longer than a request may take: it is sent a second time.
  EXPECT_TRUE(absl::IsUnavailable(log_->End(0).status()));
  kafka_.Resume(1);
  ASSERT_TRUE(collector.WaitFor(200));
  for (const events::Delivery& delivery : collector.all()) {
    EXPECT_EQ(delivery.outcome, Outcome::kAppended) << delivery.reason;
  }
  EXPECT_EQ(Records(), Numbers(0, 200));
}

TEST_F(KafkaBroker, PausedForLongerItLeavesUnknownOutcomesAndTheNextSessionGoesOn) {
  KafkaOptions options = kafka_.Options();
  options.delivery_timeout = absl::Seconds(2);
  OpenLog(options);
  Collector collector;
  auto session = Open(collector);
  Send(*session, 0, 100);
  ASSERT_TRUE(collector.WaitFor(100));
  kafka_.Pause(1);
  Send(*session, 100, 200);
  ASSERT_TRUE(collector.WaitFor(200));
  EXPECT_EQ(collector.by_ticket()[100].outcome, Outcome::kUnknown);
  EXPECT_EQ(collector.by_ticket()[199].outcome, Outcome::kUnknown);
  session.reset();
  kafka_.Resume(1);
  Collector next;
  auto second = Open(next);
  second->Enqueue({MakeAppend(1, 0, "next")});
  ASSERT_TRUE(next.WaitFor(1));
  EXPECT_EQ(next.all()[0].outcome, Outcome::kAppended) << next.all()[0].reason;
  ExpectTruthful(collector, 200);
}

TEST_F(KafkaBroker, ThatForgotItsTailIsFoundOut) {
  KafkaOptions options = kafka_.Options();
  options.read_timeout = absl::Seconds(3);
  OpenLog(options);
  AppendAll(0, 10);
  kafka_.Kill(1);
  const std::string segment = kafka_.PartitionDir(1, topic_, 0) + "/00000000000000000000.log";
  std::filesystem::resize_file(segment, std::filesystem::file_size(segment) - 1);
  kafka_.Restart();
  const absl::Status status = log_->End(0).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("and reached 10"));
  // A new process knows its own position alone.
  OpenLog(kafka_.Options());
  FollowedRecords followed;
  EXPECT_TRUE(absl::IsDataLoss(log_->Follow({10, 0}, followed.Sink()).status()));
}

TEST_F(KafkaBroker, OffsetsOfAStrangersTransactionAreLeftOutAndNothingElse) {
  AppendAll(0, 1);
  WriteTransaction("stranger");
  AppendAll(1, 2);
  WriteTransaction("again");
  const Rows expected = {{0, "0"}, {1, "stranger"}, {3, "1"}, {4, "again"}};
  EXPECT_EQ(log_->End(0).value_or(0), 6u);
  const auto read = [this](events::Offset from, uint64_t max) {
    Rows rows;
    const absl::Status status =
        log_->Read(0, from, max, [&](events::Offset at, absl::string_view record) {
          rows.emplace_back(at, std::string(record));
          return true;
        });
    EXPECT_TRUE(status.ok()) << status;
    return rows;
  };
  EXPECT_EQ(read(0, 100), expected);
  EXPECT_EQ(read(1, 2), (Rows{{1, "stranger"}}));
  EXPECT_EQ(read(2, 2), (Rows{{3, "1"}}));
  EXPECT_EQ(read(2, 1), Rows());
  EXPECT_EQ(read(5, 1), Rows());
  FollowedRecords followed;
  auto follower = log_->Follow({0, 0}, followed.Sink());
  ASSERT_TRUE(follower.ok()) << follower.status();
  ASSERT_TRUE(followed.WaitFor(4));
  EXPECT_EQ(followed.rows(0), expected);
}

}  // namespace
}  // namespace guitu::kafka_log
