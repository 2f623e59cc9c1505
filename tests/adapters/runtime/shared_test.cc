// Several owners over one log: assignment by a group that only hints, the fence decides (G1 to G3),
// hand-over, standbys that fold along, and what is read back instead of believed (C6).
#include <gmock/gmock.h>

#include "projections/keys.h"
#include "tests/adapters/runtime/two_nodes.h"

namespace guitu::runtime {
namespace {

TEST_P(TwoNodes, AStandbyFoldsTheSameRowsAndLeadsNothing) {
  auto stream = OpenCase(a);
  ASSERT_TRUE(Ask(a, Claim(stream, "k", 1)).status.ok());
  for (events::Partition p = 0; p <= kPartitions; ++p) {
    EXPECT_EQ(RowsOf(a, p), RowsOf(b, p)) << p;
    EXPECT_FALSE(RowsOf(b, p).empty());
    EXPECT_EQ(b.driver->machine(p).phase(), Phase::kFollowing);
  }
}

TEST_P(TwoNodes, ANodeThatDoesNotLeadSaysSoAtOnce) {
  auto stream = OpenCase(a);
  uint64_t ticket = b.driver->Submit(Claim(stream, "k", 1));
  Move(b);
  EXPECT_EQ(ReasonFor(b, ticket), Reason::NOT_OWNER);
}

TEST_P(TwoNodes, G1_TheFenceCarriesTheGenerationAndWhereToFindTheOwner) {
  auto fences = Fences(0);
  ASSERT_EQ(fences.size(), 1u);
  EXPECT_EQ(fences[0].fence->group_generation, 1u);
  EXPECT_EQ(fences[0].fence->owner, "owner-a");
  EXPECT_EQ(b.driver->machine(0).state().head.address, "test:1");
}

TEST_P(TwoNodes, G2_OnAssignmentItReadsToTheEndAndFences) {
  auto stream = OpenCase(a);
  a.driver->HandOver({0});
  Settle();
  b.driver->Assign({0}, 2);
  Settle();
  EXPECT_TRUE(b.driver->machine(0).leads());
  EXPECT_FALSE(a.driver->machine(0).leads());
  EXPECT_TRUE(a.driver->machine(1).leads());
  EXPECT_TRUE(Ask(b, Claim(stream, "k", 1)).status.ok());
  EXPECT_EQ(events::ReasonOf(Ask(a, Claim(stream, "l", 2)).status), Reason::NOT_OWNER);
}

TEST_P(TwoNodes, O1_PartitionsThatComeLaterGetASessionOfTheirOwn) {
  a.driver->HandOver({0, 1});
  Settle();
  b.driver->Assign({0}, 2);
  Settle();
  int sessions = b.driver->sessions();
  b.driver->Assign({1}, 3);
  Settle();
  EXPECT_EQ(b.driver->sessions(), sessions + 1);
  EXPECT_EQ(Fences(0).size(), 2u);  // partition 0 noticed nothing
  EXPECT_NE(b.driver->node().session_of(0), b.driver->node().session_of(1));
}

TEST_P(TwoNodes, U1_AnUnknownOutcomeCostsThePartitionsOfItsSessionOnly) {
  a.driver->HandOver({0, 1});
  Settle();
  b.driver->Assign({0}, 2);
  b.driver->Assign({1}, 3);
  Settle();
  auto stream = OpenCase(b, 0);
  size_t fences = Fences(1).size();
  world.log.SetScript([once = false](const events::Append&) mutable {
    return std::exchange(once, true) ? Fate::kAppend : Fate::kLose;
  });
  uint64_t ticket = b.driver->Submit(Claim(stream, "k", 1));
  Settle();
  WaitOutTheJitter();
  EXPECT_TRUE(b.answers[ticket].not_done);
  EXPECT_EQ(Fences(0).size(), 3u);
  EXPECT_EQ(Fences(1).size(), fences);
}

TEST_P(TwoNodes, AHandOverLetsWhatIsInFlightSettleHereAndSendsTheRestAway) {
  auto stream = OpenCase(a);
  uint64_t sent = a.driver->Submit(Claim(stream, "k", 1));
  uint64_t parked = a.driver->Submit(Claim(stream, "l", 2));
  a.driver->HandOver({0});
  EXPECT_FALSE(a.driver->node().handed_over(0));
  Settle();
  EXPECT_TRUE(a.driver->node().handed_over(0));
  EXPECT_TRUE(a.answers[sent].status.ok());
  EXPECT_EQ(ReasonFor(a, parked), Reason::NOT_OWNER);
}

TEST_P(TwoNodes, AFenceThatComesBackAfterTheHandOverLeadsNothing) {
  a.driver->HandOver({0});
  Settle();
  b.driver->Assign({0}, 2);  // the fence is on its way
  b.driver->HandOver({0});
  Settle();
  EXPECT_EQ(b.driver->machine(0).phase(), Phase::kFollowing);
  a.driver->Assign({0}, 3);
  Settle();
  EXPECT_TRUE(a.driver->machine(0).leads());
}

TEST_P(TwoNodes, O3_AZombieStandsDownAtTheNewFenceAndItsCommandsAreOpen) {
  auto stream = OpenCase(a);
  b.driver->Assign({0}, 2);  // the group has given up on a, which sleeps
  world.log.DeliverAll();
  while (b.driver->Step() || world.log.DeliverAll() > 0) b.driver->Follow();
  ASSERT_TRUE(b.driver->machine(0).leads());
  uint64_t ticket = a.driver->Submit(Claim(stream, "k", 1));  // a wakes
  Settle();
  EXPECT_FALSE(a.driver->machine(0).leads());
  EXPECT_EQ(ReasonFor(a, ticket), Reason::SETTLING);
  EXPECT_FALSE(a.answers[ticket].not_done);
  EXPECT_TRUE(Ask(b, Claim(stream, "k", 1)).status.ok());
}

TEST_P(TwoNodes, R1_AZombieShowsNothing) {
  auto stream = OpenCase(a);
  b.driver->Assign({0}, 2);
  world.log.DeliverAll();
  while (b.driver->Step() || world.log.DeliverAll() > 0) b.driver->Follow();
  uint64_t ticket = a.driver->Submit(ReadOf(kPolice, stream));
  Settle();
  Wait(absl::Seconds(6));
  ASSERT_TRUE(a.answers.contains(ticket));
  EXPECT_FALSE(a.answers[ticket].released);
  EXPECT_FALSE(a.answers[ticket].status.ok());
}

TEST_P(TwoNodes, C6_AnAccessIsReadBackAndNotBelievedAtItsAcknowledgement) {
  auto stream = OpenCase(a);
  uint64_t ticket = a.driver->Submit(ReadOf(kPolice, stream));
  world.log.DeliverAll();
  a.driver->Step();
  EXPECT_FALSE(a.driver->TakeAnswers().size() > 0);
  a.driver->Follow();
  for (Answer& answer : a.driver->TakeAnswers()) a.answers[answer.ticket] = std::move(answer);
  ASSERT_TRUE(a.answers.contains(ticket));
  EXPECT_TRUE(a.answers[ticket].released);
}

TEST_P(TwoNodes, C6_ACommandIsFoldedAtItsAcknowledgement) {
  auto stream = OpenCase(a);
  uint64_t ticket = a.driver->Submit(Claim(stream, "k", 1));
  world.log.DeliverAll();
  a.driver->Step();
  for (Answer& answer : a.driver->TakeAnswers()) a.answers[answer.ticket] = std::move(answer);
  ASSERT_TRUE(a.answers.contains(ticket));
  EXPECT_TRUE(a.answers[ticket].status.ok());
}

TEST_P(TwoNodes, C6_AForeignFenceInTheGapIsReadFirst) {
  auto stream = OpenCase(a);
  LandFence(0, 9);
  uint64_t ticket = a.driver->Submit(Claim(stream, "k", 1));
  world.log.DeliverAll();
  a.driver->Step();  // acknowledged, behind a fence that it has not read
  EXPECT_TRUE(a.driver->TakeAnswers().empty());
  Settle();
  EXPECT_EQ(ReasonFor(a, ticket), Reason::SETTLING);
  EXPECT_FALSE(a.driver->machine(0).leads());
}

TEST_P(TwoNodes, F1_OfTwoThatFenceAtOnceTheFirstInTheLogLeads) {
  a.driver->HandOver({0});
  Settle();
  b.driver->Assign({0}, 2);
  a.driver->Assign({0}, 2);
  Settle();
  auto fences = Fences(0);
  ASSERT_EQ(fences.size(), 3u);
  EXPECT_EQ(fences[1].epoch, fences[2].epoch);
  EXPECT_EQ(fences[1].fence->owner, "owner-b");
  EXPECT_TRUE(b.driver->machine(0).leads());
  EXPECT_EQ(a.driver->machine(0).phase(), Phase::kFollowing);
  EXPECT_EQ(a.driver->machine(0).state().head.nonce, fences[1].nonce);
}

TEST_P(TwoNodes, G3_AFenceOfAnOlderGenerationIsAnsweredWithAnother) {
  a.driver->Assign({}, 5);
  LandFence(0, 4);
  Settle();
  EXPECT_FALSE(a.driver->machine(0).leads());
  WaitOutTheJitter();
  EXPECT_TRUE(a.driver->machine(0).leads());
  EXPECT_TRUE(a.driver->node().ready());
}

TEST_P(TwoNodes, G3_AFenceOfANewerGenerationEndsTheLeadUntilItIsAssignedAgain) {
  LandFence(0, 7);
  Settle();
  WaitOutTheJitter();
  Wait(absl::Seconds(10));
  EXPECT_FALSE(a.driver->machine(0).leads());
  EXPECT_FALSE(a.driver->machine(0).assigned());
  a.driver->Assign({0}, 8);
  Settle();
  EXPECT_TRUE(a.driver->machine(0).leads());
}

TEST_P(TwoNodes, NobodyFencesBehindTheLastFenceOfALogThatHasMoved) {
  a.driver->Assign({}, 5);
  LandFence(0, 4, std::string(events::kMovedOwner));  // older: any other would be fenced off
  Settle();
  WaitOutTheJitter();
  b.driver->Assign({0}, 6);
  Settle();
  WaitOutTheJitter();
  Wait(absl::Seconds(10));
  EXPECT_EQ(Fences(0).back().fence->owner, events::kMovedOwner);
  for (Node* node : {&a, &b}) {
    EXPECT_EQ(node->driver->machine(0).phase(), Phase::kHalted);
    ASSERT_FALSE(node->driver->alarms().empty());
    EXPECT_THAT(node->driver->alarms().back(), testing::HasSubstr("moved to other:1"));
  }
}

TEST_P(TwoNodes, BehindLogRestoredTheNextOwnerLeadsTheNewGeneration) {
  events::StreamId stream = OpenCase(a);
  events::Version version = a.answers.rbegin()->second.version;
  LandFence(0, 7);
  Settle();
  Land(0, schema::Kind::LOG_RESTORED, std::nullopt);
  Settle();
  ASSERT_EQ(b.driver->machine(0).state().head.generation, 2u);
  b.driver->Assign({0}, 8);
  Settle();
  ASSERT_TRUE(b.driver->machine(0).leads());
  EXPECT_TRUE(Ask(b, Claim(stream, "claim", version)).status.ok());
  EXPECT_EQ(world.Frames(0).back().generation, 2u);
  EXPECT_EQ(RowsOf(a, 0), RowsOf(b, 0));
}

TEST_P(TwoNodes, G3_BehindAGhostFenceSomebodyLeadsAgain) {
  // The fence of a, already evicted, lands behind that of b.
  world.log.SetScript([](const events::Append& append) {
    return append.partition == 0 ? Fate::kLate : Fate::kAppend;
  });
  a.driver->HandOver({0});
  a.driver->Assign({0}, 2);
  Settle();
  world.log.SetScript(nullptr);
  a.driver->HandOver({0});
  b.driver->Assign({0}, 3);
  Settle();
  ASSERT_TRUE(b.driver->machine(0).leads());
  world.log.LandLate(world.log.late());
  Settle();
  WaitOutTheJitter();
  EXPECT_TRUE(b.driver->machine(0).leads());
  EXPECT_TRUE(Ask(b, Claim(OpenCase(b, 0, "later"), "k", 1)).status.ok());
}

TEST_P(TwoNodes, R3_ARegistryCommandIsAnsweredWhenEveryOwnerHasAdoptedIt) {
  a.driver->HandOver({0, 1});
  Settle();
  b.driver->Assign({0, 1}, 2);
  Settle();
  uint64_t ticket =
      a.driver->Submit(Registry(kAdmin, "suspend", SuspendAct(Now(), kPolice.staff), 1));
  // b sleeps: its partitions have not adopted.
  while (world.log.DeliverAll() > 0 || Move(a)) {
  }
  EXPECT_FALSE(a.answers.contains(ticket));
  Settle();
  ASSERT_TRUE(a.answers.contains(ticket));
  EXPECT_TRUE(a.answers[ticket].status.ok());
  for (events::Partition p = 0; p < kPartitions; ++p) {
    EXPECT_EQ(a.driver->machine(p).adopted(), a.driver->node().registry_end()) << p;
  }
}

TEST_P(TwoNodes, R3_AnOwnerThatDoesNotAnswerIsReplacedAndThenTheRevocationHolds) {
  a.driver->HandOver({0});
  Settle();
  b.driver->Assign({0}, 2);
  Settle();
  auto stream = OpenCase(b);
  b.driver.reset();
  uint64_t ticket =
      a.driver->Submit(Registry(kAdmin, "suspend", SuspendAct(Now(), kPolice.staff), 1));
  while (world.log.DeliverAll() > 0 || Move(a)) {
  }
  EXPECT_FALSE(a.answers.contains(ticket));
  a.driver->Assign({0}, 3);
  while (world.log.DeliverAll() > 0 || Move(a)) {
  }
  EXPECT_TRUE(a.answers[ticket].status.ok());
  uint64_t late = a.driver->Submit(Claim(stream, "k", 1));
  while (world.log.DeliverAll() > 0 || Move(a)) {
  }
  Start(b, "owner-b2");
  EXPECT_EQ(ReasonFor(a, late), Reason::SUSPENDED);
}

TEST_P(TwoNodes, O5_AnAdoptionAheadOfTheRegistryReadHereIsReadUpToFirst) {
  auto stream = OpenCase(a, 1);
  ASSERT_TRUE(Ask(a, Registry(kAdmin, "suspend", SuspendAct(Now(), "p2"), 1)).status.ok());
  // A third node has partition 1 whole, and nothing of the registry yet.
  memory_store::MemoryStore store;
  runtime::Node node(kPartitions, world.MakePorts(store), {"owner-c", "c:1", false});
  auto feed = [&](events::Partition p, Outbox& out) {
    auto records = world.Records(p);
    for (size_t i = 0; i < records.size(); ++i) node.OnRecord(p, i, records[i], out);
    node.EndStep(out);
  };
  Outbox out;
  feed(1, out);
  node.Assign(std::vector<events::Partition>{1}, 2, out);
  node.EndStep(out);
  ASSERT_EQ(out.sessions.size(), 1u);
  node.OnSession(out.sessions[0].session, absl::OkStatus(), out);
  node.OnCaughtUp(out.sessions[0].session, absl::OkStatus(), out);
  ASSERT_EQ(out.appends.size(), 1u);
  world.Land(1, {std::exchange(out.appends, {})[0].record});
  feed(1, out);
  ASSERT_TRUE(node.machine(1).leads());
  node.Submit(Claim(stream, "k", 1), out);
  node.EndStep(out);
  EXPECT_TRUE(out.appends.empty());
  EXPECT_TRUE(out.answers.empty());
  feed(kPartitions, out);
  node.OnTick(out);
  node.EndStep(out);
  EXPECT_FALSE(out.appends.empty());
}

TEST_P(TwoNodes, F5_AnOffsetThatHoldsNothingIsVoidAndMovesTheChain) {
  auto stream = OpenCase(a);
  const PartitionMachine& machine = b.driver->machine(0);
  events::Offset next = machine.next();
  events::Hash256 before = machine.state().head.chain;
  Outbox out;
  b.driver->node().OnGap(0, next + 2, out);
  b.driver->node().EndStep(out);
  EXPECT_EQ(machine.next(), next + 2);
  events::Hash256 gap = events::GapLeaf(events::TestHash);
  EXPECT_EQ(
      machine.state().head.chain,
      events::NextChain(events::TestHash, events::NextChain(events::TestHash, before, gap), gap));
  EXPECT_EQ(projections::DecodeStream(*b.store.Get(projections::StreamKey(0, stream))).version, 1u);
  EXPECT_THAT(out.alarms, testing::ElementsAre(testing::HasSubstr("hold nothing")));
}

TEST_P(TwoNodes, L2_WhatStandsWhereItFoldedLastIsLookedAtAgain) {
  OpenCase(a);
  std::string last = world.Records(0).back();
  Outbox out;
  b.driver->node().CheckLast(0, last, out);
  EXPECT_EQ(b.driver->machine(0).phase(), Phase::kFollowing);
  b.driver->node().CheckLast(0, world.Records(0).front(), out);
  EXPECT_EQ(b.driver->machine(0).phase(), Phase::kHalted);
  b.driver->node().CheckLast(1, std::nullopt, out);  // a gap, where a record was folded
  EXPECT_EQ(b.driver->machine(1).phase(), Phase::kHalted);
  EXPECT_EQ(out.alarms.size(), 2u);
}

INSTANTIATE_TEST_SUITE_P(Logs, TwoNodes, testing::ValuesIn(SharedLogs()), NameOfLog);

}  // namespace
}  // namespace guitu::runtime
