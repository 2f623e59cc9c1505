#include "tools/bench/bench.h"

#include <rocksdb/db.h>

#include <atomic>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "adapters/clock/clock.h"
#include "adapters/crypto/sha256.h"
#include "adapters/http/echo.h"
#include "events/derive.h"
#include "events/json.h"
#include "events/schema/aftercare.capnp.h"
#include "tools/bench/nodes.h"
#include "tools/demo/city.h"

namespace guitu::tools {
namespace {

// More than this machine does.
constexpr double kInProcessPerSecondMax = 40000;

const clock::SystemClock& SystemClock() {
  static const clock::SystemClock clock;
  return clock;
}

BenchFigure FromLoad(std::string name, int clients, const http::LoadReport& report) {
  BenchFigure figure;
  figure.name = std::move(name);
  figure.clients = clients;
  figure.per_second = report.PerSecond();
  figure.p50 = report.latency.Quantile(0.5);
  figure.p99 = report.latency.Quantile(0.99);
  return figure;
}

// A visit of about 300 bytes, additive: If-Match: *.
std::string Visit(uint64_t i) {
  return absl::StrCat(
      R"({"events":[{"type":"FollowUpCompleted","occurredAt":"2022-04-01T09:00:00+08:00","data":{)",
      R"("at":"2022-04-01T09:00:00+08:00","mode":"homeVisit","visitors":["worker-530902"],)",
      R"("result":"seenAlone",)",
      R"("seen":true,"alone":true,"minutes":40,"plain":true,"home":"low","safety":"low",)",
      R"("buyerContact":false,)", R"("ownWords":"合成原话)", i, R"("}}]})");
}

std::string Post(const std::string& target, const std::string& token, const std::string& key,
                 absl::string_view if_match, const std::string& body) {
  std::string text =
      absl::StrCat("POST ", target, " HTTP/1.1\r\nHost: b\r\nAuthorization: Bearer ", token,
                   "\r\nContent-Type: application/json\r\nIdempotency-Key: ", key, "\r\n");
  if (!if_match.empty()) absl::StrAppend(&text, "If-Match: ", if_match, "\r\n");
  absl::StrAppend(&text, "Content-Length: ", body.size(), "\r\n\r\n", body);
  return text;
}

}  // namespace

std::string RescueBody(uint64_t i) {
  return absl::StrCat(
      R"({"events":[{"type":"VictimRescued","occurredAt":"2022-03-01T09:00:00+08:00","data":{)",
      R"("at":"2022-03-01T09:00:00+08:00","place":{"admin":"530902","address":"合成地址)", i,
      R"("},"policeUnit":"合成刑侦大队","ageBand":"from18to59","sex":"female","foundIn":"home",)",
      R"("injured":false,"interpreter":false}}]})");
}

absl::StatusOr<BenchFigure> MeasureFillSync(const std::string& dir, absl::Duration time) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* raw = nullptr;
  if (!rocksdb::DB::Open(options, dir, &raw).ok())
    return absl::UnavailableError("no place for the raw figure");
  std::unique_ptr<rocksdb::DB> db(raw);
  rocksdb::WriteOptions sync;
  sync.sync = true;
  std::string value(600, 'x');
  http::LatencyHistogram latency;
  absl::Duration begin = SystemClock().Monotonic();
  absl::Duration now = begin;
  for (uint64_t i = 0; now - begin < time; ++i) {
    if (!db->Put(sync, std::to_string(i), value).ok())
      return absl::UnavailableError("the disk does not take it");
    absl::Duration after = SystemClock().Monotonic();
    latency.Add(after - now);
    now = after;
  }
  BenchFigure figure{"fillsync (raw RocksDB)", 1, 0, latency.Quantile(0.5),
                     latency.Quantile(0.99),   0, ""};
  figure.per_second = static_cast<double>(latency.count()) / absl::ToDoubleSeconds(now - begin);
  return figure;
}

absl::StatusOr<BenchFigure> MeasureEcho(int clients, absl::Duration time) {
  http::Router router;
  http::AddEcho(&router);
  http::ServerOptions options;
  options.clock = &SystemClock();
  auto server = http::Server::Start(std::move(options), std::move(router));
  if (!server.ok()) return server.status();
  std::string body = Visit(1);
  http::LoadOptions load;
  load.port = (*server)->port();
  load.connections = clients;
  load.time_max = time;
  load.clock = &SystemClock();
  load.next = [&](int, std::string* request) {
    *request = absl::StrCat(
        "POST /echo HTTP/1.1\r\nHost: b\r\nContent-Type: application/json\r\nContent-Length: ",
        body.size(), "\r\n\r\n", body);
    return true;
  };
  auto report = http::RunLoad(load);
  if (!report.ok()) return report.status();
  return FromLoad("HTTP echo", clients, *report);
}

