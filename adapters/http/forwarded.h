// What of a message goes on when one node asks another in a client's name: the rules of RFC 9110
// 7.6.1 and ours, as functions of values. Pure; any thread. The sockets are forwarder.h's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "adapters/http/message.h"
#include "adapters/http/problem.h"

namespace guitu::http {

// The mark of a request that a node sent on. Whoever gets it answers it himself, or with 503
// `not-owner`: two nodes that each believe the other to be the owner must not send it to and fro.
constexpr absl::string_view kForwardedField = "Guitu-Forwarded";
bool IsForwarded(const Request& request);

// Appends the whole text of `request` as it goes to the node `authority` ("host:port"): the target
// encoded again so that it is read as the same segments and query, all fields but those of this
// connection alone (Host, Connection and what it names, Transfer-Encoding, Expect ...), our mark,
// the body with its Content-Length. Refused as malformed, with `out` as it was, if Connection names
// a field that decides what the request means (If-Match, Idempotency-Key ...): leaving it out would
// ask for something else.
Refusal AppendForwarded(const Request& request, absl::string_view authority, std::string* out);

// An answer as it came from the other node.
struct ForwardedAnswer {
  int status = 0;
  std::vector<std::pair<absl::string_view, absl::string_view>> fields;
  std::string body;
  bool is_head_request = false;
};

// The same for the client: without what concerned the connection between the nodes and what the
// server adds itself. Nothing if it could not be sent on: a status outside 200..599, a field that
// AppendHead refuses.
std::optional<Response> ToResponse(ForwardedAnswer answer);

}  // namespace guitu::http
