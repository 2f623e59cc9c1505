#include "aggregates/rules/rules.h"

#include <algorithm>
#include <utility>

#include "aggregates/rules/cadence.capnp.h"
#include "aggregates/rules/calendar.capnp.h"
#include "aggregates/rules/code_lists.capnp.h"
#include "aggregates/rules/figures.capnp.h"
#include "aggregates/rules/rules_data.h"

namespace guitu::aggregates {
namespace {

using rules_internal::CadenceTable;
using rules_internal::CodeTable;
using rules_internal::FigureTable;

// The last one in force on `day`, by its own date; the first where none is.
template <typename Tables>
size_t InForce(const Tables& tables, absl::CivilDay day) {
  size_t found = 0;
  for (size_t i = 0; i < tables.size(); ++i) {
    if (tables[i]->from <= day) found = i;
  }
  return found;
}

const Cadence* FindType(const CadenceTable& table, absl::string_view id) {
  for (const Cadence& cadence : table.types) {
    if (id == cadence.id) return &cadence;
  }
  return nullptr;
}

}  // namespace

std::optional<CadenceStep> Cadence::StepAfter(int32_t after) const {
  for (const CadenceStep& step : steps) {
    if (step.day > after) return step;
  }
  if (!repeat || repeat->day <= 0) return std::nullopt;
  int32_t last = steps.empty() ? 0 : steps.back().day;
  CadenceStep next = *repeat;
  next.day = last + ((after - last) / repeat->day + 1) * repeat->day;
  return next;
}

int32_t GraceOf(const Cadence* cadence, int32_t step) {
  if (cadence != nullptr && step > 0) {
    std::optional<CadenceStep> named = cadence->StepAfter(step - 1);
    if (named && named->day == step) return named->grace;
  }
  if (step >= 0 && step <= 7) return 0;
  return step <= 30 ? 3 : 7;
}

bool Cadence::Has(schema::VisitCondition condition) const {
  return std::find(conditions.begin(), conditions.end(), condition) != conditions.end();
}

RuleData RuleData::Shipped() {
  static const RuleData& shipped = *new RuleData([] {
    RuleData data(std::make_shared<const Data>());
    for (auto row : *shipped::CODE_LISTS) data = data.With(row);
    for (auto row : *shipped::CALENDARS) data = data.With(row);
    return data.With(*shipped::CADENCE).With(*shipped::RULE_SET);
  }());
  return shipped;
}

RuleData RuleData::With(schema::CodeListPublished::Reader row) const {
  std::string list(row.getList().begin(), row.getList().size());
  auto it = data_->lists.find(list);
  const CodeTable* before = it == data_->lists.end() ? nullptr : it->second.get();
  if (before != nullptr && static_cast<int>(row.getVersion()) <= before->version) return *this;
  auto data = std::make_shared<Data>(*data_);
  data->lists[list] = rules_internal::ReadCodes(row, before);
  return RuleData(std::move(data));
}

RuleData RuleData::With(schema::CadencePublished::Reader row) const {
  int newest = data_->cadences.empty() ? 0 : data_->cadences.back()->version;
  if (static_cast<int>(row.getVersion()) <= newest) return *this;
  auto data = std::make_shared<Data>(*data_);
  data->cadences.push_back(rules_internal::ReadCadences(row));
  data->cadence = data->cadences.size() - 1;
  return RuleData(std::move(data));
}

RuleData RuleData::With(schema::RuleSetPublished::Reader row) const {
  const FigureTable* before = data_->figures.empty() ? nullptr : data_->figures.back().get();
  if (before != nullptr && static_cast<int>(row.getVersion()) <= before->version) return *this;
  auto data = std::make_shared<Data>(*data_);
  data->figures.push_back(rules_internal::ReadFigures(row, before));
  data->figure = data->figures.size() - 1;
  return RuleData(std::move(data));
}

RuleData RuleData::With(schema::CalendarPublished::Reader row) const {
  auto data = std::make_shared<Data>(*data_);
  data->calendars[row.getYear()] = rules_internal::ReadCalendar(row);
  return RuleData(std::move(data));
}

RuleData RuleData::On(absl::CivilDay day) const {
  size_t cadence = InForce(data_->cadences, day);
  size_t figure = InForce(data_->figures, day);
  if (cadence == data_->cadence && figure == data_->figure) return *this;
  auto data = std::make_shared<Data>(*data_);
  data->cadence = cadence;
  data->figure = figure;
  return RuleData(std::move(data));
}

bool RuleData::HasList(absl::string_view list) const {
  return data_->lists.find(list) != data_->lists.end();
}

bool RuleData::HasCode(absl::string_view list, absl::string_view code) const {
  return FindCode(list, code) != nullptr;
}

bool RuleData::MayUse(absl::string_view list, absl::string_view code, absl::CivilDay day) const {
  const CodeLabel* label = FindCode(list, code);
  return label != nullptr && (!label->ended_on || day < *label->ended_on);
}

const CodeLabel* RuleData::FindCode(absl::string_view list, absl::string_view code) const {
  auto table = data_->lists.find(list);
  if (table == data_->lists.end()) return nullptr;
  auto it = table->second->by_code.find(code);
  return it == table->second->by_code.end() ? nullptr : &table->second->codes[it->second];
}

const std::vector<CodeLabel>& RuleData::Codes(absl::string_view list) const {
  static const std::vector<CodeLabel>& none = *new std::vector<CodeLabel>();
  auto it = data_->lists.find(list);
  return it == data_->lists.end() ? none : it->second->codes;
}

std::vector<std::string> RuleData::Lists() const {
  std::vector<std::string> names;
  for (const auto& [name, table] : data_->lists) names.push_back(name);
  return names;
}

int RuleData::CodeListVersion(absl::string_view list) const {
  auto it = data_->lists.find(list);
  return it == data_->lists.end() ? 0 : it->second->version;
}

const Cadence* RuleData::FindCadence(absl::string_view id) const {
  return data_->cadences.empty() ? nullptr : FindType(*data_->cadences[data_->cadence], id);
}

const Cadence* RuleData::FindCadence(absl::string_view id, int version) const {
  for (const auto& table : data_->cadences) {
    if (table->version == version) return FindType(*table, id);
  }
  return nullptr;
}

const std::vector<Cadence>& RuleData::Cadences() const {
  static const std::vector<Cadence>& none = *new std::vector<Cadence>();
  return data_->cadences.empty() ? none : data_->cadences[data_->cadence]->types;
}

int RuleData::cadence_version() const {
  return data_->cadences.empty() ? 0 : data_->cadences[data_->cadence]->version;
}

std::optional<Parameter> RuleData::Figure(absl::string_view name) const {
  if (data_->figures.empty()) return std::nullopt;
  const auto& by_name = data_->figures[data_->figure]->by_name;
  auto it = by_name.find(name);
  if (it == by_name.end()) return std::nullopt;
  return it->second;
}

std::optional<Parameter> RuleData::Figure(absl::string_view name, int version) const {
  std::optional<Parameter> found;
  bool held = false;
  for (size_t i = 0; i < data_->figures.size() && i <= data_->figure; ++i) {
    const FigureTable& table = *data_->figures[i];
    auto it = table.by_name.find(name);
    if (table.version == version) {
      held = true;
      if (it != table.by_name.end()) found = it->second;
    } else if (table.version > version && held && table.named.contains(name) &&
               it->second.reaches_back) {
      found = it->second;
    }
  }
  return found;
}

std::vector<Parameter> RuleData::Figures() const {
  std::vector<Parameter> figures;
  if (data_->figures.empty()) return figures;
  for (const auto& [name, figure] : data_->figures[data_->figure]->by_name)
    figures.push_back(figure);
  std::sort(figures.begin(), figures.end(),
            [](const Parameter& a, const Parameter& b) { return a.name < b.name; });
  return figures;
}

int RuleData::rule_set_version() const {
  return data_->figures.empty() ? 0 : data_->figures[data_->figure]->version;
}

bool RuleData::IsWorkingDay(absl::CivilDay day) const {
  absl::Weekday weekday = absl::GetWeekday(day);
  bool weekend = weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
  auto it = data_->calendars.find(day.year());
  if (it == data_->calendars.end()) return !weekend;
  if (weekend) return it->second->working_weekends.contains(day);
  return !it->second->holidays.contains(day);
}

bool RuleData::HasCalendar(int64_t year) const { return data_->calendars.count(year) > 0; }

int RuleData::newest_calendar_year() const {
  return data_->calendars.empty() ? 0 : static_cast<int>(data_->calendars.rbegin()->first);
}

}  // namespace guitu::aggregates
