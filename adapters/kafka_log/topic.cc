#include "adapters/kafka_log/topic.h"

#include <algorithm>
#include <functional>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/types/span.h"

namespace guitu::kafka_log {
namespace {

constexpr int kReplicas = 3;
constexpr int kInSyncMin = 2;
constexpr absl::Duration kPause = absl::Milliseconds(50);

using Metadata = Owned<const rd_kafka_metadata_t, rd_kafka_metadata_destroy>;
using NewTopic = Owned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using Resource = Owned<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;
using AdminOptions = Owned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;

// What a topic's settings have to be, besides min.insync.replicas.
struct Required {
  const char* name;
  const char* should;
};
constexpr Required kForRecords[] = {
    {"cleanup.policy", "delete"},  // compaction would drop records, retention is set to none below
    {"retention.ms", "-1"},
    {"retention.bytes", "-1"},
    {"unclean.leader.election.enable", "false"},  // it drops acknowledged records
};
// Compaction alone: with deletion beside it ("compact,delete") old keys would go. How long it keeps
// deletions of its own (delete.retention.ms) is no matter: a destroyed key is a row with a value.
constexpr Required kForKeys[] = {
    {"cleanup.policy", "compact"},
    {"unclean.leader.election.enable", "false"},
};

absl::Span<const Required> RequiredFor(TopicUse use) {
  return use == TopicUse::kKeys ? absl::MakeConstSpan(kForKeys) : absl::MakeConstSpan(kForRecords);
}

// The topic alone, or without it the cluster's brokers.
absl::StatusOr<Metadata> Ask(const Client& client, bool topic, absl::Duration patience) {
  const rd_kafka_metadata_t* found = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(
      client.handle.get(), 0, topic ? client.topic.get() : nullptr, &found, Milliseconds(patience));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaStatus("metadata", error);
  return Metadata(found);
}

// As Ask, of the topic, with the topic's own error as the status.
absl::StatusOr<Metadata> AskTopic(const Client& client, const Cluster& cluster,
                                  absl::Duration patience) {
  absl::StatusOr<Metadata> metadata = Ask(client, true, patience);
  if (!metadata.ok()) return metadata;
  if ((*metadata)->topic_cnt != 1) return absl::UnavailableError("kafka: metadata: no answer");
  const rd_kafka_metadata_topic& topic = (*metadata)->topics[0];
  if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaStatus(absl::StrCat("topic ", cluster.topic), topic.err);
  }
  return metadata;
}

absl::Status Wrong(const Cluster& cluster, absl::string_view setting, absl::string_view is,
                   absl::string_view should) {
  return absl::FailedPreconditionError(absl::StrCat("kafka: topic ", cluster.topic, ": ", setting,
                                                    " is ", is, " and should be ", should));
}

std::string AtLeast(int64_t n) { return absl::StrCat("at least ", n); }

AdminOptions Patience(const Client& client, rd_kafka_admin_op_t operation,
                      absl::Duration patience) {
  AdminOptions options(rd_kafka_AdminOptions_new(client.handle.get(), operation));
  char error[256];
  rd_kafka_AdminOptions_set_request_timeout(options.get(), Milliseconds(patience), error,
                                            sizeof(error));
  return options;
}

// Runs one admin call and waits for its result.
absl::StatusOr<Event> Call(absl::string_view doing, const Client& client, absl::Duration patience,
                           const std::function<void(rd_kafka_queue_t*)>& call) {
  const Queue queue(rd_kafka_queue_new(client.handle.get()));
  call(queue.get());
  Event event(rd_kafka_queue_poll(queue.get(), Milliseconds(patience + absl::Seconds(1))));
  if (event == nullptr) return absl::UnavailableError(absl::StrCat("kafka: ", doing, ": silence"));
  const rd_kafka_resp_err_t error = rd_kafka_event_error(event.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaStatus(doing, error, rd_kafka_event_error_string(event.get()));
  }
  return event;
}

absl::Status SendCreate(const Client& client, const Cluster& cluster, uint32_t partition_count,
                        TopicUse use, int replicas) {
  const absl::Duration patience = cluster.options.open_timeout;
  char error[256];
  NewTopic topic(rd_kafka_NewTopic_new(cluster.topic.c_str(), static_cast<int>(partition_count),
                                       replicas, error, sizeof(error)));
  if (topic == nullptr) return absl::InvalidArgumentError(absl::StrCat("kafka: topic: ", error));
  const std::string in_sync = absl::StrCat(replicas >= kReplicas ? kInSyncMin : 1);
  const std::string bytes = absl::StrCat(cluster.options.record_bytes_max + kFrameBytes);
  rd_kafka_NewTopic_set_config(topic.get(), "min.insync.replicas", in_sync.c_str());
  rd_kafka_NewTopic_set_config(topic.get(), "max.message.bytes", bytes.c_str());
  for (const Required& required : RequiredFor(use)) {
    rd_kafka_NewTopic_set_config(topic.get(), required.name, required.should);
  }
  const AdminOptions options = Patience(client, RD_KAFKA_ADMIN_OP_CREATETOPICS, patience);
  rd_kafka_NewTopic_t* topics[] = {topic.get()};
  absl::StatusOr<Event> event =
      Call("creating the topic", client, patience, [&](rd_kafka_queue_t* queue) {
        rd_kafka_CreateTopics(client.handle.get(), topics, 1, options.get(), queue);
      });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event->get()), &count);
  if (count != 1) return absl::UnavailableError("kafka: creating the topic: no result");
  const char* detail = rd_kafka_topic_result_error_string(results[0]);
  return KafkaStatus(absl::StrCat("creating topic ", cluster.topic),
                     rd_kafka_topic_result_error(results[0]), detail == nullptr ? "" : detail);
}

