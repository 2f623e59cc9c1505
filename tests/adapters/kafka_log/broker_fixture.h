// A Kafka log of its own on a real cluster. For a fixture to derive from.
#pragma once

#include <string>

#include "adapters/clock/clock.h"
#include "tests/adapters/kafka_log/log_fixture.h"
#include "tests/adapters/kafka_log/real_kafka.h"

namespace guitu::kafka_log {

class BrokerFixture : public LogFixture {
 protected:
  explicit BrokerFixture(RealKafka& kafka) : kafka_(kafka), topic_(kafka.NewTopic()) {}

  absl::Status Create(uint32_t partitions = 2) {
    return KafkaLog::Create(kafka_.bootstrap(), topic_, partitions, kafka_.Options());
  }
  void OpenLog(const KafkaOptions& options, uint32_t partitions = 2) {
    auto opened = KafkaLog::Open(kafka_.bootstrap(), topic_, partitions, options);
    ASSERT_TRUE(opened.ok()) << opened.status();
    log_ = *std::move(opened);
  }
  void CreateAndOpen() {
    const absl::Status made = Create();
    ASSERT_TRUE(made.ok()) << made;
    OpenLog(kafka_.Options());
  }
  void Alter(const char* setting, const char* value) { kafka_.Alter(topic_, setting, value); }
  // Opens the log until the answer is as wanted, ten seconds at most: a broker learns of a changed
  // setting a moment after the controller has taken it.
  absl::Status OpenUntil(bool refused, uint32_t partitions = 2) {
    const clock::SystemClock clock;
    const absl::Duration until = clock.Monotonic() + absl::Seconds(10);
    absl::Status status;
    do {
      status = KafkaLog::Open(kafka_.bootstrap(), topic_, partitions, kafka_.Options()).status();
    } while (absl::IsFailedPrecondition(status) != refused && clock.Monotonic() < until);
    return status;
  }
  // What was sent as "0", "1", … in one session: what is reported as appended stands where it is
  // said to, all that landed is a beginning of it, each once.
  void ExpectTruthful(const Collector& collector, uint64_t sent) {
    const std::vector<std::string> landed = Records();
    EXPECT_EQ(landed, Numbers(0, landed.size()));
    EXPECT_LE(landed.size(), sent);
    EXPECT_EQ(collector.by_ticket().size(), sent);
    for (const auto& [ticket, delivery] : collector.by_ticket()) {
      if (delivery.outcome != Outcome::kAppended) continue;
      ASSERT_LT(delivery.offset, landed.size());
      EXPECT_EQ(landed[delivery.offset], absl::StrCat(ticket));
    }
  }

  RealKafka& kafka_;
  const std::string topic_;
};

}  // namespace guitu::kafka_log
