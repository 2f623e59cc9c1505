// The producer behind one session of a Kafka log. Inner header.
//
// States: alive; dead, after its first unknown delivery, or because it is being destroyed: nothing
// more is sent, and all that comes back does so as unknown, whatever the broker says of it.
//
// Its settings, with the reasons: producer.h.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "adapters/kafka_log/client.h"
#include "adapters/kafka_log/ends.h"
#include "events/log.h"

namespace guitu::kafka_log {

class KafkaSession final : public events::LogSession {
 public:
  // Connects. Errors: kUnavailable, kFailedPrecondition: the topic has changed.
  static absl::StatusOr<std::unique_ptr<KafkaSession>> Open(const Cluster& cluster,
                                                            uint32_t partition_count,
                                                            std::shared_ptr<Ends> ends,
                                                            events::EventLog::DeliverySink sink);
  ~KafkaSession() override;
  void Enqueue(std::vector<events::Append> appends) override;

 private:
  KafkaSession(Client client, const Cluster& cluster, uint32_t partition_count,
               std::shared_ptr<Ends> ends, events::EventLog::DeliverySink sink);

  // What could not even be queued.
  struct Refused {
    events::Partition partition;
    uint64_t ticket;
  };

  // Returns how many, of the first, librdkafka took; if not all, the session has died.
  size_t Send(const std::vector<events::Append>& appends) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Die(absl::Status reason) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Purge() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // The rest is the poll thread's.
  void Run();
  void Collect(std::vector<events::Delivery>& batch);
  void Take(rd_kafka_event_t& event, std::vector<events::Delivery>& batch);
  void Report(const rd_kafka_message_t& message, std::vector<events::Delivery>& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Adds what was refused, and everything after a death. True: closed, and nothing is left.
  bool Finish(std::vector<events::Delivery>& batch);

  const Client client_;
  const Queue events_;
  const uint32_t partition_count_;
  const uint64_t record_bytes_max_;
  const std::shared_ptr<Ends> ends_;
  const events::EventLog::DeliverySink sink_;

  absl::Mutex mutex_;
  absl::Status death_ ABSL_GUARDED_BY(mutex_);  // ok: alive
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t outstanding_ ABSL_GUARDED_BY(mutex_) = 0;  // with librdkafka
  std::vector<Refused> refused_ ABSL_GUARDED_BY(mutex_);
  std::vector<rd_kafka_message_t> messages_ ABSL_GUARDED_BY(mutex_);  // kept for its capacity

  std::thread poller_;  // last: it uses all of the above
};

}  // namespace guitu::kafka_log
