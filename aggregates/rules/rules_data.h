// What a RuleData holds: tables that are shared between versions of it and never changed once
// built. Internal to aggregates/rules.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "aggregates/rules/rules.h"

namespace guitu::aggregates {
namespace rules_internal {

struct CodeTable {
  int version = 0;
  std::vector<CodeLabel> codes;
  absl::flat_hash_map<std::string, size_t> by_code;
};

struct CadenceTable {
  int version = 0;
  absl::CivilDay from;
  std::vector<Cadence> types;
};

struct FigureTable {
  int version = 0;
  absl::CivilDay from;
  absl::flat_hash_map<std::string, Parameter> by_name;  // those of earlier versions too
  absl::flat_hash_set<std::string> named;               // those this version itself names
};

struct Calendar {
  absl::flat_hash_set<absl::CivilDay> holidays;
  absl::flat_hash_set<absl::CivilDay> working_weekends;
};

// Reading rows, in rules_rows.cc. `before` may be null.
std::shared_ptr<const CodeTable> ReadCodes(schema::CodeListPublished::Reader row,
                                           const CodeTable* before);
std::shared_ptr<const CadenceTable> ReadCadences(schema::CadencePublished::Reader row);
std::shared_ptr<const FigureTable> ReadFigures(schema::RuleSetPublished::Reader row,
                                               const FigureTable* before);
std::shared_ptr<const Calendar> ReadCalendar(schema::CalendarPublished::Reader row);

}  // namespace rules_internal

struct RuleData::Data {
  std::map<std::string, std::shared_ptr<const rules_internal::CodeTable>, std::less<>> lists;
  std::vector<std::shared_ptr<const rules_internal::CadenceTable>>
      cadences;                                                             // ascending by version
  std::vector<std::shared_ptr<const rules_internal::FigureTable>> figures;  // ascending by version
  std::map<int64_t, std::shared_ptr<const rules_internal::Calendar>> calendars;
  size_t cadence = 0;  // index of the current one
  size_t figure = 0;
};

}  // namespace guitu::aggregates
