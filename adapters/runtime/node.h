// A node: the machines of all partitions, the session they share, and the registry they adopt. A
// step machine without I/O, like them; the driver (adapters/app/engine.h, or the simulation) feeds
// it and does what its Outbox says.
//
// A driver's loop: hand in everything that has come (requests, deliveries, records read, ticks),
// call EndStep, then do the outbox: answers out, appends to the session, reads, a new session if
// wanted.
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

class Node {
 public:
  // `partitions` is N; the registry is one more.
  Node(uint32_t partitions, Ports ports, std::string owner_id, std::string address);

  // Reads every partition to its end, registry first, then asks for a session.
  void Start(Outbox& out);
  // The reads of Start, or those before a new fence, are done: `status` of the worst.
  void OnCaughtUp(const absl::Status& status, Outbox& out);
  void OnSession(const absl::Status& status, Outbox& out);
  void Submit(Request request, Outbox& out);
  void OnDeliveries(std::span<const events::Delivery> deliveries, Outbox& out);
  void OnRecord(events::Partition partition, events::Offset offset, absl::string_view record,
                Outbox& out);
  void OnReadFailed(events::Partition partition, const absl::Status& status, Outbox& out);
  void OnTick(Outbox& out);
  void EndStep(Outbox& out);

  void set_read_only(bool read_only) { read_only_ = read_only; }
  void set_clock_suspect(bool suspect) { clock_suspect_ = suspect; }
  bool read_only() const { return read_only_; }
  // True when every partition leads and has adopted the registry. An adoption later on makes who
  // comes wait, not go away.
  bool ready() const;
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
  PartitionMachine& registry() { return *machines_[partitions_]; }
  bool StoreRows();
  std::optional<aggregates::ForeignEvent> LookUp(const events::StreamId& stream,
                                                 uint32_t sequence) const;
  void LoseSession(const absl::Status& why, Outbox& out);
  void CatchUp(Outbox& out);
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
  bool session_ = false;     // one is open
  bool session_wanted_ = false;
  absl::Duration retry_at_;    // monotonic, for the next try to open one
  uint64_t registry_end_ = 0;  // records of the registry up to its newest command in effect
  bool adopt_ = false;         // the registry has grown since the last adoption was sent
  std::map<uint64_t, std::shared_ptr<const aggregates::RegistryState>> registry_states_;
  bool served_ = false;      // was ready in this session: an adoption on its way is no gap
  bool case_opened_ = true;  // 107g may be due; true at first, for what was opened before
  absl::Duration bootstrap_at_ = -absl::InfiniteDuration();  // monotonic: not asked again before
  std::deque<Held> held_;  // registry commands, until every partition has adopted them (R3)
};

}  // namespace guitu::runtime
