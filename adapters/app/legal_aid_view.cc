#include "adapters/app/legal_aid_view.h"

#include <boost/json/array.hpp>
#include <map>

#include "absl/strings/str_cat.h"
#include "aggregates/case/decider.h"
#include "aggregates/case/law.h"
#include "events/boxes.h"
#include "events/json.h"
#include "events/schema/aftercare.capnp.h"
#include "events/schema/legal_aid.capnp.h"
#include "events/values.h"
#include "projections/archive.h"

namespace guitu::app {
namespace {

namespace json = boost::json;
using aggregates::Age;

struct Application {
  uint32_t number = 0;
  events::Event applied;
  std::optional<events::Event> decided;
};

// The case as its events tell it, and the applications in it.
struct Told {
  aggregates::CaseState state;
  std::vector<Application> applications;
};

absl::StatusOr<Told> Tell(const std::vector<std::string>& rows, const RenderContext& context,
                          events::Sealer& sealer) {
  Told told;
  for (const std::string& bytes : rows) {
    auto row = projections::DecodeEventRow(bytes);
    if (!row) return absl::DataLossError("a row of the archive does not read");
    events::SegmentReader payload(row->payload);
    uint32_t index = 0;
    for (auto in : payload.Root<schema::Payload>().getEvents()) {
      events::OpenContext open{context.log_id, context.stream, row->command_id, index,
                               [](const events::SubjectId&, schema::Category) { return true; }};
      auto event = events::OpenEvent(in, open, sealer);
      if (!event.ok()) return event.status();
      uint32_t number = row->first + index++;
      if (event->Is<schema::LegalAidApplied>())
        told.applications.push_back({number, *event, std::nullopt});
      if (event->Is<schema::LegalAidDecided>()) {
        uint32_t of = event->As<schema::LegalAidDecided>().getOf().getSequence();
        for (Application& application : told.applications) {
          if (application.number == of) application.decided = *event;
        }
      }
      told.state = aggregates::CaseDecider::Evolve(std::move(told.state), *event);
    }
  }
  return told;
}

json::string Text(capnp::Text::Reader text) { return json::string(text.begin(), text.size()); }

json::object Clock(const char* name, absl::CivilDay ends, absl::CivilDay today,
                   std::optional<absl::CivilDay> stopped, const char* article) {
  json::object clock{{"clock", name},
                     {"ends", events::FormatDate(events::FromCivilDay(ends))},
                     {"article", article}};
  if (stopped) {
    clock["state"] = *stopped <= ends ? "stopped in time" : "stopped late";
    if (*stopped > ends) clock["daysLate"] = *stopped - ends;
  } else {
    clock["state"] = today <= ends ? "running" : "breached";
    clock["daysLeft"] = ends - today;
  }
  return clock;
}

json::object ToJson(const Application& application, const Told& told, absl::CivilDay today,
                    const aggregates::RuleData& rules) {
  auto applied = application.applied.As<schema::LegalAidApplied>();
  json::object out{{"event", application.number}};
  out["applicant"] = applied.getApplicant().isSelf() ? "self" : "related";
  if (applied.hasRelation()) out["relation"] = Text(applied.getRelation().getCode());
  out["applicantFlagged"] =
      aggregates::IsFlagged(told.state, aggregates::RelatedTo(applied.getApplicant()));
  out["guardianConflict"] = applied.getGuardianConflict() == schema::YesNo::YES;
  out["greenChannel"] = applied.getGreenChannel() == schema::YesNo::YES;
  out["means"] = Text(applied.getMeans().getCode());
  absl::CivilDay received =
      aggregates::DayOf(absl::FromUnixMicros(applied.getReceivedAt().getMicros()));
  std::optional<absl::CivilDay> stopped;
  if (application.decided) {
    auto decided = application.decided->As<schema::LegalAidDecided>();
    out["outcome"] = Text(decided.getOutcome().getCode());
    stopped = aggregates::DayOf(absl::FromUnixMicros(decided.getAt().getMicros()));
  }
  json::array clocks;
  clocks.push_back(Clock("K11", aggregates::LastDayOf(rules, "K11", received), today, stopped,
                         "法律援助法第43条"));
  if (applied.hasLimitation()) {
    absl::CivilDay limitation = events::ToCivilDay(applied.getLimitation().getDays());
    out["limitation"] = events::FormatDate(applied.getLimitation().getDays());
    clocks.push_back(Clock("K13", limitation, today, stopped, "法律援助法第44条"));
  }
  out["clocks"] = std::move(clocks);
  return out;
}

const char* AgeText(Age age) {
  switch (age) {
    case Age::kMinor:
      return "minor";
    case Age::kAdult:
      return "adult";
    case Age::kUnknown:
      return "unknown";
  }
  return "unknown";
}

}  // namespace

absl::StatusOr<json::object> RenderLegalAid(const std::vector<std::string>& rows,
                                            const RenderContext& context, absl::Time now,
                                            const aggregates::RuleData& rules,
                                            events::Sealer& sealer) {
  auto told = Tell(rows, context, sealer);
  if (!told.ok()) return told.status();
  absl::CivilDay today = aggregates::DayOf(now);
  json::object out{{"case", events::ToHex(context.stream)},
                   {"caseNo", events::CaseNumber(context.stream)}};
  out["version"] = events::WriteNumber(context.version);
  out["age"] = AgeText(aggregates::AgeOn(told->state, rules, today));
  out["capacityLimited"] = aggregates::LacksCapacity(told->state);
  json::array conflicts;
  for (const auto& [person, related] : told->state.persons) {
    if (related.conflicted) conflicts.emplace_back(events::ToHex(person));
  }
  out["conflictMarks"] = std::move(conflicts);
  json::array applications;
  for (const Application& application : told->applications) {
    applications.push_back(ToJson(application, *told, today, rules));
  }
  out["applications"] = std::move(applications);
  return out;
}

}  // namespace guitu::app
