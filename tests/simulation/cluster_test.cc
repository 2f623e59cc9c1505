// Random lives of a cluster, one seed each.
#include "tests/simulation/cluster.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_join.h"
#include "tests/simulation/seeds.h"

namespace guitu::simulation {
namespace {

constexpr int kSteps = 600;

std::vector<std::string> Play(uint64_t seed, ClusterVariant variant) {
  Cluster cluster(seed, variant);
  cluster.Run(kSteps);
  return cluster.Violations();
}

TEST(Cluster, NoSeedShowsAViolation) {
  for (uint64_t seed = TheSeeds().first; seed <= TheSeeds().last; ++seed) {
    auto violations = Play(seed, ClusterVariant::kNone);
    ASSERT_TRUE(violations.empty()) << "seed " << seed << " (run it alone: --seed " << seed
                                    << "): " << absl::StrJoin(violations, "; ");
  }
}

TEST(Cluster, TheSameSeedGivesTheSameLog) {
  Cluster one(7, ClusterVariant::kNone);
  Cluster two(7, ClusterVariant::kNone);
  one.Run(kSteps);
  two.Run(kSteps);
  for (events::Partition p = 0; p <= kPartitions; ++p) {
    EXPECT_TRUE(one.world().Records(p) == two.world().Records(p)) << "partition " << p;
  }
}

TEST(Cluster, TheFaultsReallyHappen) {
  Cluster::Counts all;
  int crashes = 0, unknown = 0, done = 0, denied = 0, cancelled = 0;
  size_t shown = 0, revoked = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Cluster cluster(seed, ClusterVariant::kNone);
    cluster.Run(kSteps);
    const Cluster::Counts& counts = cluster.counts();
    all.pauses += counts.pauses;
    all.moves += counts.moves;
    all.zombies += counts.zombies;
    all.ghosts += counts.ghosts;
    all.gaps += counts.gaps;
    all.foreign += counts.foreign;
    all.not_owner += counts.not_owner;
    const History& history = cluster.history();
    crashes += history.crashes;
    unknown += history.unknown;
    shown += history.shown.size();
    revoked += history.revoked.size();
    for (const Command& command : history.commands) {
      done += command.done ? 1 : 0;
      denied += command.denied ? 1 : 0;
      cancelled += command.cancelled ? 1 : 0;
    }
  }
  EXPECT_GT(all.pauses, 20);
  EXPECT_GT(all.moves, 100);
  EXPECT_GT(all.zombies, 5);
  EXPECT_GT(all.ghosts, 3);
  EXPECT_GT(all.gaps, 10);
  EXPECT_GT(all.foreign, 20);
  EXPECT_GT(all.not_owner, 100);
  EXPECT_GT(crashes, 20);
  EXPECT_GT(unknown, 20);
  EXPECT_GT(done, 200);
  EXPECT_GT(denied, 100);
  EXPECT_GT(cancelled, 10);
  EXPECT_GT(shown, 30u);
  EXPECT_GT(revoked, 10u);
}

// Whether one of the seeds gives the variant away.
bool Caught(ClusterVariant variant, const std::string& how) {
  for (uint64_t seed = 1; seed <= 600; ++seed) {
    for (const std::string& violation : Play(seed, variant)) {
      if (violation != how) continue;
      testing::Test::RecordProperty("seed", static_cast<int>(seed));
      return true;
    }
  }
  return false;
}

TEST(BrokenClusterVariant, ConflictWhereTheVersionIsAheadDeniesWhatAnotherOwnerTakes) {
  EXPECT_TRUE(Caught(ClusterVariant::kConflictWhenAhead, "a command was denied and is in effect"));
}

TEST(BrokenClusterVariant, WhatIsBeingSettledTakenForNotDoneIsDoneLater) {
  EXPECT_TRUE(Caught(ClusterVariant::kAnyNoIsFinal, "a command was denied and is in effect"));
}

TEST(BrokenClusterVariant, WithOneNonceForAllFencesTwoTakeOneFenceForTheirs) {
  EXPECT_TRUE(Caught(ClusterVariant::kEpochWithoutNonce, "a partition is halted"));
}

TEST(BrokenClusterVariant, WithoutTheContiguityCheckAForeignFenceInTheGapIsMissed) {
  EXPECT_TRUE(Caught(ClusterVariant::kNoContiguityCheck, "an acknowledged command is lost"));
  EXPECT_TRUE(Caught(ClusterVariant::kNoContiguityCheck, "two lead a partition"));
}

TEST(BrokenClusterVariant, AReadWithoutItsAccessRecordIsThatOfAZombie) {
  EXPECT_TRUE(Caught(ClusterVariant::kReadWithoutRecord,
                     "a read shows less than was acknowledged before it"));
  EXPECT_TRUE(Caught(ClusterVariant::kReadWithoutRecord, "a revoked user is shown a case"));
}

TEST(BrokenClusterVariant, InAnOldSessionTheLateRecordLandsBehindTheAnswer) {
  EXPECT_TRUE(Caught(ClusterVariant::kOldSession, "a command was denied and is in effect"));
}

TEST(BrokenClusterVariant, ARefusalAtOnceIsUntrueBeforeTheNewerOwnersState) {
  EXPECT_TRUE(Caught(ClusterVariant::kRefusalAtOnce, "a case that was acknowledged is not found"));
}

TEST(BrokenClusterVariant, ARevocationAcknowledgedAtTheFenceLetsTheRevokedAct) {
  EXPECT_TRUE(Caught(ClusterVariant::kAcknowledgedAtTheFence, "a revoked user acts"));
}

TEST(BrokenClusterVariant, ARevocationAcknowledgedOnAnAdoptionInFlightLetsTheRevokedAct) {
  EXPECT_TRUE(Caught(ClusterVariant::kAcknowledgedInFlight, "a revoked user acts"));
}

TEST(BrokenClusterVariant, FencingAgainOnEveryForeignFenceNeverEnds) {
  EXPECT_TRUE(Caught(ClusterVariant::kFenceAlways, "they fence against each other"));
}

TEST(BrokenClusterVariant, StandingDownForGoodBehindAGhostLeavesAPartitionToNobody) {
  EXPECT_TRUE(Caught(ClusterVariant::kStandDownForGood, "a partition that is assigned is not led"));
}

}  // namespace
}  // namespace guitu::simulation
