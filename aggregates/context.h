// What a decision may know beyond the state of its stream. Read once per command, before Decide
// runs.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aggregates/registry/state.h"
#include "aggregates/rules/rules.h"
#include "events/event_body.h"
#include "events/ids.h"

namespace guitu::aggregates {

// The actor of acts of the software. No token is ever accepted for it.
inline constexpr absl::string_view kSystemActor = "system";

// Who acts: as the token says, checked against the registry by authorize().
struct Actor {
  std::string staff;  // id, never a name; "system" for acts of the software
  std::string unit;
  std::string role;
};

// An event of another stream, as the owner of this one has folded it.
struct ForeignEvent {
  uint16_t type = 0;
  events::Version version = 0;  // of its stream, after its record
  events::Offset offset = 0;
};

struct Context {
  absl::Time now;  // the wall clock
  // What will stand as recordedAt, where that is later than `now`: records of a partition never go
  // back in time, though the clock may. What is told from records (approvals) is told by this.
  absl::Time not_before = absl::InfinitePast();
  absl::Time RecordedAt() const { return std::max(now, not_before); }
  Actor actor;
  events::StreamId stream;                  // of the case, or of the item of the registry
  events::SubjectId subject;                // the person of the case
  const RegistryState* registry = nullptr;  // as of the adoption in force
  const RuleData* rules = nullptr;
  // The hash that an approval binds (98, 98b): keyed, over the canonical bytes of an event's data.
  std::function<absl::StatusOr<events::RequestHash>(const events::Event&)> content_hash;
  // The reference of a person that event `index` of this command brings in (row 9b).
  std::function<events::SubjectId(uint32_t index, absl::string_view path)> new_person;
  // A fact of another stream enters a decision only through this. Nothing: not folded here yet, so
  // ask again (SETTLING), never a refusal.
  std::function<std::optional<ForeignEvent>(const events::StreamId&, uint32_t sequence)> look_up;
  // Decisions of the registry only: the stream of the item ("unit", "MCA").
  std::function<events::StreamId(absl::string_view kind, absl::string_view key)> item_stream;
};

}  // namespace guitu::aggregates
