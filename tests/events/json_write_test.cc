// What a reader is shown: fields that are there, and a mark where a closed part may hold one.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "events/json.h"
#include "events/schema/handover.capnp.h"
#include "events/schema/rescue.capnp.h"
#include "events/schema/tracing.capnp.h"
#include "tests/events/box_fixture.h"
#include "tests/events/random_event.h"

namespace guitu::events {
namespace {

using schema::Category;

const boost::json::value kMasked = boost::json::object{{"masked", true}};
const boost::json::value kErased = boost::json::object{{"erased", true}, {"rule", "R38"}};

boost::json::object Shown(const Event& event, const OpenContext& context, TestSealer& sealer) {
  auto opened = SealedEvent(event, sealer).Open(context, sealer);
  EXPECT_TRUE(opened.ok()) << opened.status();
  return WriteData(*opened, kVictim);
}

OpenContext OpenAllBut(SubjectId hidden) {
  return OpenFor([hidden](SubjectId subject, Category) { return subject != hidden; });
}

Event Rescue() {
  return MakeEvent<schema::VictimRescued>(absl::UnixEpoch(), [](auto data) {
    data.setPoliceUnit("open");
    data.setInjured(schema::YesNo::YES);
    data.setBelongings("bag");
    data.initPlace().setAdmin("530926");
    data.getPlace().setAddress("street");
    data.setLead("officer");
    data.initFoundIn().setCode("other");
    data.getFoundIn().setText("bridge");
  });
}

Event Fitness(SubjectId person) {
  return MakeEvent<schema::GuardianFitnessAssessed>(absl::UnixEpoch(), [&](auto data) {
    if (person == kVictim) {
      data.initPerson().setSelf();
    } else {
      SetId(data.initPerson().initRelated(), person);
    }
    data.setResult(schema::FitnessResult::FIT);
    data.initHome().setCode("low");
  });
}

TEST(WriteData, ShowsEverythingToWhoMaySeeEverything) {
  TestSealer sealer;
  auto data = Shown(Rescue(), OpenAll(), sealer);
  EXPECT_EQ(data.at("belongings"), "bag");
  EXPECT_EQ(data.at("injured"), true);
  EXPECT_EQ(data.at("lead"), "officer");
  EXPECT_EQ(data.at("place").at("address"), "street");
  EXPECT_EQ(data.at("foundIn"), (boost::json::object{{"code", "other"}, {"text", "bridge"}}));
  EXPECT_FALSE(data.contains("policeCaseNo"));
}

TEST(WriteData, ShowsWhatIsMaskedAsMaskedAndWhatIsOpenAsItIs) {
  TestSealer sealer;
  auto data = Shown(Rescue(), OpenNone(), sealer);
  EXPECT_EQ(data.at("policeUnit"), "open");
  EXPECT_EQ(data.at("place").at("admin"), "530926");
  EXPECT_EQ(data.at("place").at("address"), kMasked);
  EXPECT_EQ(data.at("belongings"), kMasked);
  EXPECT_EQ(data.at("injured"), kMasked);
  EXPECT_EQ(data.at("lead"), kMasked);
  // No part of the class `legal` is closed, so it is known that nothing stands there.
  EXPECT_FALSE(data.contains("policeCaseNo"));
}

TEST(WriteData, ShowsTheWordsBesideTheCodeOtherAsMasked) {
  TestSealer sealer;
  auto data = Shown(Rescue(), OpenNone(), sealer);
  EXPECT_EQ(data.at("foundIn"), (boost::json::object{{"code", "other"}, {"text", kMasked}}));
  Event coded = MakeEvent<schema::VictimRescued>(absl::UnixEpoch(), [](auto out) {
    out.initFoundIn().setCode("street");
    out.setBelongings("bag");
  });
  EXPECT_EQ(Shown(coded, OpenNone(), sealer).at("foundIn"), "street");
}

TEST(WriteData, ShowsWhatIsErasedAsErasedByRule38) {
  TestSealer sealer;
  SealedEvent sealed(Rescue(), sealer);
  sealer.Destroy(kVictim);
  auto opened = sealed.Open(OpenAll(), sealer);
  ASSERT_TRUE(opened.ok());
  auto data = WriteData(*opened, kVictim);
  EXPECT_EQ(data.at("belongings"), kErased);
  EXPECT_EQ(data.at("injured"), kErased);
  EXPECT_EQ(data.at("place").at("address"), kErased);
  EXPECT_EQ(data.at("foundIn").at("text"), kErased);
  EXPECT_EQ(data.at("lead"), "officer");
  EXPECT_EQ(data.at("policeUnit"), "open");
}

TEST(WriteData, ShowsTheDataOfAnotherPersonAsMaskedWhereThatPersonsPartIs) {
  TestSealer sealer;
  auto data = Shown(Fitness(kBrother), OpenAllBut(kBrother), sealer);
  EXPECT_EQ(data.at("home"), kMasked);
  EXPECT_EQ(data.at("result"), "fit");
  data = Shown(Fitness(kBrother), OpenAllBut(kVictim), sealer);
  EXPECT_EQ(data.at("home"), "low");
  EXPECT_EQ(data.at("result"), kMasked);
  EXPECT_FALSE(data.contains("conditions") && data.at("conditions") != kMasked);
}

TEST(WriteData, ShowsWhatIsSaidOfThePersonOfTheCaseByReferenceAsThatPersons) {
  TestSealer sealer;
  auto data = Shown(Fitness(kVictim), OpenNone(), sealer);
  EXPECT_EQ(data.at("home"), kMasked);
  EXPECT_EQ(data.at("attitude"), kMasked);
  EXPECT_FALSE(data.contains("income")) << "no part of finance is closed";
}

TEST(WriteData, DoesNotTakeTheClosedPartOfAThirdPersonForThisOnes) {
  TestSealer sealer;
  auto opened = SealedEvent(Fitness(kBrother), sealer).Open(OpenAll(), sealer);
  ASSERT_TRUE(opened.ok());
  opened->closed.push_back({{99, 99}, Category::FINANCE, ClosedPart::Why::kMasked});
  EXPECT_FALSE(WriteData(*opened, kVictim).contains("income"));
  opened->closed.push_back({kBrother, Category::FINANCE, ClosedPart::Why::kMasked});
  EXPECT_EQ(WriteData(*opened, kVictim).at("income"), kMasked);
}

TEST(WriteData, KeepsTheElementsOfASealedListApart) {
  TestSealer sealer;
  Event event = MakeEvent<schema::HandoverRequested>(absl::UnixEpoch(), [](auto out) {
    auto escort = out.initEscort(2);
    escort[0].setName("first");
    escort[1].setName("second");
  });
  auto all = Shown(event, OpenAll(), sealer).at("escort").as_array();
  EXPECT_EQ(all.at(1).at("name"), "second");
  auto none = Shown(event, OpenNone(), sealer).at("escort").as_array();
  ASSERT_EQ(none.size(), 2u);
  EXPECT_EQ(none.at(0).at("name"), kMasked);
  EXPECT_EQ(none.at(1).at("name"), kMasked);
}

TEST(WriteData, NeverShowsASecretThatWasNotOpened) {
  TestSealer sealer;
  for (const EventType& type : Catalogue::Get().types()) {
    EventGenerator generator(900 + type.type);
    for (int round = 0; round < 10; ++round) {
      generator.Clear();
      Event event = generator.Make(type, {.everything = round == 0, .filled_in = true});
      std::string text = boost::json::serialize(Shown(event, OpenNone(), sealer));
      for (const std::string& secret : generator.secrets()) {
        EXPECT_EQ(text.find(secret), std::string::npos) << type.name;
      }
    }
  }
}

}  // namespace
}  // namespace guitu::events
