#include "aggregates/case/law.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "events/check.h"
#include "events/values.h"

namespace guitu::aggregates {
namespace {

absl::CivilDay YearsAfter(absl::CivilDay day, int64_t years) {
  return absl::CivilDay(day.year() + years, day.month(), day.day());
}

// How much a proof weighs, in the order of the list GRADE; what is not in it weighs least.
int Weight(absl::string_view proof) {
  constexpr absl::string_view kGrades[] = {"said", "paper", "witness", "register", "dna"};
  const auto* at = std::find(std::begin(kGrades), std::end(kGrades), proof);
  return at == std::end(kGrades) ? -1 : static_cast<int>(at - std::begin(kGrades));
}

// What a buyer or a flagged person says about the age is no ground to treat a child as grown up.
bool MayBeHeard(const CaseState& state, const BirthClaim& claim) {
  return !IsOfBuyersSide(state, claim.said_by) && !IsFlagged(state, claim.said_by);
}

const BirthClaim* BestClaim(const CaseState& state) {
  const BirthClaim* best = nullptr;
  for (const BirthClaim& claim : state.births) {
    if (!MayBeHeard(state, claim)) continue;
    if (best == nullptr || Weight(claim.proof) >= Weight(best->proof)) best = &claim;
  }
  return best;
}

std::optional<BirthSpan> BirthOf(const CaseState& state) {
  const BirthClaim* claim = BestClaim(state);
  if (claim == nullptr) return state.age_band;
  // An estimate that does not say how far it may be off does not outweigh the age band.
  if (!claim->vague || !state.age_band) return claim->span;
  return BirthSpan{std::min(claim->span.earliest, state.age_band->earliest),
                   std::max(claim->span.latest, state.age_band->latest)};
}

}  // namespace

std::string Str(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

absl::CivilDay DayOf(absl::Time time) { return absl::ToCivilDay(time, events::ChinaTime()); }

int32_t NumberOf(const RuleData& rules, absl::string_view name) {
  std::optional<Parameter> figure = rules.Figure(name);
  GUITU_CHECK(figure.has_value() && figure->number.has_value());
  return *figure->number;
}

// A year of age is complete on the day after the birthday (最高人民法院 2006,
// 未成年人刑事案件解释第2条): on the birthday itself the person still has the protection of the
// younger.
Age AgeOn(const CaseState& state, const RuleData& rules, absl::CivilDay day) {
  std::optional<BirthSpan> birth = BirthOf(state);
  if (!birth) return Age::kUnknown;
  int32_t minor = NumberOf(rules, "R3.minor");
  if (day > YearsAfter(birth->latest, minor)) return Age::kAdult;
  return day <= YearsAfter(birth->earliest, minor) ? Age::kMinor : Age::kUnknown;
}

std::optional<BirthSpan> BirthsOfBand(absl::string_view code, absl::CivilDay day) {
  struct Band {
    absl::string_view code;
    int from;
    int below;
  };
  constexpr Band kBands[] = {{"under14", 0, 14},
                             {"from14to15", 14, 16},
                             {"from16to17", 16, 18},
                             {"from18to59", 18, 60},
                             {"from60", 60, 130}};
  for (const Band& band : kBands) {
    if (band.code != code) continue;
    return BirthSpan{YearsAfter(day, -band.below), YearsAfter(day, -band.from) - 1};
  }
  return std::nullopt;
}

bool LacksCapacity(const CaseState& state) {
  return state.capacity &&
         (state.capacity->finding == "limited" || state.capacity->finding == "none");
}

bool CapacityIsOpen(const CaseState& state) {
  return state.capacity && !LacksCapacity(state) && state.capacity->finding != "full";
}

bool IsProtected(const CaseState& state, const RuleData& rules, absl::Time at) {
  return AgeOn(state, rules, DayOf(at)) != Age::kAdult || LacksCapacity(state);
}

std::optional<events::SubjectId> RelatedTo(schema::Person::Reader person) {
  if (!person.isRelated()) return std::nullopt;
  return events::ToSubject(person.getRelated());
}

bool HasRole(const CaseState& state, std::optional<events::SubjectId> person,
             absl::string_view role) {
  if (!person) return false;
  auto it = state.persons.find(*person);
  if (it == state.persons.end()) return false;
  const std::vector<std::string>& roles = it->second.roles;
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

bool IsOfBuyersSide(const CaseState& state, std::optional<events::SubjectId> person) {
  return HasRole(state, person, "buyer") || HasRole(state, person, "buyerFamily");
}

bool IsFlagged(const CaseState& state, std::optional<events::SubjectId> person) {
  if (!person) return false;
  auto it = state.persons.find(*person);
  return it != state.persons.end() && it->second.conflicted;
}

absl::CivilDay LastDayOf(const RuleData& rules, absl::string_view clock, absl::CivilDay start) {
  int version = rules.On(start).rule_set_version();
  auto length = rules.Figure(absl::StrCat(clock, ".length"), version);
  auto working = rules.Figure(absl::StrCat(clock, ".workingDays"), version);
  auto shift = rules.Figure(absl::StrCat(clock, ".shift"), version);
  GUITU_CHECK(length.has_value() && length->number.has_value());
  absl::CivilDay day = start;
  if (working && working->yes.value_or(false)) {
    for (int32_t left = *length->number; left > 0;) left -= rules.IsWorkingDay(++day) ? 1 : 0;
    return day;
  }
  day += *length->number;
  while (shift && shift->yes.value_or(false) && !rules.IsWorkingDay(day)) ++day;
  return day;
}

}  // namespace guitu::aggregates
