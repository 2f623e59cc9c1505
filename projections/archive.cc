#include "projections/archive.h"

#include "events/bytes.h"
#include "events/catalogue.h"
#include "events/event_body.h"
#include "events/schema/control.capnp.h"
#include "events/schema/rescue.capnp.h"
#include "events/values.h"
#include "projections/keys.h"

namespace guitu::projections {
namespace {

constexpr uint32_t kOpenEnded = 0x7fffffff;  // days of an assignment without an end

std::string Str(capnp::Text::Reader text) { return {text.begin(), text.size()}; }
uint64_t Micros(absl::Time time) { return static_cast<uint64_t>(absl::ToUnixMicros(time)); }
absl::Time ToTime(uint64_t micros) { return absl::FromUnixMicros(static_cast<int64_t>(micros)); }

void UpdateCard(const RecordInEffect& record, schema::Event::Reader event, CaseCard& card) {
  card.changed_at = record.recorded_at;
  card.newest = event.getType();
  const events::EventType* type = events::Catalogue::Get().FindByType(event.getType());
  if (type == nullptr) return;
  if (type->schema_id == capnp::typeId<schema::VictimRescued>() && card.county.empty()) {
    card.county =
        Str(event.getData().getAs<schema::VictimRescued>().getPlace().getAdmin()).substr(0, 6);
  } else if (type->schema_id == capnp::typeId<schema::CaseOpened>()) {
    auto opened = event.getData().getAs<schema::CaseOpened>();
    card.opened = true;
    card.opened_at = absl::FromUnixMicros(event.getOccurredAt());
    card.kind = Str(opened.getKind().getCode());
    card.owner = Str(opened.getOwner());
    card.county = Str(opened.getCounty());
  } else if (type->schema_id == capnp::typeId<schema::CaseAssigned>()) {
    auto assigned = event.getData().getAs<schema::CaseAssigned>();
    card.assigned[Str(assigned.getUnit())] = assigned.hasUntil()
                                                 ? events::ToCivilDay(assigned.getUntil().getDays())
                                                 : absl::CivilDay::max();
  }
}

// The first box of a subject tells which data key the subject has.
void ProjectKeys(const RecordInEffect& record, const RowReader& rows, RowBatch& out) {
  for (auto event : record.payload.getEvents()) {
    for (auto box : event.getBoxes()) {
      std::string key = SubjectKeyKey(record.partition, events::ToSubject(box.getSubject()));
      if (rows.Get(key)) continue;
      out.Put(std::move(key),
              events::ByteWriter().U64(box.getKeyId().getHi()).U64(box.getKeyId().getLo()).Take());
    }
  }
}

}  // namespace

char ViewOf(schema::Kind kind) {
  if (kind == schema::Kind::COMMIT) return 'E';
  return kind == schema::Kind::SIBLING ? 'S' : 'A';
}

std::vector<std::string> RecordsOf(const RowReader& rows, events::Partition partition, char view,
                                   const events::StreamId& stream, events::Offset until) {
  std::vector<std::string> records;
  std::string prefix = EventPrefix(partition, view, stream);
  rows.Scan(prefix, prefix, [&](absl::string_view, absl::string_view value) {
    auto row = DecodeEventRow(value);
    if (!row || row->offset >= until) return false;
    records.emplace_back(value);
    return true;
  });
  return records;
}

void ProjectArchive(const RecordInEffect& record, const RowReader& rows, RowBatch& out) {
  ProjectKeys(record, rows, out);
  if (record.payload.getEvents().size() == 0) return;
  const events::StreamId& stream = record.frame.stream;
  out.Put(
      EventKey(record.partition, ViewOf(record.frame.kind), stream, record.first_number),
      EncodeEventRow({record.offset, record.version_after, record.first_number, record.recorded_at,
                      record.frame.command_id, record.bytes.meta, record.bytes.payload}));
  if (record.sibling || record.registry) return;
  CaseCard card;
  std::string key = CardKey(record.partition, stream);
  if (auto row = rows.Get(key)) {
    if (auto before = DecodeCard(*row)) card = *std::move(before);
  } else {
    card.started_at = record.recorded_at;
  }
  for (auto event : record.payload.getEvents()) UpdateCard(record, event, card);
  out.Put(std::move(key), EncodeCard(card));
}

aggregates::CaseFacts FactsOf(const CaseCard& card) {
  return {true, card.owner, card.county, card.assigned};
}

std::string EncodeStream(const StreamRow& row) {
  return events::ByteWriter()
      .U64(row.version)
      .U32(row.events)
      .U32(row.siblings)
      .U32(row.accesses)
      .Take();
}

StreamRow DecodeStream(absl::string_view bytes) {
  events::ByteReader in(bytes);
  StreamRow row;
  row.version = in.U64();
  row.events = in.U32();
  row.siblings = in.U32();
  row.accesses = in.U32();
  return row;
}

std::string EncodeEventRow(const EventRow& row) {
  return events::ByteWriter()
      .U64(row.offset)
      .U64(row.version)
      .U32(row.first)
      .U64(Micros(row.recorded_at))
      .Id(row.command_id)
      .String(row.meta)
      .String(row.payload)
      .Take();
}

std::optional<EventRow> DecodeEventRow(absl::string_view bytes) {
  events::ByteReader in(bytes);
  EventRow row;
  row.offset = in.U64();
  row.version = in.U64();
  row.first = in.U32();
  row.recorded_at = ToTime(in.U64());
  row.command_id = in.ReadId<events::CommandId>();
  row.meta = in.String();
  row.payload = in.String();
  if (!in.ok()) return std::nullopt;
  return row;
}

std::string EncodeCard(const CaseCard& card) {
  events::ByteWriter bytes;
  bytes.U8(static_cast<uint8_t>((card.opened ? 1 : 0) | (card.closed ? 2 : 0)))
      .String(card.kind)
      .String(card.owner)
      .String(card.county)
      .U64(Micros(card.started_at))
      .U64(Micros(card.opened_at))
      .U64(Micros(card.changed_at))
      .U16(card.newest);
  bytes.U32(static_cast<uint32_t>(card.assigned.size()));
  for (const auto& [unit, until] : card.assigned) {
    bool open_ended = until == absl::CivilDay::max();
    bytes.String(unit).U32(open_ended ? kOpenEnded
                                      : static_cast<uint32_t>(events::FromCivilDay(until)));
  }
  return bytes.Take();
}

std::optional<CaseCard> DecodeCard(absl::string_view bytes) {
  events::ByteReader in(bytes);
  CaseCard card;
  uint8_t flags = in.U8();
  card.opened = (flags & 1) != 0;
  card.closed = (flags & 2) != 0;
  card.kind = std::string(in.String());
  card.owner = std::string(in.String());
  card.county = std::string(in.String());
  card.started_at = ToTime(in.U64());
  card.opened_at = ToTime(in.U64());
  card.changed_at = ToTime(in.U64());
  card.newest = in.U16();
  for (uint32_t left = in.U32(); left > 0 && in.ok(); --left) {
    std::string unit(in.String());
    uint32_t days = in.U32();
    card.assigned[std::move(unit)] =
        days == kOpenEnded ? absl::CivilDay::max() : events::ToCivilDay(static_cast<int32_t>(days));
  }
  if (!in.ok()) return std::nullopt;
  return card;
}

}  // namespace guitu::projections
