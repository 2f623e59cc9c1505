// Who acts, as a verified token says. A value.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace guitu::identity {

struct Principal {
  std::string staff;     // id of a member of staff, never a name; claim `sub`
  std::string unit;      // code of a unit; claim `unit`
  std::string role;      // name of a role; claim `role`
  absl::Time expires;    // claim `exp`, without leeway
  std::string token_id;  // claim `jti`

  friend bool operator==(const Principal&, const Principal&) = default;
};

// kInvalidArgument, naming the claim but never its value: staff, unit or role is empty, too long
// (60, 40, 40 bytes) or has a character that is not visible ASCII; token_id, which may be empty
// here, likewise (64). The rule for issuing and for verifying.
absl::Status CheckPrincipal(const Principal& principal);

}  // namespace guitu::identity
