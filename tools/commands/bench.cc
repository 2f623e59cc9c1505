#include "tools/bench/bench.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
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

absl::Status Measure(const std::string& dir, const BenchOptions& options,
                     std::vector<BenchFigure>& figures) {
  BenchRun run;
  run.each = absl::Milliseconds(static_cast<int64_t>(options.seconds * 1000));
  run.cases = options.cases;
  auto add = [&](absl::StatusOr<BenchFigure> figure, const BenchFigure* floor) -> absl::Status {
    if (!figure.ok()) return figure.status();
    if (floor != nullptr) {
      figure->ratio = figure->per_second / floor->per_second;
      figure->floor = absl::StrCat(floor->name, " at ", floor->clients);
    }
    figures.push_back(*std::move(figure));
    if (!options.json) Print(figures.back());
    return absl::OkStatus();
  };
  auto city = BenchCity::Make(dir, run);
  if (!city.ok()) return city.status();
  auto fill_sync = MeasureFillSync(absl::StrCat(dir, "/raw"), run.each);
  if (auto s = add(fill_sync, nullptr); !s.ok()) return s;
  auto wanted = [&](absl::string_view scenario) {
    return options.scenario == "all" || options.scenario == scenario;
  };
  for (int clients : {1, 8, 64}) {
    auto echo = MeasureEcho(clients, run.each);
    if (auto s = add(echo, nullptr); !s.ok()) return s;
    const BenchFigure* floor = clients == 1 ? &*fill_sync : &*echo;
    if (wanted("in-process")) {
      if (auto s = add((*city)->CommandsInProcess(clients, run.each), &*fill_sync); !s.ok())
        return s;
    }
    if (wanted("commands")) {
      if (auto s = add((*city)->CommandsOverHttp(clients, run.each), floor); !s.ok()) return s;
    }
    if (wanted("reads")) {
      if (auto s = add((*city)->ReadsOverHttp(clients, run.each), &*echo); !s.ok()) return s;
    }
  }
  if (!wanted("rebuild")) return absl::OkStatus();
  auto rest = (*city)->RebuildAndRestart();
  if (!rest.ok()) return rest.status();
  for (BenchFigure& figure : *rest) {
    if (auto s = add(std::move(figure), nullptr); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace

int Bench(const BenchOptions& options) {
  namespace fs = std::filesystem;
  std::string pattern = (fs::temp_directory_path() / "guitu-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr)
    return Fail(absl::UnavailableError("no place for the bench"));
  std::vector<BenchFigure> figures;
  absl::Status status = Measure(pattern, options, figures);
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
