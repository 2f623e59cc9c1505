// From a decision to a record on its way.
#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "adapters/runtime/partition.h"
#include "events/boxes.h"
#include "events/derive.h"
#include "events/reason.h"
#include "events/schema/control.capnp.h"
#include "projections/keys.h"

namespace guitu::runtime {

using events::Event;
using events::Reason;
using events::Refuse;

absl::Status NotNow(const absl::Status& status) {
  if (events::ReasonOf(status) != Reason::UNSPECIFIED) return status;
  Reason reason = absl::IsUnavailable(status) ? Reason::SETTLING : Reason::OVERLOADED;
  return Refuse(reason, status.message());
}

// The basis is what this writer has folded (F6), never what it hopes for.
events::Frame PartitionMachine::NewFrame(schema::Kind kind) const {
  events::Frame frame;
  frame.kind = kind;
  frame.generation = state_.head.generation;
  frame.log_id = state_.head.log_id;
  frame.epoch = state_.head.epoch;
  frame.nonce = state_.head.nonce;
  frame.basis_offset = state_.head.next;
  frame.basis_chain = state_.head.chain;
  frame.registry_offset = registry() ? 0 : state_.head.adopted;
  return frame;
}

std::optional<events::KeyId> PartitionMachine::KnownKeyOf(const events::SubjectId& subject) const {
  if (auto it = fresh_keys_.find(subject); it != fresh_keys_.end()) return it->second;
  auto row = recent_.Get(projections::SubjectKeyKey(partition_, subject));
  if (!row) return std::nullopt;
  return events::ByteReader(*row).ReadId<events::KeyId>();
}

absl::StatusOr<events::KeyId> PartitionMachine::KeyOf(const events::SubjectId& subject) {
  if (auto known = KnownKeyOf(subject)) return *known;
  auto key = ports_.keys.TakeFreshKey();
  if (key.ok()) fresh_keys_[subject] = *key;
  return key;
}

// Under the subject's key, gone with it; a command that seals nothing for the subject: the log's
// own key.
absl::StatusOr<bool> PartitionMachine::SameContent(const Request& request, const Record& record,
                                                   const events::RequestHash& hash) const {
  auto subject = SubjectOf(request.stream);
  for (auto key : {KnownKeyOf(subject), std::optional(ports_.keys.LogKey())}) {
    if (!key) continue;
    auto mac = ports_.sealer.Mac(*key, record.content);
    if (mac.ok() && *mac == hash) return true;
    if (mac.status().code() == absl::StatusCode::kDataLoss)
      return true;  // erased: cannot be told any more
    if (absl::IsUnavailable(mac.status())) return mac.status();
  }
  return false;
}

absl::StatusOr<std::string> PartitionMachine::SealPayload(events::Frame& frame,
                                                          const std::vector<Event>& decided) {
  events::SealContext context;
  context.log_id = frame.log_id;
  context.stream = frame.stream;
  context.command_id = frame.command_id;
  context.self = SubjectOf(frame.stream);
  context.key_of = [this](events::SubjectId subject) { return KeyOf(subject); };
  context.other = [&](absl::string_view path) {
    return events::SubjectInCommand(ports_.hash, state_.head.salt, frame.command_id,
                                    context.event_index, path);
  };
  capnp::MallocMessageBuilder message(256);
  auto list = message.initRoot<schema::Payload>().initEvents(static_cast<uint>(decided.size()));
  for (uint i = 0; i < decided.size(); ++i) {
    context.event_index = i;
    auto status = events::SealEvent(decided[i], context, ports_.sealer, list[i]);
    if (!status.ok()) return status;
  }
  return events::EncodeMessage(message);
}

absl::StatusOr<std::string> PartitionMachine::BuildCommand(schema::Kind kind,
                                                           const Request& request,
                                                           const events::CommandId& id,
                                                           events::Version version,
                                                           const std::vector<Event>& decided) {
  events::Frame frame = NewFrame(kind);
  frame.stream = request.stream;
  frame.expected_version = version;
  frame.command_id = id;
  // Forgotten with the record: until it is in effect its keys are nobody's.
  absl::Cleanup forget = [this] { fresh_keys_.clear(); };
  auto payload = SealPayload(frame, decided);
  if (!payload.ok()) return payload.status();
  if (kind != schema::Kind::ACCESS) {
    const auto& record = std::get<Record>(request.what);
    frame.cancels = record.cancels;
    auto subject = SubjectOf(request.stream);
    auto hash =
        ports_.sealer.Mac(KnownKeyOf(subject).value_or(ports_.keys.LogKey()), record.content);
    if (!hash.ok()) return hash.status();
    frame.request_hash = *hash;
  }
  events::MetaFields meta;
  // What was decided is recorded as of its decision, to the microsecond: whether an approval stood
  // then must be answered alike ever after.
  bool decides = kind != schema::Kind::ACCESS && !decided.empty();
  meta.recorded_at = decides ? last_stamp_ : Stamp();
  meta.actor = request.actor.staff;
  meta.unit = request.actor.unit;
  meta.role = request.actor.role;
  meta.correlation = request.correlation;
  for (const Event& event : decided) meta.event_types.push_back(event.type->type);
  return events::JoinRecord(events::EncodeFrame(frame), events::EncodeMeta(meta), *payload);
}

void PartitionMachine::Send(InFlight flight, std::string record, bool access, Outbox& out) {
  flight.ticket = next_ticket_++;
  flight.leaf = events::LeafOf(ports_.hash, *events::SplitRecord(record));
  out.appends.push_back({partition_, flight.ticket, record, access});
  flight.record = std::move(record);
  in_flight_.push_back(std::move(flight));
}

// A refusal (403, 404, 409) is answered only when its 103 is folded in effect (C3): then it was
// decided on the state at that offset. What is wrong with the request itself needs no state and no
// record.
void PartitionMachine::Deny(const events::StreamId& slot_id, Waiting waiting, absl::Status refusal,
                            Outbox& out) {
  const events::Problem& problem = events::ProblemOf(events::ReasonOf(refusal));
  if (problem.http != 403 && problem.http != 404 && problem.http != 409) {
    return Reject(waiting, std::move(refusal), out);
  }
  const Request& request = waiting.request;
  const auto* read = std::get_if<Read>(&request.what);
  std::string act = read != nullptr ? absl::StrCat("read ", read->view) : "record";
  Event event = events::MakeEvent<schema::AccessDenied>(ports_.clock.Now(), [&](auto data) {
    data.setStaff(request.actor.staff);
    data.setAct(act);
    data.setCode(problem.code);
    if (!problem.rule.empty()) data.setRule(problem.rule);
    if (read != nullptr && ports_.rules.HasCode("PURP", read->purpose))
      data.initPurpose().setCode(read->purpose);
  });
  InFlight flight;
  flight.flight = Flight::kDenial;
  flight.read_back = node_.shared;
  flight.slot = slot_id;
  flight.refusal = std::move(refusal);
  if (auto row = recent_.Get(projections::StreamKey(partition_, request.stream))) {
    flight.version = projections::DecodeStream(*row).version;
  }
  auto [hi, lo] = ports_.random();
  auto bytes = BuildCommand(schema::Kind::ACCESS, request, {hi, lo}, flight.version, {event});
  if (!bytes.ok()) return Reject(waiting, NotNow(bytes.status()), out);
  flight.waiting = std::move(waiting);
  Send(std::move(flight), *std::move(bytes), true, out);
}

void PartitionMachine::Reject(const Waiting& waiting, absl::Status status, Outbox& out) {
  Answer answer = NewAnswer(waiting);
  answer.status = std::move(status);
  Tell(std::move(answer), out);
}

}  // namespace guitu::runtime
