#include "tools/bench/nodes.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "adapters/clock/clock.h"
#include "adapters/http/client.h"
#include "adapters/http/echo.h"

namespace guitu::tools {
namespace {

constexpr absl::Duration kStartMax = absl::Seconds(60);

// A port that was free a moment ago.
absl::StatusOr<uint16_t> FreePort() {
  static const clock::SystemClock clock;
  http::ServerOptions options;
  options.clock = &clock;
  auto server = http::Server::Start(std::move(options), http::Router());
  if (!server.ok()) return server.status();
  return (*server)->port();
}

// `guitu serve` as a process. Killed when this ends.
class Node {
 public:
  Node(app::OpenOptions open, int number) : open_(std::move(open)) {
    if (number > 1) absl::StrAppend(&open_.data_dir, "-", number);
  }
  ~Node() { End(SIGKILL); }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  absl::Status Start() {
    auto port = FreePort();
    if (!port.ok()) return port.status();
    port_ = *port;
    std::vector<std::string> words = {
        "guitu",
        "serve",
        "--data",
        open_.data_dir,
        "--root-key-file",
        open_.root_key_file,
        "--listen",
        absl::StrCat("127.0.0.1:", port_),
        "--kafka",
        open_.kafka->bootstrap,
        "--kafka-topic",
        open_.kafka->topic,
        "--session-timeout",
        absl::StrCat(absl::ToDoubleSeconds(open_.kafka->session_timeout))};
    if (open_.kafka->kafka.allow_single_replica) words.emplace_back("--allow-single-replica");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
      if (freopen("/dev/null", "w", stdout) == nullptr) _exit(3);
      execv("/proc/self/exe", arguments.data());
      _exit(3);
    }
    return pid_ > 0 ? absl::OkStatus() : absl::UnavailableError("no process for a node");
  }

  bool Ready() {
    auto answer = Call("GET", "/readyz", {}, "");
    return answer.ok() && answer->status == 200;
  }

  absl::StatusOr<http::ClientResponse> Call(absl::string_view method, const std::string& target,
                                            const std::vector<http::NameValue>& headers,
                                            absl::string_view body) {
    if (client_ == nullptr || client_port_ != port_) {
      http::ClientOptions options;
      options.port = port_;
      client_ = std::make_unique<http::Client>(options);
      client_port_ = port_;
    }
    return client_->Call(method, target, headers, body);
  }

  void End(int signal) {
    if (pid_ <= 0) return;
    kill(pid_, signal);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  app::OpenOptions open_;
  uint16_t port_ = 0;
  pid_t pid_ = 0;
  std::unique_ptr<http::Client> client_;
  uint16_t client_port_ = 0;
};

// Opens cases one after the other; notes when each was done.
class Writer {
 public:
  Writer(Node& node, std::string token, std::string stem)
      : node_(node), token_(std::move(token)), stem_(std::move(stem)), thread_([this] { Run(); }) {}
  ~Writer() { Stop(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void Stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  // REQUIRES: stopped.
  absl::Duration LongestGapFrom(absl::Duration moment) const {
    absl::Duration longest;
    absl::Duration last = moment;
    for (absl::Duration at : done_) {
      if (at < moment) continue;
      longest = std::max(longest, at - last);
      last = at;
    }
    return longest;
  }

 private:
  void Run() {
    for (uint64_t i = 0; !stopping_; ++i) {
      std::vector<http::NameValue> headers = {{"Authorization", "Bearer " + token_},
                                              {"Content-Type", "application/json"},
                                              {"Idempotency-Key", absl::StrCat(stem_, i)}};
      while (!stopping_) {
        auto answer = node_.Call("POST", "/v1/cases", headers, RescueBody(i));
        if (answer.ok() && answer->status == 201) break;
        absl::SleepFor(absl::Milliseconds(2));
      }
      done_.push_back(clock_.Monotonic());
    }
  }

  Node& node_;
  const std::string token_;
  const std::string stem_;
  clock::SystemClock clock_;
  std::vector<absl::Duration> done_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

absl::Status AwaitReady(const std::vector<std::unique_ptr<Node>>& nodes) {
  clock::SystemClock clock;
  absl::Duration begin = clock.Monotonic();
  for (const auto& node : nodes) {
    while (!node->Ready()) {
      if (clock.Monotonic() - begin > kStartMax)
        return absl::UnavailableError("a node does not get ready");
      absl::SleepFor(absl::Milliseconds(20));
    }
  }
  absl::SleepFor(absl::Seconds(1.5));  // the group has found its balance
  return absl::OkStatus();
}

BenchFigure Summary(std::string name, std::vector<absl::Duration> gaps) {
  std::sort(gaps.begin(), gaps.end());
  return {std::move(name), 1, 0, gaps[gaps.size() / 2], gaps.back(), 0, ""};
}

}  // namespace

absl::StatusOr<std::vector<BenchFigure>> MeasureFailOver(const FailOverOptions& options) {
  std::vector<std::unique_ptr<Node>> nodes;
  for (int n = 1; n <= 3; ++n) {
    nodes.push_back(std::make_unique<Node>(options.open, n));
    if (auto status = nodes.back()->Start(); !status.ok()) return status;
  }
  clock::SystemClock clock;
  std::vector<absl::Duration> ended, killed;
  for (int round = 0; round < 2 * options.rounds; ++round) {
    if (auto status = AwaitReady(nodes); !status.ok()) return status;
    bool kills = round % 2 == 1;
    Writer writer(*nodes[1], options.token, absl::StrCat("gap-", round, "-"));
    absl::SleepFor(absl::Seconds(1));
    absl::Duration moment = clock.Monotonic();
    nodes[0]->End(kills ? SIGKILL : SIGTERM);
    absl::SleepFor(kills ? options.open.kafka->session_timeout + absl::Seconds(2)
                         : absl::Seconds(2));
    writer.Stop();
    (kills ? killed : ended).push_back(writer.LongestGapFrom(moment));
    if (auto status = nodes[0]->Start(); !status.ok()) return status;
  }
  for (auto& node : nodes) node->End(SIGTERM);
  return std::vector<BenchFigure>{Summary("fail-over gap, SIGTERM", std::move(ended)),
                                  Summary("fail-over gap, kill -9", std::move(killed))};
}

}  // namespace guitu::tools
