// The follow-up schedule: what is due, overdue, upcoming and missed, by unit and worker, paged.
// Case number, due day, unit, worker, step; never personal data.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "adapters/app/api.h"
#include "events/json.h"
#include "events/reason.h"
#include "events/values.h"
#include "projections/archive.h"
#include "projections/follow_ups.h"
#include "projections/keys.h"

namespace guitu::app {

namespace json = boost::json;
using events::Reason;
using events::Refuse;
using projections::Visit;

namespace {

struct Found {
  events::Partition partition = 0;
  Visit visit;
  // Order of the list and meaning of the cursor: due day first.
  std::string Position() const {
    return events::ByteWriter()
        .U32(static_cast<uint32_t>(visit.due) ^ 0x80000000u)
        .U16(static_cast<uint16_t>(partition))
        .Id(visit.stream)
        .U32(visit.number)
        .Take();
  }
};

struct Filter {
  std::string status, unit, worker;
  std::optional<int32_t> before;  // due before this day
  std::string after;              // position, exclusive
  uint32_t limit = 50;
};

absl::StatusOr<Filter> ReadFilter(const http::Request& request) {
  Filter filter;
  filter.status = std::string(request.Query("status").value_or(""));
  filter.unit = std::string(request.Query("unit").value_or(""));
  filter.worker = std::string(request.Query("worker").value_or(""));
  bool known = filter.status.empty() || filter.status == "due" || filter.status == "overdue" ||
               filter.status == "upcoming" || filter.status == "missed";
  if (!known) return Refuse(Reason::INVALID_FIELD, "status is due, overdue, upcoming or missed");
  if (auto text = request.Query("before")) {
    filter.before = events::ParseDate(*text);
    if (!filter.before) return Refuse(Reason::INVALID_FIELD, "before is a day YYYY-MM-DD");
  }
  if (auto text = request.Query("limit")) {
    if (!absl::SimpleAtoi(*text, &filter.limit) || filter.limit == 0 || filter.limit > 200) {
      return Refuse(Reason::INVALID_FIELD, "limit is a number from 1 to 200");
    }
  }
  if (auto text = request.Query("cursor")) {
    if (!absl::WebSafeBase64Unescape(*text, &filter.after) || filter.after.size() != 26) {
      return Refuse(Reason::INVALID_FIELD, "cursor is not one of ours");
    }
  }
  return filter;
}

json::object ToJson(const Found& found, absl::CivilDay today) {
  const Visit& visit = found.visit;
  json::object out;
  out["case"] = events::ToHex(visit.stream);
  out["caseNo"] = events::CaseNumber(visit.stream);
  out["event"] = visit.number;
  absl::string_view status = projections::NameOf(projections::StatusOf(visit, today));
  out["status"] = json::string(status.data(), status.size());
  out["due"] = events::FormatDate(visit.due);
  absl::CivilDay due = events::ToCivilDay(visit.due);
  if (today > due) out["daysLate"] = today - due;
  if (!visit.unit.empty()) out["unit"] = visit.unit;
  if (!visit.worker.empty()) out["worker"] = visit.worker;
  if (!visit.kind.empty()) out["kind"] = visit.kind;
  if (!visit.cadence.empty()) out["cadence"] = visit.cadence;
  if (visit.step >= 0) out["step"] = visit.step;
  return out;
}

}  // namespace

void Api::AddFollowUpRoutes(http::Router& router) {
  router.Add("GET", "/v1/follow-ups",
             WithFreshCaller([this](const Caller& caller, Request request, Responder respond) {
               ListFollowUps(caller, std::move(request), std::move(respond));
             }));
}

void Api::ListFollowUps(const Caller& caller, Request request, Responder respond) {
  auto filter = ReadFilter(request);
  if (!filter.ok()) return respond(ProblemResponse(filter.status(), caller.english));
  auto registry = ports_.engine.registry();
  absl::CivilDay today = absl::ToCivilDay(ports_.clock.Now(), events::ChinaTime());
  auto shown = [&](const Found& found) {
    if (!filter->after.empty() && found.Position() <= filter->after) return false;
    if (!filter->unit.empty() && found.visit.unit != filter->unit) return false;
    if (!filter->worker.empty() && found.visit.worker != filter->worker) return false;
    absl::string_view status = projections::NameOf(projections::StatusOf(found.visit, today));
    if (!filter->status.empty() && status != filter->status) return false;
    auto row = ports_.rows.Get(projections::CardKey(found.partition, found.visit.stream));
    auto card = row ? projections::DecodeCard(*row) : std::nullopt;
    return card && aggregates::MayList(caller.actor, projections::FactsOf(*card), *registry, today);
  };
  std::vector<Found> list;
  for (events::Partition p = 0; p < ports_.partitions; ++p) {
    size_t taken = 0;
    std::string prefix = projections::VisitPrefix(p);
    // The cursor begins with the due day, as the key does behind its prefix.
    std::string from =
        filter->after.empty() ? prefix : absl::StrCat(prefix, filter->after.substr(0, 4));
    ports_.rows.Scan(prefix, from, [&](absl::string_view, absl::string_view value) {
      auto visit = projections::DecodeVisit(value);
      if (!visit) return true;
      if (filter->before && visit->due >= *filter->before) return false;
      Found found{p, *std::move(visit)};
      if (shown(found)) {
        list.push_back(std::move(found));
        ++taken;
      }
      return taken <= filter->limit;
    });
  }
  std::sort(list.begin(), list.end(),
            [](const Found& a, const Found& b) { return a.Position() < b.Position(); });
  json::array visits;
  for (size_t i = 0; i < list.size() && i < filter->limit; ++i)
    visits.push_back(ToJson(list[i], today));
  json::object body;
  body["followUps"] = std::move(visits);
  if (list.size() > filter->limit) {
    body["next"] = absl::WebSafeBase64Escape(list[filter->limit - 1].Position());
  }
  http::Response response;
  response.body = json::serialize(body);
  respond(std::move(response));
}

}  // namespace guitu::app
