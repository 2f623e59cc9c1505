#include "tests/simulation/group.h"

#include <utility>

namespace guitu::simulation {

std::vector<size_t> Group::Join(bool calm) {
  std::vector<size_t> in;
  for (size_t i = 0; i < members_.size(); ++i) {
    if (!facts_.alive(i) || members_[i].put_out) continue;
    if (!calm && members_[i].in && Chance(facts_.paused(i) ? 85 : 12)) {
      PutOut(i);
    } else {
      members_[i].in = true;
      in.push_back(i);
    }
  }
  return in;
}

// It hears nothing more of what was said before.
void Group::PutOut(size_t member) {
  Died(member);
  members_[member].put_out = true;
  members_[member].news.push_back({0, true, {}, {}});
}

void Group::Died(size_t member) {
  members_[member] = Member();
  for (Share& share : shares_) {
    if (share.owner == member) share.owner.reset();
    if (share.giver == member) share.giver.reset();
  }
}

bool Group::Given(const Share& share, events::Partition p) const {
  if (!share.giver) return true;
  return members_[*share.giver].news.empty() && facts_.handed_over(*share.giver, p);
}

void Group::Rebalance(bool calm) {
  ++generation_;
  std::vector<size_t> in = Join(calm);
  if (in.empty()) return;
  std::vector<Change> changes(members_.size());
  for (events::Partition p = 0; p < shares_.size(); ++p) {
    Share& share = shares_[p];
    if (!share.owner) {
      if (!Given(share, p)) continue;
      share = {in[Pick(in.size())], std::nullopt};
      changes[*share.owner].assigned.push_back(p);
    } else if (!calm && Chance(35)) {
      size_t to = in[Pick(in.size())];
      size_t from = *share.owner;
      if (to == from) continue;
      changes[from].revoked.push_back(p);
      if (Chance(50)) {
        share = {std::nullopt, from};
      } else {
        share.owner = to;
        changes[to].assigned.push_back(p);
      }
    }
  }
  for (size_t i : in) {
    changes[i].generation = generation_;
    members_[i].news.push_back(std::move(changes[i]));
  }
}

std::optional<Change> Group::Tell(size_t member) {
  Member& m = members_[member];
  if (m.news.empty()) return std::nullopt;
  Change change = std::move(m.news.front());
  m.news.pop_front();
  if (change.lost) m.put_out = false;
  return change;
}

bool Group::settled() const {
  for (const Share& share : shares_) {
    if (!share.owner) return false;
  }
  for (size_t i = 0; i < members_.size(); ++i) {
    if (facts_.alive(i) && (!members_[i].in || !members_[i].news.empty())) return false;
  }
  return true;
}

}  // namespace guitu::simulation