// Until every partition has a leader.
absl::Status AwaitLeaders(const Client& client, const Cluster& cluster, uint32_t partition_count) {
  const Deadline deadline(cluster.options.open_timeout);
  while (!deadline.passed()) {
    const absl::StatusOr<Metadata> metadata = AskTopic(client, cluster, deadline.left());
    if (metadata.ok()) {
      const rd_kafka_metadata_topic& topic = (*metadata)->topics[0];
      const auto led = [](const rd_kafka_metadata_partition& p) { return p.leader >= 0; };
      if (topic.partition_cnt == static_cast<int>(partition_count) &&
          std::all_of(topic.partitions, topic.partitions + topic.partition_cnt, led)) {
        return absl::OkStatus();
      }
    }
    absl::SleepFor(kPause);
  }
  return absl::UnavailableError(
      absl::StrCat("kafka: topic ", cluster.topic, " was made, but has no leaders yet"));
}

absl::StatusOr<std::map<std::string, std::string>> SettingsOf(rd_kafka_ResourceType_t type,
                                                              const std::string& name,
                                                              const Client& client,
                                                              const Cluster& cluster) {
  const absl::Duration patience = cluster.options.open_timeout;
  const Resource resource(rd_kafka_ConfigResource_new(type, name.c_str()));
  const AdminOptions options = Patience(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, patience);
  rd_kafka_ConfigResource_t* resources[] = {resource.get()};
  absl::StatusOr<Event> event =
      Call("reading settings", client, patience, [&](rd_kafka_queue_t* queue) {
        rd_kafka_DescribeConfigs(client.handle.get(), resources, 1, options.get(), queue);
      });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_ConfigResource_t** results = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  if (count != 1) return absl::UnavailableError("kafka: reading settings: no result");
  if (const auto error = rd_kafka_ConfigResource_error(results[0]);
      error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaStatus(absl::StrCat("reading settings of ", name), error);
  }
  std::map<std::string, std::string> settings;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(results[0], &count);
  for (size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    settings[rd_kafka_ConfigEntry_name(entries[i])] = value == nullptr ? "" : value;
  }
  return settings;
}

absl::Status CheckReplication(const Client& client, const Cluster& cluster) {
  const absl::StatusOr<Metadata> metadata = AskTopic(client, cluster, cluster.options.open_timeout);
  if (!metadata.ok()) return metadata.status();
  const rd_kafka_metadata_topic& topic = (*metadata)->topics[0];
  for (int i = 0; i < topic.partition_cnt; ++i) {
    const int replicas = topic.partitions[i].replica_cnt;
    if (replicas < kReplicas && !cluster.options.allow_single_replica) {
      return Wrong(cluster, absl::StrCat("replication of partition ", topic.partitions[i].id),
                   absl::StrCat(replicas), AtLeast(kReplicas));
    }
  }
  return absl::OkStatus();
}

// A broker may not have heard yet of a topic that another one has just made, or of a broker that
// has just come: what is missing is asked for again, for this long.
absl::Duration Grace(const Cluster& cluster) {
  return std::min(cluster.options.open_timeout, absl::Seconds(1));
}

absl::Status UntilFound(const Cluster& cluster, const std::function<absl::Status()>& check) {
  const Deadline deadline(Grace(cluster));
  while (true) {
    absl::Status status = check();
    if (!absl::IsNotFound(status) || deadline.passed()) return status;
    absl::SleepFor(kPause);
  }
}

