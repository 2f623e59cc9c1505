// Four eyes (R58): requests and approvals, and the acts that stand on them.
#include "events/schema/control.capnp.h"
#include "events/schema/placement.capnp.h"
#include "tests/aggregates/case/given.h"

namespace guitu::aggregates {
namespace {

using events::Event;

const std::vector<Event> kGirl = {Rescued("under14"), Opened(), Wish12()};
const Event kPlaced = Placed({});

// A placement as a client proposes it, and the same as JSON.
constexpr absl::string_view kProposed = R"({"events":[{"type":"PlacementDecided",
  "occurredAt":"2026-03-02T10:00:00+08:00","data":{"ptype":"welfareInstitution",
  "place":{"admin":"530921"},"from":"2026-03-02","reviewBy":"2026-06-02","reasons":"because",
  "buyerCheck":{"result":"unrelated"},"wish":"3","provisional":false}}]})";

// --- The act ---

TEST(ApprovedAct, IsRefusedWithoutAnApproval) {
  GivenCase(kGirl).When(kPlaced).ThenRefused(Reason::APPROVAL_NEEDED);
}

TEST(ApprovedAct, IsRefusedWhileTheApprovalIsOnlyAskedFor) {
  GivenCase(kGirl + Requested98(kPlaced)).When(kPlaced).ThenRefused(Reason::APPROVAL_NEEDED);
}

TEST(ApprovedAct, IsRefusedWithOtherContentThanWasApproved) {
  GivenCase(kGirl + Approved(kPlaced))
      .When(Placed({.ptype = "reliefStation"}))
      .ThenRefused(Reason::APPROVAL_NEEDED);
}

TEST(ApprovedAct, IsRefusedOnAnApprovalForAnotherRow) {
  Event request = Requested98(kPlaced);
  auto body = std::make_shared<events::Body>(std::as_const(*request.body).content());
  body->mutable_data<schema::ApprovalRequested>().setTarget("50");
  request.body = std::move(body);
  GivenCase(kGirl + request + Given98b(1, kPlaced))
      .When(kPlaced)
      .ThenRefused(Reason::APPROVAL_NEEDED);
}

TEST(ApprovedAct, IsRefusedFromTheOneWhoApprovedIt) {
  GivenCase(kGirl + Approved(kPlaced))
      .By("h1", "MCA")
      .When(kPlaced)
      .ThenRefused(Reason::APPROVAL_NEEDED);
}

TEST(ApprovedAct, IsTakenFromAColleagueOfTheOneWhoAsked) {
  GivenCase(kGirl + Approved(kPlaced)).By("w2", "MCA").When(kPlaced).ThenRecorded();
}

TEST(ApprovedAct, IsRefusedOnAnApprovalOfTheAuthorOfTheRequest) {
  auto given = kGirl + Requested98(kPlaced) + Given98b(1, kPlaced, "w1");
  GivenCase(given).By("w2", "MCA").When(kPlaced).ThenRefused(Reason::APPROVAL_NEEDED);
}

TEST(ApprovedAct, IsRefusedOnceTheApprovalHasExpired) {
  auto given = kGirl + Requested98(kPlaced, {.expires = kNow}) + Given98b(1, kPlaced);
  GivenCase(given).At(kNow).When(kPlaced).ThenRefused(Reason::APPROVAL_NEEDED);
  GivenCase(given).At(kNow - absl::Seconds(1)).When(kPlaced).ThenRecorded();
}

TEST(ApprovedAct, UsesItsApprovalUp) {
  auto given = kGirl + Approved(kPlaced);
  auto first = GivenCase(given).When(kPlaced).ThenRecorded();
  GivenCase(given + first).When(kPlaced).ThenRefused(Reason::APPROVAL_NEEDED);
  GivenCase(given).When({kPlaced, kPlaced}).ThenRefused(Reason::APPROVAL_NEEDED);
}

TEST(ApprovedAct, TakesASecondApprovalForTheSameActAgain) {
  auto given = kGirl + Approved(kPlaced) + Requested98(kPlaced) + Given98b(3, kPlaced, "w2");
  auto recorded = GivenCase(given).When({kPlaced, kPlaced}).ThenRecorded();
  EXPECT_EQ(recorded.at(0).As<schema::PlacementDecided>().getApprover(), "h1");
  EXPECT_EQ(recorded.at(1).As<schema::PlacementDecided>().getApprover(), "w2");
}

