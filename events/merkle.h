// The Merkle tree of a partition (RFC 6962, section 2.1): leaf i stands for offset i. Only the
// right edge is kept: log2(n) hashes. Interior nodes are SHA-256(0x01 ‖ left ‖ right); leaves come
// hashed already (events/record.h, LeafOf, whose 0x00 prefix is that of RFC 6962).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "events/hash.h"

namespace guitu::events {

class MerkleEdge {
 public:
  // Amortised one hash.
  void Append(const Hash256& leaf, HashFunction hash);
  // The root over all leaves; of none, SHA-256 of the empty string. O(log n) hashes.
  Hash256 Root(HashFunction hash) const;
  uint64_t size() const { return size_; }

  std::string Encode() const;
  static std::optional<MerkleEdge> Decode(absl::string_view bytes);
  friend bool operator==(const MerkleEdge&, const MerkleEdge&) = default;

 private:
  uint64_t size_ = 0;
  // Roots of the complete subtrees that the binary digits of size_ name, largest first.
  std::vector<Hash256> peaks_;
};

}  // namespace guitu::events
