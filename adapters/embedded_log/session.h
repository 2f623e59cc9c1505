// The one session of an embedded log: a queue and the writer thread. Inner header.
//
// States: alive, then dead (after its first unknown delivery) or closing (its destructor runs); in
// both of the latter nothing more is written and what is queued comes back unknown.
#pragma once

#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "adapters/embedded_log/embedded_log.h"
#include "events/log.h"

namespace guitu::embedded_log {

class EmbeddedSession final : public events::LogSession {
 public:
  EmbeddedSession(EmbeddedLog& log, events::EventLog::DeliverySink sink);
  // Waits for the write that is under way, at most one group.
  ~EmbeddedSession() override;
  void Enqueue(std::vector<events::Append> appends) override;
  // Writes in place while the writer waits for work.
  void EnqueueAlone(events::Append append) override;

 private:
  using Group = absl::Span<const events::Append>;

  void Run();
  // Writes, or gives up, all of `taken`.
  void WriteAll(Group taken);
  // Waits for work and moves all of it into `taken`. False: closing, and nothing is left.
  bool Take(std::vector<events::Append>& taken);
  bool Closing() const;
  // The longest front of `taken` that is written as one batch; empty: its first record may not be.
  Group NextGroup(Group taken) const;
  void Write(Group group);
  void GiveUp(Group rest);

  EmbeddedLog& log_;
  const events::EventLog::DeliverySink sink_;
  const uint64_t group_bytes_max_;

  mutable absl::Mutex mutex_;
  absl::CondVar work_;
  std::vector<events::Append> queue_ ABSL_GUARDED_BY(mutex_);
  bool waiting_ ABSL_GUARDED_BY(mutex_) = false;
  bool in_place_ ABSL_GUARDED_BY(mutex_) = false;  // somebody writes on his own thread
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;

  // The writer's, or of whoever writes in place while it waits.
  absl::Status death_;                   // ok: alive
  std::vector<events::Offset> offsets_;  // the writer's, kept for its capacity
  std::thread writer_;                   // last: it uses all of the above
};

}  // namespace guitu::embedded_log
