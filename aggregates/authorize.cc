#include "aggregates/authorize.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "events/reason.h"

namespace guitu::aggregates {
namespace {

using events::Reason;
using events::Refuse;

constexpr uint32_t kAllClasses = 0x1FE;  // identity (1) to whereabouts (8)

Grant Deny(Reason reason, absl::string_view detail = "") {
  return {Refuse(reason, detail), 0, false};
}

// A unit has a case as its owner, or by an assignment (76) that has not run out.
bool HasCase(const CaseFacts& facts, const std::string& unit, absl::CivilDay today) {
  auto assigned = facts.assigned.find(unit);
  return facts.owner == unit || (assigned != facts.assigned.end() && today <= assigned->second);
}

// Whether the case lies within the scope of the role. A case without an owner yet (before 5)
// belongs to everybody whose scope covers its county, so that a hand-over at night finds it.
bool InScope(const Role& role, const User& user, const Unit& unit, const CaseFacts& facts,
             absl::CivilDay today) {
  switch (role.scope) {
    case schema::Scope::CITY:
      return true;
    case schema::Scope::COUNTY:
      return HasCase(facts, user.unit, today) || unit.county.empty() || facts.county.empty() ||
             facts.county == unit.county;
    case schema::Scope::UNIT:
    case schema::Scope::OWN:
      return HasCase(facts, user.unit, today) ||
             (facts.owner.empty() && (unit.county.empty() || facts.county == unit.county));
    default:
      return false;
  }
}

struct Standing {
  const User* user = nullptr;
  const Unit* unit = nullptr;
  const Role* role = nullptr;
};

// The actor as the registry knows him: user active today, in that unit, with that role.
absl::Status Stand(const Actor& actor, const RegistryState& registry, absl::CivilDay today,
                   Standing& out) {
  out.user = registry.FindUser(actor.staff);
  if (out.user == nullptr || out.user->suspended || today < out.user->from ||
      today > out.user->until) {
    return Refuse(Reason::SUSPENDED);
  }
  out.unit = registry.FindUnit(actor.unit);
  if (out.unit == nullptr || !out.unit->active || out.user->unit != actor.unit) {
    return Refuse(Reason::NOT_PERMITTED, "not of this unit");
  }
  out.role = registry.FindRole(actor.role);
  if (out.role == nullptr || !out.user->roles.contains(actor.role)) {
    return Refuse(Reason::NOT_PERMITTED, "not in this role");
  }
  return absl::OkStatus();
}

// `asks_too`: approvals of the registry (98 to 98c) come with the right to administer it. A city
// whose role forgot them could never change that role again, four eyes being needed for it; whether
// the person may do what is approved is asked by the decider.
Grant MayRecord(const Standing& who, const std::vector<const events::EventType*>& types,
                const CaseFacts& facts, const RegistryState& registry, absl::CivilDay today,
                bool asks_too = false) {
  for (const events::EventType* type : types) {
    if (!type->forms) return Deny(Reason::SOFTWARE_ONLY, type->name);
    bool asks = asks_too && type->stages == schema::Stages::SIBLING && who.role->administers;
    bool by_role = asks || who.role->acts.contains(type->type);
    bool has_case = HasCase(facts, who.user->unit, today);
    bool by_unit = UnitMayRecord(registry, *who.unit, *type, has_case, who.role->administers);
    if (!by_role || !by_unit) return Deny(Reason::NOT_PERMITTED, type->name);
  }
  if (facts.exists && !InScope(*who.role, *who.user, *who.unit, facts, today))
    return Deny(Reason::NOT_FOUND);
  return {absl::OkStatus(), 0, false};
}

Grant MayRead(const Standing& who, const ReadCase& read, const CaseFacts& facts,
              const RuleData& rules, absl::CivilDay today) {
  if (read.purpose.empty()) return Deny(Reason::PURPOSE_MISSING);
  if (!rules.HasCode("PURP", read.purpose)) return Deny(Reason::PURPOSE_NOT_PERMITTED);
  if (!facts.exists) return Deny(Reason::NOT_FOUND);
  bool in_scope = who.role->audits || InScope(*who.role, *who.user, *who.unit, facts, today);
  if (!in_scope) return Deny(Reason::NOT_FOUND);
  if (!who.role->purposes.contains(read.purpose)) return Deny(Reason::PURPOSE_NOT_PERMITTED);
  bool green_channel = read.view == "legal-aid";
  if (green_channel && read.purpose != "legal-aid") return Deny(Reason::PURPOSE_NOT_PERMITTED);
  uint32_t classes = who.role->classes & kAllClasses;
  return {absl::OkStatus(), classes, classes != kAllClasses};
}

// What was asked and said about an item of the registry: for those who administer, since they have
// to see what they approve, and for auditors within their own classes and purposes.
Grant MayReadRegistry(const Standing& who, const ReadRegistry& read, const RuleData& rules) {
  if (read.purpose.empty()) return Deny(Reason::PURPOSE_MISSING);
  if (!rules.HasCode("PURP", read.purpose)) return Deny(Reason::PURPOSE_NOT_PERMITTED);
  if (!who.role->administers && !who.role->audits) return Deny(Reason::NOT_PERMITTED, read.view);
  bool for_it = who.role->administers || who.role->purposes.contains(read.purpose);
  if (!for_it) return Deny(Reason::PURPOSE_NOT_PERMITTED);
  uint32_t classes = who.role->classes & kAllClasses;
  if (who.role->administers) classes |= 1u << static_cast<uint32_t>(schema::Category::HISTORY);
  return {absl::OkStatus(), classes, classes != kAllClasses};
}

// The software records its own rows, and sets up until two administrators exist (`guitu init` makes
// them: four eyes from the first act on) or the first real case has ended that (107g).
bool SoftwareMay(const Act& act, const RegistryState& registry) {
  auto own = [](const std::vector<const events::EventType*>& types) {
    return std::all_of(types.begin(), types.end(), [](const events::EventType* type) {
      return type->mode == schema::Mode::SOFTWARE;
    });
  };
  if (const auto* record = std::get_if<RecordEvents>(&act)) return own(record->types);
  const auto* administer = std::get_if<AdministerRegistry>(&act);
  if (administer == nullptr) return false;
  bool sets_up = registry.administrators < 2 && !registry.bootstrap_ended;
  return sets_up || own(administer->types);
}

}  // namespace

bool UnitMayRecord(const RegistryState& registry, const Unit& unit, const events::EventType& type,
                   bool has_case, bool administers) {
  std::vector<std::string> bureaus = BureausOf(registry, unit);
  for (const std::string& who : type.recorded_by) {
    if (who == "ALL") return true;
    if (who == "CASE" && has_case) return true;
    if (who == "ADM" && administers) return true;
    if (who == "OFFICE" && unit.kind == schema::UnitKind::OFFICE) return true;
    if (who == "MEM" && unit.kind == schema::UnitKind::MEMBER) return true;
    if (who == "COU" && unit.kind == schema::UnitKind::COUNTY) return true;
    if (std::find(bureaus.begin(), bureaus.end(), who) != bureaus.end()) return true;
  }
  return false;
}

bool MayList(const Actor& actor, const CaseFacts& facts, const RegistryState& registry,
             absl::CivilDay today) {
  Standing who;
  if (!Stand(actor, registry, today, who).ok()) return false;
  return who.role->audits || InScope(*who.role, *who.user, *who.unit, facts, today);
}

absl::Status CheckStanding(const Actor& actor, const RegistryState& registry,
                           absl::CivilDay today) {
  Standing who;
  return Stand(actor, registry, today, who);
}

Grant Authorize(const Actor& actor, const Act& act, const CaseFacts& facts,
                const RegistryState& registry, absl::CivilDay today, const RuleData& rules) {
  if (actor.staff == kSystemActor && SoftwareMay(act, registry))
    return {absl::OkStatus(), 0, false};
  Standing who;
  if (auto status = Stand(actor, registry, today, who); !status.ok()) return {status, 0, false};
  if (const auto* record = std::get_if<RecordEvents>(&act)) {
    return MayRecord(who, record->types, facts, registry, today);
  }
  if (const auto* read = std::get_if<ReadCase>(&act))
    return MayRead(who, *read, facts, rules, today);
  if (const auto* read = std::get_if<ReadRegistry>(&act)) return MayReadRegistry(who, *read, rules);
  if (std::holds_alternative<CancelCommand>(act)) {
    bool hidden = facts.exists && !InScope(*who.role, *who.user, *who.unit, facts, today);
    return hidden ? Deny(Reason::NOT_FOUND) : Grant{absl::OkStatus(), 0, false};
  }
  const auto& administer = std::get<AdministerRegistry>(act);
  CaseFacts none;
  return MayRecord(who, administer.types, none, registry, today, true);
}

}  // namespace guitu::aggregates
