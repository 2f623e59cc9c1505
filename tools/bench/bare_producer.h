// What librdkafka alone reaches on the brokers at hand: the floor of the figures on Kafka.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/bench/bench.h"

namespace guitu::tools {

// An idempotent producer, acks=all, `window` records of 700 bytes under way, over all partitions of
// a topic that has what the log asks of one. Errors: kUnavailable.
absl::StatusOr<BenchFigure> MeasureBareProducer(const std::string& bootstrap,
                                                const std::string& topic, uint32_t partitions,
                                                int window, absl::Duration time);

}  // namespace guitu::tools
