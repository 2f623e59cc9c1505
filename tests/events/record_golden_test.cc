// The bytes of the log as they were first written (tests/golden/record): a change of layout fails
// here before it makes an old log unreadable.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "events/record.h"
#include "events/schema/rescue.capnp.h"
#include "tests/events/golden.h"
#include "tests/events/record_samples.h"
#include "tests/events/test_hash.h"

namespace guitu::events {
namespace {

// Frame and meta are written as they always were. (The payload is not compared here: an event type
// that gets a field is written larger. That old payloads read is what the tests below hold.)
TEST(GoldenRecord, HasFrameAndMetaByteForByteAsFirstWritten) {
  for (const Sample& sample : RecordSamples()) {
    SCOPED_TRACE(sample.name);
    std::string record =
        Golden(absl::StrCat("record/", sample.name, ".v1.bin"), SampleRecord(sample));
    auto view = SplitRecord(record);
    ASSERT_TRUE(view);
    EXPECT_EQ(absl::BytesToHexString(view->frame),
              absl::BytesToHexString(EncodeFrame(sample.frame)));
    EXPECT_EQ(absl::BytesToHexString(view->meta), absl::BytesToHexString(EncodeMeta(SampleMeta())));
    EXPECT_EQ(JoinRecord(view->frame, view->meta, view->payload), record);
  }
}

TEST(GoldenRecord, ReadsAsWhatWasWritten) {
  for (const Sample& sample : RecordSamples()) {
    SCOPED_TRACE(sample.name);
    std::string record = ReadGolden(GoldenPath(absl::StrCat("record/", sample.name, ".v1.bin")));
    auto view = SplitRecord(record);
    ASSERT_TRUE(view);
    auto frame = DecodeFrame(view->frame);
    ASSERT_TRUE(frame);
    ExpectSameFrame(*frame, sample.frame);
    auto meta = DecodeMeta(view->meta);
    ASSERT_TRUE(meta.ok());
    EXPECT_EQ(meta->actor, SampleMeta().actor);
    EXPECT_EQ(meta->event_types, SampleMeta().event_types);
  }
}

// The leaves and the chain in text, made once and checked by hand against sha256sum; see
// tests/golden/README.md for the three lines of shell.
TEST(GoldenRecord, HasTheLeafAndTheChainOfTheTable) {
  auto table = boost::json::parse(ReadGolden(GoldenPath("record/hashes.v1.json"))).as_object();
  const auto& leaves = table.at("leaves").as_array();
  ASSERT_EQ(leaves.size(), RecordSamples().size() + 1);
  Hash256 chain;
  size_t at = 0;
  for (const Sample& sample : RecordSamples()) {
    SCOPED_TRACE(sample.name);
    std::string record = ReadGolden(GoldenPath(absl::StrCat("record/", sample.name, ".v1.bin")));
    auto view = SplitRecord(record);
    ASSERT_TRUE(view);
    const auto& row = leaves[at++].as_object();
    EXPECT_EQ(row.at("name").as_string(), sample.name.c_str());
    Hash256 leaf = LeafOf(TestHash, *view);
    EXPECT_EQ(row.at("leaf").as_string(), ToHex(leaf).c_str());
    chain = NextChain(TestHash, chain, leaf);
    EXPECT_EQ(row.at("chain").as_string(), ToHex(chain).c_str());
  }
  const auto& gap = leaves[at].as_object();
  EXPECT_EQ(gap.at("name").as_string(), "gap");
  EXPECT_EQ(gap.at("leaf").as_string(), ToHex(GapLeaf(TestHash)).c_str());
  EXPECT_EQ(gap.at("chain").as_string(),
            ToHex(NextChain(TestHash, chain, GapLeaf(TestHash))).c_str());
}

TEST(GoldenPayload, ReadsAsTheEventThatWasWritten) {
  std::string record = ReadGolden(GoldenPath("record/commit.v1.bin"));
  auto view = SplitRecord(record);
  ASSERT_TRUE(view);
  SegmentReader segment(view->payload);
  auto events = segment.Root<schema::Payload>().getEvents();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].getType(), *TypeOfRow("4"));
  EXPECT_EQ(events[0].getOccurredAt(), 1771000000000000);
  auto circumstances = events[0].getCircumstances().getAs<schema::Circumstances>();
  EXPECT_EQ(circumstances.getOccurredPrecision(), schema::Precision::EXACT);
  EXPECT_EQ(circumstances.getLegacy(), schema::YesNo::NO);
  auto data = events[0].getData().getAs<schema::VictimRescued>();
  EXPECT_EQ(data.getAt().getMicros(), 1771000000000000);
  EXPECT_EQ(data.getPlace().getAdmin(), "530926");
  EXPECT_EQ(data.getPoliceUnit(), "耿马县公安局");
  EXPECT_EQ(data.getAgeBand().getCode(), "16-17");
  EXPECT_EQ(data.getInterpreter(), schema::YesNo::YES);
  ASSERT_EQ(events[0].getBoxes().size(), 2u);
  EXPECT_EQ(events[0].getBoxes()[1].getCategory(), schema::Category::HEALTH);
  EXPECT_EQ(events[0].getBoxes()[1].getSealed().size(), 32u);
}

}  // namespace
}  // namespace guitu::events
