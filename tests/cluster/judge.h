// The judge of a history: folds the log anew, alone, and holds what clients were told against it.
//
// What it looks at: every acknowledged command is in effect once, where its receipt says; no
// command that was refused, denied or cancelled is; nothing is in effect that nobody asked for.
// Each read that was shown has its access record in effect and shows what was in effect at that
// offset, no more and no less. In each partition what ended before another thing began has the
// lower offset: so reads and writes are linearizable. A list shows every case that was opened
// before it was asked for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "adapters/memory_store/memory_store.h"
#include "events/log.h"
#include "events/record.h"
#include "tests/kill/load.h"

namespace guitu::cluster {

class Judge {
 public:
  // Folds all of the log.
  static absl::StatusOr<Judge> Read(const events::EventLog& log);

  std::vector<std::string> Violations(const std::vector<kill::Act>& acts) const;
  uint64_t records() const { return records_; }
  uint64_t void_records() const { return records_ - in_effect_.size(); }
  // Records by what became of them.
  const std::map<std::string, uint64_t>& effects() const { return effects_; }

 private:
  struct InEffect {
    events::Partition partition;
    events::Offset offset;
    events::Frame frame;
    std::string actor;
    bool has_events;
    std::string receipt() const;
  };
  using Out = std::vector<std::string>;
  using ByCommand = std::map<events::CommandId, std::vector<const InEffect*>>;
  events::CommandId IdOf(const kill::Act& act) const;
  void JudgeCommand(const kill::Act& act, const ByCommand& commands, Out& out) const;
  void JudgeConflict(const kill::Act& act, Out& out) const;
  void JudgeRead(const kill::Act& act, Out& out) const;
  void JudgeUnasked(const std::vector<kill::Act>& acts, Out& out) const;
  static void JudgeLists(const std::vector<kill::Act>& acts, Out& out);
  static void JudgeOrder(const std::vector<kill::Act>& acts, Out& out);

  std::string salt_;
  std::vector<InEffect> in_effect_;
  std::map<std::string, const InEffect*> by_receipt_;
  std::map<events::StreamId, std::vector<const InEffect*>> by_stream_;
  std::map<std::string, uint64_t> effects_;
  uint64_t records_ = 0;
};

}  // namespace guitu::cluster
