// What may go wrong around the nodes and must not harm: brokers that are not there yet, or not any
// more; a stranger who writes to the topic; a topic that is not as the log was made; two nodes in
// one directory. Each is refused clearly or passes without a hand.
#include <csignal>
#include <future>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/cluster/cluster.h"

namespace guitu::cluster {
namespace {

using app_test::Answer;
using app_test::Web;
using journeys::Ran;

class FaultsAroundNodes : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(cluster_.Install());
    cluster_.Start(0);
    cluster_.Start(1);
    for (size_t node : {0, 1}) ASSERT_TRUE(cluster_.Await(node) && cluster_.AwaitReady(node));
    OpenCase();
  }

  Answer Post(size_t node, const std::string& target, const std::string& key,
              const std::string& body) {
    Web police = cluster_.Web(node, cluster_.log_ins().police);
    return Settled([&] { return police.Post(target, key, "", body); });
  }
  void OpenCase() {
    Answer opened = Post(0, "/v1/cases", "case", app_test::Rescue());
    ASSERT_EQ(opened.status, 201) << opened;
    path_ = opened.Header("Location");
  }
  Answer WriteOnce(size_t node, const std::string& key) {
    return cluster_.Web(node, cluster_.log_ins().worker)
        .Post(path_ + "/events", key, "*", app_test::Wish());
  }
  Answer Write(size_t node, const std::string& key) {
    return Settled([&] { return WriteOnce(node, key); });
  }
  void ExpectEqualProjections() {
    for (size_t node : {0, 1}) {
      Ran ended = cluster_.End(node, SIGTERM);
      EXPECT_EQ(ended.code, 0) << ended;
      Ran compared = cluster_.Compare(node);
      EXPECT_EQ(compared.code, 0) << compared;
    }
  }
  void SetBrokersOf(size_t node, bool cut) {
    for (size_t broker = 0; broker < kBrokers; ++broker) {
      const size_t relay = Brokers::RelayOf(node, broker);
      if (cut) {
        brokers_.relays().Set(relay, {true, true});
      } else {
        brokers_.relays().Heal(relay, true);
      }
    }
  }

  Brokers& brokers_ = Brokers::All();
  Cluster cluster_;
  std::string path_;
};

TEST_F(FaultsAroundNodes, BrokersThatAreNotThereAtTheStartAreWaitedFor) {
  SetBrokersOf(2, true);
  cluster_.Start(2);
  EXPECT_EQ(Write(0, "without-the-third").status, 200);
  SetBrokersOf(2, false);
  ASSERT_TRUE(cluster_.Await(2));
  EXPECT_TRUE(cluster_.AwaitReady(2));
  EXPECT_EQ(Write(2, "with-the-third").status, 200);
}

TEST_F(FaultsAroundNodes, WithoutBrokersNothingIsAnsweredButAskAgainAndNoHandIsNeededAfterwards) {
  for (int broker = 1; broker <= 3; ++broker) brokers_.kafka().Kill(broker);
  const clock::SystemClock clock;
  const absl::Duration begin = clock.Monotonic();
  std::vector<std::future<Answer>> answers;
  for (size_t node : {0, 1}) {
    const kill::Client::LogIns& who = cluster_.log_ins();
    auto ask = [&](auto question) {
      answers.push_back(std::async(std::launch::async, std::move(question)));
    };
    ask([this, node] { return WriteOnce(node, "while-away"); });
    ask([&, node] { return cluster_.Web(node, who.worker).Get(path_, "aftercare"); });
    ask([&, node] { return cluster_.Web(node, who.auditor).Get("/v1/cases"); });
    EXPECT_EQ(cluster_.Web(node, "").Get("/healthz").status, 200);
  }
  for (auto& future : answers) {
    Answer answer = future.get();
    EXPECT_EQ(answer.status, 503) << answer;
    EXPECT_NE(answer.Header("Retry-After"), "") << answer;
  }
  EXPECT_LT(clock.Monotonic() - begin, absl::Seconds(15));
  // Told to end it does so, brokers or not.
  const absl::Duration told = clock.Monotonic();
  EXPECT_EQ(cluster_.End(1, SIGTERM).code, 0);
  EXPECT_LT(clock.Monotonic() - told, absl::Seconds(20));
  cluster_.Start(1);
  brokers_.kafka().Restart();
  ASSERT_TRUE(cluster_.Await(1));
  Answer again = Write(1, "while-away");
  EXPECT_EQ(again.status, 200) << again;
  EXPECT_EQ(Write(0, "while-away").Header("Guitu-Receipt"), again.Header("Guitu-Receipt"));
  EXPECT_EQ(again.version(), 2u) << "once, however often it was sent";
  EXPECT_EQ(
      Settled([&] { return cluster_.Web(0, cluster_.log_ins().auditor).Get("/v1/cases"); }).status,
      200);
  ExpectEqualProjections();
}

TEST_F(FaultsAroundNodes, WhatAStrangerWritesToTheTopicIsVoidAndHarmsNobody) {
  for (events::Partition p = 0; p <= kPartitions; ++p) {
    for (const std::string& value : {std::string(), std::string("{}"), std::string(3000, '\xff')})
      brokers_.kafka().Produce(cluster_.topic(), p, value);
  }
  for (size_t node : {0, 1}) {
    Answer written = Write(node, absl::StrCat("after-the-stranger-", node));
    EXPECT_EQ(written.status, 200) << written;
    EXPECT_EQ(written.version(), 2 + node);
    EXPECT_TRUE(cluster_.AwaitReady(node));
  }
  cluster_.Start(2);  // reads it all for the first time
  ASSERT_TRUE(cluster_.Await(2));
  EXPECT_TRUE(cluster_.AwaitReady(2));
  ExpectEqualProjections();
}

TEST_F(FaultsAroundNodes, TwoNodesInOneDirectoryAreOneTooMany) {
  Ran second =
      journeys::Guitu({"serve", "--data", cluster_.DataDir(0), "--listen", "127.0.0.1:0", "--kafka",
                       brokers_.BootstrapOf(0), "--kafka-topic", cluster_.topic()});
  EXPECT_EQ(second.code, 3) << second;
  EXPECT_EQ(Write(0, "the-first-goes-on").status, 200);
}

TEST_F(FaultsAroundNodes, ATopicOfAnotherNumberOfPartitionsIsNotServed) {
  Ran ended = cluster_.End(1, SIGTERM);
  EXPECT_EQ(ended.code, 0) << ended;
  brokers_.kafka().AddPartitions(cluster_.topic(), kPartitions + 3);
  cluster_.Start(1);
  EXPECT_FALSE(cluster_.server(1).WaitUntilServing());
  Ran refused = cluster_.End(1, SIGKILL);
  EXPECT_EQ(refused.code, 3) << refused;
  EXPECT_TRUE(absl::StrContains(refused.err, "the log has 11 partitions, its genesis says 9"))
      << refused;
}

}  // namespace
}  // namespace guitu::cluster
