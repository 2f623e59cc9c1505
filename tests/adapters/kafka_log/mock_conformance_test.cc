// The suite of every log, on the Kafka log over the mock cluster.
#include "tests/adapters/kafka_log/mock_cluster.h"
#include "tests/conformance/event_log_suite.h"

namespace guitu::conformance {
namespace {

class MockUnderTest final : public LogUnderTest {
 public:
  explicit MockUnderTest(uint32_t partitions) : partitions_(partitions) {
    cluster_.MakeTopic("log", partitions);
    Reopen();
  }
  events::EventLog& log() override { return *log_; }
  void Reopen() override {
    log_.reset();
    auto opened =
        kafka_log::KafkaLog::OpenUnchecked(cluster_.bootstrap(), "log", partitions_, Options());
    EXPECT_TRUE(opened.ok()) << opened.status();
    GUITU_CHECK(opened.ok());
    log_ = *std::move(opened);
  }
  bool Destroy(events::Partition, events::Offset) override { return false; }
  bool one_session() const override { return false; }
  int mebibytes_max() const override { return 4; }

 private:
  // The suite means no faults: time-outs that a busy machine does not reach.
  static kafka_log::KafkaOptions Options() {
    kafka_log::KafkaOptions options;
    options.allow_single_replica = true;
    return options;
  }

  const uint32_t partitions_;
  kafka_log::MockCluster cluster_;
  std::unique_ptr<kafka_log::KafkaLog> log_;
};

INSTANTIATE_TEST_SUITE_P(
    Logs, EventLogSuite,
    testing::Values(LogFactory{"KafkaOnMock",
                               [](uint32_t n) { return std::make_unique<MockUnderTest>(n); }}),
    [](const testing::TestParamInfo<LogFactory>& info) { return info.param.name; });

}  // namespace
}  // namespace guitu::conformance
