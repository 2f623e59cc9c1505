// How a row of the registry gets its law: one line in the table at the end of items.cc. Whether a
// second person has to approve it (+A) stands in the schema (`approval` of $event) and needs
// nothing here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aggregates/approval.h"
#include "aggregates/context.h"
#include "aggregates/registry/decider.h"
#include "aggregates/registry/state.h"
#include "events/event_body.h"

namespace guitu::aggregates {

// What a law sees of one event of a command.
struct RegistryProposal {
  const RegistryState& state;  // after the events before it in the command
  const events::Event& event;
  const Context& context;
  uint32_t index;  // of `event` in the command

  // The JSON pointer of a field of the event, for events::RefuseAt.
  std::string At(absl::string_view field) const;
};

struct RegistryRule {
  uint64_t schema_id = 0;
  // The item that the event is about, for its stream. Nothing: rows of a sibling stream.
  RegistryKey (*item)(const events::Event&) = nullptr;
  // OK, or a refusal made by events::Refuse.
  absl::Status (*decide)(const RegistryProposal&) = nullptr;
  // Writes what the software fills in, into a copy made for it.
  absl::Status (*fill_in)(const RegistryProposal&, events::Body&) = nullptr;
  // Changes the state. Total: an event is a fact.
  void (*evolve)(RegistryState&, const events::Event&) = nullptr;
};

std::vector<RegistryRule> ItemRules();

// registry/approvals.cc: the rows of the sibling streams.
std::vector<RegistryRule> RegistryApprovalRules();
void EvolveApprovals(RegistryState& state, const events::StreamId& item,
                     const events::Event& event);
// Whether the act needs a second person now: its row is marked +A, and the set-up has ended (107g).
bool NeedsApproval(const RegistryState& state, const events::Event& event);
absl::StatusOr<Approval> ApprovalFor(const RegistryProposal& proposal);
// Keeps the act, so that the approval it stood on is not used again.
void KeepApprovedAct(RegistryState& state, const events::Event& event);

}  // namespace guitu::aggregates
