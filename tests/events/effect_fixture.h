// A reader of one partition with its rows in memory: encodes each record, reads it back, judges and
// advances, as the runtime does with rows in a store.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "events/effect.h"
#include "tests/events/test_hash.h"

namespace guitu::events {

inline constexpr LogId kLog{0xa1, 0xb2};
inline constexpr Nonce kNonce{1, 1};
inline constexpr StreamId kCase{7, 7};

class PartitionReader {
 public:
  PartitionReader() { chains_.push_back(head_.chain); }

  const EffectHead& head() const { return head_; }
  Version version(StreamId stream) const {
    auto it = versions_.find(stream);
    return it == versions_.end() ? 0 : it->second;
  }
  std::optional<StoredResult> result(StreamId stream, CommandId id) const {
    auto it = results_.find({stream, id});
    return it == results_.end() ? std::nullopt : std::optional(it->second);
  }
  size_t result_count() const { return results_.size(); }
  Hash256 chain_at(Offset offset) const { return chains_.at(offset); }

  // Folds a frame at the next offset.
  Effect Fold(const Frame& frame) { return FoldBytes(EncodeFrame(frame)); }

  Effect FoldBytes(const std::string& bytes) {
    auto frame = DecodeFrame(bytes);
    Effect effect = Judge(head_, FactsOf(frame), frame);
    Offset at = head_.next;
    head_ = Advance(head_, frame, effect, LeafOf(TestHash, {bytes, "", ""}), TestHash);
    chains_.push_back(head_.chain);
    if (effect != Effect::kInEffect) return effect;
    if (RaisesVersion(frame->kind)) ++versions_[frame->stream];
    if (StoresResult(frame->kind)) {
      results_[{frame->stream, frame->command_id}] =
          StoredResult{at, version(frame->stream), frame->request_hash, frame->cancels};
    }
    return effect;
  }

  // Folds `n` gap leaves.
  void FoldGaps(uint64_t n) {
    Hash256 leaf = GapLeaf(TestHash);
    for (uint64_t i = 0; i < n; ++i) {
      head_ = Advance(head_, std::nullopt, Effect::kVoidUnreadable, leaf, TestHash);
      chains_.push_back(head_.chain);
    }
  }

  // A frame that takes effect now, as the owner would write it; tests change what they are about.
  Frame Next(schema::Kind kind) const {
    Frame frame;
    frame.kind = kind;
    frame.generation = head_.generation;
    frame.log_id = head_.log_id;
    frame.epoch = head_.epoch;
    frame.nonce = head_.nonce;
    frame.basis_offset = head_.next;
    frame.basis_chain = head_.chain;
    frame.registry_offset = head_.is_registry() ? 0 : head_.adopted;
    return frame;
  }
  Frame Genesis(Partition partition = 0, uint32_t partitions = 32) const {
    Frame frame = Next(schema::Kind::GENESIS);
    frame.log_id = kLog;
    frame.generation = 1;
    frame.genesis = {partition, partitions, std::string(32, 's'), "intl", true};
    return frame;
  }
  Frame Fence(Nonce nonce) const {
    Frame frame = Next(schema::Kind::FENCE);
    frame.epoch = head_.epoch + 1;
    frame.nonce = nonce;
    frame.fence = {0, "owner", "http://owner"};
    return frame;
  }
  Frame Command(uint64_t id, StreamId stream = kCase,
                schema::Kind kind = schema::Kind::COMMIT) const {
    Frame frame = Next(kind);
    frame.stream = stream;
    frame.command_id = {0, id};
    frame.expected_version = version(stream);
    frame.request_hash = {id, ~id};
    return frame;
  }
  Frame Adoption(uint64_t offset) const {
    Frame frame = Next(schema::Kind::REGISTRY_ADOPTED);
    frame.registry_offset = offset;
    return frame;
  }
  Frame Restored() const {
    Frame frame = Next(schema::Kind::LOG_RESTORED);
    frame.generation = head_.generation + 1;
    return frame;
  }

 private:
  EffectFacts FactsOf(const std::optional<Frame>& frame) const {
    EffectFacts facts;
    if (!frame) return facts;
    uint64_t oldest = head_.next > kBasisWindow ? head_.next - kBasisWindow : 0;
    if (frame->basis_offset >= oldest && frame->basis_offset <= head_.next) {
      facts.chain_at_basis = chains_[frame->basis_offset];
    }
    facts.version = version(frame->stream);
    facts.result = result(frame->stream, frame->command_id);
    return facts;
  }

  EffectHead head_;
  std::vector<Hash256> chains_;  // chain(i) at i
  std::map<StreamId, Version> versions_;
  std::map<std::pair<StreamId, CommandId>, StoredResult> results_;
};

// Born, and with a fence in effect.
inline PartitionReader Led(Partition partition = 0) {
  PartitionReader reader;
  reader.Fold(reader.Genesis(partition));
  reader.Fold(reader.Fence(kNonce));
  return reader;
}

}  // namespace guitu::events
