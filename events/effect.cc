#include "events/effect.h"

#include "events/bytes.h"

namespace guitu::events {
namespace {

using schema::Kind;

bool BasisHolds(const EffectHead& head, const EffectFacts& facts, const Frame& frame) {
  if (frame.basis_offset > head.next) return false;
  if (head.next - frame.basis_offset > kBasisWindow) return false;
  return facts.chain_at_basis && *facts.chain_at_basis == frame.basis_chain;
}

bool Current(const EffectHead& head, const Frame& frame) {
  return head.epoch > 0 && frame.epoch == head.epoch && frame.nonce == head.nonce;
}

Effect JudgeCommand(const EffectHead& head, const EffectFacts& facts, const Frame& frame) {
  if (!Current(head, frame)) return Effect::kVoidEpoch;
  if (facts.result) return Effect::kVoidSeen;
  if (frame.expected_version < facts.version) return Effect::kVoidVersionPassed;
  if (frame.expected_version > facts.version) return Effect::kVoidVersionAhead;
  uint64_t adopted = head.is_registry() ? 0 : head.adopted;
  if (!head.is_registry() && frame.registry_offset != adopted) return Effect::kVoidRegistry;
  return Effect::kInEffect;
}

Effect JudgeAdoption(const EffectHead& head, const Frame& frame) {
  if (!Current(head, frame)) return Effect::kVoidEpoch;
  return frame.registry_offset > head.adopted ? Effect::kInEffect : Effect::kVoidRegistry;
}

Effect JudgeBirth(const EffectHead& head, const Frame& frame) {
  if (head.born || !frame.genesis) return Effect::kVoidGenesis;
  return frame.generation == 1 ? Effect::kInEffect : Effect::kVoidForeign;
}

}  // namespace

absl::string_view NameOf(Effect effect) {
  switch (effect) {
    case Effect::kInEffect:
      return "in-effect";
    case Effect::kVoidUnreadable:
      return "void-unreadable";
    case Effect::kVoidForeign:
      return "void-foreign";
    case Effect::kVoidGenesis:
      return "void-genesis";
    case Effect::kVoidBasis:
      return "void-basis";
    case Effect::kVoidFence:
      return "void-fence";
    case Effect::kVoidEpoch:
      return "void-epoch";
    case Effect::kVoidSeen:
      return "void-seen";
    case Effect::kVoidVersionPassed:
      return "void-version-passed";
    case Effect::kVoidVersionAhead:
      return "void-version-ahead";
    case Effect::kVoidRegistry:
      return "void-registry";
  }
  return "void-unreadable";
}

Effect Judge(const EffectHead& head, const EffectFacts& facts, const std::optional<Frame>& frame) {
  if (!frame) return Effect::kVoidUnreadable;
  if (frame->kind == Kind::GENESIS) return JudgeBirth(head, *frame);
  if (!head.born) return Effect::kVoidGenesis;
  if (frame->log_id != head.log_id) return Effect::kVoidForeign;
  bool restores = frame->kind == Kind::LOG_RESTORED;
  if (frame->generation != head.generation + (restores ? 1 : 0)) return Effect::kVoidForeign;
  if (!BasisHolds(head, facts, *frame)) return Effect::kVoidBasis;
  switch (frame->kind) {
    case Kind::FENCE:
      return frame->epoch == head.epoch + 1 && frame->fence ? Effect::kInEffect
                                                            : Effect::kVoidFence;
    case Kind::COMMIT:
    case Kind::ACCESS:
    case Kind::SIBLING:
      return JudgeCommand(head, facts, *frame);
    case Kind::REGISTRY_ADOPTED:
      return JudgeAdoption(head, *frame);
    case Kind::LOG_RESTORED:
      return Current(head, *frame) ? Effect::kInEffect : Effect::kVoidEpoch;
    default:
      return Effect::kVoidUnreadable;
  }
}

EffectHead Advance(EffectHead head, const std::optional<Frame>& frame, Effect effect,
                   const Hash256& leaf, HashFunction hash) {
  head.chain = NextChain(hash, head.chain, leaf);
  head.next += 1;
  if (effect != Effect::kInEffect) return head;
  switch (frame->kind) {
    case Kind::GENESIS:
      head.born = true;
      head.log_id = frame->log_id;
      head.generation = 1;
      head.partition = frame->genesis->partition;
      head.partitions = frame->genesis->partitions;
      head.salt = frame->genesis->salt;
      head.suite = frame->genesis->suite;
      head.synthetic = frame->genesis->synthetic;
      break;
    case Kind::FENCE:
      head.epoch = frame->epoch;
      head.nonce = frame->nonce;
      head.owner = frame->fence->owner;
      head.address = frame->fence->address;
      break;
    case Kind::REGISTRY_ADOPTED:
      head.adopted = frame->registry_offset;
      break;
    case Kind::LOG_RESTORED:
      head.generation = frame->generation;
      break;
    default:
      break;
  }
  return head;
}

std::string EncodeHead(const EffectHead& head) {
  return ByteWriter()
      .U8(head.born ? 1 : 0)
      .Id(head.log_id)
      .U32(head.generation)
      .U32(head.partition)
      .U32(head.partitions)
      .String(head.salt)
      .String(head.suite)
      .U8(head.synthetic ? 1 : 0)
      .U64(head.epoch)
      .Id(head.nonce)
      .String(head.owner)
      .String(head.address)
      .U64(head.next)
      .Hash(head.chain)
      .U64(head.adopted)
      .Take();
}

std::optional<EffectHead> DecodeHead(absl::string_view bytes) {
  ByteReader in(bytes);
  EffectHead head;
  head.born = in.U8() != 0;
  head.log_id = in.ReadId<LogId>();
  head.generation = in.U32();
  head.partition = in.U32();
  head.partitions = in.U32();
  head.salt = std::string(in.String());
  head.suite = std::string(in.String());
  head.synthetic = in.U8() != 0;
  head.epoch = in.U64();
  head.nonce = in.ReadId<Nonce>();
  head.owner = std::string(in.String());
  head.address = std::string(in.String());
  head.next = in.U64();
  head.chain = in.Hash();
  head.adopted = in.U64();
  if (!in.ok() || !in.rest().empty()) return std::nullopt;
  return head;
}

std::string EncodeResult(const StoredResult& result) {
  return ByteWriter()
      .U64(result.offset)
      .U64(result.version)
      .Id(result.request_hash)
      .U8(result.cancelled ? 1 : 0)
      .Take();
}

std::optional<StoredResult> DecodeResult(absl::string_view bytes) {
  ByteReader in(bytes);
  StoredResult result;
  result.offset = in.U64();
  result.version = in.U64();
  result.request_hash = in.ReadId<RequestHash>();
  result.cancelled = in.U8() != 0;
  if (!in.ok() || !in.rest().empty()) return std::nullopt;
  return result;
}

}  // namespace guitu::events
