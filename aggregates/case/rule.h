// How an event type gets its rule: a row in the table at the end of its chapter's file. A type
// without a row has only the common checks ("–" in the catalogue) and leaves the state as it is.
#pragma once

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "aggregates/case/state.h"
#include "aggregates/context.h"
#include "events/event_body.h"
#include "events/reason.h"

namespace guitu::aggregates {

// What a rule sees of one event of a command.
struct Proposal {
  const CaseState& state;  // after the events before it in the command
  const events::Event& event;
  const Context& context;
  std::span<const events::Event> whole;  // the whole command
  uint32_t index;                        // of `event` in it

  // The JSON pointer of a field of the event, for events::RefuseAt.
  std::string At(absl::string_view field) const;
};

// Rows of the catalogue of which one has to be in the case already, and the refusal where none is.
struct Need {
  std::vector<uint16_t> any_of;
  events::Reason reason;
};
Need After(std::initializer_list<absl::string_view> rows, events::Reason reason);

struct Rule {
  uint64_t schema_id = 0;
  // Asked before the references are checked: "there is no 16" tells more than "event 7 is no 16".
  std::vector<Need> needs = {};
  // OK, or a refusal made by events::Refuse. References and persons of the event are known here.
  std::function<absl::Status(const Proposal&)> decide = nullptr;
  // Writes what the software fills in, into a copy made for it.
  std::function<absl::Status(const Proposal&, events::Body&)> fill_in = nullptr;
  // Changes the state. Total: an event is a fact. The event has its number already: the newest.
  std::function<void(CaseState&, const events::Event&)> evolve = nullptr;
};

// The rules of the chapters.
std::vector<Rule> RescueRules();
std::vector<Rule> HandoverRules();
std::vector<Rule> TracingRules();
std::vector<Rule> PlacementRules();
std::vector<Rule> HouseholdRules();
std::vector<Rule> SchoolRules();
std::vector<Rule> AftercareRules();
std::vector<Rule> LegalAidRules();
std::vector<Rule> ControlRules();
std::vector<Rule> ApprovalRules();

}  // namespace guitu::aggregates
