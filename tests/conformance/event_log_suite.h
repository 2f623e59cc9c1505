// What every events::EventLog has to keep, whoever implements it. To put a log under it: derive
// from LogUnderTest, and INSTANTIATE_TEST_SUITE_P EventLogSuite with a LogFactory
// (event_log_test.cc shows two). Include in one file of a test program only.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "events/log.h"
#include "gtest/gtest.h"
#include "tests/conformance/collector.h"

namespace guitu::conformance {

class LogUnderTest {
 public:
  virtual ~LogUnderTest() = default;
  virtual events::EventLog& log() = 0;
  // Lets a log without threads deliver what is queued.
  virtual void Pump() {}
  // The owner's process ends and starts again. Its sessions are gone by then.
  virtual void Reopen() = 0;
  // Loses one acknowledged record in the middle; the log is open again afterwards. False: this log
  // gives no means to do that.
  virtual bool Destroy(events::Partition partition, events::Offset offset) = 0;
  virtual bool one_session() const { return true; }
  virtual bool thread_safe() const { return true; }
  // How much a partition of it takes, as far as the suite goes.
  virtual int mebibytes_max() const { return 12; }
};

struct LogFactory {
  std::string name;
  std::function<std::unique_ptr<LogUnderTest>(uint32_t partitions)> make;
};

class EventLogSuite : public testing::TestWithParam<LogFactory> {
 protected:
  static constexpr uint32_t kPartitions = 4;

  EventLogSuite() : under_test_(GetParam().make(kPartitions)) {}

  events::EventLog& log() { return under_test_->log(); }
  std::unique_ptr<events::LogSession> Open(Collector& collector) {
    auto session = log().OpenSession(collector.Sink());
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? *std::move(session) : nullptr;
  }
  // Appends `records` to `partition` in one session and expects all of them to be appended.
  void AppendAll(events::Partition partition, const std::vector<std::string>& records) {
    Collector collector;
    auto session = Open(collector);
    std::vector<events::Append> appends;
    appends.reserve(records.size());
    for (const std::string& record : records) {
      appends.push_back(MakeAppend(partition, appends.size(), record));
    }
    session->Enqueue(std::move(appends));
    Settle(collector, records.size());
    for (const events::Delivery& delivery : collector.all()) {
      EXPECT_EQ(delivery.outcome, events::Delivery::Outcome::kAppended) << delivery.reason;
      EXPECT_TRUE(delivery.reason.ok());
    }
  }
  void Settle(Collector& collector, size_t count) {
    under_test_->Pump();
    ASSERT_TRUE(collector.WaitFor(count));
  }
  std::vector<std::string> Read(events::Partition partition, events::Offset from = 0,
                                uint64_t max = ~uint64_t{0}) {
    std::vector<std::string> records;
    events::Offset expected = from;
    const absl::Status status =
        log().Read(partition, from, max, [&](events::Offset offset, absl::string_view record) {
          EXPECT_EQ(offset, expected++);
          records.emplace_back(record);
          return true;
        });
    EXPECT_TRUE(status.ok()) << status;
    return records;
  }
  events::Offset End(events::Partition partition) {
    auto end = log().End(partition);
    EXPECT_TRUE(end.ok()) << end.status();
    return end.value_or(0);
  }
  void Reopen() { under_test_->Reopen(); }

