// What takes effect, as an owner meets it on a log: F0 to F7 of protocol.md. The rule itself, each
// check and their order: tests/events/effect_test.cc. F2 also in registry_test.cc, F6 in
// leadership_test.cc.
#include "tests/adapters/runtime/runtime_fixture.h"

namespace guitu::runtime {
namespace {

TEST_P(RuntimeTest, F0_ASecondGenesisAndWhatIsOfAnotherLogAreVoid) {
  auto stream = OpenCase();
  events::Frame genesis = OwnFrame(schema::Kind::GENESIS);
  genesis.log_id = {9, 9};
  genesis.generation = 1;
  genesis.genesis = events::GenesisFields{0, kPartitions, kTestSalt, "intl", true};
  Land(genesis);
  events::Frame foreign = TwinCommit(stream, 1);
  foreign.log_id = {9, 9};
  Land(foreign);
  events::Frame restored = TwinCommit(stream, 1);
  restored.generation += 1;  // nothing was restored: that generation is not yet
  Land(restored);
  EXPECT_EQ(Ask(Claim(stream, "k", 1)).version, 2u);
  EXPECT_EQ(driver->machine(0).state().head.log_id, kTestLog);
  EXPECT_EQ(driver->machine(0).next(), world.End(0));
}

TEST_P(RuntimeTest, F1_OfTwoEqualFencesTheFirstInTheLogWins) {
  auto stream = OpenCase();
  events::Frame first = ForeignFence();
  events::Frame second = first;
  second.nonce = {0xf0, 0x0e};
  Land(first);
  Land(second);
  Send(Claim(stream, "k", 1));
  Settle();
  EXPECT_EQ(driver->machine(0).state().head.nonce, first.nonce);
  EXPECT_EQ(driver->machine(0).state().head.epoch, first.epoch);
  EXPECT_EQ(driver->machine(0).phase(), Phase::kFollowing);
}

TEST_P(RuntimeTest, F2_OfTwoCopiesOfACommandTheFirstTakesEffect) {
  auto stream = OpenCase();
  Next({Fate::kLandUnknown});
  uint64_t ticket = Send(Claim(stream, "k", 1));
  world.log.DeliverAll();
  std::string copy = world.Records(0).back();
  world.Land(0, {copy});
  Settle();
  EXPECT_TRUE(Done(ticket));
  EXPECT_EQ(Find(ticket)->version, 2u);
  EXPECT_EQ(Copies(IdOf(kPolice, "k")), 2u);
  EXPECT_EQ(Ask(Claim(stream, "l", 2)).version, 3u);
}

TEST_P(RuntimeTest, F3_AnAccessThatLandsBehindACommitItDoesNotKnowIsVoid) {
  auto stream = OpenCase();
  events::Offset twin = world.End(0);
  Land(TwinCommit(stream, 1));
  Answer read = Ask(ReadOf(kPolice, stream));
  ASSERT_TRUE(read.status.ok());
  EXPECT_EQ(world.Frames(0).at(twin + 1).kind, schema::Kind::ACCESS);
  EXPECT_EQ(world.Frames(0).at(twin + 1).expected_version, 1u);
  EXPECT_EQ(read.offset, twin + 2) << "that which was decided on what stands";
  EXPECT_EQ(read.version, 2u);
}

TEST_P(RuntimeTest, F3_AccessAndSiblingLeaveTheVersion) {
  auto stream = OpenCase();
  ASSERT_TRUE(Ask(ReadOf(kPolice, stream)).status.ok());
  ASSERT_TRUE(Ask(Command(kPolice, stream, "ask", ApprovalAsked(Now()), std::nullopt)).status.ok());
  EXPECT_EQ(Ask(Claim(stream, "k", 1)).version, 2u);
}

TEST_P(RuntimeTest, F4_ResultsAreThereAgainFromTheLogAlone) {
  auto stream = OpenCase();
  std::vector<events::Offset> offsets;
  for (events::Version version = 1; version <= 8; ++version) {
    offsets.push_back(Ask(Claim(stream, absl::StrCat(version), version)).offset);
  }
  for (bool keeps_rows : {true, false}) {
    Crash(keeps_rows ? world.store.unflushed() : 0);
    for (events::Version version = 1; version <= 8; ++version) {
      Answer again = Ask(Claim(stream, absl::StrCat(version), version));
      EXPECT_EQ(again.offset, offsets[version - 1]);
      EXPECT_EQ(again.version, version + 1);
    }
  }
}

TEST_P(RuntimeTest, F5_WhatIsNoRecordOfOursIsVoidAndMovesTheChain) {
  auto stream = OpenCase();
  events::Offset before = driver->machine(0).next();
  events::Hash256 chain = driver->machine(0).state().head.chain;
  world.Land(0, {"not ours", ""});
  EXPECT_EQ(Ask(Claim(stream, "k", 1)).version, 2u);
  EXPECT_EQ(driver->machine(0).next(), before + 3);
  for (const char* bytes : {"not ours", ""}) {
    chain = events::NextChain(events::TestHash, chain,
                              projections::LeafOfRecord(bytes, events::TestHash));
  }
  EXPECT_EQ(projections::ChainAt(world.store, 0, before + 2), chain);
}

TEST_P(RuntimeTest, F7_AnAdoptionThatDoesNotGrowIsVoid) {
  auto stream = OpenCase();
  uint64_t adopted = driver->machine(0).adopted();
  for (uint64_t offset : {adopted, adopted - 1}) {
    events::Frame adoption = OwnFrame(schema::Kind::REGISTRY_ADOPTED);
    adoption.registry_offset = offset;
    Land(adoption);
  }
  EXPECT_EQ(Ask(Claim(stream, "k", 1)).version, 2u);
  EXPECT_EQ(driver->machine(0).adopted(), adopted);
  EXPECT_EQ(driver->machine(0).next(), world.End(0));
}

}  // namespace
}  // namespace guitu::runtime
