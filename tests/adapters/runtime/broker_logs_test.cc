// The log of runtime_broker_test: Kafka over a real broker, a topic a test.
#include "tests/adapters/kafka_log/real_kafka.h"
#include "tests/adapters/runtime/kafka_backing.h"
#include "tests/adapters/runtime/log_kinds.h"
#include "tests/adapters/runtime/runtime_fixture.h"

namespace guitu::runtime {
namespace {

using kafka_log::KafkaLog;

LogKind Broker(Reads reads) {
  return {"Kafka", [reads](uint32_t partitions) {
            kafka_log::RealKafka& kafka = kafka_log::OneNode();
            const std::string topic = kafka.NewTopic();
            const absl::Status made =
                KafkaLog::Create(kafka.bootstrap(), topic, partitions, kafka.Options());
            EXPECT_TRUE(made.ok()) << made;
            return MakeKafkaBacking(
                [&kafka, topic, partitions] {
                  return KafkaLog::Open(kafka.bootstrap(), topic, partitions, kafka.Options());
                },
                reads);
          }};
}

}  // namespace

std::vector<LogKind> AllLogs() { return {Broker(Reads::kAsked)}; }
std::vector<LogKind> SharedLogs() { return {Broker(Reads::kFollowed)}; }

INSTANTIATE_TEST_SUITE_P(Logs, RuntimeTest, testing::ValuesIn(AllLogs()), NameOfLog);

}  // namespace guitu::runtime
