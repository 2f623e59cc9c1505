#include "adapters/runtime/node.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/runtime/registry_at.h"
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

Node::Node(uint32_t partitions, Ports ports, NodeOptions options)
    : partitions_(partitions),
      ports_(std::move(ports)),
      alone_(options.alone),
      seats_(partitions + 1) {
  view_.registry_at = [this](uint64_t offset) { return RegistryAt(offset); };
  view_.registry_end = [this] { return registry_end_; };
  view_.look_up = [this](const events::StreamId& stream, uint32_t sequence) {
    return LookUp(stream, sequence);
  };
  view_.store_rows = [this] { return StoreRows(); };
  view_.read_only = [this] { return read_only_; };
  view_.clock_suspect = [this] { return clock_suspect_; };
  view_.owner_id = std::move(options.owner_id);
  view_.address = std::move(options.address);
  view_.shared = !alone_;
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

void Node::Start(Outbox& out) { out.catch_ups.push_back({0, RegistryFirst()}); }

// The registry leads first, so that the others adopt all of it at once.
std::vector<events::Partition> Node::RegistryFirst() const {
  std::vector<events::Partition> all = {partitions_};
  for (events::Partition p = 0; p < partitions_; ++p) all.push_back(p);
  return all;
}

void Node::AssignAll(Outbox& out) { Assign(RegistryFirst(), 0, out); }

void Node::Assign(std::span<const events::Partition> partitions, uint32_t generation, Outbox&) {
  started_ = true;
  adopt_ = true;  // one given back before it was handed over adopts what it has missed
  view_.generation = generation;
  for (events::Partition p : partitions) {
    machines_[p]->Assign();
    bool under_way = seats_[p].session != 0 && machines_[p]->phase() != Phase::kFollowing;
    if (!under_way) Need(p, -absl::InfiniteDuration());
  }
}

void Node::HandOver(std::span<const events::Partition> partitions, Outbox& out) {
  for (events::Partition p : partitions) {
    seats_[p].needs = false;
    machines_[p]->HandOver(out);
  }
}

bool Node::handed_over(events::Partition partition) const {
  return !machines_[partition]->assigned() && !machines_[partition]->leads();
}

void Node::Need(events::Partition partition, absl::Duration not_before) {
  Seat& seat = seats_[partition];
  seat.session = 0;
  seat.needs = machines_[partition]->assigned();
  some_need_ = some_need_ || seat.needs;
  seat.not_before = not_before;
}

std::vector<events::Partition> Node::SeatsOf(uint64_t session) const {
  std::vector<events::Partition> partitions;
  for (events::Partition p : RegistryFirst()) {
    if (seats_[p].session == session) partitions.push_back(p);
  }
  return partitions;
}

// O1: a fresh session for those that fence next, together.
void Node::OpenSessions(Outbox& out) {
  absl::Duration now = ports_.clock.Monotonic();
  std::vector<events::Partition> partitions;
  some_need_ = false;
  for (events::Partition p : RegistryFirst()) {
    bool due = now >= seats_[p].not_before;
    if (seats_[p].needs && due) partitions.push_back(p);
    some_need_ = some_need_ || (seats_[p].needs && !due);
  }
  if (partitions.empty()) return;
  ++sessions_;
  if (alone_) partitions = RegistryFirst();  // the log has one session at a time
  for (events::Partition p : partitions) {
    if (seats_[p].session != 0) machines_[p]->OnSessionLost(out);
    seats_[p].session = sessions_;
    seats_[p].needs = false;
  }
  out.sessions.push_back({sessions_, std::move(partitions)});
}

void Node::OnSession(uint64_t session, const absl::Status& status, Outbox& out) {
  std::vector<events::Partition> partitions = SeatsOf(session);
  if (partitions.empty()) return;  // lost meanwhile
  if (status.ok()) {
    out.catch_ups.push_back({session, std::move(partitions)});  // G2: to the end, then fence
    return;
  }
  read_only_ = read_only_ || absl::IsResourceExhausted(status);
  for (events::Partition p : partitions) Need(p, ports_.clock.Monotonic() + kSessionRetry);
}

void Node::OnCaughtUp(uint64_t session, const absl::Status& status, Outbox& out) {
  if (!status.ok()) out.alarms.push_back(absl::StrCat("the log does not read: ", status.message()));
  absl::Duration again = ports_.clock.Monotonic() + kSessionRetry;
  if (session == 0) {
    if (!status.ok()) start_again_at_ = again;
    return;
  }
  for (events::Partition p : SeatsOf(session)) {
    if (!status.ok()) {
      Need(p, again);
    } else if (machines_[p]->assigned()) {
      machines_[p]->BeginFence(out);
    }
  }
}

void Node::Submit(Request request, Outbox& out) {
  events::Partition p =
      request.registry ? partitions_ : events::PartitionOf(request.stream, partitions_);
  machines_[p]->Submit(std::move(request), out);
}

// What comes from a session that a partition has left already is settled by its next fence.
void Node::OnDeliveries(uint64_t session, std::span<const events::Delivery> deliveries,
                        Outbox& out) {
  for (const events::Delivery& delivery : deliveries) {
    if (seats_[delivery.partition].session != session) continue;
    if (delivery.outcome == events::Delivery::Outcome::kUnknown) {
      LoseSession(session, delivery.reason, out);
    } else {
      machines_[delivery.partition]->OnDelivery(delivery, out);
    }
  }
}

// U1, for all partitions that share the session.
void Node::LoseSession(uint64_t session, const absl::Status& why, Outbox& out) {
  bool no_space = absl::IsResourceExhausted(why);
  read_only_ = read_only_ || no_space;
  served_ = false;
  bool led = false;
  std::vector<events::Partition> partitions = SeatsOf(session);
  for (events::Partition p : partitions) led |= machines_[p]->leads();
  // Not even a fence gets in: again and again at once would only heat the machine and fill logs.
  bool patient = !led && (no_space || !alone_);
  absl::Duration not_before =
      patient ? ports_.clock.Monotonic() + kSessionRetry : -absl::InfiniteDuration();
  for (events::Partition p : partitions) {
    machines_[p]->OnSessionLost(out);
    Need(p, not_before);
  }
  if (no_space && !led) return;
  out.alarms.push_back(absl::StrCat("an append is of unknown outcome, settling: ", why.message()));
}

void Node::OnRecord(events::Partition partition, events::Offset offset, absl::string_view record,
                    Outbox& out) {
  machines_[partition]->OnRecord(offset, record, out);
}

void Node::OnGap(events::Partition partition, events::Offset until, Outbox& out) {
  machines_[partition]->OnGap(until, out);
}

void Node::CheckLast(events::Partition partition, std::optional<absl::string_view> record,
                     Outbox& out) {
  machines_[partition]->CheckLast(record, out);
}

void Node::OnReadFailed(events::Partition partition, const absl::Status& status, Outbox& out) {
  machines_[partition]->Halt(status.message(), out);
}

void Node::OnTick(Outbox& out) {
  absl::Duration now = ports_.clock.Monotonic();
  for (events::Partition p : RegistryFirst()) {
    machines_[p]->OnTick(out);
    if (machines_[p]->TakeWantsFence()) {
      Need(p, now + Jitter());
    } else if (machines_[p]->phase() == Phase::kHalted) {
      seats_[p].needs = false;
    }
    if (handed_over(p) && machines_[p]->in_flight() == 0) seats_[p].session = 0;
  }
  if (now >= start_again_at_) {
    start_again_at_ = absl::InfiniteDuration();
    Start(out);
  }
  while (!held_.empty() && now - held_.front().since >= kPatience) {
    Answer answer = std::move(held_.front().answer);
    held_.pop_front();
    answer.status = Refuse(Reason::SETTLING);
    out.answers.push_back(std::move(answer));
  }
}

// G3: two who fence against each other do not go on in step.
absl::Duration Node::Jitter() const {
  return absl::Milliseconds(static_cast<int64_t>(ports_.random().first % 50));
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
  // One adoption for any number of registry records: when no more are on their way.
  // What was sent to a registry that another leads now may stay in flight here for ever.
  // The registry as of an offset is read from its rows: while the store takes none, later.
  bool more = registry().leads() && registry().in_flight() > 0;
  if (adopt_ && !more && registry().stored()) {
    adopt_ = false;
    registry().Adopt(out);
    for (events::Partition p = 0; p < partitions_; ++p) machines_[p]->Adopt(out);
  }
  for (events::Partition p = 0; p < partitions_; ++p) machines_[p]->EndStep(out);
  HoldRegistryAnswers(out);  // also of those that Adopt has let in
  ReleaseHeld(out);
  if (some_need_) OpenSessions(out);
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
  if (!started_) return false;
  for (const auto& machine : machines_) {
    if (!alone_ && (!machine->assigned() || machine->phase() == Phase::kHalted)) continue;
    if (!machine->leads()) return false;
    bool adopts = !machine->registry() && machine->adopted() < registry_end_;
    if (adopts && !served_) return false;
  }
  return true;
}

// Folds the registry up to `offset` from its rows, from the nearest older state at hand. Nothing
// while the registry is not read that far (O5: an adoption may come before what it names), or the
// store takes no rows and has not those.
std::shared_ptr<const aggregates::RegistryState> Node::RegistryAt(uint64_t offset) {
  auto it = registry_states_.upper_bound(offset);
  auto base = it == registry_states_.begin() ? nullptr : std::prev(it)->second;
  if (base != nullptr && base->offset == offset) return base;
  if (registry().next() < offset) return nullptr;
  if (registry().stored_next() < offset && !StoreRows()) return nullptr;
  auto state = base != nullptr ? *base : aggregates::RegistryDecider::Initial();
  state =
      FoldRegistry(std::move(state), offset, ports_.rows, registry().state().head, ports_.sealer);
  auto shared = std::make_shared<const aggregates::RegistryState>(std::move(state));
  registry_states_[offset] = shared;
  while (registry_states_.size() > kRegistryStatesKept)
    registry_states_.erase(registry_states_.begin());
  return shared;
}

}  // namespace guitu::runtime
