#include "tests/kill/load.h"

#include "absl/strings/str_cat.h"

namespace guitu::kill {

using app_test::Answer;
using app_test::Quoted;

void Address::Set(uint16_t port) {
  std::lock_guard lock(mutex_);
  seen_ = {port, seen_.start + 1};
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

Address::Seen Address::Next(uint64_t start) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(20), [&] { return seen_.start > start; });
  return seen_;
}

Client::Client(uint32_t number, uint64_t seed, Address& address, const LogIns& log_ins,
               std::vector<std::string> shared_paths)
    : number_(number), random_(seed), address_(address), log_ins_(log_ins) {
  for (std::string& path : shared_paths) shared_.push_back({std::move(path), {}, {}, {}});
}

void Client::Run() {
  while (!address_.load_ended() && complaints_.empty()) {
    uint64_t dice = random_() % 100;
    if (own_.empty() || (dice < 5 && own_.size() < 20)) {
      Open();
    } else if (dice < 50) {
      Write(own_[random_() % own_.size()]);
    } else if (dice < 75) {
      WriteShared(shared_[random_() % shared_.size()]);
    } else if (dice < 95) {
      Read(own_[random_() % own_.size()], true);
    } else {
      Read(shared_[random_() % shared_.size()], false);
    }
  }
}

std::string Client::NextMark() { return absl::StrCat("mark-", number_, "-", ++marks_); }

void Client::Open() {
  std::string mark = NextMark();
  Answer answer = Insist(true, "/v1/cases", mark, "", app_test::Rescue("合成路1号", mark));
  Told told;
  told.path = answer.Header("Location");
  if (Noted(answer, mark, told)) own_.push_back(std::move(told));
}

// Nobody else writes here, so the version is the number of acknowledged commands.
void Client::Write(Told& told) {
  std::string mark = NextMark();
  bool any = random_() % 4 == 0;
  Answer answer = Insist(false, told.path + "/events", mark, any ? "*" : Quoted(told.marks.size()),
                         app_test::Wish(mark));
  if (!Noted(answer, mark, told)) return;
  if (answer.version() == told.marks.size()) return;
  complaints_.push_back(
      absl::StrCat(mark, ": version ", answer.version(), ", expected ", told.marks.size()));
}

void Client::WriteShared(Told& told) {
  std::string mark = NextMark();
  Noted(Insist(false, told.path + "/events", mark, "*", app_test::Wish(mark)), mark, told);
}

// A read is not retried: whoever got no answer saw nothing.
void Client::Read(Told& told, bool own) {
  Answer answer =
      Once(false, "GET", told.path + "/timeline", {{"Purpose-Of-Use", "aftercare"}}, "");
  if (answer.status == 0 || answer.status == 503) return;
  if (answer.status != 200) {
    complaints_.push_back(absl::StrCat("read: ", answer.status, " ", answer.text));
    return;
  }
  ++reads_;
  told.reads.insert(answer.Header("Guitu-Receipt"));
  size_t seen = answer.body.at("events").as_array().size();
  if (!own || (seen == told.marks.size() && answer.version() == seen)) return;
  complaints_.push_back(absl::StrCat("read: ", seen, " events, version ", answer.version(),
                                     ", but ", told.marks.size(), " were acknowledged"));
}

bool Client::Noted(const Answer& answer, const std::string& mark, Told& told) {
  if (answer.status != 200 && answer.status != 201) {
    complaints_.push_back(absl::StrCat(mark, ": ", answer.status, " ", answer.text));
    return false;
  }
  ++commands_;
  told.marks.push_back(mark);
  told.receipts.push_back(answer.Header("Guitu-Receipt"));
  return true;
}

Answer Client::Insist(bool as_police, const std::string& target, const std::string& key,
                      const std::string& if_match, const std::string& body) {
  app_test::Headers headers{{"Idempotency-Key", key}};
  if (!if_match.empty()) headers.emplace_back("If-Match", if_match);
  while (true) {
    Answer answer = Once(as_police, "POST", target, headers, body);
    if (answer.status != 0 && answer.status < 500) return answer;
    ++retries_;
  }
}

Answer Client::Once(bool as_police, const std::string& method, const std::string& target,
                    app_test::Headers headers, const std::string& body) {
  if (police_ == nullptr) {
    at_ = address_.Next(at_.start);
    police_ = std::make_unique<app_test::Web>(at_.port, log_ins_.police, absl::Seconds(15));
    worker_ = std::make_unique<app_test::Web>(at_.port, log_ins_.worker, absl::Seconds(15));
  }
  Answer answer = (as_police ? police_ : worker_)->Call(method, target, std::move(headers), body);
  if (answer.status == 0) police_ = nullptr;
  return answer;
}

}  // namespace guitu::kill
