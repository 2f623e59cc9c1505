// The scripted log: what the script lets land stands in the log behind, and a log behind that does
// otherwise is told.
#include "tests/adapters/runtime/scripted_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>

#include "tests/conformance/collector.h"

namespace guitu::runtime {
namespace {

using conformance::MakeAppend;
using events::Delivery;
using memory_log::Fate;
using memory_log::MemoryLog;
using testing::ElementsAre;

// Writes as soon as it is asked to.
class AtOnce final : public BackingLog, private events::EventLog {
 public:
  explicit AtOnce(bool one_session) : one_session_(one_session), log_(2, {one_session}) {}
  events::EventLog& log() override { return *this; }
  void Reopen() override {}
  bool one_session() const override { return one_session_; }
  MemoryLog& memory() { return log_; }
  int opened() const { return opened_; }

 private:
  class Session final : public events::LogSession {
   public:
    Session(AtOnce& all, std::unique_ptr<LogSession> inner) : all_(all), inner_(std::move(inner)) {}
    void Enqueue(std::vector<events::Append> appends) override {
      inner_->Enqueue(std::move(appends));
      all_.log_.DeliverAll();
    }

   private:
    AtOnce& all_;
    std::unique_ptr<LogSession> inner_;
  };
  uint32_t partition_count() const override { return 2; }
  absl::StatusOr<std::unique_ptr<events::LogSession>> OpenSession(DeliverySink sink) override {
    auto inner = log_.OpenSession(std::move(sink));
    if (!inner.ok()) return inner.status();
    ++opened_;
    return std::make_unique<Session>(*this, *std::move(inner));
  }
  absl::StatusOr<events::Offset> End(events::Partition p) const override { return log_.End(p); }
  absl::Status Read(events::Partition p, events::Offset from, uint64_t max,
                    const Visitor& visit) const override {
    return log_.Read(p, from, max, visit);
  }

  const bool one_session_;
  MemoryLog log_;
  int opened_ = 0;
};

struct Logs {
  explicit Logs(bool one_session = false) : behind(one_session), log(script, behind) {}

  std::unique_ptr<events::LogSession> Open() {
    return *log.OpenSession([this](std::vector<Delivery> all) {
      for (Delivery& delivery : all) deliveries.push_back(std::move(delivery));
    });
  }
  void Fates(std::vector<Fate> fates) {
    script.SetScript([fates, at = size_t{0}](const events::Append&) mutable {
      return at < fates.size() ? fates[at++] : Fate::kAppend;
    });
  }
  std::vector<std::string> Records(events::Partition partition) const {
    std::vector<std::string> records;
    auto read = log.Read(partition, 0, 100, [&](events::Offset, absl::string_view record) {
      records.emplace_back(record);
      return true;
    });
    EXPECT_TRUE(read.ok()) << read;
    return records;
  }

  MemoryLog script{2, {.one_session = false}};
  AtOnce behind;
  ScriptedLog log;
  std::vector<Delivery> deliveries;
};

TEST(ScriptedLog, OnlyWhatLandsStandsInTheLogBehind) {
  Logs logs;
  auto session = logs.Open();
  logs.Fates({Fate::kAppend, Fate::kLose, Fate::kLandUnknown, Fate::kAppend});
  session->Enqueue({MakeAppend(0, 1, "appended"), MakeAppend(0, 2, "lost"),
                    MakeAppend(1, 3, "unknown"), MakeAppend(0, 4, "behind the lost")});
  EXPECT_THAT(logs.Records(0), ElementsAre());
  EXPECT_TRUE(logs.deliveries.empty());
  logs.script.DeliverAll();
  EXPECT_THAT(logs.Records(0), ElementsAre("appended"));
  EXPECT_THAT(logs.Records(1), ElementsAre("unknown"));
  ASSERT_EQ(logs.deliveries.size(), 4u);
  EXPECT_EQ(logs.deliveries[0].outcome, Delivery::Outcome::kAppended);
  for (size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(logs.deliveries[i].outcome, Delivery::Outcome::kUnknown) << i;
  }
}

TEST(ScriptedLog, WhatIsLateComesBehindInASessionOfItsOwn) {
  Logs logs;
  auto session = logs.Open();
  logs.Fates({Fate::kLate});
  session->Enqueue({MakeAppend(0, 1, "late")});
  logs.script.DeliverAll();
  session.reset();
  auto next = logs.Open();
  next->Enqueue({MakeAppend(0, 1, "next")});
  logs.script.DeliverAll();
  EXPECT_EQ(logs.script.LandLate(1), 1u);
  EXPECT_THAT(logs.Records(0), ElementsAre("next", "late"));
  EXPECT_EQ(logs.behind.opened(), 3);
}

TEST(ScriptedLog, SessionsShareTheOneOfALogThatHasOneAtATime) {
  Logs logs(/*one_session=*/true);
  auto one = logs.Open();
  auto two = logs.Open();
  one->Enqueue({MakeAppend(0, 1, "one")});
  two->Enqueue({MakeAppend(0, 1, "two")});
  logs.script.DeliverAll();
  EXPECT_THAT(logs.Records(0), ElementsAre("one", "two"));
  EXPECT_EQ(logs.behind.opened(), 1);
  one.reset();
  two.reset();
  auto three = logs.Open();
  EXPECT_EQ(logs.behind.opened(), 2);
}

TEST(ScriptedLog, WhatIsQueuedAtTheEndOfASessionMayLand) {
  Logs logs;
  auto session = logs.Open();
  session->Enqueue({MakeAppend(0, 1, "queued")});
  session.reset();
  EXPECT_THAT(logs.Records(0), ElementsAre("queued"));
  ASSERT_EQ(logs.deliveries.size(), 1u);
  EXPECT_EQ(logs.deliveries[0].outcome, Delivery::Outcome::kUnknown);
}

TEST(ScriptedLog, ALogBehindThatTakesARecordElsewhereIsTold) {
  Logs logs;
  logs.behind.memory().LeaveOut(0, 1);
  auto session = logs.Open();
  session->Enqueue({MakeAppend(0, 1, "one")});
  EXPECT_NONFATAL_FAILURE(logs.script.DeliverAll(), "in partition 0");
}

TEST(ScriptedLog, ALogBehindThatDoesNotKeepARecordIsTold) {
  Logs logs;
  logs.behind.memory().SetScript([](const events::Append&) { return Fate::kLose; });
  auto session = logs.Open();
  session->Enqueue({MakeAppend(0, 1, "one")});
  EXPECT_NONFATAL_FAILURE(logs.script.DeliverAll(), "outcome");
}

TEST(ScriptedLog, ALogBehindThatEndsElsewhereIsTold) {
  Logs logs;
  auto session = logs.Open();
  session->Enqueue({MakeAppend(0, 1, "one")});
  logs.script.DeliverAll();
  logs.behind.memory().LeaveOut(0, 1);
  EXPECT_NONFATAL_FAILURE(EXPECT_TRUE(logs.log.End(0).ok()), "of partition 0");
}

TEST(ScriptedLog, ASessionThatDoesNotOpenBehindDoesNotOpen) {
  Logs logs;
  logs.behind.memory().FailSessions(absl::UnavailableError("down"));
  EXPECT_TRUE(absl::IsUnavailable(logs.log.OpenSession([](auto) {}).status()));
}

}  // namespace
}  // namespace guitu::runtime
