#include "adapters/app/api.h"

#include <boost/json/serialize.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "adapters/http/forwarded.h"
#include "events/derive.h"
#include "events/json.h"
#include "events/reason.h"

namespace guitu::app {

using events::Reason;
using events::Refuse;
using events::RefuseAt;

namespace {

constexpr int kRetryAfterSeconds = 1;

bool WantsEnglish(const http::Request& request) {
  auto languages = request.Header("Accept-Language");
  if (!languages) return false;
  // The first of the two that we speak decides; q-values of browsers are in order already.
  size_t en = absl::AsciiStrToLower(*languages).find("en");
  size_t zh = absl::AsciiStrToLower(*languages).find("zh");
  return en != std::string::npos && (zh == std::string::npos || en < zh);
}

}  // namespace

http::Response ProblemResponse(const absl::Status& status, bool english,
                               std::optional<uint64_t> current_version, bool not_done) {
  // Without a reason of its own: a key that has not come yet, a store in trouble. Ask again.
  Reason reason = events::ReasonOf(status);
  const events::Problem& row =
      events::ProblemOf(reason == Reason::UNSPECIFIED ? Reason::SETTLING : reason);
  http::Problem problem;
  problem.status = row.http;
  problem.code = row.code;
  problem.title = english ? row.en : row.zh;
  problem.detail = events::DetailOf(status);
  if (std::string pointer = events::PointerOf(status); !pointer.empty()) problem.pointer = pointer;
  if (!row.rule.empty()) problem.rule = row.rule;
  if (!row.article.empty()) problem.article = row.article;
  problem.current_version = current_version;
  if (row.http == 503) problem.retry_after_s = kRetryAfterSeconds;
  if (row.http == 401) problem.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (not_done) problem.members.emplace_back("outcome", "not-done");
  return http::ToResponse(problem);
}

absl::StatusOr<IfMatch> ParseIfMatch(std::optional<absl::string_view> header) {
  IfMatch match;
  if (!header) return match;
  absl::string_view text = absl::StripAsciiWhitespace(*header);
  if (text == "*") {
    match.any = true;
    return match;
  }
  uint64_t version = 0;
  bool quoted = text.size() >= 3 && text.front() == '"' && text.back() == '"';
  if (!quoted || !absl::SimpleAtoi(text.substr(1, text.size() - 2), &version)) {
    return Refuse(Reason::INVALID_FIELD, "If-Match is a version in quotation marks, or *");
  }
  match.version = version;
  return match;
}

absl::StatusOr<Api::Caller> Api::Identify(const Request& request) const {
  Caller caller;
  caller.english = WantsEnglish(request);
  auto header = request.Header("Authorization");
  if (!header || !absl::StartsWithIgnoreCase(*header, "Bearer "))
    return Refuse(Reason::UNAUTHENTICATED);
  absl::string_view token = absl::StripAsciiWhitespace(header->substr(7));
  auto principal = ports_.tokens.Verify(token, ports_.clock.Now());
  if (!principal.ok() || principal->staff == aggregates::kSystemActor)
    return Refuse(Reason::UNAUTHENTICATED);
  caller.actor = {principal->staff, principal->unit, principal->role};
  return caller;
}

http::Handler Api::WithCaller(std::function<void(const Caller&, Request, Responder)> handler) {
  return [this, handler = std::move(handler)](Request request, Responder respond) {
    auto caller = Identify(request);
    if (!caller.ok()) return respond(ProblemResponse(caller.status(), WantsEnglish(request)));
    if (!ports_.engine.serves()) {
      return respond(ProblemResponse(Refuse(Reason::NOT_OWNER), caller->english));
    }
    handler(*caller, std::move(request), std::move(respond));
  };
}

http::Handler Api::WithFreshCaller(std::function<void(const Caller&, Request, Responder)> handler) {
  if (ports_.forwarder == nullptr) return WithCaller(std::move(handler));
  return WithCaller([this, handler = std::move(handler)](const Caller& caller, Request request,
                                                         const Responder& respond) {
    auto shared = std::make_shared<Request>(std::move(request));
    ports_.engine.WhenFresh([handler, caller, shared, respond](const absl::Status& status) {
      if (!status.ok()) return respond(ProblemResponse(status, caller.english));
      respond(http::Response::Later([handler, caller, shared] {
        http::Response answer;
        handler(caller, std::move(*shared),
                [&](http::Response response) { answer = std::move(response); });
        return answer;
      }));
    });
  });
}

events::Partition Api::PartitionOf(const runtime::Request& request) const {
  return request.registry ? ports_.partitions
                          : events::PartitionOf(request.stream, ports_.partitions);
}

bool Api::SentOn(events::Partition partition, const Request& request,
                 const Responder& respond) const {
  if (ports_.forwarder == nullptr || http::IsForwarded(request)) return false;
  auto owner = ports_.engine.OwnerElsewhere(partition);
  if (!owner) return false;
  ports_.forwarder->Forward(*owner, request, respond);
  return true;
}

// What every write has: who, under which key, with which content, on which version.
absl::Status Api::FillCommand(const Caller& caller, const Request& request, runtime::Request& out,
                              runtime::Record& record) const {
  auto key = request.Header("Idempotency-Key");
  if (!key || key->empty()) return Refuse(Reason::KEY_MISSING);
  if (key->size() > 200)
    return Refuse(Reason::INVALID_FIELD, "Idempotency-Key is longer than 200 characters");
  auto match = ParseIfMatch(request.Header("If-Match"));
  if (!match.ok()) return match.status();
  out.actor = caller.actor;
  record.id = events::CommandIdOf(ports_.hash, ports_.salt, caller.actor.staff, *key);
  record.any_version = match->any;
  record.expected = match->version;
  auto body = events::ParseJson(request.body);
  if (!body.ok()) return body.status();
  auto rules = ports_.rules;
  auto events =
      events::ReadCommand(*body, [&rules](absl::string_view list, absl::string_view code) {
        return rules.HasCode(list, code);
      });
  if (!events.ok()) return events.status();
  record.events = *std::move(events);
  // Equal content, whatever the white space.
  record.content = boost::json::serialize(*body);
  return absl::OkStatus();
}

void Api::SubmitRecord(const Caller& caller, const Request& request, runtime::Request command,
                       runtime::Record record, Responder respond) {
  if (SentOn(PartitionOf(command), request, respond)) return;
  bool cancels = record.cancels;
  bool english = caller.english;
  bool registry = command.registry;
  command.what = std::move(record);
  ports_.engine.Submit(
      std::move(command), [respond, english, cancels, registry](runtime::Answer answer) {
        if (!answer.status.ok()) {
          std::optional<uint64_t> current;
          Reason reason = events::ReasonOf(answer.status);
          if (reason == Reason::VERSION_MISMATCH || reason == Reason::VERSION_MISSING)
            current = answer.current_version;
          return respond(ProblemResponse(answer.status, english, current, answer.not_done));
        }
        http::Response response;
        response.status = answer.created ? 201 : 200;
        std::string id = events::ToHex(answer.stream);
        response.headers.emplace_back("ETag", absl::StrCat("\"", answer.version, "\""));
        response.headers.emplace_back("Guitu-Receipt",
                                      absl::StrCat(answer.partition, "/", answer.offset));
        boost::json::object body;
        if (!registry) {
          body["case"] = id;
          body["caseNo"] = events::CaseNumber(answer.stream);
        }
        body["version"] = events::WriteNumber(answer.version);
        body["receipt"] = absl::StrCat(answer.partition, "/", answer.offset);
        if (cancels) body["outcome"] = answer.cancelled ? "cancelled" : "done";
        if (answer.created && !registry)
          response.headers.emplace_back("Location", absl::StrCat("/v1/cases/", id));
        response.body = boost::json::serialize(body);
        respond(std::move(response));
      });
}

http::Router Api::MakeRouter() {
  http::Router router;
  AddCaseRoutes(router);
  AddFollowUpRoutes(router);
  AddLegalAidRoutes(router);
  AddRegistryRoutes(router);
  AddMetaRoutes(router);
  return router;
}

}  // namespace guitu::app
