// The faults that the simulation scripts: each does to the log what its name says, and no more.
#include "adapters/memory_log/memory_log.h"

#include <map>

#include "gtest/gtest.h"
#include "tests/conformance/collector.h"

namespace guitu::memory_log {
namespace {

using conformance::Collector;
using conformance::MakeAppend;
using events::Delivery;
using Outcome = Delivery::Outcome;

class MemoryLogFaults : public testing::Test {
 protected:
  // Tickets that are not named are appended.
  void Script(std::map<uint64_t, Fate> fates) {
    log_.SetScript([fates = std::move(fates)](const events::Append& append) {
      const auto fate = fates.find(append.ticket);
      return fate == fates.end() ? Fate::kAppend : fate->second;
    });
  }
  std::unique_ptr<events::LogSession> Open(Collector& collector) {
    return *log_.OpenSession(collector.Sink());
  }
  std::vector<std::string> Records(events::Partition partition = 0) {
    std::vector<std::string> records;
    EXPECT_TRUE(log_.Read(partition, 0, 100,
                          [&](events::Offset, absl::string_view record) {
                            records.emplace_back(record);
                            return true;
                          })
                    .ok());
    return records;
  }
  static void Send(events::LogSession& session, uint64_t from, uint64_t to) {
    for (uint64_t i = from; i < to; ++i) session.Enqueue({MakeAppend(0, i, std::to_string(i))});
  }

