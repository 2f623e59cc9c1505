// Approvals in the registry: F2 and C3 of protocol.md for its sibling records.
#include "projections/archive.h"
#include "tests/adapters/runtime/runtime_fixture.h"

namespace guitu::runtime {
namespace {

// After the first real case (107g), with the unit WF still to be set.
class FourEyesTest : public RuntimeFixture {
 protected:
  FourEyesTest() : act(UnitAct(Now(), "WF", schema::UnitKind::MEMBER)) {
    auto stream = OpenCase();
    GUITU_CHECK(Ask(Command(kWorker, stream, "open", Opened(Now()), 1)).status.ok());
    GUITU_CHECK(State()->bootstrap_ended);
  }

  std::shared_ptr<const aggregates::RegistryState> State() {
    return driver->node().RegistryAt(driver->node().registry_end());
  }
  Request Act(std::string key = "act", std::optional<events::Version> expected = std::nullopt) {
    return Registry(kAdmin, key, act, expected);
  }
  void Approve(uint32_t request = 1) {
    ASSERT_TRUE(Ask(AskFor(kAdmin, absl::StrCat("ask", request), act)).status.ok());
    Answer approved = Ask(ApproveOf(kAdmin2, absl::StrCat("approve", request), act, request));
    ASSERT_TRUE(approved.status.ok()) << approved.status;
  }

