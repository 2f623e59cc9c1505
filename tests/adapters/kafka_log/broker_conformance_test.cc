// The suite of every log, on the Kafka log over a real broker.
#include "tests/adapters/kafka_log/real_kafka.h"
#include "tests/conformance/event_log_suite.h"

namespace guitu::conformance {
namespace {

class BrokerUnderTest final : public LogUnderTest {
 public:
  explicit BrokerUnderTest(uint32_t partitions)
      : partitions_(partitions), topic_(kafka_log::OneNode().NewTopic()) {
    kafka_log::RealKafka& kafka = kafka_log::OneNode();
    const absl::Status made =
        kafka_log::KafkaLog::Create(kafka.bootstrap(), topic_, partitions, kafka.Options());
    EXPECT_TRUE(made.ok()) << made;
    Reopen();
  }
  events::EventLog& log() override { return *log_; }
  void Reopen() override {
    kafka_log::RealKafka& kafka = kafka_log::OneNode();
    log_.reset();
    auto opened =
        kafka_log::KafkaLog::Open(kafka.bootstrap(), topic_, partitions_, kafka.Options());
    EXPECT_TRUE(opened.ok()) << opened.status();
    GUITU_CHECK(opened.ok());
    log_ = *std::move(opened);
  }
  bool Destroy(events::Partition, events::Offset) override { return false; }
  bool one_session() const override { return false; }

 private:
  const uint32_t partitions_;
  const std::string topic_;
  std::unique_ptr<kafka_log::KafkaLog> log_;
};

INSTANTIATE_TEST_SUITE_P(
    Logs, EventLogSuite,
    testing::Values(LogFactory{"Kafka",
                               [](uint32_t n) { return std::make_unique<BrokerUnderTest>(n); }}),
    [](const testing::TestParamInfo<LogFactory>& info) { return info.param.name; });

}  // namespace
}  // namespace guitu::conformance
