// `guitu move`: an installation goes on with another log.
#include "adapters/app/move.h"

#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/console.h"
#include "tools/http_calls.h"

namespace guitu::tools {
namespace {

namespace json = boost::json;

// One line on a terminal, drawn over and over.
class Bar {
 public:
  ~Bar() { Clear(); }
  void Show(absl::string_view step, uint64_t done, uint64_t total) {
    if (!terminal_) return;
    const uint64_t percent = total == 0 ? 100 : done * 100 / total;
    if (percent == percent_ && step == step_) return;
    percent_ = percent;
    step_ = std::string(step);
    std::string bar(percent / 4, '#');
    absl::FPrintF(stderr, "\r\033[K%-24s [%-25s] %3d%% %d/%d", step, bar, percent, done, total);
    std::fflush(stderr);
  }
  void Clear() {
    if (!step_.empty()) absl::FPrintF(stderr, "\r\033[K");
    step_.clear();
  }

 private:
  const bool terminal_ = isatty(STDERR_FILENO) == 1;
  std::string step_;
  uint64_t percent_ = 0;
};

void Print(const app::MoveReport& report, const MoveCommandOptions& options) {
  Say(absl::StrFormat("Moved to %s: %d records (%.1f MB) in %d partitions, in %.1f s.", report.to,
                      report.records, static_cast<double>(report.bytes) / 1e6, report.partitions,
                      absl::ToDoubleSeconds(report.took)));
  Say("Chains, Merkle roots and projections are equal on both sides.");
  Say(absl::StrCat("Generation ", report.generation, ", approved by ", report.approvers[0], " and ",
                   report.approvers[1], "."));
  Say(absl::StrCat(
      "Serve it with --data ", options.to, " --root-key-file ", RootKeyFile(options.data),
      options.to_kafka.bootstrap.empty() ? ""
                                         : absl::StrCat(" --kafka ", options.to_kafka.bootstrap,
                                                        " --kafka-topic ", options.to_kafka.topic),
      "; remove ", options.data.data_dir, " with its keys, which no erasure reaches any more."));
}

std::string ToJson(const app::MoveReport& report) {
  json::array approvers;
  for (const std::string& staff : report.approvers) approvers.emplace_back(staff);
  return json::serialize(json::object{{"to", report.to},
                                      {"partitions", report.partitions},
                                      {"records", report.records},
                                      {"bytes", report.bytes},
                                      {"rootsEqual", true},
                                      {"projectionsEqual", true},
                                      {"generation", report.generation},
                                      {"approvers", approvers},
                                      {"seconds", absl::ToDoubleSeconds(report.took)}});
}

}  // namespace

int Move(const MoveCommandOptions& options) {
  BlockSignals();
  const app::OpenOptions open = ToOpen(options.data);
  app::MoveOptions move;
  move.from = {open.data_dir, ToKafka(options.kafka)};
  KafkaFlags to_kafka = options.to_kafka;
  to_kafka.allow_single_replica = options.kafka.allow_single_replica;
  move.to = {options.to, ToKafka(to_kafka)};
  move.root_key_file = open.root_key_file;
  move.clock = open.clock;
  Bar bar;
  move.alarm = [&](absl::string_view line) {
    bar.Clear();
    Complain(line);
  };
  for (const std::string& file : options.token_files) {
    auto token = ReadTokenFile(file);
    if (!token.ok()) return Fail(token.status());
    move.tokens.push_back(*std::move(token));
  }
  move.progress = [&](absl::string_view step, uint64_t done, uint64_t total) {
    bar.Show(step, done, total);
  };
  move.go_on = [] { return !SignalWaits(); };
  auto report = app::MoveLog(move);
  bar.Clear();
  if (!report.ok()) return Fail(report.status());
  if (options.data.json) {
    Say(ToJson(*report));
  } else {
    Print(*report, options);
  }
  return kDone;
}

}  // namespace guitu::tools
