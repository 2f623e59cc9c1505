// The decider of the registry: units, users, roles, plan items (events.md, chapter M and row 71),
// and the approvals that rows marked +A stand on once the set-up has ended (107g).
//
// Decided on the settled state of the whole registry, sibling records included, one command at a
// time (protocol.md, F2). The functions are pure; the law of each row is in items.cc.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "aggregates/context.h"
#include "aggregates/registry/state.h"
#include "events/event_body.h"
#include "events/ids.h"

namespace guitu::aggregates {

struct RegistryDecider {
  using State = RegistryState;
  using Command = std::vector<events::Event>;
  using Event = events::Event;

  static State Initial() { return {}; }
  // Who may is authorize()'s business. Here: what the registry as it stands allows.
  static absl::StatusOr<std::vector<Event>> Decide(const State& state, const Command& command,
                                                   const Context& context);
  // `item` is the stream of the record; only rows of a sibling stream ask for it.
  static State Evolve(State state, const events::StreamId& item, const Event& event);
};

// Kind and key that name the stream of an event of the registry, for RegistryStreamOf:
// ("unit","MCA"). Kind is empty for an event that is none, and for approvals: they go to the stream
// of what they are about.
struct RegistryKey {
  std::string kind;
  std::string key;
};
RegistryKey KeyOf(const events::Event& event);

}  // namespace guitu::aggregates
