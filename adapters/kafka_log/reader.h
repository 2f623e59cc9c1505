// A consumer handle: reading a range of one partition, and following all. Inner header.
//
// The settings, and why:
//   - auto.offset.reset=error, isolation.level=read_uncommitted, check.crcs: protocol.md L1.
//   - enable.partition.eof: tells how far the broker has been read, also over offsets that hold
//     nothing.
//   - fetch.queue.backoff.ms 1: the queue is kept small, and by default a full one stops fetching
//     for a second.
//   - queued.max.messages.kbytes, fetch.max.bytes: so much waits for a slow reader, at most.
//   - no group: positions are ours, kept in the same batch as the fold.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/kafka_log/client.h"
#include "events/log.h"

namespace guitu::kafka_log {

// What a handle is made for: a Read wants the broker's answer soon also when there is nothing, a
// follower waits at the broker.
absl::StatusOr<Client> MakeConsumer(const Cluster& cluster, absl::Duration wait_at_broker);

// Of an event in a consumer's queue that is no record.
bool IsEndOfPartition(const rd_kafka_message_t& message);
// The partition cannot be read on. Other errors pass, also that a topic is not known: a broker that
// has just come says so.
bool IsFinal(const rd_kafka_message_t& message);
absl::string_view RecordOf(const rd_kafka_message_t& message);
absl::string_view KeyOf(const rd_kafka_message_t& message);

// The offsets that a partition holds, as its leader says: [begin, end). At most `request_timeout`.
struct Bounds {
  events::Offset begin = 0;
  events::Offset end = 0;
};
absl::StatusOr<Bounds> AskBounds(const Client& client, const Cluster& cluster,
                                 events::Partition partition, absl::Duration patience);

// What an offset that is left out means to a Run: it stops there; the same, unless it is where the
// Run began; nothing (a compacted topic).
enum class Gaps { kStop, kTrustFirst, kTrust };

// One Read at a time.
class Reader {
 public:
  static absl::StatusOr<std::unique_ptr<Reader>> Make(const Cluster& cluster);

  struct Range {
    events::Partition partition;
    events::Offset next;   // moves behind what was visited, or holds nothing
    events::Offset until;  // there is something at or behind its predecessor
    bool stopped = false;  // the visitor wants no more
  };
  // The visitor of what was read; false: no more is wanted.
  using Visit = absl::FunctionRef<bool(const rd_kafka_message_t& message)>;
  // Reads on at `range.next`. Returns ok before `until` where an offset is left out, as `gaps`
  // says. Errors: kDataLoss, kUnavailable.
  absl::Status Run(Range& range, Gaps gaps, Visit visit);

 private:
  Reader(Client client, absl::Duration patience)
      : client_(std::move(client)), patience_(patience) {}
  absl::Status Drain(rd_kafka_queue_t* queue, Range& range, Gaps gaps, Visit visit) const;

  const Client client_;
  const absl::Duration patience_;
};

}  // namespace guitu::kafka_log
