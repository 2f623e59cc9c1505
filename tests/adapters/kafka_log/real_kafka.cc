#include "tests/adapters/kafka_log/real_kafka.h"

#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
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

// One question or order of an administrator, with a client of its own.
class Administrator {
 public:
  explicit Administrator(const std::string& bootstrap) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    char error[256];
    rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap.c_str(), error, sizeof(error));
    rd_kafka_conf_set(conf, "log_level", "0", error, sizeof(error));
    client_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
    queue_ = rd_kafka_queue_new(client_);
  }
  Administrator(const Administrator&) = delete;
  Administrator& operator=(const Administrator&) = delete;
  ~Administrator() {
    rd_kafka_queue_destroy(queue_);
    rd_kafka_destroy(client_);
  }
  rd_kafka_t* client() const { return client_; }
  rd_kafka_queue_t* queue() const { return queue_; }
  // What came of the order.
  rd_kafka_resp_err_t Await() const {
    rd_kafka_event_t* event = rd_kafka_queue_poll(queue_, 10'000);
    GUITU_CHECK(event != nullptr);
    const rd_kafka_resp_err_t error = rd_kafka_event_error(event);
    rd_kafka_event_destroy(event);
    return error;
  }

 private:
  rd_kafka_t* client_ = nullptr;
  rd_kafka_queue_t* queue_ = nullptr;
};

}  // namespace

const std::string& KafkaVersion() { return version; }

RealKafka& OneNode() {
  if (one_node == nullptr) one_node = std::make_unique<RealKafka>(1, version);
  return *one_node;
}

RealKafka::RealKafka(int nodes, const std::string& version, const std::vector<uint16_t>& relays)
    : nodes_(nodes), version_(version), relays_(relays) {
  Restart();
}

RealKafka::~RealKafka() { Run("stop --now --delete"); }

void RealKafka::Restart() {
  std::string start = absl::StrCat("start --brief --nodes ", nodes_, " --version ", version_);
  const bool first = bootstrap_.empty();
  if (first) absl::StrAppend(&start, " --owner ", ::getpid());
  if (first && !relays_.empty()) absl::StrAppend(&start, " --relays ", absl::StrJoin(relays_, ","));
  const std::string bootstrap = Run(start);
  GUITU_CHECK(!bootstrap.empty());
  if (first) bootstrap_ = bootstrap;
}

std::vector<uint16_t> RealKafka::Relayed() const {
  std::vector<uint16_t> ports;
  for (absl::string_view text : absl::StrSplit(Run("status --relayed"), ' ')) {
    uint32_t port = 0;
    GUITU_CHECK(absl::SimpleAtoi(text, &port));
    ports.push_back(static_cast<uint16_t>(port));
  }
  return ports;
}

std::string RealKafka::NodeDir(int node) const {
  return absl::StrCat(dir_.path(), "/kafka/node-", node);
}

std::string RealKafka::PartitionDir(int node, const std::string& topic,
                                    events::Partition partition) const {
  return absl::StrCat(NodeDir(node), "/data/", topic, "-", partition);
}

int RealKafka::Leader(const std::string& topic, events::Partition partition) const {
  const Administrator admin(bootstrap_);
  rd_kafka_topic_t* asked = rd_kafka_topic_new(admin.client(), topic.c_str(), nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto answer = rd_kafka_metadata(admin.client(), 0, asked, &metadata, 20'000);
  GUITU_CHECK(answer == RD_KAFKA_RESP_ERR_NO_ERROR);
  const int leader = metadata->topics[0].partitions[partition].leader;
  rd_kafka_metadata_destroy(metadata);
  rd_kafka_topic_destroy(asked);
  return leader;
}

void RealKafka::MoveLeaders(const std::string& topic, uint32_t partition_count) const {
  const Administrator admin(bootstrap_);
  rd_kafka_topic_partition_list_t* all =
      rd_kafka_topic_partition_list_new(static_cast<int>(partition_count));
  for (uint32_t p = 0; p < partition_count; ++p)
    rd_kafka_topic_partition_list_add(all, topic.c_str(), static_cast<int32_t>(p));
  rd_kafka_ElectLeaders_t* election =
      rd_kafka_ElectLeaders_new(RD_KAFKA_ELECTION_TYPE_PREFERRED, all);
  rd_kafka_AdminOptions_t* options =
      rd_kafka_AdminOptions_new(admin.client(), RD_KAFKA_ADMIN_OP_ELECTLEADERS);
  char error[256];
  rd_kafka_AdminOptions_set_request_timeout(options, 5'000, error, sizeof(error));
  rd_kafka_ElectLeaders(admin.client(), election, options, admin.queue());
  admin.Await();  // brokers may be away, and leaders where they should be
  rd_kafka_AdminOptions_destroy(options);
  rd_kafka_ElectLeaders_destroy(election);
  rd_kafka_topic_partition_list_destroy(all);
}

void RealKafka::Produce(const std::string& topic, events::Partition partition,
                        const std::string& value) const {
  const Administrator admin(bootstrap_);
  const auto taken =
      rd_kafka_producev(admin.client(), RD_KAFKA_V_TOPIC(topic.c_str()),
                        RD_KAFKA_V_PARTITION(static_cast<int32_t>(partition)),
                        RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
  EXPECT_EQ(taken, RD_KAFKA_RESP_ERR_NO_ERROR);
  EXPECT_EQ(rd_kafka_flush(admin.client(), 10'000), RD_KAFKA_RESP_ERR_NO_ERROR);
}

void RealKafka::AddPartitions(const std::string& topic, uint32_t partition_count) const {
  const Administrator admin(bootstrap_);
  char error[256];
  rd_kafka_NewPartitions_t* more =
      rd_kafka_NewPartitions_new(topic.c_str(), partition_count, error, sizeof(error));
  rd_kafka_CreatePartitions(admin.client(), &more, 1, nullptr, admin.queue());
  EXPECT_EQ(admin.Await(), RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_NewPartitions_destroy(more);
}

void RealKafka::Alter(const std::string& topic, const char* setting, const char* value) const {
  const Administrator admin(bootstrap_);
  rd_kafka_ConfigResource_t* altered =
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
  rd_kafka_ConfigResource_add_incremental_config(altered, setting,
                                                 RD_KAFKA_ALTER_CONFIG_OP_TYPE_SET, value);
  rd_kafka_IncrementalAlterConfigs(admin.client(), &altered, 1, nullptr, admin.queue());
  EXPECT_EQ(admin.Await(), RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_ConfigResource_destroy(altered);
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
