// The decider of a case: what may be recorded about a person, when, and why not (events.md,
// chapters A to J and L). Read top-down: the checks common to every event, then the rule of each
// type, one file per chapter. The registration table at the end of each chapter's file is the place
// for one more type.
//
// Invariants (tests/aggregates/case/): deterministic; Evolve is total; a refusal carries rule and
// article.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "aggregates/case/state.h"
#include "aggregates/context.h"
#include "events/event_body.h"

namespace guitu::aggregates {

struct CaseDecider {
  using State = CaseState;
  using Command = std::vector<events::Event>;
  using Event = events::Event;

  static State Initial() { return {}; }
  // The events as they will be recorded, in order and all or none: those of the command, with what
  // the software fills in. Each is decided on the state after the ones before it.
  static absl::StatusOr<std::vector<Event>> Decide(const State& state, const Command& command,
                                                   const Context& context);
  static State Evolve(State state, const Event& event);
};

// Facts of a case that rights depend on (authorize.h).
struct CaseFacts {
  bool exists = false;
  std::string owner;
  std::string county;
  // Units that answer for the case besides its owner (76), each up to and with a day.
  std::map<std::string, absl::CivilDay> assigned;
};
CaseFacts FactsOf(const CaseState& state);

}  // namespace guitu::aggregates
