// Rule data: code lists, visit cadences, legal figures and working calendars, as values.
//
// What is shipped (code_lists, cadence, figures, calendar .capnp) and what the registry publishes
// later (rows 95, 96, 97, 97b) are the same structs: start from Shipped() and lay each row over it
// with With(). No list, length or limit is a constant anywhere else.
//
// Invariants (tests/aggregates/rules/rules_test.cc):
//   1. A value: With() and On() leave the one they are called on as it was. Copies are one pointer.
//   2. No code ever vanishes: a newer list adds codes, words them anew or ends them.
//   3. A version is laid over once: a row whose version is not newer than what is held changes
//      nothing, so a row may be seen twice. A calendar has no version: the later row of a year
//      wins.
//   4. A version of the rules need name only the figures that it changes; the rest goes on.
//   5. Versions stay: a running clock reads the figures of the rule set it started under.
//
// Threads: immutable, any thread. Purity: no I/O, no clock. Pointers and references into a RuleData
// live as long as it or any copy of it does. Look-ups cost one hash; With() copies what it changes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "events/schema/registry.capnp.h"

namespace guitu::aggregates {

struct CodeLabel {
  std::string code;
  std::string zh;
  std::string en;
  std::optional<absl::CivilDay> ended_on;  // may not be used from this day on
  std::string map;                         // code it maps to elsewhere; often empty
};

// Days: `day` counts from the start of the programme; the window opens `window` days before the due
// day, and a visit is missed `grace` days after it (24:00).
struct CadenceStep {
  int32_t day = 0;
  int32_t window = 0;
  int32_t grace = 0;
  friend bool operator==(const CadenceStep&, const CadenceStep&) = default;
};

struct Cadence {
  std::string id;  // "C1"
  std::string zh;
  std::string en;
  std::vector<CadenceStep> steps;     // ascending by day
  std::optional<CadenceStep> repeat;  // after the last step, every `day` days
  bool term_bounds = false;           // also at start and end of each school term
  std::vector<CadenceStep> after_end;
  // The earliest end: after `ends_after_days` (if given) with all of `ends_needs`, or on one of
  // `ends_or_on` by itself. 57c is recorded in any case.
  std::optional<int32_t> ends_after_days;
  schema::CountedFrom counted_from = schema::CountedFrom::UNSPECIFIED;
  std::vector<schema::EndCondition> ends_needs;
  std::vector<schema::EndCondition> ends_or_on;
  std::vector<std::string> who;  // codes of units
  std::vector<schema::VisitCondition> conditions;
  bool on_top = false;            // beside another type
  std::vector<std::string> plus;  // types that apply with it
  bool as_mother = false;         // steps of the mother's type
  std::optional<int32_t> reassess_days;

  // The step that follows day `after` (0: the first), repeats included; none where the steps are
  // over or follow the mother's type. REQUIRES: after >= 0.
  std::optional<CadenceStep> StepAfter(int32_t after) const;
  bool Has(schema::VisitCondition condition) const;
};

// Days of grace after the due day of a visit at day `step` of its cadence, -1 for an extra visit:
// as the cadence says, or where it does not name the step (or is not known: null) 0 up to step 7, 3
// up to 30 and for an extra visit, 7 beyond (domain/fields.md, own figures).
int32_t GraceOf(const Cadence* cadence, int32_t step);

// A figure of a rule. One of number, yes, text says it; a text beside a number says for whom.
struct Parameter {
  std::string name;  // "K11.length"
  std::string rule;  // "K11"
  std::optional<int32_t> number;
  schema::FigureUnit unit = schema::FigureUnit::UNSPECIFIED;
  std::optional<bool> yes;
  std::string text;
  std::string zh;
  std::string en;
  std::string source;
  schema::SourceMark mark = schema::SourceMark::UNSPECIFIED;
  bool reaches_back = false;  // applies to clocks that run already
};

class RuleData {
 public:
  // Version 1 of everything, and the calendars known when this was built.
  static RuleData Shipped();

  RuleData With(schema::CodeListPublished::Reader row) const;
  RuleData With(schema::CadencePublished::Reader row) const;
  RuleData With(schema::RuleSetPublished::Reader row) const;
  RuleData With(schema::CalendarPublished::Reader row) const;

  // The same data seen from `day`: the rule set and cadence in force on it are the current ones.
  // Before the first version was in force that version is taken. Without On(), and after a With()
  // that lays a version over it, the newest are current: ask for the day last.
  RuleData On(absl::CivilDay day) const;

  // Codes. An unknown list has no codes.
  bool HasList(absl::string_view list) const;
  bool HasCode(absl::string_view list, absl::string_view code) const;
  // Whether the code exists and has not ended by `day`.
  bool MayUse(absl::string_view list, absl::string_view code, absl::CivilDay day) const;
  const CodeLabel* FindCode(absl::string_view list, absl::string_view code) const;
  const std::vector<CodeLabel>& Codes(absl::string_view list) const;  // ended ones too, in order
  std::vector<std::string> Lists() const;                             // sorted
  int CodeListVersion(absl::string_view list) const;                  // 0: unknown list

  // Cadence.
  const Cadence* FindCadence(absl::string_view id) const;
  // Of that version; none where the version is not held.
  const Cadence* FindCadence(absl::string_view id, int version) const;
  const std::vector<Cadence>& Cadences() const;
  int cadence_version() const;

  // Figures.
  std::optional<Parameter> Figure(absl::string_view name) const;
  // As a clock reads it that started under rule set `version`: of that version, unless a later one,
  // up to the current, reaches back. A version that is not held gives nothing.
  std::optional<Parameter> Figure(absl::string_view name, int version) const;
  std::vector<Parameter> Figures() const;  // sorted by name
  int rule_set_version() const;

  // Working days: published days off and worked weekends; a year without a calendar has weekends
  // only.
  bool IsWorkingDay(absl::CivilDay day) const;
  bool HasCalendar(int64_t year) const;
  int newest_calendar_year() const;  // 0: none

 private:
  struct Data;
  explicit RuleData(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
};

// A day of the schema as a civil day and back.
absl::CivilDay CivilDayOf(schema::Date::Reader date);

}  // namespace guitu::aggregates
