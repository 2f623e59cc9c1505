// What the chapters share of the law: age at a date, capacity, whose side somebody is on, when a
// term ends. Everything here is on the side of protection: what is not known never takes a
// protection away.
//
// Threads: pure functions of values.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "aggregates/case/state.h"
#include "aggregates/rules/rules.h"
#include "events/ids.h"
#include "events/schema/values.capnp.h"

namespace guitu::aggregates {

std::string Str(capnp::Text::Reader text);
// The day in China on which `time` lies; legal days are these.
absl::CivilDay DayOf(absl::Time time);
// REQUIRES: the rule data has the figure, with a number. Shipped figures never vanish.
int32_t NumberOf(const RuleData& rules, absl::string_view name);

// --- Age (R3: computed at the date of the event) ---
enum class Age { kMinor, kAdult, kUnknown };

// Of the best proved birth date (7), of equally well proved ones the newest; else of the age band
// (4). kUnknown where nothing is known, or where the estimate allows both.
Age AgeOn(const CaseState& state, const RuleData& rules, absl::CivilDay day);
// The births that an age band (AGEB) on `day` allows; nothing for "other" and "unknown".
std::optional<BirthSpan> BirthsOfBand(absl::string_view code, absl::CivilDay day);

// --- Capacity (11b) ---
bool LacksCapacity(const CaseState& state);   // limited or none
bool CapacityIsOpen(const CaseState& state);  // found to be in doubt, or not said
// A minor, somebody who may be one, or an adult without full capacity: the persons of R1.
bool IsProtected(const CaseState& state, const RuleData& rules, absl::Time at);

// --- Persons ---
// The reference of a related person; nothing for the person of the case.
std::optional<events::SubjectId> RelatedTo(schema::Person::Reader person);
bool HasRole(const CaseState& state, std::optional<events::SubjectId> person,
             absl::string_view role);
// Buyer, or of the buyer's household, towards the person of this case (9b, 4).
bool IsOfBuyersSide(const CaseState& state, std::optional<events::SubjectId> person);
// 15 stands.
bool IsFlagged(const CaseState& state, std::optional<events::SubjectId> person);

// --- Terms (clocks.md, "How time is counted") ---
// The last day of the term of clock `name` ("K11") that `start` begins, by the rule set in force
// then: the day of the start is not counted, and a last day off moves on where the figure says so.
absl::CivilDay LastDayOf(const RuleData& rules, absl::string_view clock, absl::CivilDay start);

}  // namespace guitu::aggregates
