// What takes effect (protocol.md, section 3): each letter F0 to F7, each check and the order of the
// checks.
#include "events/effect.h"

#include <gtest/gtest.h>

#include "absl/container/flat_hash_set.h"
#include "tests/events/effect_fixture.h"

namespace guitu::events {
namespace {

using schema::Kind;

// That a void record moves offset and chain and nothing else (F5), around a fold.
Effect FoldVoid(PartitionReader& reader, const Frame& frame) {
  EffectHead before = reader.head();
  size_t results = reader.result_count();
  Version version = reader.version(frame.stream);
  Effect effect = reader.Fold(frame);
  EXPECT_NE(effect, Effect::kInEffect);
  before.next += 1;
  before.chain = reader.head().chain;
  EXPECT_EQ(reader.head(), before);
  EXPECT_EQ(reader.result_count(), results);
  EXPECT_EQ(reader.version(frame.stream), version);
  return effect;
}

TEST(F0Genesis, SetsWhatTheLogIs) {
  PartitionReader reader;
  EXPECT_EQ(reader.Fold(reader.Genesis(5, 16)), Effect::kInEffect);
  const EffectHead& head = reader.head();
  EXPECT_TRUE(head.born);
  EXPECT_EQ(head.log_id, kLog);
  EXPECT_EQ(head.generation, 1u);
  EXPECT_EQ(head.partition, 5u);
  EXPECT_EQ(head.partitions, 16u);
  EXPECT_EQ(head.salt, std::string(32, 's'));
  EXPECT_EQ(head.suite, "intl");
  EXPECT_TRUE(head.synthetic);
  EXPECT_EQ(head.epoch, 0u);
  EXPECT_FALSE(head.is_registry());
}

TEST(F0Genesis, OfThePartitionNumberedNIsThatOfTheRegistry) {
  PartitionReader reader;
  EXPECT_FALSE(reader.head().is_registry());
  reader.Fold(reader.Genesis(16, 16));
  EXPECT_TRUE(reader.head().is_registry());
}

TEST(F0Genesis, IsVoidIfOneIsInEffectAlready) {
  PartitionReader reader = Led();
  EXPECT_EQ(FoldVoid(reader, reader.Genesis()), Effect::kVoidGenesis);
  Frame other = reader.Genesis();
  other.log_id = {9, 9};
  EXPECT_EQ(FoldVoid(reader, other), Effect::kVoidGenesis);
}

TEST(F0Genesis, IsVoidWithoutItsFieldsOrInAnotherGeneration) {
  PartitionReader reader;
  Frame bare = reader.Genesis();
  bare.genesis.reset();
  EXPECT_EQ(FoldVoid(reader, bare), Effect::kVoidGenesis);
  for (uint32_t generation : {0u, 2u}) {
    Frame late = reader.Genesis();
    late.generation = generation;
    EXPECT_EQ(FoldVoid(reader, late), Effect::kVoidForeign);
  }
}

TEST(F0Genesis, TakesEffectBehindForeignBytes) {
  PartitionReader reader;
  EXPECT_EQ(reader.FoldBytes("not ours"), Effect::kVoidUnreadable);
  EXPECT_EQ(reader.Fold(reader.Genesis()), Effect::kInEffect);
}

TEST(F0BeforeGenesis, NothingIsInEffect) {
  for (Kind kind : {Kind::FENCE, Kind::COMMIT, Kind::ACCESS, Kind::SIBLING, Kind::REGISTRY_ADOPTED,
                    Kind::LOG_RESTORED}) {
    PartitionReader reader;
    Frame frame = reader.Fence(kNonce);
    frame.kind = kind;
    frame.log_id = kLog;
    frame.generation = 1;
    EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidGenesis);
  }
}

TEST(F0Foreign, AnotherLogIdIsVoidForEveryKind) {
  PartitionReader reader = Led();
  for (Frame frame :
       {reader.Fence({2, 2}), reader.Command(1), reader.Command(1, kCase, Kind::ACCESS),
        reader.Command(1, kCase, Kind::SIBLING), reader.Adoption(5), reader.Restored()}) {
    frame.log_id.lo ^= 1;
    EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidForeign);
  }
}

