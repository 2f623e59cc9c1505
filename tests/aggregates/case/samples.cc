#include "tests/aggregates/case/samples.h"

#include "absl/hash/hash.h"
#include "events/json.h"
#include "events/record.h"
#include "events/schema/aftercare.capnp.h"
#include "events/schema/control.capnp.h"
#include "events/schema/handover.capnp.h"
#include "events/schema/household.capnp.h"
#include "events/schema/legal_aid.capnp.h"
#include "events/schema/placement.capnp.h"
#include "events/schema/rescue.capnp.h"
#include "events/schema/school.capnp.h"
#include "events/schema/tracing.capnp.h"
#include "events/values.h"

namespace guitu::aggregates {
namespace {

using events::Event;

// An event that is recorded when it happens, by w1 of MCA.
template <typename T, typename Fill>
Event Make(absl::Time at, Fill&& fill) {
  Event event = events::MakeEvent<T>(at, std::forward<Fill>(fill));
  event.recorder = "w1";
  event.recorder_unit = "MCA";
  event.recorded_at = at;
  return event;
}

void SetDay(schema::Date::Builder out, int year, int month, int day) {
  out.setDays(events::FromCivilDay(absl::CivilDay(year, month, day)));
}

RegistryState MakeRegistry() {
  RegistryState registry;
  auto unit = [&](std::string code, std::string parent, bool active = true) {
    registry.units[code] = std::make_shared<Unit>(
        Unit{code, code, std::move(parent), "", schema::UnitKind::MEMBER, active});
  };
  unit("MCA", "");
  unit("STA", "MCA");
  unit("PSB", "");
  unit("JUS", "");
  unit("WF", "");
  unit("OLD", "", false);
  auto user = [&](std::string staff, std::string unit, absl::CivilDay from, absl::CivilDay until,
                  bool suspended = false) {
    registry.users[staff] = std::make_shared<User>(
        User{staff, std::move(unit), {"caseworker"}, from, until, suspended});
  };
  absl::CivilDay from(2020, 1, 1);
  absl::CivilDay until(2030, 1, 1);
  for (const char* staff : {"w1", "w2", "h1"}) user(staff, "MCA", from, until);
  user("p1", "PSB", from, until);
  user("s1", "MCA", from, until, true);
  user("e1", "MCA", from, absl::CivilDay(2025, 12, 31));
  user("f1", "MCA", absl::CivilDay(2027, 1, 1), until);
  return registry;
}

}  // namespace

absl::Time On(int year, int month, int day) {
  return absl::FromCivil(absl::CivilHour(year, month, day, 10), events::ChinaTime());
}

const RegistryState& SampleRegistry() {
  static const auto* registry = new RegistryState(MakeRegistry());
  return *registry;
}

const RuleData& SampleRules() {
  static const auto* rules = new RuleData(RuleData::Shipped());
  return *rules;
}

events::RequestHash ContentHash(const Event& event) {
  auto data = std::as_const(*event.body).content().getData().getAs<capnp::AnyStruct>();
  kj::Array<capnp::word> words = data.canonicalize();
  auto bytes = words.asBytes();
  std::string text(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
  return {absl::HashOf(text, 1), absl::HashOf(text, 2)};
}

Context SampleContext() {
  Context context;
  context.now = kNow;
  context.actor = {"w1", "MCA", "caseworker"};
  context.stream = kCase;
  context.subject = kSubject;
  context.registry = &SampleRegistry();
  context.rules = &SampleRules();
  context.content_hash = [](const Event& event) { return ContentHash(event); };
  context.look_up = [](const events::StreamId& stream, uint32_t sequence) {
    std::optional<ForeignEvent> found;
    if (stream == kReport && sequence == 1) found = ForeignEvent{*events::TypeOfRow("4"), 3, 77};
    if (stream == kReport && sequence == 2) found = ForeignEvent{*events::TypeOfRow("12"), 3, 77};
    return found;
  };
  context.new_person = [](uint32_t index, absl::string_view path) {
    return events::SubjectId{0xbeef + index, path.size()};
  };
  return context;
}

void SetPerson(schema::Person::Builder out, events::SubjectId person) {
  if (person == kSubject) return out.setSelf();
  events::SetId(out.initRelated(), person);
}

schema::YesNo YesNo(bool yes) { return yes ? schema::YesNo::YES : schema::YesNo::NO; }

Event Rescued(std::string band, absl::Time at) {
  return Make<schema::VictimRescued>(at, [&](auto out) {
    out.initPlace().setAdmin("530921105");
    out.initAgeBand().setCode(band);
  });
}

Event RescuedFrom(events::SubjectId buyer) {
  return Make<schema::VictimRescued>(kDay, [&](auto out) {
    out.initAgeBand().setCode("under14");
    SetPerson(out.initBuyer(), buyer);
  });
}

Event Opened(std::string owner, absl::Time at) {
  return Make<schema::CaseOpened>(at, [&](auto out) {
    out.initKind().setCode("victim");
    out.setOwner(owner);
    out.setCounty("530921");
  });
}

Event Asserted(const Identity& identity) {
  return Make<schema::IdentityAsserted>(kDay, [&](auto out) {
    if (identity.year != 0) SetDay(out.initDob(), identity.year, identity.month, identity.day);
    out.setEstimated(YesNo(identity.estimated));
    out.setRangeYears(identity.range);
    out.initProof().setCode(identity.proof);
    SetPerson(out.initSaidBy(), identity.said_by);
  });
}

Event RelatedAsked(std::vector<std::string> roles) {
  return Make<schema::RelatedPersonRecorded>(kDay, [&](auto out) {
    auto list = out.initRole(static_cast<uint>(roles.size()));
    for (uint i = 0; i < roles.size(); ++i) list[i].setCode(roles[i]);
  });
}

Event Related(events::SubjectId person, std::vector<std::string> roles) {
  Event event = RelatedAsked(std::move(roles));
  auto body = std::make_shared<events::Body>(std::as_const(*event.body).content());
  SetPerson(body->mutable_data<schema::RelatedPersonRecorded>().initPerson(), person);
  event.body = std::move(body);
  return event;
}

Event Risk() {
  return Make<schema::RiskAssessed>(kDay, [](auto out) { out.setTool("tool"); });
}

Event Capacity(std::string finding, absl::Time at) {
  return Make<schema::CapacityAssessed>(at, [&](auto out) { out.initFinding().setCode(finding); });
}

Event Wish12(const WishOf& wish) {
  return Make<schema::VictimWishRecorded>(wish.at, [&](auto out) {
    auto topics = out.initTopics(1);
    topics[0].initTopic().setCode(wish.topic);
    topics[0].initAnswer().setCode(wish.answer);
    out.setAlone(YesNo(wish.alone));
    out.setBuyerAbsent(YesNo(wish.buyer_absent));
    out.initAbility().setCode(wish.ability);
    if (!wish.observed) return;
    out.setObservation("seen");
    out.setWhy("no words");
  });
}

Event Conflict(events::SubjectId person) {
  return Make<schema::GuardianConflictFlagged>(kDay, [&](auto out) {
    SetPerson(out.initPerson(), person);
    out.initGround().setCode("suspectedSale");
  });
}

Event HandoverAsked() {
  return Make<schema::HandoverRequested>(kDay, [](auto out) {
    out.setFrom("PSB");
    out.setTarget("MCA");
  });
}

Event HandoverTaken(uint32_t of, bool numbered) {
  return Make<schema::HandoverAccepted>(kDay, [&](auto out) {
    out.initOf().setSequence(of);
    auto notice = out.initNotice();
    notice.setKind("notice");
    if (numbered) notice.setNumber("2026-7");
  });
}

Event DnaAsked() {
  return Make<schema::DnaSamplingRequested>(kDay, [](auto out) { out.setTo("PSB"); });
}

Event Sample26(events::SubjectId of) {
  return Make<schema::DnaReferenceRecorded>(kDay, [&](auto out) { SetPerson(out.initOf(), of); });
}

Event Compared(uint32_t of, std::string result) {
  return Make<schema::DnaComparisonReported>(kDay, [&](auto out) {
    out.initOf().setSequence(of);
    out.initResult().setCode(result);
  });
}

Event NotFound31() {
  return Make<schema::NotFoundCertified>(
      kDay, [](auto out) { out.setKind(schema::NotFoundKind::FINAL); });
}

Event Fitness(events::SubjectId person, std::string result) {
  return Make<schema::GuardianFitnessAssessed>(kDay, [&](auto out) {
    SetPerson(out.initPerson(), person);
    out.setResult(result == "fit"          ? schema::FitnessResult::FIT
                  : result == "conditions" ? schema::FitnessResult::CONDITIONS
                                           : schema::FitnessResult::UNFIT);
  });
}

Event Options() {
  return Make<schema::PlacementOptionsReviewed>(kDay, [](auto out) { out.setRecommended(1); });
}

Event Placed(const PlacementOf& placement) {
  return Make<schema::PlacementDecided>(placement.at, [&](auto out) {
    out.initPtype().setCode(placement.ptype);
    if (!placement.person.empty()) SetPerson(out.initPerson(), placement.person);
    auto check = out.initBuyerCheck();
    check.setResult(placement.check == "buyer"       ? schema::BuyerCheckResult::BUYER
                    : placement.check == "household" ? schema::BuyerCheckResult::HOUSEHOLD
                                                     : schema::BuyerCheckResult::UNRELATED);
    out.initWish().setSequence(placement.wish);
  });
}

Event Moved(uint32_t of, events::SubjectId carer) {
  return Make<schema::PlacementStarted>(kDay, [&](auto out) {
    out.initOf().setSequence(of);
    if (!carer.empty()) SetPerson(out.initCarer(), carer);
  });
}

Event HukouApplied(const ApplicationOf& application) {
  return Make<schema::HouseholdRegistrationApplied>(kDay, [&](auto out) {
    out.initKind().setCode(application.kind);
    out.setOriginUnknown(application.origin_unknown == "unknown"
                             ? schema::YesNo::UNKNOWN
                             : YesNo(application.origin_unknown == "yes"));
    if (application.birth_certificate) out.initPapers(1)[0].setCode("birthCertificate");
  });
}

Event HukouEntered(std::string kind) {
  return Make<schema::HouseholdRegistered>(kDay, [&](auto out) { out.initKind().setCode(kind); });
}

Event Enrolled() {
  return Make<schema::SchoolEnrolled>(kDay, [](auto out) { out.initStage().setCode("primary"); });
}

Event FileOpened(std::string cadence) {
  return Make<schema::DedicatedFileOpened>(kDay, [&](auto out) {
    out.setKeeper("MCA");
    out.setCadence(cadence);
  });
}

Event VisitPlanned() {
  return Make<schema::FollowUpScheduled>(kDay, [](auto out) { SetDay(out.initDue(), 2026, 4, 1); });
}

Event Visited(uint32_t of, std::vector<events::SubjectId> others) {
  return Make<schema::FollowUpCompleted>(kDay, [&](auto out) {
    if (of != 0) out.initOf().setSequence(of);
    out.initResult().setCode("seenAlone");
    auto list = out.initOthers(static_cast<uint>(others.size()));
    for (uint i = 0; i < others.size(); ++i) SetPerson(list[i], others[i]);
  });
}

Event VisitMissed(uint32_t of) {
  return Make<schema::FollowUpMissed>(kDay, [&](auto out) { out.initOf().setSequence(of); });
}

Event Need60() {
  return Make<schema::NeedIdentified>(kDay, [](auto out) { out.setUnit("MCA"); });
}

Event RightTold(events::SubjectId to) {
  return Make<schema::LegalAidRightNotified>(kDay, [&](auto out) { SetPerson(out.initTo(), to); });
}

Event LegalAidAsked(events::SubjectId applicant, absl::Time received) {
  return Make<schema::LegalAidApplied>(kDay, [&](auto out) {
    SetPerson(out.initApplicant(), applicant);
    out.initReceivedAt().setMicros(absl::ToUnixMicros(received));
  });
}

Event LegalAidSaid(uint32_t of, std::string outcome, bool reasons, absl::Time at) {
  return Make<schema::LegalAidDecided>(at, [&](auto out) {
    out.initOf().setSequence(of);
    out.initOutcome().setCode(outcome);
    if (reasons) out.setReasons("because");
  });
}

Event Assigned(std::string unit, std::string staff) {
  return Make<schema::CaseAssigned>(kDay, [&](auto out) {
    out.setUnit(unit);
    out.setStaff(staff);
  });
}

Event Accessed() {
  return Make<schema::RecordAccessed>(kDay, [](auto out) { out.setStaff("w1"); });
}

Event Requested98(const Event& proposed, const RequestOf& request) {
  Event event = Make<schema::ApprovalRequested>(kDay, [&](auto out) {
    out.setTarget(proposed.type->number);
    events::SetId(out.initContentHash(), ContentHash(proposed));
    if (!request.to.empty()) out.setTo(request.to);
    if (!request.to_unit.empty()) out.setToUnit(request.to_unit);
    out.initExpires().setMicros(absl::ToUnixMicros(request.expires));
    out.setAfterTheFact(schema::YesNo::NO);
  });
  event.recorder = request.author;
  return event;
}

Event Given98b(uint32_t of, const Event& proposed, std::string by) {
  Event event = Make<schema::ApprovalGiven>(kDay, [&](auto out) {
    out.initOf().setSequence(of);
    events::SetId(out.initContentHash(), ContentHash(proposed));
  });
  event.recorder = std::move(by);
  return event;
}

Event Refused98c(uint32_t of, const Event& proposed, std::string by) {
  Event event = Make<schema::ApprovalRefused>(kDay, [&](auto out) {
    out.initOf().setSequence(of);
    events::SetId(out.initContentHash(), ContentHash(proposed));
    out.setWhy(schema::ApprovalRefusal::GROUNDS);
  });
  event.recorder = std::move(by);
  return event;
}

std::vector<Event> Approved(const Event& proposed) {
  return {Requested98(proposed), Given98b(1, proposed)};
}

Event RequestAsked(std::string target, std::string content) {
  return Make<schema::ApprovalRequested>(kDay, [&](auto out) {
    out.setTarget(target);
    out.setContent(content);
    out.initExpires().setMicros(absl::ToUnixMicros(On(2027, 1, 1)));
    out.setAfterTheFact(schema::YesNo::NO);
  });
}

Event ProposedEvent(absl::string_view json) {
  auto any = [](absl::string_view, absl::string_view) { return true; };
  auto events = events::ReadCommand(*events::ParseJson(json), any);
  return events->front();
}

}  // namespace guitu::aggregates
