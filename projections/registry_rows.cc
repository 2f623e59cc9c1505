#include "projections/registry_rows.h"

#include "events/bytes.h"
#include "projections/keys.h"

namespace guitu::projections {

// The item stands behind the record and only where there is one: rows of acts are what they were
// before approvals came to the registry.
std::string EncodeRegistryRow(const RegistryRow& row) {
  std::string bytes = EncodeEventRow(row.record);
  if (!row.item.empty()) bytes += events::ByteWriter().Id(row.item).Take();
  return bytes;
}

std::optional<RegistryRow> DecodeRegistryRow(absl::string_view bytes) {
  auto record = DecodeEventRow(bytes);
  if (!record) return std::nullopt;
  absl::string_view payload = record->payload;  // the last field; it lies within `bytes`
  auto used = static_cast<size_t>(payload.data() + payload.size() - bytes.data());
  events::ByteReader rest(bytes.substr(used));
  RegistryRow row{*std::move(record), rest.ReadId<events::StreamId>()};
  if (!rest.ok()) row.item = {};
  return row;
}

void ProjectRegistry(const RecordInEffect& record, const RowReader&, RowBatch& out) {
  if (!record.registry || record.frame.kind == schema::Kind::ACCESS) return;
  RegistryRow row;
  row.record = {record.offset,       record.version_after,    record.first_number,
                record.recorded_at,  record.frame.command_id, record.bytes.meta,
                record.bytes.payload};
  if (record.sibling) row.item = record.frame.stream;
  out.Put(RegistryKey(record.partition, record.offset), EncodeRegistryRow(row));
}

}  // namespace guitu::projections