TEST(F0Foreign, AnotherGenerationIsVoidForEveryKind) {
  PartitionReader reader = Led();
  for (Frame frame :
       {reader.Fence({2, 2}), reader.Command(1), reader.Command(1, kCase, Kind::ACCESS),
        reader.Command(1, kCase, Kind::SIBLING), reader.Adoption(5)}) {
    for (uint32_t generation : {0u, 2u}) {
      frame.generation = generation;
      EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidForeign);
    }
  }
}

TEST(F0LogRestored, RaisesTheGenerationAndVoidsWhatIsOfAnOlderOne) {
  PartitionReader reader = Led();
  Frame old_command = reader.Command(1);
  Frame old_fence = reader.Fence({2, 2});
  EXPECT_EQ(reader.Fold(reader.Restored()), Effect::kInEffect);
  EXPECT_EQ(reader.head().generation, 2u);
  EXPECT_EQ(FoldVoid(reader, old_command), Effect::kVoidForeign);
  EXPECT_EQ(FoldVoid(reader, old_fence), Effect::kVoidForeign);
  EXPECT_EQ(reader.Fold(reader.Command(2)), Effect::kInEffect);
}

TEST(F0LogRestored, IsVoidUnlessItsGenerationIsTheNext) {
  PartitionReader reader = Led();
  for (uint32_t generation : {0u, 1u, 3u}) {
    Frame frame = reader.Restored();
    frame.generation = generation;
    EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidForeign) << generation;
  }
}

TEST(F0LogRestored, IsVoidUnderAFenceThatDoesNotStand) {
  PartitionReader reader = Led();
  Frame epoch = reader.Restored();
  epoch.epoch += 1;
  EXPECT_EQ(FoldVoid(reader, epoch), Effect::kVoidEpoch);
  Frame nonce = reader.Restored();
  nonce.nonce = {8, 8};
  EXPECT_EQ(FoldVoid(reader, nonce), Effect::kVoidEpoch);
}

TEST(F1Fence, TakesEffectIfItsEpochIsTheNext) {
  PartitionReader reader;
  reader.Fold(reader.Genesis());
  Frame frame = reader.Fence(kNonce);
  frame.fence = {9, "node-b", "http://b"};
  EXPECT_EQ(reader.Fold(frame), Effect::kInEffect);
  EXPECT_EQ(reader.head().epoch, 1u);
  EXPECT_EQ(reader.head().nonce, kNonce);
  EXPECT_EQ(reader.head().owner, "node-b");
  EXPECT_EQ(reader.head().address, "http://b");
}

TEST(F1Fence, IsVoidIfItsEpochIsNotTheNext) {
  PartitionReader reader = Led();
  for (uint64_t epoch : {0u, 1u, 3u, 100u}) {
    Frame frame = reader.Fence({2, 2});
    frame.epoch = epoch;
    EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidFence) << epoch;
  }
}

TEST(F1Fence, OfTwoEqualOnesTheFirstInTheLogWins) {
  PartitionReader reader = Led();
  Frame first = reader.Fence({2, 2});
  Frame second = reader.Fence({3, 3});
  EXPECT_EQ(reader.Fold(first), Effect::kInEffect);
  EXPECT_EQ(FoldVoid(reader, second), Effect::kVoidFence);
  EXPECT_EQ(reader.head().nonce, (Nonce{2, 2}));
}

TEST(F1Fence, IsVoidWithoutItsFields) {
  PartitionReader reader = Led();
  Frame frame = reader.Fence({2, 2});
  frame.fence.reset();
  EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidFence);
}

TEST(F1Fence, DoesNotLookAtTheGroupGeneration) {
  PartitionReader reader = Led();
  Frame frame = reader.Fence({2, 2});
  frame.fence->group_generation = 0;
  EXPECT_EQ(reader.Fold(frame), Effect::kInEffect);
}

TEST(F2Commit, RaisesTheVersionOfItsStreamAndStoresItsResult) {
  PartitionReader reader = Led();
  Frame frame = reader.Command(1);
  Offset at = reader.head().next;
  EXPECT_EQ(reader.Fold(frame), Effect::kInEffect);
  EXPECT_EQ(reader.version(kCase), 1u);
  EXPECT_EQ(reader.version({8, 8}), 0u);
  auto result = reader.result(kCase, frame.command_id);
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, (StoredResult{at, 1, frame.request_hash, false}));
}