TEST(ApprovedAct, LeavesAnApprovalThatExpiredUnusedOutOfTheCount) {
  // The first approval expired before anybody used it; the act used the second; no third is left.
  auto given = kGirl + Requested98(kPlaced, {.expires = On(2026, 4, 1)}) + Given98b(1, kPlaced) +
               Requested98(kPlaced) + Given98b(3, kPlaced);
  auto first = GivenCase(given).When(kPlaced).ThenRecorded();
  GivenCase(given + first).When(kPlaced).ThenRefused(Reason::APPROVAL_NEEDED);
}

TEST(ApprovedAct, StandsOnTheSameApprovalWhenTheStreamsAreFoldedOneAfterTheOther) {
  auto first = GivenCase(kGirl + Approved(kPlaced)).When(kPlaced).ThenRecorded();
  GivenCase(kGirl + first + Approved(kPlaced)).When(kPlaced).ThenRefused(Reason::APPROVAL_NEEDED);
}

TEST(ApprovedAct, IsJudgedByItsRuleBeforeItsApproval) {
  GivenCase(kGirl).When(Placed({.ptype = "withBuyer"})).ThenRefused(Reason::NEVER_WITH_BUYER);
}

// --- 98 ---

TEST(ApprovalRequested, CarriesTheHashOfTheEventItProposes) {
  auto recorded = GivenCase(kGirl).When(RequestAsked("34", std::string(kProposed))).ThenRecorded();
  auto hash = recorded.at(0).As<schema::ApprovalRequested>().getContentHash();
  CaseState state = GivenCase(kGirl).When(RequestAsked("34", std::string(kProposed))).State();
  ASSERT_EQ(state.approvals.size(), 1u);
  EXPECT_EQ(state.approvals[0].content, (events::RequestHash{hash.getHi(), hash.getLo()}));
  EXPECT_EQ(state.approvals[0].request, 1u);
  EXPECT_EQ(state.approvals[0].author, "w1");
}

TEST(ApprovalRequested, StandsInTheSiblingStreamAndLeavesTheNumbersOfTheCase) {
  CaseState state = GivenCase(kGirl).When(RequestAsked("34", std::string(kProposed))).State();
  EXPECT_EQ(state.events.size(), 3u);
  EXPECT_EQ(state.siblings.size(), 1u);
}

TEST(ApprovalRequested, LeadsToTheAct) {
  // As clients do it: ask, approve by the hash, act with the very content.
  auto asked = GivenCase(kGirl).When(RequestAsked("34", std::string(kProposed))).ThenRecorded();
  auto hash = asked.at(0).As<schema::ApprovalRequested>().getContentHash();
  Event approval = events::MakeEvent<schema::ApprovalGiven>(kDay, [&](auto out) {
    out.initOf().setSequence(1);
    out.setContentHash(hash);
  });
  auto approved = GivenCase(kGirl + asked).By("h1", "MCA").When(approval).ThenRecorded();
  Event act = ProposedEvent(kProposed);
  auto done = GivenCase(kGirl + asked + approved).When(act).ThenRecorded();
  EXPECT_EQ(done.at(0).As<schema::PlacementDecided>().getApprover(), "h1");
}

TEST(ApprovalRequested, IsTakenInAClosedCase) {
  GivenCase(kGirl).Closed().When(RequestAsked("34", std::string(kProposed))).ThenRecorded();
}

TEST(ApprovalRequested, IsRefusedAfterTheAct) {
  Event request = RequestAsked("34", std::string(kProposed));
  auto body = std::make_shared<events::Body>(std::as_const(*request.body).content());
  body->mutable_data<schema::ApprovalRequested>().setAfterTheFact(schema::YesNo::YES);
  request.body = std::move(body);
  GivenCase(kGirl).When(request).ThenRefused(Reason::APPROVAL_AFTERWARDS,
                                             "/events/0/data/afterTheFact");
}

