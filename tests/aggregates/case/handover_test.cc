// Chapters B and C: handover, tracing.
#include "tests/aggregates/case/given.h"

namespace guitu::aggregates {
namespace {

using events::Event;

const std::vector<Event> kGirl = {Rescued("under14")};
const std::vector<Event> kWoman = {Rescued("from18to59")};

TEST(HandoverRequested, FollowsARescue) {
  GivenCase(kGirl).When(HandoverAsked()).Then({HandoverAsked()});
}

TEST(HandoverRequested, IsRefusedWhereNobodyWasRescuedReportedOrFound) {
  GivenCase({LegalAidAsked()}).When(HandoverAsked()).ThenRefused(Reason::HANDOVER_GROUND_MISSING);
  GivenCase({LegalAidAsked(), Opened()})
      .When(HandoverAsked())
      .ThenRefused(Reason::HANDOVER_GROUND_MISSING);
}

TEST(HandoverAccepted, TakesAChildWithTheNumberOfTheNotice) {
  GivenCase(kGirl + HandoverAsked()).When(HandoverTaken(2)).Then({HandoverTaken(2)});
}

TEST(HandoverAccepted, IsRefusedWithoutTheNumberForAChild) {
  GivenCase(kGirl + HandoverAsked())
      .When(HandoverTaken(2, false))
      .ThenRefused(Reason::CARE_NOTICE_MISSING, "/events/0/data/notice/number");
}

TEST(HandoverAccepted, TreatsWhoMayBeAChildAsOne) {
  GivenCase({Rescued("unknown"), HandoverAsked()})
      .When(HandoverTaken(2, false))
      .ThenRefused(Reason::CARE_NOTICE_MISSING);
}

TEST(HandoverAccepted, TakesAnAdultWithTheNumberOfTheSheet) {
  GivenCase(kWoman + HandoverAsked()).When(HandoverTaken(2)).ThenRecorded();
}

TEST(HandoverAccepted, IsRefusedWithoutTheNumberForAnAdult) {
  GivenCase(kWoman + HandoverAsked())
      .When(HandoverTaken(2, false))
      .ThenRefused(Reason::TRANSFER_SHEET_MISSING, "/events/0/data/notice/number");
}

TEST(HandoverAccepted, IsRefusedWhereNothingWasRequested) {
  GivenCase(kGirl).When(HandoverTaken(1)).ThenRefused(Reason::HANDOVER_NOT_REQUESTED);
}

TEST(HandoverAccepted, IsRefusedOfWhatIsNoRequest) {
  GivenCase(kGirl + HandoverAsked()).When(HandoverTaken(1)).ThenRefused(Reason::REFERENCE_UNKNOWN);
}

TEST(DnaSamplingRequested, IsTakenAtAnyTime) { GivenCase(kGirl).When(DnaAsked()).ThenRecorded(); }

TEST(DnaReferenceRecorded, IsTakenOfThePersonAndOfAParent) {
  GivenCase(kGirl).When(Sample26()).ThenRecorded();
  GivenCase(kGirl + Related(kFather, {"birthFather"})).When(Sample26(kFather)).ThenRecorded();
}

TEST(DnaReferenceRecorded, IsRefusedOfSomebodyNobodyRecorded) {
  GivenCase(kGirl).When(Sample26(kFather)).ThenRefused(Reason::PERSON_UNKNOWN, "/events/0/data/of");
}

TEST(DnaComparisonReported, FollowsASample) {
  for (const char* result : {"match", "none", "pending", "invalid"}) {
    GivenCase(kGirl + Sample26()).When(Compared(2, result)).ThenRecorded();
  }
}

TEST(DnaComparisonReported, IsRefusedWithoutASample) {
  GivenCase(kGirl).When(Compared(1, "match")).ThenRefused(Reason::DNA_SAMPLE_MISSING);
}

TEST(NotFoundCertified, IsTakenHoweverEarly) {
  GivenCase(kGirl + Opened()).When(NotFound31()).ThenRecorded();
}

TEST(GuardianFitnessAssessed, FindsAPersonFitOrNot) {
  for (const char* result : {"fit", "conditions", "unfit"}) {
    GivenCase(kGirl + Opened() + Related(kAunt, {"otherRelative"}))
        .When(Fitness(kAunt, result))
        .ThenRecorded();
  }
}

TEST(GuardianFitnessAssessed, FindsNobodyFitWhoIsFlagged) {
  auto given = kGirl + Opened() + Related(kAunt, {"otherRelative"}) + Conflict(kAunt);
  GivenCase(given).When(Fitness(kAunt, "fit")).ThenRefused(Reason::FLAGGED_NOT_FIT);
  GivenCase(given).When(Fitness(kAunt, "conditions")).ThenRefused(Reason::FLAGGED_NOT_FIT);
  GivenCase(given).When(Fitness(kAunt, "unfit")).ThenRecorded();
}

TEST(GuardianFitnessAssessed, IsRefusedOfThePersonOfTheCase) {
  GivenCase(kGirl + Opened()).When(Fitness(kSubject)).ThenRefused(Reason::PERSON_UNKNOWN);
}

}  // namespace
}  // namespace guitu::aggregates
