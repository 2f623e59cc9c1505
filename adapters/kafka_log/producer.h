// A producer handle that is ready to send. Inner header.
//
// The settings, and why:
//   - enable.idempotence: each record at most once and in order, over retries and new leaders.
//   - enable.gapless.guarantee, for the records of a log: a record that is given up ends the
//     producer, so that nothing behind it lands. Rows of keys may be sent again in any order, so
//     their producer goes on.
//   - linger.ms 0: a lone record goes at once; what comes while five requests are under way goes
//     with the next as one batch, which is all the grouping that is needed (figures: README.md).
//   - no limit on the queue: who sends has to be taken at his word; the runtime limits it.
//   - compression none: sealed bytes do not shrink.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "adapters/kafka_log/client.h"

namespace guitu::kafka_log {

// What becomes of the producer when a record of it is given up.
enum class AfterLoss { kEnd, kGoOn };

// Connects. What becomes of each message comes as RD_KAFKA_EVENT_DR in the handle's main queue,
// within `delivery_timeout`. Errors: kUnavailable, kInvalidArgument (KafkaOptions::client),
// kNotFound, kFailedPrecondition: the topic is gone or has changed.
absl::StatusOr<Client> MakeProducer(const Cluster& cluster, uint32_t partition_count,
                                    AfterLoss after_loss);

}  // namespace guitu::kafka_log
