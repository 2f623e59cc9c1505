// Identifiers: their text, their bytes, where a case lives and the number people say.
#include "events/ids.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "events/hash.h"
#include "events/sealing.h"
#include "tests/events/test_hash.h"

namespace guitu::events {
namespace {

TEST(Id, ReadsAndWrites32HexadecimalDigits) {
  StreamId id{0x0123456789abcdef, 0x00000000000000ff};
  EXPECT_EQ(ToHex(id), "0123456789abcdef00000000000000ff");
  EXPECT_EQ(ParseId<StreamId>("0123456789abcdef00000000000000ff"), id);
  EXPECT_EQ(ParseId<StreamId>("0123456789ABCDEF00000000000000FF"), id);
}

TEST(Id, IsNothingForEveryOtherText) {
  for (const char* text :
       {"", "0", "0123456789abcdef00000000000000f", "0123456789abcdef00000000000000ff0",
        "0123456789abcdef00000000000000fg", "0x23456789abcdef00000000000000ff",
        " 123456789abcdef00000000000000ff", "-123456789abcdef00000000000000ff"}) {
    EXPECT_FALSE(ParseId<StreamId>(text)) << text;
  }
}

TEST(Id, HasBytesInTheOrderOfIds) {
  StreamId low{1, ~uint64_t{0}};
  StreamId high{2, 0};
  EXPECT_LT(low, high);
  EXPECT_LT(ToBytes(low), ToBytes(high));
  EXPECT_EQ(ToBytes(low).size(), 16u);
  EXPECT_EQ(IdFromBytes<StreamId>(ToBytes(low)), low);
  EXPECT_TRUE(StreamId{}.empty());
  EXPECT_FALSE(low.empty());
}

TEST(Partition, OfACaseStaysBelowNAndNeverChanges) {
  EXPECT_EQ(PartitionOf({33, 0}, 32), 1u);
  EXPECT_EQ(PartitionOf({~uint64_t{0}, 5}, 32), 31u);
  EXPECT_EQ(PartitionOf({12345, 5}, 1), 0u);
}

TEST(CaseNumber, IsTheSameForEver) {
  EXPECT_EQ(CaseNumber({1, 0}), "GT-0000-0000-0000");
  EXPECT_EQ(CaseNumber({0, 0x0123456789abcdef}), "GT-04HM-ASW9-NF61");
  EXPECT_EQ(CaseNumber({99, 0x0123456789abcdef}), "GT-04HM-ASW9-NF61");
}

TEST(CaseNumber, HasThreeGroupsOfFourThatCannotBeMisread) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 1000; ++i) {
    std::string number = CaseNumber({random(), random()});
    ASSERT_EQ(number.size(), 17u);
    EXPECT_EQ(number.substr(0, 3), "GT-");
    EXPECT_EQ(number[7], '-');
    EXPECT_EQ(number[12], '-');
    EXPECT_EQ(number.find_first_of("ILOU", 3), std::string::npos) << number;
  }
}

TEST(CaseNumber, ShowsOneWrongOrTwoSwappedCharacters) {
  // The number of every id that differs in one of the eleven digits, or has two neighbours swapped,
  // ends in another check character.
  std::mt19937_64 random(8);
  for (int round = 0; round < 200; ++round) {
    uint64_t bits = random() >> 9;
    char check = CaseNumber({0, bits << 9}).back();
    for (int i = 0; i < 11; ++i) {
      uint64_t digit = bits >> (5 * i) & 31;
      for (uint64_t wrong = 0; wrong < 32; ++wrong) {
        if (wrong == digit) continue;
        uint64_t other = (bits & ~(uint64_t{31} << (5 * i))) | wrong << (5 * i);
        EXPECT_NE(CaseNumber({0, other << 9}).back(), check)
            << "digit " << digit << " as " << wrong;
      }
      if (i == 10) continue;
      uint64_t next = bits >> (5 * (i + 1)) & 31;
      if (next == digit) continue;
      uint64_t cleared = bits & ~(uint64_t{1023} << (5 * i));
      uint64_t swapped = cleared | next << (5 * i) | digit << (5 * (i + 1));
      EXPECT_NE(CaseNumber({0, swapped << 9}).back(), check)
          << digit << " and " << next << " swapped";
    }
  }
}

TEST(Hash, ReadsAndWritesHexAndBytes) {
  Hash256 hash = TestHash({"abc"});
  EXPECT_EQ(ToHex(hash), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HashFromBytes(hash.view()), hash);
}

TEST(AssociatedData, ChangesWithEveryFieldAndHasOneWidth) {
  BoxBinding base{{1, 2}, {3, 4}, {5, 6}, 7, {8, 9}, schema::Category::HEALTH, 1, {10, 11}};
  std::set<std::string> seen{AssociatedData(base)};
  auto differs = [&](auto change) {
    BoxBinding other = base;
    change(other);
    std::string data = AssociatedData(other);
    EXPECT_EQ(data.size(), 12u + 16 * 5 + 4 + 2 + 1);
    EXPECT_TRUE(seen.insert(data).second);
  };
  differs([](BoxBinding& b) { b.log_id.hi++; });
  differs([](BoxBinding& b) { b.stream.lo++; });
  differs([](BoxBinding& b) { b.command_id.hi++; });
  differs([](BoxBinding& b) { b.event_index++; });
  differs([](BoxBinding& b) { b.subject.lo++; });
  differs([](BoxBinding& b) { b.category = schema::Category::LEGAL; });
  differs([](BoxBinding& b) { b.suite++; });
  differs([](BoxBinding& b) { b.key_id.hi++; });
}

}  // namespace
}  // namespace guitu::events
