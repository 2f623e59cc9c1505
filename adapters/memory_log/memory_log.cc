#include "adapters/memory_log/memory_log.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "events/check.h"

namespace guitu::memory_log {

using events::Append;
using events::Delivery;
using events::Offset;
using events::Partition;

class MemorySession final : public events::LogSession {
 public:
  MemorySession(MemoryLog& log, uint64_t id, events::EventLog::DeliverySink sink)
      : log_(log), id_(id), sink_(std::move(sink)) {}
  ~MemorySession() override { log_.Close(*this); }

  void Enqueue(std::vector<Append> appends) override {
    for (Append& append : appends) {
      GUITU_CHECK(append.partition < log_.partition_count());
      log_.pending_.push_back({this, std::move(append), /*sent=*/!dead_});
    }
  }

 private:
  friend class MemoryLog;

  MemoryLog& log_;
  const uint64_t id_;
  events::EventLog::DeliverySink sink_;
  bool dead_ = false;
  std::set<Partition> lost_;  // partitions in which nothing of this session lands any more
  std::set<Partition> late_;  // partitions in which only late ones do
  std::vector<Delivery> deliveries_;
};

MemoryLog::MemoryLog(uint32_t partition_count, Options options)
    : options_(options), records_(partition_count) {
  GUITU_CHECK(partition_count > 0);
}

MemoryLog::~MemoryLog() { GUITU_CHECK(sessions_.empty()); }

absl::StatusOr<std::unique_ptr<events::LogSession>> MemoryLog::OpenSession(DeliverySink sink) {
  if (!session_failure_.ok()) return session_failure_;
  if (options_.one_session && !sessions_.empty()) {
    return absl::UnavailableError("log: the session before is still open");
  }
  auto session = std::make_unique<MemorySession>(*this, ++opened_, std::move(sink));
  sessions_.insert(session.get());
  return session;
}

absl::StatusOr<Offset> MemoryLog::End(Partition partition) const {
  if (partition >= records_.size()) return absl::InvalidArgumentError("log: no such partition");
  return records_[partition].size();
}

absl::Status MemoryLog::Read(Partition partition, Offset from, uint64_t max,
                             const Visitor& visit) const {
  absl::StatusOr<Offset> end = End(partition);
  if (!end.ok()) return end.status();
  if (from >= *end) return absl::OkStatus();
  const Offset until = from + std::min(max, *end - from);
  for (; from < until; ++from) {
    const Record& record = records_[partition][from];
    if (record.destroyed) {
      return absl::DataLossError(
          absl::StrCat("log: partition ", partition, ", offset ", from, ": missing"));
    }
    if (record.gap) continue;
    if (!visit(from, record.bytes)) break;
  }
  return absl::OkStatus();
}

Offset MemoryLog::Land(const events::LogSession* session, Append append) {
  std::vector<Record>& records = records_[append.partition];
  if (landing_) landing_(session, append, records.size());
  records.push_back({std::move(append.record)});
  return records.size() - 1;
}

Delivery MemoryLog::Decide(Pending pending) {
  MemorySession& session = *pending.session;
  Append& append = pending.append;
  Delivery delivery;
  delivery.partition = append.partition;
  delivery.ticket = append.ticket;
  Fate fate = Fate::kLose;
  if (pending.sent && !session.lost_.contains(append.partition)) {
    fate = script_ ? script_(append) : Fate::kAppend;
    if (session.late_.contains(append.partition) && fate != Fate::kLose) fate = Fate::kLate;
    if (session.dead_ && fate == Fate::kAppend) fate = Fate::kLandUnknown;
  }
  delivery.reason = fate == Fate::kRefuseNoSpace ? absl::ResourceExhaustedError("log: no space")
                                                 : absl::UnavailableError("log: outcome unknown");
  switch (fate) {
    case Fate::kAppend:
      delivery.outcome = Delivery::Outcome::kAppended;
      delivery.reason = absl::OkStatus();
      delivery.offset = Land(&session, std::move(append));
      return delivery;
    case Fate::kLandUnknown:
      Land(&session, std::move(append));
      break;
    case Fate::kLate:
      session.late_.insert(append.partition);
      late_.push_back({session.id_, std::move(append)});
      break;
    case Fate::kLose:
    case Fate::kRefuseNoSpace:
      session.lost_.insert(append.partition);
      break;
  }
  session.dead_ = true;
  return delivery;
}

size_t MemoryLog::Deliver(size_t n) {
  std::vector<Pending> taken;
  for (size_t count = std::min(n, pending_.size()); count > 0; --count) {
    taken.push_back(std::move(pending_.front()));
    pending_.pop_front();
  }
  return DeliverThese(std::move(taken));
}

std::vector<std::pair<const MemorySession*, Partition>> MemoryLog::Lanes() const {
  std::vector<std::pair<const MemorySession*, Partition>> lanes;
  for (const Pending& pending : pending_) {
    std::pair<const MemorySession*, Partition> lane(pending.session, pending.append.partition);
    if (std::find(lanes.begin(), lanes.end(), lane) == lanes.end()) lanes.push_back(lane);
  }
  return lanes;
}

size_t MemoryLog::lanes() const { return Lanes().size(); }

size_t MemoryLog::DeliverLane(size_t lane, size_t n) {
  auto lanes = Lanes();
  GUITU_CHECK(lane < lanes.size());
  std::vector<Pending> taken;
  std::deque<Pending> others;
  for (Pending& pending : pending_) {
    bool here =
        pending.session == lanes[lane].first && pending.append.partition == lanes[lane].second;
    if (here && taken.size() < n) {
      taken.push_back(std::move(pending));
    } else {
      others.push_back(std::move(pending));
    }
  }
  pending_ = std::move(others);
  return DeliverThese(std::move(taken));
}

size_t MemoryLog::DeliverThese(std::vector<Pending> pending) {
  const size_t count = pending.size();
  std::vector<MemorySession*> touched;
  for (Pending& next : pending) {
    MemorySession* session = next.session;
    if (session->deliveries_.empty()) touched.push_back(session);
    session->deliveries_.push_back(Decide(std::move(next)));
  }
  for (MemorySession* session : touched) {
    // A sink may end another session, or enqueue more.
    if (!sessions_.contains(session) || session->deliveries_.empty()) continue;
    session->sink_(std::exchange(session->deliveries_, {}));
  }
  return count;
}

void MemoryLog::Close(MemorySession& session) {
  session.dead_ = true;
  std::deque<Pending> others;
  for (Pending& pending : pending_) {
    if (pending.session == &session) {
      session.deliveries_.push_back(Decide(std::move(pending)));
    } else {
      others.push_back(std::move(pending));
    }
  }
  pending_ = std::move(others);
  sessions_.erase(&session);
  if (!session.deliveries_.empty()) session.sink_(std::exchange(session.deliveries_, {}));
}

size_t MemoryLog::LandLate(size_t n) {
  const size_t count = std::min(n, late_.size());
  for (size_t i = 0; i < count; ++i) {
    Land(nullptr, std::move(late_.front().append));
    late_.pop_front();
  }
  return count;
}

void MemoryLog::LandLateAt(size_t index) {
  GUITU_CHECK(index < late_.size());
  auto same_lane = [&](const Late& late) {
    return late.session == late_[index].session &&
           late.append.partition == late_[index].append.partition;
  };
  auto oldest = std::find_if(late_.begin(), late_.end(), same_lane);
  Append append = std::move(oldest->append);
  late_.erase(oldest);
  Land(nullptr, std::move(append));
}

void MemoryLog::LeaveOut(Partition partition, size_t n) {
  for (; n > 0; --n) records_.at(partition).push_back({{}, false, /*gap=*/true});
}

void MemoryLog::DropLate() { late_.clear(); }

void MemoryLog::Truncate(Partition partition, Offset end) {
  std::vector<Record>& records = records_.at(partition);
  if (end < records.size()) records.resize(end);
}

void MemoryLog::Destroy(Partition partition, Offset offset) {
  GUITU_CHECK(partition < records_.size() && offset < records_[partition].size());
  records_[partition][offset].destroyed = true;
}

}  // namespace guitu::memory_log
