// The registry and its adoption: R3, F2, F7 of protocol.md.
#include "tests/adapters/runtime/runtime_fixture.h"

namespace guitu::runtime {
namespace {

TEST_P(RuntimeTest, R3_ARegistryCommandIsAnsweredWhenEveryPartitionHasAdoptedIt) {
  uint64_t ticket = Send(Suspend("p2", 1));
  DeliverOnce();  // in effect in the registry; the adoptions are under way
  EXPECT_FALSE(Answered(ticket));
  ASSERT_EQ(world.log.pending(), kPartitions);
  world.log.Deliver(kPartitions - 1);
  driver->Step();
  Collect();
  EXPECT_FALSE(Answered(ticket));
  Settle();
  EXPECT_TRUE(Done(ticket));
  for (events::Partition p = 0; p < kPartitions; ++p) {
    EXPECT_GT(driver->machine(p).adopted(), Find(ticket)->offset);
  }
}

TEST_P(RuntimeTest, R3_ARetryOfARegistryCommandWaitsForTheAdoptionsToo) {
  Send(Suspend("p2", 1));
  DeliverOnce();
  uint64_t retry = Send(Suspend("p2", 1));
  EXPECT_FALSE(Answered(retry));
  Settle();
  EXPECT_TRUE(Done(retry));
}

TEST_P(RuntimeTest, R3_AnAdoptionThatIsLostIsMadeAgainUnderTheNextFence) {
  uint64_t ticket = Send(Suspend("p2", 1));
  DeliverOnce();
  Next({Fate::kAppend, Fate::kLose});
  Settle();
  EXPECT_TRUE(Done(ticket));
  for (events::Partition p = 0; p < kPartitions; ++p) {
    EXPECT_EQ(driver->machine(p).adopted(), driver->node().registry_end());
  }
}

TEST_P(RuntimeTest, R3_WithoutAnAdoptionFromEveryPartitionItIsNeverAcknowledged) {
  Land(ForeignFence());
  std::string key = KeyInPartition(kPolice, "x", 0, kPartitions);
  Send(Opening(kPolice, key, Rescued(Now())));
  Settle();  // partition 0 is led by somebody else
  uint64_t ticket = Send(Suspend("p2", 1));
  Settle();
  EXPECT_FALSE(Answered(ticket));
  Wait(kPatience);
  EXPECT_EQ(ReasonFor(ticket), Reason::SETTLING);
}

TEST_P(RuntimeTest, R3_ARevokedUserCannotActAfterTheAcknowledgement) {
  auto stream = OpenCase();
  ASSERT_TRUE(Ask(Suspend("p1", 1)).status.ok());
  EXPECT_EQ(events::ReasonOf(Ask(Claim(stream, "k", 1)).status), Reason::SUSPENDED);
  EXPECT_EQ(events::ReasonOf(Ask(ReadOf(kPolice, stream)).status), Reason::SUSPENDED);
  EXPECT_TRUE(Ask(ReadOf(kPolice2, stream)).status.ok());
}

TEST_P(RuntimeTest, R3_WhatComesWhileAnAdoptionIsUnderWayIsDecidedUnderIt) {
  auto stream = OpenCase();
  Send(Suspend("p1", 1));
  DeliverOnce();  // the adoptions are under way
  uint64_t ticket = Send(Claim(stream, "k", 1));
  EXPECT_EQ(world.log.pending(), kPartitions);
  Settle();
  EXPECT_EQ(ReasonFor(ticket), Reason::SUSPENDED);
}

TEST_P(RuntimeTest, R3_AReadSentBeforeAnAdoptionIsDecidedOnWhatItsRecordStandsOn) {
  auto stream = OpenCase();
  events::Frame adoption = OwnFrame(schema::Kind::REGISTRY_ADOPTED);
  adoption.registry_offset += 1;
  Send(Suspend("p1", 1));
  world.log.Step();
  Land(adoption);  // the partition has adopted the suspension; the owner has not read that yet
  uint64_t read = Send(ReadOf(kPolice, stream));
  Settle();
  EXPECT_EQ(ReasonFor(read), Reason::SUSPENDED);
}

TEST_P(RuntimeTest, R3_AdoptionsAreBatched) {
  events::Offset end = world.End(0);
  std::vector<Request> requests;
  for (int i = 0; i < 5; ++i) {
    aggregates::Actor user{absl::StrCat("n", i), "MCA", "caseworker"};
    requests.push_back(Registry(kAdmin, absl::StrCat("n", i), UserAct(Now(), user)));
  }
  auto tickets = driver->SubmitAll(std::move(requests));
  Settle();
  for (uint64_t ticket : tickets) EXPECT_TRUE(Done(ticket));
  EXPECT_EQ(world.End(0), end + 1);
}

TEST_P(RuntimeTest, F2_InTheRegistryOneCommandIsInFlightAtATime) {
  std::vector<Request> requests;
  for (int i = 0; i < 3; ++i) {
    aggregates::Actor user{absl::StrCat("n", i), "MCA", "caseworker"};
    requests.push_back(Registry(kAdmin, absl::StrCat("n", i), UserAct(Now(), user)));
  }
  driver->SubmitAll(std::move(requests));
  EXPECT_EQ(world.log.pending(), 1u);
  Settle();
}

TEST_P(RuntimeTest, TheRegistryConfirmsNothingThatItsRulesRefuse) {
  aggregates::Actor nowhere{"n1", "NOWHERE", "caseworker"};
  Answer answer = Ask(Registry(kAdmin, "n1", UserAct(Now(), nowhere)));
  EXPECT_EQ(events::ReasonOf(answer.status), Reason::UNIT_UNKNOWN);
  Answer oneself = Ask(Suspend("a1", 1));
  EXPECT_EQ(events::ReasonOf(oneself.status), Reason::NOT_ONESELF);
  Answer forbidden = Ask(Registry(kPolice, "n2", SuspendAct(Now(), "p2"), 1));
  EXPECT_EQ(events::ReasonOf(forbidden.status), Reason::NOT_PERMITTED);
}

TEST_P(RuntimeTest, TheRegistryAsOfAnOffsetIsTheSameAfterARestart) {
  uint64_t before = driver->node().registry_end();
  ASSERT_TRUE(Ask(Suspend("p2", 1)).status.ok());
  uint64_t after = driver->node().registry_end();
  Crash(0);
  EXPECT_EQ(driver->node().registry_end(), after);
  EXPECT_FALSE(driver->node().RegistryAt(before)->FindUser("p2")->suspended);
  EXPECT_TRUE(driver->node().RegistryAt(after)->FindUser("p2")->suspended);
}

}  // namespace
}  // namespace guitu::runtime
