// events::EventLog in memory, for the simulation and for tests: deterministic, without threads,
// with faults that a script chooses.
//
// Nothing moves by itself: Enqueue only queues; Deliver takes appends in the order of their
// Enqueue, over all sessions, asks the script for the fate of each, and calls the sinks on the
// caller's thread, once per session and Deliver. What is late lands when LandLate says so, also
// behind records of newer sessions, as with a broker that was slow.
//
// What the script cannot break, because no log does: within a session records of a partition stand
// in the order of their appends (behind a lost one nothing lands any more, behind a late one only
// late ones), a record stands at most once, and after its first unknown delivery a session takes
// nothing more; what was under way then comes back unknown and still has a fate of its own.
//
// The records outlive sessions, not the object: a crash of an owner is the end of its session.
// Threads: one.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "events/log.h"

namespace guitu::memory_log {

enum class Fate {
  kAppend,        // lands and is reported as appended
  kLose,          // never lands; reported as unknown
  kLate,          // lands at a later LandLate, or never; reported as unknown
  kLandUnknown,   // lands; reported as unknown
  kRefuseNoSpace  // never lands; reported as unknown, kResourceExhausted
};

class MemorySession;

class MemoryLog final : public events::EventLog {
 public:
  struct Options {
    // As the embedded log: one session at a time. Off: as Kafka, where a zombie's session goes on.
    bool one_session = true;
  };
  using Script = std::function<Fate(const events::Append& append)>;
  // `session`: that which appended it, from Enqueue to its end; nothing for one that lands late.
  using Landing = std::function<void(const events::LogSession* session,
                                     const events::Append& append, events::Offset offset)>;

  explicit MemoryLog(uint32_t partition_count) : MemoryLog(partition_count, Options()) {}
  MemoryLog(uint32_t partition_count, Options options);
  // REQUIRES: its sessions are gone.
  ~MemoryLog() override;

  uint32_t partition_count() const override { return static_cast<uint32_t>(records_.size()); }
  // What is queued when a session is destroyed is asked of the script there and then.
  absl::StatusOr<std::unique_ptr<events::LogSession>> OpenSession(DeliverySink sink) override;
  absl::StatusOr<events::Offset> End(events::Partition partition) const override;
  absl::Status Read(events::Partition partition, events::Offset from, uint64_t max,
                    const Visitor& visit) const override;

  // The fate of each append from now on; none: all are appended.
  void SetScript(Script script) { script_ = std::move(script); }
  // Told of each record as it lands, in order, before its delivery: for another log that gets the
  // same. It must not call this one.
  void SetLanding(Landing landing) { landing_ = std::move(landing); }
  // OpenSession answers this until it is set to OkStatus again.
  void FailSessions(absl::Status status) { session_failure_ = std::move(status); }

  // Queued appends of all sessions.
  size_t pending() const { return pending_.size(); }
  // Decides and delivers the oldest `n`; returns how many there were.
  size_t Deliver(size_t n);
  size_t DeliverAll() { return Deliver(pending_.size()); }
  bool Step() { return Deliver(1) == 1; }
  // The same for one lane alone, the appends of one session to one partition: brokers are not in
  // step. Lanes are numbered by their oldest append.
  size_t lanes() const;
  size_t DeliverLane(size_t lane, size_t n);

  size_t late() const { return late_.size(); }
  // Lands the oldest `n` late ones; returns how many there were.
  size_t LandLate(size_t n);
  // Lands one: the oldest in the lane of the one at `index`. REQUIRES: index < late().
  void LandLateAt(size_t index);
  // The late ones never land.
  void DropLate();

  // Loses the records of `partition` from `end` on, acknowledged ones too, without an error.
  void Truncate(events::Partition partition, events::Offset end);
  // The next `n` offsets hold nothing (protocol.md F5), as behind a stranger's transaction.
  void LeaveOut(events::Partition partition, size_t n);
  // The record is lost in the middle: reading it is kDataLoss. REQUIRES: it is there.
  void Destroy(events::Partition partition, events::Offset offset);

 private:
  friend class MemorySession;
  struct Pending {
    MemorySession* session;
    events::Append append;
    bool sent;  // the session was alive when it came
  };
  struct Record {
    std::string bytes;
    bool destroyed = false;
    bool gap = false;
  };
  struct Late {
    uint64_t session;
    events::Append append;
  };

  events::Delivery Decide(Pending pending);
  events::Offset Land(const events::LogSession* session, events::Append append);
  void Close(MemorySession& session);
  std::vector<std::pair<const MemorySession*, events::Partition>> Lanes() const;
  size_t DeliverThese(std::vector<Pending> pending);

  const Options options_;
  std::vector<std::vector<Record>> records_;
  Script script_;
  Landing landing_;
  absl::Status session_failure_;
  std::deque<Pending> pending_;
  std::deque<Late> late_;
  uint64_t opened_ = 0;  // sessions so far
  std::set<MemorySession*> sessions_;
};

}  // namespace guitu::memory_log
