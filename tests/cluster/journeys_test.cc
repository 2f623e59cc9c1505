// Three nodes on three brokers, as their users meet them: any node answers for every case, nodes
// come, go and die, and what one was told the others know.
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <future>
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/cluster/cluster.h"

namespace guitu::cluster {
namespace {

using app_test::Answer;
using app_test::Web;
using journeys::Ran;

class ThreeNodes : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster = new Cluster;
    installed = cluster->Install();
  }
  static void TearDownTestSuite() { delete std::exchange(cluster, nullptr); }
  void SetUp() override {
    ASSERT_TRUE(installed);
    ASSERT_TRUE(cluster->StartAll());
  }

  static Web Worker(size_t node) { return cluster->Web(node, cluster->log_ins().worker); }
  static Answer Open(size_t node, const std::string& key,
                     const std::string& address = "合成路1号") {
    Web police = cluster->Web(node, cluster->log_ins().police);
    return Settled([&] { return police.Post("/v1/cases", key, "", app_test::Rescue(address)); });
  }
  static Answer Read(size_t node, const std::string& path) {
    Web worker = Worker(node);
    return Settled([&] { return worker.Get(path, "aftercare"); });
  }

  static std::string NextKey() { return absl::StrCat("key-", ++keys); }

  // A case in every partition, opened through these nodes in turn: their paths.
  static std::vector<std::string> CaseInEveryPartition(const std::vector<size_t>& nodes) {
    std::vector<std::string> paths(kPartitions);
    size_t found = 0;
    for (size_t i = 0; found < kPartitions && i < 200; ++i) {
      Answer answer = Open(nodes[i % nodes.size()], NextKey());
      EXPECT_EQ(answer.status, 201) << answer;
      if (answer.status != 201) break;
      std::string& path = paths.at(std::stoul(answer.Header("Guitu-Receipt")));
      if (path.empty()) ++found;
      path = answer.Header("Location");
    }
    EXPECT_EQ(found, kPartitions);
    return paths;
  }

  // Writes to each case without a pause, through `node`, around what `disturb` does. Every command
  // is insisted on; returns how long the longest took, from its first attempt to its answer.
  static absl::Duration GapOf(const std::vector<std::string>& paths, size_t node,
                              const std::function<void()>& disturb);

  static Cluster* cluster;
  static bool installed;
  static std::atomic<uint64_t> keys;
};
Cluster* ThreeNodes::cluster = nullptr;
bool ThreeNodes::installed = false;
std::atomic<uint64_t> ThreeNodes::keys = 0;

absl::Duration ThreeNodes::GapOf(const std::vector<std::string>& paths, size_t node,
                                 const std::function<void()>& disturb) {
  std::atomic<bool> end = false;
  std::atomic<uint64_t> warm = 0;
  std::vector<absl::Duration> longest(paths.size());
  std::vector<std::string> complaints(paths.size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < paths.size(); ++i) {
    threads.emplace_back([&, i] {
      const clock::SystemClock clock;
      Web worker = Worker(node);
      uint64_t version = worker.Call("HEAD", paths[i]).version();
      for (size_t done = 0; !end || done < 2; ++done) {
        const std::string key = NextKey();
        const absl::Duration begin = clock.Monotonic();
        Answer answer;
        do {
          answer =
              worker.Post(paths[i] + "/events", key, app_test::Quoted(version), app_test::Wish());
        } while ((answer.status == 0 || answer.status == 503) &&
                 clock.Monotonic() - begin < absl::Seconds(40));
        longest[i] = std::max(longest[i], clock.Monotonic() - begin);
        // Nobody else writes there: another version would be a lost command, or one done twice.
        if (answer.status != 200 || answer.version() != version + 1) {
          complaints[i] = absl::StrCat(paths[i], " ", answer.status, " ", answer.text,
                                       answer.trouble, " version ", answer.version());
          break;
        }
        ++version;
        if (done == 2) ++warm;
      }
    });
  }
  EXPECT_TRUE(Until(absl::Seconds(30), [&] { return warm == paths.size(); }));
  std::fill(longest.begin(), longest.end(), absl::ZeroDuration());
  disturb();
  end = true;
  for (std::thread& thread : threads) thread.join();
  for (const std::string& complaint : complaints) EXPECT_EQ(complaint, "");
  return *std::max_element(longest.begin(), longest.end());
}

TEST_F(ThreeNodes, EachAnswersForEveryPartition) {
  std::vector<std::string> paths = CaseInEveryPartition({0, 1, 2});
  for (size_t node = 0; node < kNodes; ++node) {
    Web worker = Worker(node);
    for (const std::string& path : paths) {
      Answer read = Read(node, path);
      EXPECT_EQ(read.status, 200) << "node " << node << " " << path << " " << read;
      Answer written = Settled([&, key = NextKey()] {
        return worker.Post(path + "/events", key, app_test::Quoted(read.version()),
                           app_test::Wish());
      });
      EXPECT_EQ(written.status, 200) << "node " << node << " " << path << " " << written;
      EXPECT_EQ(worker.Call("HEAD", path).version(), written.version());
    }
  }
  uint64_t leading = 0;
  for (size_t node = 0; node < kNodes; ++node)
    leading += cluster->Metric(node, "guitu_commands_total") > 0 ? 1 : 0;
  EXPECT_EQ(leading, kNodes) << "the partitions are spread over all nodes";
}