TEST(F2Commit, IsVoidBeforeAnyFence) {
  PartitionReader reader;
  reader.Fold(reader.Genesis());
  EXPECT_EQ(FoldVoid(reader, reader.Command(1)), Effect::kVoidEpoch);
}

TEST(F2Commit, IsVoidUnderAnotherEpochOrTheSameEpochOfAnotherFence) {
  PartitionReader reader = Led();
  Frame frame = reader.Command(1);
  frame.epoch = 2;
  EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidEpoch);
  frame.epoch = 0;
  EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidEpoch);
  frame.epoch = 1;
  frame.nonce = {1, 2};
  EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidEpoch);
}

TEST(F2Commit, OfAZombieIsVoidBehindTheNextFence) {
  PartitionReader reader = Led();
  Frame zombie = reader.Command(1);
  reader.Fold(reader.Fence({2, 2}));
  EXPECT_EQ(FoldVoid(reader, zombie), Effect::kVoidEpoch);
}

TEST(F2Commit, WithASeenIdIsVoidForEverAndOnlyInItsStream) {
  PartitionReader reader = Led();
  reader.Fold(reader.Command(1));
  EXPECT_EQ(FoldVoid(reader, reader.Command(1)), Effect::kVoidSeen);
  EXPECT_EQ(reader.Fold(reader.Command(1, {8, 8})), Effect::kInEffect);
  reader.Fold(reader.Fence({2, 2}));
  EXPECT_EQ(FoldVoid(reader, reader.Command(1)), Effect::kVoidSeen);
}

TEST(F2Commit, IsVoidIfTheVersionHasPassedOrIsAhead) {
  PartitionReader reader = Led();
  reader.Fold(reader.Command(1));
  Frame passed = reader.Command(2);
  passed.expected_version = 0;
  EXPECT_EQ(FoldVoid(reader, passed), Effect::kVoidVersionPassed);
  Frame ahead = reader.Command(2);
  ahead.expected_version = 2;
  EXPECT_EQ(FoldVoid(reader, ahead), Effect::kVoidVersionAhead);
}

TEST(F2Commit, IsVoidUnderAnotherAdoption) {
  PartitionReader reader = Led();
  reader.Fold(reader.Adoption(10));
  for (uint64_t offset : {0u, 9u, 11u}) {
    Frame frame = reader.Command(1);
    frame.registry_offset = offset;
    EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidRegistry);
  }
  EXPECT_EQ(reader.Fold(reader.Command(1)), Effect::kInEffect);
}

TEST(F2Commit, ThatCancelsTakesTheIdAndRaisesTheVersion) {
  PartitionReader reader = Led();
  Frame cancel = reader.Command(1);
  cancel.cancels = true;
  EXPECT_EQ(reader.Fold(cancel), Effect::kInEffect);
  EXPECT_EQ(reader.version(kCase), 1u);
  EXPECT_TRUE(reader.result(kCase, cancel.command_id)->cancelled);
  EXPECT_EQ(FoldVoid(reader, reader.Command(1)), Effect::kVoidSeen);
}

TEST(F2Commit, AndItsCancelNeverBothTakeEffect) {
  PartitionReader reader = Led();
  Frame command = reader.Command(1);
  Frame cancel = command;
  cancel.cancels = true;
  EXPECT_EQ(reader.Fold(command), Effect::kInEffect);
  EXPECT_EQ(FoldVoid(reader, cancel), Effect::kVoidSeen);
  EXPECT_FALSE(reader.result(kCase, command.command_id)->cancelled);
}

TEST(F2Commit, InTheRegistryPartitionDoesNotCompareTheRegistryOffset) {
  PartitionReader reader = Led(32);
  ASSERT_TRUE(reader.head().is_registry());
  EXPECT_EQ(reader.Fold(reader.Command(1)), Effect::kInEffect);
  Frame frame = reader.Command(2);
  frame.registry_offset = 77;
  EXPECT_EQ(reader.Fold(frame), Effect::kInEffect);
}

// The order of the checks: what fails the earlier one is void by the earlier one, whatever else is
// wrong.
class F2F3Order : public testing::TestWithParam<Kind> {
 protected:
  F2F3Order() : reader_(Led()) {
    reader_.Fold(reader_.Adoption(10));
    reader_.Fold(reader_.Command(1));
  }
  Frame Decided(uint64_t id) { return reader_.Command(id, kCase, GetParam()); }
  PartitionReader reader_;
};