  std::unique_ptr<LogUnderTest> under_test_;
};

using Outcome = events::Delivery::Outcome;

TEST_P(EventLogSuite, BeginsEmpty) {
  EXPECT_EQ(log().partition_count(), kPartitions);
  for (events::Partition p = 0; p < kPartitions; ++p) {
    EXPECT_EQ(End(p), 0u);
    EXPECT_TRUE(Read(p).empty());
  }
}

TEST_P(EventLogSuite, GivesContiguousOffsetsInTheOrderOfTheAppends) {
  Collector collector;
  auto session = Open(collector);
  for (uint64_t i = 0; i < 50; ++i) session->Enqueue({MakeAppend(1, i, absl::StrCat("r", i))});
  Settle(collector, 50);
  uint64_t expected = 0;
  for (const events::Delivery& delivery : collector.all()) {
    EXPECT_EQ(delivery.partition, 1u);
    EXPECT_EQ(delivery.ticket, expected);
    EXPECT_EQ(delivery.offset, expected);
    EXPECT_EQ(delivery.outcome, Outcome::kAppended);
    ++expected;
  }
  EXPECT_EQ(End(1), 50u);
  std::vector<std::string> records = Read(1);
  ASSERT_EQ(records.size(), 50u);
  for (uint64_t i = 0; i < 50; ++i) EXPECT_EQ(records[i], absl::StrCat("r", i));
}

TEST_P(EventLogSuite, NumbersEachPartitionOfABatchByItself) {
  Collector collector;
  auto session = Open(collector);
  std::vector<events::Append> appends;
  for (uint64_t i = 0; i < 40; ++i) {
    appends.push_back(MakeAppend(static_cast<uint32_t>(i % kPartitions), i, absl::StrCat("r", i)));
  }
  session->Enqueue(std::move(appends));
  Settle(collector, 40);
  for (const auto& [ticket, delivery] : collector.by_ticket()) {
    EXPECT_EQ(delivery.partition, ticket % kPartitions);
    EXPECT_EQ(delivery.offset, ticket / kPartitions);
  }
  for (events::Partition p = 0; p < kPartitions; ++p) {
    EXPECT_EQ(End(p), 10u);
    EXPECT_EQ(Read(p)[9], absl::StrCat("r", 36 + p));
  }
}

TEST_P(EventLogSuite, DeliversEachTicketExactlyOnce) {
  Collector collector;
  auto session = Open(collector);
  uint64_t ticket = 0;
  for (size_t size = 1; size <= 40; ++size) {
    std::vector<events::Append> appends;
    for (size_t i = 0; i < size; ++i) {
      appends.push_back(MakeAppend(static_cast<uint32_t>(i) % kPartitions, ticket++, "r"));
    }
    session->Enqueue(std::move(appends));
  }
  session->Enqueue({});
  Settle(collector, ticket);
  session.reset();
  EXPECT_EQ(collector.size(), ticket);
  EXPECT_EQ(collector.by_ticket().size(), ticket);
}

TEST_P(EventLogSuite, AppendsThatComeAloneStandInOrderAmongTheOthers) {
  Collector collector;
  auto session = Open(collector);
  for (uint64_t i = 0; i < 60; ++i) {
    events::Append append = MakeAppend(2, i, absl::StrCat("r", i));
    if (i % 3 == 0) {
      std::vector<events::Append> batch;
      batch.push_back(std::move(append));
      session->Enqueue(std::move(batch));
    } else {
      session->EnqueueAlone(std::move(append));
    }
    if (i % 10 == 9) Settle(collector, i + 1);  // now and then the log is idle
  }
  Settle(collector, 60);
  EXPECT_EQ(collector.size(), 60u);
  for (const auto& [ticket, delivery] : collector.by_ticket()) {
    EXPECT_EQ(delivery.outcome, Outcome::kAppended) << delivery.reason;
    EXPECT_EQ(delivery.offset, ticket);
  }
  std::vector<std::string> records = Read(2);
  ASSERT_EQ(records.size(), 60u);
  for (size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i], absl::StrCat("r", i));
}

TEST_P(EventLogSuite, PreservesEveryByte) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  const std::vector<std::string> records = {all, "", std::string(7, '\0'), std::string("a\0b", 3)};
  AppendAll(2, records);
  EXPECT_EQ(Read(2), records);
  Reopen();
  EXPECT_EQ(Read(2), records);
}

