// Records as they come from a topic that strangers may write to: what does not read is void, at any
// alignment, and what reads is judged without ending the process.
#include <string>

#include "events/check.h"
#include "events/effect.h"
#include "events/merkle.h"
#include "events/record.h"

namespace {

using guitu::events::EffectHead;
using guitu::events::Frame;

// The rule of effect on a head that stands just where the frame says it was written, so that every
// check is reached.
void JudgeNear(const Frame& frame) {
  EffectHead head;
  guitu::events::EffectFacts facts{frame.basis_chain, frame.expected_version, std::nullopt};
  Judge(head, facts, frame);
  head.born = true;
  head.log_id = frame.log_id;
  head.generation = frame.generation;
  head.epoch = frame.epoch;
  head.nonce = frame.nonce;
  head.next = frame.basis_offset;
  head.adopted = frame.registry_offset;
  Judge(head, facts, frame);
}

void ReadRecord(absl::string_view bytes) {
  auto view = guitu::events::SplitRecord(bytes);
  if (!view) return;
  GUITU_CHECK(guitu::events::JoinRecord(view->frame, view->meta, view->payload) == bytes);
  if (auto frame = guitu::events::DecodeFrame(view->frame)) {
    JudgeNear(*frame);
    auto again = guitu::events::DecodeFrame(guitu::events::EncodeFrame(*frame));
    GUITU_CHECK(again && again->command_id == frame->command_id && again->kind == frame->kind);
  }
  (void)guitu::events::DecodeMeta(view->meta);
}

void ReadRows(absl::string_view bytes) {
  if (auto head = guitu::events::DecodeHead(bytes)) {
    GUITU_CHECK(guitu::events::DecodeHead(guitu::events::EncodeHead(*head)) == head);
  }
  if (auto result = guitu::events::DecodeResult(bytes)) {
    GUITU_CHECK(guitu::events::DecodeResult(guitu::events::EncodeResult(*result)) == result);
  }
  if (auto edge = guitu::events::MerkleEdge::Decode(bytes)) GUITU_CHECK(edge->Encode() == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  ReadRecord(bytes);
  std::string shifted = "x" + std::string(bytes);
  ReadRecord(absl::string_view(shifted).substr(1));
  // The parts themselves, since few inputs have lengths that add up.
  if (auto frame = guitu::events::DecodeFrame(bytes)) JudgeNear(*frame);
  (void)guitu::events::DecodeMeta(bytes);
  ReadRows(bytes);
  return 0;
}
