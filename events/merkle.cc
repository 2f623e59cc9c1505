#include "events/merkle.h"

#include <bit>

#include "events/bytes.h"

namespace guitu::events {
namespace {

Hash256 Interior(HashFunction hash, const Hash256& left, const Hash256& right) {
  return hash({absl::string_view("\1", 1), left.view(), right.view()});
}

}  // namespace

void MerkleEdge::Append(const Hash256& leaf, HashFunction hash) {
  Hash256 node = leaf;
  // Each trailing one of the old size is a complete subtree as large as the node: join them.
  for (uint64_t rest = size_; rest & 1; rest >>= 1) {
    node = Interior(hash, peaks_.back(), node);
    peaks_.pop_back();
  }
  peaks_.push_back(node);
  ++size_;
}

Hash256 MerkleEdge::Root(HashFunction hash) const {
  if (peaks_.empty()) return hash({});
  Hash256 root = peaks_.back();
  for (size_t i = peaks_.size() - 1; i-- > 0;) root = Interior(hash, peaks_[i], root);
  return root;
}

std::string MerkleEdge::Encode() const {
  ByteWriter out;
  out.U64(size_);
  for (const Hash256& peak : peaks_) out.Hash(peak);
  return out.Take();
}

std::optional<MerkleEdge> MerkleEdge::Decode(absl::string_view bytes) {
  ByteReader in(bytes);
  MerkleEdge edge;
  edge.size_ = in.U64();
  for (int i = 0; i < std::popcount(edge.size_); ++i) edge.peaks_.push_back(in.Hash());
  if (!in.ok() || !in.rest().empty()) return std::nullopt;
  return edge;
}

}  // namespace guitu::events
