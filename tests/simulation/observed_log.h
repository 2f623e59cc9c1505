// The log as one process sees it, with an eye on what it sends. Broken on demand: a session that
// goes on after an unknown outcome as if nothing had been. Threads: one.
#pragma once

#include <functional>
#include <memory>

#include "events/log.h"

namespace guitu::simulation {

class ObservedLog final : public events::EventLog {
 public:
  struct Options {
    std::function<void(const events::Append&)> on_send;
    // Broken: unknown outcomes are told here, not to the owner, and its session goes on.
    std::function<void(const events::Append&)> on_hidden;
  };
  // `log` outlives it, and it its sessions.
  ObservedLog(events::EventLog& log, Options options) : log_(log), options_(std::move(options)) {}

  uint32_t partition_count() const override { return log_.partition_count(); }
  absl::StatusOr<std::unique_ptr<events::LogSession>> OpenSession(DeliverySink sink) override;
  absl::StatusOr<events::Offset> End(events::Partition partition) const override {
    return log_.End(partition);
  }
  absl::Status Read(events::Partition partition, events::Offset from, uint64_t max,
                    const Visitor& visit) const override {
    return log_.Read(partition, from, max, visit);
  }

 private:
  friend class ObservedSession;
  events::EventLog& log_;
  const Options options_;
};

}  // namespace guitu::simulation
