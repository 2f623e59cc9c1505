// The driver of the runtime: one thread that feeds the step machine and does what it says.
//
// Requests come from socket threads and go back to them; deliveries come from the log's writer.
// Both are handed over in batches, so under load one step decides many commands and one durable
// write carries them, while the next step already decides on what has settled.
//
// Start-up gate (design.md, section 3): before it fences it compares the log with the anchor; a log
// that is shorter than the anchor, or whose chain differs from it, is not served.
//
// On the embedded log it leads every partition. On a log that it shares (Kafka) it folds all that
// comes, leads what the group of nodes gives it, and knows who leads the rest.
//
// Threads: Submit, registry, ready, serves, owner_elsewhere, figures from any; Start and Stop from
// one.
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
#include "adapters/app/feed.h"
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
  // Where several nodes share the log, which is then the log of the engine, too.
  std::optional<SharedLog> shared;
};

// Totals since the start.
struct EngineFigures {
  uint64_t commands = 0;                       // commits in effect answered
  uint64_t reads = 0;                          // reads released
  uint64_t refusals = 0;                       // answered with a refusal
  uint64_t retries = 0;                        // answered "not now"
  uint64_t sessions = 0;                       // of the log, opened
  runtime::PartitionMachine::Counts folded{};  // records, by effect
  // Now, not since the start.
  uint32_t led = 0;     // partitions
  uint32_t halted = 0;  // partitions that need a hand
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
  // Hands over what it leads and leaves the group of nodes; goes on folding. Nothing where it is
  // alone. Blocks a few seconds at most.
  void Leave();
  // Calls back when every record that was acknowledged before this call, by whichever node, is in
  // the rows here: what is read from them afterwards is not of yesterday. Costs a question to each
  // broker, shared by all who ask at the same time. Refused SETTLING or NOT_OWNER where that cannot
  // be had within 5 s. On the engine's thread; at once where it is alone.
  using FreshCallback = std::function<void(absl::Status)>;
  void WhenFresh(FreshCallback callback);
  // Leaves, lets what is in flight settle for up to `drain`, then ends the thread. What is left is
  // answered RETRY.
  void Stop(absl::Duration drain);

  // Every partition that this node should lead is led.
  bool ready() const { return ready_.load(std::memory_order_acquire); }
  // Requests are taken: each partition answers for itself.
  bool serves() const { return serves_.load(std::memory_order_acquire); }
  // The address of the node that leads the partition, where that is another one and its address is
  // known.
  std::optional<std::string> OwnerElsewhere(events::Partition partition) const;
  bool read_only() const { return read_only_.load(std::memory_order_relaxed); }
  // The registry that every partition has adopted; never null after Start.
  std::shared_ptr<const aggregates::RegistryState> registry() const;
  EngineFigures figures() const;
  // Of a shared log: records below this offset are in the rows here.
  events::Offset FoldedTo(events::Partition partition) const { return feed_->folded(partition); }

 private:
  struct Inbox {
    std::vector<std::pair<runtime::Request, Callback>> requests;
    std::vector<std::pair<uint64_t, std::vector<events::Delivery>>> deliveries;  // by session
    std::vector<FreshCallback> fresh;
    bool fed = false;  // the feed has something
    bool empty() const { return requests.empty() && deliveries.empty() && fresh.empty() && !fed; }
  };
  // A catch-up that waits until everything up to these ends is folded.
  struct CatchingUp {
    uint64_t session = 0;
    std::vector<std::pair<events::Partition, events::Offset>> ends;
  };
  struct Fresh {
    FreshCallback callback;
    absl::Duration since;  // monotonic
  };
  struct Owner {
    events::Epoch epoch = 0;
    bool here = false;
    std::string address;
  };

  void Run();
  void Step(Inbox inbox, runtime::Outbox& out);
  void Do(runtime::Outbox& out);
  void LookAtDisk();
  void Append(runtime::Outbox& out);
  bool Idle() const;
  void ReadBack(const runtime::Outbox::ReadBack& read, runtime::Outbox& out);
  absl::Status Read(events::Partition partition, events::Offset until, runtime::Outbox& out);
  void CatchUp(const runtime::Outbox::CatchUp& wanted, runtime::Outbox& out);
  absl::Status Open(const std::vector<events::Offset>& ends, runtime::Outbox& out);
  void OnCaughtUp(uint64_t session, const absl::Status& status, runtime::Outbox& out);
  void DiscardSessions();
  void OpenSession(const runtime::Outbox::NewSession& wanted, runtime::Outbox& out);
  void Enqueue(std::vector<events::Append> appends);
  events::EventLog::DeliverySink SinkOf(uint64_t session);
  // engine_shared.cc
  std::vector<events::Offset> FollowFrom() const;
  void TakeFed(runtime::Outbox& out);
  void TakeRecord(events::Partition partition, events::Offset offset, absl::string_view record,
                  runtime::Outbox& out);
  void TakeEnds(Fed::Ends ends, runtime::Outbox& out);
  void TakeChange(const Fed::Change& change, runtime::Outbox& out);
  void LookAtFeed(runtime::Outbox& out);
  void PublishOwners();
  void AskFresh();
  void TellFresh(const std::vector<Fresh>& fresh, const absl::Status& status);
  void ExpireFresh();

  void Deliver(std::vector<runtime::Answer> answers);
  absl::Status Gate(const std::vector<events::Offset>& ends);
  void MoveAnchor();
  bool AnchorIsBehind() const;
  void Publish();
  void PublishRegistry();
  void PublishFigures();
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
  uint64_t unanswered_ = 0;    // guarded by mutex_; requests taken and not yet answered
  std::vector<Owner> owners_;  // guarded by mutex_; of a shared log, by partition

  // The engine's thread only.
  std::unique_ptr<Feed> feed_;  // of a shared log
  absl::flat_hash_map<uint64_t, std::unique_ptr<events::LogSession>> sessions_;
  std::vector<events::Offset> started_at_;  // folded when the thread began, by partition
  std::vector<CatchingUp> catching_up_;
  std::vector<bool> last_is_checked_;            // by partition, of a shared log
  std::vector<events::Partition> handing_over_;  // the group waits for these
  std::vector<Fresh> fresh_asked_;               // for the ends that are asked for, or waited for
  std::vector<Fresh> fresh_done_;                // to be told
  std::vector<Fresh> fresh_next_;                // came since: for the next question
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
  std::atomic<bool> serves_{false};
  std::atomic<bool> read_only_{false};
  std::thread thread_;
};

}  // namespace guitu::app
