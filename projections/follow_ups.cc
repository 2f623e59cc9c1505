#include "projections/follow_ups.h"

#include "aggregates/rules/rules.h"
#include "events/bytes.h"
#include "events/catalogue.h"
#include "events/event_body.h"
#include "events/schema/aftercare.capnp.h"
#include "events/values.h"
#include "projections/keys.h"

namespace guitu::projections {
namespace {

// Signed days in the order of bytes.
uint32_t Ordered(int32_t days) { return static_cast<uint32_t>(days) ^ 0x80000000u; }

std::string Str(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

// Where an open visit stands: its due day.
std::string FinderKey(events::Partition partition, const events::StreamId& stream,
                      uint32_t number) {
  return Key(partition, 'F').Id(stream).U32(number).Take();
}
// Cadence and keeper of the dedicated file (56).
std::string FileKey(events::Partition partition, const events::StreamId& stream) {
  return Key(partition, 'Q').Id(stream).Take();
}

void OpenFile(const RecordInEffect& record, schema::DedicatedFileOpened::Reader file,
              RowBatch& out) {
  out.Put(FileKey(record.partition, record.frame.stream), events::ByteWriter()
                                                              .String(Str(file.getCadence()))
                                                              .U32(file.getCadenceVersion())
                                                              .String(Str(file.getKeeper()))
                                                              .Take());
}

void Plan(const RecordInEffect& record, schema::FollowUpScheduled::Reader planned, uint32_t number,
          const RowReader& rows, RowBatch& out) {
  Visit visit;
  visit.stream = record.frame.stream;
  visit.number = number;
  visit.due = planned.getDue().getDays();
  visit.window = planned.getWindow();
  visit.step = planned.getStep();
  visit.unit = Str(planned.getVisitorUnit());
  visit.worker = Str(planned.getVisitor());
  visit.kind = Str(planned.getKind().getCode());
  if (auto row = rows.Get(FileKey(record.partition, record.frame.stream))) {
    events::ByteReader in(*row);
    visit.cadence = std::string(in.String());
    visit.cadence_version = in.U32();
    std::string keeper(in.String());
    if (visit.unit.empty()) visit.unit = keeper;
  }
  out.Put(FinderKey(record.partition, visit.stream, number),
          events::ByteWriter().U32(Ordered(visit.due)).Take());
  out.Put(VisitKey(record.partition, visit), EncodeVisit(visit));
}

std::optional<Visit> Find(const RecordInEffect& record, uint32_t number, const RowReader& rows) {
  auto found = rows.Get(FinderKey(record.partition, record.frame.stream, number));
  if (!found) return std::nullopt;
  Visit visit;
  visit.stream = record.frame.stream;
  visit.number = number;
  visit.due = static_cast<int32_t>(events::ByteReader(*found).U32() ^ 0x80000000u);
  auto row = rows.Get(VisitKey(record.partition, visit));
  return row ? DecodeVisit(*row) : std::nullopt;
}

// 58 ends the visit it names if the person was seen; a door that stayed shut leaves it open.
void Complete(const RecordInEffect& record, schema::FollowUpCompleted::Reader made,
              const RowReader& rows, RowBatch& out) {
  std::string result = Str(made.getResult().getCode());
  if (!made.hasOf() || made.getOf().hasStream() || (result != "seenAlone" && result != "seen"))
    return;
  auto visit = Find(record, made.getOf().getSequence(), rows);
  if (!visit) return;
  out.Delete(VisitKey(record.partition, *visit));
  out.Delete(FinderKey(record.partition, visit->stream, visit->number));
}

void Miss(const RecordInEffect& record, schema::FollowUpMissed::Reader missed,
          const RowReader& rows, RowBatch& out) {
  auto visit = Find(record, missed.getOf().getSequence(), rows);
  if (!visit) return;
  visit->missed = true;
  out.Put(VisitKey(record.partition, *visit), EncodeVisit(*visit));
}

// A reader that sees the changes of this record on top: 56 and 57 may come in one command.
class Within : public RowReader {
 public:
  Within(const RowReader& base, const RowBatch& batch) : base_(base), batch_(batch) {}
  std::optional<std::string> Get(absl::string_view key) const override {
    for (size_t i = batch_.changes.size(); i-- > 0;) {
      if (batch_.changes[i].first == key) return batch_.changes[i].second;
    }
    return base_.Get(key);
  }
  void Scan(absl::string_view prefix, absl::string_view from, const Visitor& visit) const override {
    base_.Scan(prefix, from, visit);
  }

 private:
  const RowReader& base_;
  const RowBatch& batch_;
};

}  // namespace

VisitStatus StatusOf(const Visit& visit, absl::CivilDay today) {
  if (visit.missed) return VisitStatus::kMissed;
  absl::CivilDay due = events::ToCivilDay(visit.due);
  if (today > due) return VisitStatus::kOverdue;
  int32_t window = visit.window >= 0 ? visit.window : aggregates::GraceOf(nullptr, visit.step);
  return today < due - window ? VisitStatus::kUpcoming : VisitStatus::kDue;
}

absl::string_view NameOf(VisitStatus status) {
  switch (status) {
    case VisitStatus::kUpcoming:
      return "upcoming";
    case VisitStatus::kDue:
      return "due";
    case VisitStatus::kOverdue:
      return "overdue";
    case VisitStatus::kMissed:
      return "missed";
  }
  return "upcoming";
}

std::string VisitPrefix(events::Partition partition) { return ViewPrefix(partition, 'D'); }

std::string VisitKeyFrom(events::Partition partition, int32_t due) {
  return Key(partition, 'D').U32(Ordered(due)).Take();
}

std::string VisitKey(events::Partition partition, const Visit& visit) {
  return Key(partition, 'D').U32(Ordered(visit.due)).Id(visit.stream).U32(visit.number).Take();
}

std::string EncodeVisit(const Visit& visit) {
  return events::ByteWriter()
      .Id(visit.stream)
      .U32(visit.number)
      .U32(Ordered(visit.due))
      .U32(static_cast<uint32_t>(visit.window))
      .U32(static_cast<uint32_t>(visit.step))
      .String(visit.unit)
      .String(visit.worker)
      .String(visit.kind)
      .String(visit.cadence)
      .U32(visit.cadence_version)
      .U8(visit.missed ? 1 : 0)
      .Take();
}

std::optional<Visit> DecodeVisit(absl::string_view bytes) {
  events::ByteReader in(bytes);
  Visit visit;
  visit.stream = in.ReadId<events::StreamId>();
  visit.number = in.U32();
  visit.due = static_cast<int32_t>(in.U32() ^ 0x80000000u);
  visit.window = static_cast<int32_t>(in.U32());
  visit.step = static_cast<int32_t>(in.U32());
  visit.unit = std::string(in.String());
  visit.worker = std::string(in.String());
  visit.kind = std::string(in.String());
  visit.cadence = std::string(in.String());
  visit.cadence_version = in.U32();
  visit.missed = in.U8() != 0;
  if (!in.ok()) return std::nullopt;
  return visit;
}

void ProjectFollowUps(const RecordInEffect& record, const RowReader& rows, RowBatch& out) {
  if (record.sibling || record.registry) return;
  Within within(rows, out);
  uint32_t number = record.first_number;
  for (auto event : record.payload.getEvents()) {
    const events::EventType* type = events::Catalogue::Get().FindByType(event.getType());
    uint64_t id = type == nullptr ? 0 : type->schema_id;
    auto data = event.getData();
    if (id == capnp::typeId<schema::DedicatedFileOpened>()) {
      OpenFile(record, data.getAs<schema::DedicatedFileOpened>(), out);
    } else if (id == capnp::typeId<schema::FollowUpScheduled>()) {
      Plan(record, data.getAs<schema::FollowUpScheduled>(), number, within, out);
    } else if (id == capnp::typeId<schema::FollowUpCompleted>()) {
      Complete(record, data.getAs<schema::FollowUpCompleted>(), within, out);
    } else if (id == capnp::typeId<schema::FollowUpMissed>()) {
      Miss(record, data.getAs<schema::FollowUpMissed>(), within, out);
    }
    ++number;
  }
}

}  // namespace guitu::projections