TEST_F(ThreeNodes, RepeatAnAnswerUnderItsKeyWhicheverIsAsked) {
  Answer opened = Open(0, "same-key");
  ASSERT_EQ(opened.status, 201) << opened;
  for (size_t node = 1; node < kNodes; ++node) {
    Answer again = Open(node, "same-key");
    EXPECT_EQ(again.Header("Guitu-Receipt"), opened.Header("Guitu-Receipt")) << again;
    EXPECT_EQ(again.Header("Location"), opened.Header("Location"));
    EXPECT_EQ(Open(node, "same-key", "合成路2号").Field("code"), "idempotency-reuse");
  }
}

// The number of cases that this node lists.
size_t Listed(Web& web) {
  size_t listed = 0;
  std::string cursor;
  do {
    Answer page = Settled([&] {
      return web.Get(absl::StrCat("/v1/cases?limit=200", cursor.empty() ? "" : "&cursor=", cursor));
    });
    EXPECT_EQ(page.status, 200) << page;
    if (page.status != 200) return 0;
    listed += page.body.at("cases").as_array().size();
    cursor = page.Field("next");
  } while (!cursor.empty());
  return listed;
}

TEST_F(ThreeNodes, ListWhatAnotherHasJustAcknowledged) {
  std::vector<std::unique_ptr<Web>> police, auditors;
  for (size_t node = 0; node < kNodes; ++node) {
    police.push_back(std::make_unique<Web>(cluster->port(node), cluster->log_ins().police));
    auditors.push_back(std::make_unique<Web>(cluster->port(node), cluster->log_ins().auditor));
  }
  size_t expected = Listed(*auditors[0]);
  for (size_t pair = 0; pair < 200; ++pair) {
    Answer opened = Settled([&, key = NextKey()] {
      return police[pair % kNodes]->Post("/v1/cases", key, "", app_test::Rescue());
    });
    ASSERT_EQ(opened.status, 201) << opened;
    ++expected;
    const size_t other = (pair % kNodes + 1 + pair / kNodes % 2) % kNodes;
    ASSERT_EQ(Listed(*auditors[other]), expected) << "pair " << pair;
  }
}

TEST_F(ThreeNodes, HandOverWhenOneIsEndedInOrder) {
  std::vector<std::string> paths = CaseInEveryPartition({0, 1});
  Ran ended;
  absl::Duration gap = GapOf(paths, 0, [&] { ended = cluster->End(2, SIGTERM); });
  EXPECT_EQ(ended.code, 0) << ended;
  std::printf("SIGTERM: the longest command took %s\n", absl::FormatDuration(gap).c_str());
  EXPECT_LT(gap, absl::Seconds(5));
}

TEST_F(ThreeNodes, TakeOverWhenOneIsKilled) {
  std::vector<std::string> paths = CaseInEveryPartition({0, 1});
  absl::Duration gap = GapOf(paths, 0, [&] {
    cluster->End(2, SIGKILL);
    // All that it led is written to again: nobody waits any more.
    for (const std::string& path : paths) {
      EXPECT_TRUE(Until(absl::Seconds(30), [&] {
        return Worker(1).Post(path + "/events", NextKey(), "", app_test::Wish()).status == 428;
      }));
    }
  });
  std::printf("SIGKILL: the longest command took %s, 2 s of it the session time-out\n",
              absl::FormatDuration(gap).c_str());
  EXPECT_LT(gap, absl::Seconds(15));
}

TEST_F(ThreeNodes, TakeOneInThatComesLateOrHasLostItsDirectory) {
  std::vector<std::string> paths = CaseInEveryPartition({0, 1, 2});
  Ran ended = cluster->End(1, SIGTERM);
  EXPECT_EQ(ended.code, 0) << ended;
  cluster->Wipe(1);
  ASSERT_TRUE(cluster->StartAll());
  for (const std::string& path : paths) {
    Answer read = Read(1, path);
    EXPECT_EQ(read.status, 200) << read;
    EXPECT_TRUE(absl::StrContains(read.text, "合成民警甲")) << "its keys have come, too";
  }
  // It issues log-ins that all take.
  const std::string token = journeys::TokenOf(cluster->DataDir(1), app_test::kWorker);
  for (size_t node = 0; node < kNodes; ++node)
    EXPECT_EQ(Settled([&] { return cluster->Web(node, token).Get(paths[0], "aftercare"); }).status,
              200);
}

TEST_F(ThreeNodes, HaveEqualProjections) {
  CaseInEveryPartition({0, 1, 2});
  for (size_t node = 0; node < kNodes; ++node) {
    Ran ended = cluster->End(node, node == 1 ? SIGKILL : SIGTERM);
    EXPECT_EQ(ended.code, node == 1 ? -1 : 0) << ended;
  }
  for (size_t node = 0; node < kNodes; ++node) {
    Ran compared = cluster->Compare(node);
    EXPECT_EQ(compared.code, 0) << compared;
  }
}

}  // namespace
}  // namespace guitu::cluster
