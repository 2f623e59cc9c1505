#include "adapters/app/plan_events.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "events/json.h"
#include "events/schema/plan.capnp.h"
#include "events/schema/registry.capnp.h"

extern "C" const char guitu_plan_begin[];
extern "C" const char guitu_plan_end[];

namespace guitu::app {
namespace {

namespace json = boost::json;
using aggregates::PlanDocument;
using aggregates::PlanItem;
using aggregates::PlanUnit;

std::string Text(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::optional<int> Number(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return static_cast<int>(value->get_int64());
}

const json::array& List(const json::object& object, const char* key) {
  static const json::array empty;
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : empty;
}

std::vector<std::string> Texts(const json::object& object, const char* key) {
  std::vector<std::string> out;
  for (const json::value& value : List(object, key)) {
    if (value.is_string()) out.emplace_back(value.get_string());
  }
  return out;
}

PlanItem ReadItem(const json::object& in) {
  PlanItem item;
  item.item = Text(in, "item");
  item.article = Text(in, "article");
  item.title = Text(in, "title");
  item.text = item.title;
  item.lead = Texts(in, "lead");
  item.support = Texts(in, "support");
  item.line = Number(in, "line").value_or(0);
  item.table_line = Number(in, "tableLine");
  item.year = Number(in, "year");
  const json::value* conflict = in.if_contains("conflict");
  item.conflict = conflict != nullptr && conflict->is_bool() && conflict->get_bool();
  for (const json::value& value : List(in, "milestones")) {
    const json::object& milestone = value.get_object();
    item.milestones.push_back({Number(milestone, "year"), Text(milestone, "text"),
                               Number(milestone, "line").value_or(0)});
  }
  for (const json::value& value : List(in, "readings")) {
    const json::object& reading = value.get_object();
    item.readings.push_back({Text(reading, "source"), Text(reading, "field"), Text(reading, "text"),
                             Number(reading, "line").value_or(0)});
  }
  return item;
}

schema::UnitKind KindOf(const std::string& kind) {
  if (kind == "member") return schema::UnitKind::MEMBER;
  if (kind == "office") return schema::UnitKind::OFFICE;
  if (kind == "county") return schema::UnitKind::COUNTY;
  return kind == "body" ? schema::UnitKind::INSTITUTION : schema::UnitKind::OTHER;
}

// For whom it acts. The office sits in public security, but acts for nobody: its rights are its
// own.
std::string Superior(const PlanUnit& unit) { return unit.kind == "office" ? "" : unit.acts_for; }

events::Event UnitEvent(const PlanUnit& unit, absl::Time now) {
  return events::MakeEvent<schema::UnitSet>(now, [&](auto data) {
    data.setCode(unit.code);
    data.setName(unit.name_zh);
    data.setKind(KindOf(unit.kind));
    if (!Superior(unit).empty()) data.setParent(Superior(unit));
    if (unit.kind == "county") data.setCounty(unit.code);
    data.setActive(schema::YesNo::YES);
  });
}

template <typename Builder>
void SetTexts(Builder out, const std::vector<std::string>& texts) {
  for (size_t i = 0; i < texts.size(); ++i) out.set(static_cast<uint>(i), texts[i]);
}

void FillItem(const PlanItem& item, schema::PlanItemSet::Builder data) {
  data.setItem(item.item);
  if (!item.text.empty()) data.setText(item.text);
  SetTexts(data.initLead(static_cast<uint>(item.lead.size())), item.lead);
  SetTexts(data.initSupport(static_cast<uint>(item.support.size())), item.support);
  auto milestones = data.initPerYear(static_cast<uint>(item.milestones.size()));
  for (uint i = 0; i < milestones.size(); ++i) {
    const auto& milestone = item.milestones[i];
    if (milestone.year) milestones[i].setYear(static_cast<uint32_t>(*milestone.year));
    milestones[i].setText(milestone.text);
    milestones[i].setLine(static_cast<uint32_t>(milestone.line));
  }
  data.setArticle(item.article.empty() ? "-" : item.article);
  data.setLine(static_cast<uint32_t>(item.line));
  auto readings = data.initReadings(static_cast<uint>(item.readings.size()));
  for (uint i = 0; i < readings.size(); ++i) {
    const auto& reading = item.readings[i];
    readings[i].setSource(reading.source);
    readings[i].setField(reading.field);
    if (!reading.text.empty()) readings[i].setText(reading.text);
    readings[i].setLine(static_cast<uint32_t>(reading.line));
  }
  data.setConflict(item.conflict ? schema::YesNo::YES : schema::YesNo::NO);
  if (item.year) data.setYear(static_cast<uint32_t>(*item.year));
}

}  // namespace

absl::StatusOr<PlanDocument> ShippedPlan() {
  absl::string_view bytes(guitu_plan_begin, static_cast<size_t>(guitu_plan_end - guitu_plan_begin));
  auto parsed = events::ParseJson(bytes);
  if (!parsed.ok()) return parsed.status();
  if (!parsed->is_object()) return absl::DataLossError("the shipped plan does not read");
  PlanDocument plan;
  for (const json::value& value : List(parsed->get_object(), "units")) {
    const json::object& unit = value.get_object();
    plan.units.push_back({Text(unit, "code"), Text(unit, "name"), Texts(unit, "variants"),
                          Text(unit, "kind"), Text(unit, "actsFor")});
  }
  for (const json::value& value : List(parsed->get_object(), "items")) {
    plan.items.push_back(ReadItem(value.get_object()));
  }
  return plan;
}

std::vector<events::Event> PlanEvents(const PlanDocument& plan, absl::Time now) {
  std::vector<events::Event> out;
  for (bool dependent : {false, true}) {
    for (const PlanUnit& unit : plan.units) {
      if (dependent == !Superior(unit).empty()) out.push_back(UnitEvent(unit, now));
    }
  }
  for (const PlanItem& item : plan.items) {
    out.push_back(events::MakeEvent<schema::PlanItemSet>(
        now, [&](schema::PlanItemSet::Builder data) { FillItem(item, data); }));
  }
  return out;
}

}  // namespace guitu::app
