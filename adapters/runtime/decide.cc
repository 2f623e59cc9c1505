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

events::SubjectId PartitionMachine::SubjectOf(const events::StreamId& stream) const {
  if (newest_subject_.first != stream || stream.empty()) {
    newest_subject_ = {stream, events::SubjectOfCase(ports_.hash, state_.head.salt, stream)};
  }
  return newest_subject_.second;
}

aggregates::CaseFacts PartitionMachine::FactsOf(const events::StreamId& stream) const {
  auto row = recent_.Get(projections::CardKey(partition_, stream));
  auto card = row ? projections::DecodeCard(*row) : std::nullopt;
  return card ? projections::FactsOf(*card) : aggregates::CaseFacts{};
}

aggregates::Grant PartitionMachine::Authorize(const Request& request) const {
  absl::CivilDay today = absl::ToCivilDay(ports_.clock.Now(), events::ChinaTime());
  aggregates::Act act;
  if (const auto* read = std::get_if<Read>(&request.what)) {
    if (registry()) {
      act = aggregates::ReadRegistry{read->view, read->purpose};
    } else {
      act = aggregates::ReadCase{read->view, read->purpose};
    }
  } else if (std::get<Record>(request.what).cancels) {
    act = aggregates::CancelCommand{};
  } else {
    std::vector<const events::EventType*> types;
    for (const Event& event : std::get<Record>(request.what).events) types.push_back(event.type);
    if (registry()) {
      act = aggregates::AdministerRegistry{std::move(types)};
    } else {
      act = aggregates::RecordEvents{std::move(types)};
    }
  }
  return aggregates::Authorize(request.actor, act, FactsOf(request.stream), *registry_, today,
                               ports_.rules);
}

aggregates::Context PartitionMachine::ContextFor(const Request& request,
                                                 const events::CommandId& id) const {
  aggregates::Context context;
  context.now = ports_.clock.Now();
  context.actor = request.actor;
  context.stream = request.stream;
  context.subject = SubjectOf(request.stream);
  context.registry = registry_.get();
  context.rules = &ports_.rules;
  // In the registry always the log's own key: an item has a key of its own only from the first
  // request on, and a hash must be the same before and after that.
  context.content_hash = [this, subject = context.subject](const Event& event) {
    auto known = registry() ? std::nullopt : KnownKeyOf(subject);
    auto data = std::as_const(*event.body).content().getData().getAs<capnp::AnyStruct>();
    kj::Array<capnp::word> words = data.canonicalize();
    auto bytes = words.asBytes();
    return ports_.sealer.Mac(
        known.value_or(ports_.keys.LogKey()),
        absl::string_view(reinterpret_cast<const char*>(bytes.begin()), bytes.size()));
  };
  context.new_person = [this, id](uint32_t index, absl::string_view path) {
    return events::SubjectInCommand(ports_.hash, state_.head.salt, id, index, path);
  };
  context.look_up = node_.look_up;
  context.item_stream = [this](absl::string_view kind, absl::string_view key) {
    return events::RegistryStreamOf(ports_.hash, state_.head.salt, kind, key);
  };
  return context;
}

// Opens the sealed fields of the case and folds its state; keeps it in the slot.
absl::Status PartitionMachine::LoadCase(const events::StreamId& stream, events::Version version,
                                        Slot& slot) {
  if (registry()) return absl::OkStatus();
  if (slot.state != nullptr && slot.version == version) return absl::OkStatus();
  if (!node_.store_rows()) return absl::UnavailableError("the store takes no rows");
  aggregates::CaseState state = aggregates::CaseDecider::Initial();
  for (char view : {'E', 'S'}) {
    if (auto status = Replay(view, stream, state); !status.ok()) return status;
  }
  slot.state = std::make_shared<const aggregates::CaseState>(std::move(state));
  slot.version = version;
  return absl::OkStatus();
}

absl::Status PartitionMachine::Replay(char view, const events::StreamId& stream,
                                      aggregates::CaseState& state) const {
  for (const std::string& bytes :
       projections::RecordsOf(ports_.rows, partition_, view, stream, state_.head.next)) {
    auto row = projections::DecodeEventRow(bytes);
    if (!row) return absl::DataLossError("a row of the archive does not read");
    auto meta = events::DecodeMeta(row->meta);
    if (!meta.ok()) return meta.status();
    events::SegmentReader payload(row->payload);
    uint32_t index = 0;
    for (auto in : payload.Root<schema::Payload>().getEvents()) {
      events::OpenContext open{state_.head.log_id, stream, row->command_id, index++,
                               [](const events::SubjectId&, schema::Category) { return true; }};
      auto event = events::OpenEvent(in, open, ports_.sealer);
      if (!event.ok()) return event.status();
      event->recorder = meta->actor;
      event->recorder_unit = meta->unit;
      event->recorded_at = meta->recorded_at;
      state = aggregates::CaseDecider::Evolve(std::move(state), *event);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Event>> PartitionMachine::Decide(const Request& request,
                                                            const Record& record, Slot& slot,
                                                            InFlight& flight) {
  aggregates::Context context = ContextFor(request, record.id);
  context.not_before = Stamp();
  std::vector<Event> proposed = record.events;
  for (Event& event : proposed) {
    event.recorder = request.actor.staff;
    event.recorder_unit = request.actor.unit;
    event.recorded_at = context.RecordedAt();
  }
  if (registry()) return aggregates::RegistryDecider::Decide(*registry_, proposed, context);
  auto decided = aggregates::CaseDecider::Decide(*slot.state, proposed, context);
  if (!decided.ok()) return decided.status();
  aggregates::CaseState after = *slot.state;
  for (const Event& event : *decided)
    after = aggregates::CaseDecider::Evolve(std::move(after), event);
  flight.after = std::make_shared<const aggregates::CaseState>(std::move(after));
  return decided;
}

}  // namespace guitu::runtime