TEST_P(EventLogSuite, KeepsRecordsOfOneMebibyte) {
  std::vector<std::string> records;
  records.reserve(static_cast<size_t>(under_test_->mebibytes_max()));
  for (int i = 0; i < under_test_->mebibytes_max(); ++i) {
    records.push_back(std::string(1 << 20, static_cast<char>('a' + i)));
  }
  AppendAll(0, records);
  EXPECT_TRUE(Read(0) == records);
  Reopen();
  EXPECT_TRUE(Read(0) == records);
}

TEST_P(EventLogSuite, KeepsItsRecordsOverARestart) {
  AppendAll(0, {"a", "b"});
  AppendAll(3, {"c"});
  Reopen();
  EXPECT_EQ(log().partition_count(), kPartitions);
  EXPECT_EQ(Read(0), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(Read(3), (std::vector<std::string>{"c"}));
  EXPECT_EQ(End(1), 0u);
  AppendAll(0, {"d"});
  Reopen();
  EXPECT_EQ(Read(0), (std::vector<std::string>{"a", "b", "d"}));
}

TEST_P(EventLogSuite, AnAppendedRecordIsReadableAtOnce) {
  Collector collector;
  auto session = Open(collector);
  for (uint64_t i = 0; i < 20; ++i) {
    session->Enqueue({MakeAppend(0, i, absl::StrCat("r", i))});
    Settle(collector, i + 1);
    EXPECT_EQ(End(0), i + 1);
    EXPECT_EQ(Read(0, i, 1), std::vector<std::string>{absl::StrCat("r", i)});
  }
}

TEST_P(EventLogSuite, ReadsTheRangeThatIsAskedFor) {
  AppendAll(1, {"0", "1", "2", "3", "4"});
  AppendAll(2, {"other"});
  EXPECT_EQ(Read(1, 2, 2), (std::vector<std::string>{"2", "3"}));
  EXPECT_EQ(Read(1, 3, 100), (std::vector<std::string>{"3", "4"}));
  EXPECT_EQ(Read(1, 4), (std::vector<std::string>{"4"}));
  EXPECT_TRUE(Read(1, 2, 0).empty());
  EXPECT_TRUE(Read(1, 5).empty());
  EXPECT_TRUE(Read(1, ~uint64_t{0}, 1).empty());
}

TEST_P(EventLogSuite, StopsReadingWhenTheVisitorSaysSo) {
  AppendAll(1, {"0", "1", "2", "3"});
  uint64_t visited = 0;
  const absl::Status status = log().Read(
      1, 0, 4, [&](events::Offset offset, absl::string_view) { return ++visited, offset < 1; });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(visited, 2u);
}

TEST_P(EventLogSuite, ReadsAPartitionLongerThanAnyBufferOfItsOwn) {
  std::vector<std::string> records;
  records.reserve(3000);
  for (int i = 0; i < 3000; ++i) records.push_back(absl::StrCat(i, std::string(500, 'x')));
  AppendAll(3, records);
  EXPECT_TRUE(Read(3) == records);
}

TEST_P(EventLogSuite, HasNoPartitionBehindItsLast) {
  EXPECT_TRUE(absl::IsInvalidArgument(log().End(kPartitions).status()));
  const auto visit = [](events::Offset, absl::string_view) { return true; };
  EXPECT_TRUE(absl::IsInvalidArgument(log().Read(kPartitions, 0, 1, visit)));
}

TEST_P(EventLogSuite, ReturnsEveryTicketBeforeADestroyedSessionIsGone) {
  Collector collector;
  auto session = Open(collector);
  std::vector<std::string> sent;
  for (uint64_t i = 0; i < 500; ++i) {
    sent.push_back(absl::StrCat("r", i));
    session->Enqueue({MakeAppend(0, i, sent.back())});
  }
  session.reset();
  const std::vector<events::Delivery> deliveries = collector.all();
  ASSERT_EQ(deliveries.size(), 500u);
  EXPECT_EQ(collector.by_ticket().size(), 500u);
  bool unknown = false;
  for (const events::Delivery& delivery : deliveries) {
    if (delivery.outcome == Outcome::kUnknown) {
      unknown = true;
      EXPECT_FALSE(delivery.reason.ok());
    } else {
      EXPECT_FALSE(unknown) << "appended behind an unknown one";
      EXPECT_EQ(Read(0, delivery.offset, 1), std::vector<std::string>{sent[delivery.ticket]});
    }
  }
  // What landed is a beginning of what was sent, each once.
  Reopen();
  const std::vector<std::string> landed = Read(0);
  ASSERT_LE(landed.size(), sent.size());
  for (size_t i = 0; i < landed.size(); ++i) EXPECT_EQ(landed[i], sent[i]);
}

TEST_P(EventLogSuite, ANewSessionGoesOnWhereTheLastOneEnded) {
  AppendAll(0, {"a"});
  AppendAll(0, {"b"});
  Collector collector;
  auto session = Open(collector);
  session->Enqueue({MakeAppend(0, 7, "c")});
  Settle(collector, 1);
  EXPECT_EQ(collector.all()[0].offset, 2u);
  EXPECT_EQ(Read(0), (std::vector<std::string>{"a", "b", "c"}));
}

TEST_P(EventLogSuite, HasAsManySessionsAtATimeAsItSays) {
  Collector collector;
  auto session = Open(collector);
  auto second = log().OpenSession(collector.Sink());
  if (under_test_->one_session()) {
    EXPECT_TRUE(absl::IsUnavailable(second.status())) << second.status();
  } else {
    EXPECT_TRUE(second.ok()) << second.status();
  }
  second = absl::UnavailableError("gone");
  session.reset();
  EXPECT_TRUE(log().OpenSession(collector.Sink()).ok());
}

TEST_P(EventLogSuite, ReportsARecordThatIsMissingInTheMiddle) {
  AppendAll(1, {"0", "1", "2", "3"});
  AppendAll(2, {"0"});
  if (!under_test_->Destroy(1, 2)) return;
  std::vector<std::string> read;
  const auto visit = [&](events::Offset, absl::string_view record) {
    read.emplace_back(record);
    return true;
  };
  absl::Status status = log().Read(1, 0, 4, visit);
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_NE(status.message().find("partition 1, offset 2"), absl::string_view::npos) << status;
  EXPECT_EQ(read, (std::vector<std::string>{"0", "1"}));
  EXPECT_TRUE(absl::IsDataLoss(log().Read(1, 2, 1, visit)));
  EXPECT_EQ(Read(1, 3), std::vector<std::string>{"3"});
  EXPECT_EQ(Read(2), std::vector<std::string>{"0"});
}

TEST_P(EventLogSuite, ReadersSeeAWholeBeginningWhileRecordsAreAppended) {
  constexpr uint64_t kRecords = 400;
  Collector collector;
  auto session = Open(collector);
  const auto read_all = [this](uint64_t& seen) {
    const events::Offset end = log().End(0).value_or(0);
    EXPECT_GE(end, seen);
    seen = 0;
    const absl::Status status =
        log().Read(0, 0, end, [&](events::Offset offset, absl::string_view record) {
          EXPECT_EQ(record, absl::StrCat("r", offset));
          ++seen;
          return true;
        });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(seen, end);
  };
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int i = 0; under_test_->thread_safe() && i < 2; ++i) {
    readers.emplace_back([&] {
      uint64_t seen = 0;
      while (!done) read_all(seen);
    });
  }
  for (uint64_t i = 0; i < kRecords; ++i) {
    session->Enqueue({MakeAppend(0, i, absl::StrCat("r", i))});
    if (i % 50 == 0) Settle(collector, i + 1);
  }
  Settle(collector, kRecords);
  done = true;
  for (std::thread& reader : readers) reader.join();
  uint64_t seen = 0;
  read_all(seen);
  EXPECT_EQ(seen, kRecords);
}

}  // namespace guitu::conformance
