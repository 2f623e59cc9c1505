// Every event type as it was first shipped (tests/golden/events): old payloads open and show today
// what they showed then, whatever the schema has grown by.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <map>

#include "tests/events/box_fixture.h"
#include "tests/events/golden.h"
#include "tests/events/json_command.h"

namespace guitu::events {
namespace {

namespace fs = std::filesystem;

std::string NameOf(const EventType& type) {
  return absl::StrCat("events/", type.number, "_", type.name, ".v1");
}

// What the event in the payload shows to somebody who may see everything.
std::string ShownFrom(const std::string& payload) {
  TestSealer sealer;
  SegmentReader segment(payload);
  auto events = segment.Root<schema::Payload>().getEvents();
  if (events.size() != 1) return "not one event";
  auto event = OpenEvent(events[0], OpenAll(), sealer);
  return event.ok() ? boost::json::serialize(EventJson(*event))
                    : std::string(event.status().message());
}

TEST(EventCorpus, HasAFileForEveryEventType) {
  for (const EventType& type : Catalogue::Get().types()) {
    TestSealer sealer;
    EventGenerator generator(type.type);
    Event event =
        generator.Make(type, {.everything = true, .filled_in = true, .circumstances = true});
    std::string payload = SealedEvent(event, sealer).bytes();
    EXPECT_FALSE(Golden(NameOf(type) + ".bin", payload).empty()) << type.name;
    EXPECT_FALSE(Golden(NameOf(type) + ".json", ShownFrom(payload) + "\n").empty()) << type.name;
  }
}

TEST(EventCorpus, ShowsEveryOldEventAsItDidThen) {
  size_t read = 0;
  for (const auto& entry : fs::directory_iterator(GoldenPath("events"))) {
    if (entry.path().extension() != ".bin") continue;
    SCOPED_TRACE(entry.path().filename().string());
    fs::path json = entry.path();
    json.replace_extension(".json");
    EXPECT_EQ(boost::json::parse(ShownFrom(ReadGolden(entry.path()))),
              boost::json::parse(ReadGolden(json)));
    ++read;
  }
  EXPECT_GE(read, Catalogue::Get().types().size());
}

}  // namespace
}  // namespace guitu::events
