// Clients write and read while nodes and brokers are killed, paused and cut off. Afterwards the
// judge reads the log. GUITU_NEMESIS_SECONDS says how long; GUITU_NEMESIS_SEED reruns what is drawn
// by lot (not the threads' and brokers' own timing).
#include "tests/cluster/nemesis.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "adapters/kafka_log/kafka_log.h"
#include "gmock/gmock.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/judge.h"
#include "tests/journeys/canary.h"

namespace guitu::cluster {
namespace {

namespace fs = std::filesystem;
using app_test::Answer;
using app_test::Web;
using journeys::Ran;
using kill::Act;
using kill::Client;

constexpr uint32_t kClients = 4;
constexpr uint32_t kSharedCases = 3;

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  uint64_t number = 0;
  return text != nullptr && absl::SimpleAtoi(text, &number) ? number : otherwise;
}

class ANemesis : public testing::Test {
 protected:
  void SetUp() override {
    std::printf("GUITU_NEMESIS_SEED=%lu\n", static_cast<unsigned long>(seed_));
    ASSERT_TRUE(cluster_.Install());
    ASSERT_TRUE(cluster_.StartAll());
    for (size_t node = 0; node < kNodes; ++node) address_.Set(cluster_.port(node), node);
    for (uint32_t i = 0; i < kSharedCases; ++i) OpenShared(absl::StrCat("shared-", i));
  }

  void OpenShared(const std::string& key) {
    Act act;
    act.staff = app_test::kPolice.staff;
    act.key = key;
    act.begin = clock_.Monotonic();
    Web police = cluster_.Web(0, cluster_.log_ins().police);
    Answer answer = Settled([&] { return police.Post("/v1/cases", key, "", app_test::Rescue()); });
    ASSERT_EQ(answer.status, 201) << answer;
    act.end = clock_.Monotonic();
    act.path = answer.Header("Location");
    act.receipt = answer.Header("Guitu-Receipt");
    act.version = answer.version();
    shared_.push_back(act.path);
    acts_.push_back(std::move(act));
  }

  // Lets the clients work while the nemesis rages; returns when all have their last answers.
  void Work(Nemesis& nemesis, absl::Duration time) {
    for (uint32_t i = 0; i < kClients; ++i) {
      clients_.push_back(
          std::make_unique<Client>(i, random_(), address_, cluster_.log_ins(), shared_));
    }
    std::vector<std::future<void>> ends;
    for (auto& client : clients_)
      ends.push_back(std::async(std::launch::async, [&client] { client->Run(); }));
    nemesis.Rage(time);
    const absl::Duration healed = clock_.Monotonic();
    for (size_t node = 0; node < kNodes; ++node) cluster_.AwaitReady(node, absl::Seconds(60));
    std::printf("all is well again %s after the last fault\n",
                absl::FormatDuration(clock_.Monotonic() - healed).c_str());
    address_.EndLoad();
    for (auto& end : ends) {
      if (end.wait_for(std::chrono::seconds(40)) == std::future_status::ready) continue;
      address_.Abandon();
    }
    for (auto& end : ends) end.wait();
    for (auto& client : clients_) {
      for (const std::string& complaint : client->complaints()) ADD_FAILURE() << complaint;
      acts_.insert(acts_.end(), client->acts().begin(), client->acts().end());
    }
    for (const std::string& complaint : nemesis.complaints()) ADD_FAILURE() << complaint;
  }

  void EndAll() {
    for (size_t node = 0; node < kNodes; ++node) {
      Ran ended = cluster_.End(node, SIGTERM);
      EXPECT_EQ(ended.code, 0) << ended;
    }
    for (size_t node = 0; node < kNodes; ++node) {
      Ran compared = cluster_.Compare(node);
      EXPECT_EQ(compared.code, 0) << "node " << node << ": " << compared;
    }
  }

  absl::StatusOr<Judge> ReadLog() {
    auto& kafka = Brokers::All().kafka();
    auto log = kafka_log::KafkaLog::OpenAsIs(kafka.bootstrap(), cluster_.topic(), kafka.Options());
    if (!log.ok()) return log.status();
    return Judge::Read(**log);
  }

  // What was said of persons stands nowhere: not with the brokers, not with the nodes, nor in what
  // these have printed. (Kafka's indexes hold numbers and are large and empty.)
  void ExpectSilence() {
    const std::set<std::string> forms = journeys::FormsOf(kill::kSpoken);
    auto silent = [&](const std::string& text, const std::string& where) {
      for (const std::string& form : forms)
        EXPECT_EQ(text.find(form), std::string::npos) << "something personal in " << where;
    };
    silent(cluster_.said(), "what the nodes printed");
    std::vector<std::string> places;
    for (size_t node = 0; node < kNodes; ++node) places.push_back(cluster_.DataDir(node));
    for (size_t broker = 0; broker < kBrokers; ++broker)
      places.push_back(Brokers::All().kafka().NodeDir(static_cast<int>(broker + 1)));
    for (const std::string& place : places) {
      uint64_t bytes = 0;
      for (const auto& entry : fs::recursive_directory_iterator(place)) {
        if (!entry.is_regular_file() || entry.path().string().ends_with("index")) continue;
        std::stringstream text;
        text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        bytes += text.str().size();
        silent(text.str(), entry.path().string());
      }
      EXPECT_GT(bytes, 10000u) << place;
    }
  }

