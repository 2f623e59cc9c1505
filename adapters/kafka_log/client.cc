#include "adapters/kafka_log/client.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace guitu::kafka_log {
namespace {

// What is the same for every role.
Settings Common(const Cluster& cluster) {
  return {
      {"bootstrap.servers", cluster.bootstrap},
      {"client.id", "guitu"},
      {"log_level", "0"},
      // A broker that hangs (paused, cut off) is noticed after this, and its requests go elsewhere.
      {"socket.timeout.ms", absl::StrCat(Milliseconds(cluster.options.request_timeout))},
      {"socket.nagle.disable", "true"},
      // A broker that is back is found within a second, not within ten.
      {"reconnect.backoff.ms", "10"},
      {"reconnect.backoff.max.ms", "1000"},
      {"retry.backoff.ms", "50"},
      {"retry.backoff.max.ms", "500"},
      {"topic.metadata.refresh.fast.interval.ms", "50"},
      {"enable.metrics.push", "false"},
  };
}

absl::Status Set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  char error[256];
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error, sizeof(error)) ==
      RD_KAFKA_CONF_OK) {
    return absl::OkStatus();
  }
  // Not librdkafka's text: it may repeat the value, and that may be a password.
  return absl::InvalidArgumentError(
      absl::StrCat("kafka: setting ", name, " is unknown, or its value is not one of it"));
}

// Logs of librdkafka name hosts and say little that a Status does not.
void Silence(const rd_kafka_t*, int, const char*, const char*) {}

}  // namespace

absl::StatusOr<Client> MakeClient(rd_kafka_type_t type, const Settings& settings, int events,
                                  const Cluster& cluster) {
  Conf conf(rd_kafka_conf_new());
  rd_kafka_conf_set_log_cb(conf.get(), Silence);
  rd_kafka_conf_set_events(conf.get(), events);
  Settings ours = Common(cluster);
  ours.insert(ours.end(), settings.begin(), settings.end());
  std::set<std::string> fixed;
  for (const auto& [name, value] : ours) {
    fixed.insert(name);
    if (absl::Status set = Set(conf.get(), name, value); !set.ok()) return set;
  }
  for (const auto& [name, value] : cluster.options.client) {
    if (fixed.contains(name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("kafka: setting ", name, " is chosen by the log and cannot be changed"));
    }
    if (absl::Status set = Set(conf.get(), name, value); !set.ok()) return set;
  }
  char error[256];
  Client client;
  client.handle.reset(rd_kafka_new(type, conf.get(), error, sizeof(error)));
  if (client.handle == nullptr) {
    return absl::UnavailableError(absl::StrCat("kafka: no client: ", error));
  }
  static_cast<void>(conf.release());  // the handle owns it from here on
  client.topic.reset(rd_kafka_topic_new(client.handle.get(), cluster.topic.c_str(), nullptr));
  if (client.topic == nullptr) return KafkaStatus("topic", rd_kafka_last_error());
  return client;
}

absl::Status KafkaStatus(absl::string_view doing, rd_kafka_resp_err_t error,
                         absl::string_view detail) {
  if (detail.empty()) detail = rd_kafka_err2str(error);
  const std::string message =
      absl::StrCat("kafka: ", doing, ": ", rd_kafka_err2name(error), ": ", detail);
  switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return absl::OkStatus();
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
      return absl::AlreadyExistsError(message);
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      return absl::NotFoundError(message);
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      return absl::PermissionDeniedError(message);
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return absl::InvalidArgumentError(message);
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR__LOG_TRUNCATION:
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
      return absl::DataLossError(message);
    default:
      return absl::UnavailableError(message);
  }
}

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(std::clamp<int64_t>(absl::ToInt64Milliseconds(duration), 1, 1 << 30));
}

namespace {
absl::Duration Monotonic() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}
}  // namespace

Deadline::Deadline(absl::Duration duration) : at_(Monotonic() + duration) {}
absl::Duration Deadline::left() const { return at_ - Monotonic(); }

}  // namespace guitu::kafka_log
