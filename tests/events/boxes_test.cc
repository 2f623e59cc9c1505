// Sealing by construction: split and joined again an event is the same, what is marked is nowhere
// in the clear, and a box opens only where it was sealed.
#include "events/boxes.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "events/schema/handover.capnp.h"
#include "events/schema/rescue.capnp.h"
#include "events/schema/tracing.capnp.h"
#include "tests/events/box_fixture.h"
#include "tests/events/random_event.h"

namespace guitu::events {
namespace {

using schema::Category;
using Parts = std::set<std::pair<SubjectId, Category>>;

bool Holds(absl::string_view bytes, absl::string_view part) {
  return absl::StrContains(bytes, part);
}

// Calls `test` with random events of every type.
void ForRandomEvents(uint64_t seed, int rounds,
                     const std::function<void(EventGenerator&, const Event&)>& test) {
  for (const EventType& type : Catalogue::Get().types()) {
    SCOPED_TRACE(absl::StrCat(type.name, ", seed ", seed + type.type));
    EventGenerator generator(seed + type.type);
    for (int round = 0; round < rounds; ++round) {
      generator.Clear();
      test(generator, generator.Make(type, {.everything = round == 0,
                                            .filled_in = round % 2 == 0,
                                            .circumstances = round % 3 != 1}));
      if (testing::Test::HasFailure()) return;
    }
  }
}

// Row 32 with concerns about `person`: four of its five classes are of that person.
Event FitnessOf(SubjectId person) {
  return MakeEvent<schema::GuardianFitnessAssessed>(absl::UnixEpoch(), [&](auto data) {
    if (person == kVictim) {
      data.initPerson().setSelf();
    } else {
      SetId(data.initPerson().initRelated(), person);
    }
    data.setResult(schema::FitnessResult::UNFIT);
    data.initHome().setCode("zqhome");
    data.initIncome().setCode("zqincome");
    data.initHealth().setCode("zqhealth");
    data.initRecord().setCode("zqrecord");
    data.initAttitude().setCode("zqattitude");
    data.initValidTo().setDays(20000);
  });
}

Event ThreeEscorts() {
  return MakeEvent<schema::HandoverRequested>(absl::UnixEpoch(), [](auto data) {
    auto escort = data.initEscort(3);
    escort[0].setName("zqfirst");
    escort[1].setName("zqsecond");
    escort[1].setBadge("zqbadge");
    data.setBelongings("zqbag");
  });
}

TEST(Boxes, JoinWhatTheySplit) {
  TestSealer sealer;
  ForRandomEvents(100, 40, [&](EventGenerator&, const Event& event) {
    SealedEvent sealed(event, sealer);
    ASSERT_TRUE(sealed.status().ok()) << sealed.status();
    auto opened = sealed.Open(OpenAll(), sealer);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(opened->type, event.type);
    EXPECT_EQ(opened->occurred_at, event.occurred_at);
    EXPECT_TRUE(opened->closed.empty());
    EXPECT_EQ(CanonicalBytes(*opened), CanonicalBytes(event));
  });
}

TEST(Boxes, JoinAlsoFromBytesThatLieAnywhere) {
  TestSealer sealer;
  EventGenerator generator(5);
  Event event = generator.Make(*Catalogue::Get().FindByName("VictimRescued"), {.everything = true});
  std::string bytes = "x" + SealedEvent(event, sealer).bytes();
  SegmentReader segment(absl::string_view(bytes).substr(1));
  auto opened = OpenEvent(segment.Root<schema::Payload>().getEvents()[0], OpenAll(), sealer);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(CanonicalBytes(*opened), CanonicalBytes(event));
}

TEST(Boxes, LeaveNoByteOfAMarkedValueInTheClear) {
  TestSealer sealer;
  ForRandomEvents(200, 40, [&](EventGenerator& generator, const Event& event) {
    // The secrets are in the event, so that not finding them below says something.
    std::string clear = CanonicalBytes(event);
    for (const std::string& secret : generator.secrets())
      ASSERT_TRUE(Holds(clear, secret)) << secret;
    SealedEvent sealed(event, sealer);
    ASSERT_TRUE(sealed.status().ok());
    std::string bytes = sealed.bytes();
    for (const std::string& secret : generator.secrets())
      EXPECT_FALSE(Holds(bytes, secret)) << secret;
    auto masked = sealed.Open(OpenNone(), sealer);
    ASSERT_TRUE(masked.ok());
    std::string open = CanonicalBytes(*masked);
    for (const std::string& secret : generator.secrets())
      EXPECT_FALSE(Holds(open, secret)) << secret;
  });
  EXPECT_EQ(sealer.opened(), 0);
}

TEST(Boxes, StandOncePerSubjectAndCategoryAndOnlyWhereSomethingIsMarked) {
  TestSealer sealer;
  ForRandomEvents(300, 20, [&](EventGenerator& generator, const Event& event) {
    SealedEvent sealed(event, sealer);
    ASSERT_TRUE(sealed.status().ok());
    uint boxes = sealed.event().asReader().getBoxes().size();
    EXPECT_EQ(sealed.parts().size(), boxes);
    if (!generator.secrets().empty()) {
      EXPECT_GT(boxes, 0u);
    }
    if (!event.type->spec->any_marked && !std::as_const(*event.body).content().hasCircumstances()) {
      EXPECT_EQ(boxes, 0u);
    }
  });
}

TEST(Boxes, HoldWhatTheEventHasAndNoMore) {
  TestSealer sealer;
  Event event = MakeEvent<schema::VictimRescued>(absl::UnixEpoch(), [](auto data) {
    data.setPoliceUnit("open");
    data.setInterpreter(schema::YesNo::YES);
  });
  EXPECT_EQ(SealedEvent(event, sealer).parts(), Parts{});
  event = MakeEvent<schema::VictimRescued>(absl::UnixEpoch(), [](auto data) {
    data.setInjured(schema::YesNo::NO);
    data.setBelongings("zqbag");
    data.initPlace().setAddress("zqstreet");
    data.initSex().setText("zqwords");
  });
  EXPECT_EQ(SealedEvent(event, sealer).parts(), (Parts{{kVictim, Category::HEALTH},
                                                       {kVictim, Category::HISTORY},
                                                       {kVictim, Category::WHEREABOUTS}}));
}

TEST(Boxes, PutTheDataOfAnotherPersonUnderThatPersonsKey) {
  TestSealer sealer;
  SealedEvent sealed(FitnessOf(kBrother), sealer);
  ASSERT_TRUE(sealed.status().ok());
  EXPECT_EQ(sealed.parts(), (Parts{{kVictim, Category::FAMILY},
                                   {kBrother, Category::FAMILY},
                                   {kBrother, Category::FINANCE},
                                   {kBrother, Category::HEALTH},
                                   {kBrother, Category::LEGAL}}));
  for (auto box : sealed.event().asReader().getBoxes()) {
    EXPECT_EQ((KeyId{box.getKeyId().getHi(), box.getKeyId().getLo()}),
              TestSealer::KeyOf(ToSubject(box.getSubject())));
  }
}

TEST(Boxes, PutWhatIsSaidOfThePersonOfTheCaseUnderThatPersonsKeyAlsoByReference) {
  TestSealer sealer;
  SealedEvent sealed(FitnessOf(kVictim), sealer);
  for (const auto& [subject, category] : sealed.parts()) EXPECT_EQ(subject, kVictim);
}

TEST(Boxes, GiveAPersonWithoutAReferenceAKeyOfHisOwnByThePathOfTheField) {
  TestSealer sealer;
  SealedEvent sealed(ThreeEscorts(), sealer);
  EXPECT_EQ(sealed.parts(), (Parts{{kVictim, Category::HISTORY},
                                   {PersonAt("/escort/0/name"), Category::CONTACT},
                                   {PersonAt("/escort/1/name"), Category::CONTACT},
                                   {PersonAt("/escort/1/badge"), Category::CONTACT}}));
}

TEST(Boxes, FallBackToAPersonOfHisOwnIfTheReferenceIsAbsent) {
  TestSealer sealer;
  Event event = MakeEvent<schema::GuardianFitnessAssessed>(
      absl::UnixEpoch(), [](auto data) { data.initHome().setCode("low"); });
  EXPECT_EQ(SealedEvent(event, sealer).parts(), (Parts{{PersonAt("/home"), Category::FAMILY}}));
}

TEST(Boxes, KeepTheLengthOfAListThatIsSealed) {
  TestSealer sealer;
  SealedEvent sealed(ThreeEscorts(), sealer);
  auto masked = sealed.Open(OpenNone(), sealer);
  ASSERT_TRUE(masked.ok());
  auto escort = masked->As<schema::HandoverRequested>().getEscort();
  ASSERT_EQ(escort.size(), 3u);
  for (auto one : escort) EXPECT_FALSE(one.hasName());
  // One of the three is opened: it stands at its own place.
  auto second = sealed.Open(
      OpenFor([](SubjectId subject, Category) { return subject == PersonAt("/escort/1/name"); }),
      sealer);
  ASSERT_TRUE(second.ok());
  escort = second->As<schema::HandoverRequested>().getEscort();
  ASSERT_EQ(escort.size(), 3u);
  EXPECT_FALSE(escort[0].hasName());
  EXPECT_EQ(escort[1].getName(), "zqsecond");
  EXPECT_FALSE(escort[1].hasBadge());
}

TEST(Boxes, OpenOnlyWhatTheReaderMaySee) {
  TestSealer sealer;
  SealedEvent sealed(FitnessOf(kBrother), sealer);
  auto opened = sealed.Open(
      OpenFor([](SubjectId, Category category) { return category == Category::HEALTH; }), sealer);
  ASSERT_TRUE(opened.ok());
  auto data = opened->As<schema::GuardianFitnessAssessed>();
  EXPECT_EQ(data.getHealth().getCode(), "zqhealth");
  EXPECT_FALSE(data.hasHome());
  EXPECT_EQ(data.getResult(), schema::FitnessResult::UNSPECIFIED);
  EXPECT_EQ(data.getValidTo().getDays(), 20000);
  EXPECT_EQ(opened->closed.size(), 4u);
  for (const ClosedPart& part : opened->closed) EXPECT_EQ(part.why, ClosedPart::Why::kMasked);
  EXPECT_EQ(sealer.opened(), 1);
}

TEST(Boxes, ReadAsErasedOnceTheirKeyIsDestroyed) {
  TestSealer sealer;
  SealedEvent sealed(FitnessOf(kBrother), sealer);
  sealer.Destroy(kBrother);
  auto opened = sealed.Open(OpenAll(), sealer);
  ASSERT_TRUE(opened.ok());
  auto data = opened->As<schema::GuardianFitnessAssessed>();
  EXPECT_FALSE(data.hasHome());
  EXPECT_EQ(data.getResult(), schema::FitnessResult::UNFIT) << "the victim's own data stay";
  ASSERT_EQ(opened->closed.size(), 4u);
  for (const ClosedPart& part : opened->closed) {
    EXPECT_EQ(part.why, ClosedPart::Why::kErased);
    EXPECT_EQ(part.subject, kBrother);
  }
}

TEST(Boxes, AreAnErrorIfThisNodeHasNotGotTheKey) {
  TestSealer sealer;
  SealedEvent sealed(FitnessOf(kBrother), sealer);
  sealer.Lose(kBrother);
  EXPECT_EQ(sealed.Open(OpenAll(), sealer).status().code(), absl::StatusCode::kNotFound);
  // Who may not see them does not need the key.
  EXPECT_TRUE(sealed.Open(OpenNone(), sealer).ok());
}

TEST(Boxes, AreNotSealedWithoutAKey) {
  TestSealer sealer;
  capnp::MallocMessageBuilder message;
  SealContext context = SealFor();
  context.key_of = [](SubjectId) -> absl::StatusOr<KeyId> {
    return absl::UnavailableError("the vault is away");
  };
  auto status = SealEvent(FitnessOf(kBrother), context, sealer, message.initRoot<schema::Event>());
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  sealer.Destroy(kBrother);
  EXPECT_EQ(SealedEvent(FitnessOf(kBrother), sealer).status().code(), absl::StatusCode::kDataLoss);
}

// Spoils a sealed event and expects that it does not open, and opened before.
void ExpectDoesNotOpen(const std::function<void(schema::Event::Builder, OpenContext&)>& spoil,
                       const char* about) {
  TestSealer sealer;
  SealedEvent sealed(FitnessOf(kBrother), sealer);
  ASSERT_TRUE(sealed.Open(OpenAll(), sealer).ok());
  OpenContext context = OpenAll();
  spoil(sealed.event(), context);
  EXPECT_EQ(sealed.Open(context, sealer).status().code(), absl::StatusCode::kDataLoss) << about;
}

TEST(Boxes, DoNotOpenInAnotherLogStreamCommandOrEvent) {
  ExpectDoesNotOpen([](auto, OpenContext& to) { to.log_id.hi++; }, "log");
  ExpectDoesNotOpen([](auto, OpenContext& to) { to.stream.lo++; }, "stream");
  ExpectDoesNotOpen([](auto, OpenContext& to) { to.command_id.lo++; }, "command");
  ExpectDoesNotOpen([](auto, OpenContext& to) { to.event_index++; }, "event");
}

TEST(Boxes, DoNotOpenUnderAnotherSubjectCategorySuiteOrKey) {
  ExpectDoesNotOpen([](auto event, auto&) { event.getBoxes()[0].getSubject().setLo(77); },
                    "subject");
  ExpectDoesNotOpen([](auto event, auto&) { event.getBoxes()[0].setCategory(Category::CONTACT); },
                    "category");
  ExpectDoesNotOpen([](auto event, auto&) { event.getBoxes()[0].setSuite(2); }, "suite");
  ExpectDoesNotOpen([](auto event, auto&) { event.getBoxes()[0].getKeyId().setHi(77); }, "key");
}

TEST(Boxes, DoNotOpenIfAnyByteIsChangedOrCut) {
  TestSealer sealer;
  auto size = static_cast<uint>(
      SealedEvent(FitnessOf(kBrother), sealer).event().getBoxes()[0].getSealed().size());
  for (uint i = 0; i < size; ++i) {
    ExpectDoesNotOpen([i](auto event, auto&) { event.getBoxes()[0].getSealed()[i] ^= 1; },
                      "a byte");
  }
  for (uint keep : {0u, 1u, 24u, size - 1}) {
    ExpectDoesNotOpen(
        [keep](auto event, auto&) {
          auto box = event.getBoxes()[0];
          auto bytes = kj::heapArray<kj::byte>(box.asReader().getSealed().slice(0, keep));
          box.setSealed(bytes);
        },
        "cut");
  }
}

TEST(Boxes, DoNotOpenSwappedWithinTheirEvent) {
  ExpectDoesNotOpen(
      [](auto event, auto&) {
        auto boxes = event.getBoxes();
        auto first = kj::heapArray<kj::byte>(boxes[1].asReader().getSealed());
        auto second = kj::heapArray<kj::byte>(boxes[2].asReader().getSealed());
        boxes[1].setSealed(second);
        boxes[2].setSealed(first);
      },
      "swapped");
}

TEST(Boxes, DoNotOpenMovedToAnotherEventOfTheSameCommand) {
  TestSealer sealer;
  SealedEvent first(FitnessOf(kBrother), sealer, 0);
  SealedEvent second(FitnessOf(kBrother), sealer, 1);
  ASSERT_TRUE(second.Open(OpenAll(1), sealer).ok());
  second.event().setBoxes(first.event().asReader().getBoxes());
  EXPECT_EQ(second.Open(OpenAll(1), sealer).status().code(), absl::StatusCode::kDataLoss);
}

TEST(OpenEvent, IsDataLossForATypeThatIsNewerThanThisProgram) {
  TestSealer sealer;
  SealedEvent sealed(FitnessOf(kBrother), sealer);
  sealed.event().setType(*TypeOfRow("3999"));
  auto status = sealed.Open(OpenAll(), sealer).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(absl::StrContains(status.message(), "row 3999")) << status;
}

TEST(OpenEvent, IsDataLossIfTheEventDoesNotRead) {
  TestSealer sealer;
  SealedEvent sealed(FitnessOf(kBrother), sealer);
  sealed.event().getData().initAs<capnp::Data>(8);  // no struct
  EXPECT_EQ(sealed.Open(OpenAll(), sealer).status().code(), absl::StatusCode::kDataLoss);
}

TEST(OpenEvent, IsDataLossIfAFieldHoldsWhatIsNoValueOfIt) {
  TestSealer sealer;
  capnp::MallocMessageBuilder message;
  auto in = message.initRoot<schema::Event>();
  in.setType(*TypeOfRow("4"));
  // The first pointer of the struct, the time of the rescue, points to a text.
  in.getData().initAs<schema::OnBehalfOf>().setUnit("no time");
  EXPECT_EQ(OpenEvent(in.asReader(), OpenAll(), sealer).status().code(),
            absl::StatusCode::kDataLoss);
  in.getData().clear();
  in.getCircumstances().initAs<schema::OnBehalfOf>().setUnit("no document");
  EXPECT_EQ(OpenEvent(in.asReader(), OpenAll(), sealer).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST(OpenEvent, TakesAnEventWithoutAnyField) {
  TestSealer sealer;
  capnp::MallocMessageBuilder message;
  auto in = message.initRoot<schema::Event>();
  in.setType(*TypeOfRow("4"));
  auto event = OpenEvent(in.asReader(), OpenAll(), sealer);
  ASSERT_TRUE(event.ok());
  EXPECT_FALSE(event->As<schema::VictimRescued>().hasAt());
}

}  // namespace
}  // namespace guitu::events
