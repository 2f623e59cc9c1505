// The fold: numbering, card, keys, tree, and that crashes and batches leave no trace.
#include <gtest/gtest.h>

#include "events/schema/rescue.capnp.h"
#include "projections/archive.h"
#include "projections/keys.h"
#include "projections/registry_rows.h"
#include "tests/projections/history.h"

namespace guitu::projections {
namespace {

constexpr events::StreamId kCase{0x5, 1};
const absl::Time kNoon = absl::FromUnixSeconds(1772400000);

struct FoldTest : testing::Test {
  FoldTest() { writer.Fence(); }
  void Add(schema::Kind kind, std::vector<events::Event> events, absl::Time at = kNoon) {
    writer.Append(writer.CommandFrame(kind, kCase), events, at);
    ASSERT_EQ(writer.folded().back().effect, events::Effect::kInEffect);
  }
  StreamRow Stream() const {
    return DecodeStream(*writer.rows().Get(StreamKey(kPartition, kCase)));
  }
  CaseCard Card() const { return *DecodeCard(*writer.rows().Get(CardKey(kPartition, kCase))); }
  HistoryWriter writer;
};

HistoryWriter RandomHistory(uint64_t seed, bool registry = false) {
  std::mt19937_64 random(seed);
  HistoryWriter writer(registry);
  for (int i = 0; i < 80; ++i) writer.AppendRandom(random);
  return writer;
}

TEST_F(FoldTest, EventsSiblingsAndAccessesAreNumberedApart) {
  Add(schema::Kind::COMMIT, {Rescue(kNoon), Opening(kNoon)});
  Add(schema::Kind::SIBLING, {Request(kNoon)});
  Add(schema::Kind::ACCESS, {Access(kNoon)});
  Add(schema::Kind::ACCESS, {Access(kNoon)});
  Add(schema::Kind::COMMIT, {Claim(kNoon)});
  StreamRow stream = Stream();
  EXPECT_EQ(stream.version, 2u);
  EXPECT_EQ(stream.events, 3u);
  EXPECT_EQ(stream.siblings, 1u);
  EXPECT_EQ(stream.accesses, 2u);
  for (auto [view, first] : {std::pair{'E', 1u}, {'E', 3u}, {'S', 1u}, {'A', 1u}, {'A', 2u}}) {
    auto row = writer.rows().Get(EventKey(kPartition, view, kCase, first));
    ASSERT_TRUE(row) << view << first;
    EXPECT_EQ(DecodeEventRow(*row)->first, first);
  }
}

TEST_F(FoldTest, ACancelRaisesTheVersionAndIsNoEvent) {
  Add(schema::Kind::COMMIT, {Rescue(kNoon)});
  events::Frame frame = writer.CommandFrame(schema::Kind::COMMIT, kCase);
  frame.cancels = true;
  writer.Append(frame, {}, kNoon);
  EXPECT_EQ(Stream().version, 2u);
  EXPECT_EQ(Stream().events, 1u);
  auto result = writer.rows().Get(ResultKey(kPartition, kCase, frame.command_id));
  EXPECT_TRUE(events::DecodeResult(*result)->cancelled);
}

TEST_F(FoldTest, AnAccessLeavesNoResultAndACommitAndASiblingDo) {
  for (auto kind : {schema::Kind::COMMIT, schema::Kind::SIBLING, schema::Kind::ACCESS}) {
    events::Frame frame = writer.CommandFrame(kind, kCase);
    writer.Append(frame, {}, kNoon);
    EXPECT_EQ(writer.rows().Get(ResultKey(kPartition, kCase, frame.command_id)).has_value(),
              kind != schema::Kind::ACCESS);
  }
}

TEST_F(FoldTest, TheCardFollowsTheCase) {
  Add(schema::Kind::COMMIT, {Rescue(kNoon)});
  EXPECT_FALSE(Card().opened);
  EXPECT_EQ(Card().county, "530921");
  Add(schema::Kind::COMMIT, {Opening(kNoon + absl::Hours(1))}, kNoon + absl::Hours(2));
  Add(schema::Kind::ACCESS, {Access(kNoon)}, kNoon + absl::Hours(3));
  CaseCard card = Card();
  EXPECT_TRUE(card.opened);
  EXPECT_EQ(card.kind, "victim");
  EXPECT_EQ(card.owner, "MCA");
  EXPECT_EQ(card.county, "530922");
  EXPECT_EQ(card.started_at, kNoon);
  EXPECT_EQ(card.opened_at, kNoon + absl::Hours(1));
  EXPECT_EQ(card.changed_at, kNoon + absl::Hours(2));  // a read changes nothing
  EXPECT_EQ(card.newest, events::Catalogue::Get().Of<schema::CaseOpened>().type);
}

TEST_F(FoldTest, TheFirstBoxOfASubjectTellsItsKey) {
  auto subject = writer.SubjectOf(kCase);
  EXPECT_FALSE(writer.rows().Get(SubjectKeyKey(kPartition, subject)));
  Add(schema::Kind::COMMIT, {Rescue(kNoon)});
  auto row = writer.rows().Get(SubjectKeyKey(kPartition, subject));
  ASSERT_TRUE(row);
  EXPECT_EQ(events::ByteReader(*row).ReadId<events::KeyId>(), events::TestSealer::KeyOf(subject));
}

TEST_F(FoldTest, AVoidRecordMovesOffsetChainAndTreeAndNothingElse) {
  Add(schema::Kind::COMMIT, {Rescue(kNoon)});
  FoldState before = writer.state();
  StreamRow stream = Stream();
  events::Frame frame = writer.CommandFrame(schema::Kind::COMMIT, kCase);
  frame.expected_version += 1;
  writer.Append(frame, {Claim(kNoon)}, kNoon + absl::Hours(9));
  EXPECT_EQ(writer.folded().back().effect, events::Effect::kVoidVersionAhead);
  EXPECT_EQ(writer.state().head.next, before.head.next + 1);
  EXPECT_NE(writer.state().head.chain, before.head.chain);
  EXPECT_EQ(writer.state().edge.size(), before.edge.size() + 1);
  EXPECT_EQ(writer.state().last_recorded, before.last_recorded);
  EXPECT_EQ(EncodeStream(Stream()), EncodeStream(stream));
}

TEST_F(FoldTest, AnEventNewerThanTheProgramStopsTheFoldThere) {
  events::MetaFields meta;
  meta.recorded_at = kNoon;
  meta.event_types = {60000};
  auto frame = writer.CommandFrame(schema::Kind::COMMIT, kCase);
  std::string record = events::JoinRecord(events::EncodeFrame(frame), events::EncodeMeta(meta), "");
  FoldState state = writer.state();
  RowBatch batch;
  auto folded = Fold(state, kPartition, record, writer.rows(), events::TestHash, batch);
  EXPECT_TRUE(absl::IsDataLoss(folded.status()));
  EXPECT_EQ(state.head, writer.state().head);
}

TEST_F(FoldTest, APayloadThatDoesNotReadStopsTheFoldThere) {
  events::MetaFields meta;
  meta.recorded_at = kNoon;
  auto frame = writer.CommandFrame(schema::Kind::COMMIT, kCase);
  std::string record = events::JoinRecord(events::EncodeFrame(frame), events::EncodeMeta(meta),
                                          std::string(16, '\x7f'));
  FoldState state = writer.state();
  RowBatch batch;
  auto folded = Fold(state, kPartition, record, writer.rows(), events::TestHash, batch);
  EXPECT_TRUE(absl::IsDataLoss(folded.status()));
  EXPECT_EQ(state.head, writer.state().head);
}

TEST(Registry, ItsRecordsStandInTheirOrderAndMakeNoCards) {
  HistoryWriter writer(/*registry=*/true);
  writer.Fence();
  for (uint64_t i = 1; i <= 3; ++i) {
    writer.Append(writer.CommandFrame(schema::Kind::COMMIT, {0x5, i}), {Claim(kNoon)}, kNoon);
  }
  std::vector<events::Offset> offsets;
  std::string prefix = ViewPrefix(writer.partition(), 'G');
  writer.rows().Scan(prefix, prefix, [&](absl::string_view, absl::string_view value) {
    offsets.push_back(DecodeEventRow(value)->offset);
    return true;
  });
  EXPECT_EQ(offsets, (std::vector<events::Offset>{2, 3, 4}));
  EXPECT_FALSE(writer.rows().Get(CardKey(writer.partition(), {0x5, 1})));
}

TEST(Registry, ItsApprovalsStandAmongItsActsWithTheirItemAndItsReadsDoNot) {
  HistoryWriter writer(/*registry=*/true);
  writer.Fence();
  constexpr events::StreamId kItem{0x5, 1};
  auto add = [&](schema::Kind kind, events::Event event) {
    writer.Append(writer.CommandFrame(kind, kItem), {event}, kNoon);
    ASSERT_EQ(writer.folded().back().effect, events::Effect::kInEffect);
  };
  add(schema::Kind::SIBLING, Request(kNoon));  // of an item that does not exist yet
  add(schema::Kind::ACCESS, Access(kNoon));
  add(schema::Kind::COMMIT, Claim(kNoon));
  add(schema::Kind::SIBLING, Request(kNoon));
  std::vector<events::StreamId> items;
  std::vector<events::Offset> offsets;
  std::string prefix = ViewPrefix(writer.partition(), 'G');
  writer.rows().Scan(prefix, prefix, [&](absl::string_view, absl::string_view value) {
    auto row = DecodeRegistryRow(value);
    offsets.push_back(row->record.offset);
    items.push_back(row->item);
    return true;
  });
  EXPECT_EQ(offsets, (std::vector<events::Offset>{2, 4, 5}));
  EXPECT_EQ(items, (std::vector<events::StreamId>{kItem, {}, kItem}));
  EXPECT_TRUE(writer.rows().Get(EventKey(writer.partition(), 'S', kItem, 2)));
}

TEST(Property, LeavesChainAndTreeAgree) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    HistoryWriter writer = RandomHistory(seed);
    events::MerkleEdge edge;
    events::Hash256 chain;
    for (size_t i = 0; i < writer.records().size(); ++i) {
      const events::Hash256& leaf = writer.folded()[i].leaf;
      edge.Append(leaf, events::TestHash);
      chain = events::NextChain(events::TestHash, chain, leaf);
      EXPECT_EQ(ChainAt(writer.rows(), kPartition, i + 1), chain);
    }
    EXPECT_EQ(writer.state().edge, edge);
    EXPECT_EQ(writer.state().head.chain, chain);
  }
}

