// Strict JSON ⇄ events, by reflection over the catalogue.
//
// Strict means: unknown and duplicate keys, wrong types, numbers that would be rounded, over-long
// texts and lists, invalid UTF-8, too deep nesting, and values that the schema has no place for are
// refused with the JSON pointer (RFC 6901) of the spot. Cap'n Proto's own codec lets several of
// these pass. Error messages name fields and limits, never what was written.
//
// Threads: pure functions, any thread. Cost: a few microseconds for an event of twenty fields.
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "events/catalogue.h"
#include "events/event_body.h"

namespace guitu::events {

inline constexpr size_t kJsonDepth = 16;
inline constexpr size_t kEventsPerCommand = 64;

// Parses one document. Refusals: Reason::MALFORMED with the pointer as far as it was read.
absl::StatusOr<boost::json::value> ParseJson(absl::string_view text);

// Tells whether a code list has a code; rule data answers (aggregates/rules).
using CodeCheck = std::function<bool(absl::string_view list, absl::string_view code)>;

// The body of POST …/events: {"events":[{"type","occurredAt","data","circumstances"?}]}.
// Refusals: MALFORMED, UNKNOWN_TYPE, INVALID_FIELD, each with its pointer.
absl::StatusOr<std::vector<Event>> ReadCommand(const boost::json::value& body,
                                               const CodeCheck& codes);

// Fills `out` (of spec.schema) from an object. `pointer` is where the object stands.
absl::Status ReadStruct(const boost::json::value& json, const StructSpec& spec,
                        const CodeCheck& codes, const std::string& pointer,
                        capnp::DynamicStruct::Builder out);

// The object with the fields that are there. A sealed field that a closed part of `event` may hold
// is shown as {"masked":true} or {"erased":true,"rule":"R38"}. `self` is the person of the case.
boost::json::object WriteData(const Event& event, SubjectId self);
boost::json::object WriteStruct(capnp::DynamicStruct::Reader in, const StructSpec& spec);

// The unsigned or signed number as JSON: a number up to 2^53, else a string (contract.md, section
// 3).
boost::json::value WriteNumber(uint64_t value);

}  // namespace guitu::events
