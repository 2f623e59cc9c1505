#include "tests/adapters/runtime/driver.h"

#include <algorithm>
#include <limits>

namespace guitu::runtime {

Driver::Driver(uint32_t partitions, events::EventLog& log, Ports ports, std::string owner,
               bool alone)
    : log_(log),
      partitions_(partitions),
      alone_(alone),
      node_(partitions, std::move(ports), {std::move(owner), "test:1", alone}) {}

Driver::~Driver() { open_.clear(); }

void Driver::Start() {
  Outbox out;
  node_.Start(out);
  Do(out);
  if (!alone_) return;
  node_.AssignAll(out);
  Do(out);
}

void Driver::Assign(std::vector<events::Partition> partitions, uint32_t generation) {
  Outbox out;
  node_.Assign(partitions, generation, out);
  Do(out);
}

void Driver::HandOver(std::vector<events::Partition> partitions) {
  Outbox out;
  node_.HandOver(partitions, out);
  Do(out);
}

void Driver::Follow() {
  Outbox out;
  for (events::Partition p = 0; p <= partitions_; ++p) {
    if (auto end = log_.End(p); end.ok()) Read(p, *end, out).IgnoreError();
  }
  Do(out);
}

void Driver::Follow(events::Partition partition, uint64_t max) {
  Outbox out;
  if (auto end = log_.End(partition); end.ok()) {
    events::Offset from = node_.machine(partition).next();
    Read(partition, std::min(*end, from + max), out).IgnoreError();
  }
  Do(out);
}

std::vector<uint64_t> Driver::SubmitAll(std::vector<Request> requests) {
  Outbox out;
  std::vector<uint64_t> tickets;
  for (Request& request : requests) {
    request.ticket = next_ticket_++;
    tickets.push_back(request.ticket);
    node_.Submit(std::move(request), out);
  }
  Do(out);
  return tickets;
}

uint64_t Driver::Submit(Request request) { return SubmitAll({std::move(request)}).front(); }

bool Driver::Step() {
  auto inbox = std::exchange(inbox_, {});
  if (inbox.empty()) return false;
  Outbox out;
  for (auto& [session, deliveries] : inbox) {
    if (on_deliveries) on_deliveries(deliveries);
    node_.OnDeliveries(session, deliveries, out);
  }
  Do(out);
  return true;
}

void Driver::Tick() {
  Outbox out;
  node_.OnTick(out);
  Do(out);
}

void Driver::Do(Outbox& out) {
  for (bool again = true; again;) {
    for (const auto& wanted : std::exchange(out.sessions, {})) OpenSession(wanted, out);
    for (const auto& wanted : std::exchange(out.catch_ups, {})) CatchUp(wanted, out);
    for (const auto& wanted : std::exchange(out.reads, {})) ReadBack(wanted, out);
    EndCatchUps(out);
    node_.EndStep(out);
    again = !out.sessions.empty() || !out.catch_ups.empty() || !out.reads.empty();
    if (!again) Append(out);
  }
  for (Answer& answer : std::exchange(out.answers, {})) answers_.push_back(std::move(answer));
  for (std::string& alarm : std::exchange(out.alarms, {})) alarms_.push_back(std::move(alarm));
}

void Driver::Append(Outbox& out) {
  for (events::Append& append : std::exchange(out.appends, {})) {
    auto it = open_.find(node_.session_of(append.partition));
    if (it != open_.end()) it->second->Enqueue({std::move(append)});
  }
}

absl::Status Driver::Read(events::Partition partition, events::Offset until, Outbox& out) {
  events::Offset from = node_.machine(partition).next();
  auto end = log_.End(partition);
  if (end.ok()) until = std::min(until, *end);
  if (from >= until) return absl::OkStatus();
  auto status = log_.Read(partition, from, until - from,
                          [&](events::Offset offset, absl::string_view record) {
                            node_.OnGap(partition, offset, out);
                            node_.OnRecord(partition, offset, record, out);
                            return true;
                          });
  if (status.ok()) node_.OnGap(partition, until, out);
  if (absl::IsDataLoss(status)) node_.OnReadFailed(partition, status, out);
  return status;
}

void Driver::ReadBack(const Outbox::ReadBack& read, Outbox& out) {
  if (alone_) Read(read.partition, read.until, out).IgnoreError();
}

void Driver::EndCatchUps(Outbox& out) {
  for (const CatchingUp& waiting : std::exchange(catching_up_, {})) {
    bool there = true;
    for (size_t i = 0; i < waiting.ends.size(); ++i) {
      const PartitionMachine& m = machine(waiting.wanted.partitions[i]);
      there &= m.next() >= waiting.ends[i] || m.phase() == Phase::kHalted;
    }
    if (there) {
      node_.OnCaughtUp(waiting.wanted.session, absl::OkStatus(), out);
    } else {
      catching_up_.push_back(waiting);
    }
  }
}

void Driver::CatchUp(const Outbox::CatchUp& wanted, Outbox& out) {
  if (catches_up_by_following) {
    std::vector<events::Offset> ends;
    for (events::Partition p : wanted.partitions) ends.push_back(log_.End(p).value_or(0));
    catching_up_.push_back({wanted, std::move(ends)});
    return EndCatchUps(out);
  }
  absl::Status worst;
  for (events::Partition p : wanted.partitions) {
    auto status = Read(p, std::numeric_limits<events::Offset>::max(), out);
    if (!status.ok()) worst = status;
  }
  node_.OnCaughtUp(wanted.session, worst, out);
}

void Driver::OpenSession(const Outbox::NewSession& wanted, Outbox& out) {
  std::erase_if(out.appends, [&](const events::Append& append) {
    return std::find(wanted.partitions.begin(), wanted.partitions.end(), append.partition) !=
           wanted.partitions.end();
  });
  // What is under way in a session that nobody is left with comes back before it is gone.
  std::erase_if(open_, [&](const auto& entry) {
    for (events::Partition p = 0; p <= partitions_; ++p) {
      if (node_.session_of(p) == entry.first) return false;
    }
    return true;
  });
  if (alone_) inbox_.clear();
  ++sessions_;
  auto session = log_.OpenSession([this, id = wanted.session](std::vector<events::Delivery> all) {
    for (events::Delivery& delivery : all) inbox_[id].push_back(std::move(delivery));
  });
  const absl::Status status = session.status();
  if (session.ok()) open_[wanted.session] = *std::move(session);
  node_.OnSession(wanted.session, status, out);
}

}  // namespace guitu::runtime
