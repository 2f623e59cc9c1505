#include "adapters/identity/principal.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace guitu::identity {
namespace {

absl::Status CheckClaim(absl::string_view name, absl::string_view value, size_t size_max) {
  // Visible ASCII only: two ids that look alike must not be two people.
  const bool visible = std::all_of(value.begin(), value.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
  if (visible && value.size() <= size_max) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("claim ", name, " is too long or has odd characters"));
}

}  // namespace

absl::Status CheckPrincipal(const Principal& principal) {
  if (principal.staff.empty()) return absl::InvalidArgumentError("claim sub is empty");
  if (principal.unit.empty()) return absl::InvalidArgumentError("claim unit is empty");
  if (principal.role.empty()) return absl::InvalidArgumentError("claim role is empty");
  absl::Status status = CheckClaim("sub", principal.staff, 60);
  status.Update(CheckClaim("unit", principal.unit, 40));
  status.Update(CheckClaim("role", principal.role, 40));
  status.Update(CheckClaim("jti", principal.token_id, 64));
  return status;
}

}  // namespace guitu::identity
