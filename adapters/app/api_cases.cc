// Cases: opening, recording, cancelling, reading, listing.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "adapters/app/api.h"
#include "adapters/app/render.h"
#include "events/derive.h"
#include "events/json.h"
#include "events/reason.h"
#include "events/values.h"
#include "projections/archive.h"
#include "projections/keys.h"

namespace guitu::app {

namespace json = boost::json;
using events::Reason;
using events::Refuse;
using events::RefuseAt;

namespace {

absl::StatusOr<events::StreamId> CaseOf(const http::Request& request) {
  auto id = events::ParseId<events::StreamId>(request.Param("id"));
  if (!id || id->empty()) return Refuse(Reason::NOT_FOUND);
  return *id;
}

absl::StatusOr<std::optional<absl::Time>> TimeOf(const http::Request& request,
                                                 absl::string_view name) {
  auto text = request.Query(name);
  if (!text) return std::optional<absl::Time>();
  if (auto micros = events::ParseTime(*text)) return std::optional(absl::FromUnixMicros(*micros));
  // A day means its end: what had happened, or was known, when it was over.
  if (auto days = events::ParseDate(*text)) {
    absl::CivilDay next = events::ToCivilDay(*days) + 1;
    return std::optional(absl::FromCivil(next, events::ChinaTime()) - absl::Microseconds(1));
  }
  return Refuse(Reason::INVALID_FIELD, absl::StrCat(name, " is a time as in RFC 3339, or a day"));
}

absl::StatusOr<json::object> Render(const std::string& view, const std::vector<std::string>& rows,
                                    const RenderContext& context, events::Sealer& sealer) {
  if (view == "archive") return RenderArchive(rows, context, sealer);
  absl::string_view name = view == "timeline" ? "events"
                           : view == "access" ? "accesses"
                                              : "approvals";
  return RenderList(rows, name, context, sealer);
}

http::Response JsonResponse(const json::object& body) {
  http::Response response;
  response.body = json::serialize(body);
  return response;
}

}  // namespace

void Api::AddCaseRoutes(http::Router& router) {
  auto with = [this](auto method) {
    return WithCaller([this, method](const Caller& caller, Request request, Responder respond) {
      (this->*method)(caller, std::move(request), std::move(respond));
    });
  };
  auto view = [this](const std::string& name) {
    return WithCaller([this, name](const Caller& caller, Request request, Responder respond) {
      ReadView(caller, std::move(request), std::move(respond), name);
    });
  };
  router.Add("POST", "/v1/cases", with(&Api::PostCase));
  router.Add("GET", "/v1/cases",
             WithFreshCaller([this](const Caller& caller, Request request, Responder respond) {
               ListCases(caller, std::move(request), std::move(respond));
             }));
  router.Add("GET", "/v1/cases/{id}", view("archive"));
  router.Add("HEAD", "/v1/cases/{id}", with(&Api::HeadCase));
  router.Add("GET", "/v1/cases/{id}/timeline", view("timeline"));
  router.Add("GET", "/v1/cases/{id}/access", view("access"));
  router.Add("GET", "/v1/cases/{id}/approvals", view("approvals"));
  router.Add("POST", "/v1/cases/{id}/events", with(&Api::PostEvents));
  router.Add("POST", "/v1/cases/{id}/cancellations", with(&Api::PostCancellation));
}

void Api::PostCase(const Caller& caller, Request request, Responder respond) {
  runtime::Request command;
  runtime::Record record;
  auto status = FillCommand(caller, request, command, record);
  if (!status.ok()) return respond(ProblemResponse(status, caller.english));
  record.opens = true;
  command.stream = events::CaseIdOf(ports_.hash, ports_.salt, caller.actor.staff,
                                    *request.Header("Idempotency-Key"));
  SubmitRecord(caller, request, std::move(command), std::move(record), std::move(respond));
}

void Api::PostEvents(const Caller& caller, Request request, Responder respond) {
  runtime::Request command;
  runtime::Record record;
  auto stream = CaseOf(request);
  if (!stream.ok()) return respond(ProblemResponse(stream.status(), caller.english));
  auto status = FillCommand(caller, request, command, record);
  if (!status.ok()) return respond(ProblemResponse(status, caller.english));
  command.stream = *stream;
  SubmitRecord(caller, request, std::move(command), std::move(record), std::move(respond));
}

// U5: takes the id of a command whose outcome is not known, or tells its first result.
void Api::PostCancellation(const Caller& caller, Request request, Responder respond) {
  auto stream = CaseOf(request);
  if (!stream.ok()) return respond(ProblemResponse(stream.status(), caller.english));
  auto body = events::ParseJson(request.body);
  if (!body.ok()) return respond(ProblemResponse(body.status(), caller.english));
  const json::object* object = body->if_object();
  const json::value* key =
      object != nullptr && object->size() == 1 ? object->if_contains("idempotencyKey") : nullptr;
  if (key == nullptr || !key->is_string() || key->get_string().empty()) {
    return respond(ProblemResponse(
        RefuseAt(Reason::INVALID_FIELD, "/idempotencyKey", "this field alone is needed"),
        caller.english));
  }
  runtime::Request command;
  command.actor = caller.actor;
  command.stream = *stream;
  runtime::Record record;
  record.cancels = true;
  record.id = events::CommandIdOf(ports_.hash, ports_.salt, caller.actor.staff,
                                  {key->get_string().data(), key->get_string().size()});
  SubmitRecord(caller, request, std::move(command), std::move(record), std::move(respond));
}

void Api::ReadView(const Caller& caller, Request request, Responder respond,
                   const std::string& view) {
  auto stream = CaseOf(request);
  if (!stream.ok()) return respond(ProblemResponse(stream.status(), caller.english));
  ReadTarget(caller, request, std::move(respond), view, {*stream, ""});
}

// No byte of the view leaves before its access record took effect: the engine releases the rows
// then.
void Api::ReadTarget(const Caller& caller, const Request& request, Responder respond,
                     const std::string& view, const Target& target) {
  auto as_of = TimeOf(request, "asOf");
  auto known_at = TimeOf(request, "knownAt");
  for (const absl::Status& status : {as_of.status(), known_at.status()}) {
    if (!status.ok()) return respond(ProblemResponse(status, caller.english));
  }
  runtime::Request command;
  command.actor = caller.actor;
  command.stream = target.stream;
  command.registry = !target.item.empty();
  if (SentOn(PartitionOf(command), request, respond)) return;
  command.what = runtime::Read{view, std::string(request.Header("Purpose-Of-Use").value_or(""))};
  RenderContext context;
  context.log_id = ports_.log_id;
  context.stream = target.stream;
  context.item = target.item;
  context.subject = events::SubjectOfCase(ports_.hash, ports_.salt, target.stream);
  context.as_of = *as_of;
  context.known_at = *known_at;
  bool english = caller.english;
  ports_.engine.Submit(
      std::move(command), [this, respond, english, context, view](runtime::Answer answer) {
        if (!answer.status.ok()) return respond(ProblemResponse(answer.status, english));
        // Opening and writing is work for the socket thread, not for the engine's.
        respond(http::Response::Later(
            [this, english, context, view, answer = std::move(answer)]() mutable {
              if (runtime::TooLate(answer, ports_.clock.Monotonic()))
                return ProblemResponse(Refuse(Reason::SETTLING), english);
              context.grant = answer.grant;
              context.version = answer.version;
              context.partition = answer.partition;
              auto rows = runtime::ReleasedRows(ports_.rows, answer);
              auto body = Render(view, rows, context, ports_.sealer);
              if (!body.ok()) return ProblemResponse(body.status(), english);
              http::Response response = JsonResponse(*body);
              response.headers.emplace_back("ETag", absl::StrCat("\"", answer.version, "\""));
              response.headers.emplace_back("Guitu-Receipt",
                                            absl::StrCat(answer.partition, "/", answer.offset));
              return response;
            }));
      });
}

// The version alone: no personal data, no access record.
void Api::HeadCase(const Caller& caller, Request request, Responder respond) {
  auto stream = CaseOf(request);
  if (!stream.ok()) return respond(ProblemResponse(stream.status(), caller.english));
  events::Partition p = events::PartitionOf(*stream, ports_.partitions);
  if (SentOn(p, request, respond)) return;
  auto row = ports_.rows.Get(projections::CardKey(p, *stream));
  auto card = row ? projections::DecodeCard(*row) : std::nullopt;
  auto stream_row = ports_.rows.Get(projections::StreamKey(p, *stream));
  absl::CivilDay today = absl::ToCivilDay(ports_.clock.Now(), events::ChinaTime());
  bool shown = card && stream_row &&
               aggregates::MayList(caller.actor, projections::FactsOf(*card),
                                   *ports_.engine.registry(), today);
  if (!shown) return respond(ProblemResponse(Refuse(Reason::NOT_FOUND), caller.english));
  http::Response response;
  response.headers.emplace_back(
      "ETag", absl::StrCat("\"", projections::DecodeStream(*stream_row).version, "\""));
  respond(std::move(response));
}

// The cases within the caller's scope: number, day, unit; never personal data.
void Api::ListCases(const Caller& caller, Request request, Responder respond) {
  uint32_t limit = 50;
  if (auto text = request.Query("limit")) {
    if (!absl::SimpleAtoi(*text, &limit) || limit == 0 || limit > 200) {
      return respond(ProblemResponse(
          Refuse(Reason::INVALID_FIELD, "limit is a number from 1 to 200"), caller.english));
    }
  }
  std::string from;
  if (auto cursor = request.Query("cursor")) {
    if (!absl::WebSafeBase64Unescape(*cursor, &from) || from.size() != 19) {
      return respond(ProblemResponse(Refuse(Reason::INVALID_FIELD, "cursor is not one of ours"),
                                     caller.english));
    }
  }
  auto registry = ports_.engine.registry();
  absl::CivilDay today = absl::ToCivilDay(ports_.clock.Now(), events::ChinaTime());
  json::array list;
  std::string next;
  for (events::Partition p = 0; p < ports_.partitions && next.empty(); ++p) {
    std::string prefix = projections::ViewPrefix(p, 'C');
    if (from > prefix && from.substr(0, 2) > prefix.substr(0, 2)) continue;
    ports_.rows.Scan(
        prefix, std::max(prefix, from), [&](absl::string_view key, absl::string_view value) {
          auto card = projections::DecodeCard(value);
          if (!card) return true;
          auto stream = events::IdFromBytes<events::StreamId>(key.substr(3));
          if (!aggregates::MayList(caller.actor, projections::FactsOf(*card), *registry, today))
            return true;
          if (list.size() == limit) {
            next = std::string(key);
            return false;
          }
          json::object entry;
          entry["case"] = events::ToHex(stream);
          entry["caseNo"] = events::CaseNumber(stream);
          entry["status"] = card->closed ? "closed" : card->opened ? "open" : "reported";
          if (!card->kind.empty()) entry["kind"] = card->kind;
          if (!card->owner.empty()) entry["owner"] = card->owner;
          if (!card->county.empty()) entry["county"] = card->county;
          entry["startedAt"] = events::FormatTime(absl::ToUnixMicros(card->started_at));
          entry["changedAt"] = events::FormatTime(absl::ToUnixMicros(card->changed_at));
          list.push_back(std::move(entry));
          return true;
        });
  }
  json::object body;
  body["cases"] = std::move(list);
  if (!next.empty()) body["next"] = absl::WebSafeBase64Escape(next);
  respond(JsonResponse(body));
}

}  // namespace guitu::app
