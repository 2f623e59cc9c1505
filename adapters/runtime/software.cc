// Acts of the software: what is recorded without anybody asking, once per cause (design.md, section
// 6). Row 59, a visit that nobody made within its grace (K15), by the owner of the partition; row
// 107g, the end of the set-up rights, by the owner of the registry.
//
// The command id is H(cause), so any number of owners, restarts and clock jumps yields each act
// once; the fold drops what comes again. The schedule is not looked through at every tick, but when
// the partition begins to lead, when the local day changes, when disk or clock allow acts again,
// and when a visit is planned whose grace is over already; then in order of the due day, so many at
// a time.
#include <algorithm>
#include <set>

#include "adapters/runtime/node.h"
#include "events/boxes.h"
#include "events/derive.h"
#include "events/reason.h"
#include "events/schema/aftercare.capnp.h"
#include "events/schema/registry.capnp.h"
#include "events/schema/rescue.capnp.h"
#include "events/values.h"
#include "projections/keys.h"

namespace guitu::runtime {
namespace {

using projections::Visit;

constexpr size_t kActsMax = 64;    // of a partition under way
constexpr size_t kRowsMax = 4096;  // looked at in one step
constexpr absl::Duration kActAgain = absl::Seconds(1);
// Tickets of the drivers stay below.
constexpr uint64_t kActTicket = uint64_t{1} << 63;

aggregates::Actor Software() { return {std::string(aggregates::kSystemActor), "SYS", "SYS"}; }

Request ActOf(const events::EffectHead& head, events::HashFunction hash, events::StreamId stream,
              std::string cause, events::Event event) {
  Record record;
  record.id = events::CommandIdOfCause(hash, head.salt, cause);
  record.content = std::move(cause);
  record.software = true;
  record.events = {std::move(event)};
  Request request;
  request.actor = Software();
  request.stream = stream;
  request.what = std::move(record);
  return request;
}

}  // namespace

void PartitionMachine::Act(Request request, Outbox& out) {
  request.ticket = kActTicket + acts_++;
  ++acts_under_way_;
  Submit(std::move(request), out);
}

void PartitionMachine::Tell(Answer answer, Outbox& out) {
  if (answer.ticket >= kActTicket) return OnActSettled(answer);
  out.answers.push_back(std::move(answer));
}

// Done, or no longer so: over. Anything else (not now, not done, unknown) is tried again.
void PartitionMachine::OnActSettled(const Answer& answer) {
  --acts_under_way_;
  if (!answer.status.ok() && !events::IsRefusal(answer.status))
    look_again_at_ = ports_.clock.Monotonic() + kActAgain;
}

absl::CivilDay PartitionMachine::Today() const {
  return absl::ToCivilDay(ports_.clock.Now(), events::ChinaTime());
}

// The last day on which the visit is not missed yet.
absl::CivilDay PartitionMachine::LastDayOf(const Visit& visit) const {
  const aggregates::Cadence* cadence =
      ports_.rules.FindCadence(visit.cadence, static_cast<int>(visit.cadence_version));
  return events::ToCivilDay(visit.due) + aggregates::GraceOf(cadence, visit.step);
}

void PartitionMachine::WatchTheDay() {
  absl::CivilDay today = Today();
  bool again = ports_.clock.Monotonic() >= look_again_at_;
  if (again) look_again_at_ = absl::InfiniteDuration();
  if (today != today_ || again) LookForMissedVisits();
  today_ = today;
}

// Looks at the rows that the record just folded has changed: cheaper than to read the record again.
void PartitionMachine::NoticeRows(const projections::RowBatch& batch, size_t before) {
  if (registry()) return;
  constexpr size_t kView = 2;  // a key begins with two bytes of the partition
  for (size_t i = before; i < batch.changes.size(); ++i) {
    const auto& [key, value] = batch.changes[i];
    if (!value) continue;
    if (key[kView] == 'D') {
      auto visit = projections::DecodeVisit(*value);
      if (visit && !visit->missed && today_ > LastDayOf(*visit)) LookForMissedVisits();
    } else if (key[kView] == 'C' && on_case_opened) {
      auto card = projections::DecodeCard(*value);
      if (card && card->opened) on_case_opened();
    }
  }
}

Request PartitionMachine::MissedVisit(const Visit& visit) const {
  absl::Time grace_over = absl::FromCivil(LastDayOf(visit) + 1, events::ChinaTime());
  auto event = events::MakeEvent<schema::FollowUpMissed>(grace_over, [&](auto data) {
    data.initOf().setSequence(visit.number);
    data.initDue().setDays(visit.due);
  });
  std::string cause = events::ByteWriter()
                          .String("59")
                          .Id(visit.stream)
                          .U32(visit.number)
                          .U32(static_cast<uint32_t>(visit.due))
                          .Take();
  return ActOf(state_.head, ports_.hash, visit.stream, std::move(cause), std::move(event));
}

// The next ones in order of their due day, at most one of a case: its next waits for this one.
std::vector<Visit> PartitionMachine::NextMissedVisits() {
  std::vector<Visit> missed;
  std::set<events::StreamId> cases;
  std::string end = projections::VisitKeyFrom(partition_, events::FromCivilDay(today_));
  std::optional<std::string> rest;
  size_t looked_at = 0;
  ports_.rows.Scan(projections::VisitPrefix(partition_), *look_from_,
                   [&](absl::string_view key, absl::string_view value) {
                     if (key >= end) return false;
                     auto visit = projections::DecodeVisit(value);
                     bool is_missed = visit && !visit->missed && today_ > LastDayOf(*visit);
                     bool full = ++looked_at > kRowsMax || missed.size() == kActsMax;
                     if (full || (is_missed && !cases.insert(visit->stream).second)) {
                       rest = std::string(key);
                       return false;
                     }
                     if (is_missed) missed.push_back(*std::move(visit));
                     return true;
                   });
  look_from_ = std::move(rest);
  return missed;
}

// While disk or clock hold it back, what there is to look for waits. REQUIRES: everything folded is
// stored.
void PartitionMachine::RecordMissedVisits(Outbox& out) {
  if (!look_from_ || acts_under_way_ > 0 || !MayDecide() || registry() || HeldBack()) return;
  for (const Visit& visit : NextMissedVisits()) Act(MissedVisit(visit), out);
}

// The first 5 of all partitions, by when it occurred; nothing where no case was opened yet.
std::optional<Node::FirstCase> Node::FindFirstCase() const {
  std::optional<FirstCase> first;
  absl::Time opened_at = absl::InfiniteFuture();
  for (events::Partition p = 0; p < partitions_; ++p) {
    std::string prefix = projections::ViewPrefix(p, 'C');
    ports_.rows.Scan(prefix, prefix, [&](absl::string_view key, absl::string_view value) {
      auto card = projections::DecodeCard(value);
      if (!card || !card->opened || card->opened_at >= opened_at) return true;
      opened_at = card->opened_at;
      first.emplace();
      first->partition = p;
      first->stream = events::IdFromBytes<events::StreamId>(key.substr(prefix.size()));
      return true;
    });
  }
  if (!first) return std::nullopt;
  std::string prefix = projections::EventPrefix(first->partition, 'E', first->stream);
  const uint16_t opening = events::Catalogue::Get().Of<schema::CaseOpened>().type;
  ports_.rows.Scan(prefix, prefix, [&](absl::string_view, absl::string_view value) {
    auto row = projections::DecodeEventRow(value);
    auto meta = row ? events::DecodeMeta(row->meta) : absl::DataLossError("");
    if (!meta.ok()) return true;
    auto found = std::find(meta->event_types.begin(), meta->event_types.end(), opening);
    if (found == meta->event_types.end()) return true;
    first->number = row->first + static_cast<uint32_t>(found - meta->event_types.begin());
    first->recorded_at = row->recorded_at;
    return false;
  });
  return first;
}

// 107g. Asked again until it is in effect; a start looks once, for a case opened before it.
void Node::EndBootstrap(Outbox& out) {
  absl::Duration now = ports_.clock.Monotonic();
  bool may = registry().phase() == Phase::kLeading && !read_only_ && !clock_suspect_;
  if (!case_opened_ || !may || now < bootstrap_at_) return;
  if (!StoreRows()) return;  // they are read below
  auto adopted = RegistryAt(registry_end_);
  if (adopted == nullptr) return;
  if (adopted->bootstrap_ended) {
    case_opened_ = false;
    for (auto& machine : machines_) machine->on_case_opened = nullptr;  // nothing more to notice
    return;
  }
  auto first = FindFirstCase();
  case_opened_ = first.has_value();
  if (!first) return;
  bootstrap_at_ = now + kActAgain;
  absl::Time at = std::min(first->recorded_at, ports_.clock.Now());
  auto event = events::MakeEvent<schema::BootstrapEnded>(at, [&](auto data) {
    events::SetId(data.initFirstCase().initStream(), first->stream);
    data.getFirstCase().setSequence(first->number);
  });
  const events::EffectHead& head = registry().state().head;
  auto [kind, name] = aggregates::KeyOf(event);
  auto stream = events::RegistryStreamOf(ports_.hash, head.salt, kind, name);
  Request request = ActOf(head, ports_.hash, stream, "107g", std::move(event));
  request.registry = true;
  registry().Act(std::move(request), out);
}

}  // namespace guitu::runtime
