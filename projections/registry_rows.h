// Rows of the registry partition: its records in their order, from which the registry as of any
// offset is folded (aggregates/registry/decider.h). The rows are the records' own bytes, names
// sealed.
#pragma once

#include "projections/rows.h"
#include "projections/view.h"

namespace guitu::projections {

void ProjectRegistry(const RecordInEffect& record, const RowReader& rows, RowBatch& out);

}  // namespace guitu::projections
