// librdkafka with owners: handles, queues, events and errors as our types. Inner header of
// adapters/kafka_log; nothing of it shows outside.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "adapters/kafka_log/kafka_log.h"

namespace guitu::kafka_log {

template <auto kDestroy>
struct Destroyer {
  template <typename T>
  void operator()(T* object) const {
    kDestroy(object);
  }
};
template <typename T, auto kDestroy>
using Owned = std::unique_ptr<T, Destroyer<kDestroy>>;

using Handle = Owned<rd_kafka_t, rd_kafka_destroy>;
using Conf = Owned<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using Topic = Owned<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using Queue = Owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using Event = Owned<rd_kafka_event_t, rd_kafka_event_destroy>;
using Message = Owned<rd_kafka_message_t, rd_kafka_message_destroy>;

using Settings = std::vector<std::pair<std::string, std::string>>;

// What Kafka and its client add to a record, at most, when it stands in a batch alone.
inline constexpr uint32_t kFrameBytes = 4096;

// How to reach the cluster, for every handle.
struct Cluster {
  std::string bootstrap;
  std::string topic;
  KafkaOptions options;
};

// A handle, and the topic on it. The topic goes first.
struct Client {
  Handle handle;
  Topic topic;
};

// A client that was not connected yet; connecting happens behind it. `settings` are what the role
// needs; the operator's (KafkaOptions::client) may not contradict them.
// Errors: kInvalidArgument names the setting; kUnavailable: no threads or memory.
absl::StatusOr<Client> MakeClient(rd_kafka_type_t type, const Settings& settings, int events,
                                  const Cluster& cluster);

// `doing` says what was tried. kNotFound, kAlreadyExists, kPermissionDenied, kInvalidArgument,
// kDataLoss (the position is not in the log, or a checksum is wrong), else kUnavailable.
absl::Status KafkaStatus(absl::string_view doing, rd_kafka_resp_err_t error,
                         absl::string_view detail = "");

// For librdkafka's time-outs: whole milliseconds, at least 1.
int Milliseconds(absl::Duration duration);

// A moment by the monotonic clock: how long is left of a duration that began with it.
class Deadline {
 public:
  explicit Deadline(absl::Duration duration);
  absl::Duration left() const;
  bool passed() const { return left() <= absl::ZeroDuration(); }

 private:
  absl::Duration at_;
};

}  // namespace guitu::kafka_log
