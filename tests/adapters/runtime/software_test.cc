// Acts of the software: missed visits (59) and the end of the set-up rights (107g), each once
// whatever happens to owners, sessions and clocks (design.md, section 6; protocol.md, C5, U1 to
// U3).
#include <gmock/gmock.h>

#include "events/schema/aftercare.capnp.h"
#include "events/schema/registry.capnp.h"
#include "events/values.h"
#include "projections/keys.h"
#include "tests/adapters/runtime/runtime_fixture.h"

namespace guitu::runtime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// What stands in effect in the log, read anew.
struct InEffect {
  events::Frame frame;
  events::MetaFields meta;
  absl::Time occurred_at;
  uint32_t of = 0;
  absl::CivilDay due, first_due;
  int32_t days_late = 0;
  std::string escalated_to;
};

class SoftwareTest : public RuntimeFixture {
 protected:
  SoftwareTest() {
    // The day of the fixture's clock, 2026-03-02, 10:00 in China; the first case has been opened.
    first_ = OpenFile("first");
  }

  // A case with its dedicated file, at version 3.
  events::StreamId OpenFile(const std::string& stem) {
    auto stream = OpenCase(stem);
    Do(stream, Opened(Now()));
    Do(stream, FileOpened(Now()));
    return stream;
  }
  Request ByWorker(events::StreamId stream, events::Event event) {
    return Command(kWorker, stream, absl::StrCat("w", ++keys_), std::move(event),
                   VersionOf(stream));
  }
  void Do(events::StreamId stream, events::Event event) {
    Answer answer = Ask(ByWorker(stream, std::move(event)));
    ASSERT_TRUE(answer.status.ok()) << answer.status;
  }
  events::Version VersionOf(events::StreamId stream) const {
    auto row = world.store.Get(projections::StreamKey(0, stream));
    return row ? projections::DecodeStream(*row).version : 0;
  }
  // The number of the visit planned last is the version: each command has one event.
  uint32_t Plan(events::StreamId stream, absl::CivilDay due, int32_t step = 3) {
    Do(stream, VisitPlanned(Now(), due, step));
    return static_cast<uint32_t>(VersionOf(stream));
  }
  void WaitUntil(absl::CivilDay day) { Wait(absl::FromCivil(day, events::ChinaTime()) - Now()); }

  std::vector<InEffect> Missed() const { return Find59(0); }
  std::vector<InEffect> Find59(events::Partition p) const {
    return FindInEffect(p, "59", [](auto data, InEffect& found) {
      auto missed = data.template getAs<schema::FollowUpMissed>();
      found.of = missed.getOf().getSequence();
      found.due = events::ToCivilDay(missed.getDue().getDays());
      found.first_due = events::ToCivilDay(missed.getFirstDue().getDays());
      found.days_late = missed.getDaysLate();
      found.escalated_to = missed.getEscalatedTo().cStr();
    });
  }
  std::vector<uint32_t> MissedNumbers() const {
    std::vector<uint32_t> numbers;
    for (const InEffect& missed : Missed()) numbers.push_back(missed.of);
    return numbers;
  }
  std::vector<InEffect> Bootstraps() const {
    return FindInEffect(kPartitions, "107g", [](auto data, InEffect& found) {
      auto ended = data.template getAs<schema::BootstrapEnded>();
      found.of = ended.getFirstCase().getSequence();
      found.days_late = static_cast<int32_t>(ended.getAdministrators().size());
    });
  }
  template <typename Fill>
  std::vector<InEffect> FindInEffect(events::Partition p, absl::string_view row, Fill fill) const {
    std::vector<InEffect> all;
    memory_store::MemoryStore rows;
    projections::FoldState state;
    for (const std::string& record : world.Records(p)) {
      projections::RowBatch batch;
      auto folded = projections::Fold(state, p, record, rows, events::TestHash, batch);
      GUITU_CHECK(folded.ok() && rows.Apply(batch).ok());
      if (folded->effect != events::Effect::kInEffect) continue;
      auto parts = events::SplitRecord(record);
      InEffect found;
      found.frame = *folded->frame;
      found.meta = *events::DecodeMeta(parts->meta);
      auto& types = found.meta.event_types;
      if (types.empty() || types.front() != *events::TypeOfRow(row)) continue;
      events::SegmentReader payload(parts->payload);
      auto event = payload.Root<schema::Payload>().getEvents()[0];
      found.occurred_at = absl::FromUnixMicros(event.getOccurredAt());
      fill(event.getData(), found);
      all.push_back(std::move(found));
    }
    return all;
  }
  size_t Denials() const {
    size_t denials = 0;
    for (const std::string& record : world.Records(0)) {
      auto meta = events::DecodeMeta(events::SplitRecord(record)->meta);
      auto& types = meta->event_types;
      denials += !types.empty() && types.front() == *events::TypeOfRow("103") ? 1 : 0;
    }
    return denials;
  }

