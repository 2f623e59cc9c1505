// The clients of a simulated city: eight police officers, a case worker and an administrator, who
// send commands and reads, send them again or cancel them, and conclude from an answer what
// protocol.md allows (U4). Whom they send to is the simulation's to say. Threads: one.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "events/reason.h"
#include "projections/archive.h"
#include "tests/adapters/runtime/acts.h"
#include "tests/adapters/runtime/test_ports.h"
#include "tests/simulation/history.h"

namespace guitu::simulation {

const std::vector<aggregates::Actor>& Actors();
// What the city begins with, in an order that is accepted.
std::vector<runtime::Request> SetUpRequests(absl::Time now);

class Clients {
 public:
  struct Network {
    // Sends an attempt; its answer comes through OnAnswer, or Gone says that none will.
    std::function<void(uint64_t attempt, runtime::Request request)> send;
    // A case, or an item of the registry, in the newest state that somebody knows of.
    std::function<projections::StreamRow(events::Partition, const events::StreamId&)> stream;
  };

  Clients(runtime::World& world, std::mt19937_64& random, Network network)
      : world_(world), random_(random), network_(std::move(network)) {}

  void NewRequest();
  // Those whose command is open send it again, or, having lost patience with it, a cancel. Only an
  // impatient one does so while an attempt is under way. `faults`: they may as well wait, or give
  // up.
  void Retry(bool impatient, bool faults);
  // `rows`: of the node that answers.
  void OnAnswer(uint64_t attempt, const runtime::Answer& answer, const projections::RowReader& rows,
                bool faults);
  void Gone(uint64_t attempt);
  void Acknowledge(Command& command, events::Offset offset);
  // Once everything is healed: each command has come to an end.
  void CheckEnds();
  // The command that an attempt belongs to; none for a read.
  Command* Of(uint64_t attempt);

  History& history() { return history_; }
  const History& history() const { return history_; }
  // Called with each read as it is sent.
  std::function<void(const runtime::Request&)> on_read;
  // Broken: whatever is being settled is taken for not done, for good.
  bool takes_any_no = false;
  uint32_t cancel_percent = 10;  // of retries
  size_t suspend_percent = 3;    // of requests

 private:
  struct ReadUnderWay {
    std::string staff;
    std::optional<events::Offset> after;
    bool revoked = false;
  };
  void SendCommand(size_t index);
  void SendRead();
  events::Version VersionOf(const events::StreamId& stream) const;
  runtime::Request FourEyes(const std::string& key);
  runtime::Request InCase(size_t what, const std::string& key);
  runtime::Request Visits(events::StreamId stream, const std::string& key, events::Version version);
  void OnCommandAnswer(Command& command, uint64_t attempt, const runtime::Answer& answer,
                       bool faults);
  void CheckRefusal(uint64_t attempt, const Command& command, events::Reason reason);
  void NoteReceipt(const events::StreamId& stream, events::Offset offset);
  size_t Pick(size_t n) { return static_cast<size_t>(random_() % n); }
  bool Chance(uint32_t percent) { return random_() % 100 < percent; }

  runtime::World& world_;
  std::mt19937_64& random_;
  Network network_;
  History history_;
  std::vector<events::StreamId> streams_;
  std::map<uint64_t, size_t> commands_under_way_;  // by attempt
  std::map<uint64_t, ReadUnderWay> reads_under_way_;
  std::map<events::StreamId, events::Offset> receipts_;  // the newest of each case
  std::set<uint64_t> knows_case_;  // attempts sent after somebody knew that their case is there
  std::map<std::string, std::string> suspending_;  // staff by id of the command
  uint64_t attempts_ = 0;
  int keys_ = 0;
};

}  // namespace guitu::simulation
