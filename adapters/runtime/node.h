// A node: the machines of all partitions, the sessions they write in, and the registry they adopt.
// A step machine without I/O, like them; the driver (adapters/app/engine.h, or the simulation)
// feeds it and does what its Outbox says.
//
// It folds every partition and leads those that are assigned to it: all of them on the embedded
// log, on Kafka those that the group gives it (a hint; the fence decides). Partitions that begin to
// lead together share a session; when one of its appends is of unknown outcome, they all fence
// again in a new one (O1).
//
// A driver's loop: hand in everything that has come (requests, deliveries, records read, ticks),
// then do the outbox: new sessions, catch-ups, reads; call EndStep; appends to the sessions;
// answers out.
//
// Threads: one thread at a time.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/runtime/messages.h"
#include "adapters/runtime/partition.h"
#include "adapters/runtime/ports.h"

namespace guitu::runtime {

struct NodeOptions {
  std::string owner_id;
  std::string address;  // for those who look for the owner of a partition
  // The log has one session at a time, and this node is alone (the embedded log).
  bool alone = true;
};

class Node {
 public:
  // `partitions` is N; the registry is one more.
  Node(uint32_t partitions, Ports ports, NodeOptions options);

  // Reads every partition to its end, registry first; then nothing until Assign.
  void Start(Outbox& out);
  // G2: leads these too, as soon as it can. `generation`: of the group, a hint (G1).
  void Assign(std::span<const events::Partition> partitions, uint32_t generation, Outbox& out);
  // All partitions, as on the embedded log.
  void AssignAll(Outbox& out);
  // The group has moved on, without a change for this node.
  void set_generation(uint32_t generation) { view_.generation = generation; }
  // Hands these over: takes nothing new, lets what is in flight settle, stands down.
  void HandOver(std::span<const events::Partition> partitions, Outbox& out);
  // True when nothing of the partition is in flight here and it is not led any more.
  bool handed_over(events::Partition partition) const;
  // A catch-up is done: `status` of the worst.
  void OnCaughtUp(uint64_t session, const absl::Status& status, Outbox& out);
  void OnSession(uint64_t session, const absl::Status& status, Outbox& out);
  void Submit(Request request, Outbox& out);
  void OnDeliveries(uint64_t session, std::span<const events::Delivery> deliveries, Outbox& out);
  void OnRecord(events::Partition partition, events::Offset offset, absl::string_view record,
                Outbox& out);
  // The offsets from next() to `until` hold nothing and never will (F5).
  void OnGap(events::Partition partition, events::Offset until, Outbox& out);
  // L2, once after a start where records come by themselves: see PartitionMachine::CheckLast.
  void CheckLast(events::Partition partition, std::optional<absl::string_view> record, Outbox& out);
  void OnReadFailed(events::Partition partition, const absl::Status& status, Outbox& out);
  void OnTick(Outbox& out);
  void EndStep(Outbox& out);

  void set_read_only(bool read_only) { read_only_ = read_only; }
  void set_clock_suspect(bool suspect) { clock_suspect_ = suspect; }
  bool read_only() const { return read_only_; }
  // True when every partition that is assigned leads and has adopted the registry. An adoption
  // later on makes who comes wait, not go away.
  bool ready() const;
  // The session that appends of this partition belong to; 0: none.
  uint64_t session_of(events::Partition partition) const { return seats_[partition].session; }
  uint32_t partitions() const { return partitions_; }
  const PartitionMachine& machine(events::Partition partition) const {
    return *machines_[partition];
  }
  std::shared_ptr<const aggregates::RegistryState> RegistryAt(uint64_t offset);
  uint64_t registry_end() const { return registry_end_; }

 private:
  struct Held {
    Answer answer;
    absl::Duration since;
  };
  // Where a partition stands with its session.
  struct Seat {
    uint64_t session = 0;                                   // opened for it, or being opened
    bool needs = false;                                     // another one
    absl::Duration not_before = -absl::InfiniteDuration();  // monotonic
  };
  PartitionMachine& registry() { return *machines_[partitions_]; }
  bool StoreRows();
  std::optional<aggregates::ForeignEvent> LookUp(const events::StreamId& stream,
                                                 uint32_t sequence) const;
  void LoseSession(uint64_t session, const absl::Status& why, Outbox& out);
  void Need(events::Partition partition, absl::Duration not_before);
  void OpenSessions(Outbox& out);
  std::vector<events::Partition> SeatsOf(uint64_t session) const;
  std::vector<events::Partition> RegistryFirst() const;
  absl::Duration Jitter() const;
  void HoldRegistryAnswers(Outbox& out);
  void ReleaseHeld(Outbox& out);
  uint64_t AdoptedByAll() const;

  // software.cc
  struct FirstCase {
    events::Partition partition = 0;
    events::StreamId stream;
    uint32_t number = 0;  // of its 5
    absl::Time recorded_at;
  };
  std::optional<FirstCase> FindFirstCase() const;
  void EndBootstrap(Outbox& out);

  const uint32_t partitions_;
  Ports ports_;
  NodeView view_;
  std::vector<std::unique_ptr<PartitionMachine>> machines_;
  bool read_only_ = false;
  bool clock_suspect_ = false;
  absl::Status store_;       // of the newest write
  std::string store_alarm_;  // said once, when it begins
  const bool alone_;
  std::vector<Seat> seats_;  // by partition
  bool some_need_ = false;   // a seat needs another session
  uint64_t sessions_ = 0;    // so far
  bool started_ = false;     // something was assigned, if only nothing
  absl::Duration start_again_at_ = absl::InfiniteDuration();  // monotonic
  uint64_t registry_end_ = 0;  // records of the registry up to its newest command in effect
  bool adopt_ = false;         // the registry has grown since the last adoption was sent
  std::map<uint64_t, std::shared_ptr<const aggregates::RegistryState>> registry_states_;
  bool served_ = false;      // was ready in this session: an adoption on its way is no gap
  bool case_opened_ = true;  // 107g may be due; true at first, for what was opened before
  absl::Duration bootstrap_at_ = -absl::InfiniteDuration();  // monotonic: not asked again before
  std::deque<Held> held_;  // registry commands, until every partition has adopted them (R3)
};

}  // namespace guitu::runtime
