// Answers to a command: C1 to C6 of protocol.md.
#include "tests/adapters/runtime/runtime_fixture.h"

namespace guitu::runtime {
namespace {

TEST_P(RuntimeTest, C1_ARetryGetsTheStoredResult) {
  auto stream = OpenCase();
  Answer first = Ask(Claim(stream, "k", 1));
  events::Offset end = world.End(0);
  Answer again = Ask(Claim(stream, "k", 1));
  EXPECT_TRUE(again.status.ok());
  EXPECT_EQ(again.offset, first.offset);
  EXPECT_EQ(again.version, 2u);
  EXPECT_EQ(world.End(0), end);
}

TEST_P(RuntimeTest, C1_ARetryAfterARestartGetsTheStoredResult) {
  auto stream = OpenCase();
  Answer first = Ask(Claim(stream, "k", 1));
  Crash(0);
  EXPECT_EQ(Ask(Claim(stream, "k", 1)).offset, first.offset);
  EXPECT_EQ(Copies(IdOf(kPolice, "k")), 1u);
}

TEST_P(RuntimeTest, C1_ARetriedOpeningFindsTheSameCase) {
  auto stream = OpenCase("again");
  std::string key = KeyInPartition(kPolice, "again", 0, kPartitions);
  Answer again = Ask(Opening(kPolice, key, Rescued(Now())));
  EXPECT_TRUE(again.status.ok());
  EXPECT_TRUE(again.created);
  EXPECT_EQ(again.stream, stream);
}

TEST_P(RuntimeTest, C1_ReuseOfAKeyWithOtherContentIsRefused) {
  auto stream = OpenCase();
  Ask(Claim(stream, "k", 1));
  Request other = Claim(stream, "k", 2);
  std::get<Record>(other.what).content = "something else";
  EXPECT_EQ(events::ReasonOf(Ask(other).status), Reason::IDEMPOTENCY_REUSE);
}

TEST_P(RuntimeTest, C1_ARetryOfWhatIsInFlightAttachesToIt) {
  auto stream = OpenCase();
  uint64_t first = Send(Claim(stream, "k", 1));
  uint64_t second = Send(Claim(stream, "k", 1));
  EXPECT_EQ(world.log.pending(), 1u);
  EXPECT_FALSE(Answered(second));
  Settle();
  EXPECT_EQ(Find(first)->offset, Find(second)->offset);
  EXPECT_EQ(Copies(IdOf(kPolice, "k")), 1u);
}

TEST_P(RuntimeTest, C1_CancelledIsReturnedWhateverTheContent) {
  auto stream = OpenCase();
  Ask(CancelOf(Claim(stream, "k", 1)));
  Request other = Claim(stream, "k", 1);
  std::get<Record>(other.what).content = "something else";
  EXPECT_EQ(events::ReasonOf(Ask(other).status), Reason::CANCELLED);
}

TEST_P(RuntimeTest, C2_AVersionThatHasPassedIsAConflict) {
  auto stream = OpenCase();
  Ask(Claim(stream, "k", 1));
  Answer answer = Ask(Claim(stream, "l", 1));
  EXPECT_EQ(events::ReasonOf(answer.status), Reason::VERSION_MISMATCH);
  EXPECT_EQ(answer.current_version, 2u);
}

TEST_P(RuntimeTest, C2_ACommandWithoutAVersionOnAnExistingCaseIsAskedForOne) {
  auto stream = OpenCase();
  Request request = Claim(stream, "k", 1);
  std::get<Record>(request.what).expected.reset();
  EXPECT_EQ(events::ReasonOf(Ask(request).status), Reason::VERSION_MISSING);
  EXPECT_EQ(events::ReasonOf(Ask(AnyVersion(request)).status), Reason::VERSION_MISSING);
}

TEST_P(RuntimeTest, C3_ARefusalIsAnsweredOnlyWhenIts103IsFolded) {
  auto stream = OpenCase();
  events::Offset end = world.End(0);
  uint64_t ticket = Send(Wish(stream, "k", /*acceptable=*/false));
  EXPECT_FALSE(Answered(ticket));
  world.log.DeliverAll();
  EXPECT_FALSE(Answered(ticket));
  Settle();
  EXPECT_EQ(ReasonFor(ticket), Reason::WISH_OBSERVATION_MISSING);
  EXPECT_EQ(Find(ticket)->offset, end);
  EXPECT_EQ(world.Frames(0).back().kind, schema::Kind::ACCESS);
}

TEST_P(RuntimeTest, C3_ARefusalWhose103IsLostIsNotAnswered) {
  auto stream = OpenCase();
  Next({Fate::kLose});
  uint64_t ticket = Send(Wish(stream, "k", false));
  Settle();
  EXPECT_EQ(ReasonFor(ticket), Reason::SETTLING);
}

TEST_P(RuntimeTest, C3_UnknownCasesAndForbiddenActsAreRefusedWithA103Too) {
  auto stream = OpenCase();
  events::StreamId nowhere = StreamOf(kPolice, "nothing was opened under this key");
  EXPECT_EQ(events::ReasonOf(Ask(Claim(nowhere, "k", 0)).status), Reason::NOT_FOUND);
  Request forbidden = Command(kWorker, stream, "k", Rescued(Now()), 1);
  EXPECT_EQ(events::ReasonOf(Ask(forbidden).status), Reason::NOT_PERMITTED);
  EXPECT_EQ(world.Frames(0).back().kind, schema::Kind::ACCESS);
}

TEST_P(RuntimeTest, C3_ARefusalWhoseStateMovedIsDecidedAgain) {
  auto stream = OpenCase();
  Land(TwinCommit(stream, 1));  // not read yet
  uint64_t ticket = Send(Wish(stream, "k", false));
  DeliverOnce();  // the 103 was decided on version 1 and is void
  EXPECT_FALSE(Answered(ticket));
  Settle();
  EXPECT_EQ(ReasonFor(ticket), Reason::WISH_OBSERVATION_MISSING);
  EXPECT_EQ(world.Frames(0).back().expected_version, 2u);
}

TEST_P(RuntimeTest, C3_WhileASiblingRecordIsInFlightTheWholeCaseWaits) {
  auto stream = OpenCase();
  Request asked = Command(kPolice, stream, "ask", ApprovalAsked(Now()), std::nullopt);
  uint64_t sibling = Send(asked);
  EXPECT_EQ(world.log.pending(), 1u);
  uint64_t commit = Send(Claim(stream, "k", 1));
  uint64_t read = Send(ReadOf(kPolice, stream));
  uint64_t refusal = Send(Wish(stream, "l", false));
  EXPECT_EQ(world.log.pending(), 1u);
  Settle();
  EXPECT_TRUE(Done(sibling));
  EXPECT_EQ(world.Frames(0).at(Find(sibling)->offset).kind, schema::Kind::SIBLING);
  EXPECT_EQ(Find(sibling)->version, 1u);
  EXPECT_TRUE(Done(commit));
  EXPECT_TRUE(Done(read));
  EXPECT_EQ(ReasonFor(refusal), Reason::WISH_OBSERVATION_MISSING);
  EXPECT_GT(Find(commit)->offset, Find(sibling)->offset);
  EXPECT_EQ(Ask(asked).offset, Find(sibling)->offset);
}

TEST_P(RuntimeTest, C3_OtherCasesOfThePartitionGoOnMeanwhile) {
  auto stream = OpenCase("one");
  auto other = OpenCase("two");
  Send(Claim(stream, "k", 1));
  Send(Claim(other, "l", 1));
  EXPECT_EQ(world.log.pending(), 2u);
  Settle();
}

TEST_P(RuntimeTest, C4_AVersionAheadWaitsAndThenRetries) {
  auto stream = OpenCase();
  uint64_t ticket = Send(Claim(stream, "k", 3));
  Settle();
  EXPECT_FALSE(Answered(ticket));
  Wait(kPatience - absl::Milliseconds(1));
  EXPECT_FALSE(Answered(ticket));
  Wait(absl::Milliseconds(1));
  EXPECT_EQ(ReasonFor(ticket), Reason::SETTLING);
  EXPECT_FALSE(Find(ticket)->not_done);
}

TEST_P(RuntimeTest, C4_AVersionAheadIsDecidedWhenItComes) {
  auto stream = OpenCase();
  uint64_t ahead = Send(Claim(stream, "second", 2));
  Send(Claim(stream, "first", 1));
  Settle();
  EXPECT_TRUE(Done(ahead));
  EXPECT_EQ(Find(ahead)->version, 3u);
}

TEST_P(RuntimeTest, C5_OurRecordBehindAnotherOfItsVersionIsAConflict) {
  auto stream = OpenCase();
  Land(TwinCommit(stream, 1));
  Answer answer = Ask(Claim(stream, "k", 1));
  EXPECT_EQ(events::ReasonOf(answer.status), Reason::VERSION_MISMATCH);
  EXPECT_EQ(answer.current_version, 2u);
}

TEST_P(RuntimeTest, C5_WithAnyVersionItIsDecidedAgain) {
  auto stream = OpenCase();
  Land(TwinCommit(stream, 1));
  Answer answer = Ask(Wish(stream, "k"));
  EXPECT_TRUE(answer.status.ok());
  EXPECT_EQ(answer.version, 3u);
}

TEST_P(RuntimeTest, C5_OurRecordWhoseIdWasSeenGetsTheStoredResult) {
  auto stream = OpenCase();
  events::Frame frame = TwinCommit(stream, 1);
  frame.command_id = IdOf(kPolice, "k");
  frame.cancels = true;
  Land(frame);
  EXPECT_EQ(events::ReasonOf(Ask(Claim(stream, "k", 1)).status), Reason::CANCELLED);
}

TEST_P(RuntimeTest, C5_UnderAnAdoptionThatDoesNotStandACommitIsARetry) {
  auto stream = OpenCase();
  events::Frame adoption = OwnFrame(schema::Kind::REGISTRY_ADOPTED);
  adoption.registry_offset += 1;
  Send(Suspend("w1", 1));
  world.log.Step();  // the registry record has landed, nobody here has read it
  Land(adoption);
  uint64_t ticket = Send(Claim(stream, "k", 1));
  Settle();
  EXPECT_EQ(ReasonFor(ticket), Reason::SETTLING);
  EXPECT_TRUE(Ask(Claim(stream, "k", 1)).status.ok());
}

TEST_P(RuntimeTest, C6_AGapIsReadBeforeOurRecordIsFolded) {
  auto stream = OpenCase();
  auto other = OpenCase("other");
  Land(TwinCommit(other, 1));
  EXPECT_TRUE(Ask(Claim(stream, "k", 1)).status.ok());
  EXPECT_EQ(driver->machine(0).next(), world.End(0));
  // What was read in the gap counts.
  Answer answer = Ask(Claim(other, "l", 1));
  EXPECT_EQ(events::ReasonOf(answer.status), Reason::VERSION_MISMATCH);
}

TEST_P(RuntimeTest, C6_AForeignFenceInTheGapIsSeen) {
  auto stream = OpenCase();
  Land(ForeignFence());
  EXPECT_FALSE(Ask(Claim(stream, "k", 1)).status.ok());
  EXPECT_EQ(driver->machine(0).phase(), Phase::kFollowing);
}

TEST_P(RuntimeTest, C6_WhatIsFoldedWithoutReadingBackIsWhatAReaderFolds) {
  auto stream = OpenCase();
  Ask(Claim(stream, "k", 1));
  events::Hash256 live = driver->machine(0).state().head.chain;
  events::Offset next = driver->machine(0).next();
  Crash(0);  // now everything is read
  EXPECT_EQ(projections::ChainAt(world.store, 0, next), live);
}

TEST_P(RuntimeTest, ACachedStateIsDroppedWhenSomebodyElseCommits) {
  auto stream = OpenCase();
  Ask(Claim(stream, "k", 1));  // the state of version 2 is kept
  Land(TwinCommit(stream, 2));
  Answer answer = Ask(Wish(stream, "l"));
  EXPECT_TRUE(answer.status.ok());
  EXPECT_EQ(answer.version, 4u);
  EXPECT_EQ(world.Frames(0).back().expected_version, 3u);
}

TEST_P(RuntimeTest, AFactOfAnotherStreamIsLookedUpWhereverItStands) {
  auto report = OpenCase();  // partition 0
  for (events::Partition p = 0; p < kPartitions; ++p) {
    std::string key = KeyInPartition(kWorker, "own", p, kPartitions);
    Answer opened = Ask(Opening(kWorker, key, OpenedOn(Now(), report, 1)));
    EXPECT_TRUE(opened.status.ok()) << opened.status;
    EXPECT_EQ(opened.partition, p);
  }
}

TEST_P(RuntimeTest, AFactOfAnotherStreamThatIsNotThereIsNoRefusal) {
  auto report = OpenCase();
  size_t records = world.Records(0).size();
  Answer answer = Ask(Opening(kWorker, "own", OpenedOn(Now(), report, 2)));
  EXPECT_EQ(events::ReasonOf(answer.status), Reason::SETTLING);
  EXPECT_EQ(world.Records(0).size(), records);  // no refusal, so no record of one
}

}  // namespace
}  // namespace guitu::runtime
