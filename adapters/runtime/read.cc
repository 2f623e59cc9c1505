// No log, no read (protocol.md, R1 and R2).
#include "adapters/runtime/partition.h"
#include "events/reason.h"
#include "events/schema/control.capnp.h"
#include "projections/keys.h"

namespace guitu::runtime {

using events::Reason;
using events::Refuse;

// Decides the read on the state as it stands and sends its access record. Data leaves when that is
// folded in effect; until then nobody has it, and an unknown outcome shows nothing.
void PartitionMachine::ProcessRead(const events::StreamId& slot_id, Waiting waiting, Outbox& out) {
  const Request& request = waiting.request;
  const auto& read = std::get<Read>(request.what);
  aggregates::Grant grant = Authorize(request);
  if (!grant.status.ok()) return Deny(slot_id, std::move(waiting), grant.status, out);
  events::Event event =
      events::MakeEvent<schema::RecordAccessed>(ports_.clock.Now(), [&](auto data) {
        data.setStaff(request.actor.staff);
        data.initPurpose().setCode(read.purpose);
        data.setOutcome(grant.masked ? schema::AccessOutcome::MASKED : schema::AccessOutcome::FULL);
        data.setCases(1);
        data.setView(read.view);
        uint shown = 0;
        for (uint c = 1; c <= 8; ++c) shown += (grant.classes >> c) & 1;
        auto fields = data.initFields(shown);
        for (uint c = 1, i = 0; c <= 8; ++c) {
          if ((grant.classes >> c) & 1)
            fields.set(i++, events::NameOf(static_cast<schema::Category>(c)));
        }
      });
  InFlight flight;
  flight.flight = Flight::kAccess;
  flight.slot = slot_id;
  flight.grant = grant;
  if (auto row = overlay_.Get(projections::StreamKey(partition_, request.stream))) {
    flight.version = projections::DecodeStream(*row).version;
  }
  auto [hi, lo] = ports_.random();
  auto bytes = BuildCommand(schema::Kind::ACCESS, request, {hi, lo}, flight.version, {event});
  if (!bytes.ok())
    return Reject(waiting, Refuse(Reason::OVERLOADED, bytes.status().message()), out);
  flight.waiting = std::move(waiting);
  Send(std::move(flight), *std::move(bytes), true, out);
}

// The rows of a view as of the offset: what was folded later is left out.
std::vector<std::string> PartitionMachine::RowsOf(char view, const events::StreamId& stream,
                                                  events::Offset offset) const {
  std::vector<std::string> rows;
  std::string prefix = projections::EventPrefix(partition_, view, stream);
  ports_.rows.Scan(prefix, prefix, [&](absl::string_view, absl::string_view value) {
    auto row = projections::DecodeEventRow(value);
    if (!row || row->offset > offset) return false;
    rows.emplace_back(value);
    return true;
  });
  return rows;
}

bool PartitionMachine::StoreRows() {
  if (batch_.empty()) return true;
  projections::SaveState(state_, partition_, batch_);
  if (!ports_.rows.Apply(batch_).ok())
    return false;  // kept, tried again at the end of the next step
  batch_.changes.clear();
  overlay_.Clear();
  return true;
}

void PartitionMachine::EndStep(Outbox& out) {
  if (!StoreRows()) return;
  for (Answer& answer : done_) Tell(std::move(answer), out);
  done_.clear();
  for (Release& release : releases_) Free(std::move(release), out);
  releases_.clear();
  RecordMissedVisits(out);
}

// R4: what was kept for release too long is dropped; ask again.
void PartitionMachine::Free(Release release, Outbox& out) const {
  if (ports_.clock.Monotonic() - release.since > kPatience) {
    release.answer.status = Refuse(Reason::SETTLING);
  } else {
    char letter = release.view == "access" ? 'A' : release.view == "approvals" ? 'S' : 'E';
    release.answer.rows = RowsOf(letter, release.answer.stream, release.answer.offset);
  }
  out.answers.push_back(std::move(release.answer));
}

}  // namespace guitu::runtime
