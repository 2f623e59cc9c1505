#include "adapters/app/move_records.h"

#include <algorithm>

#include "aggregates/context.h"
#include "events/boxes.h"
#include "events/event_body.h"
#include "events/schema/registry.capnp.h"

namespace guitu::app {
namespace {

// The owner of the fence before LogRestored: leads nobody, so a node fences as soon as it may.
constexpr absl::string_view kRestoringOwner = "restoring";

events::Frame FrameBehind(const projections::FoldState& state, const events::Nonce& nonce) {
  events::Frame frame;
  frame.generation = state.head.generation;
  frame.log_id = state.head.log_id;
  frame.epoch = state.head.epoch + 1;
  frame.nonce = nonce;
  frame.basis_offset = state.head.next;
  frame.basis_chain = state.head.chain;
  return frame;
}

}  // namespace

std::string FenceRecord(const projections::FoldState& state, const events::Nonce& nonce,
                        const events::FenceFields& fence, absl::Time now) {
  events::Frame frame = FrameBehind(state, nonce);
  frame.kind = schema::Kind::FENCE;
  frame.fence = fence;
  events::MetaFields meta;
  meta.recorded_at = std::max(now, state.last_recorded);
  meta.actor = std::string(aggregates::kSystemActor);
  return events::JoinRecord(events::EncodeFrame(frame), events::EncodeMeta(meta), "");
}

absl::StatusOr<std::vector<std::string>> RestoringRecords(const projections::FoldState& state,
                                                          const events::Nonce& nonce,
                                                          const Restoration& restoration,
                                                          events::Sealer& sealer, absl::Time now) {
  const uint32_t generation = state.head.generation + 1;
  events::Event event = events::MakeEvent<schema::LogRestored>(now, [&](auto data) {
    // A move loses nothing: where the log before ended is how far its records go here.
    data.setFromOffset(state.head.next);
    data.setToOffset(state.head.next);
    data.setBackup(restoration.id);
    data.setGeneration(generation);
    auto approvers = data.initApprovers(static_cast<uint>(restoration.approvers.size()));
    for (uint i = 0; i < approvers.size(); ++i) approvers.set(i, restoration.approvers[i].staff);
  });
  capnp::MallocMessageBuilder message(256);
  auto list = message.initRoot<schema::Payload>().initEvents(1);
  events::SealContext context;
  context.log_id = state.head.log_id;
  auto sealed = events::SealEvent(event, context, sealer, list[0]);  // no field of it is sealed
  if (!sealed.ok()) return sealed;

  events::Frame frame = FrameBehind(state, nonce);
  frame.kind = schema::Kind::LOG_RESTORED;
  frame.generation = generation;
  events::MetaFields meta;
  meta.recorded_at = std::max(now, state.last_recorded);
  const aggregates::Actor& first = restoration.approvers.front();
  meta.actor = first.staff;
  meta.unit = first.unit;
  meta.role = first.role;
  meta.event_types = {event.type->type};
  meta.correlation = restoration.id;
  std::string fence = FenceRecord(state, nonce, {0, std::string(kRestoringOwner), ""}, now);
  std::string restored = events::JoinRecord(events::EncodeFrame(frame), events::EncodeMeta(meta),
                                            events::EncodeMessage(message));
  return std::vector<std::string>{std::move(fence), std::move(restored)};
}

}  // namespace guitu::app
