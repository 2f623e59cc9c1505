// `guitu serve` is killed without warning, at random moments, under load, and started again. What
// was acknowledged is there, once; nothing else is, but what a client was still waiting for; no
// start needs a hand. GUITU_KILL_ROUNDS says how often; GUITU_KILL_SEED reruns.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "adapters/clock/clock.h"
#include "gtest/gtest.h"
#include "tests/conformance/temp_dir.h"
#include "tests/journeys/process.h"
#include "tests/kill/load.h"

namespace guitu::kill {
namespace {

namespace json = boost::json;
using app_test::Answer;
using app_test::Web;
using journeys::Guitu;
using journeys::Server;

constexpr uint32_t kClients = 4;
constexpr uint32_t kSharedCases = 3;

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  uint64_t number = 0;
  return text != nullptr && absl::SimpleAtoi(text, &number) ? number : otherwise;
}

class AKilledServer : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(journeys::Install(data_));
    log_ins_ = {journeys::TokenOf(data_, app_test::kPolice),
                journeys::TokenOf(data_, app_test::kWorker), "", ""};
    auditor_ = journeys::TokenOf(data_, app_test::kAuditor);
    std::printf("GUITU_KILL_SEED=%lu\n", static_cast<unsigned long>(seed_));
  }

  // Lets a moment pass, so that the kill comes at a random one.
  void Linger(uint64_t most_ms) {
    absl::SleepFor(absl::Milliseconds(static_cast<int64_t>(random_() % most_ms)));
  }

  std::unique_ptr<Server> Start() {
    absl::Duration begin = clock_.Monotonic();
    auto server = std::make_unique<Server>(data_);
    if (!server->WaitUntilServing()) {
      ADD_FAILURE() << "it does not start by itself: " << server->Wait();
      return nullptr;
    }
    slowest_start_ = std::max(slowest_start_, clock_.Monotonic() - begin);
    return server;
  }

  std::vector<std::string> OpenShared(uint16_t port) {
    std::vector<std::string> paths;
    Web police(port, log_ins_.police);
    for (uint32_t i = 0; i < kSharedCases; ++i) {
      std::string mark = absl::StrCat("shared-", i);
      Answer answer = police.Post("/v1/cases", mark, "", app_test::Rescue("合成路1号", mark));
      EXPECT_EQ(answer.status, 201) << answer;
      paths.push_back(answer.Header("Location"));
    }
    return paths;
  }

  void KillAgainAndAgain(uint64_t rounds, Address& address) {
    for (uint64_t round = 0; round < rounds && !HasFailure(); ++round) {
      if (round % 5 == 4) {  // in the middle of starting
        Server early(data_);
        Linger(200);
        early.Signal(SIGKILL);
        early.Wait();
      }
      auto server = Start();
      if (server == nullptr) return;
      address.Set(server->port());
      Linger(400);
      server->Signal(SIGKILL);
      server->Wait();
    }
  }

  // The marks of a case as the archive has them, by receipt, in their order.
  static std::vector<std::pair<std::string, std::string>> MarksOf(const Answer& timeline) {
    std::vector<std::pair<std::string, std::string>> marks;
    for (const json::value& event : timeline.body.at("events").as_array()) {
      const json::object& data = event.at("data").as_object();
      const json::value& mark = data.contains("lead") ? data.at("lead") : data.at("ownWords");
      marks.emplace_back(std::string(event.at("receipt").as_string()),
                         std::string(mark.as_string()));
    }
    return marks;
  }

  void CheckOwn(Web& worker, const Told& told) {
    Answer timeline = worker.Get(told.path + "/timeline", "aftercare");
    ASSERT_EQ(timeline.status, 200) << timeline;
    EXPECT_EQ(timeline.version(), told.marks.size());
    std::vector<std::pair<std::string, std::string>> expected;
    for (size_t i = 0; i < told.marks.size(); ++i)
      expected.emplace_back(told.receipts[i], told.marks[i]);
    EXPECT_EQ(MarksOf(timeline), expected) << told.path;
  }

  // `all`: what every client was told of this case.
  void CheckShared(Web& worker, const std::string& path,
                   const std::map<std::string, std::string>& all) {
    Answer timeline = worker.Get(path + "/timeline", "aftercare");
    ASSERT_EQ(timeline.status, 200) << timeline;
    EXPECT_EQ(timeline.version(), all.size() + 1);
    auto marks = MarksOf(timeline);
    ASSERT_FALSE(marks.empty());
    std::map<std::string, std::string> found(marks.begin() + 1, marks.end());
    EXPECT_EQ(found.size(), marks.size() - 1) << "two with one receipt";
    EXPECT_EQ(found, all) << path;
  }

  // Who was shown something stands in the access trail.
  void CheckReads(Web& auditor, const Told& told) {
    if (told.reads.empty()) return;
    Answer answer = auditor.Get(told.path + "/access", "audit");
    ASSERT_EQ(answer.status, 200) << answer;
    std::set<std::string> recorded;
    for (const json::value& access : answer.body.at("accesses").as_array()) {
      EXPECT_EQ(access.at("row").as_string(), "81");
      recorded.emplace(access.at("receipt").as_string());
    }
    for (const std::string& receipt : told.reads)
      EXPECT_TRUE(recorded.contains(receipt)) << told.path << " " << receipt;
  }

  void Check(uint16_t port, const std::vector<std::unique_ptr<Client>>& clients) {
    Web worker(port, log_ins_.worker);
    Web auditor(port, auditor_);
    std::map<std::string, std::map<std::string, std::string>> shared;
    size_t own = 0;
    for (const auto& client : clients) {
      for (const std::string& complaint : client->complaints()) ADD_FAILURE() << complaint;
      for (const Told& told : client->own()) {
        ++own;
        CheckOwn(worker, told);
        CheckReads(auditor, told);
      }
      for (const Told& told : client->shared()) {
        auto& all = shared[told.path];
        for (size_t i = 0; i < told.marks.size(); ++i) {
          EXPECT_TRUE(all.emplace(told.receipts[i], told.marks[i]).second)
              << "two commands with one receipt";
        }
        CheckReads(auditor, told);
      }
    }
    for (const auto& [path, all] : shared) CheckShared(worker, path, all);
    CheckNumberOfCases(auditor, own + shared.size());
  }

  // No opening took effect twice, none that nobody asked for.
  static void CheckNumberOfCases(Web& auditor, size_t expected) {
    size_t listed = 0;
    std::string cursor;
    do {
      Answer page = auditor.Get(
          absl::StrCat("/v1/cases?limit=200", cursor.empty() ? "" : "&cursor=", cursor));
      ASSERT_EQ(page.status, 200) << page;
      listed += page.body.at("cases").as_array().size();
      cursor = page.Field("next");
    } while (!cursor.empty());
    EXPECT_EQ(listed, expected);
  }

  conformance::TempDir dir_;
  const std::string data_ = dir_ / "data";
  clock::SystemClock clock_;
  const uint64_t seed_ =
      FromEnvironment("GUITU_KILL_SEED", static_cast<uint64_t>(absl::ToUnixMicros(clock_.Now())));
  std::mt19937_64 random_{seed_};
  Client::LogIns log_ins_;
  std::string auditor_;
  absl::Duration slowest_start_;
};

