// The log: for each partition an append-only sequence of records, the one truth of the system.
//
// Two implementations serve (adapters/embedded_log, adapters/kafka_log) and one simulates
// (adapters/memory_log); tests/conformance/ runs the same suite against each.
//
// What a log promises:
//   1. Order: within one session, records of a partition stand in the order of their appends.
//   2. Durable: a record reported as appended survives the end of the process and of the machine.
//   3. Unknown is a result: an append that is reported as unknown may stand in the log now, later,
//      or never. It is never reported as failed (protocol.md, U1).
//   4. One record once: an append stands in the log at most once.
// What takes effect is decided by events/effect.h, not by the log.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "events/ids.h"

namespace guitu::events {

struct Append {
  Partition partition = 0;
  uint64_t ticket = 0;  // chosen by the caller, comes back in the delivery
  std::string record;   // encoded, events/record.h
  // An access record (Kind::access). When the disk is full a log may still take these, from space
  // it holds back for them, so that audited reading goes on.
  bool access = false;
};

struct Delivery {
  enum class Outcome {
    kAppended,  // durable at `offset`
    kUnknown,   // may stand in the log, now or later; settle by a fence in a new session
  };
  Partition partition = 0;
  uint64_t ticket = 0;
  Outcome outcome = Outcome::kUnknown;
  Offset offset = 0;    // of kAppended
  absl::Status reason;  // of kUnknown: kResourceExhausted = no space, else why; no personal data
};

// One idempotent producer (protocol.md, "Session"). After the first unknown delivery a session
// takes nothing more: everything appended to it later comes back unknown.
class LogSession {
 public:
  virtual ~LogSession() = default;
  // Takes the records; returns at once. Each comes back exactly once through the sink, also when
  // the session is destroyed first (then as kUnknown, before the destructor returns).
  virtual void Enqueue(std::vector<Append> appends) = 0;
  // The same for a caller who has nothing else to do: the log may write on the caller's thread and
  // call the sink before it returns, which saves two changes of thread.
  virtual void EnqueueAlone(Append append) {
    std::vector<Append> appends;
    appends.push_back(std::move(append));
    Enqueue(std::move(appends));
  }
};

class EventLog {
 public:
  // Gets deliveries in batches, on a thread of the log, never under a lock of the log. May be
  // called until the session is destroyed. Must not block.
  using DeliverySink = std::function<void(std::vector<Delivery>)>;

  virtual ~EventLog() = default;

  // Partitions this log has: those of the cases and, last, that of the registry.
  virtual uint32_t partition_count() const = 0;

  // A new session. The embedded log has one at a time: the one before must be gone.
  // Errors: kUnavailable (try again), kResourceExhausted (no space).
  virtual absl::StatusOr<std::unique_ptr<LogSession>> OpenSession(DeliverySink sink) = 0;

  // The offset after the last durable record. 0 for an empty partition.
  virtual absl::StatusOr<Offset> End(Partition partition) const = 0;

  // Reads the records at offsets [from, from + max) into `visit`, oldest first, until `visit`
  // returns false or the partition ends. The bytes are borrowed for the call.
  // An offset that is left out holds nothing and never will (protocol.md F5, a gap): only on
  // Kafka, where a stranger's transaction takes offsets. So after an ok Read that was not stopped,
  // every offset below min(from + max, End before the Read) was visited or is a gap.
  // Errors: kDataLoss for a record that should be there and is not, or does not read.
  using Visitor = std::function<bool(Offset, absl::string_view record)>;
  virtual absl::Status Read(Partition partition, Offset from, uint64_t max,
                            const Visitor& visit) const = 0;
};

}  // namespace guitu::events
