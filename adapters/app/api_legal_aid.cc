// The green channel: the few facts and clocks that legal aid needs, each pull an access record.
#include <boost/json/serialize.hpp>

#include "absl/strings/str_cat.h"
#include "adapters/app/api.h"
#include "adapters/app/legal_aid_view.h"
#include "events/derive.h"
#include "events/reason.h"

namespace guitu::app {

using events::Reason;
using events::Refuse;

void Api::AddLegalAidRoutes(http::Router& router) {
  router.Add("GET", "/v1/legal-aid/cases/{id}",
             WithCaller([this](const Caller& caller, Request request, Responder respond) {
               GetLegalAidCase(caller, std::move(request), std::move(respond));
             }));
}

void Api::GetLegalAidCase(const Caller& caller, Request request, Responder respond) {
  auto stream = events::ParseId<events::StreamId>(request.Param("id"));
  if (!stream || stream->empty())
    return respond(ProblemResponse(Refuse(Reason::NOT_FOUND), caller.english));
  if (SentOn(events::PartitionOf(*stream, ports_.partitions), request, respond)) return;
  runtime::Request command;
  command.actor = caller.actor;
  command.stream = *stream;
  command.what =
      runtime::Read{"legal-aid", std::string(request.Header("Purpose-Of-Use").value_or(""))};
  RenderContext context;
  context.log_id = ports_.log_id;
  context.stream = *stream;
  context.subject = events::SubjectOfCase(ports_.hash, ports_.salt, *stream);
  bool english = caller.english;
  ports_.engine.Submit(std::move(command), [this, respond, english,
                                            context](runtime::Answer answer) {
    if (!answer.status.ok()) return respond(ProblemResponse(answer.status, english));
    respond(http::Response::Later([this, english, context, answer = std::move(answer)]() mutable {
      if (runtime::TooLate(answer, ports_.clock.Monotonic()))
        return ProblemResponse(Refuse(Reason::SETTLING), english);
      context.version = answer.version;
      auto rows = runtime::ReleasedRows(ports_.rows, answer);
      auto body = RenderLegalAid(rows, context, ports_.clock.Now(), ports_.rules, ports_.sealer);
      if (!body.ok()) return ProblemResponse(body.status(), english);
      http::Response response;
      response.body = boost::json::serialize(*body);
      response.headers.emplace_back("ETag", absl::StrCat("\"", answer.version, "\""));
      response.headers.emplace_back("Guitu-Receipt",
                                    absl::StrCat(answer.partition, "/", answer.offset));
      return response;
    }));
  });
}

}  // namespace guitu::app