absl::StatusOr<std::unique_ptr<BenchCity>> BenchCity::Make(const std::string& dir,
                                                           const BenchRun& run) {
  auto city = std::unique_ptr<BenchCity>(new BenchCity);
  app::CreateOptions create;
  create.data_dir = absl::StrCat(dir, "/city");
  create.root_key_file = absl::StrCat(dir, "/root-key");
  create.synthetic = true;
  create.clock = &SystemClock();
  create.kafka = run.kafka;
  if (auto created = app::Installation::Create(create); !created.ok()) return created.status();
  city->open_.data_dir = create.data_dir;
  city->open_.root_key_file = create.root_key_file;
  city->open_.port = 0;
  city->open_.clock = &SystemClock();
  city->open_.kafka = run.kafka;
  auto installation = app::Installation::Open(city->open_);
  if (!installation.ok()) return installation.status();
  city->installation_ = *std::move(installation);
  if (auto status = SetUpCity(*city->installation_, SystemClock().Now()); !status.ok())
    return status;
  if (auto status = city->installation_->Serve(); !status.ok()) return status;
  for (const DemoUser& user : UsersOf(DemoCounties().front())) {
    if (user.actor.role == "caseworker") city->worker_ = user.actor;
  }
  auto token = city->installation_->Token(city->worker_, absl::Hours(8));
  if (!token.ok()) return token.status();
  city->token_ = *token;
  if (auto status = city->OpenCases(run.cases); !status.ok()) return status;
  return city;
}

BenchCity::~BenchCity() = default;

absl::Status BenchCity::OpenCases(uint32_t count) {
  aggregates::Actor police;
  for (const DemoUser& user : UsersOf(DemoCounties().front())) {
    if (user.actor.role == "police") police = user.actor;
  }
  auto token = installation_->Token(police, absl::Hours(8));
  if (!token.ok()) return token.status();
  police_token_ = *token;
  std::string open =
      absl::StrCat(R"({"events":[{"type":"CaseOpened","occurredAt":"2022-03-01T10:00:00+08:00",)",
                   R"("data":{"kind":"victim","owner":"530902-MCA","county":"530902"}}]})");
  http::LoadOptions load;
  load.port = installation_->port();
  load.connections = 64;
  load.requests_max = count;
  load.clock = &SystemClock();
  uint64_t i = 0;
  load.next = [&](int, std::string* request) {
    *request = Post("/v1/cases", *token, absl::StrCat("open-", i), "", RescueBody(i));
    return ++i <= count;
  };
  load.on_answer = [&](int, int status, absl::string_view, absl::string_view body) {
    size_t at = body.find(R"("case":")");
    if (status == 201 && at != absl::string_view::npos)
      cases_.emplace_back(body.substr(at + 8, 32));
  };
  auto report = http::RunLoad(load);
  if (!report.ok()) return report.status();
  i = 0;
  load.requests_max = cases_.size();
  load.on_answer = nullptr;
  load.next = [&](int, std::string* request) {
    if (i >= cases_.size()) return false;
    *request = Post(absl::StrCat("/v1/cases/", cases_[i], "/events"), token_,
                    absl::StrCat("adopt-", i), "\"1\"", open);
    ++i;
    return true;
  };
  report = http::RunLoad(load);
  if (!report.ok()) return report.status();
  if (cases_.size() < count) return absl::InternalError("not every case could be opened");
  return absl::OkStatus();
}

absl::StatusOr<BenchFigure> BenchCity::Load(const std::string& name, int clients,
                                            absl::Duration time,
                                            std::function<std::string(uint64_t)> request) {
  http::LoadOptions load;
  load.port = installation_->port();
  load.connections = clients;
  load.time_max = time + absl::Milliseconds(300);
  load.warm_up = absl::Milliseconds(300);
  load.clock = &SystemClock();
  load.next = [&](int, std::string* text) {
    *text = request(next_key_++);
    return true;
  };
  auto report = http::RunLoad(load);
  if (!report.ok()) return report.status();
  for (const auto& [status, times] : report->statuses) {
    if (status != 200)
      return absl::InternalError(absl::StrCat(name, ": ", times, " answers were ", status));
  }
  return FromLoad(name, clients, *report);
}

