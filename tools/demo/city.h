// The synthetic city: its units and users, so that every role has a log-in. All persons are
// invented.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "adapters/app/installation.h"
#include "aggregates/context.h"

namespace guitu::tools {

// A log-in of the demo.
struct DemoUser {
  aggregates::Actor actor;
  std::string zh;  // what the role is called
};

struct DemoCounty {
  std::string code;
  std::string name;
};

// Counties of the demo, by code.
const std::vector<DemoCounty>& DemoCounties();
// "530921-MCA".
std::string UnitOf(const DemoCounty& county, absl::string_view bureau);
// One log-in per role in a county, and those of the city.
std::vector<DemoUser> UsersOf(const DemoCounty& county);
std::vector<DemoUser> CityUsers();

// Records the plan, the bureaus of the counties, and the users; a second time changes nothing.
absl::Status SetUpCity(app::Installation& installation, absl::Time now);

}  // namespace guitu::tools
