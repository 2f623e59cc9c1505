#include "tests/cluster/cluster.h"

#include <csignal>
#include <filesystem>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "events/check.h"
#include "gtest/gtest.h"

namespace guitu::cluster {

namespace fs = std::filesystem;
using journeys::Guitu;
using journeys::Ran;

namespace {

std::unique_ptr<Brokers> all_brokers;

// Before static objects go, so that no broker outlives its relays.
class Ending : public testing::Environment {
 public:
  void TearDown() override { all_brokers.reset(); }
};
const testing::Environment* const kEnding = testing::AddGlobalTestEnvironment(new Ending);

}  // namespace

Brokers& Brokers::All() {
  if (all_brokers == nullptr) all_brokers.reset(new Brokers);
  return *all_brokers;
}

void Brokers::End() { all_brokers.reset(); }

Brokers::Brokers()
    : kafka_(std::make_unique<kafka_log::RealKafka>(static_cast<int>(kBrokers),
                                                    kafka_log::KafkaVersion(), relays_.ports())) {
  relays_.LeadTo(kafka_->Relayed());
}

std::string Brokers::BootstrapOf(size_t node) const {
  const std::vector<uint16_t> ports = relays_.ports();
  std::string list;
  for (size_t broker = 0; broker < kBrokers; ++broker)
    absl::StrAppend(&list, list.empty() ? "" : ",", "127.0.0.1:", ports[RelayOf(node, broker)]);
  return list;
}

bool Until(absl::Duration patience, const std::function<bool()>& done) {
  const clock::SystemClock clock;
  const absl::Duration end = clock.Monotonic() + patience;
  while (!done()) {
    if (clock.Monotonic() > end) return false;
    absl::SleepFor(absl::Milliseconds(20));
  }
  return true;
}

app_test::Answer Settled(const std::function<app_test::Answer()>& ask) {
  app_test::Answer answer;
  Until(absl::Seconds(30), [&] { return (answer = ask()).status != 503; });
  return answer;
}

Cluster::Cluster() = default;

Cluster::~Cluster() {
  for (size_t node = 0; node < kNodes; ++node) {
    if (runs(node)) End(node, SIGKILL);
  }
}

bool Cluster::Install() {
  Ran made =
      Guitu({"init", "--data", DataDir(0), "--partitions", absl::StrCat(kPartitions), "--synthetic",
             "--kafka", brokers_.kafka().bootstrap(), "--kafka-topic", topic_});
  EXPECT_EQ(made.code, 0) << made;
  if (made.code != 0) return false;
  // Where the program looks for it by itself.
  for (size_t node = 1; node < kNodes; ++node)
    fs::copy_file(DataDir(0) + ".root-key", DataDir(node) + ".root-key");
  Start(0);
  if (!Await(0) || !AwaitReady(0)) return false;
  app_test::Web admin = Web(0, journeys::TokenOf(DataDir(0), app_test::kAdmin));
  absl::Status people = app_test::SetUpPeople(admin);
  EXPECT_TRUE(people.ok()) << people;
  Ran ended = End(0, SIGTERM);
  EXPECT_EQ(ended.code, 0) << ended;
  log_ins_ = {journeys::TokenOf(DataDir(0), app_test::kPolice),
              journeys::TokenOf(DataDir(0), app_test::kWorker),
              journeys::TokenOf(DataDir(0), app_test::kAid),
              journeys::TokenOf(DataDir(0), app_test::kAuditor)};
  return people.ok() && ended.code == 0;
}

void Cluster::Start(size_t node, const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"--kafka", brokers_.BootstrapOf(node), "--kafka-topic",
                                     topic_,    "--session-timeout",        "2"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  servers_[node] = std::make_unique<journeys::Server>(DataDir(node), arguments);
}

bool Cluster::Await(size_t node) {
  if (servers_[node]->WaitUntilServing()) return true;
  Ran ended = End(node, SIGKILL);
  ADD_FAILURE() << "node " << node << " does not serve: " << ended;
  return false;
}

bool Cluster::AwaitReady(size_t node, absl::Duration patience) {
  app_test::Web web = Web(node, "");
  app_test::Answer answer;
  bool ready = Until(patience, [&] { return (answer = web.Get("/readyz")).status == 200; });
  EXPECT_TRUE(ready) << "node " << node << ": " << answer;
  return ready;
}

bool Cluster::StartAll() {
  std::vector<size_t> started;
  for (size_t node = 0; node < kNodes; ++node) {
    if (runs(node)) continue;
    Start(node);
    started.push_back(node);
  }
  bool all = true;
  for (size_t node : started) all = Await(node) && all;
  for (size_t node = 0; node < kNodes && all; ++node) all = AwaitReady(node);
  return all;
}

Ran Cluster::End(size_t node, int signal) {
  servers_[node]->Signal(signal);
  Ran ran = servers_[node]->Wait();
  servers_[node] = nullptr;
  std::lock_guard lock(mutex_);
  absl::StrAppend(&said_, "node ", node, ":\n", ran.out, ran.err);
  return ran;
}

void Cluster::Wipe(size_t node) { fs::remove_all(DataDir(node)); }

Ran Cluster::Compare(size_t node) const {
  return Guitu({"rebuild", "--compare", "--data", DataDir(node), "--kafka",
                brokers_.kafka().bootstrap(), "--kafka-topic", topic_});
}

std::string Cluster::said() const {
  std::lock_guard lock(mutex_);
  return said_;
}

uint64_t Cluster::Metric(size_t node, const std::string& name) const {
  const std::string text = "\n" + Web(node, "").Get("/metrics").text;
  const size_t at = text.find("\n" + name + " ");
  uint64_t value = 0;
  if (at == std::string::npos) return 0;
  const std::string rest = text.substr(at + name.size() + 2);
  EXPECT_TRUE(absl::SimpleAtoi(rest.substr(0, rest.find('\n')), &value));
  return value;
}

}  // namespace guitu::cluster