  const absl::CivilDay today_{2026, 3, 2};
  events::StreamId first_;

 private:
  int keys_ = 0;
};

TEST_F(SoftwareTest, AVisitIsMissedWhenItsGraceIsOverAndNotBefore) {
  uint32_t number = Plan(first_, today_ + 1);
  WaitUntil(today_ + 2);
  ASSERT_THAT(Missed(), SizeIs(1));
  Wait(absl::Hours(50));
  ASSERT_THAT(Missed(), SizeIs(1));
  InEffect missed = Missed()[0];
  EXPECT_EQ(missed.of, number);
  EXPECT_EQ(missed.due, today_ + 1);
  EXPECT_EQ(missed.first_due, today_ + 1);
  EXPECT_EQ(missed.days_late, 1);
  EXPECT_EQ(missed.escalated_to, "MCA");
  EXPECT_EQ(missed.occurred_at, absl::FromCivil(today_ + 2, events::ChinaTime()));
  EXPECT_EQ(missed.meta.actor, "system");
  EXPECT_EQ(missed.meta.unit, "SYS");
  EXPECT_EQ(missed.frame.kind, schema::Kind::COMMIT);
  EXPECT_EQ(VersionOf(first_), 5u);
}

TEST_F(SoftwareTest, TheGraceIsThatOfTheCadenceOrTheDefault) {
  Plan(first_, today_ + 1, 30);  // 3 days
  Plan(first_, today_ + 1, 60);  // 7
  Plan(first_, today_ + 1, -1);  // an extra visit: 3
  WaitUntil(today_ + 4);
  EXPECT_THAT(Missed(), IsEmpty());
  WaitUntil(today_ + 5);
  EXPECT_THAT(MissedNumbers(), ElementsAre(4, 6));
  WaitUntil(today_ + 8);
  EXPECT_THAT(Missed(), SizeIs(2));
  WaitUntil(today_ + 9);
  EXPECT_THAT(MissedNumbers(), ElementsAre(4, 6, 5));
}

TEST_F(SoftwareTest, TheDayIsThatOfChina) {
  Plan(first_, today_);
  Wait(absl::Hours(13) + absl::Minutes(59));  // 23:59 in China, the afternoon of the 2nd in UTC
  EXPECT_THAT(Missed(), IsEmpty());
  Wait(absl::Minutes(1));
  EXPECT_THAT(Missed(), SizeIs(1));
}

TEST_F(SoftwareTest, AVisitThatWasMadeIsNotMissed) {
  uint32_t number = Plan(first_, today_ + 1);
  Do(first_, VisitMade(Now(), number));
  WaitUntil(today_ + 9);
  EXPECT_THAT(Missed(), IsEmpty());
  EXPECT_EQ(Denials(), 0u);
}

TEST_F(SoftwareTest, OneThatIsPlannedWithItsGraceOverIsMissedAtOnce) {
  Plan(first_, today_ - 10);
  ASSERT_THAT(MissedNumbers(), ElementsAre(4));
  EXPECT_EQ(Missed()[0].days_late, 10);
}

TEST_F(SoftwareTest, O4_ARestartDoesNotRepeatIt) {
  Plan(first_, today_ + 1);
  WaitUntil(today_ + 2);
  for (bool keeps_rows : {false, true}) {
    Crash(keeps_rows ? world.store.unflushed() : 0);
    Wait(absl::Hours(30));
    EXPECT_THAT(Missed(), SizeIs(1));
  }
}

TEST_F(SoftwareTest, O4_WhatFellDueWhileNobodyLedIsCaughtUpAtTheStart) {
  Plan(first_, today_ + 1);
  world.clock.Advance(absl::Hours(24 * 9));
  Crash(world.store.unflushed());
  EXPECT_THAT(MissedNumbers(), ElementsAre(4));
}

