// The registry as of an offset, from the rows of its partition.
#pragma once

#include <cstdint>

#include "aggregates/registry/state.h"
#include "events/effect.h"
#include "events/sealing.h"
#include "projections/rows.h"

namespace guitu::runtime {

// `state`, which is as of an earlier offset (or RegistryDecider::Initial()), as of `offset`. `head`
// is that of the registry partition. Fields that are sealed stay so: no decision needs them.
// REQUIRES: the partition is folded up to `offset` into `rows`. O(records between the two).
aggregates::RegistryState FoldRegistry(aggregates::RegistryState state, uint64_t offset,
                                       const projections::RowReader& rows,
                                       const events::EffectHead& head, events::Sealer& sealer);

}  // namespace guitu::runtime