absl::Status PartitionsAreRight(const Client& client, const Cluster& cluster,
                                uint32_t partition_count) {
  const absl::StatusOr<Metadata> metadata = AskTopic(client, cluster, cluster.options.open_timeout);
  if (!metadata.ok()) return metadata.status();
  const int is = (*metadata)->topics[0].partition_cnt;
  if (is == static_cast<int>(partition_count)) return absl::OkStatus();
  return Wrong(cluster, "number of partitions", absl::StrCat(is), absl::StrCat(partition_count));
}

absl::Status SettingsAreRight(const Client& client, const Cluster& cluster, TopicUse use) {
  if (absl::Status status = CheckReplication(client, cluster); !status.ok()) return status;
  absl::StatusOr<std::map<std::string, std::string>> settings =
      SettingsOf(RD_KAFKA_RESOURCE_TOPIC, cluster.topic, client, cluster);
  if (!settings.ok()) return settings.status();
  for (const Required& required : RequiredFor(use)) {
    const std::string& is = (*settings)[required.name];
    if (is != required.should) return Wrong(cluster, required.name, is, required.should);
  }
  const auto at_least = [&](const char* name, int64_t should) {
    const std::string& is = (*settings)[name];
    int64_t number = 0;
    if (absl::SimpleAtoi(is, &number) && number >= should) return absl::OkStatus();
    return Wrong(cluster, name, is, AtLeast(should));
  };
  if (absl::Status bytes =
          at_least("max.message.bytes", cluster.options.record_bytes_max + kFrameBytes);
      !bytes.ok()) {
    return bytes;
  }
  return at_least("min.insync.replicas", cluster.options.allow_single_replica ? 1 : kInSyncMin);
}

}  // namespace

absl::Status CreateTopic(const Client& client, const Cluster& cluster, uint32_t partition_count,
                         TopicUse use) {
  const Deadline deadline(Grace(cluster));
  int count = 0;
  while (true) {
    const absl::StatusOr<Metadata> brokers = Ask(client, false, cluster.options.open_timeout);
    if (!brokers.ok()) return brokers.status();
    count = (*brokers)->broker_cnt;
    if (count >= kReplicas || cluster.options.allow_single_replica || deadline.passed()) break;
    absl::SleepFor(kPause);
  }
  if (count < kReplicas && !cluster.options.allow_single_replica) {
    return absl::FailedPreconditionError(absl::StrCat(
        "kafka: the cluster has ", count, " brokers and should have ", AtLeast(kReplicas)));
  }
  const absl::Status made =
      SendCreate(client, cluster, partition_count, use, count < kReplicas ? 1 : kReplicas);
  return made.ok() ? AwaitLeaders(client, cluster, partition_count) : made;
}

absl::Status CheckPartitions(const Client& client, const Cluster& cluster,
                             uint32_t partition_count) {
  return UntilFound(cluster, [&] { return PartitionsAreRight(client, cluster, partition_count); });
}

absl::StatusOr<uint32_t> CountPartitions(const Client& client, const Cluster& cluster) {
  uint32_t count = 0;
  absl::Status status = UntilFound(cluster, [&] {
    const absl::StatusOr<Metadata> metadata =
        AskTopic(client, cluster, cluster.options.open_timeout);
    if (metadata.ok()) count = static_cast<uint32_t>((*metadata)->topics[0].partition_cnt);
    return metadata.status();
  });
  if (!status.ok()) return status;
  return count;
}

absl::Status CheckSettings(const Client& client, const Cluster& cluster, TopicUse use) {
  return UntilFound(cluster, [&] { return SettingsAreRight(client, cluster, use); });
}

absl::Status CheckSessionFloor(const Client& client, const Cluster& cluster,
                               absl::Duration session_timeout) {
  constexpr char kFloor[] = "group.min.session.timeout.ms";
  const absl::StatusOr<Metadata> brokers = Ask(client, false, cluster.options.open_timeout);
  if (!brokers.ok()) return brokers.status();
  if ((*brokers)->broker_cnt == 0) return absl::UnavailableError("kafka: no broker is there");
  absl::StatusOr<std::map<std::string, std::string>> settings = SettingsOf(
      RD_KAFKA_RESOURCE_BROKER, absl::StrCat((*brokers)->brokers[0].id), client, cluster);
  if (!settings.ok()) return settings.status();
  int64_t floor = 0;
  const std::string& is = (*settings)[kFloor];
  if (!absl::SimpleAtoi(is, &floor) || absl::Milliseconds(floor) <= session_timeout)
    return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("kafka: the brokers' ", kFloor, " is ", is, " and should be at most ",
                   Milliseconds(session_timeout), ", the session time-out of the nodes"));
}

}  // namespace guitu::kafka_log
