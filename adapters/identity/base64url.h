// base64url without padding (RFC 7515, section 2), the strict kind: exactly one text for each
// string of bytes, so that a token cannot be written in two ways. Threads: any.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace guitu::identity {

std::string ToBase64Url(absl::string_view bytes);

// Nothing for padding, characters of other alphabets, white space, an impossible length, or bits in
// the last character that belong to no byte.
std::optional<std::string> FromBase64Url(absl::string_view text);

}  // namespace guitu::identity
