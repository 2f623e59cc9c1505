#include "tests/simulation/seeds.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "absl/strings/numbers.h"

namespace guitu::simulation {
namespace {

Seeds seeds;

void SetCount(const char* text) {
  if (text != nullptr && !absl::SimpleAtoi(text, &seeds.last)) std::abort();
}

void SetOne(const char* text) {
  if (text == nullptr) return;
  SetCount(text);
  seeds.first = seeds.last;
}

}  // namespace

const Seeds& TheSeeds() { return seeds; }

}  // namespace guitu::simulation

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  guitu::simulation::SetCount(std::getenv("GUITU_SIMULATION_SEEDS"));
  guitu::simulation::SetOne(std::getenv("GUITU_SIMULATION_SEED"));
  for (int i = 1; i + 1 < argc; i += 2) {
    std::string option = argv[i];
    if (option == "--seeds") guitu::simulation::SetCount(argv[i + 1]);
    if (option == "--seed") guitu::simulation::SetOne(argv[i + 1]);
  }
  return RUN_ALL_TESTS();
}
