// What a decision rests on: rights, the state of the case, the registry as adopted.
#include "absl/strings/str_cat.h"
#include "adapters/runtime/partition.h"
#include "events/boxes.h"
#include "events/derive.h"
#include "events/reason.h"
#include "events/values.h"
#include "projections/keys.h"

namespace guitu::runtime {

using events::Event;

aggregates::CaseFacts PartitionMachine::FactsOf(const events::StreamId& stream) const {
  aggregates::CaseFacts facts;
  auto row = overlay_.Get(projections::CardKey(partition_, stream));
  if (!row) return facts;
  auto card = projections::DecodeCard(*row);
  if (!card) return facts;
  facts.exists = true;
  facts.owner = card->owner;
  facts.county = card->county;
  return facts;
}

aggregates::Grant PartitionMachine::Authorize(const Request& request) const {
  absl::CivilDay today = absl::ToCivilDay(ports_.clock.Now(), events::ChinaTime());
  aggregates::Act act;
  if (const auto* read = std::get_if<Read>(&request.what)) {
    act = aggregates::ReadCase{read->view, read->purpose};
  } else {
    std::vector<const events::EventType*> types;
    for (const Event& event : std::get<Record>(request.what).events) types.push_back(event.type);
    if (registry()) {
      act = aggregates::AdministerRegistry{std::move(types)};
    } else {
      act = aggregates::RecordEvents{std::move(types)};
    }
  }
  return aggregates::Authorize(request.actor, act, FactsOf(request.stream), *registry_, today, ports_.rules);
}

aggregates::Context PartitionMachine::ContextFor(const Request& request, const events::CommandId& id) const {
  aggregates::Context context;
  context.now = ports_.clock.Now();
  context.actor = request.actor;
  context.stream = request.stream;
  context.subject = events::SubjectOfCase(ports_.hash, state_.head.salt, request.stream);
  context.registry = registry_.get();
  context.rules = &ports_.rules;
  context.new_person = [this, id](uint32_t index, absl::string_view path) {
    return events::SubjectInCommand(ports_.hash, state_.head.salt, id, index, path);
  };
  return context;
}

// Opens the sealed fields of the case and folds its state; keeps it in the slot.
absl::Status PartitionMachine::LoadCase(const events::StreamId& stream, events::Version version, Slot& slot) {
  if (registry()) return absl::OkStatus();
  if (slot.state != nullptr && slot.version == version) return absl::OkStatus();
  if (!StoreRows()) return absl::UnavailableError("the store takes no rows");
  aggregates::CaseState state = aggregates::CaseDecider::Initial();
  for (const std::string& bytes : RowsOf("archive", stream, state_.head.next)) {
    auto row = projections::DecodeEventRow(bytes);
    if (!row) return absl::DataLossError("a row of the archive does not read");
    events::SegmentReader payload(row->payload);
    uint32_t index = 0;
    for (auto in : payload.Root<schema::Payload>().getEvents()) {
      events::OpenContext open{state_.head.log_id, stream, row->command_id, index++,
                               [](const events::SubjectId&, schema::Category) { return true; }};
      auto event = events::OpenEvent(in, open, ports_.sealer);
      if (!event.ok()) return event.status();
      state = aggregates::CaseDecider::Evolve(std::move(state), *event);
    }
  }
  slot.state = std::make_shared<const aggregates::CaseState>(std::move(state));
  slot.version = version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Event>> PartitionMachine::Decide(const Request& request, const Record& record,
                                                            Slot& slot, InFlight& flight) {
  aggregates::Context context = ContextFor(request, record.id);
  if (registry()) return aggregates::RegistryDecider::Decide(*registry_, record.events, context);
  auto decided = aggregates::CaseDecider::Decide(*slot.state, record.events, context);
  if (!decided.ok()) return decided.status();
  aggregates::CaseState after = *slot.state;
  for (const Event& event : *decided) after = aggregates::CaseDecider::Evolve(std::move(after), event);
  flight.after = std::make_shared<const aggregates::CaseState>(std::move(after));
  return decided;
}

}  // namespace guitu::runtime
