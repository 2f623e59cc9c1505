// Four eyes in the registry (R58): rows marked +A once the set-up has ended (107g).
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "aggregates/registry/decider.h"
#include "events/derive.h"
#include "events/json.h"
#include "events/reason.h"
#include "events/schema/control.capnp.h"
#include "events/schema/registry.capnp.h"
#include "events/values.h"
#include "tests/events/test_hash.h"

namespace guitu::aggregates {
namespace {

using events::Event;
using events::MakeEvent;
using events::Reason;

const absl::Time kStart = absl::FromCivil(absl::CivilDay(2026, 3, 2), events::ChinaTime());

// A unit as a command proposes it, the same with another name, and a role.
constexpr absl::string_view kUnit = R"({"events":[{"type":"UnitSet",
  "occurredAt":"2026-03-01T10:00:00+08:00",
  "data":{"code":"WF","name":"妇联","kind":"member","active":true}}]})";
constexpr absl::string_view kRenamed = R"({"events":[{"type":"UnitSet",
  "occurredAt":"2026-03-01T10:00:00+08:00",
  "data":{"code":"WF","name":"妇女联合会","kind":"member","active":true}}]})";
constexpr absl::string_view kRole = R"({"events":[{"type":"RoleSet",
  "occurredAt":"2026-03-01T10:00:00+08:00","data":{"role":"clerk","scope":"city"}}]})";

Event Read(absl::string_view json) {
  auto any = [](absl::string_view, absl::string_view) { return true; };
  return events::ReadCommand(*events::ParseJson(json), any)->front();
}

events::StreamId ItemStream(absl::string_view kind, absl::string_view key) {
  return events::RegistryStreamOf(events::TestHash, "salt", kind, key);
}

absl::StatusOr<events::RequestHash> ContentHash(const Event& event) {
  auto data = std::as_const(*event.body).content().getData().getAs<capnp::AnyStruct>();
  kj::Array<capnp::word> words = data.canonicalize();
  auto bytes = words.asBytes();
  auto hash = events::TestHash(
      {absl::string_view(reinterpret_cast<const char*>(bytes.begin()), bytes.size())});
  return events::IdFromBytes<events::RequestHash>(hash.view().substr(0, 16));
}

const RuleData& Rules() {
  static const auto* rules = new RuleData(RuleData::Shipped());
  return *rules;
}

struct Asked {
  absl::string_view target = "90";
  absl::Duration expires = absl::Hours(24);
  std::string to = "";
  std::string to_unit = "";
};

// A town with three administrators, a clerk whose role has 98 and 98b, and the items that the acts
// are about. Time stands still unless a test moves it.
class FourEyes : public testing::Test {
 protected:
  FourEyes() {
    Fact("system", Role("administrator", true));
    Fact("system", Role("clerk", false));
    Fact("system", MakeEvent<schema::UnitSet>(kStart, [](auto out) {
           out.setCode("OFF");
           out.setKind(schema::UnitKind::OFFICE);
           out.setActive(schema::YesNo::YES);
         }));
    for (const char* staff : {"a1", "a2", "a3"}) Fact("system", User(staff, "administrator"));
    Fact("system", User("c1", "clerk"));
  }

  static Event Role(const std::string& name, bool administers) {
    return MakeEvent<schema::RoleSet>(kStart, [&](auto out) {
      out.setRole(name);
      auto acts = out.initActs(2);
      acts.set(0, administers ? "90" : "98");
      acts.set(1, administers ? "93" : "98b");
      out.setScope(schema::Scope::CITY);
      if (administers) out.setAdministers(schema::YesNo::YES);
    });
  }
  static Event User(const std::string& staff, const std::string& role) {
    return MakeEvent<schema::UserSet>(kStart, [&](auto out) {
      out.setStaff(staff);
      out.setUnit("OFF");
      out.initRoles(1).set(0, role);
      out.initFrom().setDays(events::FromCivilDay(absl::CivilDay(2026, 1, 1)));
    });
  }

  void EndSetUp() {
    Fact("system", MakeEvent<schema::BootstrapEnded>(kStart, [](auto) {}));
  }

