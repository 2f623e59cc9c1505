// The decider of the registry: units, users, roles, plan items (events.md, chapter M and row 71).
//
// Decided on the settled state of the whole registry, one command at a time (protocol.md, F2). The
// functions are pure; the order of the file is State (state.h), Initial, Decide, Evolve.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "aggregates/context.h"
#include "aggregates/registry/state.h"
#include "events/event_body.h"

namespace guitu::aggregates {

struct RegistryDecider {
  using State = RegistryState;
  using Command = std::vector<events::Event>;
  using Event = events::Event;

  static State Initial() { return {}; }
  // Who may is authorize()'s business. Here: what the registry as it stands allows.
  static absl::StatusOr<std::vector<Event>> Decide(const State& state, const Command& command,
                                                   const Context& context);
  static State Evolve(State state, const Event& event);
};

// Kind and key that name the stream of an event of the registry, for RegistryStreamOf:
// ("unit","MCA"). Kind is empty for an event that is none.
struct RegistryKey {
  std::string kind;
  std::string key;
};
RegistryKey KeyOf(const events::Event& event);

}  // namespace guitu::aggregates
