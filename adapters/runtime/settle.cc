// What became of a record (protocol.md, C5, C6, U1 to U3).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "adapters/runtime/partition.h"
#include "events/reason.h"
#include "projections/keys.h"

namespace guitu::runtime {

using events::Effect;
using events::Reason;
using events::Refuse;

// C6, the fast path: the delivery report gives the next offset, so the record is folded without
// reading it back, by the same rule as any other. A fence is always read back (O2), and on Kafka
// what gives or takes rights, and accesses.
void PartitionMachine::OnDelivery(const events::Delivery& delivery, Outbox& out) {
  if (phase_ == Phase::kHalted || delivery.outcome == events::Delivery::Outcome::kUnknown) return;
  auto it = std::find_if(in_flight_.begin(), in_flight_.end(),
                         [&](const InFlight& flight) { return flight.ticket == delivery.ticket; });
  if (it == in_flight_.end()) return;  // settled by reading
  if (delivery.offset < next()) {
    return Halt("a record of ours was acknowledged below what is folded", out);
  }
  if (it->read_back || delivery.offset > next()) {
    out.reads.push_back({partition_, next(), delivery.offset + 1});
    return;
  }
  std::string record = std::move(it->record);
  FoldOne(record, out);
}

void PartitionMachine::OnRecord(events::Offset offset, absl::string_view record, Outbox& out) {
  if (phase_ == Phase::kHalted || offset < next()) return;
  if (offset > next())
    return Halt(absl::StrCat("offset ", offset, " was read, a record is missing"), out);
  FoldOne(record, out);
}

void PartitionMachine::OnGap(events::Offset until, Outbox& out) {
  if (phase_ == Phase::kHalted || until <= next()) return;
  if (!folded_) folded_at_ = ports_.clock.Monotonic();
  folded_ = true;
  size_t before = node_.batch.changes.size();
  projections::FoldGap(state_, partition_, until, ports_.hash, node_.batch);
  recent_.Add(node_.batch, before);
  out.alarms.push_back(absl::StrCat("partition ", partition_, ": the offsets before ", until,
                                    " hold nothing: somebody else writes to the log"));
}

void PartitionMachine::CheckLast(std::optional<absl::string_view> record, Outbox& out) {
  if (phase_ == Phase::kHalted || next() == 0) return;
  auto before = projections::ChainAt(ports_.rows, partition_, next() - 1);
  events::Hash256 leaf =
      record ? projections::LeafOfRecord(*record, ports_.hash) : events::GapLeaf(ports_.hash);
  if (before && events::NextChain(ports_.hash, *before, leaf) == state_.head.chain) return;
  Halt(absl::StrCat("what stands at offset ", next() - 1, " is not what was folded there"), out);
}

void PartitionMachine::FoldOne(absl::string_view record, Outbox& out) {
  projections::RowBatch& batch = node_.batch;
  size_t before = batch.changes.size();
  auto folded = projections::Fold(state_, partition_, record, recent_, ports_.hash, batch);
  if (!folded.ok()) {
    batch.changes.resize(before);
    return Halt(folded.status().message(), out);
  }
  if (!folded_) folded_at_ = ports_.clock.Monotonic();
  folded_ = true;
  ++folded_by_effect_[static_cast<size_t>(folded->effect)];
  recent_.Add(batch, before);
  NoticeRows(batch, before);
  if (folded->effect == Effect::kVoidBasis) {
    out.alarms.push_back(absl::StrCat("partition ", partition_, " offset ", folded->offset,
                                      ": a record contradicts the chain (void)"));
  }
  auto it = std::find_if(in_flight_.begin(), in_flight_.end(),
                         [&](const InFlight& flight) { return flight.leaf == folded->leaf; });
  bool ours = it != in_flight_.end();
  InFlight flight;
  if (ours) {
    flight = std::move(*it);
    in_flight_.erase(it);
  }
  if (folded->effect != Effect::kInEffect) {
    if (ours) Settle(std::move(flight), *folded, out);
    return;
  }
  if (folded->frame->kind == schema::Kind::FENCE) return OnFenceInEffect(*folded, out);
  if (folded->frame->kind == schema::Kind::REGISTRY_ADOPTED) {
    adopting_ = false;
    if (phase_ == Phase::kLeading && !unsettled_) LoadRegistry(out);
    return;
  }
  // A sibling of the registry is an approval: what is decided next depends on it as on an act.
  schema::Kind kind = folded->frame->kind;
  bool command = kind == schema::Kind::COMMIT || kind == schema::Kind::SIBLING;
  if (registry() && command && on_registry_record) on_registry_record(folded->offset);
  if (ours) {
    Settle(std::move(flight), *folded, out);
  } else if (auto slot = slots_.find(folded->frame->stream); slot != slots_.end()) {
    slot->second->state = nullptr;  // somebody else's: what we have cached is of yesterday
  }
}

void PartitionMachine::Settle(InFlight flight, const projections::Folded& folded, Outbox& out) {
  bool in_effect = folded.effect == Effect::kInEffect;
  if (flight.flight == Flight::kCommit) {
    events::StreamId slot_id = flight.slot;
    if (auto it = slots_.find(slot_id); it != slots_.end()) {
      Slot& slot = *it->second;
      slot.busy = false;
      slot.state = in_effect ? flight.after : nullptr;
      slot.version = folded.version;
    }
    if (in_effect) {
      Finish(flight, folded);
    } else {
      SettleVoid(std::move(flight), folded, out);
    }
    if (MayDecide()) Drain(slot_id, out);
    return;
  }
  if (!in_effect) return SettleVoid(std::move(flight), folded, out);
  if (!flight.waiting) return;  // told to ask again: nothing is shown to nobody
  Answer answer = NewAnswer(*flight.waiting);
  answer.offset = folded.offset;
  answer.version = folded.version;
  if (flight.flight == Flight::kDenial) {
    answer.status = flight.refusal;
    done_.push_back(std::move(answer));
    return;
  }
  answer.grant = flight.grant;
  const auto& read = std::get<Read>(flight.waiting->request.what);
  releases_.push_back({std::move(answer), read.view, ports_.clock.Monotonic()});
}

// Our own record in effect: its result is that of the request it was built from.
void PartitionMachine::Finish(const InFlight& flight, const projections::Folded& folded) {
  if (!flight.waiting) return;
  const auto& record = std::get<Record>(flight.waiting->request.what);
  Answer answer = NewAnswer(*flight.waiting);
  answer.offset = folded.offset;
  answer.version = folded.version;
  answer.cancelled = record.cancels;
  answer.created = record.opens;
  done_.push_back(std::move(answer));
}

// C5 for a record that did not take effect.
void PartitionMachine::SettleVoid(InFlight flight, const projections::Folded& folded, Outbox& out) {
  if (!flight.waiting) return;
  Waiting waiting = *std::move(flight.waiting);
  const auto* record = std::get_if<Record>(&waiting.request.what);
  if (flight.flight == Flight::kCommit && folded.effect == Effect::kVoidSeen && folded.earlier) {
    done_.push_back(AnswerFromResult(waiting, *folded.earlier));
    return;
  }
  bool decide_again = flight.flight != Flight::kCommit ||
                      (record != nullptr && (record->any_version || record->software));
  if (folded.effect == Effect::kVoidVersionPassed && !decide_again) {
    Answer answer = NewAnswer(waiting);
    answer.current_version = folded.version;
    answer.status = Refuse(Reason::VERSION_MISMATCH);
    done_.push_back(std::move(answer));
    return;
  }
  bool state_moved =
      folded.effect == Effect::kVoidVersionPassed || folded.effect == Effect::kVoidRegistry;
  if (decide_again && state_moved && MayDecide()) {
    return Process(flight.slot, std::move(waiting), out);
  }
  Reject(waiting, Refuse(Reason::SETTLING), out);
}

}  // namespace guitu::runtime
