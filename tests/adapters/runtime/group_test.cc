// Two nodes on one log and partitions that move between them: what the simulated cluster found,
// told step by step.
#include "events/reason.h"
#include "tests/adapters/runtime/log_kinds.h"
#include "tests/adapters/runtime/runtime_fixture.h"

namespace guitu::runtime {
namespace {

constexpr uint32_t kCases = 4;
const std::vector<events::Partition> kEvery = {4, 0, 1, 2, 3};

class GroupTest : public testing::TestWithParam<LogKind> {
 protected:
  GroupTest() {
    world.WriteGenesis();
    for (Driver* node : {&a, &b}) node->Start();
    a.Assign(kEvery, 1);
    b.Assign({}, 1);
    Settle();
    auto tickets = a.SubmitAll(SetUpRequests(world.clock.Now()));
    Settle();
    auto answers = a.TakeAnswers();
    GUITU_CHECK(answers.size() == tickets.size());
    for (const Answer& answer : answers) GUITU_CHECK(answer.status.ok());
  }
  void Settle() {
    for (bool again = true; again;) {
      again = world.log.DeliverAll() > 0;
      for (Driver* node : {&a, &b}) {
        while (node->Step()) again = true;
        node->Follow();
      }
      again |= world.log.pending() > 0;
    }
  }
  void Wait(absl::Duration by) {
    world.clock.Advance(by);
    a.Tick();
    b.Tick();
    Settle();
  }
  // The fate of all that is sent from now on.
  void Fates(Fate fate) {
    world.log.SetScript([fate](const events::Append&) { return fate; });
  }
  Answer Ask(Driver& node, Request request) {
    node.TakeAnswers();
    node.Submit(std::move(request));
    Settle();
    auto answers = node.TakeAnswers();
    GUITU_CHECK(answers.size() == 1);
    return answers[0];
  }
  Request OpeningIn0() {
    return Opening(kPolice, KeyInPartition(kPolice, "case", 0, kCases), rescued);
  }

  World world{kCases, 1, GetParam()};
  memory_store::MemoryStore rows_of_b;
  Driver a{kCases, world.node_log(), world.MakePorts(world.store), "a", /*alone=*/false};
  Driver b{kCases, world.node_log(), world.MakePorts(rows_of_b), "b", /*alone=*/false};
  events::Event rescued = Rescued(world.clock.Now());
};

TEST_P(GroupTest, O1_AFenceThatWasHandedOverUnreadDoesNotStopTheNextAttempt) {
  b.Assign({{0}}, 2);
  EXPECT_EQ(b.machine(0).phase(), Phase::kFencing);
  Fates(Fate::kLate);
  b.HandOver({{0}});
  world.log.DeliverAll();
  b.Assign({{0}}, 3);
  Fates(Fate::kAppend);
  Settle();
  EXPECT_EQ(b.machine(0).phase(), Phase::kLeading);
  world.log.LandLate(1);
  Settle();
  EXPECT_EQ(b.machine(0).phase(), Phase::kLeading);
}

TEST_P(GroupTest, C1_TheKeysOfARecordThatNeverTookEffectAreForgotten) {
  a.Submit(OpeningIn0());
  Fates(Fate::kLose);
  world.log.DeliverAll();
  Fates(Fate::kAppend);
  b.Assign({{0}}, 2);
  Settle();
  EXPECT_TRUE(Ask(b, OpeningIn0()).status.ok());
  b.HandOver({{0}});
  a.Assign({{0}}, 3);
  Settle();
  ASSERT_EQ(a.machine(0).phase(), Phase::kLeading);
  EXPECT_TRUE(Ask(a, OpeningIn0()).status.ok());
}

TEST_P(GroupTest, O5_APartitionThatIsGivenBackBeforeItWasHandedOverAdoptsWhatItMissed) {
  a.Submit(OpeningIn0());
  a.HandOver({{0}});  // its record is in flight: it leads until that is settled
  a.Submit(Registry(kAdmin, "suspend", SuspendAct(world.clock.Now(), "p2"), 1));
  size_t lanes = world.log.lanes();
  ASSERT_EQ(lanes, 2u);
  world.log.DeliverLane(1, 1);
  a.Step();
  a.Follow();  // the registry has grown
  a.Assign({{0}}, 2);
  Settle();
  Wait(absl::Seconds(1));
  EXPECT_EQ(a.machine(0).adopted(), a.node().registry_end());
  EXPECT_TRUE(a.node().ready());
}

TEST_P(GroupTest, O5_AnOldFenceOfTheRegistryOnItsWayDoesNotKeepTheCasesFromAdopting) {
  b.Assign({{0}}, 2);
  Settle();
  ASSERT_TRUE(b.machine(0).leads());
  Fates(Fate::kLose);
  b.Assign({{4}}, 3);
  world.log.DeliverAll();
  b.Step();
  b.HandOver({{4}});  // what became of its fence is never known here: a leads on with its own
  Fates(Fate::kAppend);
  Settle();
  ASSERT_TRUE(a.machine(4).leads());
  a.Submit(Registry(kAdmin, "suspend", SuspendAct(world.clock.Now(), "p2"), 1));
  Settle();
  Wait(absl::Seconds(1));
  EXPECT_EQ(b.machine(0).adopted(), b.node().registry_end());
}

TEST_P(GroupTest, R3_ARetryThatWaitedForTheStoreIsHeldUntilEveryPartitionHasAdopted) {
  b.Assign({{0}}, 2);
  Settle();
  auto suspend = [&](const std::string& staff) {
    return Registry(kAdmin, staff, SuspendAct(world.clock.Now(), staff), 1);
  };
  auto only_a = [&] {
    for (int i = 0; i < 3; ++i) {
      world.log.DeliverAll();
      a.Step();
      a.Follow();
    }
  };
  a.Submit(suspend("p1"));
  only_a();  // in effect; b has not adopted it
  world.store.FailApplies(absl::UnavailableError("store"));
  a.Submit(suspend("p2"));
  only_a();
  Fates(Fate::kLose);
  a.Submit(suspend("w1"));
  world.log.DeliverAll();
  Fates(Fate::kAppend);
  only_a();
  ASSERT_TRUE(a.machine(4).leads());
  a.TakeAnswers();
  uint64_t retry = a.Submit(suspend("p1"));
  world.store.FailApplies(absl::OkStatus());
  a.Follow();
  EXPECT_TRUE(a.TakeAnswers().empty());
  Settle();
  bool done = false;
  for (const Answer& answer : a.TakeAnswers()) done |= answer.ticket == retry && answer.status.ok();
  EXPECT_TRUE(done);
}

INSTANTIATE_TEST_SUITE_P(Logs, GroupTest, testing::ValuesIn(SharedLogs()), NameOfLog);

}  // namespace
}  // namespace guitu::runtime
