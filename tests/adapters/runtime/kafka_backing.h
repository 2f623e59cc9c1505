// Logs on Kafka for the suites of the runtime (scripted_log.h): over the mock cluster or a real
// broker, as `open` says.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "adapters/kafka_log/kafka_log.h"
#include "tests/adapters/runtime/scripted_log.h"

namespace guitu::runtime {

using KafkaOpen = std::function<absl::StatusOr<std::unique_ptr<kafka_log::KafkaLog>>()>;

// How records come.
enum class Reads {
  kAsked,  // each range that is asked for, by KafkaLog::Read
  kOnce,   // the same, but what two nodes ask for is read once
  // By KafkaLog::Follow, as nodes of a group get them; Read waits for the follower, a minute at
  // most. Not on the mock cluster, which answers a fetch at its time-out only.
  kFollowed
};

std::unique_ptr<BackingLog> MakeKafkaBacking(KafkaOpen open, Reads reads);

}  // namespace guitu::runtime