TEST_P(F2F3Order, AnotherLogComesBeforeTheBasis) {
  Frame frame = Decided(2);
  frame.log_id.hi ^= 1;
  frame.basis_chain.bytes[0] ^= 1;
  EXPECT_EQ(FoldVoid(reader_, frame), Effect::kVoidForeign);
}

TEST_P(F2F3Order, TheBasisComesBeforeTheEpoch) {
  Frame frame = Decided(2);
  frame.basis_chain.bytes[0] ^= 1;
  frame.epoch = 99;
  EXPECT_EQ(FoldVoid(reader_, frame), Effect::kVoidBasis);
}

TEST_P(F2F3Order, AnOldEpochWithASeenIdIsVoidByTheEpoch) {
  Frame frame = Decided(1);
  frame.epoch = 0;
  EXPECT_EQ(FoldVoid(reader_, frame), Effect::kVoidEpoch);
}

TEST_P(F2F3Order, AForeignNonceWithEverythingElseWrongIsVoidByTheEpoch) {
  Frame frame = Decided(1);
  frame.nonce = {5, 5};
  frame.expected_version = 0;
  frame.registry_offset = 3;
  EXPECT_EQ(FoldVoid(reader_, frame), Effect::kVoidEpoch);
}

TEST_P(F2F3Order, ASeenIdWithAWrongVersionIsVoidAsSeen) {
  for (Version version : {0u, 5u}) {
    Frame frame = Decided(1);
    frame.expected_version = version;
    EXPECT_EQ(FoldVoid(reader_, frame), Effect::kVoidSeen);
  }
}

TEST_P(F2F3Order, ASeenIdUnderAnotherAdoptionIsVoidAsSeen) {
  Frame frame = Decided(1);
  frame.registry_offset = 3;
  EXPECT_EQ(FoldVoid(reader_, frame), Effect::kVoidSeen);
}

TEST_P(F2F3Order, AWrongVersionUnderAnotherAdoptionIsVoidByTheVersion) {
  Frame frame = Decided(2);
  frame.registry_offset = 3;
  frame.expected_version = 0;
  EXPECT_EQ(FoldVoid(reader_, frame), Effect::kVoidVersionPassed);
  frame.expected_version = 9;
  EXPECT_EQ(FoldVoid(reader_, frame), Effect::kVoidVersionAhead);
}

TEST_P(F2F3Order, NothingWrongTakesEffect) {
  EXPECT_EQ(reader_.Fold(Decided(2)), Effect::kInEffect);
}

INSTANTIATE_TEST_SUITE_P(Kinds, F2F3Order,
                         testing::Values(Kind::COMMIT, Kind::ACCESS, Kind::SIBLING),
                         [](const auto& info) {
                           switch (info.param) {
                             case Kind::COMMIT:
                               return "Commit";
                             case Kind::ACCESS:
                               return "Access";
                             default:
                               return "Sibling";
                           }
                         });

TEST(F3Access, LeavesTheVersionAndNoResult) {
  PartitionReader reader = Led();
  reader.Fold(reader.Command(1));
  Frame access = reader.Command(2, kCase, Kind::ACCESS);
  EXPECT_EQ(reader.Fold(access), Effect::kInEffect);
  EXPECT_EQ(reader.version(kCase), 1u);
  EXPECT_FALSE(reader.result(kCase, access.command_id));
}

TEST(F3Access, IsVoidIfAWithdrawalLandedBeforeIt) {
  PartitionReader reader = Led();
  Frame access = reader.Command(1, kCase, Kind::ACCESS);
  reader.Fold(reader.Command(2));  // moves the version
  EXPECT_EQ(FoldVoid(reader, access), Effect::kVoidVersionPassed);
}

TEST(F3Access, IsVoidIfTheAdoptionOfARevocationLandedBeforeIt) {
  PartitionReader reader = Led();
  Frame access = reader.Command(1, kCase, Kind::ACCESS);
  reader.Fold(reader.Adoption(3));
  EXPECT_EQ(FoldVoid(reader, access), Effect::kVoidRegistry);
}

