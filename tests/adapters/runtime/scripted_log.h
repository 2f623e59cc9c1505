// A log under test with the faults of the memory log: appends have the fate that a MemoryLog's
// script gives them, and what lands there lands in the log behind, which is what is read.
//
// The memory log is the model: for each record that lands in it the log behind must take the same
// one, durable, at the same offset, before anybody is told; where it does not, the test fails.
// Deterministic all the same: a sink is called only while the memory log delivers.
//
// A session here has one of the log behind for itself; on a log with one at a time they share it,
// and it is opened anew once all of them are gone. What lands late comes in a session of its own.
//
// Example:
//   MemoryLog script(2, {.one_session = false});
//   ScriptedLog log(script, backing);       // a BackingLog
//   auto session = log.OpenSession(sink);
//   script.SetScript(...);
//   (*session)->Enqueue(...);
//   script.DeliverAll();                    // in `backing` too, then the sink
//
// Threads: one; it waits for those of the log behind, a minute at most.
#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "adapters/memory_log/memory_log.h"
#include "events/log.h"
#include "tests/conformance/collector.h"

namespace guitu::runtime {

// A log of a test's own, on what outlives the test's processes.
class BackingLog {
 public:
  virtual ~BackingLog() = default;
  virtual events::EventLog& log() = 0;
  // As after the end of the process. REQUIRES: its sessions are gone.
  virtual void Reopen() = 0;
  virtual bool one_session() const = 0;
};

class ScriptedLog final : public events::EventLog {
 public:
  // Both outlive it, and `script` is empty, as is the log behind. REQUIRES at its end: its sessions
  // are gone.
  ScriptedLog(memory_log::MemoryLog& script, BackingLog& backing);
  ~ScriptedLog() override;

  uint32_t partition_count() const override { return script_.partition_count(); }
  // Where the script lets it: fails as the log behind does.
  absl::StatusOr<std::unique_ptr<events::LogSession>> OpenSession(DeliverySink sink) override;
  absl::StatusOr<events::Offset> End(events::Partition partition) const override;
  absl::Status Read(events::Partition partition, events::Offset from, uint64_t max,
                    const Visitor& visit) const override;

 private:
  friend class ScriptedSession;
  // A session of the log behind, and what it has still to report.
  struct Behind {
    conformance::Collector collector;
    std::vector<std::pair<events::Partition, events::Offset>> expected;  // by ticket
    size_t seen = 0;
    std::unique_ptr<events::LogSession> session;  // last: it uses the collector
  };

  absl::StatusOr<std::shared_ptr<Behind>> OpenBehind();
  void OnLanding(const events::LogSession* session, const events::Append& append,
                 events::Offset offset);
  // Until all that has landed is reported by the log behind.
  void Await() const;

  memory_log::MemoryLog& script_;
  BackingLog& backing_;
  std::map<const events::LogSession*, std::shared_ptr<Behind>> behind_;  // by that of the script
  std::weak_ptr<Behind> shared_;                                         // one session at a time
  mutable std::shared_ptr<Behind> busy_;  // has something to report; the others have not
  mutable std::map<events::Partition, events::Offset> ends_;  // asked since something landed
};

}  // namespace guitu::runtime
