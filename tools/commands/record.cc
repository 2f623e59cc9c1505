// `guitu record`: one command per line of standard input, one result per line of standard output.
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>
#include <map>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "adapters/clock/clock.h"
#include "adapters/crypto/sha256.h"
#include "events/json.h"
#include "tools/console.h"
#include "tools/http_calls.h"

namespace guitu::tools {
namespace {

namespace json = boost::json;

constexpr absl::Duration kBetweenTries = absl::Seconds(1);

// One line of the input.
struct Line {
  std::string key;
  std::string case_id;  // empty: opens a case
  std::string if_match;
  json::value body;
};

std::string Take(json::object& line, absl::string_view name) {
  auto it = line.find(json::string_view(name.data(), name.size()));
  if (it == line.end() || !it->value().is_string()) return "";
  std::string text(it->value().get_string());
  line.erase(it);
  return text;
}

class Recorder {
 public:
  Recorder(http::ClientOptions server, std::string token, absl::Duration patience)
      : session_(std::move(server), std::move(token)), patience_(patience) {}

  // The exit code so far gets worse: kRefused for a line that was refused. kEnvironment: stop here.
  int Record(uint64_t number, const std::string& text) {
    json::object result{{"line", number}};
    auto line = Parse(text);
    if (!line.ok()) {
      result["status"] = 400;
      result["detail"] = std::string(line.status().message());
      Say(json::serialize(result));
      return kRefused;
    }
    auto reply = Send(*line);
    if (!reply.ok()) {
      result["status"] = 0;
      result["detail"] = std::string(reply.status().message());
      Say(json::serialize(result));
      return kEnvironment;
    }
    result["status"] = reply->status;
    const json::object* body = reply->body.if_object();
    for (const char* name : {"case", "version", "receipt", "code", "rule", "article", "pointer",
                             "title", "detail", "currentVersion"}) {
      const json::value* value = body == nullptr ? nullptr : body->if_contains(name);
      if (value != nullptr) result[name] = *value;
    }
    if (reply->status == 201) opened_[line->key] = std::string(result["case"].as_string());
    Say(json::serialize(result));
    if (reply->status >= 500) return kEnvironment;
    return reply->status < 400 ? kDone : kRefused;
  }

 private:
  absl::StatusOr<Line> Parse(const std::string& text) const {
    auto parsed = events::ParseJson(text);
    if (!parsed.ok()) return parsed.status();
    json::object* object = parsed->if_object();
    if (object == nullptr) return absl::InvalidArgumentError("a line is a JSON object");
    Line line;
    line.key = Take(*object, "idempotencyKey");
    // The same line again is the same command: that makes an interrupted run resumable.
    if (line.key.empty()) {
      line.key = absl::StrCat("line-", absl::BytesToHexString(crypto::Sha256({text}).view()));
    }
    line.case_id = Take(*object, "case");
    line.if_match = Take(*object, "ifMatch");
    if (std::string opener = Take(*object, "caseOf"); !opener.empty()) {
      auto found = opened_.find(opener);
      if (found == opened_.end()) {
        return absl::InvalidArgumentError(
            "caseOf is not the idempotencyKey of an earlier line that opened a case");
      }
      line.case_id = found->second;
    }
    if (object->size() != 1 || !object->contains("events")) {
      return absl::InvalidArgumentError(
          "a line has events, and of idempotencyKey, case or caseOf, ifMatch what it needs");
    }
    if (line.if_match != "" && line.if_match != "*" && line.if_match.front() != '"')
      line.if_match = absl::StrCat("\"", line.if_match, "\"");
    line.body = *parsed;
    return line;
  }

  // Repeats key and body while the outcome is not known: always safe (contract.md, section 3).
  absl::StatusOr<Reply> Send(const Line& line) {
    std::string target =
        line.case_id.empty() ? "/v1/cases" : absl::StrCat("/v1/cases/", line.case_id, "/events");
    absl::Duration until = clock_.Monotonic() + patience_;
    while (true) {
      auto reply = session_.Post(target, line.key, line.if_match, line.body);
      bool settled = reply.ok() && reply->status < 500 && reply->status != 429;
      if (settled || clock_.Monotonic() >= until) return reply;
      absl::SleepFor(kBetweenTries);
    }
  }

  Session session_;
  const absl::Duration patience_;
  const clock::SystemClock clock_;
  std::map<std::string, std::string> opened_;  // case by the key of its opening
};

}  // namespace

int Record(const RecordOptions& options) {
  auto server = http::Client::ParseUrl(options.server);
  if (!server.ok()) return Fail(server.status());
  auto token = ReadTokenFile(options.token_file);
  if (!token.ok()) return Fail(token.status());
  Recorder recorder(*server, *token, absl::Seconds(options.patience));
  int worst = kDone;
  std::string line;
  for (uint64_t number = 1; std::getline(std::cin, line); ++number) {
    if (line.empty()) continue;
    int code = recorder.Record(number, line);
    if (code == kEnvironment) {
      Complain(absl::StrCat("stopped at line ", number,
                            ": run the same input again, what is done stays done"));
      return code;
    }
    worst = std::max(worst, code);
  }
  return worst;
}

}  // namespace guitu::tools
