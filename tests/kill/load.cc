#include "tests/kill/load.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace guitu::kill {

using app_test::Answer;
using app_test::Quoted;

const char kSpoken[] = "金丝雀自述想回家种茶";

namespace {

const app_test::Person& PersonOf(size_t who) {
  const app_test::Person* people[] = {&app_test::kPolice, &app_test::kWorker, &app_test::kAid,
                                      &app_test::kAuditor};
  return *people[who];
}

std::string Words(const std::string& mark) { return absl::StrCat(kSpoken, " ", mark); }

// Whoever must not wait for the answer, to be able to cancel while the command travels.
constexpr absl::Duration kImpatient = absl::Milliseconds(200);
constexpr absl::Duration kPatient = absl::Seconds(15);

}  // namespace

void Address::Set(uint16_t port, size_t server) {
  std::lock_guard lock(mutex_);
  seen_[server] = {port, seen_[server].start + 1};
  changed_.notify_all();
}

void Address::EndLoad() {
  std::lock_guard lock(mutex_);
  ended_ = true;
}

bool Address::load_ended() const {
  std::lock_guard lock(mutex_);
  return ended_;
}

void Address::Abandon() {
  std::lock_guard lock(mutex_);
  abandoned_ = true;
}

bool Address::abandoned() const {
  std::lock_guard lock(mutex_);
  return abandoned_;
}

Address::Seen Address::Next(size_t server, uint64_t start) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(20),
                    [&] { return seen_[server].start > start; });
  return seen_[server];
}

Client::Client(uint32_t number, uint64_t seed, Address& address, const LogIns& log_ins,
               std::vector<std::string> shared_paths)
    : number_(number),
      random_(seed),
      address_(address),
      log_ins_(log_ins),
      server_(number % address.servers()),
      at_(address.servers()) {
  for (std::string& path : shared_paths) shared_.push_back({std::move(path), {}, {}, {}, 0});
}

void Client::Run() {
  while (!address_.load_ended() && complaints_.empty()) {
    uint64_t dice = random_() % 100;
    Told* shared = &shared_[random_() % shared_.size()];
    begin_ = clock_.Monotonic();
    if (own_.empty() || (dice < 5 && own_.size() < 20)) {
      Open();
    } else if (dice < 50) {
      Write(own_[random_() % own_.size()]);
    } else if (dice >= 98 && !log_ins_.auditor.empty()) {
      List();
    } else if (dice >= 95) {
      Read(*shared, false);
    } else if (dice >= 75) {
      Read(own_[random_() % own_.size()], true);
    } else if (log_ins_.aid.empty() || dice < 65) {
      WriteShared(*shared);
    } else if (dice < 69) {
      WriteLate(*shared);
    } else if (dice < 73) {
      Cancel(*shared);
    } else {
      AskForbidden(*shared);
    }
  }
}

std::string Client::NextMark() { return absl::StrCat("mark-", number_, "-", ++marks_); }

void Client::Complain(const std::string& what, const Answer& answer) {
  complaints_.push_back(absl::StrCat(what, " to server ", server_, ": ", answer.status, " ",
                                     answer.text, answer.trouble));
}

void Client::Open() {
  std::string mark = NextMark();
  Answer answer =
      Insist(Who::kPolice, "/v1/cases", mark, "", app_test::Rescue("合成路1号", Words(mark)));
  Told told;
  told.path = answer.Header("Location");
  if (!Noted(answer, mark, told)) return;
  acts_.push_back(NewAct(Act::Kind::kDone, Who::kPolice, mark, told, answer));
  own_.push_back(std::move(told));
}

// Nobody else writes here, so the version is the number of acknowledged commands.
void Client::Write(Told& told) {
  std::string mark = NextMark();
  bool any = random_() % 4 == 0;
  Answer answer = Insist(Who::kWorker, told.path + "/events", mark,
                         any ? "*" : Quoted(told.marks.size()), app_test::Wish(Words(mark)));
  if (!Noted(answer, mark, told)) return;
  acts_.push_back(NewAct(Act::Kind::kDone, Who::kWorker, mark, told, answer));
  if (answer.version() == told.marks.size()) return;
  complaints_.push_back(
      absl::StrCat(mark, ": version ", answer.version(), ", expected ", told.marks.size()));
}

void Client::WriteShared(Told& told) {
  std::string mark = NextMark();
  Answer answer =
      Insist(Who::kWorker, told.path + "/events", mark, "*", app_test::Wish(Words(mark)));
  if (!Noted(answer, mark, told)) return;
  acts_.push_back(NewAct(Act::Kind::kDone, Who::kWorker, mark, told, answer));
}

// On the newest version that this client knows of: others may have been quicker.
void Client::WriteLate(Told& told) {
  if (told.version == 0) return;
  std::string mark = NextMark();
  const uint64_t expected = told.version;
  Answer answer = Insist(Who::kWorker, told.path + "/events", mark, Quoted(expected),
                         app_test::Wish(Words(mark)));
  if (answer.status != 412) {
    if (Noted(answer, mark, told))
      acts_.push_back(NewAct(Act::Kind::kDone, Who::kWorker, mark, told, answer));
    return;
  }
  acts_.push_back(NewAct(Act::Kind::kConflict, Who::kWorker, mark, told, answer));
  const app_test::json::value* current =
      answer.body.is_object() ? answer.body.as_object().if_contains("currentVersion") : nullptr;
  if (current == nullptr) return Complain(mark, answer);
  acts_.back().expected = expected;
  // Numbers that may become large are written as text.
  acts_.back().version = current->is_string() ? std::stoull(std::string(current->as_string()))
                                              : current->to_number<uint64_t>();
  told.version = acts_.back().version;
}

