#include "tests/adapters/kafka_log/real_kafka.h"

#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "events/check.h"
#include "gtest/gtest.h"

namespace guitu::kafka_log {
namespace {

std::string version = "4.1.1";
std::unique_ptr<RealKafka> one_node;

// Ends the cluster in time also for the address sanitizer's last look.
class Shutdown : public testing::Environment {
 public:
  void TearDown() override { one_node.reset(); }
};

}  // namespace

const std::string& KafkaVersion() { return version; }

RealKafka& OneNode() {
  if (one_node == nullptr) one_node = std::make_unique<RealKafka>(1, version);
  return *one_node;
}

RealKafka::RealKafka(int nodes, const std::string& version) : nodes_(nodes), version_(version) {
  Restart();
}

RealKafka::~RealKafka() { Run("stop --now --delete"); }

void RealKafka::Restart() {
  bootstrap_ = Run(absl::StrCat("start --brief --nodes ", nodes_, " --version ", version_,
                                bootstrap_.empty() ? absl::StrCat(" --owner ", ::getpid()) : ""));
  GUITU_CHECK(!bootstrap_.empty());
}

std::string RealKafka::PartitionDir(int node, const std::string& topic,
                                    events::Partition partition) const {
  return absl::StrCat(dir_.path(), "/kafka/node-", node, "/data/", topic, "-", partition);
}

int RealKafka::Leader(const std::string& topic, events::Partition partition) const {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char error[256];
  rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap_.c_str(), error, sizeof(error));
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
  rd_kafka_topic_t* asked = rd_kafka_topic_new(client, topic.c_str(), nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto answer = rd_kafka_metadata(client, 0, asked, &metadata, 20'000);
  GUITU_CHECK(answer == RD_KAFKA_RESP_ERR_NO_ERROR);
  const int leader = metadata->topics[0].partitions[partition].leader;
  rd_kafka_metadata_destroy(metadata);
  rd_kafka_topic_destroy(asked);
  rd_kafka_destroy(client);
  return leader;
}

void RealKafka::Alter(const std::string& topic, const char* setting, const char* value) const {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char error[256];
  rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap_.c_str(), error, sizeof(error));
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
  rd_kafka_queue_t* queue = rd_kafka_queue_new(client);
  rd_kafka_ConfigResource_t* altered =
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
  rd_kafka_ConfigResource_add_incremental_config(altered, setting,
                                                 RD_KAFKA_ALTER_CONFIG_OP_TYPE_SET, value);
  rd_kafka_IncrementalAlterConfigs(client, &altered, 1, nullptr, queue);
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, 10'000);
  GUITU_CHECK(event != nullptr);
  EXPECT_EQ(rd_kafka_event_error(event), RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_event_destroy(event);
  rd_kafka_ConfigResource_destroy(altered);
  rd_kafka_queue_destroy(queue);
  rd_kafka_destroy(client);
}

KafkaOptions RealKafka::Options() const {
  KafkaOptions options;
  options.allow_single_replica = nodes_ == 1;
  options.request_timeout = absl::Seconds(1);
  options.delivery_timeout = absl::Seconds(60);  // a busy machine is no lost acknowledgement
  options.record_bytes_max = 2 << 20;
  return options;
}

std::string RealKafka::Run(const std::string& arguments) const {
  const std::string command =
      absl::StrCat(GUITU_SOURCE_DIR "/tools/kafka ", arguments, " --dir ", dir_.path(), "/kafka");
  FILE* pipe = ::popen(command.c_str(), "r");
  GUITU_CHECK(pipe != nullptr);
  std::string output;
  std::array<char, 256> buffer{};
  while (const size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), n);
  }
  const int exit_code = ::pclose(pipe);
  EXPECT_EQ(exit_code, 0) << command;
  return std::string(absl::StripSuffix(output, "\n"));
}

}  // namespace guitu::kafka_log

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc > 1) guitu::kafka_log::version = argv[1];
  testing::AddGlobalTestEnvironment(new guitu::kafka_log::Shutdown);
  return RUN_ALL_TESTS();
}
