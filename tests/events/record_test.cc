// The format on disk: what is encoded reads back, foreign bytes are void and never end the process.
#include "events/record.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "absl/strings/str_cat.h"
#include "tests/events/record_samples.h"
#include "tests/events/test_hash.h"

namespace guitu::events {
namespace {

// The bytes at every alignment: a record lies anywhere in a block of the log.
std::string Shifted(absl::string_view bytes, size_t by) {
  return absl::StrCat(std::string(by, 'x'), bytes);
}

TEST(Record, GivesBackTheFrameOfEveryKind) {
  for (const Sample& sample : RecordSamples()) {
    auto frame = DecodeFrame(EncodeFrame(sample.frame));
    ASSERT_TRUE(frame) << sample.name;
    ExpectSameFrame(*frame, sample.frame);
  }
}

TEST(Record, GivesBackTheMeta) {
  MetaFields meta = SampleMeta();
  auto read = DecodeMeta(EncodeMeta(meta));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->recorded_at, meta.recorded_at);
  EXPECT_EQ(read->actor, meta.actor);
  EXPECT_EQ(read->unit, meta.unit);
  EXPECT_EQ(read->role, meta.role);
  EXPECT_EQ(read->format_level, meta.format_level);
  EXPECT_EQ(read->event_types, meta.event_types);
  EXPECT_EQ(read->correlation, meta.correlation);
}

TEST(Record, GivesBackItsThreePartsAlsoIfTheyAreEmpty) {
  for (auto [frame, meta, payload] :
       {std::array<std::string, 3>{"frame", "meta", "payload"},
        std::array<std::string, 3>{"frame", "", ""}, std::array<std::string, 3>{"", "", ""}}) {
    std::string record = JoinRecord(frame, meta, payload);
    auto view = SplitRecord(record);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->frame, frame);
    EXPECT_EQ(view->meta, meta);
    EXPECT_EQ(view->payload, payload);
  }
}

TEST(Record, IsNoneIfItIsCutAnywhereOrLongerThanItSays) {
  std::string record = SampleRecord(RecordSamples()[0]);
  for (size_t size = 0; size < record.size(); ++size) {
    EXPECT_FALSE(SplitRecord(absl::string_view(record).substr(0, size))) << size;
  }
  EXPECT_FALSE(SplitRecord(record + '\0'));
}

TEST(Record, IsNoneUnderAnotherMagic) {
  std::string record = SampleRecord(RecordSamples()[0]);
  for (size_t i = 0; i < 4; ++i) {
    std::string other = record;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_FALSE(SplitRecord(other));
  }
}

TEST(Record, IsNoneIfItsLengthsOverflowThirtyTwoBits) {
  std::string header = "GTU1";
  header.append(12, '\xff');
  EXPECT_FALSE(SplitRecord(header));
  // Three lengths whose sum is the size only if it is taken modulo 2^32.
  std::string wraps("GTU1\0\0\0\x80\0\0\0\x80\0\0\0\0", 16);
  EXPECT_FALSE(SplitRecord(wraps));
}

TEST(Record, ReadsAtEveryAlignment) {
  for (const Sample& sample : RecordSamples()) {
    for (size_t by = 0; by < 8; ++by) {
      std::string bytes = Shifted(SampleRecord(sample), by);
      auto view = SplitRecord(absl::string_view(bytes).substr(by));
      ASSERT_TRUE(view);
      auto frame = DecodeFrame(view->frame);
      ASSERT_TRUE(frame) << sample.name << " at " << by;
      ExpectSameFrame(*frame, sample.frame);
      EXPECT_TRUE(DecodeMeta(view->meta).ok());
    }
  }
}

TEST(Frame, DoesNotReadIfItIsCutOrEmpty) {
  for (const Sample& sample : RecordSamples()) {
    std::string bytes = EncodeFrame(sample.frame);
    EXPECT_FALSE(DecodeFrame(""));
    for (size_t size = 1; size < bytes.size(); ++size) {
      auto frame = DecodeFrame(absl::string_view(bytes).substr(0, size));
      if (size % 8 != 0) {
        EXPECT_FALSE(frame) << size;
      }
    }
  }
}

TEST(Frame, DoesNotReadInAnotherFormat) {
  capnp::MallocMessageBuilder message;
  auto frame = message.initRoot<schema::Frame>();
  frame.setKind(schema::Kind::COMMIT);
  for (uint16_t format : {uint16_t{0}, uint16_t{2}, uint16_t{65535}}) {
    frame.setFormat(format);
    EXPECT_FALSE(DecodeFrame(EncodeMessage(message))) << format;
  }
  frame.setFormat(kFormat);
  EXPECT_TRUE(DecodeFrame(EncodeMessage(message)));
}

