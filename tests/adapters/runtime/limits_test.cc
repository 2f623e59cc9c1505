// A full disk, a clock that cannot be trusted, a store that takes no rows, crashes.
#include "tests/adapters/runtime/runtime_fixture.h"

namespace guitu::runtime {
namespace {

TEST_P(RuntimeTest, ReadOnly_CommandsAreRefusedWhileReadsGoOn) {
  auto stream = OpenCase();
  driver->node().set_read_only(true);
  Answer command = Ask(Claim(stream, "k", 1));
  EXPECT_EQ(events::ReasonOf(command.status), Reason::READ_ONLY);
  EXPECT_FALSE(command.not_done);
  EXPECT_TRUE(Ask(ReadOf(kPolice, stream)).status.ok());
  driver->node().set_read_only(false);
  EXPECT_TRUE(Ask(Claim(stream, "k", 1)).status.ok());
}

TEST_P(RuntimeTest, ReadOnly_StoredResultsAreStillTold) {
  auto stream = OpenCase();
  Answer done = Ask(Claim(stream, "k", 1));
  driver->node().set_read_only(true);
  EXPECT_EQ(Ask(Claim(stream, "k", 1)).offset, done.offset);
}

TEST_P(RuntimeTest, ReadOnly_ALogWithoutSpaceMakesTheNodeReadOnly) {
  auto stream = OpenCase();
  world.log.SetScript([](const events::Append& append) {
    return append.access ? Fate::kAppend : Fate::kRefuseNoSpace;
  });
  uint64_t ticket = Send(Claim(stream, "k", 1));
  Settle();
  EXPECT_TRUE(driver->node().read_only());
  EXPECT_TRUE(Find(ticket)->not_done);
  EXPECT_TRUE(Ask(ReadOf(kPolice, stream)).status.ok());
  EXPECT_EQ(events::ReasonOf(Ask(Claim(stream, "k", 1)).status), Reason::READ_ONLY);
}

TEST_P(RuntimeTest, ReadOnly_WithoutRoomForAnAccessRecordNobodyWaitsForEver) {
  auto stream = OpenCase();
  world.log.SetScript([](const events::Append&) { return Fate::kRefuseNoSpace; });
  uint64_t read = Send(ReadOf(kPolice, stream));
  Settle();
  EXPECT_FALSE(Answered(read)) << "its outcome is unknown, and no fence gets through";
  int sessions = driver->sessions();
  Wait(absl::Milliseconds(1));
  EXPECT_EQ(driver->sessions(), sessions) << "the next try takes its time";
  Wait(kPatience);
  EXPECT_EQ(ReasonFor(read), Reason::READ_ONLY);
  EXPECT_TRUE(Rows(*Find(read)).empty());
  EXPECT_EQ(driver->alarms().size(), 1u) << "said once";
  world.log.SetScript([](const events::Append&) { return Fate::kAppend; });
  driver->node().set_read_only(false);
  Wait(absl::Seconds(1));
  EXPECT_TRUE(driver->node().ready());
  EXPECT_TRUE(Ask(ReadOf(kPolice, stream)).status.ok());
  EXPECT_TRUE(Ask(Claim(stream, "k", 1)).status.ok());
}

TEST_P(RuntimeTest, ACommandWhoseOutcomeStaysUnknownIsToldToAskAgainAndDoneOnce) {
  auto stream = OpenCase();
  Next({Fate::kLandUnknown});
  world.log.FailSessions(absl::UnavailableError("down"));
  uint64_t first = Send(Claim(stream, "k", 1));
  Settle();
  Wait(kPatience);
  EXPECT_EQ(ReasonFor(first), Reason::SETTLING);
  EXPECT_FALSE(Find(first)->not_done) << "it may stand in the log";
  world.log.FailSessions(absl::OkStatus());
  Wait(absl::Seconds(1));
  Answer again = Ask(Claim(stream, "k", 1));
  EXPECT_TRUE(again.status.ok());
  EXPECT_EQ(again.version, 2u);
  EXPECT_EQ(Copies(IdOf(kPolice, "k")), 1u);
}

TEST_P(RuntimeTest, WhileTheClockIsSuspectNothingIsRecorded) {
  auto stream = OpenCase();
  driver->node().set_clock_suspect(true);
  EXPECT_EQ(events::ReasonOf(Ask(Claim(stream, "k", 1)).status), Reason::CLOCK_SUSPECT);
  EXPECT_TRUE(Ask(ReadOf(kPolice, stream)).status.ok());
}

TEST_P(RuntimeTest, ARecordIsNeverStampedEarlierThanTheOneBefore) {
  auto stream = OpenCase();
  absl::Time before = Now();
  world.clock.Jump(-absl::Hours(10));
  ASSERT_TRUE(Ask(Claim(stream, "k", 1)).status.ok());
  Crash(world.store.unflushed());
  ASSERT_TRUE(Ask(Claim(stream, "l", 2)).status.ok());
  auto record = world.Records(0).back();
  auto meta = events::DecodeMeta(events::SplitRecord(record)->meta);
  EXPECT_GE(meta->recorded_at, before);
}

TEST_P(RuntimeTest, AStoreThatTakesNoRowsHoldsTheAnswersBack) {
  auto stream = OpenCase();
  world.store.FailApplies(absl::ResourceExhaustedError("full"));
  uint64_t commit = Send(Claim(stream, "k", 1));
  uint64_t read = Send(ReadOf(kPolice, stream));
  Settle();
  EXPECT_FALSE(Answered(commit));
  EXPECT_FALSE(Answered(read));
  world.store.FailApplies(absl::OkStatus());
  driver->Tick();
  Settle();
  EXPECT_TRUE(Done(commit));
  EXPECT_TRUE(Done(read));
}

TEST_P(RuntimeTest, ARegistryCommandSurvivesAStoreThatTakesNoRowsForAWhile) {
  world.store.FailApplies(absl::ResourceExhaustedError("full"));
  uint64_t ticket = Send(Suspend("p2", 1));
  Settle();
  EXPECT_FALSE(Answered(ticket));
  world.store.FailApplies(absl::OkStatus());
  driver->Tick();
  Settle();
  EXPECT_TRUE(Done(ticket));
}

TEST_P(RuntimeTest, NobodyWaitsForEverForAStoreThatTakesNoRows) {
  auto stream = OpenCase();
  world.store.FailApplies(absl::ResourceExhaustedError("full"));
  uint64_t commit = Send(Claim(stream, "k", 1));
  Settle();
  uint64_t read = Send(ReadOf(kPolice, stream));
  Settle();
  Wait(kPatience);
  EXPECT_EQ(ReasonFor(commit), Reason::SETTLING);
  EXPECT_EQ(ReasonFor(read), Reason::SETTLING);
  EXPECT_TRUE(Rows(*Find(read)).empty());
  world.store.FailApplies(absl::OkStatus());
  driver->Tick();
  Answer retry = Ask(Claim(stream, "k", 1));
  EXPECT_TRUE(retry.status.ok());
  EXPECT_EQ(retry.version, 2u) << "it was in effect all the while";
}

TEST_P(RuntimeTest, AnOwnerDecidesOnlyOnceTheStoreHasTakenTheRegistry) {
  auto stream = OpenCase();
  world.store.FailApplies(absl::ResourceExhaustedError("full"));
  Send(Suspend("p2", 1));
  Settle();
  Next({Fate::kLose});
  Send(Claim(stream, "lost", 1));
  Settle();  // a fence in a new session; the registry has grown by a row that is not stored
  uint64_t waits = Send(Claim(stream, "k", 1));
  Settle();
  EXPECT_FALSE(Answered(waits));
  world.store.FailApplies(absl::OkStatus());
  driver->Tick();
  Settle();
  EXPECT_TRUE(Done(waits));
}

TEST_P(RuntimeTest, AfterACrashAtEveryBatchTheCaseStandsAsTheLogSays) {
  auto stream = OpenCase();
  ASSERT_TRUE(Ask(Claim(stream, "k", 1)).status.ok());
  ASSERT_TRUE(Ask(Claim(stream, "l", 2)).status.ok());
  for (size_t lost = 0; lost < 12; ++lost) {
    size_t unflushed = world.store.unflushed();
    Crash(unflushed - std::min(lost, unflushed));
    Answer read = Ask(ReadOf(kPolice, stream));
    ASSERT_TRUE(read.status.ok());
    EXPECT_EQ(Rows(read).size(), 3u);
    EXPECT_EQ(read.version, 3u);
  }
}

}  // namespace
}  // namespace guitu::runtime
