// What is written reads back as the same event: random events of every type in the catalogue,
// through the text, compared as canonical Cap'n Proto bytes.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/events/json_command.h"

namespace guitu::events {
namespace {

void ExpectRoundTrip(const Event& event) {
  std::string text = CommandText({event});
  auto parsed = ParseJson(text);
  ASSERT_TRUE(parsed.ok()) << parsed.status() << "\n" << text;
  auto events = ReadCommand(*parsed, kAnyCode);
  ASSERT_TRUE(events.ok()) << events.status() << " at " << PointerOf(events.status()) << "\n"
                           << text;
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ((*events)[0].type, event.type);
  EXPECT_EQ((*events)[0].occurred_at, event.occurred_at);
  EXPECT_TRUE((*events)[0].closed.empty());
  EXPECT_EQ(CanonicalBytes((*events)[0]), CanonicalBytes(event)) << text;
}

TEST(JsonRoundTrip, GivesBackRandomEventsOfEveryType) {
  constexpr uint64_t kSeed = 1;
  for (const EventType& type : Catalogue::Get().types()) {
    SCOPED_TRACE(absl::StrCat(type.name, ", seed ", kSeed + type.type));
    EventGenerator generator(kSeed + type.type);
    for (int round = 0; round < 60; ++round) {
      ExpectRoundTrip(
          generator.Make(type, {.everything = round == 0, .circumstances = round % 3 == 0}));
      if (HasFailure()) return;
    }
  }
}

TEST(JsonRoundTrip, GivesBackSeveralEventsOfOneCommandInOrder) {
  EventGenerator generator(4);
  Event first = generator.Make(*Catalogue::Get().FindByName("VictimRescued"), {});
  Event second = generator.Make(*Catalogue::Get().FindByName("FollowUpMissed"), {});
  auto events = ReadCommand(*ParseJson(CommandText({first, second})), kAnyCode);
  ASSERT_TRUE(events.ok()) << events.status();
  ASSERT_EQ(events->size(), 2u);
  EXPECT_EQ(CanonicalBytes((*events)[0]), CanonicalBytes(first));
  EXPECT_EQ(CanonicalBytes((*events)[1]), CanonicalBytes(second));
}

}  // namespace
}  // namespace guitu::events
