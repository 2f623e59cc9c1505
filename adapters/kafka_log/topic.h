// The topic under a log: making it, and checking that it is what protocol.md L1 asks for. Inner
// header. All calls are bounded by the options' `open_timeout`.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "adapters/kafka_log/client.h"

namespace guitu::kafka_log {

// What a topic is for: records of a log, all kept for ever; or rows of keys (key_topic.h), of which
// the newest of each is kept.
enum class TopicUse { kRecords, kKeys };

// Errors: as KafkaLog::Create.
absl::Status CreateTopic(const Client& client, const Cluster& cluster, uint32_t partition_count,
                         TopicUse use);

// That it has `partition_count` partitions. Errors: kNotFound, kFailedPrecondition, kUnavailable.
absl::Status CheckPartitions(const Client& client, const Cluster& cluster,
                             uint32_t partition_count);

// How many it has. Errors: kNotFound, kUnavailable.
absl::StatusOr<uint32_t> CountPartitions(const Client& client, const Cluster& cluster);

// Replication and settings. Errors: as KafkaLog::Open.
absl::Status CheckSettings(const Client& client, const Cluster& cluster, TopicUse use);

// That the brokers let a member of a group have this session time-out. Errors: kFailedPrecondition,
// kUnavailable.
absl::Status CheckSessionFloor(const Client& client, const Cluster& cluster,
                               absl::Duration session_timeout);

}  // namespace guitu::kafka_log