TEST(Property, TheSizeOfTheBatchesLeavesNoTrace) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    for (bool registry : {false, true}) {
      HistoryWriter writer = RandomHistory(seed, registry);
      for (size_t size : {size_t{1}, size_t{2}, size_t{7}, size_t{1000}}) {
        memory_store::MemoryStore rows;
        FoldAll(writer.records(), writer.partition(), size, rows);
        ASSERT_EQ(AllRows(rows), AllRows(writer.rows())) << "seed " << seed << " size " << size;
      }
    }
  }
}

TEST(Property, AfterACrashAtAnyBatchTheFoldResumesToEqualRows) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    HistoryWriter writer = RandomHistory(seed);
    for (size_t kept = 0; kept <= writer.records().size() / 3; ++kept) {
      memory_store::MemoryStore rows;
      FoldAll(writer.records(), kPartition, 3, rows);
      rows.CrashTo(kept);
      EXPECT_EQ(LoadState(rows, kPartition).head.next, kept * 3);
      FoldAll(writer.records(), kPartition, 3, rows);
      ASSERT_EQ(AllRows(rows), AllRows(writer.rows())) << "seed " << seed << " kept " << kept;
    }
  }
}

TEST(Property, ApplyingABatchTwiceGivesTheSame) {
  HistoryWriter writer = RandomHistory(3);
  memory_store::MemoryStore rows;
  FoldState state;
  for (const std::string& record : writer.records()) {
    RowBatch batch;
    ASSERT_TRUE(Fold(state, kPartition, record, rows, events::TestHash, batch).ok());
    SaveState(state, kPartition, batch);
    ASSERT_TRUE(rows.Apply(batch).ok());
    ASSERT_TRUE(rows.Apply(batch).ok());
  }
  EXPECT_EQ(AllRows(rows), AllRows(writer.rows()));
}