absl::StatusOr<BenchFigure> BenchCity::CommandsOverHttp(int clients, absl::Duration time) {
  return Load("commands over HTTP", clients, time, [&](uint64_t i) {
    return Post(absl::StrCat("/v1/cases/", WrittenCase(i), "/events"), token_,
                absl::StrCat("v-", i), "*", Visit(i));
  });
}

absl::StatusOr<BenchFigure> BenchCity::ReadsOverHttp(int clients, absl::Duration time) {
  return Load("audited reads over HTTP", clients, time, [&](uint64_t i) {
    return absl::StrCat("GET /v1/cases/", ReadCase(i), " HTTP/1.1\r\nHost: b\r\n",
                        "Authorization: Bearer ", token_, "\r\nPurpose-Of-Use: aftercare\r\n\r\n");
  });
}

runtime::Request BenchCity::VisitRequest(const aggregates::RuleData& rules) {
  uint64_t i = next_key_++;
  std::string text = Visit(i);
  auto json = events::ParseJson(text);
  runtime::Request request;
  request.actor = worker_;
  request.stream = *events::ParseId<events::StreamId>(WrittenCase(i));
  runtime::Record record;
  record.id = events::CommandIdOf(crypto::Sha256, installation_->salt(), worker_.staff,
                                  absl::StrCat("p-", i));
  record.any_version = true;
  record.events = *events::ReadCommand(*json, [&](absl::string_view list, absl::string_view code) {
    return rules.HasCode(list, code);
  });
  record.content = std::move(text);
  request.what = std::move(record);
  return request;
}

absl::StatusOr<BenchFigure> BenchCity::CommandsInProcess(int clients, absl::Duration time) {
  // Made before the clock starts, so that the figure is the engine's own.
  aggregates::RuleData rules = aggregates::RuleData::Shipped();
  auto enough = static_cast<size_t>(absl::ToDoubleSeconds(time) * kInProcessPerSecondMax);
  std::vector<runtime::Request> requests;
  while (requests.size() < enough) requests.push_back(VisitRequest(rules));
  http::LatencyHistogram latency;
  absl::Mutex mutex;
  int running = clients;
  absl::Status failed;
  absl::Duration begin = SystemClock().Monotonic();
  absl::Duration end;
  std::function<void()> next = [&] {
    runtime::Request request;
    {
      absl::MutexLock lock(&mutex);
      end = SystemClock().Monotonic();
      if (end - begin >= time || requests.empty() || !failed.ok()) {
        --running;
        return;
      }
      request = std::move(requests.back());
      requests.pop_back();
    }
    installation_->engine().Submit(std::move(request),
                                   [&, sent = end](const runtime::Answer& answer) {
                                     {
                                       absl::MutexLock lock(&mutex);
                                       if (!answer.status.ok()) failed = answer.status;
                                       latency.Add(SystemClock().Monotonic() - sent);
                                     }
                                     next();
                                   });
  };
  for (int i = 0; i < clients; ++i) next();
  absl::MutexLock lock(&mutex);
  auto done = [&] { return running == 0; };
  mutex.Await(absl::Condition(&done));
  if (!failed.ok()) return failed;
  BenchFigure figure{"commands in process",  clients, 0, latency.Quantile(0.5),
                     latency.Quantile(0.99), 0,       ""};
  figure.per_second = static_cast<double>(latency.count()) / absl::ToDoubleSeconds(end - begin);
  return figure;
}

absl::StatusOr<std::vector<BenchFigure>> BenchCity::RebuildAndRestart() {
  installation_->Stop(absl::Seconds(5));
  installation_ = nullptr;
  std::vector<BenchFigure> figures;
  absl::Duration begin = SystemClock().Monotonic();
  auto again = app::Installation::Open(open_);
  if (!again.ok()) return again.status();
  figures.push_back({"restart until ready", 1, 0, SystemClock().Monotonic() - begin, {}, 0, ""});
  again->reset();
  auto report = app::RebuildAndCompare(open_);
  if (!report.ok()) return report.status();
  if (!report->differing.empty()) return absl::DataLossError("rebuilt projections differ");
  BenchFigure rebuild{"rebuild, records", 1, 0, report->took, {}, 0, ""};
  rebuild.per_second = static_cast<double>(report->records) / absl::ToDoubleSeconds(report->took);
  figures.push_back(rebuild);
  return figures;
}