TEST(ApprovalRequested, IsRefusedOfAnEventThatIsRecordedAlready) {
  Event request = events::MakeEvent<schema::ApprovalRequested>(kDay, [](auto out) {
    out.setTarget("34");
    out.initRecorded().setSequence(3);
    out.setAfterTheFact(schema::YesNo::NO);
  });
  GivenCase(kGirl).When(request).ThenRefused(Reason::APPROVAL_AFTERWARDS);
}

TEST(ApprovalRequested, IsRefusedForARowThatNeedsNoneOrIsNotOfACase) {
  for (const char* row : {"4", "90", "93", "50", "999", "x"}) {
    GivenCase(kGirl)
        .When(RequestAsked(row, std::string(kProposed)))
        .ThenRefused(Reason::INVALID_FIELD, "/events/0/data/target");
  }
}

TEST(ApprovalRequested, IsRefusedWithoutContent) {
  Event request =
      events::MakeEvent<schema::ApprovalRequested>(kDay, [](auto out) { out.setTarget("34"); });
  GivenCase(kGirl).When(request).ThenRefused(Reason::INVALID_FIELD, "/events/0/data/content");
}

TEST(ApprovalRequested, IsRefusedWithContentThatDoesNotRead) {
  GivenCase(kGirl)
      .When(RequestAsked("34", "{\"events\":["))
      .ThenRefused(Reason::MALFORMED, "/events/0/data/content");
  GivenCase(kGirl)
      .When(RequestAsked("34", R"({"events":[{"type":"Nothing"}]})"))
      .ThenRefused(Reason::UNKNOWN_TYPE, "/events/0/data/content");
  GivenCase(kGirl)
      .When(RequestAsked("34", R"({"events":[]})"))
      .ThenRefused(Reason::INVALID_FIELD, "/events/0/data/content");
}

TEST(ApprovalRequested, IsRefusedWithContentThatIsNotOneEventOfTheRow) {
  std::string need = R"({"type":"IdentityAsserted","occurredAt":"2026-03-02T10:00:00+08:00","data":{
    "names":[],"sex":"female","idKind":"none","nationality":"CN","proof":"said","saidBy":"self"}})";
  GivenCase(kGirl)
      .When(RequestAsked("34", "{\"events\":[" + need + "]}"))
      .ThenRefused(Reason::INVALID_FIELD, "/events/0/data/content");
  std::string one(kProposed.substr(kProposed.find('[') + 1));
  one.resize(one.size() - 2);
  GivenCase(kGirl)
      .When(RequestAsked("34", "{\"events\":[" + one + "," + one + "]}"))
      .ThenRefused(Reason::INVALID_FIELD, "/events/0/data/content");
}

// --- 98b ---

TEST(ApprovalGiven, IsTakenFromASecondPerson) {
  CaseState state =
      GivenCase(kGirl + Requested98(kPlaced)).By("h1", "MCA").When(Given98b(1, kPlaced)).State();
  EXPECT_TRUE(state.approvals.at(0).given);
  EXPECT_EQ(state.approvals.at(0).given_by, "h1");
}

TEST(ApprovalGiven, IsRefusedFromTheAuthor) {
  GivenCase(kGirl + Requested98(kPlaced))
      .When(Given98b(1, kPlaced))
      .ThenRefused(Reason::APPROVAL_BY_AUTHOR);
}

TEST(ApprovalGiven, IsRefusedForOtherContent) {
  GivenCase(kGirl + Requested98(kPlaced))
      .By("h1", "MCA")
      .When(Given98b(1, Placed({.ptype = "kin"})))
      .ThenRefused(Reason::APPROVAL_OTHER_CONTENT, "/events/0/data/contentHash");
}

TEST(ApprovalGiven, IsRefusedOnceTheRequestHasExpired) {
  auto given = kGirl + Requested98(kPlaced, {.expires = kNow});
  GivenCase(given)
      .At(kNow)
      .By("h1", "MCA")
      .When(Given98b(1, kPlaced))
      .ThenRefused(Reason::APPROVAL_EXPIRED);
}

TEST(ApprovalGiven, IsRefusedASecondTime) {
  GivenCase(kGirl + Approved(kPlaced))
      .By("w2", "MCA")
      .When(Given98b(1, kPlaced))
      .ThenRefused(Reason::APPROVAL_DECIDED);
}