  events::Event act;
};

TEST_F(FourEyesTest, AnActIsRefusedUntilASecondAdministratorHasApprovedIt) {
  EXPECT_EQ(events::ReasonOf(Ask(Act("early")).status), Reason::APPROVAL_NEEDED);
  Approve();
  Answer done = Ask(Act());
  ASSERT_TRUE(done.status.ok()) << done.status;
  EXPECT_EQ(done.version, 1u) << "approvals leave the version of the item";
  EXPECT_NE(State()->FindUnit("WF"), nullptr);
}

TEST_F(FourEyesTest, ARequestBesideAnItemThatIsNotYetIsASibling) {
  Answer asked = Ask(AskFor(kAdmin, "ask", act));
  ASSERT_TRUE(asked.status.ok()) << asked.status;
  EXPECT_EQ(asked.version, 0u);
  EXPECT_EQ(world.Frames(kPartitions).at(asked.offset).kind, schema::Kind::SIBLING);
  EXPECT_EQ(State()->ApprovalsOf(ItemOf(act)).requests.size(), 1u);
  EXPECT_EQ(State()->FindUnit("WF"), nullptr);
}

TEST_F(FourEyesTest, F2_AnActThatComesWhileItsApprovalIsInFlightWaitsForIt) {
  ASSERT_TRUE(Ask(AskFor(kAdmin, "ask", act)).status.ok());
  uint64_t approval = Send(ApproveOf(kAdmin2, "approve", act));
  uint64_t early = Send(Act());
  EXPECT_EQ(world.log.pending(), 1u) << "the act is not decided yet";
  Settle();
  EXPECT_TRUE(Done(approval));
  EXPECT_TRUE(Done(early));
}

TEST_F(FourEyesTest, F2_AnActWhoseApprovalIsLostInFlightIsRefused) {
  ASSERT_TRUE(Ask(AskFor(kAdmin, "ask", act)).status.ok());
  Next({Fate::kLose});
  uint64_t approval = Send(ApproveOf(kAdmin2, "approve", act));
  uint64_t early = Send(Act());
  Settle();
  EXPECT_EQ(ReasonFor(approval), Reason::SETTLING);
  EXPECT_TRUE(Find(approval)->not_done);
  EXPECT_EQ(ReasonFor(early), Reason::APPROVAL_NEEDED);
}

TEST_F(FourEyesTest, F2_OfTwoActsInTheQueueOneUsesTheApprovalUp) {
  Approve();
  auto tickets = driver->SubmitAll({Act("one"), Act("two", 1)});
  Settle();
  EXPECT_TRUE(Done(tickets[0]));
  EXPECT_EQ(ReasonFor(tickets[1]), Reason::APPROVAL_NEEDED);
}

TEST_F(FourEyesTest, F2_AQueueIsDecidedOnWhatCameInItBefore) {
  aggregates::Actor user{"n1", "WF", "caseworker"};
  Approve();
  auto tickets = driver->SubmitAll({Act(), Registry(kAdmin, "user", UserAct(Now(), user))});
  Settle();
  EXPECT_TRUE(Done(tickets[0]));
  EXPECT_TRUE(Done(tickets[1])) << Find(tickets[1])->status;
}

TEST_F(FourEyesTest, ARetryOfAnActGetsItsResultAndUsesNoSecondApproval) {
  Approve();
  Answer first = Ask(Act());
  Answer again = Ask(Act());
  EXPECT_TRUE(again.status.ok());
  EXPECT_EQ(again.offset, first.offset);
  Approve(3);
  EXPECT_TRUE(Ask(Act("next", 1)).status.ok());
}

TEST_F(FourEyesTest, ARetryOfAnApprovalGetsItsResult) {
  Approve();
  Answer again = Ask(ApproveOf(kAdmin2, "approve1", act));
  EXPECT_TRUE(again.status.ok()) << again.status;
  EXPECT_EQ(events::ReasonOf(Ask(ApproveOf(kAdmin2, "other", act)).status),
            Reason::APPROVAL_DECIDED);
}

TEST_F(FourEyesTest, AfterACrashTheApprovalStandsAndIsUsedOnce) {
  Approve();
  Crash(0);
  ASSERT_TRUE(Ask(Act()).status.ok());
  Crash(world.store.unflushed());
  EXPECT_EQ(events::ReasonOf(Ask(Act("again", 1)).status), Reason::APPROVAL_NEEDED);
  EXPECT_EQ(Ask(Act()).version, 1u) << "the retry of the first";
}

TEST_F(FourEyesTest, AnActThatLandedUnknownIsSettledAndHasUsedItsApproval) {
  Approve();
  Next({Fate::kLandUnknown});
  uint64_t ticket = Send(Act());
  Settle();
  EXPECT_TRUE(Answered(ticket));
  EXPECT_TRUE(Ask(Act()).status.ok()) << "its retry";
  EXPECT_EQ(events::ReasonOf(Ask(Act("again", 1)).status), Reason::APPROVAL_NEEDED);
}

TEST_F(FourEyesTest, AnApprovalExpiresWithTheClockOfTheOwner) {
  ASSERT_TRUE(Ask(AskFor(kAdmin, "ask", act, absl::Hours(1))).status.ok());
  ASSERT_TRUE(Ask(ApproveOf(kAdmin2, "approve", act)).status.ok());
  Wait(absl::Hours(1));
  EXPECT_EQ(events::ReasonOf(Ask(Act()).status), Reason::APPROVAL_NEEDED);
}

// Else the act would be recorded as of a moment when its approval did not stand, and would not
// count as its use.
TEST_F(FourEyesTest, AnApprovalThatExpiredByWhatIsRecordedStaysExpiredThoughTheClockIsSetBack) {
  ASSERT_TRUE(Ask(AskFor(kAdmin, "ask", act, absl::Hours(1))).status.ok());
  ASSERT_TRUE(Ask(ApproveOf(kAdmin2, "approve", act)).status.ok());
  world.clock.Jump(absl::Hours(2));
  ASSERT_TRUE(Ask(Suspend("p2", 1)).status.ok());
  world.clock.Jump(-absl::Hours(2));
  EXPECT_EQ(events::ReasonOf(Ask(Act()).status), Reason::APPROVAL_NEEDED);
}

TEST_F(FourEyesTest, AnApprovalIsAnsweredWhenEveryPartitionHasAdoptedIt) {
  ASSERT_TRUE(Ask(AskFor(kAdmin, "ask", act)).status.ok());
  uint64_t ticket = Send(ApproveOf(kAdmin2, "approve", act));
  DeliverOnce();
  EXPECT_FALSE(Answered(ticket));
  Settle();
  EXPECT_TRUE(Done(ticket));
  for (events::Partition p = 0; p < kPartitions; ++p)
    EXPECT_EQ(driver->machine(p).adopted(), driver->node().registry_end());
}

TEST_F(FourEyesTest, TheRegistryAsOfAnOffsetBeforeAnApprovalHasItNot) {
  ASSERT_TRUE(Ask(AskFor(kAdmin, "ask", act)).status.ok());
  uint64_t before = driver->node().registry_end();
  ASSERT_TRUE(Ask(ApproveOf(kAdmin2, "approve", act)).status.ok());
  Crash(0);
  auto requests = [&](uint64_t offset) {
    return driver->node().RegistryAt(offset)->ApprovalsOf(ItemOf(act)).requests;
  };
  ASSERT_EQ(requests(before).size(), 1u);
  EXPECT_FALSE(requests(before)[0].given);
  EXPECT_TRUE(requests(driver->node().registry_end())[0].given);
}

TEST_F(FourEyesTest, R1_WhatWasAskedIsReadBehindAnAccessRecordAtOnce) {
  Approve();
  Request read = ReadOf(kAdmin2, ItemOf(act), "approvals", "supervision");
  read.registry = true;
  Answer answer = Ask(std::move(read));
  ASSERT_TRUE(answer.status.ok()) << answer.status;
  EXPECT_EQ(Rows(answer).size(), 2u);
  EXPECT_EQ(world.Frames(kPartitions).at(answer.offset).kind, schema::Kind::ACCESS);
}

TEST_F(FourEyesTest, R1_ThoseWhoDoNotAdministerReadNothing) {
  Request read = ReadOf(kPolice, ItemOf(act), "approvals");
  read.registry = true;
  Answer answer = Ask(std::move(read));
  EXPECT_EQ(events::ReasonOf(answer.status), Reason::NOT_PERMITTED);
  EXPECT_TRUE(Rows(answer).empty());
}

}  // namespace
}  // namespace guitu::runtime
