#include "adapters/app/render.h"

#include <boost/json/array.hpp>
#include <functional>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "events/boxes.h"
#include "events/json.h"
#include "events/record.h"
#include "events/schema/aftercare.capnp.h"
#include "events/schema/rescue.capnp.h"
#include "events/values.h"
#include "projections/archive.h"

namespace guitu::app {
namespace {

namespace json = boost::json;

json::string Text(absl::string_view text) { return json::string(text.data(), text.size()); }
json::string Text(absl::Time time) { return Text(events::FormatTime(absl::ToUnixMicros(time))); }

struct Entry {
  uint32_t number = 0;
  events::Event event;
  const projections::EventRow& row;
  const events::MetaFields& meta;
};

bool Shown(const aggregates::Grant& grant, schema::Category category) {
  // A field without a class is shown to whoever may see every class.
  if (category == schema::Category::UNSPECIFIED) return !grant.masked;
  return (grant.classes >> static_cast<uint32_t>(category)) & 1;
}

json::object Write(const Entry& entry, const RenderContext& context) {
  const events::EventType& type = *entry.event.type;
  json::object out;
  out["number"] = entry.number;
  out["type"] = Text(type.name);
  out["row"] = Text(type.number);
  out["label"] = json::object{{"zh", Text(type.spec->label.zh)}, {"en", Text(type.spec->label.en)}};
  out["occurredAt"] = Text(entry.event.occurred_at);
  out["recordedAt"] = Text(entry.row.recorded_at);
  out["recordedBy"] = json::object{{"staff", Text(entry.meta.actor)},
                                   {"unit", Text(entry.meta.unit)},
                                   {"role", Text(entry.meta.role)}};
  out["version"] = events::WriteNumber(entry.row.version);
  out["receipt"] = Text(absl::StrCat(context.partition, "/", entry.row.offset));
  out["data"] = events::WriteData(entry.event, context.subject);
  auto circumstances = entry.event.body->content().getCircumstances();
  if (!circumstances.isNull()) {
    const events::StructSpec& spec = events::Catalogue::Get().circumstances();
    out["circumstances"] =
        events::WriteStruct(circumstances.getAs<capnp::DynamicStruct>(spec.schema), spec);
  }
  return out;
}

absl::Status ForEach(const std::vector<std::string>& rows, const RenderContext& context,
                     events::Sealer& sealer, const std::function<void(const Entry&)>& visit) {
  for (const std::string& bytes : rows) {
    auto row = projections::DecodeEventRow(bytes);
    if (!row) return absl::DataLossError("a row of the archive does not read");
    if (context.known_at && row->recorded_at > *context.known_at) break;
    auto meta = events::DecodeMeta(row->meta);
    if (!meta.ok()) return meta.status();
    events::SegmentReader payload(row->payload);
    uint32_t index = 0;
    for (auto in : payload.Root<schema::Payload>().getEvents()) {
      uint32_t at = index++;
      events::OpenContext open{context.log_id, context.stream, row->command_id, at,
                               [&](const events::SubjectId&, schema::Category category) {
                                 return Shown(context.grant, category);
                               }};
      auto event = events::OpenEvent(in, open, sealer);
      if (!event.ok()) return event.status();
      if (context.as_of && event->occurred_at > *context.as_of) continue;
      visit(Entry{row->first + at, *std::move(event), *row, *meta});
    }
  }
  return absl::OkStatus();
}

json::object Frame(const RenderContext& context) {
  json::object out;
  if (context.item.empty()) {
    out["case"] = Text(events::ToHex(context.stream));
    out["caseNo"] = Text(events::CaseNumber(context.stream));
  } else {
    out["item"] = Text(context.item);
  }
  out["version"] = events::WriteNumber(context.version);
  if (context.as_of) out["asOf"] = Text(*context.as_of);
  if (context.known_at) out["knownAt"] = Text(*context.known_at);
  out["masked"] = context.grant.masked;
  return out;
}

// What the schedule says of each 58 that names a visit: in time, in time but recorded late, or late
// (domain/clocks.md, "Late record"). A 59 written before it stays.
class Visits {
 public:
  void Add(const Entry& entry, json::object& out) {
    if (entry.event.Is<schema::FollowUpScheduled>()) {
      due_[entry.number] = entry.event.As<schema::FollowUpScheduled>().getDue().getDays();
    } else if (entry.event.Is<schema::FollowUpMissed>()) {
      missed_.insert(entry.event.As<schema::FollowUpMissed>().getOf().getSequence());
    } else if (entry.event.Is<schema::FollowUpCompleted>()) {
      auto made = entry.event.As<schema::FollowUpCompleted>();
      auto due = due_.find(made.getOf().getSequence());
      absl::string_view result = made.getResult().getCode().cStr();
      bool seen = result == "seenAlone" || result == "seen";
      if (!seen || made.getOf().hasStream() || due == due_.end()) return;
      out["visit"] = Reading(entry, due->first, events::ToCivilDay(due->second));
    }
  }

 private:
  json::object Reading(const Entry& entry, uint32_t number, absl::CivilDay due) const {
    auto day = [](absl::Time time) { return absl::ToCivilDay(time, events::ChinaTime()); };
    absl::CivilDay made = day(entry.event.occurred_at);
    json::object out{{"due", events::FormatDate(events::FromCivilDay(due))}};
    if (made > due) {
      out["reads"] = "late";
      out["daysLate"] = made - due;
    } else {
      out["reads"] = day(entry.row.recorded_at) > due ? "in-time-recorded-late" : "in-time";
    }
    out["missedRecorded"] = missed_.contains(number);
    return out;
  }

  std::map<uint32_t, int32_t> due_;  // by number of 57
  std::set<uint32_t> missed_;
};

// The open facts that 5 gives, as of the moment asked for.
void AddFacts(const Entry& entry, json::object& out) {
  if (!entry.event.Is<schema::CaseOpened>()) return;
  auto opened = entry.event.As<schema::CaseOpened>();
  auto text = [](capnp::Text::Reader t) { return json::string(t.begin(), t.size()); };
  out["status"] = "open";
  out["kind"] = text(opened.getKind().getCode());
  out["owner"] = text(opened.getOwner());
  out["county"] = text(opened.getCounty());
  out["openedAt"] = Text(entry.event.occurred_at);
}

}  // namespace

absl::StatusOr<json::object> RenderArchive(const std::vector<std::string>& rows,
                                           const RenderContext& context, events::Sealer& sealer) {
  json::object out = Frame(context);
  out["status"] = "reported";
  json::object sections;
  absl::Status status = ForEach(rows, context, sealer, [&](const Entry& entry) {
    AddFacts(entry, out);
    json::value& section = sections[entry.event.type->chapter];
    if (!section.is_array()) section.emplace_array();
    section.as_array().push_back(Write(entry, context));
  });
  if (!status.ok()) return status;
  out["sections"] = std::move(sections);
  return out;
}

absl::StatusOr<json::object> RenderList(const std::vector<std::string>& rows,
                                        absl::string_view name, const RenderContext& context,
                                        events::Sealer& sealer) {
  json::object out = Frame(context);
  json::array list;
  Visits visits;
  absl::Status status = ForEach(rows, context, sealer, [&](const Entry& entry) {
    json::object written = Write(entry, context);
    visits.Add(entry, written);
    list.push_back(std::move(written));
  });
  if (!status.ok()) return status;
  out.emplace(json::string_view(name.data(), name.size()), std::move(list));
  return out;
}

}  // namespace guitu::app
