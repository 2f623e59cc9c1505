// Random lives of one node, one seed each.
#include "tests/simulation/simulation.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_join.h"
#include "events/schema/control.capnp.h"
#include "events/schema/registry.capnp.h"
#include "tests/simulation/seeds.h"

namespace guitu::simulation {
namespace {

constexpr int kSteps = 400;

std::vector<std::string> Play(uint64_t seed, Variant variant) {
  Simulation simulation(seed, variant);
  simulation.Run(kSteps);
  return simulation.Violations();
}

TEST(Simulation, NoSeedShowsAViolation) {
  for (uint64_t seed = TheSeeds().first; seed <= TheSeeds().last; ++seed) {
    auto violations = Play(seed, Variant::kNone);
    ASSERT_TRUE(violations.empty()) << "seed " << seed << " (run it alone: --seed " << seed
                                    << "): " << absl::StrJoin(violations, "; ");
  }
}

TEST(Simulation, TheSameSeedGivesTheSameLog) {
  Simulation one(7, Variant::kNone);
  Simulation two(7, Variant::kNone);
  one.Run(kSteps);
  two.Run(kSteps);
  for (events::Partition p = 0; p <= kPartitions; ++p) {
    EXPECT_TRUE(one.world().Records(p) == two.world().Records(p)) << "partition " << p;
  }
}

int Missed(const runtime::World& world) {
  int missed = 0;
  for (events::Partition p = 0; p < kPartitions; ++p) {
    for (const std::string& record : world.Records(p)) {
      auto meta = events::DecodeMeta(events::SplitRecord(record)->meta);
      const auto& types = meta->event_types;
      missed += !types.empty() && types.front() == *events::TypeOfRow("59") ? 1 : 0;
    }
  }
  return missed;
}

TEST(Simulation, TheFaultsReallyHappen) {
  int crashes = 0, unknown = 0, done = 0, denied = 0, cancelled = 0;
  size_t shown = 0, revoked = 0;
  int missed = 0, approved = 0, set = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Simulation simulation(seed, Variant::kNone);
    simulation.Run(kSteps);
    const History& history = simulation.history();
    crashes += history.crashes;
    unknown += history.unknown;
    shown += history.shown.size();
    revoked += history.revoked.size();
    missed += Missed(simulation.world());
    for (const Command& command : history.commands) {
      done += command.done ? 1 : 0;
      denied += command.denied ? 1 : 0;
      cancelled += command.cancelled ? 1 : 0;
      const auto& acts = std::get<runtime::Record>(command.request.what).events;
      if (!command.done || acts.empty()) continue;
      approved += acts[0].Is<schema::ApprovalGiven>() ? 1 : 0;
      set += acts[0].Is<schema::UnitSet>() ? 1 : 0;
    }
  }
  EXPECT_GT(crashes, 20);
  EXPECT_GT(unknown, 20);
  EXPECT_GT(done, 100);
  EXPECT_GT(denied, 20);
  EXPECT_GT(cancelled, 0);
  EXPECT_GT(shown, 50u);
  EXPECT_GT(revoked, 5u);
  EXPECT_GT(missed, 20);
  EXPECT_GT(approved, 2);
  EXPECT_GT(set, 2);
}

// Whether one of the seeds gives the variant away.
bool Caught(Variant variant, const std::string& how) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    for (const std::string& violation : Play(seed, variant)) {
      if (violation == how) return true;
    }
  }
  return false;
}

TEST(BrokenVariant, ResultsInMemoryLoseWhatWasAcknowledged) {
  EXPECT_TRUE(Caught(Variant::kResultsInMemory, "an acknowledged command is lost"));
}

TEST(BrokenVariant, WithoutTheContiguityCheckTheRowsAreNotThoseOfTheLog) {
  EXPECT_TRUE(
      Caught(Variant::kNoContiguityCheck, "the live rows are not those that the log gives"));
}

TEST(BrokenVariant, AReadWithoutItsAccessRecordIsSeen) {
  EXPECT_TRUE(Caught(Variant::kReadWithoutRecord,
                     "a read was released without its access record in effect"));
}

TEST(BrokenVariant, SettledByTheTailACommandIsDeniedAndLandsLater) {
  EXPECT_TRUE(Caught(Variant::kSettleByTheTail, "a command was denied and is in effect"));
}

TEST(BrokenVariant, AskedOfTheFoldACommandIsDeniedAndLandsLater) {
  EXPECT_TRUE(Caught(Variant::kAskTheFold, "a command was denied and is in effect"));
}

TEST(BrokenVariant, ARevocationAcknowledgedByTheRegistryAloneIsNone) {
  EXPECT_TRUE(Caught(Variant::kAcknowledgedByTheRegistryAlone, "a revoked user acts"));
}

TEST(BrokenVariant, ADecisionOnAnotherRegistryThanStampedLetsTheRevokedAct) {
  EXPECT_TRUE(Caught(Variant::kRegistryNotAsStamped, "a revoked user acts"));
}

}  // namespace
}  // namespace guitu::simulation
