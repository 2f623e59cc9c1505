#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "adapters/app/plan_events.h"
#include "adapters/crypto/sha256.h"
#include "aggregates/plan/plan_document.h"
#include "events/json.h"
#include "events/values.h"
#include "tools/console.h"
#include "tools/http_calls.h"

namespace guitu::tools {
namespace {

namespace json = boost::json;

void Report(const aggregates::PlanDocument& plan) {
  for (const aggregates::PlanDefect& defect : plan.defects) {
    std::string number = defect.number > 0 ? absl::StrCat("#", defect.number, " ") : "";
    Say(absl::StrCat("line ", defect.line, ": ", number, defect.item, " ", defect.zh, " / ",
                     defect.en));
  }
  size_t conflicts = 0;
  for (const aggregates::PlanItem& item : plan.items) conflicts += item.conflict ? 1 : 0;
  Say(absl::StrCat(plan.units.size(), " units, ", plan.items.size(), " items, ", conflicts,
                   " of them in conflict, ", plan.defects.size(), " defects."));
}

// Records one event of the plan; a retry, or an import of the same document again, changes nothing.
absl::StatusOr<Reply> RecordOne(Session& session, const events::Event& event) {
  json::object entry{{"type", event.type->name},
                     {"occurredAt", events::FormatTime(absl::ToUnixMicros(event.occurred_at))},
                     {"data", events::WriteData(event, {})}};
  std::string content = json::serialize(entry.at("data"));
  std::string key = absl::StrCat("plan-import-", events::ToHex(crypto::Sha256({content})));
  json::object body{{"events", json::array{std::move(entry)}}};
  std::string target = event.type->number == "71" ? "/v1/plan" : "/v1/registry/units";
  auto reply = session.Post(target, key, "", body);
  if (!reply.ok() || reply->status != 428) return reply;
  // The item stands already, with other content: set it anew on the version it has.
  const json::value* version = reply->body.get_object().if_contains("currentVersion");
  if (version == nullptr) return reply;
  return session.Post(target, key, absl::StrCat("\"", json::serialize(*version), "\""), body);
}

// Whether the unit stands as the plan has it. After the set-up a unit is set by two administrators,
// and one that nothing changes about should ask nobody.
bool Stands(const json::array& units, const events::Event& event) {
  if (event.type->number != "90") return false;
  json::value wanted = events::WriteData(event, {});
  return std::find(units.begin(), units.end(), wanted) != units.end();
}

absl::StatusOr<json::array> UnitsThere(Session& session) {
  auto reply = session.Get("/v1/registry/units");
  if (!reply.ok()) return reply.status();
  const json::object* body = reply->body.if_object();
  const json::value* units = body != nullptr ? body->if_contains("units") : nullptr;
  if (units != nullptr && units->is_array()) return units->get_array();
  std::string why = absl::StrCat("the units: ", Explain(*reply));
  return reply->status < 500 ? absl::FailedPreconditionError(why) : absl::UnavailableError(why);
}

int RecordPlan(const aggregates::PlanDocument& plan, const PlanImportOptions& options) {
  auto server = http::Client::ParseUrl(options.server);
  if (!server.ok()) return Fail(server.status());
  auto token = ReadTokenFile(options.token_file);
  if (!token.ok()) return Fail(token.status());
  Session session(*server, *token);
  // The day of the plan: the same on every import, so that equal content is an equal command.
  absl::Time issued = absl::FromCivil(absl::CivilDay(2022, 1, 18), events::ChinaTime());
  auto units = UnitsThere(session);
  if (!units.ok()) return Fail(units.status());
  size_t recorded = 0, stood = 0;
  for (const events::Event& event : app::PlanEvents(plan, issued)) {
    if (Stands(*units, event)) {
      ++stood;
      continue;
    }
    auto reply = RecordOne(session, event);
    if (!reply.ok()) return Fail(reply.status());
    if (reply->status >= 300) {
      Complain(absl::StrCat(event.type->name, ": ", Explain(*reply)));
      return reply->status < 500 ? kRefused : kEnvironment;
    }
    ++recorded;
  }
  Say(absl::StrCat("Recorded ", recorded, " units and items; ", stood, " units stood already."));
  return kDone;
}

}  // namespace

int PlanImport(const PlanImportOptions& options) {
  std::ifstream file(options.file, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return Fail(absl::UnavailableError("the document cannot be read"));
  auto plan = aggregates::ParsePlanDocument(text.str());
  if (!plan.ok()) {
    Complain(plan.status().message());
    return kRefused;
  }
  if (options.json) {
    Say(aggregates::ToJson(*plan));
  } else {
    Report(*plan);
  }
  return options.server.empty() ? kDone : RecordPlan(*plan, options);
}

}  // namespace guitu::tools