TEST(Property, FoldingARecordTwiceFromTheSameRowsGivesTheSameBatch) {
  HistoryWriter writer = RandomHistory(4);
  memory_store::MemoryStore rows;
  FoldState state;
  for (const std::string& record : writer.records()) {
    FoldState again = state;
    RowBatch one, two;
    ASSERT_TRUE(Fold(state, kPartition, record, rows, events::TestHash, one).ok());
    ASSERT_TRUE(Fold(again, kPartition, record, rows, events::TestHash, two).ok());
    EXPECT_EQ(one.changes, two.changes);
    SaveState(state, kPartition, one);
    ASSERT_TRUE(rows.Apply(one).ok());
  }
}

TEST(Property, RandomHistoriesHoldEveryKindOfEffect) {
  std::set<events::Effect> seen;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    HistoryWriter writer = RandomHistory(seed);
    for (const Folded& folded : writer.folded()) seen.insert(folded.effect);
  }
  using events::Effect;
  for (Effect effect :
       {Effect::kInEffect, Effect::kVoidUnreadable, Effect::kVoidGenesis, Effect::kVoidBasis,
        Effect::kVoidEpoch, Effect::kVoidSeen, Effect::kVoidVersionAhead}) {
    EXPECT_TRUE(seen.contains(effect)) << events::NameOf(effect);
  }
}

}  // namespace
}  // namespace guitu::projections