// U5: whoever cannot wait for the outcome of a command cancels it.
void Client::Cancel(Told& told) {
  std::string mark = NextMark();
  web_[1] = nullptr;
  Turn();
  web_[1] = std::make_unique<app_test::Web>(at_[server_].port, log_ins_.worker, kImpatient);
  Answer answer = Once(Who::kWorker, "POST", told.path + "/events",
                       {{"Idempotency-Key", mark}, {"If-Match", "*"}}, app_test::Wish(Words(mark)));
  web_[1] = nullptr;
  bool cancels = answer.status == 0 || answer.status >= 500;
  if (cancels) {
    answer = Insist(Who::kWorker, told.path + "/cancellations", absl::StrCat("cancel-", mark), "",
                    absl::StrCat("{\"idempotencyKey\":\"", mark, "\"}"));
  }
  bool cancelled = cancels && answer.Field("outcome") == "cancelled";
  if (cancelled && answer.status == 200) {
    acts_.push_back(NewAct(Act::Kind::kCancelled, Who::kWorker, mark, told, answer));
  } else if (Noted(answer, mark, told)) {
    acts_.push_back(NewAct(Act::Kind::kDone, Who::kWorker, mark, told, answer));
  }
}

void Client::AskForbidden(Told& told) {
  std::string mark = NextMark();
  Answer answer = Insist(Who::kAid, told.path + "/events", mark, "*", app_test::Wish(Words(mark)));
  if (answer.status != 403 && answer.status != 404) return Complain(mark, answer);
  acts_.push_back(NewAct(Act::Kind::kRefused, Who::kAid, mark, told, answer));
}

// A read is not retried: whoever got no answer saw nothing.
void Client::Read(Told& told, bool own) {
  Answer answer =
      Once(Who::kWorker, "GET", told.path + "/timeline", {{"Purpose-Of-Use", "aftercare"}}, "");
  if (answer.status == 0 || answer.status == 503) return;
  if (answer.status != 200) return Complain("read", answer);
  ++reads_;
  told.reads.insert(answer.Header("Guitu-Receipt"));
  told.version = answer.version();
  acts_.push_back(NewAct(Act::Kind::kShown, Who::kWorker, "", told, answer));
  for (const app_test::json::value& event : answer.body.at("events").as_array())
    acts_.back().shown.emplace_back(event.at("receipt").as_string());
  size_t seen = acts_.back().shown.size();
  if (!own || (seen == told.marks.size() && answer.version() == seen)) return;
  complaints_.push_back(absl::StrCat("read: ", seen, " events, version ", answer.version(),
                                     ", but ", told.marks.size(), " were acknowledged"));
}

// Fewer cases than a page holds.
void Client::List() {
  Answer answer = Once(Who::kAuditor, "GET", "/v1/cases?limit=200", {}, "");
  if (answer.status == 0 || answer.status == 503) return;
  if (answer.status != 200 || !answer.Field("next").empty()) return Complain("list", answer);
  acts_.push_back(NewAct(Act::Kind::kListed, Who::kAuditor, "", {}, answer));
  for (const app_test::json::value& listed : answer.body.at("cases").as_array())
    acts_.back().shown.push_back(
        absl::StrCat("/v1/cases/", std::string(listed.at("case").as_string())));
}

bool Client::Noted(const Answer& answer, const std::string& mark, Told& told) {
  if (answer.status != 200 && answer.status != 201) {
    Complain(mark, answer);
    return false;
  }
  ++commands_;
  told.marks.push_back(Words(mark));
  told.receipts.push_back(answer.Header("Guitu-Receipt"));
  told.version = answer.version();
  return true;
}

Act Client::NewAct(Act::Kind kind, Who who, const std::string& key, const Told& told,
                   const Answer& answer) const {
  Act act;
  act.kind = kind;
  act.staff = PersonOf(static_cast<size_t>(who)).staff;
  act.key = key;
  act.path = told.path;
  act.begin = begin_;
  act.end = clock_.Monotonic();
  act.version = answer.version();
  act.receipt = answer.Header("Guitu-Receipt");
  return act;
}

Answer Client::Insist(Who who, const std::string& target, const std::string& key,
                      const std::string& if_match, const std::string& body) {
  app_test::Headers headers{{"Idempotency-Key", key}};
  if (!if_match.empty()) headers.emplace_back("If-Match", if_match);
  while (true) {
    Answer answer = Once(who, "POST", target, headers, body);
    if ((answer.status != 0 && answer.status < 500) || address_.abandoned()) {
      answer.text += target;
      return answer;
    }
    ++retries_;
    if (address_.servers() == 1 || answer.status == 0) continue;
    absl::SleepFor(absl::Milliseconds(30));  // the others want the processor, too
    if (random_() % 3 == 0) Turn();
  }
}

// To another server, or the next life of this one.
void Client::Turn() {
  for (auto& web : web_) web = nullptr;
  server_ = random_() % address_.servers();
  at_[server_] = address_.Next(server_, at_[server_].start);
}

Answer Client::Once(Who who, const std::string& method, const std::string& target,
                    app_test::Headers headers, const std::string& body) {
  if (at_[server_].start == 0) Turn();
  auto& web = web_[static_cast<size_t>(who)];
  if (web == nullptr) {
    const std::string* tokens[] = {&log_ins_.police, &log_ins_.worker, &log_ins_.aid,
                                   &log_ins_.auditor};
    web = std::make_unique<app_test::Web>(at_[server_].port, *tokens[static_cast<size_t>(who)],
                                          kPatient);
  }
  Answer answer = web->Call(method, target, std::move(headers), body);
  if (answer.status == 0) Turn();
  return answer;
}

}  // namespace guitu::kill
