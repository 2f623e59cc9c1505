// The registry as one value: units, users, roles, plan items, as of a registry offset. A fold of
// the registry partition; deciders and authorize() read it, nobody changes it in place.
//
// Copying shares the entries (an entry is replaced, never edited), so a state per adoption is
// cheap. Threads: immutable once built; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "aggregates/approval.h"
#include "events/event_body.h"
#include "events/ids.h"
#include "events/schema/registry.capnp.h"

namespace guitu::aggregates {

struct Unit {
  std::string code;  // "MCA" of the city, "530921-MCA" of a county
  std::string name;
  std::string parent;  // acts for, or belongs to; or empty
  std::string county;  // division code; empty: the city
  schema::UnitKind kind = schema::UnitKind::UNSPECIFIED;
  bool active = false;
};

struct User {
  std::string staff;
  std::string unit;
  std::set<std::string, std::less<>> roles;
  absl::CivilDay from;
  absl::CivilDay until = absl::CivilDay::max();
  bool suspended = false;
};

struct Role {
  std::string name;
  std::set<uint16_t> acts;  // event types it may record
  uint32_t classes = 0;     // bit (1 << Category) for each class it may see
  std::set<std::string, std::less<>> purposes;
  schema::Scope scope = schema::Scope::UNSPECIFIED;
  bool administers = false;
  bool audits = false;
};

// The sibling stream of a unit, user or role, also of one that does not exist yet: what was asked
// and said about acts that need a second person (98 to 98c).
struct ItemApprovals {
  uint32_t siblings = 0;  // rows of the sibling stream
  std::vector<Approval> requests;
};

template <typename T>
using Entries = std::map<std::string, std::shared_ptr<const T>, std::less<>>;

struct RegistryState {
  uint64_t offset = 0;           // registry records folded
  uint32_t administrators = 0;   // users who may administer
  bool bootstrap_ended = false;  // 107g: the set-up rights are over
  // Row 107f: two different people within ten minutes make one confirmation.
  uint64_t clock_confirmations = 0;
  std::string clock_confirmed_by;  // the first of the two, or empty
  absl::Time clock_confirmed_at;
  Entries<Unit> units;
  Entries<User> users;
  Entries<Role> roles;
  Entries<events::Event> plan;  // newest PlanItemSet by item
  std::map<events::StreamId, std::shared_ptr<const ItemApprovals>> approvals;
  // Acts of rows marked +A, as they were proposed, by item ("unit/MCA"): each uses one approval up.
  Entries<std::vector<events::Event>> approved_acts;

  const Unit* FindUnit(absl::string_view code) const;
  const User* FindUser(absl::string_view staff) const;
  const Role* FindRole(absl::string_view name) const;
  // Empty where nothing was asked about the item.
  const ItemApprovals& ApprovalsOf(const events::StreamId& item) const;
};

// The kind of bureau of a unit: "MCA" for "MCA" and "530921-MCA", and what it acts for through its
// parents ("STA" acts for "MCA"). The unit itself first, at most 4 steps.
std::vector<std::string> BureausOf(const RegistryState& registry, const Unit& unit);

}  // namespace guitu::aggregates
