// How an event type gets its rule: a row in the table at the end of its chapter's file. A type without a
// row has only the common checks ("–" in the catalogue) and leaves the state as it is.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "aggregates/case/state.h"
#include "aggregates/context.h"
#include "events/event_body.h"

namespace guitu::aggregates {

// What a rule sees of one event of a command.
struct Proposal {
  const CaseState& state;      // after the events before it in the command
  const events::Event& event;
  const Context& context;
  std::span<const events::Event> whole;  // the whole command
  uint32_t index;                        // of `event` in it
};

struct Rule {
  uint64_t schema_id = 0;
  // OK, or a refusal made by events::Refuse.
  std::function<absl::Status(const Proposal&)> decide;
  // Writes what the software fills in, into a copy made for it. May be empty.
  std::function<void(const Proposal&, events::Body&)> fill_in;
  // Changes the state. Total: an event is a fact. May be empty.
  std::function<void(CaseState&, const events::Event&)> evolve;
};

// The rules of the chapters.
std::vector<Rule> RescueRules();

}  // namespace guitu::aggregates