  Event Request(absl::string_view content = kUnit, const Asked& asked = {}) const {
    return MakeEvent<schema::ApprovalRequested>(now_, [&](auto out) {
      out.setTarget(std::string(asked.target));
      out.setContent(std::string(content));
      out.initExpires().setMicros(absl::ToUnixMicros(now_ + asked.expires));
      if (!asked.to.empty()) out.setTo(asked.to);
      if (!asked.to_unit.empty()) out.setToUnit(asked.to_unit);
      out.setAfterTheFact(schema::YesNo::NO);
    });
  }
  template <typename T>
  Event Answered(uint32_t of, absl::string_view content) const {
    return MakeEvent<T>(now_, [&](auto out) {
      out.initOf().setSequence(of);
      events::SetId(out.initContentHash(), *ContentHash(Read(content)));
      out.initAt().setMicros(absl::ToUnixMicros(now_));
    });
  }
  Event Approval(uint32_t of, absl::string_view content = kUnit) const {
    return Answered<schema::ApprovalGiven>(of, content);
  }
  Event Refusal(uint32_t of, absl::string_view content = kUnit) const {
    return Answered<schema::ApprovalRefused>(of, content);
  }

  absl::StatusOr<std::vector<Event>> Ask(const std::string& by, std::vector<Event> command) {
    Context context;
    context.now = now_;
    context.not_before = not_before_;
    context.actor = {by, "OFF", by == "c1" ? "clerk" : "administrator"};
    auto [kind, key] = KeyOf(command.front());
    context.stream = kind.empty() ? item_ : ItemStream(kind, key);
    context.rules = &Rules();
    context.content_hash = ContentHash;
    context.item_stream = ItemStream;
    for (Event& event : command) {
      event.recorder = by;
      event.recorded_at = context.RecordedAt();
    }
    return RegistryDecider::Decide(state_, command, context);
  }
  absl::StatusOr<std::vector<Event>> Ask(const std::string& by, Event event) {
    return Ask(by, std::vector{std::move(event)});
  }
  // Asks and, being accepted, is in effect.
  void Record(const std::string& by, Event event) {
    auto [kind, key] = KeyOf(event);
    auto stream = kind.empty() ? item_ : ItemStream(kind, key);
    auto decided = Ask(by, std::move(event));
    ASSERT_TRUE(decided.ok()) << decided.status();
    for (const Event& one : *decided) {
      state_ = RegistryDecider::Evolve(std::move(state_), stream, one);
      recorded_.emplace_back(stream, one);
    }
  }
  void Fact(const std::string& by, Event event) {
    event.recorder = by;
    event.recorded_at = now_;
    state_ = RegistryDecider::Evolve(std::move(state_), {}, event);
  }
  void Wait(absl::Duration by) { now_ += by; }

  RegistryState state_ = RegistryDecider::Initial();
  std::vector<std::pair<events::StreamId, Event>> recorded_;
  events::StreamId item_ = ItemStream("unit", "WF");  // that approvals are about
  absl::Time now_ = kStart;
  absl::Time not_before_ = absl::InfinitePast();  // recordedAt of the newest record
};

void ExpectTaken(const absl::StatusOr<std::vector<Event>>& result) {
  EXPECT_TRUE(result.ok()) << result.status();
}

void ExpectRefused(Reason reason, const absl::StatusOr<std::vector<Event>>& result,
                   const std::string& pointer = "") {
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(events::ReasonOf(result.status()), reason) << result.status();
  if (!pointer.empty()) {
    EXPECT_EQ(events::PointerOf(result.status()), pointer);
  }
}

// --- The act ---

TEST_F(FourEyes, AreNotAskedForDuringTheSetUp) {
  ExpectTaken(Ask("a1", Read(kUnit)));
  ExpectTaken(Ask("a1", Read(kRole)));
}

TEST_F(FourEyes, AreAskedForUnitsAndRolesOnceTheSetUpHasEnded) {
  EndSetUp();
  ExpectRefused(Reason::APPROVAL_NEEDED, Ask("a1", Read(kUnit)));
  ExpectRefused(Reason::APPROVAL_NEEDED, Ask("a1", Read(kRole)));
}

TEST_F(FourEyes, AreNotAskedForRowsThatTheCatalogueDoesNotMark) {
  EndSetUp();
  ExpectTaken(Ask("a1", User("w1", "clerk")));
  ExpectTaken(
      Ask("a1", MakeEvent<schema::UserSuspended>(kStart, [](auto out) { out.setStaff("c1"); })));
}

