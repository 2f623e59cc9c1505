// What takes effect: the pure rule by which every reader of a partition decides, alone and
// identically, whether a record counts (protocol.md, section 3). The log decides, not a lock.
//
// A reader keeps an EffectHead per partition. For each record, in order: decode its frame, fetch
// the rows that the rule reads (EffectFacts), Judge, then Advance. The rule opens neither meta nor
// payload, so nodes without a key, after an erasure, or with an older schema agree on it.
//
// Each letter F0 to F7 is at least one test in tests/events/effect_test.cc.
// Threads: pure functions of values. Cost: no allocation except the strings of a fence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "events/hash.h"
#include "events/ids.h"
#include "events/record.h"

namespace guitu::events {

// How far back a basis may lie (F6).
inline constexpr uint64_t kBasisWindow = 65536;

// The state of the fold. Stored with the offset in one atomic batch: it is the snapshot (F4),
// together with the rows for versions, results and chain values.
struct EffectHead {
  bool born = false;  // a Genesis is in effect
  LogId log_id;
  uint32_t generation = 0;
  Partition partition = 0;
  uint32_t partitions = 0;  // N; this is the registry partition iff partition == partitions
  std::string salt;
  std::string suite;
  bool synthetic = false;

  Epoch epoch = 0;
  Nonce nonce;
  std::string owner;  // of the fence that stands
  std::string address;
  Offset next = 0;       // offset of the record to be folded next
  Hash256 chain;         // chain(next)
  uint64_t adopted = 0;  // registry offset in force

  bool is_registry() const { return born && partition == partitions; }
  friend bool operator==(const EffectHead&, const EffectHead&) = default;
};

// The owner in the last fence of a log that goes on elsewhere (adapters/app/move.h); its address
// says where. No node fences behind it: else there were two logs that live.
inline constexpr absl::string_view kMovedOwner = "moved";
inline bool HasMoved(const EffectHead& head) { return head.owner == kMovedOwner; }

std::string EncodeHead(const EffectHead& head);
std::optional<EffectHead> DecodeHead(absl::string_view bytes);

// The result of a command that took effect, kept for ever under (stream, command id) (F4).
struct StoredResult {
  Offset offset = 0;
  Version version = 0;  // of the stream after it
  RequestHash request_hash;
  bool cancelled = false;  // a cancel took the id: the command never took effect and never will
  friend bool operator==(const StoredResult&, const StoredResult&) = default;
};

std::string EncodeResult(const StoredResult& result);
std::optional<StoredResult> DecodeResult(absl::string_view bytes);

// The rows that the rule reads for one frame.
struct EffectFacts {
  std::optional<Hash256>
      chain_at_basis;                  // chain(frame.basis_offset), where that is within the window
  Version version = 0;                 // of frame.stream
  std::optional<StoredResult> result;  // under (frame.stream, frame.command_id)
};

enum class Effect {
  kInEffect,
  kVoidUnreadable,     // no record, another format (F5)
  kVoidForeign,        // another log, or another generation (F0)
  kVoidGenesis,        // a second Genesis, or nothing is born yet (F0)
  kVoidBasis,          // contradicts the chain, or too old: alarm (F6)
  kVoidFence,          // a fence whose epoch is not current + 1 (F1)
  kVoidEpoch,          // written under a fence that does not stand (F2, F3, F7)
  kVoidSeen,           // its command id took effect before (F2, F3)
  kVoidVersionPassed,  // the stream has moved on (F2, F3)
  kVoidVersionAhead,   // decided on a version that never came (F2, F3)
  kVoidRegistry,       // decided under another adoption (F2, F3, F7)
};

// A short name for metrics and fsck, for example "void-epoch". Never changes.
absl::string_view NameOf(Effect effect);

// `frame` is nothing where the record does not read.
Effect Judge(const EffectHead& head, const EffectFacts& facts, const std::optional<Frame>& frame);

// The head after the record. A void record moves offset and chain, nothing else (F5).
EffectHead Advance(EffectHead head, const std::optional<Frame>& frame, Effect effect,
                   const Hash256& leaf, HashFunction hash);

// Whether a record in effect raises the version of its stream, and stores a result.
inline bool RaisesVersion(schema::Kind kind) { return kind == schema::Kind::COMMIT; }
inline bool StoresResult(schema::Kind kind) {
  return kind == schema::Kind::COMMIT || kind == schema::Kind::SIBLING;
}

}  // namespace guitu::events