TEST_F(SoftwareTest, O3_AnActBehindAForeignFenceIsVoidAndTheNextOwnerDoesIt) {
  Plan(first_, today_ + 1);
  Land(ForeignFence());
  WaitUntil(today_ + 2);
  EXPECT_EQ(driver->machine(0).phase(), Phase::kFollowing);
  EXPECT_THAT(Missed(), IsEmpty());
  Wait(absl::Hours(30));  // it does not lead: nothing
  EXPECT_THAT(Missed(), IsEmpty());
  Crash(world.store.unflushed());
  Wait(absl::Hours(30));
  EXPECT_THAT(Missed(), SizeIs(1));
}

TEST_F(SoftwareTest, U1_OfAnActOfUnknownOutcomeExactlyOneStands) {
  for (Fate fate : {Fate::kLandUnknown, Fate::kLose, Fate::kLate}) {
    auto stream = OpenFile(absl::StrCat("fate-", static_cast<int>(fate)));
    size_t before = Missed().size();
    absl::CivilDay due = absl::ToCivilDay(Now(), events::ChinaTime());
    uint32_t number = Plan(stream, due);
    Next({fate});
    WaitUntil(due + 1);
    Wait(absl::Seconds(2));
    world.log.LandLate(world.log.late());
    Wait(absl::Seconds(2));
    ASSERT_THAT(Missed(), SizeIs(before + 1)) << static_cast<int>(fate);
    EXPECT_EQ(Missed().back().of, number);
    EXPECT_TRUE(driver->node().ready());
  }
}

TEST_F(SoftwareTest, C5_AnActWhoseStateMovedIsDecidedAgain) {
  Plan(first_, today_ + 1);
  Land(TwinCommit(first_, 4));  // not read yet
  WaitUntil(today_ + 2);
  ASSERT_THAT(Missed(), SizeIs(1));
  EXPECT_EQ(Missed()[0].frame.expected_version, 5u);
}

TEST_F(SoftwareTest, WhileTheClockIsSuspectNothingIsMissedAndThenAllInOrder) {
  auto second = OpenFile("second");
  Plan(first_, today_ + 5);
  Plan(second, today_ + 3);
  Plan(first_, today_ + 1);
  Plan(second, today_ + 4);
  driver->node().set_clock_suspect(true);
  WaitUntil(today_ + 30);
  EXPECT_THAT(Missed(), IsEmpty());
  driver->node().set_clock_suspect(false);
  driver->Tick();
  Settle();
  std::vector<absl::CivilDay> days;
  for (const InEffect& missed : Missed()) days.push_back(missed.due);
  EXPECT_THAT(days, ElementsAre(today_ + 1, today_ + 3, today_ + 4, today_ + 5));
  Wait(absl::Hours(48));
  EXPECT_THAT(Missed(), SizeIs(4));
}

TEST_F(SoftwareTest, WhileTheDiskIsFullNothingIsMissedAndThenItIs) {
  Plan(first_, today_ + 1);
  driver->node().set_read_only(true);
  WaitUntil(today_ + 2);
  EXPECT_THAT(Missed(), IsEmpty());
  driver->node().set_read_only(false);
  driver->Tick();
  Settle();
  EXPECT_THAT(Missed(), SizeIs(1));
}

TEST_F(SoftwareTest, AClockThatJumpsForwardAndBackMissesNothingTwice) {
  Plan(first_, today_ + 1);
  for (int i = 0; i < 3; ++i) {
    world.clock.Jump(absl::Hours(24 * 5));
    Wait(absl::Seconds(1));
    world.clock.Jump(-absl::Hours(24 * 5));
    Wait(absl::Seconds(1));
  }
  EXPECT_THAT(Missed(), SizeIs(1));
}

TEST_F(SoftwareTest, AVisitRecordedWhileTheActIsInFlightComesAfterIt) {
  uint32_t number = Plan(first_, today_ + 1);
  world.clock.Advance(absl::Hours(48));
  driver->Tick();
  ASSERT_EQ(world.log.pending(), 1u);
  uint64_t made = Send(AnyVersion(ByWorker(first_, VisitMade(Now(), number))));
  Settle();
  EXPECT_TRUE(Done(made));
  EXPECT_THAT(Missed(), SizeIs(1));
  Wait(absl::Hours(48));
  EXPECT_THAT(Missed(), SizeIs(1));
}

TEST_F(SoftwareTest, AnActThatWaitsForAVisitInFlightIsNotDone) {
  uint32_t number = Plan(first_, today_ + 1);
  world.clock.Advance(absl::Hours(48));
  uint64_t made = Send(AnyVersion(ByWorker(first_, VisitMade(Now(), number))));
  driver->Tick();
  EXPECT_EQ(world.log.pending(), 1u);
  Settle();
  EXPECT_TRUE(Done(made));
  EXPECT_THAT(Missed(), IsEmpty());
  EXPECT_EQ(Denials(), 0u) << "no attempt of anybody";
}

