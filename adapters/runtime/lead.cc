// Who leads (protocol.md, O1 to O5, U1, U3, G3).
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/runtime/partition.h"
#include "events/check.h"
#include "events/reason.h"

namespace guitu::runtime {

using events::Reason;
using events::Refuse;

PartitionMachine::PartitionMachine(events::Partition partition, uint32_t partitions, Ports& ports,
                                   NodeView& node)
    : partition_(partition),
      partitions_(partitions),
      ports_(ports),
      node_(node),
      state_(projections::LoadState(ports.rows, partition)),
      recent_(ports.rows),
      stored_next_(state_.head.next) {}

// O1: every attempt has a fresh nonce, in a fresh session. G2: read to the end first.
void PartitionMachine::BeginFence(Outbox& out) {
  if (phase_ == Phase::kHalted) return;
  GUITU_CHECK(state_.head.born);
  if (events::HasMoved(state_.head))
    return Halt(absl::StrCat("the log has been moved to ", state_.head.address), out);
  auto [hi, lo] = ports_.random();
  nonce_ = {hi, lo};
  phase_ = Phase::kFencing;
  wants_fence_ = false;
  unsettled_ = true;
  // Whatever is in flight went out under an older attempt, also one that was handed over meanwhile.
  for (InFlight& flight : in_flight_) flight.unknown = true;
  events::Frame frame = NewFrame(schema::Kind::FENCE);
  frame.epoch = state_.head.epoch + 1;
  frame.nonce = nonce_;
  frame.fence = events::FenceFields{node_.generation, node_.owner_id, node_.address};
  events::MetaFields meta;
  meta.recorded_at = Stamp();
  meta.actor = "system";
  InFlight flight;
  flight.flight = Flight::kFence;
  flight.read_back = true;
  Send(std::move(flight),
       events::JoinRecord(events::EncodeFrame(frame), events::EncodeMeta(meta), ""), true, out);
}

// O2: it leads only after reading this attempt's fence in effect. O3: a foreign fence stops us
// there.
void PartitionMachine::OnFenceInEffect(const projections::Folded& folded, Outbox& out) {
  bool ours = folded.frame->nonce == nonce_;
  // U3: what has not been folded by now never takes effect under the old fence.
  std::deque<InFlight> rest;
  rest.swap(in_flight_);
  adopting_ = false;
  if (!ours) {
    for (InFlight& flight : rest) {
      if (auto it = slots_.find(flight.slot); it != slots_.end()) it->second->busy = false;
      if (flight.waiting) Reject(*flight.waiting, Refuse(Reason::SETTLING), out);
    }
    // G3: an abandoned attempt of ours leads nobody, nor does an owner the group has moved on from;
    // who waits goes on waiting for our next one.
    const events::FenceFields& fence = *folded.frame->fence;
    bool ghost = fence.owner == node_.owner_id || fence.group_generation < node_.generation;
    if (!assigned_ || !ghost) return StandDown(out);
    phase_ = Phase::kFollowing;
    unsettled_ = true;
    wants_fence_ = true;
    return;
  }
  for (InFlight& flight : rest) {
    if (!flight.unknown) {
      // Sent under this very fence: cannot be, nothing is sent before it is read in effect.
      Halt("a record was sent before its fence was read", out);
      return;
    }
    if (auto it = slots_.find(flight.slot); it != slots_.end()) it->second->busy = false;
    if (!flight.waiting) continue;
    Answer answer = NewAnswer(*flight.waiting);
    answer.not_done = flight.flight == Flight::kCommit;
    answer.status = Refuse(Reason::SETTLING);
    Tell(std::move(answer), out);
  }
  if (!assigned_) return StandDown(out);  // handed over meanwhile
  StartLeading(out);
}

// O5: adopts the registry up to the end it sees before it decides anything.
void PartitionMachine::StartLeading(Outbox& out) {
  phase_ = Phase::kLeading;
  unsettled_ = false;
  today_ = Today();
  LookForMissedVisits();
  LoadRegistry(out);
}

// Without the registry nothing is decided; while the store takes no rows it is asked for at each
// tick.
void PartitionMachine::LoadRegistry(Outbox& out) {
  registry_ = node_.registry_at(registry() ? node_.registry_end() : state_.head.adopted);
  if (!MayDecide()) return;
  if (!registry() && node_.registry_end() > state_.head.adopted) {
    SendAdoption(out);
  } else {
    DrainAll(out);
  }
}

// F2: the registry decides on all that is settled in it, also where the adoption, one for many
// records, has not come yet: of two acts in a queue only one may use an approval up. Nothing while
// the store takes no rows; then it is asked for at each tick.
void PartitionMachine::RenewRegistry() {
  bool behind = registry_ != nullptr && registry_->offset < node_.registry_end();
  if (registry() && MayDecide() && behind) registry_ = node_.registry_at(node_.registry_end());
}

void PartitionMachine::StandDown(Outbox& out) {
  assigned_ = false;
  phase_ = Phase::kFollowing;
  unsettled_ = false;
  wants_fence_ = false;
  RejectWaiting(out);
  slots_.clear();
  look_from_.reset();
}

void PartitionMachine::RejectWaiting(Outbox& out) {
  for (auto& [id, slot] : slots_) {
    for (Waiting& waiting : std::exchange(slot->queue, {}))
      Reject(waiting, Refuse(Reason::NOT_OWNER), out);
  }
  waiting_ = 0;
}

// A hand-over without a gap: who waits asks the next owner, what is in flight is answered here.
void PartitionMachine::HandOver(Outbox& out) {
  if (!assigned_) return;
  assigned_ = false;
  wants_fence_ = false;
  RejectWaiting(out);
  if (phase_ == Phase::kHalted) return;
  if (!leads() || in_flight_.empty()) StandDown(out);
}

// The registry has grown. What was decided before is in the log before the adoption; what comes
// after waits for it, so every record is stamped with the adoption under which it was decided.
void PartitionMachine::Adopt(Outbox& out) {
  if (registry()) return LoadRegistry(out);
  if (MayDecide() && node_.registry_end() > state_.head.adopted) SendAdoption(out);
}

void PartitionMachine::SendAdoption(Outbox& out) {
  adopting_ = true;
  events::Frame frame = NewFrame(schema::Kind::REGISTRY_ADOPTED);
  frame.registry_offset = node_.registry_end();
  events::MetaFields meta;
  meta.recorded_at = Stamp();
  meta.actor = "system";
  meta.event_types = {*events::TypeOfRow("99")};
  InFlight flight;
  flight.flight = Flight::kAdoption;
  flight.read_back = node_.shared;
  Send(std::move(flight),
       events::JoinRecord(events::EncodeFrame(frame), events::EncodeMeta(meta), ""), true, out);
}

// U1: nothing is accepted or answered until a fence of a new session is read in effect.
// The attempt of the lost session is foreign from now on (O2).
void PartitionMachine::OnSessionLost(Outbox&) {
  nonce_ = {};
  if (phase_ == Phase::kHalted || phase_ == Phase::kFollowing) return;
  unsettled_ = true;
  adopting_ = false;
  for (InFlight& flight : in_flight_) flight.unknown = true;
}

// L2: no self-repair. What waits is told to ask elsewhere; what is in flight stays unknown.
void PartitionMachine::Halt(absl::string_view why, Outbox& out) {
  if (phase_ == Phase::kHalted) return;
  out.alarms.push_back(
      absl::StrCat("partition ", partition_, " halted at offset ", next(), ": ", why));
  for (InFlight& flight : in_flight_) {
    if (flight.waiting) Reject(*flight.waiting, Refuse(Reason::SETTLING), out);
  }
  in_flight_.clear();
  StandDown(out);
  phase_ = Phase::kHalted;
}

void PartitionMachine::OnTick(Outbox& out) {
  ExpireWaiting(out);
  ExpireFolded(out);
  if (phase_ == Phase::kLeading && registry_ == nullptr) LoadRegistry(out);
  WatchTheDay();
}

absl::Time PartitionMachine::Stamp() {
  // Never earlier than the record before it in the partition.
  last_stamp_ = std::max({ports_.clock.Now(), state_.last_recorded, last_stamp_});
  return last_stamp_;
}

}  // namespace guitu::runtime
