// Who leads: O1 to O5, G3, L2 of protocol.md. L2 for damaged logs: damage_test.cc.
#include <gmock/gmock.h>

#include <set>

#include "projections/keys.h"
#include "tests/adapters/runtime/runtime_fixture.h"

namespace guitu::runtime {
namespace {

std::vector<events::Frame> Fences(const World& world, events::Partition p) {
  std::vector<events::Frame> fences;
  for (const events::Frame& frame : world.Frames(p)) {
    if (frame.kind == schema::Kind::FENCE) fences.push_back(frame);
  }
  return fences;
}

TEST_P(RuntimeTest, O1_EachFenceAttemptHasAFreshNonceAndAFreshSession) {
  int sessions = driver->sessions();
  auto stream = OpenCase();
  Next({Fate::kLose});
  Send(Claim(stream, "k", 1));
  Settle();
  EXPECT_EQ(driver->sessions(), sessions + 1);
  auto fences = Fences(world, 0);
  ASSERT_EQ(fences.size(), 2u);
  EXPECT_NE(fences[0].nonce, fences[1].nonce);
  EXPECT_EQ(fences[1].epoch, fences[0].epoch + 1);
}

TEST_P(RuntimeTest, O1_NoncesDifferBetweenPartitionsToo) {
  std::set<std::pair<uint64_t, uint64_t>> nonces;
  for (events::Partition p = 0; p <= kPartitions; ++p) {
    for (const auto& fence : Fences(world, p)) nonces.emplace(fence.nonce.hi, fence.nonce.lo);
  }
  EXPECT_EQ(nonces.size(), kPartitions + 1);
}

TEST_P(RuntimeTest, O2_NothingIsSentBeforeTheFenceIsReadInEffect) {
  auto stream = OpenCase();
  driver.reset();
  driver.emplace(kPartitions, world.node_log(), world.MakePorts(world.store), "owner-9");
  driver->Start();
  size_t before = world.log.pending();
  EXPECT_EQ(before, kPartitions + 1);  // the fences
  uint64_t ticket = Send(Claim(stream, "k", 1));
  EXPECT_EQ(world.log.pending(), before);
  EXPECT_EQ(driver->machine(0).phase(), Phase::kFencing);
  Settle();
  EXPECT_EQ(driver->machine(0).phase(), Phase::kLeading);
  EXPECT_TRUE(Done(ticket));
}

TEST_P(RuntimeTest, O3_AForeignFenceInEffectMakesTheOwnerStandDown) {
  auto stream = OpenCase();
  Land(ForeignFence());
  uint64_t sent = Send(Claim(stream, "k", 1));
  uint64_t parked = Send(Claim(stream, "l", 2));
  DeliverOnce();
  EXPECT_EQ(driver->machine(0).phase(), Phase::kFollowing);
  EXPECT_EQ(ReasonFor(sent), Reason::SETTLING);
  EXPECT_FALSE(Find(sent)->not_done);  // the new owner may know better
  EXPECT_EQ(ReasonFor(parked), Reason::NOT_OWNER);
  EXPECT_FALSE(driver->node().ready());
}

TEST_P(RuntimeTest, O3_WhatWasSentAfterAForeignFenceIsVoid) {
  auto stream = OpenCase();
  Land(ForeignFence());
  Send(Claim(stream, "k", 1));
  Settle();
  uint64_t read_on = driver->machine(0).next();
  EXPECT_EQ(read_on, world.End(0));
  auto row = world.store.Get(projections::StreamKey(0, stream));
  EXPECT_EQ(projections::DecodeStream(*row).version, 1u);
}

TEST_P(RuntimeTest, O4_AfterARestartItFencesAgain) {
  auto before = Fences(world, 0).size();
  Crash(world.store.unflushed());
  EXPECT_EQ(Fences(world, 0).size(), before + 1);
  EXPECT_TRUE(driver->node().ready());
}

TEST_P(RuntimeTest, O5_EveryPartitionAdoptsTheRegistryBeforeItDecides) {
  for (events::Partition p = 0; p < kPartitions; ++p) {
    EXPECT_EQ(driver->machine(p).adopted(), driver->node().registry_end());
  }
  EXPECT_TRUE(driver->node().ready());
}

TEST_P(RuntimeTest, O5_ARegistryThatGrewWhileAPartitionWasDownIsAdoptedBeforeItServes) {
  auto stream = OpenCase();
  Send(Suspend("p1", 1));
  world.log.Step();  // the registry record lands; the process dies before anybody adopts it
  Crash(world.store.unflushed());
  EXPECT_EQ(driver->machine(0).adopted(), driver->node().registry_end());
  EXPECT_EQ(events::ReasonOf(Ask(Claim(stream, "k", 1)).status), Reason::SUSPENDED);
}

TEST_P(RuntimeTest, O5_TheStampIsTheAdoptionDecidedUnder) {
  auto stream = OpenCase();
  Ask(Claim(stream, "k", 1));
  EXPECT_EQ(world.Frames(0).back().registry_offset, driver->node().registry_end());
}

TEST_P(RuntimeTest, G3_AnAbandonedFenceOfOursThatLandsLateIsAnsweredWithAnotherFence) {
  auto stream = OpenCase();
  // The commit is lost, the fence of partition 0 after it comes late, behind all others.
  world.log.SetScript([&, fences = 0](const events::Append& append) mutable {
    if (append.partition != 0) return Fate::kAppend;
    return ++fences == 1 ? Fate::kLose : fences == 2 ? Fate::kLate : Fate::kAppend;
  });
  Send(Claim(stream, "k", 1));
  DeliverOnce();  // lost: a new session, its fences under way
  while (world.log.late() == 0) DeliverOnce();
  world.log.LandLate(1);  // before the fence of the third session
  Settle();
  Wait(absl::Seconds(1));
  Wait(absl::Seconds(1));  // the jitter is over
  EXPECT_EQ(driver->machine(0).phase(), Phase::kLeading);
  EXPECT_TRUE(driver->node().ready());
  EXPECT_TRUE(Ask(Claim(stream, "k", 1)).status.ok());
}

TEST_P(RuntimeTest, G3_AfterAForeignFenceItStandsDownAndDoesNotFenceAgain) {
  Land(ForeignFence());
  auto stream = StreamOf(kPolice, KeyInPartition(kPolice, "x", 0, kPartitions));
  Send(ReadOf(kPolice, stream));
  Settle();
  size_t fences = Fences(world, 0).size();
  for (int i = 0; i < 20; ++i) Wait(absl::Seconds(1));
  EXPECT_EQ(driver->machine(0).phase(), Phase::kFollowing);
  EXPECT_EQ(Fences(world, 0).size(), fences);
}

TEST_P(RuntimeTest, L2_AnOlderProgramThatMeetsANewerEventHaltsThatPartitionOnly) {
  auto stream = OpenCase();
  Land(TwinCommit(stream, 1), {60000});
  Send(Claim(stream, "k", 1));
  Settle();
  EXPECT_EQ(driver->machine(0).phase(), Phase::kHalted);
  for (events::Partition p = 1; p <= kPartitions; ++p) {
    EXPECT_EQ(driver->machine(p).phase(), Phase::kLeading);
  }
  std::string key = KeyInPartition(kPolice, "elsewhere", 1, kPartitions);
  EXPECT_TRUE(Ask(Opening(kPolice, key, Rescued(Now()))).status.ok());
}

TEST_P(RuntimeTest, F6_ARecordWhoseBasisContradictsTheChainIsVoidWithAnAlarm) {
  auto stream = OpenCase();
  events::Frame frame = TwinCommit(stream, 1);
  frame.basis_chain.bytes[0] ^= 1;
  Land(frame);
  EXPECT_TRUE(Ask(Claim(stream, "k", 1)).status.ok());
  ASSERT_EQ(driver->alarms().size(), 1u);
  EXPECT_THAT(driver->alarms()[0], testing::HasSubstr("contradicts the chain"));
}

}  // namespace
}  // namespace guitu::runtime
