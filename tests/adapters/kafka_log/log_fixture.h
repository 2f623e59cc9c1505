// What tests of the Kafka log do again and again: append and expect, read all. For a fixture to
// derive from.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/kafka_log/kafka_log.h"
#include "gtest/gtest.h"
#include "tests/conformance/collector.h"

namespace guitu::kafka_log {

using conformance::Collector;
using conformance::MakeAppend;
using Outcome = events::Delivery::Outcome;

class LogFixture : public testing::Test {
 protected:
  std::unique_ptr<events::LogSession> Open(Collector& collector) {
    auto session = log_->OpenSession(collector.Sink());
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? *std::move(session) : nullptr;
  }
  // Records "from" to "to - 1", with these numbers as tickets.
  static void Send(events::LogSession& session, uint64_t from, uint64_t to,
                   events::Partition partition = 0) {
    for (uint64_t i = from; i < to; ++i) {
      session.Enqueue({MakeAppend(partition, i, absl::StrCat(i))});
    }
  }
  // In a session of its own; all are appended.
  void AppendAll(uint64_t from, uint64_t to, events::Partition partition = 0) {
    Collector collector;
    auto session = Open(collector);
    Send(*session, from, to, partition);
    ASSERT_TRUE(collector.WaitFor(to - from));
    for (const events::Delivery& delivery : collector.all()) {
      EXPECT_EQ(delivery.outcome, Outcome::kAppended) << delivery.reason;
    }
  }
  std::vector<std::string> Records(events::Partition partition = 0) {
    std::vector<std::string> records;
    const absl::Status status =
        log_->Read(partition, 0, ~uint64_t{0}, [&](events::Offset, absl::string_view record) {
          records.emplace_back(record);
          return true;
        });
    EXPECT_TRUE(status.ok()) << status;
    return records;
  }
  static std::vector<std::string> Numbers(uint64_t from, uint64_t to) {
    std::vector<std::string> numbers;
    for (; from < to; ++from) numbers.push_back(absl::StrCat(from));
    return numbers;
  }

  std::unique_ptr<KafkaLog> log_;
};

}  // namespace guitu::kafka_log