absl::StatusOr<std::vector<BenchFigure>> BenchCity::FailOver() {
  installation_->Stop(absl::Seconds(5));
  installation_ = nullptr;
  return MeasureFailOver({open_, police_token_});
}

namespace {

// What was acknowledged and is not in the rows of both nodes yet.
class LagProbe {
 public:
  LagProbe(app::Engine& a, app::Engine& b) : a_(a), b_(b), thread_([this] { Run(); }) {}
  ~LagProbe() { Stop(); }
  LagProbe(const LagProbe&) = delete;
  LagProbe& operator=(const LagProbe&) = delete;

  void Acknowledged(events::Partition partition, events::Offset offset) {
    absl::MutexLock lock(&mutex_);
    waiting_.push_back({partition, offset, SystemClock().Monotonic()});
  }
  void Stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  const http::LatencyHistogram& lag() const { return lag_; }  // REQUIRES: stopped

 private:
  struct Receipt {
    events::Partition partition;
    events::Offset offset;
    absl::Duration at;
  };
  void Run() {
    std::vector<Receipt> open;
    while (!stopping_ || !open.empty()) {
      {
        absl::MutexLock lock(&mutex_);
        open.insert(open.end(), waiting_.begin(), waiting_.end());
        waiting_.clear();
      }
      absl::Duration now = SystemClock().Monotonic();
      std::erase_if(open, [&](const Receipt& receipt) {
        bool there = a_.FoldedTo(receipt.partition) > receipt.offset &&
                     b_.FoldedTo(receipt.partition) > receipt.offset;
        if (there) lag_.Add(now - receipt.at);
        return there;
      });
      absl::SleepFor(absl::Microseconds(200));
    }
  }

  app::Engine& a_;
  app::Engine& b_;
  absl::Mutex mutex_;
  std::vector<Receipt> waiting_;  // guarded by mutex_
  http::LatencyHistogram lag_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace

absl::StatusOr<BenchFigure> BenchCity::StandbyLag(double per_second, absl::Duration time) {
  app::OpenOptions beside = open_;
  absl::StrAppend(&beside.data_dir, "-standby");
  auto second = app::Installation::Open(beside);
  if (!second.ok()) return second.status();
  if (auto status = (*second)->Serve(); !status.ok()) return status;
  absl::SleepFor(absl::Seconds(2));  // the group has found its balance
  LagProbe probe(installation_->engine(), (*second)->engine());
  http::LoadOptions load;
  load.port = installation_->port();
  load.connections = 64;
  load.time_max = time;
  load.clock = &SystemClock();
  absl::Duration begin = SystemClock().Monotonic();
  uint64_t sent = 0;
  load.next = [&](int, std::string* text) {
    absl::Duration due = begin + absl::Seconds(static_cast<double>(sent++) / per_second);
    absl::SleepFor(due - SystemClock().Monotonic());  // nothing where it is late already
    uint64_t i = next_key_++;
    *text = Post(absl::StrCat("/v1/cases/", WrittenCase(i), "/events"), token_,
                 absl::StrCat("l-", i), "*", Visit(i));
    return true;
  };
  load.on_answer = [&](int, int, absl::string_view head, absl::string_view) {
    constexpr absl::string_view kReceipt = "Guitu-Receipt: ";
    size_t at = head.find(kReceipt);
    if (at == absl::string_view::npos) return;
    std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(head.substr(at + kReceipt.size()), absl::MaxSplits('/', 1));
    uint32_t partition = 0;
    uint64_t offset = 0;
    if (absl::SimpleAtoi(parts.first, &partition) &&
        absl::SimpleAtoi(parts.second.substr(0, parts.second.find('\r')), &offset))
      probe.Acknowledged(partition, offset);
  };
  auto report = http::RunLoad(load);
  probe.Stop();
  (*second)->Stop(absl::Seconds(5));
  if (!report.ok()) return report.status();
  BenchFigure figure{"standby behind by",        64, 0, probe.lag().Quantile(0.5),
                     probe.lag().Quantile(0.99), 0,  ""};
  figure.per_second = report->PerSecond();
  return figure;
}

uint64_t BenchCity::bytes_on_disk() const {
  uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(open_.data_dir)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

}  // namespace guitu::tools
