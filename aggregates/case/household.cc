// Chapter E: household registration.
#include "aggregates/case/law.h"
#include "aggregates/case/rule.h"
#include "events/record.h"
#include "events/schema/household.capnp.h"

namespace guitu::aggregates {
namespace {

using events::Reason;
using events::Refuse;

bool HasOneOf(const CaseState& state, std::initializer_list<absl::string_view> rows) {
  for (absl::string_view row : rows) {
    if (state.Has(*events::TypeOfRow(row))) return true;
  }
  return false;
}

bool KnowsAParent(const CaseState& state) {
  for (const auto& [person, related] : state.persons) {
    for (absl::string_view role : {"birthFather", "birthMother", "adoptiveParent"}) {
      if (HasRole(state, person, role)) return true;
    }
  }
  return false;
}

// Each kind of application stands on what it says of the person (细则第18条第3项, R11, R12).
absl::Status DecideApplied(const Proposal& proposal) {
  const CaseState& state = proposal.state;
  std::string kind =
      Str(proposal.event.As<schema::HouseholdRegistrationApplied>().getKind().getCode());
  if (kind == "strandedWithoutHukou" && !HasOneOf(state, {"40"}))
    return Refuse(Reason::STRANDED_NOT_REACHED);
  if (kind == "welfareChild" && !HasOneOf(state, {"31", "38"})) {
    return Refuse(Reason::NOT_FOUND_CERTIFICATE_MISSING);
  }
  if (kind == "childOfVictim" && !KnowsAParent(state)) return Refuse(Reason::PARENT_NOT_RECORDED);
  bool of_an_entry = kind == "restored" || kind == "falseCancelled" || kind == "corrected";
  if (of_an_entry && !HasOneOf(state, {"8", "44b"})) return Refuse(Reason::IDENTITY_NOT_VERIFIED);
  if (kind == "moved" && !HasOneOf(state, {"8"})) return Refuse(Reason::IDENTITY_NOT_VERIFIED);
  return absl::OkStatus();
}

void EvolveApplied(CaseState& state, const events::Event& event) {
  auto applied = event.As<schema::HouseholdRegistrationApplied>();
  HouseholdApplication application;
  application.kind = Str(applied.getKind().getCode());
  application.origin_unknown = applied.getOriginUnknown() == schema::YesNo::YES;
  application.origin_unsaid =
      !application.origin_unknown && applied.getOriginUnknown() != schema::YesNo::NO;
  for (auto paper : applied.getPapers()) {
    application.birth_certificate |= Str(paper.getCode()) == "birthCertificate";
  }
  state.household_application = std::move(application);
}

// Where nobody says whether the origin is known, a parent or a birth certificate has to show it.
bool IsOfUnknownOrigin(const HouseholdApplication& application) {
  if (application.origin_unknown) return true;
  return application.origin_unsaid && application.kind != "childOfVictim" &&
         !application.birth_certificate;
}

bool IsCompared(const CaseState& state) {
  for (const auto& [number, result] : state.samples) {
    if (result == "match" || result == "none") return true;
  }
  return false;
}

// 细则第14条第3项, R8: nobody enters a child of unknown origin before police compared its DNA, so
// that a stolen child gets no clean papers. Pending or invalid does not do. Adults: a warning. Who
// may be a child is treated as one.
absl::Status DecideRegistered(const Proposal& proposal) {
  std::string kind = Str(proposal.event.As<schema::HouseholdRegistered>().getKind().getCode());
  if (kind == "restored" || kind == "falseCancelled" || kind == "corrected")
    return absl::OkStatus();
  const auto& application = proposal.state.household_application;
  if (!application) return Refuse(Reason::HUKOU_NOT_APPLIED);
  Age age = AgeOn(proposal.state, *proposal.context.rules, DayOf(proposal.event.occurred_at));
  if (age == Age::kAdult || !IsOfUnknownOrigin(*application)) return absl::OkStatus();
  return IsCompared(proposal.state) ? absl::OkStatus() : Refuse(Reason::DNA_COMPARISON_NEEDED);
}

}  // namespace

std::vector<Rule> HouseholdRules() {
  return {
      {.schema_id = capnp::typeId<schema::HouseholdRegistrationApplied>(),
       .decide = DecideApplied,
       .evolve = EvolveApplied},
      {.schema_id = capnp::typeId<schema::HouseholdRegistered>(), .decide = DecideRegistered},
  };
}

}  // namespace guitu::aggregates
