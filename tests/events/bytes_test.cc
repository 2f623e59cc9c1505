// The encoding of keys and rows of our own.
#include "events/bytes.h"

#include <gtest/gtest.h>

#include "tests/events/test_hash.h"

namespace guitu::events {
namespace {

TEST(Bytes, ReadBackWhatWasWritten) {
  Hash256 hash = TestHash({"x"});
  std::string bytes = ByteWriter()
                          .U8(0xab)
                          .U16(0xabcd)
                          .U32(0xabcdef01)
                          .U64(0xabcdef0123456789)
                          .Id(StreamId{3, 4})
                          .Hash(hash)
                          .String("归途")
                          .String("")
                          .Raw("tail")
                          .Take();
  ByteReader in(bytes);
  EXPECT_EQ(in.U8(), 0xab);
  EXPECT_EQ(in.U16(), 0xabcd);
  EXPECT_EQ(in.U32(), 0xabcdef01);
  EXPECT_EQ(in.U64(), 0xabcdef0123456789);
  EXPECT_EQ(in.ReadId<StreamId>(), (StreamId{3, 4}));
  EXPECT_EQ(in.Hash(), hash);
  EXPECT_EQ(in.String(), "归途");
  EXPECT_EQ(in.String(), "");
  EXPECT_EQ(in.rest(), "tail");
  EXPECT_TRUE(in.ok());
}

TEST(Bytes, AreInTheOrderOfTheNumbers) {
  EXPECT_LT(ByteWriter().U64(255).Take(), ByteWriter().U64(256).Take());
  EXPECT_EQ(ByteWriter().U32(1).Take(), std::string("\0\0\0\1", 4));
}

TEST(Bytes, PastTheEndGiveNoughtAndAreNotOk) {
  std::string bytes = ByteWriter().U16(5).Take();
  ByteReader in(bytes);
  EXPECT_EQ(in.U32(), 0u);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.U16(), 0u);
  EXPECT_EQ(in.String(), "");
  EXPECT_EQ(in.Hash(), Hash256{});
  EXPECT_TRUE(in.rest().empty());
}

TEST(Bytes, WithALengthLongerThanWhatIsThereAreNotOk) {
  std::string bytes = ByteWriter().U32(~uint32_t{0}).Raw("abc").Take();
  ByteReader in(bytes);
  EXPECT_EQ(in.String(), "");
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace guitu::events
