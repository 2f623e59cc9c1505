#include "tests/cluster/nemesis.h"

#include <csignal>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace guitu::cluster {

using journeys::Ran;

Nemesis::Nemesis(Cluster& cluster, kill::Address& address, uint64_t seed)
    : cluster_(cluster), address_(address), seeds_(seed) {}

void Nemesis::Rage(absl::Duration time) {
  begin_ = clock_.Monotonic();
  end_ = begin_ + time;
  auto until_the_end = [this](auto harm) {
    return std::thread([this, harm, seed = seeds_()] {
      Dice dice(seed);
      while (clock_.Monotonic() < end_) harm(dice);
    });
  };
  std::vector<std::thread> threads;
  for (size_t node = 0; node < kNodes; ++node)
    threads.push_back(until_the_end([this, node](Dice& dice) { HarmNode(node, dice); }));
  threads.push_back(until_the_end([this](Dice& dice) { HarmBrokers(dice); }));
  for (std::thread& thread : threads) thread.join();
}

void Nemesis::Linger(Dice& dice, absl::Duration least, absl::Duration most) {
  const int64_t range = absl::ToInt64Milliseconds(most - least);
  const absl::Duration time =
      least + absl::Milliseconds(static_cast<int64_t>(dice() % static_cast<uint64_t>(range)));
  absl::SleepFor(std::min(time, end_ - clock_.Monotonic()));
}

void Nemesis::HarmNode(size_t node, Dice& dice) {
  Linger(dice, absl::Seconds(1), absl::Seconds(10));
  const uint64_t which = dice() % 100;
  if (which < 25) {
    KillNode(node, dice);
  } else if (which < 35) {
    EndNode(node, dice);
  } else if (which < 60) {
    PauseNode(node, dice);
  } else {
    CutNode(node, dice);
  }
}

void Nemesis::KillNode(size_t node, Dice& dice) {
  Count("nodes killed", absl::StrCat("node ", node));
  Ran ran = cluster_.End(node, SIGKILL);
  if (ran.code != -1) Complain(absl::StrCat("node ", node, " had ended by itself: ", ran.err));
  if (dice() % 4 == 0) {  // again, in the middle of starting
    cluster_.Start(node);
    Linger(dice, absl::ZeroDuration(), absl::Seconds(1));
    ran = cluster_.End(node, SIGKILL);
    if (ran.code != -1) Complain(absl::StrCat("node ", node, " does not start: ", ran.err));
  }
  Linger(dice, absl::ZeroDuration(), absl::Seconds(3));
  Revive(node);
}

void Nemesis::EndNode(size_t node, Dice& dice) {
  Count("nodes ended", absl::StrCat("node ", node));
  const absl::Duration begin = clock_.Monotonic();
  Ran ran = cluster_.End(node, SIGTERM);
  if (ran.code != 0) Complain(absl::StrCat("node ", node, ", told to end: ", ran.code, ran.err));
  const absl::Duration took = clock_.Monotonic() - begin;
  if (took > absl::Seconds(20))
    Complain(absl::StrCat("node ", node, " took ", absl::FormatDuration(took), " to end"));
  Linger(dice, absl::ZeroDuration(), absl::Seconds(2));
  Revive(node);
}

void Nemesis::Revive(size_t node) {
  cluster_.Start(node);
  if (!cluster_.server(node).WaitUntilServing()) {
    Complain(absl::StrCat("node ", node, " does not start: ", cluster_.End(node, SIGKILL).err));
    cluster_.Start(node);  // so that the others can go on
    cluster_.Await(node);
  }
  address_.Set(cluster_.port(node), node);
  Note(absl::StrCat("serves: node ", node));
}

void Nemesis::PauseNode(size_t node, Dice& dice) {
  Count("nodes paused", absl::StrCat("node ", node));
  cluster_.server(node).Signal(SIGSTOP);
  Linger(dice, absl::Milliseconds(500), absl::Seconds(6));
  cluster_.server(node).Signal(SIGCONT);
  Note(absl::StrCat("goes on: node ", node));
}

void Nemesis::CutNode(size_t node, Dice& dice) {
  constexpr Relays::Cut kCuts[] = {{true, true}, {false, true}, {true, false}};
  const Relays::Cut cut = kCuts[dice() % 3];
  const size_t only = dice() % (2 * kBrokers);  // the upper half: from all
  Count(cut.requests && cut.answers ? "nodes cut off" : "nodes cut off one way",
        absl::StrCat("node ", node, " from ", only < kBrokers ? absl::StrCat(only) : "all", " ",
                     cut.requests ? "requests " : "", cut.answers ? "answers" : ""));
  for (size_t broker = 0; broker < kBrokers; ++broker) {
    if (only >= kBrokers || only == broker)
      brokers_.relays().Set(Brokers::RelayOf(node, broker), cut);
  }
  Linger(dice, absl::Milliseconds(500), absl::Seconds(7));
  const bool reset = dice() % 2 == 0;
  for (size_t broker = 0; broker < kBrokers; ++broker)
    brokers_.relays().Heal(Brokers::RelayOf(node, broker), reset);
  Note(absl::StrCat("whole again: node ", node, reset ? ", connections broken" : ""));
}

void Nemesis::HarmBrokers(Dice& dice) {
  Linger(dice, absl::Milliseconds(300), absl::Seconds(4));
  const uint64_t which = dice() % 100;
  const size_t first = dice() % kBrokers;
  if (which < 30) {
    KillBrokers(first, 1, dice);
  } else if (which < 60) {
    PauseBrokers(first, 1, dice);
  } else if (which < 85) {
    Count("elections of leaders", "");
    brokers_.kafka().MoveLeaders(cluster_.topic(), kPartitions + 1);
  } else if (which < 92) {
    KillBrokers(first, 2, dice);
  } else {
    PauseBrokers(first, 2, dice);
  }
}

void Nemesis::KillBrokers(size_t first, size_t count, Dice& dice) {
  Count(count == 1 ? "brokers killed" : "two brokers killed", absl::StrCat("from broker ", first));
  for (size_t i = 0; i < count; ++i)
    brokers_.kafka().Kill(static_cast<int>((first + i) % kBrokers + 1));
  Linger(dice, absl::ZeroDuration(), absl::Seconds(3));
  brokers_.kafka().Restart();
  Note("brokers run again");
}

void Nemesis::PauseBrokers(size_t first, size_t count, Dice& dice) {
  Count(count == 1 ? "brokers paused" : "two brokers paused", absl::StrCat("from broker ", first));
  for (size_t i = 0; i < count; ++i)
    brokers_.kafka().Pause(static_cast<int>((first + i) % kBrokers + 1));
  Linger(dice, absl::Milliseconds(500), absl::Seconds(6));
  for (size_t i = 0; i < count; ++i)
    brokers_.kafka().Resume(static_cast<int>((first + i) % kBrokers + 1));
  Note("brokers go on");
}

void Nemesis::Count(const std::string& fault, const std::string& whom) {
  Note(absl::StrCat(fault, ": ", whom));
  std::lock_guard lock(mutex_);
  ++faults_[fault];
}

void Nemesis::Note(const std::string& what) {
  std::lock_guard lock(mutex_);
  story_.push_back(absl::StrCat(
      absl::FormatDuration(absl::Trunc(clock_.Monotonic() - begin_, absl::Milliseconds(1))), " ",
      what));
}

void Nemesis::Complain(const std::string& complaint) {
  std::lock_guard lock(mutex_);
  complaints_.push_back(complaint);
}

}  // namespace guitu::cluster
