// The ends of several partitions with one question to each broker. Inner header.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "adapters/kafka_log/client.h"
#include "events/ids.h"

namespace guitu::kafka_log {

// Offsets in the order of `partitions`. Errors: kUnavailable; those of KafkaStatus.
absl::StatusOr<std::vector<events::Offset>> ListEnds(const Client& client, const Cluster& cluster,
                                                     absl::Span<const events::Partition> partitions,
                                                     absl::Duration patience);

}  // namespace guitu::kafka_log
