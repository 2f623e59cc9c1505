// The request target, taken apart strictly (RFC 3986 pchar only, percent-encoding well formed).
//
// Refused rather than repaired, since every repair is a second reading that a proxy may not share:
// raw bytes outside ASCII, a fragment, "." and ".." segments (encoded too), empty segments other
// than the last, an encoded slash, encoded control characters, bytes that are not UTF-8 once
// decoded, a query name given twice. '+' is a plus, so times with a zone need no encoding.
// Pure; any thread; O(size).
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "adapters/http/message.h"
#include "adapters/http/problem.h"

namespace guitu::http {

struct Target {
  std::vector<std::string> segments;  // "/" has none; "/a/" is {"a", ""}
  std::vector<NameValue> query;
};

// REQUIRES: `path_and_query` is in origin form (begins with '/') or empty, which reads as "/".
Refusal ParseTarget(absl::string_view path_and_query, Target* target);

// The origin form that ParseTarget reads as `segments` and `query` again. What was read from a
// target comes out no longer than that target (but for the '/' of an empty path), so what one
// server took is not too long for the next.
std::string EncodeTarget(const std::vector<std::string>& segments,
                         const std::vector<NameValue>& query);

// "http://host:1/x?y" becomes "/x?y" with authority "host:1"; an origin form stays, with an empty
// authority. Other forms ("*", "host:443", another scheme, user info) are refused.
struct TargetForm {
  absl::string_view authority;
  absl::string_view path_and_query;
};
Refusal SplitTarget(absl::string_view target, TargetForm* form);

// Whether `host` can stand in a Host field: a name, an IPv4 or [IPv6] address, perhaps a port.
bool IsHost(absl::string_view host);

// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsUtf8(absl::string_view text);

}  // namespace guitu::http
