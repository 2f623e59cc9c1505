// The checks common to every event of a case.
#include "events/schema/handover.capnp.h"
#include "events/schema/registry.capnp.h"
#include "events/schema/rescue.capnp.h"
#include "tests/aggregates/case/given.h"

namespace guitu::aggregates {
namespace {

using events::Event;

TEST(Case, CannotBeginWithWhatIsNoFirstEvent) {
  GivenCase({}).When(Wish12()).ThenRefused(Reason::NOT_FIRST);
  GivenCase({}).When(FileOpened()).ThenRefused(Reason::NOT_FIRST);
  GivenCase({}).When(Requested98(Rescued())).ThenRefused(Reason::NOT_FIRST);
}

TEST(Case, TakesBeforeOpeningWhatHelpsAtNight) {
  GivenCase({Rescued()}).When(Wish12()).ThenRecorded();
  GivenCase({Rescued()}).When(HandoverAsked()).ThenRecorded();
}

TEST(Case, WaitsForOpeningWithTheRest) {
  GivenCase({Rescued()}).When(FileOpened()).ThenRefused(Reason::CASE_NOT_OPEN);
  GivenCase({Rescued()}).When(Risk()).ThenRefused(Reason::CASE_NOT_OPEN);
}

TEST(Case, DecidesEachEventOfACommandOnTheStateAfterTheOnesBefore) {
  GivenCase({}).When({Rescued(), Opened(), FileOpened(), VisitPlanned()}).ThenRecorded();
  GivenCase({Rescued()}).When({FileOpened(), Opened()}).ThenRefused(Reason::CASE_NOT_OPEN);
}

TEST(Case, RecordsNothingOfACommandOneOfWhoseEventsIsRefused) {
  GivenCase({Rescued(), Opened()})
      .When({Risk(), VisitPlanned()})
      .ThenRefused(Reason::FILE_NOT_OPENED);
}

TEST(Case, TakesWhenClosedOnlyWhatTheCatalogueNames) {
  GivenCase({Rescued(), Opened()}).Closed().When(Sample26()).ThenRecorded();
  GivenCase({Rescued(), Opened()}).Closed().When(RightTold()).ThenRecorded();
  GivenCase({Rescued(), Opened()}).Closed().When(Risk()).ThenRefused(Reason::CASE_CLOSED);
}

TEST(Case, TakesNothingThatHasNotHappenedYet) {
  GivenCase({Rescued()})
      .At(kDay - absl::Seconds(1))
      .When(Wish12())
      .ThenRefused(Reason::OCCURRED_IN_FUTURE, "/events/0/occurredAt");
  GivenCase({Rescued()}).At(kDay).When(Wish12()).ThenRecorded();
}

TEST(Case, TakesALateActYearsAfter) {
  GivenCase({Rescued()}).At(On(2036, 1, 1)).When(Wish12()).ThenRecorded();
}

TEST(Case, TakesNoEventOfTheSoftwareFromAnybody) {
  GivenCase({Rescued(), Opened(), FileOpened(), VisitPlanned()})
      .When(VisitMissed(4))
      .ThenRefused(Reason::SOFTWARE_ONLY);
  GivenCase({Rescued()}).When(Accessed()).ThenRefused(Reason::SOFTWARE_ONLY);
  Event adopted = events::MakeEvent<schema::RegistryAdopted>(kDay, [](auto) {});
  GivenCase({Rescued()}).When(adopted).ThenRefused(Reason::SOFTWARE_ONLY);
}

TEST(Case, TakesNoEventOfTheRegistry) {
  Event unit = events::MakeEvent<schema::UnitSet>(kDay, [](auto) {});
  GivenCase({Rescued()}).When(unit).ThenRefused(Reason::NOT_FIRST_OF_STREAM);
}

TEST(Case, CountsASamplesNumberInItsOwnStream) {
  GivenCase({Rescued(), Sample26()}).When(Compared(2, "none")).ThenRecorded();
  GivenCase({Rescued(), Sample26()})
      .When(Compared(1, "none"))
      .ThenRefused(Reason::REFERENCE_UNKNOWN, "/events/0/data/of");
  GivenCase({Rescued(), Sample26()})
      .When(Compared(3, "none"))
      .ThenRefused(Reason::REFERENCE_UNKNOWN);
  GivenCase({Rescued(), Sample26()})
      .When(Compared(0, "none"))
      .ThenRefused(Reason::REFERENCE_UNKNOWN);
}

Event WithHandoverIn(const events::StreamId& stream) {
  Event event = HandoverTaken(2);
  auto body = std::make_shared<events::Body>(std::as_const(*event.body).content());
  events::SetId(body->mutable_data<schema::HandoverAccepted>().getOf().initStream(), stream);
  event.body = std::move(body);
  return event;
}

TEST(Case, RestsNothingOnAnEventOfAnotherCase) {
  GivenCase({Rescued(), HandoverAsked()})
      .When(WithHandoverIn({0xca5e, 2}))
      .ThenRefused(Reason::REFERENCE_UNKNOWN, "/events/0/data/of");
  GivenCase({Rescued(), HandoverAsked()}).When(WithHandoverIn(kCase)).ThenRecorded();
}

TEST(Case, MayPointAtAnEventOfAnotherCaseWhereNothingRestsOnIt) {
  Event together = events::MakeEvent<schema::VictimRescued>(kDay, [](auto out) {
    auto other = out.initTogether(1)[0];
    other.setSequence(1);
    events::SetId(other.initStream(), events::StreamId{0xca5e, 2});
  });
  GivenCase({}).When(together).ThenRecorded();
}

TEST(Case, KnowsOnlyPersonsThatWereRecorded) {
  GivenCase({Rescued()})
      .When(Conflict(kAunt))
      .ThenRefused(Reason::PERSON_UNKNOWN, "/events/0/data/person");
  GivenCase({Rescued(), Related(kAunt, {"seller"})}).When(Conflict(kAunt)).ThenRecorded();
}

TEST(Case, KnowsAPersonRecordedEarlierInTheSameCommand) {
  // The client cannot know the reference, but a later row of the software's making could.
  Event related = RelatedAsked({"buyer"});
  events::SubjectId made{0xbeef, 7};
  GivenCase({Rescued()}).When({related, Conflict(made)}).ThenRecorded();
}

}  // namespace
}  // namespace guitu::aggregates
