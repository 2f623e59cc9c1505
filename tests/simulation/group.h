// The group of a simulated cluster: who is to lead which partition, by generations, as a Kafka
// group tells it: each member hears of its changes later and in order; one that is taken for dead
// is put out and hears of it later still; partitions move with a hand-over or without.
// Threads: one.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <vector>

#include "events/ids.h"

namespace guitu::simulation {

// What a member hears.
struct Change {
  uint32_t generation = 0;
  bool lost = false;  // put out of the group: everything it has is another's
  std::vector<events::Partition> revoked;
  std::vector<events::Partition> assigned;
};

class Group {
 public:
  struct Facts {
    std::function<bool(size_t member)> alive;
    std::function<bool(size_t member)> paused;
    std::function<bool(size_t member, events::Partition)> handed_over;
  };
  Group(size_t members, size_t partitions, std::mt19937_64& random, Facts facts)
      : random_(random), facts_(std::move(facts)), members_(members), shares_(partitions) {}

  // The next generation. Calm: nobody is put out, and only what nobody has is given away.
  void Rebalance(bool calm);
  // The next thing that a member hears, and has heard.
  std::optional<Change> Tell(size_t member);
  void Died(size_t member);
  // Everybody alive is in, has heard everything, and every partition is somebody's.
  bool settled() const;
  std::optional<size_t> owner(events::Partition p) const { return shares_[p].owner; }

 private:
  struct Member {
    bool in = false;
    bool put_out = false;  // and has not heard of it
    std::deque<Change> news;
  };
  struct Share {
    std::optional<size_t> owner;
    std::optional<size_t> giver;  // hands it over; nobody gets it before
  };
  std::vector<size_t> Join(bool calm);
  void PutOut(size_t member);
  bool Given(const Share& share, events::Partition p) const;
  size_t Pick(size_t n) { return static_cast<size_t>(random_() % n); }
  bool Chance(uint32_t percent) { return random_() % 100 < percent; }

  std::mt19937_64& random_;
  const Facts facts_;
  std::vector<Member> members_;
  std::vector<Share> shares_;
  uint32_t generation_ = 0;
};

}  // namespace guitu::simulation
