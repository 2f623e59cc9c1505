// A real Kafka for tests: tools/kafka in a folder of its own, on free ports; its nodes end with the
// test program, however that ends. The loss of a broker is noticed after 3 s.
#pragma once

#include <string>

#include "adapters/kafka_log/kafka_log.h"
#include "tests/conformance/temp_dir.h"

namespace guitu::kafka_log {

class RealKafka {
 public:
  // Starts and waits until it answers. `version` as tools/kafka takes it.
  RealKafka(int nodes, const std::string& version);
  RealKafka(const RealKafka&) = delete;
  RealKafka& operator=(const RealKafka&) = delete;
  ~RealKafka();

  const std::string& bootstrap() const { return bootstrap_; }
  // Where node `node` keeps partition `partition` of `topic`.
  std::string PartitionDir(int node, const std::string& topic, events::Partition partition) const;
  void Kill(int node) { Run("kill " + std::to_string(node)); }
  void Pause(int node) { Run("pause " + std::to_string(node)); }
  void Resume(int node) { Run("resume " + std::to_string(node)); }
  // Starts what is down.
  void Restart();
  // The node that leads a partition, as the cluster says at the moment.
  int Leader(const std::string& topic, events::Partition partition) const;

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
  conformance::TempDir dir_;
  std::string bootstrap_;
  int topics_ = 0;
};

// The version that this run of the program is about, and its one-node cluster.
const std::string& KafkaVersion();
RealKafka& OneNode();

}  // namespace guitu::kafka_log
