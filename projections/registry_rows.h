// Rows of the registry partition: its records in their order, those of sibling streams among them,
// from which the registry as of any offset is folded (aggregates/registry/decider.h). The rows are
// the records' own bytes, names sealed.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "events/ids.h"
#include "projections/archive.h"
#include "projections/rows.h"
#include "projections/view.h"

namespace guitu::projections {

struct RegistryRow {
  EventRow record;  // borrows, as it says
  // Of an approval: the item it is about. Empty for an act, whose fields name its item.
  events::StreamId item;
};

std::string EncodeRegistryRow(const RegistryRow& row);
std::optional<RegistryRow> DecodeRegistryRow(absl::string_view bytes);

// Reads and refusals (81, 103) are no part of the registry: no decision depends on them.
void ProjectRegistry(const RecordInEffect& record, const RowReader& rows, RowBatch& out);

}  // namespace guitu::projections