TEST(ApprovalGiven, IsTakenOnlyFromTheOneAsked) {
  auto named = kGirl + Requested98(kPlaced, {.to = "h1"});
  GivenCase(named)
      .By("w2", "MCA")
      .When(Given98b(1, kPlaced))
      .ThenRefused(Reason::APPROVAL_NOT_ASKED);
  GivenCase(named).By("h1", "MCA").When(Given98b(1, kPlaced)).ThenRecorded();
  auto unit = kGirl + Requested98(kPlaced, {.to_unit = "PSB"});
  GivenCase(unit)
      .By("h1", "MCA")
      .When(Given98b(1, kPlaced))
      .ThenRefused(Reason::APPROVAL_NOT_ASKED);
  GivenCase(unit).By("p1", "PSB").When(Given98b(1, kPlaced)).ThenRecorded();
}

TEST(ApprovalGiven, IsRefusedWithoutTheRequest) {
  GivenCase(kGirl)
      .By("h1", "MCA")
      .When(Given98b(1, kPlaced))
      .ThenRefused(Reason::REFERENCE_UNKNOWN);
  // 3 is an event of the case, not of the sibling stream.
  GivenCase(kGirl + Requested98(kPlaced))
      .By("h1", "MCA")
      .When(Given98b(3, kPlaced))
      .ThenRefused(Reason::REFERENCE_UNKNOWN, "/events/0/data/of");
  // 2 of the sibling stream is an approval.
  GivenCase(kGirl + Approved(kPlaced))
      .By("w2", "MCA")
      .When(Given98b(2, kPlaced))
      .ThenRefused(Reason::REFERENCE_UNKNOWN);
}

// --- 98c ---

TEST(ApprovalRefused, DecidesTheRequest) {
  auto asked = kGirl + Requested98(kPlaced);
  auto refused = GivenCase(asked).By("h1", "MCA").When(Refused98c(1, kPlaced)).ThenRecorded();
  GivenCase(asked + refused)
      .By("w2", "MCA")
      .When(Given98b(1, kPlaced))
      .ThenRefused(Reason::APPROVAL_DECIDED);
  GivenCase(asked + refused)
      .By("w2", "MCA")
      .When(Refused98c(1, kPlaced))
      .ThenRefused(Reason::APPROVAL_DECIDED);
  GivenCase(asked + refused).When(kPlaced).ThenRefused(Reason::APPROVAL_NEEDED);
}

TEST(ApprovalRefused, TakesAnApprovalBackFromTheOneWhoGaveIt) {
  auto given = kGirl + Approved(kPlaced);
  GivenCase(given)
      .By("w2", "MCA")
      .When(Refused98c(1, kPlaced))
      .ThenRefused(Reason::APPROVAL_DECIDED);
  auto back = GivenCase(given).By("h1", "MCA").When(Refused98c(1, kPlaced)).ThenRecorded();
  GivenCase(given + back).When(kPlaced).ThenRefused(Reason::APPROVAL_NEEDED);
}

TEST(ApprovalRefused, IsRefusedFromTheAuthorOfOtherContentAndOfNothing) {
  auto asked = kGirl + Requested98(kPlaced);
  GivenCase(asked).When(Refused98c(1, kPlaced)).ThenRefused(Reason::APPROVAL_BY_AUTHOR);
  GivenCase(asked)
      .By("h1", "MCA")
      .When(Refused98c(1, Placed({.ptype = "kin"})))
      .ThenRefused(Reason::APPROVAL_OTHER_CONTENT, "/events/0/data/contentHash");
  GivenCase(kGirl)
      .By("h1", "MCA")
      .When(Refused98c(1, kPlaced))
      .ThenRefused(Reason::REFERENCE_UNKNOWN, "/events/0/data/of");
}

TEST(SiblingStream, IsRecordedInACommandOfItsOwn) {
  Event request = RequestAsked("34", std::string(kProposed));
  GivenCase(kGirl).When({Risk(), request}).ThenRefused(Reason::TYPE_NOT_HERE, "/events/1/type");
  GivenCase(kGirl).When({request, Risk()}).ThenRefused(Reason::TYPE_NOT_HERE, "/events/1/type");
  GivenCase(kGirl).When({request, request}).ThenRecorded();
}

}  // namespace
}  // namespace guitu::aggregates
