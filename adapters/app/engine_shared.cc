// The engine on a log that several nodes share: records come by themselves, the group of nodes says
// what to lead, and whatever waits for brokers comes back through the feed.
#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/app/engine.h"
#include "adapters/http/outbox.h"
#include "events/reason.h"

namespace guitu::app {
namespace {

// In place of a session, where the ends are for WhenFresh.
constexpr uint64_t kFresh = std::numeric_limits<uint64_t>::max();

}  // namespace

// One before the position: the record that was folded last is looked at again (protocol.md, L2).
std::vector<events::Offset> Engine::FollowFrom() const {
  std::vector<events::Offset> from;
  for (events::Partition p = 0; p <= options_.partitions; ++p) {
    events::Offset next = node_.machine(p).next();
    from.push_back(next == 0 ? 0 : next - 1);
  }
  return from;
}

void Engine::TakeFed(runtime::Outbox& out) {
  Fed fed = feed_->Take();
  for (const Fed::Records& records : fed.records) {
    for (const auto& at : records.at) TakeRecord(at.partition, at.offset, records.of(at), out);
  }
  for (const auto& [partition, status] : fed.stopped) node_.OnReadFailed(partition, status, out);
  for (Fed::Opened& opened : fed.opened) {
    if (opened.log_session != nullptr) sessions_[opened.session] = std::move(opened.log_session);
    node_.OnSession(opened.session, opened.status, out);
  }
  for (Fed::Ends& ends : fed.ends) TakeEnds(std::move(ends), out);
  for (const Fed::Change& change : fed.changes) TakeChange(change, out);
  if (fed.generation) node_.set_generation(*fed.generation);
  for (std::string& alarm : fed.alarms) out.alarms.push_back(std::move(alarm));
}

void Engine::TakeRecord(events::Partition partition, events::Offset offset,
                        absl::string_view record, runtime::Outbox& out) {
  events::Offset next = node_.machine(partition).next();
  if (!last_is_checked_[partition]) {
    last_is_checked_[partition] = true;
    node_.CheckLast(partition, offset < next ? std::optional(record) : std::nullopt, out);
  }
  if (offset < next) return;
  if (offset > next) {
    // An offset is left out: believed when a second look says so as well. Brokers that are away
    // just now have said it once; only where something did stand there it is no gap, and halts
    // below.
    absl::Status again = Read(partition, offset, out);
    bool nothing_there = node_.machine(partition).next() == next;
    if (again.ok() || (absl::IsUnavailable(again) && nothing_there))
      node_.OnGap(partition, offset, out);
  }
  node_.OnRecord(partition, offset, record, out);
}

void Engine::TakeEnds(Fed::Ends ends, runtime::Outbox& out) {
  if (ends.session == kFresh && !ends.status.ok()) {
    TellFresh(std::exchange(fresh_asked_, {}), events::Refuse(events::Reason::SETTLING));
  } else if (ends.status.ok()) {
    catching_up_.push_back({ends.session, std::move(ends.ends)});
  } else if (absl::IsDataLoss(ends.status) && !gate_passed_) {
    Fail(ends.status);
  } else {
    OnCaughtUp(ends.session, ends.status, out);
  }
}

void Engine::TakeChange(const Fed::Change& change, runtime::Outbox& out) {
  if (!change.revoked) return node_.Assign(change.partitions, change.generation, out);
  node_.HandOver(change.partitions, out);
  handing_over_.insert(handing_over_.end(), change.partitions.begin(), change.partitions.end());
  if (change.partitions.empty()) feed_->HandedOver();
}

// What waits for records, or for records to settle.
void Engine::LookAtFeed(runtime::Outbox& out) {
  bool stored = false;  // not only folded
  auto folded = [&](const std::pair<events::Partition, events::Offset>& end) {
    const runtime::PartitionMachine& machine = node_.machine(end.first);
    if (stored) return machine.stored_next() >= end.second;
    // The first time also what was folded last has been looked at again.
    bool checked = last_is_checked_[end.first] || machine.next() == 0;
    return (machine.next() >= end.second && checked) || machine.phase() == runtime::Phase::kHalted;
  };
  for (size_t i = 0; i < catching_up_.size();) {
    stored = catching_up_[i].session == kFresh;
    if (!std::all_of(catching_up_[i].ends.begin(), catching_up_[i].ends.end(), folded)) {
      ++i;
      continue;
    }
    CatchingUp done = std::move(catching_up_[i]);
    catching_up_.erase(catching_up_.begin() + static_cast<std::ptrdiff_t>(i));
    if (done.session == kFresh) {
      // Told when the registry of it is published, too.
      for (Fresh& fresh : fresh_asked_) fresh_done_.push_back(std::move(fresh));
      fresh_asked_.clear();
      continue;
    }
    if (!gate_passed_) {
      std::vector<events::Offset> ends(options_.partitions + 1);
      for (const auto& [partition, end] : done.ends) ends[partition] = end;
      if (!Open(ends, out).ok()) return;
    }
    OnCaughtUp(done.session, absl::OkStatus(), out);
  }
  if (handing_over_.empty()) return;
  std::erase_if(handing_over_, [this](events::Partition p) { return node_.handed_over(p); });
  if (handing_over_.empty()) feed_->HandedOver();
}

// One question at a time, for all who came before it.
void Engine::AskFresh() {
  if (fresh_next_.empty() || !fresh_asked_.empty()) return;
  fresh_asked_ = std::exchange(fresh_next_, {});
  std::vector<events::Partition> all;
  for (events::Partition p = 0; p <= options_.partitions; ++p) {
    if (node_.machine(p).phase() == runtime::Phase::kHalted) {
      return TellFresh(std::exchange(fresh_asked_, {}),
                       events::Refuse(events::Reason::NOT_OWNER, "a partition is halted here"));
    }
    all.push_back(p);
  }
  feed_->AskEnds(kFresh, std::move(all));
}

void Engine::TellFresh(const std::vector<Fresh>& fresh, const absl::Status& status) {
  http::AnswerBatch batch;
  for (const Fresh& one : fresh) one.callback(status);
}

// Brokers may be away for long; nobody waits that long.
void Engine::ExpireFresh() {
  absl::Duration now = ports_.clock.Monotonic();
  for (auto* all : {&fresh_asked_, &fresh_next_}) {
    std::vector<Fresh> late;
    for (Fresh& one : *all) {
      if (now - one.since < runtime::kPatience) continue;
      late.push_back({std::exchange(one.callback, [](const absl::Status&) {}), one.since});
    }
    TellFresh(std::move(late), events::Refuse(events::Reason::SETTLING));
  }
}

void Engine::PublishOwners() {
  for (events::Partition p = 0; p <= options_.partitions; ++p) {
    const runtime::PartitionMachine& machine = node_.machine(p);
    const events::EffectHead& head = machine.state().head;
    feed_->Folded(p, machine.stored_next());
    bool here = machine.assigned() || machine.leads() || head.owner == options_.owner_id;
    // Read without the lock: nobody else writes.
    if (owners_[p].epoch == head.epoch && owners_[p].here == here) continue;
    std::lock_guard lock(mutex_);
    owners_[p] = {head.epoch, here, head.address};
  }
}

std::optional<std::string> Engine::OwnerElsewhere(events::Partition partition) const {
  std::lock_guard lock(mutex_);
  const Owner& owner = owners_[partition];
  if (owner.here || owner.address.empty()) return std::nullopt;
  return owner.address;
}

}  // namespace guitu::app
