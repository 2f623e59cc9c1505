#include "tools/bench/bench.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "adapters/crypto/random.h"
#include "adapters/kafka_log/kafka_log.h"
#include "tools/bench/bare_producer.h"
#include "tools/console.h"

namespace guitu::tools {
namespace {

namespace json = boost::json;

void Print(const BenchFigure& figure) {
  std::string line = absl::StrFormat("%-26s %4d", figure.name, figure.clients);
  line += figure.per_second > 0 ? absl::StrFormat(" %10.0f/s", figure.per_second)
                                : std::string(13, ' ');
  absl::StrAppend(&line, "  p50 ", absl::FormatDuration(figure.p50));
  if (figure.p99 > absl::ZeroDuration())
    absl::StrAppend(&line, "  p99 ", absl::FormatDuration(figure.p99));
  if (figure.ratio > 0)
    absl::StrAppend(&line, absl::StrFormat("  %.2f × ", figure.ratio), figure.floor);
  Say(line);
}

json::object ToJson(const BenchFigure& figure) {
  return {{"name", figure.name},
          {"clients", figure.clients},
          {"perSecond", figure.per_second},
          {"p50Micros", absl::ToInt64Microseconds(figure.p50)},
          {"p99Micros", absl::ToInt64Microseconds(figure.p99)},
          {"ratio", figure.ratio},
          {"floor", figure.floor}};
}

// Measures, prints as it goes, keeps.
class Sheet {
 public:
  Sheet(const BenchOptions& options, std::vector<BenchFigure>& figures)
      : options_(options), figures_(figures) {}

  bool Wants(absl::string_view scenario) const {
    return options_.scenario == "all" || options_.scenario == scenario;
  }
  // `floor`: what it is held against, or null.
  absl::Status Add(absl::StatusOr<BenchFigure> figure, const BenchFigure* floor) {
    if (!figure.ok()) return figure.status();
    if (floor != nullptr) {
      figure->ratio = figure->per_second / floor->per_second;
      figure->floor = absl::StrCat(floor->name, " at ", floor->clients);
    }
    figures_.push_back(*std::move(figure));
    if (!options_.json) Print(figures_.back());
    return absl::OkStatus();
  }
  absl::Status AddAll(absl::StatusOr<std::vector<BenchFigure>> figures) {
    if (!figures.ok()) return figures.status();
    for (BenchFigure& figure : *figures) {
      if (auto status = Add(std::move(figure), nullptr); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  const BenchOptions& options_;
  std::vector<BenchFigure>& figures_;
};

BenchRun RunOf(const BenchOptions& options) {
  BenchRun run;
  run.each = absl::Milliseconds(static_cast<int64_t>(options.seconds * 1000));
  run.cases = options.cases;
  return run;
}

absl::Status Measure(const std::string& dir, const BenchOptions& options, Sheet& sheet) {
  BenchRun run = RunOf(options);
  auto city = BenchCity::Make(dir, run);
  if (!city.ok()) return city.status();
  auto fill_sync = MeasureFillSync(absl::StrCat(dir, "/raw"), run.each);
  if (auto s = sheet.Add(fill_sync, nullptr); !s.ok()) return s;
  for (int clients : {1, 8, 64}) {
    auto echo = MeasureEcho(clients, run.each);
    if (auto s = sheet.Add(echo, nullptr); !s.ok()) return s;
    const BenchFigure* floor = clients == 1 ? &*fill_sync : &*echo;
    if (sheet.Wants("in-process")) {
      auto s = sheet.Add((*city)->CommandsInProcess(clients, run.each), &*fill_sync);
      if (!s.ok()) return s;
    }
    if (sheet.Wants("commands")) {
      auto s = sheet.Add((*city)->CommandsOverHttp(clients, run.each), floor);
      if (!s.ok()) return s;
    }
    if (sheet.Wants("reads")) {
      auto s = sheet.Add((*city)->ReadsOverHttp(clients, run.each), &*echo);
      if (!s.ok()) return s;
    }
  }
  return sheet.Wants("rebuild") ? sheet.AddAll((*city)->RebuildAndRestart()) : absl::OkStatus();
}

// On Kafka, beside librdkafka alone on the same brokers and the embedded log in the same minute.
absl::Status MeasureOnKafka(const std::string& dir, const BenchOptions& options, Sheet& sheet) {
  BenchRun run = RunOf(options);
  auto embedded = BenchCity::Make(absl::StrCat(dir, "/embedded"), run);
  if (!embedded.ok()) return embedded.status();
  run.kafka = ToKafka(options.kafka);
  run.kafka->topic = absl::StrCat("bench-", events::ToHex(crypto::RandomId<events::Nonce>()));
  auto city = BenchCity::Make(absl::StrCat(dir, "/kafka"), run);
  if (!city.ok()) return city.status();
  std::string bare = absl::StrCat(run.kafka->topic, "-bare");
  const uint32_t count = app::CreateOptions().partitions + 1;
  auto made = kafka_log::KafkaLog::Create(run.kafka->bootstrap, bare, count, run.kafka->kafka);
  if (!made.ok()) return made;
  double at_64 = 0;
  for (int clients : {1, 8, 64, 256}) {
    auto floor = MeasureBareProducer(run.kafka->bootstrap, bare, count, clients, run.each);
    if (auto s = sheet.Add(floor, nullptr); !s.ok()) return s;
    auto own = (*embedded)->CommandsOverHttp(clients, run.each);
    if (own.ok()) own->name = "commands, embedded log";
    if (auto s = sheet.Add(own, nullptr); !s.ok()) return s;
    auto figure = (*city)->CommandsOverHttp(clients, run.each);
    if (figure.ok()) figure->name = "commands, Kafka";
    if (auto s = sheet.Add(figure, &*floor); !s.ok()) return s;
    if (auto s = sheet.Add(figure, &*own); !s.ok()) return s;
    if (clients == 64) at_64 = figure->per_second;
    if (auto s = sheet.Add((*city)->ReadsOverHttp(clients, run.each), nullptr); !s.ok()) return s;
  }
  embedded->reset();
  if (!sheet.Wants("nodes")) return absl::OkStatus();
  if (auto s = sheet.Add((*city)->StandbyLag(at_64 / 2, run.each), nullptr); !s.ok()) return s;
  return sheet.AddAll((*city)->FailOver());
}

}  // namespace

int Bench(const BenchOptions& options) {
  namespace fs = std::filesystem;
  std::string pattern = (fs::temp_directory_path() / "guitu-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr)
    return Fail(absl::UnavailableError("no place for the bench"));
  std::vector<BenchFigure> figures;
  Sheet sheet(options, figures);
  absl::Status status = options.kafka.bootstrap.empty() ? Measure(pattern, options, sheet)
                                                        : MeasureOnKafka(pattern, options, sheet);
  std::error_code error;
  fs::remove_all(pattern, error);
  if (!status.ok()) return Fail(status);
  if (options.json) {
    json::array list;
    for (const BenchFigure& figure : figures) list.push_back(ToJson(figure));
    Say(json::serialize(list));
  }
  return kDone;
}

}  // namespace guitu::tools
