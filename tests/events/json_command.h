// Commands as JSON for the tests: a valid one of any event type, to be spoiled in one spot.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "events/check.h"
#include "events/json.h"
#include "events/reason.h"
#include "events/values.h"
#include "tests/events/random_event.h"

namespace guitu::events {

inline const CodeCheck kAnyCode = [](absl::string_view, absl::string_view) { return true; };

// The person of the case in the tests.
inline constexpr SubjectId kSelf{0x5e1f, 1};

inline boost::json::object EventJson(const Event& event) {
  boost::json::object out;
  out["type"] = event.type->name;
  out["occurredAt"] = FormatTime(absl::ToUnixMicros(event.occurred_at));
  out["data"] = WriteData(event, kSelf);
  auto content = std::as_const(*event.body).content();
  if (content.hasCircumstances()) {
    const StructSpec& spec = Catalogue::Get().circumstances();
    out["circumstances"] =
        WriteStruct(content.getCircumstances().getAs<capnp::DynamicStruct>(spec.schema), spec);
  }
  return out;
}

inline std::string CommandText(std::initializer_list<Event> events) {
  boost::json::array list;
  for (const Event& event : events) list.push_back(EventJson(event));
  return boost::json::serialize(boost::json::object{{"events", std::move(list)}});
}

// A valid command with one event of the type and every field a client may send.
inline boost::json::value FullCommand(absl::string_view type) {
  const EventType* found = Catalogue::Get().FindByName(type);
  GUITU_CHECK(found != nullptr);
  EventGenerator generator(found->type);
  auto text = CommandText({generator.Make(*found, {.everything = true, .circumstances = true})});
  return *ParseJson(text);
}

inline boost::json::object& DataOf(boost::json::value& command) {
  return command.at("events").at(0).at("data").as_object();
}

// Expects the command to be refused with reason and pointer, in words that repeat nothing of it:
// what a test submits as a value or key holds "zqcanary" where it can.
inline void ExpectRefused(const absl::Status& status, Reason reason, absl::string_view pointer,
                          absl::string_view about) {
  EXPECT_FALSE(status.ok()) << about;
  EXPECT_EQ(ProblemOf(ReasonOf(status)).code, ProblemOf(reason).code) << about << ": " << status;
  EXPECT_EQ(PointerOf(status), pointer) << about;
  EXPECT_EQ(std::string(status.message()).find("zqcanary"), std::string::npos) << status.message();
}

inline absl::Status ReadStatus(const boost::json::value& command,
                               const CodeCheck& codes = kAnyCode) {
  return ReadCommand(command, codes).status();
}

}  // namespace guitu::events
