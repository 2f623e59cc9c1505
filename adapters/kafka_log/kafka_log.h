// The log on Kafka: events::EventLog as one topic with one Kafka partition per partition of ours;
// a record is the value of one message, without key and headers. One class for a node of several.
//
// What the cluster has to be is made by Create and checked by every Open (protocol.md, L1):
// replication of 3 or more, min.insync.replicas of 2 or more, no unclean election, no retention
// limit, no compaction. A single replica only where `allow_single_replica` says so.
//
// Invariants (tests/conformance/, tests/adapters/kafka_log/):
//   1. Acknowledged = written by all replicas in sync (acks=all).
//   2. A session is one idempotent producer, on a handle of its own. Its first unknown delivery
//      ends it: what is queued is purged, what was under way and all that follows comes back
//      unknown. So does an acknowledgement without an offset.
//   3. Behind a record that is lost nothing of its session lands in that partition any more.
//   4. No transactions: so no offset is skipped, unless a stranger writes to the topic. Such an
//      offset shows as events/log.h says, and only after a second look with a new handle.
//   5. Ends never go back while the process lives; nor is anything gone from the front: kDataLoss.
//
// What a node does not learn here: that an acknowledged tail was truncated and written over while
// it was away. The chain in the records and the node's own position tell (protocol.md, L2, F6).
//
// Threads: everything but destructors from any thread; a visitor may call anything. Each session
// and each Follow have a thread of their own here and several inside librdkafka.
// Time: no call takes longer than `open_timeout` (Create, Open, OpenSession, Follow) or
// `read_timeout` without progress (End, Read) while no broker answers; then it is kUnavailable. A
// record is appended or unknown within `delivery_timeout`.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "events/log.h"

namespace guitu::kafka_log {

class Ends;
class Reader;
struct Client;
struct Cluster;

struct KafkaOptions {
  // Fewer than three brokers, replication of 1: for a demo, a test, or a city that says so.
  bool allow_single_replica = false;
  // Longer than a broker's session time-out (9 s by default), so that the loss of one is no unknown
  // outcome but a pause.
  absl::Duration delivery_timeout = absl::Seconds(15);
  // After this a request that hangs is tried elsewhere.
  absl::Duration request_timeout = absl::Seconds(5);
  absl::Duration open_timeout = absl::Seconds(10);
  absl::Duration read_timeout = absl::Seconds(10);
  uint32_t record_bytes_max = 8 << 20;
  // Further settings of librdkafka, for TLS and log-in. One that the log has chosen itself is
  // refused.
  std::vector<std::pair<std::string, std::string>> client;
};

// Where a record stands; the bytes are borrowed for the call.
struct Followed {
  events::Partition partition = 0;
  events::Offset offset = 0;
  absl::string_view record;
  absl::string_view key;  // of the message; a log's has none
};

// What a follower calls, all on one thread of its own and never under a lock; must not destroy the
// follower. Slow is allowed: records wait, in bounded memory.
struct FollowSink {
  // Records of one or several partitions, those of each in their order and each once. An offset
  // that is left out holds nothing and never will (events/log.h).
  std::function<void(absl::Span<const Followed>)> records;
  // Called at most once a partition, which is not followed any more, the others are: its position
  // is not in the log (kDataLoss; protocol.md, L2), or it may not be read. Brokers that are away
  // are no reason: the follower waits for them.
  std::function<void(events::Partition, absl::Status)> stopped;
};

// Ends the following; what the sink is being called for returns first.
class Follower {
 public:
  virtual ~Follower() = default;
};

class KafkaLog final : public events::EventLog {
 public:
  // Makes the topic, with the settings of L1, and waits until each partition has a leader.
  // Errors: kAlreadyExists; kFailedPrecondition: too few brokers, and `allow_single_replica` is
  // not said; kInvalidArgument: the name, or refused by the cluster's policy; kPermissionDenied;
  // kUnavailable. REQUIRES: 0 < partition_count.
  static absl::Status Create(const std::string& bootstrap, const std::string& topic,
                             uint32_t partition_count, const KafkaOptions& options = {});

  // Errors: kNotFound: no such topic; kFailedPrecondition names topic, setting, what it is and what
  // it should be; kInvalidArgument: KafkaOptions::client; kPermissionDenied; kUnavailable.
  static absl::StatusOr<std::unique_ptr<KafkaLog>> Open(const std::string& bootstrap,
                                                        const std::string& topic,
                                                        uint32_t partition_count,
                                                        const KafkaOptions& options = {});
  // Opens the log with as many partitions as it has. Errors: as Open.
  static absl::StatusOr<std::unique_ptr<KafkaLog>> OpenAsIs(const std::string& bootstrap,
                                                            const std::string& topic,
                                                            const KafkaOptions& options = {});
  // For librdkafka's mock cluster, which knows no settings of topics: looks at the number of
  // partitions alone.
  static absl::StatusOr<std::unique_ptr<KafkaLog>> OpenUnchecked(const std::string& bootstrap,
                                                                 const std::string& topic,
                                                                 uint32_t partition_count,
                                                                 const KafkaOptions& options = {});
  // REQUIRES: sessions and followers are gone.
  ~KafkaLog() override;

  uint32_t partition_count() const override { return partition_count_; }
  // Any number at a time; each has a thread and a connection per broker. Deliveries come on the
  // session's own thread; the sink must not destroy the session.
  absl::StatusOr<std::unique_ptr<events::LogSession>> OpenSession(DeliverySink sink) override;
  // Asks the partition's leader. Errors: kInvalidArgument, kDataLoss, kUnavailable.
  absl::StatusOr<events::Offset> End(events::Partition partition) const override;
  // As End, of several, with one question to each broker.
  absl::StatusOr<std::vector<events::Offset>> EndsOf(
      absl::Span<const events::Partition> partitions) const;
  // One Read at a time per handle; handles are kept for the next. Costs a question for the end and
  // a fetch, so follow what is read all the time. Also kInvalidArgument, kUnavailable.
  absl::Status Read(events::Partition partition, events::Offset from, uint64_t max,
                    const Visitor& visit) const override;

  // Every record of partition p from `from[p]` on, as soon as it is in the log. Errors: kDataLoss:
  // a position behind the end, with the partition; kUnavailable. REQUIRES: one for each partition.
  absl::StatusOr<std::unique_ptr<Follower>> Follow(const std::vector<events::Offset>& from,
                                                   FollowSink sink);

 private:
  KafkaLog(Cluster cluster, uint32_t partition_count);
  absl::Status Connect();
  absl::StatusOr<std::unique_ptr<Reader>> TakeReader() const;
  void KeepReader(std::unique_ptr<Reader> reader) const;

  const std::unique_ptr<const Cluster> cluster_;
  const uint32_t partition_count_;
  const std::shared_ptr<Ends> ends_;
  std::unique_ptr<Client> client_;  // for questions

  mutable absl::Mutex readers_mutex_;
  mutable std::vector<std::unique_ptr<Reader>> readers_ ABSL_GUARDED_BY(readers_mutex_);
};

// Of the librdkafka this program was linked with, for `--version`.
std::string ClientVersion();

}  // namespace guitu::kafka_log
