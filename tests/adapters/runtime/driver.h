// One process around a runtime::Node: does what its Outbox says, as adapters/app/engine.cc does,
// but step by step and on the caller's thread. Its end is a crash: what it held in memory is gone.
//
// Example:
//   Driver driver(world.partitions, world.log, world.MakePorts(world.store), "owner-1");
//   driver.Start();
//   uint64_t ticket = driver.Submit(Opening(kPolice, "k", Rescued(now)));
//   while (world.log.Step() || driver.Step()) {}
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/runtime/node.h"
#include "events/log.h"

namespace guitu::runtime {

class Driver {
 public:
  // `log` and what `ports` names outlive it. `alone`: the log has one session at a time.
  Driver(uint32_t partitions, events::EventLog& log, Ports ports, std::string owner,
         bool alone = true);
  ~Driver();

  // Reads the log; alone, it asks for the first fence.
  void Start();
  // What a group does, where it is not alone.
  void Assign(std::vector<events::Partition> partitions, uint32_t generation);
  void HandOver(std::vector<events::Partition> partitions);
  // Reads what has come into the log, as a follower does. Where it is not alone nothing else reads.
  void Follow();
  // The next `max` offsets of one partition.
  void Follow(events::Partition partition, uint64_t max);
  // A request of its own step; its ticket.
  uint64_t Submit(Request request);
  // Several in one step.
  std::vector<uint64_t> SubmitAll(std::vector<Request> requests);
  // Hands over the deliveries that have come. False if there were none.
  bool Step();
  void Tick();

  Node& node() { return node_; }
  const PartitionMachine& machine(events::Partition p) const { return node_.machine(p); }
  std::vector<Answer> TakeAnswers() { return std::exchange(answers_, {}); }
  const std::vector<std::string>& alarms() const { return alarms_; }
  int sessions() const { return sessions_; }

  // Called with each batch of deliveries before the node sees it.
  std::function<void(std::vector<events::Delivery>&)> on_deliveries;
  // A catch-up ends when Follow has come to where the log ended as it began, not at once.
  bool catches_up_by_following = false;

 private:
  void Do(Outbox& out);
  void ReadBack(const Outbox::ReadBack& read, Outbox& out);
  void CatchUp(const Outbox::CatchUp& wanted, Outbox& out);
  absl::Status Read(events::Partition partition, events::Offset until, Outbox& out);
  void OpenSession(const Outbox::NewSession& wanted, Outbox& out);
  void Append(Outbox& out);
  void EndCatchUps(Outbox& out);

  struct CatchingUp {
    Outbox::CatchUp wanted;
    std::vector<events::Offset> ends;  // of its partitions
  };
  events::EventLog& log_;
  const uint32_t partitions_;
  const bool alone_;
  Node node_;
  std::map<uint64_t, std::unique_ptr<events::LogSession>> open_;
  std::map<uint64_t, std::vector<events::Delivery>> inbox_;  // by session
  std::vector<CatchingUp> catching_up_;
  std::vector<Answer> answers_;
  std::vector<std::string> alarms_;
  uint64_t next_ticket_ = 1;
  int sessions_ = 0;
};

}  // namespace guitu::runtime
