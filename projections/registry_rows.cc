#include "projections/registry_rows.h"

#include "projections/archive.h"
#include "projections/keys.h"

namespace guitu::projections {

void ProjectRegistry(const RecordInEffect& record, const RowReader&, RowBatch& out) {
  if (!record.registry || record.sibling) return;
  out.Put(
      RegistryKey(record.partition, record.offset),
      EncodeEventRow({record.offset, record.version_after, record.first_number, record.recorded_at,
                      record.frame.command_id, record.bytes.meta, record.bytes.payload}));
}

}  // namespace guitu::projections