TEST(F3Sibling, LeavesTheVersionAndStoresItsResult) {
  PartitionReader reader = Led();
  reader.Fold(reader.Command(1));
  Frame sibling = reader.Command(2, kCase, Kind::SIBLING);
  EXPECT_EQ(reader.Fold(sibling), Effect::kInEffect);
  EXPECT_EQ(reader.version(kCase), 1u);
  ASSERT_TRUE(reader.result(kCase, sibling.command_id));
  EXPECT_EQ(FoldVoid(reader, sibling), Effect::kVoidSeen);
}

TEST(F3Sibling, WithTheIdOfACommitIsSeen) {
  PartitionReader reader = Led();
  reader.Fold(reader.Command(1));
  EXPECT_EQ(FoldVoid(reader, reader.Command(1, kCase, Kind::SIBLING)), Effect::kVoidSeen);
  EXPECT_EQ(FoldVoid(reader, reader.Command(1, kCase, Kind::ACCESS)), Effect::kVoidSeen);
}

TEST(F4Results, AreNeverEvictedByCount) {
  PartitionReader reader = Led();
  for (uint64_t id = 1; id <= 2000; ++id)
    ASSERT_EQ(reader.Fold(reader.Command(id)), Effect::kInEffect);
  EXPECT_EQ(reader.result_count(), 2000u);
  EXPECT_EQ(FoldVoid(reader, reader.Command(1)), Effect::kVoidSeen);
}

TEST(F4Head, ReadsBackAsItWasStored) {
  PartitionReader reader = Led();
  reader.Fold(reader.Adoption(4));
  reader.Fold(reader.Restored());
  auto head = DecodeHead(EncodeHead(reader.head()));
  ASSERT_TRUE(head);
  EXPECT_EQ(*head, reader.head());
  EXPECT_EQ(*DecodeHead(EncodeHead(EffectHead{})), EffectHead{});
}

TEST(F4Head, IsNothingIfItsBytesAreCutOrLonger) {
  std::string bytes = EncodeHead(Led().head());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeHead(absl::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(DecodeHead(bytes + "x"));
}

TEST(F4Result, ReadsBackAsItWasStored) {
  for (bool cancelled : {false, true}) {
    StoredResult result{1ull << 63, 77, {3, 4}, cancelled};
    std::string bytes = EncodeResult(result);
    ASSERT_TRUE(DecodeResult(bytes));
    EXPECT_EQ(*DecodeResult(bytes), result);
    for (size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(DecodeResult(absl::string_view(bytes).substr(0, size)));
    }
    EXPECT_FALSE(DecodeResult(bytes + "x"));
  }
}

TEST(F5Void, UnreadableBytesAndGapsMoveOffsetAndChainOnly) {
  PartitionReader reader = Led();
  EffectHead before = reader.head();
  EXPECT_EQ(reader.FoldBytes("a stranger's message"), Effect::kVoidUnreadable);
  reader.FoldGaps(1);
  before.next += 2;
  before.chain = reader.head().chain;
  EXPECT_EQ(reader.head(), before);
  EXPECT_EQ(reader.head().chain, NextChain(TestHash, reader.chain_at(3), GapLeaf(TestHash)));
}

TEST(F5Void, AKindThatIsNotKnownIsUnreadable) {
  PartitionReader reader = Led();
  EXPECT_EQ(FoldVoid(reader, reader.Next(Kind::UNSPECIFIED)), Effect::kVoidUnreadable);
  EXPECT_EQ(FoldVoid(reader, reader.Next(static_cast<Kind>(99))), Effect::kVoidUnreadable);
}

TEST(F5Void, CountsInTheChainLikeEveryRecord) {
  PartitionReader with = Led();
  PartitionReader without = Led();
  with.FoldBytes("void");
  EXPECT_NE(with.head().chain, without.head().chain);
  EXPECT_EQ(with.head().next, without.head().next + 1);
}

TEST(F6Basis, ThatContradictsTheChainIsVoidAndTheReaderGoesOn) {
  PartitionReader reader = Led();
  Frame frame = reader.Command(1);
  frame.basis_chain.bytes[31] ^= 1;
  EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidBasis);
  EXPECT_EQ(reader.Fold(reader.Command(1)), Effect::kInEffect);
}