TEST_F(SoftwareTest, C4_AnActThatWaitedTooLongForItsTurnIsTriedAgain) {
  Plan(first_, today_ + 1);
  world.clock.Advance(absl::Hours(48));
  uint64_t claim = Send(Command(kPolice, first_, "c", Claimed(Now(), "c"), VersionOf(first_)));
  driver->Tick();  // the act waits for the case
  world.clock.Advance(kPatience);
  driver->Tick();
  Settle();
  EXPECT_EQ(ReasonFor(claim), Reason::SETTLING);
  EXPECT_THAT(Missed(), IsEmpty());
  Wait(absl::Seconds(2));
  EXPECT_THAT(Missed(), SizeIs(1));
}

TEST_F(SoftwareTest, NobodyElseMayRecordAMissedVisit) {
  uint32_t number = Plan(first_, today_ + 1);
  Answer answer = Ask(AnyVersion(ByWorker(first_, MissedByHand(Now(), number, today_ + 1))));
  EXPECT_EQ(events::ReasonOf(answer.status), Reason::SOFTWARE_ONLY);
  EXPECT_EQ(Denials(), 1u);
}

TEST_F(SoftwareTest, ManyMissedVisitsAreRecordedSoManyAtATime) {
  std::vector<events::StreamId> streams;
  for (int i = 0; i < 70; ++i) streams.push_back(OpenFile(absl::StrCat("many-", i)));
  for (auto stream : streams) Plan(stream, today_ + 1);
  world.clock.Advance(absl::Hours(48));
  driver->Tick();
  EXPECT_EQ(world.log.pending(), 64u);
  Settle();
  EXPECT_THAT(Missed(), SizeIs(70));
}

TEST_F(SoftwareTest, TheSetUpRightsEndWithTheFirstCaseOnce) {
  std::vector<InEffect> ended = Bootstraps();
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].of, 2u) << "5 is the second event of the case";
  EXPECT_EQ(ended[0].days_late, 2) << "administrators";
  EXPECT_EQ(ended[0].meta.actor, "system");
  OpenFile("another");
  Crash(0);
  OpenFile("third");
  EXPECT_THAT(Bootstraps(), SizeIs(1));
  auto registry = driver->node().RegistryAt(driver->node().registry_end());
  EXPECT_TRUE(registry->bootstrap_ended);
  for (events::Partition p = 0; p < kPartitions; ++p)
    EXPECT_EQ(driver->machine(p).adopted(), driver->node().registry_end());
}

TEST_P(RuntimeTest, Software_TheSetUpRightsEndThoughTheActIsLost) {
  auto stream = OpenCase();
  EXPECT_FALSE(driver->node().RegistryAt(driver->node().registry_end())->bootstrap_ended);
  Next({Fate::kAppend, Fate::kLose});
  uint64_t opened = Send(Command(kWorker, stream, "open", Opened(Now()), 1));
  Settle();
  EXPECT_TRUE(Done(opened));
  Wait(absl::Seconds(2));
  EXPECT_TRUE(driver->node().RegistryAt(driver->node().registry_end())->bootstrap_ended);
}

TEST_P(RuntimeTest, Software_ACaseOpenedJustBeforeACrashEndsTheSetUpRightsAtTheStart) {
  auto stream = OpenCase();
  Send(Command(kWorker, stream, "open", Opened(Now()), 1));
  world.log.Step();  // it lands; the process dies before it acts on it
  Crash(world.store.unflushed());
  EXPECT_TRUE(driver->node().RegistryAt(driver->node().registry_end())->bootstrap_ended);
}

TEST_P(RuntimeTest, Software_WhileTheEndOfTheSetUpIsAdoptedTheNodeStaysReady) {
  auto stream = OpenCase();
  Send(Command(kWorker, stream, "open", Opened(Now()), 1));
  for (int i = 0; i < 3; ++i) {
    DeliverOnce();
    EXPECT_TRUE(driver->node().ready());
  }
}

TEST_F(SoftwareTest, AfterItTheSoftwareSetsUpNothingMore) {
  aggregates::Actor user{"n1", "MCA", "caseworker"};
  Answer answer = Ask(Registry({"system", "OFF", ""}, "late", UserAct(Now(), user)));
  EXPECT_FALSE(answer.status.ok());
}

}  // namespace
}  // namespace guitu::runtime