TEST(Frame, IsTheSameBytesEachTime) {
  for (const Sample& sample : RecordSamples()) {
    EXPECT_EQ(EncodeFrame(sample.frame), EncodeFrame(sample.frame));
  }
}

TEST(Meta, ThatDoesNotReadIsDataLoss) {
  std::string bytes = EncodeMeta(SampleMeta());
  EXPECT_EQ(DecodeMeta("").status().code(), absl::StatusCode::kDataLoss);
  // Its pointers point past its end.
  EXPECT_EQ(DecodeMeta(absl::string_view(bytes).substr(0, 64)).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST(Record, WithBytesChangedAtRandomNeverEndsTheProcess) {
  constexpr uint64_t kSeed = 20260215;
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  std::mt19937_64 random(kSeed);
  for (const Sample& sample : RecordSamples()) {
    std::string record = SampleRecord(sample);
    for (int round = 0; round < 3000; ++round) {
      std::string changed = record;
      for (uint64_t i = 0, n = 1 + random() % 6; i < n; ++i) {
        changed[random() % changed.size()] = static_cast<char>(random());
      }
      auto view = SplitRecord(changed);
      if (!view) continue;
      (void)DecodeFrame(view->frame);
      (void)DecodeMeta(view->meta);
      (void)LeafOf(TestHash, *view);
    }
  }
}

TEST(Leaf, ChangesWithEachOfTheThreeParts) {
  RecordView view{"frame", "meta", "payload"};
  Hash256 leaf = LeafOf(TestHash, view);
  EXPECT_NE(leaf, LeafOf(TestHash, {"Frame", "meta", "payload"}));
  EXPECT_NE(leaf, LeafOf(TestHash, {"frame", "Meta", "payload"}));
  EXPECT_NE(leaf, LeafOf(TestHash, {"frame", "meta", "Payload"}));
  // The parts are hashed apart, so a byte cannot move from one to the next.
  EXPECT_NE(leaf, LeafOf(TestHash, {"framem", "eta", "payload"}));
  std::string joined(1, '\0');
  for (absl::string_view part : {view.frame, view.meta, view.payload}) {
    absl::StrAppend(&joined, TestHash({part}).view());
  }
  EXPECT_EQ(leaf, TestHash({joined}));
}

TEST(Leaf, OfAGapIsAConstantUnlikeThatOfAnyRecord) {
  EXPECT_EQ(GapLeaf(TestHash), TestHash({absl::string_view("\0guitu gap", 10)}));
  EXPECT_NE(GapLeaf(TestHash), LeafOf(TestHash, {"", "", ""}));
}

TEST(Chain, HashesTheChainBeforeAndTheLeaf) {
  Hash256 zero;
  Hash256 leaf = GapLeaf(TestHash);
  EXPECT_EQ(NextChain(TestHash, zero, leaf), TestHash({zero.view(), leaf.view()}));
}

TEST(TypeOfRow, FollowsTheTable) {
  struct Row {
    const char* number;
    uint16_t type;
  };
  for (Row row : {Row{"0a", 1},
                  {"1", 16},
                  {"4", 64},
                  {"5", 80},
                  {"5b", 82},
                  {"9b", 146},
                  {"81", 1296},
                  {"98d", 1572},
                  {"103", 1648},
                  {"107g", 1719},
                  {"4000o", 64015}}) {
    auto type = TypeOfRow(row.number);
    ASSERT_TRUE(type) << row.number;
    EXPECT_EQ(*type, row.type) << row.number;
    EXPECT_EQ(RowOfType(*type), row.number);
  }
}

TEST(TypeOfRow, IsNothingForATextThatIsNoRow) {
  for (const char* text : {"", "a", "4aa", "4A", "4p", "4 ", " 4", "-1", "+1", "4.0", "4001",
                           "12345", "04", "00a", "9223372036854775808", "四"}) {
    EXPECT_FALSE(TypeOfRow(text)) << text;
  }
}

TEST(TypeOfRow, AndBackGivesEveryTypeItself) {
  for (uint32_t type = 0; type <= 64015; ++type) {
    auto narrow = static_cast<uint16_t>(type);
    ASSERT_EQ(TypeOfRow(RowOfType(narrow)), narrow);
  }
}

}  // namespace
}  // namespace guitu::events