  void Report(const Nemesis& nemesis, const Judge& judge, absl::Duration time) const {
    uint64_t retries = 0;
    std::map<Act::Kind, uint64_t> kinds;
    absl::Duration longest;
    for (const auto& client : clients_) retries += client->retries();
    for (const Act& act : acts_) {
      ++kinds[act.kind];
      longest = std::max(longest, act.end - act.begin);
    }
    std::string faults, effects;
    for (const auto& [name, count] : nemesis.faults())
      absl::StrAppend(&faults, ", ", count, " ", name);
    for (const auto& [name, count] : judge.effects())
      absl::StrAppend(&effects, ", ", count, " ", name);
    std::printf("%s: %s\n", absl::FormatDuration(time).c_str(),
                absl::StrCat(kinds[Act::Kind::kDone], " commands, ", kinds[Act::Kind::kCancelled],
                             " cancelled, ", kinds[Act::Kind::kConflict], " conflicts, ",
                             kinds[Act::Kind::kRefused], " refusals, ", kinds[Act::Kind::kShown],
                             " reads, ", kinds[Act::Kind::kListed], " lists, ", retries,
                             " retries, longest ", absl::FormatDuration(longest))
                    .c_str());
    std::printf("faults%s\n%s\n", faults.c_str(),
                absl::StrCat(judge.records(), " records", effects).c_str());
  }

  // For whoever has to understand a failure.
  void Tell(const Nemesis& nemesis) const {
    for (const std::string& line : nemesis.story()) std::printf("  %s\n", line.c_str());
    for (const Act& act : acts_) {
      if (act.end - act.begin < absl::Seconds(5)) continue;
      std::printf("  slow: %s to %s %s %s %s\n",
                  absl::FormatDuration(act.begin - nemesis.begin()).c_str(),
                  absl::FormatDuration(act.end - nemesis.begin()).c_str(), act.key.c_str(),
                  act.receipt.c_str(), act.path.c_str());
    }
    std::printf("What the nodes printed:\n%s", cluster_.said().c_str());
  }

  const clock::SystemClock clock_;
  const uint64_t seed_ = FromEnvironment("GUITU_NEMESIS_SEED",
                                         static_cast<uint64_t>(absl::ToUnixMicros(clock_.Now())));
  std::mt19937_64 random_{seed_};
  Cluster cluster_;
  kill::Address address_{kNodes};
  std::vector<std::string> shared_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<Act> acts_;
};

// The judge would have seen it: each of these histories differs from the true one in one thing.
void ExpectFalseHistoriesToBeFound(const Judge& judge, const std::vector<Act>& acts) {
  auto with = [&](Act::Kind kind, const std::function<void(std::vector<Act>&, Act&)>& falsify) {
    std::vector<Act> told = acts;
    auto last = std::find_if(told.rbegin(), told.rend(), [&](const Act& act) {
      return act.kind == kind && (kind != Act::Kind::kShown || act.shown.size() > 1);
    });
    if (last == told.rend()) return;
    falsify(told, *last);
    EXPECT_THAT(judge.Violations(told), testing::Not(testing::IsEmpty()));
  };
  with(Act::Kind::kDone, [](auto&, Act& act) { act.key += "-other"; });
  with(Act::Kind::kDone, [](auto&, Act& act) { act.receipt += "0"; });
  with(Act::Kind::kDone, [](auto&, Act& act) { act.kind = Act::Kind::kRefused; });
  with(Act::Kind::kDone, [](auto&, Act& act) { act.kind = Act::Kind::kCancelled; });
  with(Act::Kind::kDone,
       [](auto& told, Act& act) { told.erase(told.begin() + (&act - &told[0])); });
  with(Act::Kind::kDone, [](auto&, Act& act) { act.begin = act.end = -absl::InfiniteDuration(); });
  with(Act::Kind::kShown, [](auto&, Act& act) { act.shown.pop_back(); });
  with(Act::Kind::kShown, [](auto&, Act& act) { act.receipt += "0"; });
  with(Act::Kind::kShown, [](auto&, Act& act) { ++act.version; });
  with(Act::Kind::kConflict, [](auto&, Act& act) { act.version = act.expected; });
  with(Act::Kind::kListed, [](auto&, Act& act) { act.shown.clear(); });
}

TEST_F(ANemesis, LosesNothingDoesNothingTwiceAndShowsNobodyAnotherState) {
  const absl::Duration time =
      absl::Seconds(static_cast<int64_t>(FromEnvironment("GUITU_NEMESIS_SECONDS", 50)));
  Nemesis nemesis(cluster_, address_, random_());
  Work(nemesis, time);
  EndAll();
  auto judge = ReadLog();
  ASSERT_TRUE(judge.ok()) << judge.status();
  EXPECT_THAT(judge->Violations(acts_), testing::IsEmpty());
  ExpectFalseHistoriesToBeFound(*judge, acts_);
  ExpectSilence();
  Report(nemesis, *judge, time);
  if (HasFailure() || FromEnvironment("GUITU_NEMESIS_STORY", 0) != 0) Tell(nemesis);
  EXPECT_GT(acts_.size(), 10 * absl::ToInt64Seconds(time)) << "hardly anything was done";
}

}  // namespace
}  // namespace guitu::cluster