TEST(F6Basis, IsComparedForEveryKindButGenesis) {
  PartitionReader reader = Led();
  for (Frame frame :
       {reader.Fence({2, 2}), reader.Command(1), reader.Command(1, kCase, Kind::ACCESS),
        reader.Command(1, kCase, Kind::SIBLING), reader.Adoption(5), reader.Restored()}) {
    frame.basis_chain = {};
    EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidBasis);
  }
}

TEST(F6Basis, AheadOfTheReaderIsVoid) {
  PartitionReader reader = Led();
  Frame frame = reader.Command(1);
  frame.basis_offset += 1;
  EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidBasis);
  frame.basis_offset = ~uint64_t{0};
  EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidBasis);
}

TEST(F6Basis, OlderThanTheRecordIsInEffectIfTheChainAgrees) {
  PartitionReader reader = Led();
  Frame frame = reader.Command(1);
  reader.FoldGaps(10);
  EXPECT_EQ(reader.Fold(frame), Effect::kInEffect);
}

TEST(F6Basis, HoldsAtExactly65536OffsetsAndIsTooOldAt65537) {
  PartitionReader reader = Led();
  Frame frame = reader.Command(1);
  reader.FoldGaps(65536);
  ASSERT_EQ(reader.head().next - frame.basis_offset, 65536u);
  PartitionReader later = reader;
  EXPECT_EQ(reader.Fold(frame), Effect::kInEffect);
  later.FoldGaps(1);
  EXPECT_EQ(FoldVoid(later, frame), Effect::kVoidBasis);
}

TEST(F6Basis, TooOldIsVoidEvenIfAReaderStillHasTheChainValue) {
  PartitionReader reader = Led();
  Frame frame = reader.Command(1);
  EffectHead head = reader.head();
  head.next = frame.basis_offset + 65537;
  EffectFacts facts{frame.basis_chain, 0, std::nullopt};
  EXPECT_EQ(Judge(head, facts, frame), Effect::kVoidBasis);
  head.next -= 1;
  EXPECT_EQ(Judge(head, facts, frame), Effect::kInEffect);
}

TEST(F6Basis, WithoutAChainValueToCompareIsVoid) {
  PartitionReader reader = Led();
  EXPECT_EQ(Judge(reader.head(), {}, reader.Command(1)), Effect::kVoidBasis);
}

TEST(F7Adoption, MustGrow) {
  PartitionReader reader = Led();
  EXPECT_EQ(FoldVoid(reader, reader.Adoption(0)), Effect::kVoidRegistry);
  EXPECT_EQ(reader.Fold(reader.Adoption(5)), Effect::kInEffect);
  EXPECT_EQ(reader.head().adopted, 5u);
  EXPECT_EQ(FoldVoid(reader, reader.Adoption(5)), Effect::kVoidRegistry);
  EXPECT_EQ(FoldVoid(reader, reader.Adoption(4)), Effect::kVoidRegistry);
  EXPECT_EQ(reader.Fold(reader.Adoption(6)), Effect::kInEffect);
}

TEST(F7Adoption, IsVoidUnderAFenceThatDoesNotStand) {
  PartitionReader reader = Led();
  Frame frame = reader.Adoption(5);
  reader.Fold(reader.Fence({2, 2}));
  EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidEpoch);
  frame = reader.Adoption(5);
  frame.nonce = kNonce;
  EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidEpoch);
}

TEST(F7Adoption, ThatDoesNotGrowUnderAnOldFenceIsVoidByTheEpoch) {
  PartitionReader reader = Led();
  Frame frame = reader.Adoption(0);
  frame.epoch = 0;
  EXPECT_EQ(FoldVoid(reader, frame), Effect::kVoidEpoch);
}

TEST(EffectName, IsShortAndOfItsOwnForEachEffect) {
  absl::flat_hash_set<std::string> names;
  for (int i = 0; i <= static_cast<int>(Effect::kVoidRegistry); ++i) {
    names.insert(std::string(NameOf(static_cast<Effect>(i))));
  }
  EXPECT_EQ(names.size(), 11u);
  EXPECT_EQ(NameOf(Effect::kInEffect), "in-effect");
  EXPECT_EQ(NameOf(Effect::kVoidEpoch), "void-epoch");
  EXPECT_EQ(NameOf(Effect::kVoidVersionPassed), "void-version-passed");
}

}  // namespace
}  // namespace guitu::events
