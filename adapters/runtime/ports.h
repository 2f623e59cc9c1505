// What the runtime needs of the world, injected by adapters/app or by the simulation.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "adapters/runtime/clock.h"
#include "aggregates/registry/state.h"
#include "aggregates/rules/rules.h"
#include "events/hash.h"
#include "events/ids.h"
#include "events/sealing.h"
#include "projections/rows.h"

namespace guitu::runtime {

// Data keys, made ahead: a key is durable before the first record that uses it.
class KeySource {
 public:
  virtual ~KeySource() = default;
  virtual absl::StatusOr<events::KeyId> TakeFreshKey() = 0;
  // The key for request hashes of commands about nobody: "the log's own key" of protocol.md.
  virtual events::KeyId LogKey() const = 0;
};

// 128 random bits; never used twice.
using RandomSource = std::function<std::pair<uint64_t, uint64_t>()>;

struct Ports {
  const Clock& clock;
  projections::RowStore& rows;
  events::Sealer& sealer;
  KeySource& keys;
  events::HashFunction hash;
  RandomSource random;
  aggregates::RuleData rules;
};

}  // namespace guitu::runtime
