#include "tests/aggregates/case/state_text.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "tests/events/random_event.h"

namespace guitu::aggregates {
namespace {

std::string Text(const BirthSpan& span) {
  return absl::StrCat(absl::FormatCivilTime(span.earliest), "..",
                      absl::FormatCivilTime(span.latest));
}

std::string Text(absl::Time time) { return absl::StrCat(absl::ToUnixMicros(time)); }

std::string Text(const Approval& approval) {
  return absl::StrCat("approval ", approval.request, " ", approval.target, " ",
                      events::ToHex(approval.content), " ", approval.author, " ", approval.to, " ",
                      approval.to_unit, " ", Text(approval.expires), " ", approval.given, " ",
                      approval.given_by, " ", approval.given ? Text(approval.given_at) : "", " ",
                      approval.refused, approval.refused ? Text(approval.refused_at) : "");
}

std::string People(const CaseState& state) {
  std::string out;
  for (const auto& [id, person] : state.persons) {
    absl::StrAppend(&out, "person ", events::ToHex(id), " ", absl::StrJoin(person.roles, ","), " ",
                    person.conflicted, "\n");
  }
  for (const BirthClaim& claim : state.births) {
    absl::StrAppend(&out, "born ", Text(claim.span), " ", claim.vague, " ", claim.proof, " ",
                    claim.said_by ? events::ToHex(*claim.said_by) : "self", "\n");
  }
  if (state.age_band) absl::StrAppend(&out, "band ", Text(*state.age_band), "\n");
  if (state.capacity) {
    absl::StrAppend(&out, "capacity ", state.capacity->finding, " ", Text(state.capacity->found_at),
                    "\n");
  }
  for (const Wish& wish : state.heard) {
    absl::StrAppend(&out, "wish ", Text(wish.heard_at), " ", wish.free, " ", wish.with_buyer, " ",
                    wish.ability_doubtful, "\n");
  }
  for (const auto& [id, fit] : state.found_fit) {
    absl::StrAppend(&out, "fit ", events::ToHex(id), " ", fit, "\n");
  }
  return out;
}

std::string Matters(const CaseState& state) {
  std::string out;
  for (const auto& [number, result] : state.samples)
    absl::StrAppend(&out, "sample ", number, " ", result, "\n");
  if (const auto& application = state.household_application) {
    absl::StrAppend(&out, "hukou ", application->kind, " ", application->origin_unknown, " ",
                    application->origin_unsaid, " ", application->birth_certificate, "\n");
  }
  for (const auto& [number, placement] : state.placements) {
    absl::StrAppend(&out, "placement ", number, " ", placement.ptype, " ",
                    placement.person ? events::ToHex(*placement.person) : "", "\n");
  }
  absl::StrAppend(&out, "file ", state.cadence, " ", state.cadence_version, "\n");
  for (const auto& [number, visit] : state.visits) {
    absl::StrAppend(&out, "visit ", number, " ", visit.due, " ", visit.step, " ", visit.cadence,
                    " ", visit.cadence_version, " ", visit.missed, "\n");
  }
  for (const auto& [number, received] : state.legal_aid_applications) {
    absl::StrAppend(&out, "legal aid ", number, " ", Text(received), "\n");
  }
  for (const auto& [unit, until] : state.assigned_until)
    absl::StrAppend(&out, "assigned ", unit, " until ", absl::FormatCivilTime(until), "\n");
  for (const auto& [unit, staff] : state.workers)
    absl::StrAppend(&out, "worker ", unit, " ", staff, "\n");
  return out;
}

}  // namespace

std::string TextOf(const CaseState& state) {
  std::string out = absl::StrCat("events ", absl::StrJoin(state.events, ","), "\nsiblings ",
                                 absl::StrJoin(state.siblings, ","), "\n");
  absl::StrAppend(&out, state.opened, state.closed, " ", state.owner, " ", state.county, " ",
                  state.opened ? Text(state.opened_at) : "", " wishes ", state.wishes, " visits ",
                  state.visits_planned, "\n");
  for (const Approval& approval : state.approvals) absl::StrAppend(&out, Text(approval), "\n");
  for (const events::Event& act : state.approved_acts) {
    absl::StrAppend(&out, "act ", act.type->name, " ", act.recorder, " ", Text(act.recorded_at),
                    " ", absl::BytesToHexString(events::CanonicalBytes(act)), "\n");
  }
  return absl::StrCat(out, People(state), Matters(state));
}

}  // namespace guitu::aggregates
