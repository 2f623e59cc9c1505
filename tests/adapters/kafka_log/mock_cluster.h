// librdkafka's own mock cluster: brokers in this process that answer as a script says. It does not
// tell a repeated record of an idempotent producer from a new one, knows no settings of topics and
// keeps 5 MiB a partition: what needs those is tested on a real broker.
#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <string>
#include <vector>

#include "adapters/kafka_log/kafka_log.h"
#include "events/check.h"

namespace guitu::kafka_log {

// The requests that scripts are about, by their number in Kafka's protocol.
enum class Request : int16_t { kProduce = 0, kFetch = 1, kListOffsets = 2 };

class MockCluster {
 public:
  explicit MockCluster(int brokers = 1) {
    char error[256];
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, [](const rd_kafka_t*, int, const char*, const char*) {});
    handle_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
    GUITU_CHECK(handle_ != nullptr);
    cluster_ = rd_kafka_mock_cluster_new(handle_, brokers);
    GUITU_CHECK(cluster_ != nullptr);
  }
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;
  ~MockCluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(handle_);
  }

  std::string bootstrap() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  void MakeTopic(const std::string& topic, uint32_t partitions) {
    GUITU_CHECK(rd_kafka_mock_topic_create(cluster_, topic.c_str(), static_cast<int>(partitions),
                                           1) == RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  void DeleteTopic(const std::string& topic) {
    GUITU_CHECK(rd_kafka_mock_topic_delete(cluster_, topic.c_str()) == RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  // Drops the records below `offset`, as a retention limit would.
  void DropFront(const std::string& topic, events::Partition partition, int64_t offset) {
    GUITU_CHECK(rd_kafka_mock_partition_delete_records(cluster_, topic.c_str(),
                                                       static_cast<int32_t>(partition),
                                                       offset) == RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  // The next requests of this kind are answered with these errors and do nothing.
  void Fail(Request request, std::vector<rd_kafka_resp_err_t> errors) {
    rd_kafka_mock_push_request_errors_array(cluster_, static_cast<int16_t>(request), errors.size(),
                                            errors.data());
  }
  // The next request of this kind has this answer for one partition.
  void FailPartition(const std::string& topic, events::Partition partition, Request request,
                     rd_kafka_resp_err_t error) {
    GUITU_CHECK(rd_kafka_mock_partition_push_request_errors(
                    cluster_, topic.c_str(), static_cast<int32_t>(partition),
                    static_cast<int16_t>(request), 1, error) == RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  // The next `count` requests of this kind are done at once and answered late.
  void AnswerLate(Request request, int count, int milliseconds) {
    for (int i = 0; i < count; ++i) {
      rd_kafka_mock_broker_push_request_error_rtts(cluster_, 1, static_cast<int16_t>(request), 1,
                                                   RD_KAFKA_RESP_ERR_NO_ERROR, milliseconds);
    }
  }
  void SetDown(int broker) { rd_kafka_mock_broker_set_down(cluster_, broker); }
  void SetUp(int broker) { rd_kafka_mock_broker_set_up(cluster_, broker); }

  // For a log on this cluster: short, so that what times out does so soon.
  static KafkaOptions Options() {
    KafkaOptions options;
    options.allow_single_replica = true;
    options.delivery_timeout = absl::Seconds(2);
    options.request_timeout = absl::Milliseconds(500);
    options.open_timeout = absl::Seconds(1);
    options.read_timeout = absl::Seconds(2);
    options.record_bytes_max = 2 << 20;
    return options;
  }

 private:
  rd_kafka_t* handle_;
  rd_kafka_mock_cluster_t* cluster_;
};

}  // namespace guitu::kafka_log
