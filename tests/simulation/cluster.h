// Several nodes, each with its own store, over one log: a group that moves partitions about, nodes
// that are paused, put out of the group and killed, records that land late behind new owners'
// fences. All of it from one seed. See README.md.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/adapters/runtime/driver.h"
#include "tests/simulation/checker.h"
#include "tests/simulation/clients.h"
#include "tests/simulation/group.h"
#include "tests/simulation/observed_log.h"

namespace guitu::simulation {

// Ways to be wrong that take two owners (protocol.md, section 9). Each stands between the node and
// its ports or clients; the node is the real one.
enum class ClusterVariant {
  kNone,
  kConflictWhenAhead,       // a version that the node has not read is denied
  kAnyNoIsFinal,            // a client takes whatever is being settled for not done
  kEpochWithoutNonce,       // all fences have one nonce
  kNoContiguityCheck,       // delivery reports are believed to give the next offset
  kReadWithoutRecord,       // rows leave before their access record
  kOldSession,              // after an unknown outcome: "not done", and on in the old session
  kRefusalAtOnce,           // a refusal leaves before its 103
  kAcknowledgedAtTheFence,  // a revocation, where a newer fence stands
  kAcknowledgedInFlight,    // a revocation, as soon as the adoptions are sent
  kFenceAlways,             // a node fences again on every foreign fence
  kStandDownForGood,        // and never on a ghost's
};

class Cluster {
 public:
  Cluster(uint64_t seed, ClusterVariant variant);
  ~Cluster();
  // Plays `steps`, heals everything, lets every client come to an end.
  void Run(int steps);

  const History& history() const { return clients_.history(); }
  runtime::World& world() { return world_; }
  std::vector<std::string> Violations() const;

  struct Counts {
    int pauses = 0, moves = 0, zombies = 0, fences = 0, gaps = 0, foreign = 0, not_owner = 0;
    int ghosts = 0;  // fences that landed late
  };
  const Counts& counts() const { return counts_; }

 private:
  static constexpr events::Partition kAll = kPartitions + 1;
  // Fences of a partition between two events from outside (G3).
  static constexpr int kFencesMax = 8;

  struct Node {
    memory_store::MemoryStore store;
    std::unique_ptr<ObservedLog> log;
    std::optional<runtime::Driver> driver;
    bool paused = false;
    std::set<events::Partition> mine;                           // as the group has told it
    uint32_t generation = 0;                                    // likewise
    std::map<uint64_t, uint64_t> attempts;                      // under way, by ticket
    std::deque<std::pair<uint64_t, runtime::Request>> at_door;  // came while it was paused
    std::array<runtime::Phase, kAll> phases = {};               // as last seen
    bool runs() const { return driver.has_value() && !paused; }
  };

  // cluster.cc
  void SetUp();
  void Act();
  void Disturb(size_t what);
  void Heal();
  void Round();
  void Rounds(int n) {
    for (; n > 0; --n) Round();
  }
  void Quiet();
  void SettleGroup();
  void CheckLed();
  void CheckPositions(const Node& node);
  // nodes.cc
  void StartNode(size_t i);
  void Kill(size_t i);
  void Pause(size_t i);
  void Wake(size_t i);
  void Tell(size_t i);
  void LandLate();
  void Foreign();
  void Follow(size_t i);
  void Send(uint64_t attempt, runtime::Request request);
  void Submit(size_t i, uint64_t attempt, runtime::Request request);
  void TakeAnswers(size_t i);
  void OnSend(const events::Append& append);
  void OutsideEvent() { fences_.fill(0); }
  projections::StreamRow Newest(events::Partition partition, const events::StreamId& stream) const;
  // cluster_variants.cc
  bool AnswersAtOnce(size_t i, uint64_t attempt, const runtime::Request& request);
  bool ShowsAtOnce(size_t i, uint64_t attempt, const runtime::Request& request);
  void Spoil(size_t i);
  void SpoilDeliveries(size_t i, std::vector<events::Delivery>& deliveries);
  void SpoilLeading(size_t i);
  void DenyHidden(const events::Append& append);
  void AcknowledgeEarly();
  bool LooksAdopted(const Command& command, events::Partition p, events::Offset offset);

  size_t Pick(size_t n) { return static_cast<size_t>(random_() % n); }
  bool Chance(uint32_t percent) { return random_() % 100 < percent; }

  const ClusterVariant variant_;
  std::mt19937_64 random_;
  runtime::World world_;
  std::vector<std::unique_ptr<Node>> nodes_;
  Group group_;
  Clients clients_;
  bool faults_ = false;
  bool dying_ = false;
  bool by_following_ = false;
  bool sleepy_ = false;            // pauses are long
  bool lagging_registry_ = false;  // who does not lead it reads it late
  uint32_t fault_percent_ = 5;
  int processes_ = 0;
  std::array<int, kAll> fences_ = {};  // since the last event from outside
  Counts counts_;

  // Of the variants.
  bool refused_at_once_ = false;
  std::array<uint64_t, kAll> adoption_sent_ = {};
  std::map<std::string, std::array<events::Epoch, kAll>> epochs_seen_;  // by id of a command
};

}  // namespace guitu::simulation