  MemoryLog log_{2, {/*one_session=*/false}};
  Collector first_, second_;
};

TEST_F(MemoryLogFaults, NothingMovesBeforeAStep) {
  auto session = Open(first_);
  Send(*session, 0, 3);
  EXPECT_EQ(first_.size(), 0u);
  EXPECT_EQ(log_.pending(), 3u);
  EXPECT_TRUE(log_.Step());
  EXPECT_EQ(first_.size(), 1u);
  EXPECT_EQ(log_.Deliver(5), 2u);
  EXPECT_EQ(first_.batches(), 2u);
  EXPECT_FALSE(log_.Step());
}

TEST_F(MemoryLogFaults, ALostRecordNeverLandsNorDoesAnythingBehindIt) {
  Script({{1, Fate::kLose}});
  auto session = Open(first_);
  Send(*session, 0, 4);
  log_.DeliverAll();
  EXPECT_EQ(Records(), std::vector<std::string>{"0"});
  for (uint64_t i = 1; i < 4; ++i) EXPECT_EQ(first_.all()[i].outcome, Outcome::kUnknown);
}

TEST_F(MemoryLogFaults, ALossLeavesOtherPartitionsTheirOwnFate) {
  Script({{0, Fate::kLose}});
  auto session = Open(first_);
  session->Enqueue({MakeAppend(0, 0, "a"), MakeAppend(1, 1, "b")});
  log_.DeliverAll();
  EXPECT_EQ(Records(1), std::vector<std::string>{"b"});
  EXPECT_EQ(first_.all()[1].outcome, Outcome::kUnknown) << "the session has died";
}

TEST_F(MemoryLogFaults, AnUnknownRecordMayHaveLanded) {
  Script({{1, Fate::kLandUnknown}});
  auto session = Open(first_);
  Send(*session, 0, 3);
  log_.DeliverAll();
  EXPECT_EQ(Records(), (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(first_.all()[1].outcome, Outcome::kUnknown);
  EXPECT_EQ(first_.all()[2].outcome, Outcome::kUnknown);
}

TEST_F(MemoryLogFaults, ALateRecordLandsBehindThoseOfANewerSession) {
  Script({{0, Fate::kLate}});
  auto session = Open(first_);
  Send(*session, 0, 2);
  log_.DeliverAll();
  session.reset();
  auto newer = Open(second_);
  Send(*newer, 10, 11);
  log_.DeliverAll();
  EXPECT_EQ(log_.late(), 2u) << "what was sent behind a late one is late too";
  EXPECT_EQ(log_.LandLate(1), 1u);
  Send(*newer, 11, 12);
  log_.DeliverAll();
  EXPECT_EQ(log_.LandLate(5), 1u);
  EXPECT_EQ(Records(), (std::vector<std::string>{"10", "0", "11", "1"}));
  EXPECT_EQ(second_.all()[1].offset, 2u);
}

TEST_F(MemoryLogFaults, DroppedLateRecordsNeverLand) {
  Script({{0, Fate::kLate}});
  auto session = Open(first_);
  Send(*session, 0, 1);
  log_.DeliverAll();
  log_.DropLate();
  EXPECT_EQ(log_.LandLate(1), 0u);
  EXPECT_TRUE(Records().empty());
}

TEST_F(MemoryLogFaults, ADeadSessionSendsNothingMore) {
  Script({{0, Fate::kLandUnknown}});
  auto session = Open(first_);
  Send(*session, 0, 1);
  log_.DeliverAll();
  Send(*session, 1, 2);
  log_.DeliverAll();
  EXPECT_EQ(Records(), std::vector<std::string>{"0"});
  EXPECT_EQ(first_.all()[1].outcome, Outcome::kUnknown);
}

TEST_F(MemoryLogFaults, AFullDiskIsNamedAsTheReason) {
  Script({{0, Fate::kRefuseNoSpace}});
  auto session = Open(first_);
  Send(*session, 0, 1);
  log_.DeliverAll();
  EXPECT_TRUE(absl::IsResourceExhausted(first_.all()[0].reason));
  EXPECT_TRUE(Records().empty());
}

TEST_F(MemoryLogFaults, WhatACrashedSessionHadQueuedHasAFateOfItsOwn) {
  Script({{1, Fate::kLose}});
  auto session = Open(first_);
  Send(*session, 0, 3);
  session.reset();
  EXPECT_EQ(first_.size(), 3u);
  for (const Delivery& delivery : first_.all()) EXPECT_EQ(delivery.outcome, Outcome::kUnknown);
  EXPECT_EQ(Records(), std::vector<std::string>{"0"});
}

TEST_F(MemoryLogFaults, TwoSessionsInterleaveAsTheyWereSent) {
  auto first = Open(first_);
  auto second = Open(second_);
  Send(*first, 0, 1);
  Send(*second, 10, 11);
  Send(*first, 1, 2);
  log_.DeliverAll();
  EXPECT_EQ(Records(), (std::vector<std::string>{"0", "10", "1"}));
  EXPECT_EQ(first_.batches(), 1u);
}

TEST_F(MemoryLogFaults, ATruncatedTailIsGoneWithoutAnError) {
  auto session = Open(first_);
  Send(*session, 0, 3);
  log_.DeliverAll();
  log_.Truncate(0, 1);
  EXPECT_EQ(*log_.End(0), 1u);
  EXPECT_EQ(Records(), std::vector<std::string>{"0"});
}

TEST_F(MemoryLogFaults, SessionsFailAsScripted) {
  log_.FailSessions(absl::UnavailableError("away"));
  EXPECT_TRUE(absl::IsUnavailable(log_.OpenSession(first_.Sink()).status()));
  log_.FailSessions(absl::OkStatus());
  EXPECT_TRUE(log_.OpenSession(first_.Sink()).ok());
}

TEST_F(MemoryLogFaults, ALaneIsDeliveredAloneAndInItsOrder) {
  auto first = Open(first_);
  auto second = Open(second_);
  Send(*first, 0, 2);
  second->Enqueue({MakeAppend(0, 7, "7"), MakeAppend(1, 8, "8")});
  EXPECT_EQ(log_.lanes(), 3u);
  EXPECT_EQ(log_.DeliverLane(1, 5), 1u);
  EXPECT_EQ(log_.DeliverLane(0, 1), 1u);
  EXPECT_EQ(Records(), (std::vector<std::string>{"7", "0"}));
  EXPECT_EQ(log_.pending(), 2u);
  EXPECT_EQ(log_.lanes(), 2u);
}

TEST_F(MemoryLogFaults, OneThatIsLateLandsBeforeThoseOfOthersButNotBeforeItsOwn) {
  log_.SetScript([](const events::Append&) { return Fate::kLate; });
  auto first = Open(first_);
  auto second = Open(second_);
  Send(*first, 0, 2);
  Send(*second, 5, 6);
  log_.DeliverAll();
  log_.LandLateAt(2);
  log_.LandLateAt(1);
  EXPECT_EQ(Records(), (std::vector<std::string>{"5", "0"}));
  EXPECT_EQ(log_.late(), 1u);
}

TEST_F(MemoryLogFaults, WhatLandsIsToldAsItLandsWithItsSession) {
  std::vector<std::string> told;
  const events::LogSession* of = nullptr;
  log_.SetLanding(
      [&](const events::LogSession* session, const events::Append& append, events::Offset offset) {
        EXPECT_EQ(session, of);
        told.push_back(append.record + " at " + std::to_string(offset));
      });
  Collector collector;
  auto session = Open(collector);
  of = session.get();
  Script({{1, Fate::kLandUnknown}, {2, Fate::kLate}});
  Send(*session, 0, 3);
  log_.DeliverAll();
  of = nullptr;
  log_.LandLate(1);
  EXPECT_EQ(told, (std::vector<std::string>{"0 at 0", "1 at 1", "2 at 2"}));
}

TEST_F(MemoryLogFaults, AnOffsetThatIsLeftOutIsNoRecordAndNoError) {
  auto session = Open(first_);
  Send(*session, 0, 1);
  log_.DeliverAll();
  log_.LeaveOut(0, 2);
  Send(*session, 1, 2);
  log_.DeliverAll();
  EXPECT_EQ(log_.End(0).value(), 4u);
  EXPECT_EQ(Records(), (std::vector<std::string>{"0", "1"}));
}

}  // namespace
}  // namespace guitu::memory_log
