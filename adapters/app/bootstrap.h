// What `guitu init` records before anybody can log in: the roles that are shipped, the
// joint-meeting office, and two administrators, so that four eyes exist from the first act on.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/runtime/clock.h"

namespace guitu::app {

class Installation;

inline constexpr absl::string_view kOfficeUnit = "OFF";
inline constexpr absl::string_view kAdministratorRole = "administrator";

// The staff ids of the administrators. A second call changes nothing and says the same.
absl::StatusOr<std::vector<std::string>> Bootstrap(Installation& installation,
                                                   const runtime::Clock& clock);

}  // namespace guitu::app