TEST_F(FourEyes, TakeTheActThatAnotherAdministratorApproved) {
  EndSetUp();
  Record("a1", Request());
  Record("a2", Approval(1));
  Record("a1", Read(kUnit));
  EXPECT_EQ(state_.FindUnit("WF")->name, "妇联");
}

TEST_F(FourEyes, TakeTheActFromAThirdAdministratorToo) {
  EndSetUp();
  Record("a1", Request());
  Record("a2", Approval(1));
  ExpectTaken(Ask("a3", Read(kUnit)));
}

TEST_F(FourEyes, TakeARoleToo) {
  EndSetUp();
  item_ = ItemStream("role", "clerk");
  Record("a1", Request(kRole, {.target = "93"}));
  Record("a2", Approval(1, kRole));
  Record("a1", Read(kRole));
  ExpectRefused(Reason::APPROVAL_NEEDED, Ask("a1", Read(kRole)));
}

TEST_F(FourEyes, RefuseTheActWhileTheApprovalIsOnlyAskedFor) {
  EndSetUp();
  Record("a1", Request());
  ExpectRefused(Reason::APPROVAL_NEEDED, Ask("a1", Read(kUnit)));
}

TEST_F(FourEyes, RefuseTheActFromTheOneWhoApprovedIt) {
  EndSetUp();
  Record("a1", Request());
  Record("a2", Approval(1));
  ExpectRefused(Reason::APPROVAL_NEEDED, Ask("a2", Read(kUnit)));
}

TEST_F(FourEyes, RefuseAnActWithOtherContent) {
  EndSetUp();
  Record("a1", Request());
  Record("a2", Approval(1));
  ExpectRefused(Reason::APPROVAL_NEEDED, Ask("a1", Read(kRenamed)));
}

TEST_F(FourEyes, RefuseTheActOnceTheApprovalHasExpired) {
  EndSetUp();
  Record("a1", Request());
  Record("a2", Approval(1));
  Wait(absl::Hours(24) - absl::Seconds(1));
  ExpectTaken(Ask("a1", Read(kUnit)));
  Wait(absl::Seconds(1));
  ExpectRefused(Reason::APPROVAL_NEEDED, Ask("a1", Read(kUnit)));
}

TEST_F(FourEyes, RefuseTheActASecondTime) {
  EndSetUp();
  Record("a1", Request());
  Record("a2", Approval(1));
  ExpectRefused(Reason::APPROVAL_NEEDED, Ask("a1", {Read(kUnit), Read(kUnit)}));
  Record("a1", Read(kUnit));
  ExpectRefused(Reason::APPROVAL_NEEDED, Ask("a1", Read(kUnit)));
}

TEST_F(FourEyes, TakeTheSameActAgainOnASecondApproval) {
  EndSetUp();
  for (uint32_t request : {1u, 3u}) {
    Record("a1", Request());
    Record("a2", Approval(request));
    Record("a1", Read(kUnit));
  }
  ExpectRefused(Reason::APPROVAL_NEEDED, Ask("a1", Read(kUnit)));
}

TEST_F(FourEyes, RefuseTheActOnceTheApproverHasTakenItBack) {
  EndSetUp();
  Record("a1", Request());
  Record("a2", Approval(1));
  Wait(absl::Hours(1));
  Record("a2", Refusal(1));
  ExpectRefused(Reason::APPROVAL_NEEDED, Ask("a1", Read(kUnit)));
}

TEST_F(FourEyes, CountAnActBeforeTheApprovalWasTakenBackAsItsUse) {
  EndSetUp();
  Record("a1", Request());
  Record("a2", Approval(1));
  Record("a1", Read(kUnit));
  Wait(absl::Hours(1));
  Record("a2", Refusal(1));
  Record("a1", Request());
  Record("a2", Approval(4));
  ExpectTaken(Ask("a1", Read(kUnit)));
}

TEST_F(FourEyes, UseUpAnApprovalThatWasGivenDuringTheSetUp) {
  Record("a1", Request());
  Record("a2", Approval(1));
  Record("a1", Read(kUnit));
  EndSetUp();
  ExpectRefused(Reason::APPROVAL_NEEDED, Ask("a1", Read(kUnit)));
}

TEST_F(FourEyes, JudgeAnActByItsOwnLawFirst) {
  EndSetUp();
  Event orphan = MakeEvent<schema::UnitSet>(kStart, [](auto out) {
    out.setCode("WF");
    out.setParent("NOWHERE");
  });
  ExpectRefused(Reason::UNIT_UNKNOWN, Ask("a1", orphan), "/events/0/data/parent");
}

