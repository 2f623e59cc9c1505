#include "adapters/runtime/node.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "events/boxes.h"
#include "events/check.h"
#include "events/reason.h"
#include "projections/keys.h"
#include "projections/registry_rows.h"

namespace guitu::runtime {
namespace {

using events::Reason;
using events::Refuse;

constexpr absl::Duration kSessionRetry = absl::Milliseconds(200);
constexpr size_t kRegistryStatesKept = 8;

}  // namespace

Node::Node(uint32_t partitions, Ports ports, std::string owner_id, std::string address)
    : partitions_(partitions), ports_(std::move(ports)) {
  view_.registry_at = [this](uint64_t offset) { return RegistryAt(offset); };
  view_.registry_end = [this] { return registry_end_; };
  view_.look_up = [this](const events::StreamId& stream, uint32_t sequence) {
    return LookUp(stream, sequence);
  };
  view_.store_rows = [this] { return StoreRows(); };
  view_.read_only = [this] { return read_only_; };
  view_.clock_suspect = [this] { return clock_suspect_; };
  view_.owner_id = std::move(owner_id);
  view_.address = std::move(address);
  for (events::Partition p = 0; p <= partitions_; ++p) {
    machines_.push_back(std::make_unique<PartitionMachine>(p, partitions_, ports_, view_));
  }
  registry().on_registry_record = [this](events::Offset offset) {
    registry_end_ = offset + 1;
    adopt_ = true;
  };
  for (events::Partition p = 0; p < partitions_; ++p) {
    machines_[p]->on_case_opened = [this] { case_opened_ = true; };
  }
  std::string prefix = projections::ViewPrefix(partitions_, 'G');
  ports_.rows.Scan(prefix, prefix, [&](absl::string_view, absl::string_view value) {
    if (auto row = projections::DecodeEventRow(value)) registry_end_ = row->offset + 1;
    return true;
  });
}

void Node::Start(Outbox& out) { CatchUp(out); }

void Node::CatchUp(Outbox& out) {
  out.reads.clear();
  for (events::Partition i = 0; i <= partitions_; ++i) {
    events::Partition p = (partitions_ + i) % (partitions_ + 1);  // the registry first
    out.reads.push_back({p, machines_[p]->next(), std::numeric_limits<events::Offset>::max()});
  }
}

void Node::OnCaughtUp(const absl::Status& status, Outbox& out) {
  if (!status.ok()) {
    out.alarms.push_back(absl::StrCat("the log does not read: ", status.message()));
    retry_at_ = ports_.clock.Monotonic() + kSessionRetry;
    session_wanted_ = true;
    return;
  }
  if (!session_) {
    out.wants_session = true;
    return;
  }
  // The registry leads first, so that the others adopt all of it at once.
  registry().BeginFence(out);
  for (events::Partition p = 0; p < partitions_; ++p) machines_[p]->BeginFence(out);
}

void Node::OnSession(const absl::Status& status, Outbox& out) {
  session_ = status.ok();
  if (session_) return CatchUp(out);  // G2: to the end, then fence
  read_only_ = read_only_ || absl::IsResourceExhausted(status);
  session_wanted_ = true;
  retry_at_ = ports_.clock.Monotonic() + kSessionRetry;
}

void Node::Submit(Request request, Outbox& out) {
  events::Partition p =
      request.registry ? partitions_ : events::PartitionOf(request.stream, partitions_);
  machines_[p]->Submit(std::move(request), out);
}

void Node::OnDeliveries(std::span<const events::Delivery> deliveries, Outbox& out) {
  for (const events::Delivery& delivery : deliveries) {
    if (delivery.outcome == events::Delivery::Outcome::kUnknown) {
      LoseSession(delivery.reason, out);
    } else {
      machines_[delivery.partition]->OnDelivery(delivery, out);
    }
  }
}

// U1, for the whole node: the machines share the session.
void Node::LoseSession(const absl::Status& why, Outbox& out) {
  if (absl::IsResourceExhausted(why)) read_only_ = true;
  if (!session_) return;
  session_ = false;
  bool served = std::exchange(served_, false);
  for (auto& machine : machines_) machine->OnSessionLost(out);
  if (absl::IsResourceExhausted(why) && !served) {
    // Not even a fence gets in: again and again at once would only heat the machine and fill logs.
    session_wanted_ = true;
    retry_at_ = ports_.clock.Monotonic() + kSessionRetry;
    return;
  }
  out.alarms.push_back(absl::StrCat("an append is of unknown outcome, settling: ", why.message()));
  out.wants_session = true;
}

void Node::OnRecord(events::Partition partition, events::Offset offset, absl::string_view record,
                    Outbox& out) {
  machines_[partition]->OnRecord(offset, record, out);
}

void Node::OnReadFailed(events::Partition partition, const absl::Status& status, Outbox& out) {
  machines_[partition]->Halt(status.message(), out);
}

void Node::OnTick(Outbox& out) {
  for (auto& machine : machines_) {
    machine->OnTick(out);
    if (session_ && machine->wants_fence()) machine->BeginFence(out);
  }
  absl::Duration now = ports_.clock.Monotonic();
  if (session_wanted_ && now >= retry_at_) {
    session_wanted_ = false;
    out.wants_session = true;
  }
  while (!held_.empty() && now - held_.front().since >= kPatience) {
    Answer answer = std::move(held_.front().answer);
    held_.pop_front();
    answer.status = Refuse(Reason::SETTLING);
    out.answers.push_back(std::move(answer));
  }
}

std::optional<aggregates::ForeignEvent> Node::LookUp(const events::StreamId& stream,
                                                     uint32_t sequence) const {
  events::Partition p = events::PartitionOf(stream, partitions_);
  for (const std::string& bytes :
       projections::RecordsOf(ports_.rows, p, 'E', stream, machines_[p]->next())) {
    auto row = projections::DecodeEventRow(bytes);
    if (!row || row->first > sequence) return std::nullopt;
    auto meta = events::DecodeMeta(row->meta);
    if (!meta.ok()) return std::nullopt;
    uint32_t place = sequence - row->first;
    if (place < meta->event_types.size()) {
      return aggregates::ForeignEvent{meta->event_types[place], row->version, row->offset};
    }
  }
  return std::nullopt;
}

// One write for all that was folded in the step, by whichever machine.
bool Node::StoreRows() {
  if (view_.batch.empty()) return true;
  size_t rows = view_.batch.changes.size();
  for (auto& machine : machines_) machine->SaveState();
  absl::Status applied = ports_.rows.Apply(view_.batch);
  if (!applied.ok()) {
    view_.batch.changes.resize(rows);  // kept, tried again in the next step
    if (store_.ok()) store_alarm_ = absl::StrCat("the store takes no rows: ", applied.message());
    store_ = std::move(applied);
    return false;
  }
  store_ = absl::OkStatus();
  view_.batch.changes.clear();
  for (auto& machine : machines_) machine->RowsStored();
  return true;
}

void Node::EndStep(Outbox& out) {
  StoreRows();
  if (!store_alarm_.empty()) out.alarms.push_back(std::exchange(store_alarm_, {}));
  registry().EndStep(out);
  HoldRegistryAnswers(out);
  // One adoption for any number of registry records: when no more are on their way.
  // The registry as of an offset is read from its rows: while the store takes none, later.
  if (adopt_ && registry().in_flight() == 0 && registry().stored()) {
    adopt_ = false;
    registry().Adopt(out);
    for (events::Partition p = 0; p < partitions_; ++p) machines_[p]->Adopt(out);
  }
  for (events::Partition p = 0; p < partitions_; ++p) machines_[p]->EndStep(out);
  ReleaseHeld(out);
  served_ = ready();
  EndBootstrap(out);
}

// A registry command in effect is answered when every partition has adopted it (R3); a stored
// result that a retry was given at once, too.
void Node::HoldRegistryAnswers(Outbox& out) {
  uint64_t adopted = AdoptedByAll();
  size_t kept = 0;
  for (size_t i = 0; i < out.answers.size(); ++i) {
    Answer& answer = out.answers[i];
    bool command = answer.status.ok() && !answer.cancelled && !answer.released;
    bool hold = answer.partition == partitions_ && command && answer.offset >= adopted;
    if (hold) {
      held_.push_back({std::move(answer), ports_.clock.Monotonic()});
    } else {
      if (kept != i) out.answers[kept] = std::move(answer);
      ++kept;
    }
  }
  out.answers.resize(kept);
}

void Node::ReleaseHeld(Outbox& out) {
  if (held_.empty()) return;
  uint64_t adopted = AdoptedByAll();
  while (!held_.empty() && held_.front().answer.offset < adopted) {
    out.answers.push_back(std::move(held_.front().answer));
    held_.pop_front();
  }
}

uint64_t Node::AdoptedByAll() const {
  uint64_t adopted = std::numeric_limits<uint64_t>::max();
  for (events::Partition p = 0; p < partitions_; ++p)
    adopted = std::min(adopted, machines_[p]->adopted());
  return adopted;
}

bool Node::ready() const {
  if (!session_) return false;
  for (const auto& machine : machines_) {
    if (machine->phase() != Phase::kLeading) return false;
    bool adopts = !machine->registry() && machine->adopted() < registry_end_;
    if (adopts && !served_) return false;
  }
  return true;
}

// Folds the registry up to `offset` from its rows, from the nearest older state at hand. Nothing
// while the store takes no rows and has not those.
std::shared_ptr<const aggregates::RegistryState> Node::RegistryAt(uint64_t offset) {
  auto it = registry_states_.upper_bound(offset);
  auto base = it == registry_states_.begin() ? nullptr : std::prev(it)->second;
  if (base != nullptr && base->offset == offset) return base;
  if (registry().stored_next() < offset && !StoreRows()) return nullptr;
  auto state = base != nullptr ? *base : aggregates::RegistryDecider::Initial();
  const events::LogId& log_id = registry().state().head.log_id;
  std::string prefix = projections::ViewPrefix(partitions_, 'G');
  ports_.rows.Scan(prefix, projections::RegistryKey(partitions_, state.offset),
                   [&](absl::string_view, absl::string_view value) {
                     auto row = projections::DecodeRegistryRow(value);
                     if (!row || row->record.offset >= offset) return false;
                     auto meta = events::DecodeMeta(row->record.meta);
                     GUITU_CHECK(meta.ok());  // the fold has read it
                     events::SegmentReader payload(row->record.payload);
                     uint32_t index = 0;
                     for (auto in : payload.Root<schema::Payload>().getEvents()) {
                       // Names of users, and what is proposed, stay sealed: no decision needs them.
                       events::OpenContext open{
                           log_id,
                           {},
                           row->record.command_id,
                           index++,
                           [](const events::SubjectId&, schema::Category) { return false; }};
                       auto event = events::OpenEvent(in, open, ports_.sealer);
                       if (!event.ok()) continue;
                       event->recorder = meta->actor;
                       event->recorder_unit = meta->unit;
                       event->recorded_at = meta->recorded_at;
                       state =
                           aggregates::RegistryDecider::Evolve(std::move(state), row->item, *event);
                     }
                     return true;
                   });
  state.offset = offset;
  auto shared = std::make_shared<const aggregates::RegistryState>(std::move(state));
  registry_states_[offset] = shared;
  while (registry_states_.size() > kRegistryStatesKept)
    registry_states_.erase(registry_states_.begin());
  return shared;
}

}  // namespace guitu::runtime
