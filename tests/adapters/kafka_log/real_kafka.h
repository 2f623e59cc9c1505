// A real Kafka for tests: tools/kafka in a folder of its own, on free ports; its nodes end with the
// test program, however that ends. The loss of a broker is noticed after 3 s.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapters/kafka_log/kafka_log.h"
#include "tests/conformance/temp_dir.h"

namespace guitu::kafka_log {

class RealKafka {
 public:
  // Starts and waits until it answers. `version` as tools/kafka takes it.
  // `relays`: ports, as many a node; who comes through the listeners behind them stays on them.
  RealKafka(int nodes, const std::string& version, const std::vector<uint16_t>& relays = {});
  RealKafka(const RealKafka&) = delete;
  RealKafka& operator=(const RealKafka&) = delete;
  ~RealKafka();

  const std::string& bootstrap() const { return bootstrap_; }
  // Where node `node` keeps its files.
  std::string NodeDir(int node) const;
  // Where node `node` keeps partition `partition` of `topic`.
  std::string PartitionDir(int node, const std::string& topic, events::Partition partition) const;
  // The ports that the relays are to lead to, in their order.
  std::vector<uint16_t> Relayed() const;
  void Kill(int node) { Run("kill " + std::to_string(node)); }
  void Pause(int node) { Run("pause " + std::to_string(node)); }
  void Resume(int node) { Run("resume " + std::to_string(node)); }
  // Starts what is down.
  void Restart();
  // The node that leads a partition, as the cluster says at the moment.
  int Leader(const std::string& topic, events::Partition partition) const;

  // Lets the first replica of each partition lead it again, as far as it is in sync.
  void MoveLeaders(const std::string& topic, uint32_t partition_count) const;
  // A stranger's message, with whatever there is in it.
  void Produce(const std::string& topic, events::Partition partition,
               const std::string& value) const;
  void AddPartitions(const std::string& topic, uint32_t partition_count) const;
  // Changes one setting of a topic, as an operator would.
  void Alter(const std::string& topic, const char* setting, const char* value) const;

  // A name no other test has.
  std::string NewTopic() { return "log-" + std::to_string(++topics_); }
  // For a log on this cluster.
  KafkaOptions Options() const;

 private:
  // Runs tools/kafka and returns what it prints; it has to succeed.
  std::string Run(const std::string& arguments) const;

  const int nodes_;
  const std::string version_;
  const std::vector<uint16_t> relays_;
  conformance::TempDir dir_;
  std::string bootstrap_;
  int topics_ = 0;
};

// The version that this run of the program is about, and its one-node cluster.
const std::string& KafkaVersion();
RealKafka& OneNode();

}  // namespace guitu::kafka_log
