// A JSON object, read strictly: RFC 8259 with valid UTF-8, nothing after it, at most 8 levels deep,
// and no name twice in any object, as two readers could each take another one. Inner header.
// Threads: any.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace guitu::identity {

// kInvalidArgument, without the text.
absl::StatusOr<boost::json::object> ParseStrictObject(absl::string_view text);

// The member as text or whole number; nothing where it is absent or of another type.
std::optional<std::string> TextMember(const boost::json::object& object, absl::string_view name);
std::optional<int64_t> NumberMember(const boost::json::object& object, absl::string_view name);
bool HasMember(const boost::json::object& object, absl::string_view name);

}  // namespace guitu::identity
