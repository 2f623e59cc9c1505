// The tree of RFC 6962: known answers, and every size up to 200 against the definition.
#include "events/merkle.h"

#include <gtest/gtest.h>

#include <bit>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/events/test_hash.h"

namespace guitu::events {
namespace {

// The eight leaves that certificate-transparency tests itself with, and the roots it gives for
// them.
constexpr const char* kInputs[] = {"",
                                   "00",
                                   "10",
                                   "2021",
                                   "3031",
                                   "40414243",
                                   "5051525354555657",
                                   "606162636465666768696a6b6c6d6e6f"};
constexpr const char* kRoots[] = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

Hash256 LeafHash(absl::string_view input) { return TestHash({absl::string_view("\0", 1), input}); }

Hash256 NumberedLeaf(size_t i) { return LeafHash(absl::StrCat("leaf ", i)); }

// RFC 6962, section 2.1, as it stands there.
Hash256 Naive(const std::vector<Hash256>& leaves, size_t from, size_t size) {
  if (size == 0) return TestHash({});
  if (size == 1) return leaves[from];
  size_t k = std::bit_ceil(size) / 2;  // the largest power of two smaller than size
  return TestHash({absl::string_view("\1", 1), Naive(leaves, from, k).view(),
                   Naive(leaves, from + k, size - k).view()});
}

TEST(MerkleEdge, OfNoLeavesHasTheHashOfNothingAsRoot) {
  EXPECT_EQ(ToHex(MerkleEdge().Root(TestHash)),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(MerkleEdge, HasTheRootsOfTheCertificateTransparencyTestTree) {
  MerkleEdge edge;
  for (size_t i = 0; i < 8; ++i) {
    edge.Append(LeafHash(absl::HexStringToBytes(kInputs[i])), TestHash);
    EXPECT_EQ(ToHex(edge.Root(TestHash)), kRoots[i]) << i + 1 << " leaves";
  }
}

TEST(MerkleEdge, HasTheRootOfTheDefinitionForEverySizeUpTo200) {
  MerkleEdge edge;
  std::vector<Hash256> leaves;
  for (size_t size = 0; size <= 200; ++size) {
    EXPECT_EQ(edge.size(), size);
    EXPECT_EQ(edge.Root(TestHash), Naive(leaves, 0, size)) << size << " leaves";
    leaves.push_back(NumberedLeaf(size));
    edge.Append(leaves.back(), TestHash);
  }
}

TEST(MerkleEdge, GoesOnFromItsStoredBytes) {
  MerkleEdge edge;
  for (size_t size = 0; size <= 70; ++size) {
    auto read = MerkleEdge::Decode(edge.Encode());
    ASSERT_TRUE(read) << size;
    EXPECT_EQ(*read, edge);
    edge = *read;
    edge.Append(NumberedLeaf(size), TestHash);
  }
}

TEST(MerkleEdge, IsNothingIfItsBytesAreCutOrLonger) {
  MerkleEdge edge;
  for (size_t i = 0; i < 7; ++i) edge.Append(NumberedLeaf(i), TestHash);
  std::string bytes = edge.Encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(MerkleEdge::Decode(absl::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(MerkleEdge::Decode(bytes + std::string(32, 'x')));
}

}  // namespace
}  // namespace guitu::events
