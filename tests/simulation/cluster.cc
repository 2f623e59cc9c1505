#include "tests/simulation/cluster.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "events/check.h"
#include "projections/keys.h"

namespace guitu::simulation {

using memory_log::Fate;
using runtime::Phase;

Cluster::Cluster(uint64_t seed, ClusterVariant variant)
    : variant_(variant),
      random_(seed),
      world_(kPartitions, seed),
      nodes_(2 + seed % 2),
      group_(nodes_.size(), kAll, random_,
             {[this](size_t i) { return nodes_[i]->driver.has_value(); },
              [this](size_t i) { return nodes_[i]->paused; },
              [this](size_t i, events::Partition p) {
                return nodes_[i]->driver->node().handed_over(p);
              }}),
      clients_(world_, random_,
               {[this](uint64_t attempt, runtime::Request request) {
                  Send(attempt, std::move(request));
                },
                [this](events::Partition p, const events::StreamId& stream) {
                  return Newest(p, stream);
                }}) {
  fault_percent_ = static_cast<uint32_t>(Pick(10));
  by_following_ = Chance(70);
  lagging_registry_ = Chance(50);
  sleepy_ = Chance(50);
  clients_.cancel_percent = 2;
  clients_.suspend_percent = 8;
  clients_.takes_any_no = variant_ == ClusterVariant::kAnyNoIsFinal;
  world_.WriteGenesis();
  world_.log.SetScript([this](const events::Append& append) {
    // Late fences are the best of it.
    auto parts = events::SplitRecord(append.record);
    auto frame = parts ? events::DecodeFrame(parts->frame) : std::nullopt;
    uint32_t more = frame && frame->kind == schema::Kind::FENCE ? 3 : 1;
    bool faulty = dying_ ? Chance(60) : faults_ && Chance(fault_percent_ * more);
    if (!faulty) return Fate::kAppend;
    const Fate fates[] = {Fate::kLose, Fate::kLate, Fate::kLate, Fate::kLandUnknown};
    OutsideEvent();
    return fates[Pick(4)];
  });
  for (size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i] = std::make_unique<Node>();
    StartNode(i);
  }
  SetUp();
}

Cluster::~Cluster() {
  for (auto& node : nodes_) node->driver.reset();
}

void Cluster::SetUp() {
  SettleGroup();
  auto& registry = *nodes_[*group_.owner(kPartitions)]->driver;
  for (runtime::Request& request : SetUpRequests(world_.clock.Now())) {
    registry.Submit(std::move(request));
    Rounds(1);
  }
  Rounds(4);
  for (const auto& answer : registry.TakeAnswers()) GUITU_CHECK(answer.status.ok());
  faults_ = true;
}

void Cluster::Run(int steps) {
  for (int i = 0; i < steps; ++i) Act();
  Heal();
}

void Cluster::Act() {
  size_t what = Pick(1000);
  size_t i = Pick(nodes_.size());
  if (what < 180) {
    clients_.NewRequest();
  } else if (what < 220) {
    clients_.Retry(Chance(20), faults_);
  } else if (what < 420) {
    if (size_t lanes = world_.log.lanes(); lanes > 0)
      world_.log.DeliverLane(Pick(lanes), 1 + Pick(6));
  } else if (what < 630) {
    Follow(i);
  } else if (what < 780) {
    if (nodes_[i]->runs()) nodes_[i]->driver->Step();
  } else if (what < 820) {
    world_.clock.Advance(absl::Milliseconds(static_cast<int64_t>(Pick(1000))));
    if (nodes_[i]->runs()) nodes_[i]->driver->Tick();
  } else if (what < 900) {
    Tell(i);
  } else {
    Disturb(what - 900);
  }
  for (i = 0; i < nodes_.size(); ++i) Spoil(i);
}

void Cluster::Disturb(size_t what) {
  size_t i = Pick(nodes_.size());
  if (what < 20) {
    if (world_.log.late() > 0) LandLate();
  } else if (what < 38) {
    group_.Rebalance(false);
    ++counts_.moves;
  } else if (what < 48) {
    Pause(i);
  } else if (what < 64) {
    if (!sleepy_ || Chance(30)) Wake(i);
  } else if (what < 70) {
    Kill(i);
  } else if (what < 78) {
    if (!nodes_[i]->driver) StartNode(i);
  } else if (what < 86) {
    GUITU_CHECK(nodes_[i]->store.Flush().ok());
  } else if (what < 89) {
    world_.clock.Jump(absl::Seconds(static_cast<int64_t>(Pick(7200)) - 3600));
    if (Chance(30)) world_.clock.Jump(absl::Hours(24));
  } else if (what < 92) {
    world_.log.LeaveOut(static_cast<events::Partition>(Pick(kAll)), 1 + Pick(2));
    ++counts_.gaps;
  } else if (what < 95) {
    Foreign();
  } else if (what < 97) {
    nodes_[i]->store.FailApplies(Chance(40) ? absl::UnavailableError("store") : absl::OkStatus());
  } else {
    Quiet();
  }
}

