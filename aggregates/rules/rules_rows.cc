#include "absl/strings/string_view.h"
#include "aggregates/rules/rules_data.h"

namespace guitu::aggregates {
namespace {

std::string Str(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

template <typename List>
std::vector<std::string> Texts(List list) {
  std::vector<std::string> texts;
  texts.reserve(list.size());
  for (auto text : list) texts.push_back(Str(text));
  return texts;
}

// Absent numbers are -1 in the schema.
std::optional<int32_t> Number(int32_t number) {
  if (number < 0) return std::nullopt;
  return number;
}

CadenceStep ReadStep(schema::VisitStep::Reader step) {
  return {step.getDay(), step.getWindow(), step.getGrace()};
}

template <typename List>
std::vector<CadenceStep> ReadSteps(List list) {
  std::vector<CadenceStep> steps;
  steps.reserve(list.size());
  for (auto step : list) steps.push_back(ReadStep(step));
  return steps;
}

template <typename Enum, typename List>
std::vector<Enum> ReadEnums(List list) {
  std::vector<Enum> values;
  values.reserve(list.size());
  for (Enum value : list) values.push_back(value);
  return values;
}

Cadence ReadCadence(schema::VisitCadence::Reader type) {
  Cadence cadence;
  cadence.id = Str(type.getId());
  cadence.zh = Str(type.getZh());
  cadence.en = Str(type.getEn());
  cadence.steps = ReadSteps(type.getSteps());
  if (type.hasRepeat()) cadence.repeat = ReadStep(type.getRepeat());
  cadence.term_bounds = type.getTermBounds() == schema::YesNo::YES;
  cadence.after_end = ReadSteps(type.getAfterEnd());
  auto ends = type.getEnds();
  cadence.ends_after_days = Number(ends.getAfterDays());
  cadence.counted_from = ends.getCountedFrom();
  cadence.ends_needs = ReadEnums<schema::EndCondition>(ends.getNeeds());
  cadence.ends_or_on = ReadEnums<schema::EndCondition>(ends.getOrOn());
  cadence.who = Texts(type.getWho());
  cadence.conditions = ReadEnums<schema::VisitCondition>(type.getConditions());
  cadence.on_top = type.getOnTop() == schema::YesNo::YES;
  cadence.plus = Texts(type.getPlus());
  cadence.as_mother = type.getAsMother() == schema::YesNo::YES;
  cadence.reassess_days = Number(type.getReassessDays());
  return cadence;
}

Parameter ReadParameter(schema::RuleFigures::Reader figures, schema::Parameter::Reader in) {
  Parameter out;
  out.name = Str(in.getName());
  out.rule = Str(figures.getRule());
  out.number = Number(in.getNumber());
  out.unit = in.getUnit();
  if (in.getYes() == schema::YesNo::YES) out.yes = true;
  if (in.getYes() == schema::YesNo::NO) out.yes = false;
  out.text = Str(in.getText());
  out.zh = Str(in.getZh());
  out.en = Str(in.getEn());
  out.source = Str(figures.getSource());
  out.mark = figures.getMark();
  out.reaches_back = figures.getReachesBack() == schema::YesNo::YES;
  return out;
}

}  // namespace

absl::CivilDay CivilDayOf(schema::Date::Reader date) {
  return absl::CivilDay(1970, 1, 1) + date.getDays();
}

namespace rules_internal {

std::shared_ptr<const CodeTable> ReadCodes(schema::CodeListPublished::Reader row,
                                           const CodeTable* before) {
  auto table =
      before == nullptr ? std::make_shared<CodeTable>() : std::make_shared<CodeTable>(*before);
  table->version = static_cast<int>(row.getVersion());
  for (auto in : row.getCodes()) {
    CodeLabel label{Str(in.getCode()), Str(in.getZh()), Str(in.getEn()), std::nullopt,
                    Str(in.getMap())};
    if (in.hasEndedOn()) label.ended_on = CivilDayOf(in.getEndedOn());
    auto [it, fresh] = table->by_code.try_emplace(label.code, table->codes.size());
    if (fresh) {
      table->codes.push_back(std::move(label));
    } else {
      table->codes[it->second] = std::move(label);
    }
  }
  return table;
}

std::shared_ptr<const CadenceTable> ReadCadences(schema::CadencePublished::Reader row) {
  auto table = std::make_shared<CadenceTable>();
  table->version = static_cast<int>(row.getVersion());
  table->from = CivilDayOf(row.getFrom());
  for (auto type : row.getTypes()) table->types.push_back(ReadCadence(type));
  return table;
}

std::shared_ptr<const FigureTable> ReadFigures(schema::RuleSetPublished::Reader row,
                                               const FigureTable* before) {
  auto table = std::make_shared<FigureTable>();
  table->version = static_cast<int>(row.getVersion());
  table->from = CivilDayOf(row.getFrom());
  if (before != nullptr) table->by_name = before->by_name;
  for (auto figures : row.getRules()) {
    for (auto in : figures.getParams()) {
      Parameter parameter = ReadParameter(figures, in);
      table->named.insert(parameter.name);
      table->by_name[parameter.name] = std::move(parameter);
    }
  }
  return table;
}

std::shared_ptr<const Calendar> ReadCalendar(schema::CalendarPublished::Reader row) {
  auto calendar = std::make_shared<Calendar>();
  for (auto day : row.getHolidays()) calendar->holidays.insert(CivilDayOf(day));
  for (auto day : row.getWorkingWeekends()) calendar->working_weekends.insert(CivilDayOf(day));
  return calendar;
}

}  // namespace rules_internal
}  // namespace guitu::aggregates
