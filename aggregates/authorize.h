// Who may do what: a pure function of the actor, the act, the facts of the case, the purpose and
// the registry as adopted. Deny by default. The owner of the partition asks it before every
// decision, so a revocation holds from the adoption on that carries it.
//
// Rights come from two sides and both must say yes: the role (registry row 93: which rows it
// records, which classes it sees, for which purposes, how far) and the unit (the rows of the
// catalogue, which follow 负责 and 配合 of the plan: recordedBy).
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "aggregates/case/decider.h"
#include "aggregates/context.h"

namespace guitu::aggregates {

struct RecordEvents {
  std::vector<const events::EventType*> types;
};
// `view`: "archive", "timeline", "access", "approvals".
struct ReadCase {
  std::string view;
  std::string purpose;  // as sent in Purpose-Of-Use, or empty
};
// `view`: "approvals" of an item of the registry.
struct ReadRegistry {
  std::string view;
  std::string purpose;
};
struct AdministerRegistry {
  std::vector<const events::EventType*> types;
};
// Takes the id of a command of one's own whose outcome is not known; the case may not exist yet.
struct CancelCommand {};
using Act = std::variant<RecordEvents, ReadCase, ReadRegistry, AdministerRegistry, CancelCommand>;

struct Grant {
  absl::Status status;   // OK, or a refusal
  uint32_t classes = 0;  // of a read: bit (1 << Category) for each class shown
  bool masked = false;   // some class is not
};

// REQUIRES: registry is the one that the decision is stamped with.
Grant Authorize(const Actor& actor, const Act& act, const CaseFacts& facts,
                const RegistryState& registry, absl::CivilDay today, const RuleData& rules);

// Whether the actor's list of cases shows a case with these facts: open facts only, no personal
// data.
bool MayList(const Actor& actor, const CaseFacts& facts, const RegistryState& registry,
             absl::CivilDay today);

// Whether the actor is an active user with that unit and role.
absl::Status CheckStanding(const Actor& actor, const RegistryState& registry, absl::CivilDay today);

// True if a unit of these bureaus may record an event of this type (recordedBy).
bool UnitMayRecord(const RegistryState& registry, const Unit& unit, const events::EventType& type,
                   bool has_case, bool administers);

}  // namespace guitu::aggregates