TEST_F(FourEyes, HoldWhatWasRecordedThoughTheClockWasSetBack) {
  EndSetUp();
  Record("a1", Request());
  Record("a2", Approval(1));
  Wait(absl::Hours(24));
  Record("a2", Refusal(1));
  not_before_ = now_;
  Wait(-absl::Hours(20));  // within the time of the request again, and before it was taken back
  ExpectRefused(Reason::APPROVAL_NEEDED, Ask("a1", Read(kUnit)));
  Record("a1", Request());
  ExpectTaken(Ask("a2", Approval(4)));
}

// An act is folded with its boxes closed, so a sealed field would be no part of what was approved.
void ExpectOpen(const events::StructSpec& spec, const std::string& where) {
  for (const events::FieldSpec& field : spec.fields) {
    EXPECT_EQ(field.mark, events::Mark::kOpen) << where << " " << field.name;
    bool closed_list = field.codes == "PURP";  // has no "other", so never a text of its own
    if (field.nested != nullptr && !closed_list)
      ExpectOpen(*field.nested, absl::StrCat(where, " ", field.name));
  }
}

TEST_F(FourEyes, BindEveryFieldSinceNoSuchRowHasASealedOne) {
  for (const events::EventType& type : events::Catalogue::Get().types()) {
    if (type.stages == schema::Stages::REGISTRY && type.approval) ExpectOpen(*type.spec, type.name);
  }
}

// --- 98 ---

TEST_F(FourEyes, RequestsCarryTheHashOfWhatTheyPropose) {
  Record("a1", Request());
  const auto& approvals = state_.ApprovalsOf(ItemStream("unit", "WF"));
  ASSERT_EQ(approvals.requests.size(), 1u);
  EXPECT_EQ(approvals.requests[0].content, *ContentHash(Read(kUnit)));
  EXPECT_EQ(approvals.requests[0].author, "a1");
  EXPECT_TRUE(state_.ApprovalsOf(ItemStream("unit", "MCA")).requests.empty());
}

TEST_F(FourEyes, RequestsAreForRowsOfTheRegistryThatAskForApproval) {
  for (const char* row : {"34", "91", "92", "999", "x"}) {
    ExpectRefused(Reason::INVALID_FIELD, Ask("a1", Request(kUnit, {.target = row})),
                  "/events/0/data/target");
  }
}

TEST_F(FourEyes, RequestsHoldOneEventOfThatRowAndOfThisItem) {
  ExpectRefused(Reason::INVALID_FIELD, Ask("a1", Request(kRole)), "/events/0/data/content");
  ExpectRefused(Reason::INVALID_FIELD, Ask("a1", Request(kRole, {.target = "93"})),
                "/events/0/data/content");
  ExpectRefused(Reason::MALFORMED, Ask("a1", Request("{")), "/events/0/data/content");
}

TEST_F(FourEyes, RequestsComeBeforeTheAct) {
  Event late = Request();
  auto body = std::make_shared<events::Body>(std::as_const(*late.body).content());
  body->mutable_data<schema::ApprovalRequested>().setAfterTheFact(schema::YesNo::YES);
  late.body = std::move(body);
  ExpectRefused(Reason::APPROVAL_AFTERWARDS, Ask("a1", late), "/events/0/data/afterTheFact");
}

TEST_F(FourEyes, RequestsComeFromThoseWhoMayDoTheAct) {
  ExpectRefused(Reason::NOT_PERMITTED, Ask("c1", Request()));
}

TEST_F(FourEyes, AreACommandOfTheirOwn) {
  EndSetUp();
  ExpectRefused(Reason::TYPE_NOT_HERE, Ask("a1", {Request(), User("w1", "clerk")}),
                "/events/1/type");
  ExpectRefused(Reason::TYPE_NOT_HERE, Ask("a1", {User("w1", "clerk"), Request()}),
                "/events/1/type");
  ExpectTaken(Ask("a1", {Request(), Request(kRenamed)}));
}

// --- 98b and 98c ---

TEST_F(FourEyes, ApprovalsComeFromASecondPerson) {
  Record("a1", Request());
  ExpectRefused(Reason::APPROVAL_BY_AUTHOR, Ask("a1", Approval(1)));
  ExpectTaken(Ask("a2", Approval(1)));
}

