// Which seeds a simulation plays: GUITU_SIMULATION_SEEDS=n or --seeds n, that many;
// GUITU_SIMULATION_SEED=s or --seed s, that one alone.
#pragma once

#include <cstdint>

namespace guitu::simulation {

struct Seeds {
  uint64_t first = 1;
  uint64_t last = 60;
};
const Seeds& TheSeeds();

}  // namespace guitu::simulation
