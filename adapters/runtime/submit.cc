// From a request to its turn (protocol.md, C1 to C4).
#include <algorithm>
#include <utility>

#include "adapters/runtime/partition.h"
#include "events/reason.h"
#include "projections/keys.h"

namespace guitu::runtime {

using events::Reason;
using events::Refuse;

namespace {

// Sibling rows (approvals, notices) stand in a command of their own; the decider refuses a mixture.
schema::Kind KindOf(const Record& record) {
  if (record.events.empty()) return schema::Kind::COMMIT;
  for (const events::Event& event : record.events) {
    if (event.type->stages != schema::Stages::SIBLING) return schema::Kind::COMMIT;
  }
  return schema::Kind::SIBLING;
}

// 107f is what ends a suspicion, so it is taken while there is one.
bool ConfirmsClock(const Record& record) {
  return record.events.size() == 1 && record.events[0].Is<schema::SuspectClockConfirmed>();
}

// More slots than this: those that nothing happens in give up their cached state.
constexpr size_t kSlotsKept = 20000;

}  // namespace

events::StreamId PartitionMachine::SlotOf(const Request& request) const {
  // In the registry one command is in flight at a time (F2): all of it is one slot.
  return registry() ? events::StreamId{} : request.stream;
}

void PartitionMachine::Submit(Request request, Outbox& out) {
  events::StreamId slot_id = SlotOf(request);
  Process(slot_id, Waiting{std::move(request), ports_.clock.Monotonic()}, out);
}

void PartitionMachine::Process(const events::StreamId& slot_id, Waiting waiting, Outbox& out) {
  if (phase_ == Phase::kHalted || !assigned_)
    return Reject(waiting, Refuse(Reason::NOT_OWNER), out);
  RenewRegistry();
  if (!MayDecide()) return Park(slot_id, std::move(waiting));
  if (slots_.size() > kSlotsKept) {
    absl::erase_if(slots_, [](const auto& entry) {
      return !entry.second->busy && entry.second->queue.empty();
    });
  }
  auto& slot = slots_[slot_id];
  if (slot == nullptr) slot = std::make_unique<Slot>();
  if (slot->busy) return Park(slot_id, std::move(waiting));
  if (std::holds_alternative<Read>(waiting.request.what)) {
    ProcessRead(slot_id, std::move(waiting), out);
  } else {
    ProcessRecord(slot_id, std::move(waiting), out);
  }
}

void PartitionMachine::ProcessRecord(const events::StreamId& slot_id, Waiting waiting,
                                     Outbox& out) {
  const Request& request = waiting.request;
  const auto& record = std::get<Record>(request.what);
  if (auto row = recent_.Get(projections::ResultKey(partition_, request.stream, record.id))) {
    auto result = events::DecodeResult(*row);
    if (result) return Tell(AnswerFromResult(waiting, *result), out);
  }
  if (node_.read_only()) return Reject(waiting, Refuse(Reason::READ_ONLY), out);
  if (node_.clock_suspect() && !ConfirmsClock(record))
    return Reject(waiting, Refuse(Reason::CLOCK_SUSPECT), out);
  projections::StreamRow stream;
  if (auto row = recent_.Get(projections::StreamKey(partition_, request.stream))) {
    stream = projections::DecodeStream(*row);
  }
  aggregates::Grant grant = Authorize(request);
  bool unknown_case = !registry() && !record.opens && !record.cancels && stream.events == 0;
  if (grant.status.ok() && unknown_case) grant.status = Refuse(Reason::NOT_FOUND);
  if (!grant.status.ok() && record.software) return Reject(waiting, grant.status, out);
  if (!grant.status.ok()) return Deny(slot_id, std::move(waiting), grant.status, out);
  // For a cancel (U5) and an act of the software the owner fills in the version.
  bool given = !record.cancels && !record.software;
  if (given && !CheckVersion(waiting, stream.version, stream.events > 0, out)) return;
  Slot& slot = *slots_[slot_id];
  InFlight flight;
  flight.flight = Flight::kCommit;
  flight.slot = slot_id;
  flight.version = stream.version;
  std::vector<events::Event> decided;
  if (!record.cancels) {
    if (auto status = LoadCase(request.stream, stream.version, slot); !status.ok()) {
      return Reject(waiting, Refuse(Reason::SETTLING, status.message()), out);
    }
    auto result = Decide(request, record, slot, flight);
    // What the software finds no longer so is no attempt of anybody: no 103.
    if (!result.ok() && record.software) return Reject(waiting, result.status(), out);
    if (!result.ok() && !events::IsRefusal(result.status()))
      return Reject(waiting, NotNow(result.status()), out);
    if (!result.ok()) return Deny(slot_id, std::move(waiting), result.status(), out);
    decided = *std::move(result);
  }
  schema::Kind kind = KindOf(record);
  // Approvals and withdrawals are siblings; users and roles stand in the registry.
  flight.read_back = node_.shared && (registry() || kind == schema::Kind::SIBLING);
  auto bytes = BuildCommand(kind, request, record.id, stream.version, decided);
  if (!bytes.ok()) return Reject(waiting, NotNow(bytes.status()), out);
  slot.busy = true;
  flight.waiting = std::move(waiting);
  Send(std::move(flight), *std::move(bytes), false, out);
}

// C1: the stored result; a cancelled one whatever the content; another content is a reuse of the
// key.
Answer PartitionMachine::AnswerFromResult(const Waiting& waiting,
                                          const events::StoredResult& result) const {
  const auto& record = std::get<Record>(waiting.request.what);
  Answer answer = NewAnswer(waiting);
  if (!result.cancelled && !record.cancels) {
    auto same = SameContent(waiting.request, record, result.request_hash);
    if (!same.ok()) answer.status = NotNow(same.status());
    if (same.ok() && !*same) answer.status = Refuse(Reason::IDEMPOTENCY_REUSE);
    if (!answer.status.ok()) return answer;
  }
  answer.offset = result.offset;
  answer.version = result.version;
  answer.cancelled = result.cancelled;
  answer.created = record.opens;
  if (result.cancelled && !record.cancels) answer.status = Refuse(Reason::CANCELLED);
  return answer;
}

Answer PartitionMachine::NewAnswer(const Waiting& waiting) const {
  Answer answer;
  answer.ticket = waiting.request.ticket;
  answer.stream = waiting.request.stream;
  answer.partition = partition_;
  return answer;
}

// C2, C4, and the words of the contract on If-Match. False: the request has been answered or
// parked.
bool PartitionMachine::CheckVersion(Waiting& waiting, events::Version current, bool exists,
                                    Outbox& out) {
  const auto& record = std::get<Record>(waiting.request.what);
  if (record.any_version) {
    for (const events::Event& event : record.events) {
      if (event.type->additive) continue;
      Answer answer = NewAnswer(waiting);
      answer.current_version = current;
      answer.status = Refuse(Reason::VERSION_MISSING, event.type->name);
      Tell(std::move(answer), out);
      return false;
    }
    return true;
  }
  if (!record.expected) {
    // A first report needs none, nor a new item of the registry, nor sibling rows.
    if (!exists || KindOf(record) == schema::Kind::SIBLING) return true;
    Answer answer = NewAnswer(waiting);
    answer.current_version = current;
    answer.status = Refuse(Reason::VERSION_MISSING);
    Tell(std::move(answer), out);
    return false;
  }
  if (*record.expected == current) return true;
  if (*record.expected < current) {
    Answer answer = NewAnswer(waiting);
    answer.current_version = current;
    answer.status = Refuse(Reason::VERSION_MISMATCH);
    Tell(std::move(answer), out);
    return false;
  }
  // Ahead of what we know: wait, never CONFLICT.
  events::StreamId slot_id = SlotOf(waiting.request);
  Park(slot_id, std::move(waiting));
  return false;
}

void PartitionMachine::Park(const events::StreamId& slot_id, Waiting waiting) {
  auto& slot = slots_[slot_id];
  if (slot == nullptr) slot = std::make_unique<Slot>();
  slot->queue.push_back(std::move(waiting));
  ++waiting_;
}

// Gives each that waits for this slot one turn, in order, until the slot is busy again.
void PartitionMachine::Drain(const events::StreamId& slot_id, Outbox& out) {
  auto it = slots_.find(slot_id);
  if (it == slots_.end()) return;
  for (size_t turns = it->second->queue.size(); turns > 0; --turns) {
    auto found = slots_.find(slot_id);  // the map may have moved
    if (found == slots_.end() || found->second->busy || found->second->queue.empty()) return;
    Waiting waiting = std::move(found->second->queue.front());
    found->second->queue.pop_front();
    --waiting_;
    Process(slot_id, std::move(waiting), out);
  }
}

void PartitionMachine::DrainAll(Outbox& out) {
  if (waiting_ == 0) return;
  std::vector<events::StreamId> ids;
  for (const auto& [id, slot] : slots_) {
    if (!slot->queue.empty()) ids.push_back(id);
  }
  std::sort(ids.begin(),
            ids.end());  // the same inputs give the same log, whatever the order of the map
  for (const events::StreamId& id : ids) Drain(id, out);
}

// In effect, but the store takes no rows: RETRY, so that nobody waits for ever. A retry finds the
// stored result, a read is asked again (R4).
void PartitionMachine::ExpireFolded(Outbox& out) {
  if (!folded_ || ports_.clock.Monotonic() - folded_at_ < kPatience) return;
  for (Release& release : releases_) done_.push_back(std::move(release.answer));
  releases_.clear();
  for (Answer& answer : done_) {
    answer.status = Refuse(node_.read_only() ? Reason::READ_ONLY : Reason::SETTLING);
    Tell(std::move(answer), out);
  }
  done_.clear();
}

// C4: at the deadline RETRY; nothing is denied that may still be true elsewhere.
void PartitionMachine::ExpireWaiting(Outbox& out) {
  absl::Duration now = ports_.clock.Monotonic();
  // Nor does anybody wait for ever for an outcome: no fence may get through while the disk is full.
  // The record stays in flight, to be settled; RETRY is never final.
  for (InFlight& flight : in_flight_) {
    if (!flight.waiting || now - flight.waiting->since < kPatience) continue;
    Reason reason = node_.read_only() ? Reason::READ_ONLY : Reason::SETTLING;
    Reject(*std::exchange(flight.waiting, std::nullopt), Refuse(reason), out);
  }
  if (waiting_ == 0) return;
  for (auto& [id, slot] : slots_) {
    while (!slot->queue.empty() && now - slot->queue.front().since >= kPatience) {
      Reason reason = node_.read_only() ? Reason::READ_ONLY : Reason::SETTLING;
      Reject(slot->queue.front(), Refuse(reason), out);
      slot->queue.pop_front();
      --waiting_;
    }
  }
}

}  // namespace guitu::runtime
