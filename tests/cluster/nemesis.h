// What goes wrong, at random and from a seed: nodes are killed, ended, paused, cut off from brokers
// (one direction or both, from one or all); brokers are killed and paused, one or two at a time, so
// that less than min.insync is left now and then; leaders are moved. Each node and the brokers have
// a thread of their own that does so, so faults meet.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "tests/cluster/cluster.h"

namespace guitu::cluster {

class Nemesis {
 public:
  // The nodes run. `address` learns of every new life of one.
  Nemesis(Cluster& cluster, kill::Address& address, uint64_t seed);

  // Returns when the time is over, every fault has been healed and every process started again.
  void Rage(absl::Duration time);
  // How many of each kind.
  const std::map<std::string, uint64_t>& faults() const { return faults_; }
  // What it did and when, a line each.
  const std::vector<std::string>& story() const { return story_; }
  absl::Duration begin() const { return begin_; }
  // A node that ended by itself, or not as it was told to.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  using Dice = std::mt19937_64;
  void HarmNode(size_t node, Dice& dice);
  void HarmBrokers(Dice& dice);
  void KillNode(size_t node, Dice& dice);
  void EndNode(size_t node, Dice& dice);
  void PauseNode(size_t node, Dice& dice);
  void CutNode(size_t node, Dice& dice);
  void Revive(size_t node);
  void KillBrokers(size_t first, size_t count, Dice& dice);
  void PauseBrokers(size_t first, size_t count, Dice& dice);
  // For a random time between these; at most until the end of the rage.
  void Linger(Dice& dice, absl::Duration least, absl::Duration most);
  void Count(const std::string& fault, const std::string& whom);
  void Note(const std::string& what);
  void Complain(const std::string& complaint);

  Cluster& cluster_;
  kill::Address& address_;
  Brokers& brokers_ = Brokers::All();
  const clock::SystemClock clock_;
  Dice seeds_;
  absl::Duration begin_, end_;  // monotonic
  std::mutex mutex_;
  std::map<std::string, uint64_t> faults_;  // guarded by mutex_
  std::vector<std::string> complaints_;     // guarded by mutex_
  std::vector<std::string> story_;          // guarded by mutex_
};

}  // namespace guitu::cluster
