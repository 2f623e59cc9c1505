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
#include <memory>
#include <string>
#include <vector>

#include "adapters/runtime/node.h"
#include "events/log.h"

namespace guitu::runtime {

class Driver {
 public:
  // `log` and what `ports` names outlive it.
  Driver(uint32_t partitions, events::EventLog& log, Ports ports, std::string owner);
  ~Driver();

  // Reads the log and asks for the first fence.
  void Start();
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

 private:
  void Do(Outbox& out);
  void DoReads(Outbox& out);
  void OpenSession(Outbox& out);

  events::EventLog& log_;
  Node node_;
  std::unique_ptr<events::LogSession> session_;
  std::vector<events::Delivery> inbox_;
  std::vector<Answer> answers_;
  std::vector<std::string> alarms_;
  uint64_t next_ticket_ = 1;
  int sessions_ = 0;
};

}  // namespace guitu::runtime