TEST_F(AKilledServer, LosesNothingAcknowledgedAndDoesNothingTwice) {
  const uint64_t rounds = FromEnvironment("GUITU_KILL_ROUNDS", 15);
  absl::Duration begin = clock_.Monotonic();
  Address address;
  std::vector<std::string> shared;
  {
    auto server = Start();
    ASSERT_NE(server, nullptr);
    shared = OpenShared(server->port());
  }  // killed
  std::vector<std::unique_ptr<Client>> clients;
  for (uint32_t i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<Client>(i, random_(), address, log_ins_, shared));
  }
  std::vector<std::thread> threads;
  for (auto& client : clients) threads.emplace_back([&client] { client->Run(); });
  KillAgainAndAgain(rounds, address);
  absl::Duration killing = clock_.Monotonic() - begin;
  address.EndLoad();
  auto server = Start();
  address.Set(server == nullptr ? 0 : server->port());
  if (server == nullptr) std::abort();  // the clients would ask for ever
  for (std::thread& thread : threads) thread.join();
  Check(server->port(), clients);
  server->Signal(SIGTERM);
  journeys::Ran ended = server->Wait();
  EXPECT_EQ(ended.code, 0) << ended;
  journeys::Ran rebuilt = Guitu({"rebuild", "--compare", "--data", data_});
  EXPECT_EQ(rebuilt.code, 0) << rebuilt;
  uint64_t commands = 0, reads = 0, retries = 0;
  for (const auto& client : clients) {
    commands += client->commands();
    reads += client->reads();
    retries += client->retries();
  }
  EXPECT_GT(commands, rounds);
  EXPECT_GT(retries, 0u) << "no kill met a command under way";
  std::printf("%lu kills in %s, slowest start %s: %lu commands, %lu reads, %lu retries\n",
              static_cast<unsigned long>(rounds), absl::FormatDuration(killing).c_str(),
              absl::FormatDuration(slowest_start_).c_str(), static_cast<unsigned long>(commands),
              static_cast<unsigned long>(reads), static_cast<unsigned long>(retries));
}

}  // namespace
}  // namespace guitu::kill
