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
        if (!registry()) data.setCases(1);
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
  flight.read_back = node_.shared;
  flight.slot = slot_id;
  flight.grant = grant;
  if (auto row = recent_.Get(projections::StreamKey(partition_, request.stream))) {
    flight.version = projections::DecodeStream(*row).version;
  }
  auto [hi, lo] = ports_.random();
  auto bytes = BuildCommand(schema::Kind::ACCESS, request, {hi, lo}, flight.version, {event});
  if (!bytes.ok()) return Reject(waiting, NotNow(bytes.status()), out);
  flight.waiting = std::move(waiting);
  Send(std::move(flight), *std::move(bytes), true, out);
}

void PartitionMachine::SaveState() {
  if (folded_) projections::SaveState(state_, partition_, node_.batch);
}

void PartitionMachine::RowsStored() {
  folded_ = false;
  stored_next_ = next();
  recent_.Stored();
}

void PartitionMachine::EndStep(Outbox& out) {
  if (folded_) return;
  for (Answer& answer : done_) Tell(std::move(answer), out);
  done_.clear();
  for (Release& release : releases_) Free(std::move(release), out);
  releases_.clear();
  RecordMissedVisits(out);
  if (!assigned_ && phase_ == Phase::kLeading && in_flight_.empty()) StandDown(out);
}

// R4: what was kept for release too long is dropped; ask again.
void PartitionMachine::Free(Release release, Outbox& out) const {
  if (ports_.clock.Monotonic() - release.since > kPatience) {
    release.answer.status = Refuse(Reason::SETTLING);
  } else {
    release.answer.released_at = release.since;
    release.answer.released = release.view == "access"      ? 'A'
                              : release.view == "approvals" ? 'S'
                                                            : 'E';
  }
  out.answers.push_back(std::move(release.answer));
}

bool TooLate(const Answer& answer, absl::Duration now) {
  return answer.released && now - answer.released_at > kPatience;
}

std::vector<std::string> ReleasedRows(const projections::RowReader& rows, const Answer& answer) {
  if (!answer.released) return {};
  return projections::RecordsOf(rows, answer.partition, *answer.released, answer.stream,
                                answer.offset + 1);
}

}  // namespace guitu::runtime