TEST_F(FourEyes, ApprovalsComeFromThoseWhoMayDoTheAct) {
  Record("a1", Request());
  ExpectRefused(Reason::NOT_PERMITTED, Ask("c1", Approval(1)));
  ExpectRefused(Reason::NOT_PERMITTED, Ask("c1", Refusal(1)));
}

TEST_F(FourEyes, ApprovalsComeFromAUserInGoodStanding) {
  Record("a1", Request());
  Fact("system", MakeEvent<schema::UserSuspended>(kStart, [](auto out) { out.setStaff("a2"); }));
  ExpectRefused(Reason::SUSPENDED, Ask("a2", Approval(1)));
}

TEST_F(FourEyes, ApprovalsComeFromThoseWhoAreAsked) {
  Record("a1", Request(kUnit, {.to = "a2"}));
  ExpectRefused(Reason::APPROVAL_NOT_ASKED, Ask("a3", Approval(1)));
  ExpectTaken(Ask("a2", Approval(1)));
  Record("a1", Request(kUnit, {.to_unit = "PSB"}));
  ExpectRefused(Reason::APPROVAL_NOT_ASKED, Ask("a2", Approval(2)));
}

TEST_F(FourEyes, ApprovalsNameTheContent) {
  Record("a1", Request());
  ExpectRefused(Reason::APPROVAL_OTHER_CONTENT, Ask("a2", Approval(1, kRenamed)),
                "/events/0/data/contentHash");
}

TEST_F(FourEyes, ApprovalsComeInTimeAndOnce) {
  Record("a1", Request());
  Record("a1", Request());
  Record("a2", Approval(1));
  ExpectRefused(Reason::APPROVAL_DECIDED, Ask("a3", Approval(1)));
  Wait(absl::Hours(24));
  ExpectRefused(Reason::APPROVAL_EXPIRED, Ask("a2", Approval(2)));
}

TEST_F(FourEyes, ApprovalsNameARequestOfThisItem) {
  ExpectRefused(Reason::REFERENCE_UNKNOWN, Ask("a2", Approval(1)), "/events/0/data/of");
  ExpectRefused(Reason::REFERENCE_UNKNOWN, Ask("a2", Refusal(1)), "/events/0/data/of");
  Record("a1", Request());
  Event elsewhere = Approval(1);
  auto body = std::make_shared<events::Body>(std::as_const(*elsewhere.body).content());
  events::SetId(body->mutable_data<schema::ApprovalGiven>().getOf().initStream(),
                events::StreamId{1, 2});
  elsewhere.body = std::move(body);
  ExpectRefused(Reason::REFERENCE_UNKNOWN, Ask("a2", elsewhere), "/events/0/data/of");
}

TEST_F(FourEyes, ARequestThatWasRefusedIsDecided) {
  Record("a1", Request());
  ExpectRefused(Reason::APPROVAL_BY_AUTHOR, Ask("a1", Refusal(1)));
  Record("a2", Refusal(1));
  ExpectRefused(Reason::APPROVAL_DECIDED, Ask("a3", Approval(1)));
  ExpectRefused(Reason::APPROVAL_DECIDED, Ask("a3", Refusal(1)));
}

TEST_F(FourEyes, OnlyWhoGaveAnApprovalTakesItBack) {
  Record("a1", Request());
  Record("a2", Approval(1));
  ExpectRefused(Reason::APPROVAL_DECIDED, Ask("a3", Refusal(1)));
  ExpectTaken(Ask("a2", Refusal(1)));
}

TEST_F(FourEyes, FoldToTheSameWhicheverStreamComesFirst) {
  EndSetUp();
  RegistryState before = state_;
  Record("a1", Request());
  Record("a2", Approval(1));
  Record("a1", Read(kUnit));
  for (bool siblings_first : {true, false}) {
    state_ = before;
    for (bool siblings : {siblings_first, !siblings_first}) {
      for (const auto& [stream, event] : recorded_) {
        if ((event.type->stages == schema::Stages::SIBLING) == siblings)
          state_ = RegistryDecider::Evolve(std::move(state_), stream, event);
      }
    }
    ExpectRefused(Reason::APPROVAL_NEEDED, Ask("a1", Read(kUnit)));
    EXPECT_EQ(state_.ApprovalsOf(item_).siblings, 2u);
  }
}

}  // namespace
}  // namespace guitu::aggregates
