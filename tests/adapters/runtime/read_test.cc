// Reads: R1, R2, R4 of protocol.md.
#include "projections/archive.h"
#include "tests/adapters/runtime/runtime_fixture.h"

namespace guitu::runtime {
namespace {

TEST_P(RuntimeTest, R1_NoRowsBeforeTheAccessRecordIsFolded) {
  auto stream = OpenCase();
  uint64_t ticket = Send(ReadOf(kPolice, stream));
  EXPECT_FALSE(Answered(ticket));
  world.log.DeliverAll();
  EXPECT_FALSE(Answered(ticket));
  Settle();
  ASSERT_TRUE(Done(ticket));
  EXPECT_EQ(Rows(*Find(ticket)).size(), 1u);
  EXPECT_EQ(world.Frames(0).at(Find(ticket)->offset).kind, schema::Kind::ACCESS);
}

TEST_P(RuntimeTest, R1_TheRowsAreThoseOfTheStateAtTheRecord) {
  auto stream = OpenCase();
  uint64_t read = Send(ReadOf(kPolice, stream));
  uint64_t commit = Send(Claim(stream, "k", 1));
  Settle();
  ASSERT_TRUE(Done(read) && Done(commit));
  EXPECT_LT(Find(read)->offset, Find(commit)->offset);
  EXPECT_EQ(Rows(*Find(read)).size(), 1u);
  EXPECT_EQ(Find(read)->version, 1u);
  EXPECT_EQ(Rows(Ask(ReadOf(kPolice, stream))).size(), 2u);
}

TEST_P(RuntimeTest, R1_AReadWaitsForTheCommitInFlight) {
  auto stream = OpenCase();
  uint64_t commit = Send(Claim(stream, "k", 1));
  uint64_t read = Send(ReadOf(kPolice, stream));
  Settle();
  EXPECT_GT(Find(read)->offset, Find(commit)->offset);
  EXPECT_EQ(Rows(*Find(read)).size(), 2u);
}

TEST_P(RuntimeTest, R1_AReadWhoseStateMovedIsDecidedAgain) {
  auto stream = OpenCase();
  Land(TwinCommit(stream, 1));
  Answer read = Ask(ReadOf(kPolice, stream));
  EXPECT_TRUE(read.status.ok());
  EXPECT_EQ(read.version, 2u);
}

TEST_P(RuntimeTest, R1_TheAccessTrailShowsTheReadsOfTheCase) {
  auto stream = OpenCase();
  Ask(ReadOf(kPolice, stream));
  Answer trail = Ask(ReadOf(kPolice, stream, "access"));
  EXPECT_EQ(Rows(trail).size(), 2u);  // the one before, and this one
}

TEST_P(RuntimeTest, R1_ApprovalsAreReadFromTheSiblingStream) {
  auto stream = OpenCase();
  ASSERT_TRUE(Ask(Command(kPolice, stream, "ask", ApprovalAsked(Now()), std::nullopt)).status.ok());
  EXPECT_EQ(Rows(Ask(ReadOf(kPolice, stream, "approvals"))).size(), 1u);
  EXPECT_EQ(Rows(Ask(ReadOf(kPolice, stream))).size(), 1u);
}

TEST_P(RuntimeTest, R1_AReadThatIsRefusedShowsNothing) {
  auto stream = OpenCase();
  Answer answer = Ask(ReadOf(kPolice, stream, "archive", "statistics"));
  EXPECT_EQ(events::ReasonOf(answer.status), Reason::PURPOSE_NOT_PERMITTED);
  EXPECT_TRUE(Rows(answer).empty());
  EXPECT_EQ(events::ReasonOf(Ask(ReadOf(kPolice, stream, "archive", "")).status),
            Reason::PURPOSE_MISSING);
}

TEST_P(RuntimeTest, R1_TheGrantNamesTheClassesOfTheRole) {
  auto stream = OpenCase();
  Answer police = Ask(ReadOf(kPolice, stream));
  Answer worker = Ask(ReadOf(kWorker, stream));
  EXPECT_TRUE(police.grant.masked);
  EXPECT_FALSE(worker.grant.masked);
}

TEST_P(RuntimeTest, R2_AnUnknownOutcomeShowsNoData) {
  auto stream = OpenCase();
  Next({Fate::kLose});
  Answer answer = Ask(ReadOf(kPolice, stream));
  EXPECT_EQ(events::ReasonOf(answer.status), Reason::SETTLING);
  EXPECT_TRUE(Rows(answer).empty());
}

TEST_P(RuntimeTest, R2_AnAccessRecordThatLandedUnknownIsSettledByReadingIt) {
  auto stream = OpenCase();
  Next({Fate::kLandUnknown});
  Answer answer = Ask(ReadOf(kPolice, stream));
  EXPECT_TRUE(answer.status.ok());
  EXPECT_EQ(Rows(answer).size(), 1u);
}

TEST_P(RuntimeTest, R4_DataKeptTooLongIsDropped) {
  auto stream = OpenCase();
  world.store.FailApplies(absl::ResourceExhaustedError("full"));
  uint64_t ticket = Send(ReadOf(kPolice, stream));
  Settle();
  EXPECT_FALSE(Answered(ticket));
  world.clock.Advance(kPatience + absl::Milliseconds(1));
  world.store.FailApplies(absl::OkStatus());
  driver->Tick();
  Settle();
  EXPECT_EQ(ReasonFor(ticket), Reason::SETTLING);
  EXPECT_TRUE(Rows(*Find(ticket)).empty());
}

TEST_P(RuntimeTest, R4_DataKeptForAMomentIsReleased) {
  auto stream = OpenCase();
  world.store.FailApplies(absl::ResourceExhaustedError("full"));
  uint64_t ticket = Send(ReadOf(kPolice, stream));
  Settle();
  world.clock.Advance(kPatience - absl::Milliseconds(1));
  world.store.FailApplies(absl::OkStatus());
  driver->Tick();
  Settle();
  EXPECT_TRUE(Done(ticket));
  EXPECT_EQ(Rows(*Find(ticket)).size(), 1u);
}

}  // namespace
}  // namespace guitu::runtime
