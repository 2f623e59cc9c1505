// The driver of the runtime: one thread that feeds the step machine and does what it says.
//
// Requests come from socket threads and go back to them; deliveries come from the log's writer.
// Both are handed over in batches, so under load one step decides many commands and one durable
// write carries them, while the next step already decides on what has settled.
//
// Start-up gate (design.md, section 3): before it fences it compares the log with the anchor; a log
// that is shorter than the anchor, or whose chain differs from it, is not served.
//
// Threads: Submit, registry, ready, figures from any; Start and Stop from one.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "adapters/runtime/node.h"
#include "events/hash.h"
#include "events/log.h"

namespace guitu::app {

// What the anchor said of a partition at the last sync.
struct AnchorPoint {
  uint64_t count = 0;
  events::Hash256 chain;
  events::Hash256 root;
};

struct EngineOptions {
  uint32_t partitions = 32;
  std::string owner_id;
  std::string address;
  std::vector<AnchorPoint> anchor;  // by partition; empty: none was written yet
  // Moves the anchor: the log is synced and folded up to here. Cheap; called on the engine's
  // thread.
  std::function<void(events::Partition, const AnchorPoint&)> advance_anchor;
  // For the log of the program: numbers and ids only.
  std::function<void(absl::string_view)> alarm;
  // True while the log takes access records only; asked at every tick.
  std::function<bool()> space_low;
  // True while the wall clock is suspect; asked at every tick. Empty for synthetic logs: not
  // checked.
  std::function<bool()> clock_suspect;
  // Told once the log is folded: when its newest record was recorded.
  std::function<void(absl::Time)> newest_record;
  // Told when two people have confirmed the clock (row 107f).
  std::function<void()> clock_confirmed;
};

// Totals since the start.
struct EngineFigures {
  uint64_t commands = 0;  // commits in effect answered
  uint64_t reads = 0;     // reads released
  uint64_t refusals = 0;  // answered with a refusal
  uint64_t retries = 0;   // answered "not now"
  uint64_t records_folded = 0;
  uint64_t sessions = 0;  // of the log, opened
};

class Engine {
 public:
  using Callback = std::function<void(runtime::Answer)>;

  Engine(events::EventLog& log, runtime::Ports ports, EngineOptions options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Folds the log to its end, passes the gate, fences and leads; returns when every partition is
  // ready or `patience` is over. Errors: kDataLoss = the gate says no, with what was found;
  // kUnavailable, kResourceExhausted = the disk.
  absl::Status Start(absl::Duration patience);
  // The callback runs on the engine's thread and must not block.
  void Submit(runtime::Request request, Callback callback);
  // Lets what is in flight settle for up to `drain`, then ends the thread. What is left is answered
  // RETRY.
  void Stop(absl::Duration drain);

  bool ready() const { return ready_.load(std::memory_order_acquire); }
  bool read_only() const { return read_only_.load(std::memory_order_relaxed); }
  // The registry that every partition has adopted; never null after Start.
  std::shared_ptr<const aggregates::RegistryState> registry() const;
  EngineFigures figures() const;

 private:
  struct Inbox {
    std::vector<std::pair<runtime::Request, Callback>> requests;
    std::vector<events::Delivery> deliveries;
  };

  void Run();
  void Step(Inbox inbox, runtime::Outbox& out);
  void Do(runtime::Outbox& out);
  void LookAtDisk();
  void Append(runtime::Outbox& out);
  bool Idle() const;
  void DoReads(runtime::Outbox& out);
  void OpenSession(runtime::Outbox& out);
  void Deliver(std::vector<runtime::Answer> answers);
  absl::Status Gate();
  void MoveAnchor();
  bool AnchorIsBehind() const;
  void Publish();
  void PublishRegistry();
  void Fail(absl::Status status);
  bool Drained() const;

  events::EventLog& log_;
  runtime::Ports ports_;
  EngineOptions options_;
  runtime::Node node_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable started_;
  Inbox inbox_;                                                // guarded by mutex_
  bool stopping_ = false;                                      // guarded by mutex_
  absl::Status start_status_;                                  // guarded by mutex_
  bool start_known_ = false;                                   // guarded by mutex_
  std::shared_ptr<const aggregates::RegistryState> registry_;  // guarded by mutex_
  EngineFigures figures_;                                      // guarded by mutex_
  uint64_t unanswered_ = 0;  // guarded by mutex_; requests taken and not yet answered

  // The engine's thread only.
  std::unique_ptr<events::LogSession> session_;
  absl::flat_hash_map<uint64_t, Callback> callbacks_;
  uint64_t next_ticket_ = 1;
  bool gate_passed_ = false;
  bool failed_ = false;
  absl::Duration next_tick_;
  absl::Duration next_anchor_;
  std::vector<uint64_t> anchored_;  // records the anchor has been moved to, by partition
  uint64_t registry_published_ = 0;
  uint64_t clock_confirmations_ = 0;  // in the registry, as far as told
  bool clock_confirmations_known_ = false;

  std::atomic<bool> ready_{false};
  std::atomic<bool> read_only_{false};
  std::thread thread_;
};

}  // namespace guitu::app
