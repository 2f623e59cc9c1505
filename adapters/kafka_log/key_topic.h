// The topic on which the nodes of one log hand each other the rows of their key vaults: one
// partition, compacted, so the newest row of each key stays. What a row holds is the vault's
// matter (adapters/crypto/vault.h); here it is two strings of bytes, the Kafka message's key and
// value.
//
// What the cluster has to be is made by Create and checked by every Open: one partition,
// cleanup.policy=compact alone, replication of 3 or more, min.insync.replicas of 2 or more, no
// unclean election. A single replica only where `allow_single_replica` says so.
//
// Invariants (tests/adapters/kafka_log/key_topic_test.cc, broker_key_topic_test.cc):
//   1. Published = written by all replicas in sync (acks=all). What failed may have landed all the
//      same, also behind what was published later: rows must bear to come twice and in any order.
//   2. A row is read as long as no newer one has its key. No row is ever taken back: nothing here
//      writes a message without a value, which compaction would drop.
//   3. ReadAll, then Follow from its result: each row of the topic is seen, those behind the result
//      at least once.
//
// Threads: everything but the destructor from any thread. Time: no call takes longer than
// `open_timeout` (Create, Open, Follow), `delivery_timeout` plus `open_timeout` (Publish), or
// `read_timeout` without progress (ReadAll).
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "adapters/kafka_log/kafka_log.h"

namespace guitu::kafka_log {

struct KeyRow {
  std::string key;
  std::string value;
};

// What Follow calls, on one thread of its own and never under a lock; must not destroy the
// follower. Slow is allowed: rows wait, in bounded memory.
struct KeySink {
  // In the order of the topic. A stranger's row may have an empty key or value.
  std::function<void(std::vector<KeyRow>)> rows;
  // At most once, and nothing after it: the topic is gone, was truncated (kDataLoss), or may not be
  // read. Brokers that are away are no reason: the follower waits for them.
  std::function<void(absl::Status)> stopped;
};

class KeyTopic {
 public:
  // Errors: as KafkaLog::Create.
  static absl::Status Create(const std::string& bootstrap, const std::string& topic,
                             const KafkaOptions& options = {});
  // Errors: as KafkaLog::Open.
  static absl::StatusOr<std::unique_ptr<KeyTopic>> Open(const std::string& bootstrap,
                                                        const std::string& topic,
                                                        const KafkaOptions& options = {});
  // For librdkafka's mock cluster, which knows no settings of topics.
  static absl::StatusOr<std::unique_ptr<KeyTopic>> OpenUnchecked(const std::string& bootstrap,
                                                                 const std::string& topic,
                                                                 const KafkaOptions& options = {});
  // REQUIRES: followers are gone.
  ~KeyTopic();
  KeyTopic(const KeyTopic&) = delete;
  KeyTopic& operator=(const KeyTopic&) = delete;

  // Returns when all rows are acknowledged, or with an error: then some of them may have landed;
  // publish them again. Errors: kUnavailable; kCancelled; kInvalidArgument: a row without key or
  // value, or larger than `record_bytes_max`: nothing was sent; kPermissionDenied, kNotFound.
  absl::Status Publish(absl::Span<const KeyRow> rows);

  // Visits every row that is in the topic at the time of the call, oldest first; a key may come
  // several times. Stops where `visit` says false. Returns where to follow from. Errors:
  // kUnavailable, kDataLoss, kPermissionDenied, kCancelled.
  using Visit = absl::FunctionRef<bool(absl::string_view key, absl::string_view value)>;
  absl::StatusOr<events::Offset> ReadAll(Visit visit) const;

  // Every row from `from` on, as soon as it is in the topic. Errors: kUnavailable.
  absl::StatusOr<std::unique_ptr<Follower>> Follow(events::Offset from, KeySink sink);

  // For good: what Publish waits for is given up, and it says kCancelled from now on; ReadAll too,
  // at its next row.
  void Cancel() { cancelled_ = true; }

 private:
  explicit KeyTopic(Cluster cluster);
  absl::Status Connect();
  absl::Status Send(absl::Span<const KeyRow> rows) ABSL_EXCLUSIVE_LOCKS_REQUIRED(publish_mutex_);
  // Waits for the outcomes of `outstanding` messages.
  absl::Status Await(size_t outstanding) ABSL_EXCLUSIVE_LOCKS_REQUIRED(publish_mutex_);

  const std::unique_ptr<const Cluster> cluster_;
  std::unique_ptr<Client> client_;  // for questions
  std::atomic<bool> cancelled_{false};

  absl::Mutex publish_mutex_;  // one Publish at a time
  // Made by the first Publish, and again when the one before has ended.
  std::unique_ptr<Client> producer_ ABSL_GUARDED_BY(publish_mutex_);
};

}  // namespace guitu::kafka_log
