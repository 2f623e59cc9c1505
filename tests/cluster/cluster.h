// Several nodes of one log on three real brokers, each a process of its own with its own directory.
// Between each node and each broker there is a relay, so a node can be cut off: the node comes
// through listeners of its own, which tell it the relays' addresses.
//
// Threads: one at a time for each node.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "adapters/clock/clock.h"
#include "tests/adapters/kafka_log/real_kafka.h"
#include "tests/cluster/relay.h"
#include "tests/conformance/temp_dir.h"
#include "tests/journeys/process.h"
#include "tests/kill/load.h"

namespace guitu::cluster {

constexpr size_t kNodes = 3;
constexpr size_t kBrokers = 3;
constexpr uint32_t kPartitions = 8;  // of cases

// Three brokers with the relays before them; one set for all tests of the program.
class Brokers {
 public:
  static Brokers& All();
  static void End();

  kafka_log::RealKafka& kafka() { return *kafka_; }
  Relays& relays() { return relays_; }
  // The relay of a node to a broker, both counted from 0.
  static size_t RelayOf(size_t node, size_t broker) { return broker * kNodes + node; }
  // For a node: through its relays.
  std::string BootstrapOf(size_t node) const;

 private:
  Brokers();
  Relays relays_{kNodes * kBrokers};
  std::unique_ptr<kafka_log::RealKafka> kafka_;
};

class Cluster {
 public:
  Cluster();
  ~Cluster();

  // Makes the log, and the people of web.h; afterwards nobody serves. False says why on the test.
  bool Install();
  const std::string& topic() const { return topic_; }
  std::string DataDir(size_t node) const { return dir_ / ("node-" + std::to_string(node)); }
  const conformance::TempDir& dir() const { return dir_; }

  // Returns at once.
  void Start(size_t node, const std::vector<std::string>& more = {});
  // Waits until it serves. False says on the test why it does not.
  bool Await(size_t node);
  // Waits until it leads all that the group gives it, at most `patience`.
  bool AwaitReady(size_t node, absl::Duration patience = absl::Seconds(40));
  bool StartAll();
  // Ends it by this signal, and keeps what it said.
  journeys::Ran End(size_t node, int signal);
  void Wipe(size_t node);
  bool runs(size_t node) const { return servers_[node] != nullptr; }
  journeys::Server& server(size_t node) { return *servers_[node]; }
  uint16_t port(size_t node) const { return servers_[node]->port(); }
  app_test::Web Web(size_t node, const std::string& token) const { return {port(node), token}; }

  const kill::Client::LogIns& log_ins() const { return log_ins_; }
  // What `guitu rebuild --compare` says of the directory. REQUIRES: the node does not run.
  journeys::Ran Compare(size_t node) const;
  // All that nodes have printed so far, of those that have ended.
  std::string said() const;

  // A value of /metrics.
  uint64_t Metric(size_t node, const std::string& name) const;

 private:
  Brokers& brokers_ = Brokers::All();
  conformance::TempDir dir_;
  const std::string topic_ = brokers_.kafka().NewTopic();
  clock::SystemClock clock_;
  std::array<std::unique_ptr<journeys::Server>, kNodes> servers_;
  kill::Client::LogIns log_ins_;
  mutable std::mutex mutex_;
  std::string said_;  // guarded by mutex_
};

// Asks again while the answer is 503, as the contract tells clients to do.
app_test::Answer Settled(const std::function<app_test::Answer()>& ask);
// Asks until `done` says so or `patience` is over.
bool Until(absl::Duration patience, const std::function<bool()>& done);

}  // namespace guitu::cluster
