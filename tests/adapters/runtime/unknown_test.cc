// Unknown outcomes: U1 to U5 of protocol.md.
#include "tests/adapters/runtime/runtime_fixture.h"

namespace guitu::runtime {
namespace {

TEST_P(RuntimeTest, U1_AfterAnUnknownAppendNothingIsAcceptedUntilANewFence) {
  auto stream = OpenCase("one");
  auto other = OpenCase("two");
  Next({Fate::kLose});
  uint64_t lost = Send(Claim(stream, "k", 1));
  DeliverOnce();  // unknown: a new session, its fences under way
  uint64_t attached = Send(Claim(stream, "k", 1));
  uint64_t later = Send(Claim(other, "l", 1));
  EXPECT_EQ(driver->machine(0).phase(), Phase::kFencing);
  EXPECT_EQ(world.log.pending(), kPartitions + 1);
  EXPECT_FALSE(Answered(lost));
  EXPECT_FALSE(Answered(attached));
  Settle();
  EXPECT_TRUE(Done(later));
  EXPECT_TRUE(Answered(lost));
}

TEST_P(RuntimeTest, U1_EvenStoredResultsWaitForTheFence) {
  auto stream = OpenCase();
  Ask(Claim(stream, "k", 1));
  Next({Fate::kLose});
  Send(Claim(stream, "l", 2));
  DeliverOnce();
  uint64_t retry = Send(Claim(stream, "k", 1));
  EXPECT_FALSE(Answered(retry));
  Settle();
  EXPECT_TRUE(Done(retry));
}

TEST_P(RuntimeTest, U1_FencesAreRepeatedUntilOneIsReadInEffect) {
  auto stream = OpenCase();
  world.log.SetScript([tries = 0](const events::Append&) mutable {
    return ++tries <= 4 ? Fate::kLose : Fate::kAppend;
  });
  uint64_t ticket = Send(Claim(stream, "k", 1));
  Settle();
  EXPECT_EQ(ReasonFor(ticket), Reason::SETTLING);
  EXPECT_TRUE(Find(ticket)->not_done);
  EXPECT_TRUE(driver->node().ready());
}

TEST_P(RuntimeTest, U1_ASessionThatDoesNotOpenIsTriedAgain) {
  auto stream = OpenCase();
  world.log.FailSessions(absl::UnavailableError("down"));
  Next({Fate::kLose});
  uint64_t ticket = Send(Claim(stream, "k", 1));
  Settle();
  EXPECT_FALSE(Answered(ticket));
  Wait(absl::Seconds(1));
  EXPECT_FALSE(driver->node().ready());
  world.log.FailSessions(absl::OkStatus());
  Wait(absl::Seconds(1));
  EXPECT_TRUE(driver->node().ready());
  EXPECT_TRUE(Find(ticket)->not_done);
}

TEST_P(RuntimeTest, U2_ARecordThatLandedBeforeTheFenceIsDone) {
  auto stream = OpenCase();
  Next({Fate::kLandUnknown});
  uint64_t ticket = Send(Claim(stream, "k", 1));
  Settle();
  EXPECT_TRUE(Done(ticket));
  EXPECT_EQ(Find(ticket)->version, 2u);
}

TEST_P(RuntimeTest, U2_OneThatLandedLateButBeforeTheFenceIsDone) {
  auto stream = OpenCase();
  Next({Fate::kLate});
  uint64_t ticket = Send(Claim(stream, "k", 1));
  DeliverOnce();
  world.log.LandLate(1);
  Settle();
  EXPECT_TRUE(Done(ticket));
}

TEST_P(RuntimeTest, U3_ARecordThatDidNotLandBeforeOurFenceIsNotDone) {
  auto stream = OpenCase();
  Next({Fate::kLose});
  uint64_t ticket = Send(Claim(stream, "k", 1));
  Settle();
  EXPECT_EQ(ReasonFor(ticket), Reason::SETTLING);
  EXPECT_TRUE(Find(ticket)->not_done);
  EXPECT_TRUE(Ask(Claim(stream, "k", 1)).status.ok());
}

TEST_P(RuntimeTest, U3_OneThatLandsBehindOurFenceStaysNotDone) {
  auto stream = OpenCase();
  Next({Fate::kLate});
  uint64_t ticket = Send(Claim(stream, "k", 1));
  Settle();
  EXPECT_TRUE(Find(ticket)->not_done);
  world.log.LandLate(1);
  Answer other = Ask(Claim(stream, "l", 1));
  EXPECT_TRUE(other.status.ok());
  EXPECT_EQ(other.version, 2u);
}

TEST_P(RuntimeTest, U3_AtAForeignFenceTheOutcomeStaysOpen) {
  auto stream = OpenCase();
  events::Frame fence = ForeignFence();
  Next({Fate::kLose});
  uint64_t ticket = Send(Claim(stream, "k", 1));
  world.log.DeliverAll();  // unknown, not handed over yet
  Land(fence);
  Settle();
  EXPECT_EQ(ReasonFor(ticket), Reason::SETTLING);
  EXPECT_FALSE(Find(ticket)->not_done);
}

TEST_P(RuntimeTest, U4_ARetryAfterNotDoneTakesEffectOnce) {
  auto stream = OpenCase();
  Next({Fate::kLate});
  ASSERT_TRUE(Ask(Claim(stream, "k", 1)).not_done);
  Answer done = Ask(Claim(stream, "k", 1));
  EXPECT_TRUE(done.status.ok());
  world.log.LandLate(1);
  EXPECT_EQ(Ask(Claim(stream, "k", 1)).offset, done.offset);
  Answer next = Ask(Claim(stream, "l", 2));
  EXPECT_TRUE(next.status.ok());
  EXPECT_EQ(next.version, 3u);
  EXPECT_EQ(Copies(IdOf(kPolice, "k")), 2u);
}

TEST_P(RuntimeTest, U5_OfCommandAndCancelExactlyOneTakesEffect) {
  auto stream = OpenCase();
  Next({Fate::kLate});
  ASSERT_TRUE(Ask(Claim(stream, "k", 1)).not_done);
  Answer cancelled = Ask(CancelOf(Claim(stream, "k", 1)));
  EXPECT_TRUE(cancelled.status.ok());
  EXPECT_TRUE(cancelled.cancelled);
  world.log.LandLate(1);
  EXPECT_EQ(events::ReasonOf(Ask(Claim(stream, "k", 1)).status), Reason::CANCELLED);
}

TEST_P(RuntimeTest, U5_ACancelAfterTheCommandSaysThatItIsDone) {
  auto stream = OpenCase();
  Answer done = Ask(Claim(stream, "k", 1));
  Answer cancel = Ask(CancelOf(Claim(stream, "k", 1)));
  EXPECT_TRUE(cancel.status.ok());
  EXPECT_FALSE(cancel.cancelled);
  EXPECT_EQ(cancel.offset, done.offset);
}

TEST_P(RuntimeTest, U5_ACancelledOpeningNeverOpensTheCase) {
  std::string key = KeyInPartition(kPolice, "never", 0, kPartitions);
  Request opening = Opening(kPolice, key, Rescued(Now()));
  EXPECT_TRUE(Ask(CancelOf(opening)).cancelled);
  EXPECT_EQ(events::ReasonOf(Ask(opening).status), Reason::CANCELLED);
  Answer read = Ask(ReadOf(kPolice, opening.stream));
  EXPECT_EQ(events::ReasonOf(read.status), Reason::NOT_FOUND);
}

}  // namespace
}  // namespace guitu::runtime