// A while in which nothing comes from outside: no faults, no news of the group.
void Cluster::Quiet() {
  bool faults = std::exchange(faults_, false);
  OutsideEvent();
  Rounds(20);
  faults_ = faults;
  for (const auto& node : nodes_) {
    if (!node->runs()) continue;
    runtime::Node& led = node->driver->node();
    if (!led.machine(kPartitions).stored()) continue;  // an adoption waits for the store
    for (events::Partition p = 0; p < kPartitions; ++p) {
      const auto& machine = led.machine(p);
      if (machine.assigned() && machine.leads() && machine.adopted() < led.registry_end())
        clients_.history().violations.push_back("an owner does not adopt what it has read");
    }
  }
}

// Everybody who runs does what there is to do.
void Cluster::Round() {
  for (bool again = true; again;) {
    again = world_.log.DeliverAll() > 0;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (!nodes_[i]->runs()) continue;
      while (nodes_[i]->driver->Step()) again = true;
      nodes_[i]->driver->Follow();
      Spoil(i);
    }
  }
  world_.clock.Advance(absl::Milliseconds(250));
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i]->runs()) continue;
    nodes_[i]->driver->Tick();
    Spoil(i);
  }
}

void Cluster::SettleGroup() {
  for (int n = 0; n < 20; ++n) {
    if (!group_.settled()) group_.Rebalance(true);
    for (size_t i = 0; i < nodes_.size(); ++i) {
      for (int news = 0; news < 20; ++news) Tell(i);
    }
    Rounds(2);
  }
  if (!group_.settled())
    clients_.history().violations.push_back("a partition is never handed over");
}

void Cluster::Heal() {
  faults_ = false;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i]->store.FailApplies(absl::OkStatus());
    if (!nodes_[i]->driver) StartNode(i);
    Wake(i);
  }
  for (size_t half = world_.log.late() / 2; half > 0; --half) LandLate();
  OutsideEvent();
  SettleGroup();
  while (world_.log.late() > 0) {  // ghosts: nobody hears anything of the group any more
    LandLate();
    if (Chance(50)) Rounds(1);
  }
  OutsideEvent();
  for (int n = 0; n < 60; ++n) {
    Rounds(1);
    clients_.Retry(false, faults_);
  }
  Rounds(30);
  CheckLed();
  clients_.CheckEnds();
  for (const auto& node : nodes_) CheckPositions(*node);
}

void Cluster::CheckLed() {
  auto& violations = clients_.history().violations;
  for (events::Partition p = 0; p < kAll; ++p) {
    for (size_t i = 0; i < nodes_.size(); ++i) {
      const auto& machine = nodes_[i]->driver->machine(p);
      bool leads = machine.phase() == Phase::kLeading && machine.leads();
      if (machine.phase() == Phase::kHalted) violations.push_back("a partition is halted");
      if (leads && group_.owner(p) != i) violations.push_back("two lead a partition");
      if (!leads && group_.owner(p) == i)
        violations.push_back("a partition that is assigned is not led");
    }
  }
  for (const auto& node : nodes_) {
    if (!node->driver->node().ready()) violations.push_back("a node never becomes ready");
  }
}

void Cluster::CheckPositions(const Node& node) {
  for (events::Partition p = 0; p < kAll; ++p) {
    if (projections::LoadState(node.store, p).head.next > *world_.log.End(p))
      clients_.history().violations.push_back("the store is ahead of the log");
  }
}

projections::StreamRow Cluster::Newest(events::Partition partition,
                                       const events::StreamId& stream) const {
  projections::StreamRow newest;
  auto progress = [](const projections::StreamRow& row) {
    return std::pair(row.version, row.siblings);
  };
  for (const auto& node : nodes_) {
    auto row = node->store.Get(projections::StreamKey(partition, stream));
    if (!row) continue;
    auto here = projections::DecodeStream(*row);
    if (progress(here) > progress(newest)) newest = here;
  }
  return newest;
}

std::vector<std::string> Cluster::Violations() const {
  std::vector<const projections::RowReader*> stores;
  for (const auto& node : nodes_) stores.push_back(&node->store);
  return simulation::Violations(history(), world_, stores);
}

}  // namespace guitu::simulation
