// What a handler sees of HTTP: a request it owns and may carry to another thread, a response it
// builds, and the responder that brings the one back for the other. Values; no Beast, no sockets.
//
// A request that reaches a handler is already checked: strict HTTP/1.1 framing, one Host, a path
// without dot segments, empty segments or encoded slashes, UTF-8 after decoding, a body within the
// route's limit and of the route's media type. Header *values* are only free of control characters;
// what they mean is the handler's to check.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace guitu::http {

// The header fields of one message in the order received; names compare without case. One block of
// bytes and one of offsets, so that a request costs two allocations, whatever the number of fields.
class Headers {
 public:
  void Add(absl::string_view name, absl::string_view value);
  void Reserve(size_t bytes, size_t fields);
  // The first field of that name. O(fields). The view lives as long as this object is unchanged.
  std::optional<absl::string_view> Find(absl::string_view name) const;
  size_t Count(absl::string_view name) const;
  // Name and value of field `i`, from 0. Views live as those of Find. REQUIRES: i < size().
  std::pair<absl::string_view, absl::string_view> At(size_t i) const;
  size_t size() const { return fields_.size(); }

 private:
  struct Field {
    uint32_t begin, name_size, value_size;  // in bytes_; the value follows the name
  };
  absl::string_view Name(const Field& field) const;
  absl::string_view Value(const Field& field) const;

  std::string bytes_;
  std::vector<Field> fields_;
};

using NameValue = std::pair<std::string, std::string>;

struct Request {
  std::string method;                 // "GET"; a HEAD served by a GET route still says "HEAD"
  std::vector<std::string> segments;  // the path, percent-decoded: "/v1/cases" is {"v1", "cases"}
  std::vector<NameValue> params;      // what the {names} of the route's pattern matched
  std::vector<NameValue> query;       // decoded, each name once; '+' stands for itself (RFC 3986)
  Headers headers;
  std::string body;
  std::string peer;  // numeric address of the other end of the socket, without port
  bool is_tls = false;

  // REQUIRES: the route's pattern has {name}.
  const std::string& Param(absl::string_view name) const;
  std::optional<absl::string_view> Query(absl::string_view name) const;
  std::optional<absl::string_view> Header(absl::string_view name) const;
};

// The server adds Date, Content-Length, Connection, Cache-Control: no-store (unless `headers` has a
// Cache-Control of its own) and X-Content-Type-Options: nosniff. A name or value that would break
// the message (CR, LF, control characters) makes the server answer 503 `settling` in its place.
struct Response {
  int status = 200;  // 200..599; a 204 or 304 has no body
  std::vector<NameValue> headers;
  std::string body;
  std::string content_type = "application/json";  // sent only with a body
  // In answer to HEAD, where `body` is not at hand: the size GET's would have. Else not looked at.
  std::optional<uint64_t> head_body_size;
  // If set, the response is what this returns, called once on the socket thread when its turn to be
  // sent has come: for work (opening, masking, writing JSON) that must not burden the answering
  // thread.
  std::function<Response()> make;

  static Response Later(std::function<Response()> make) {
    Response response;
    response.make = std::move(make);
    return response;
  }
};

// Answers the request it was made for. From any thread, once; later calls do nothing. Never blocks
// on the client. If every copy is destroyed without a call the client gets 503 `settling`, which
// tells it to ask again with the same Idempotency-Key. May outlive the server; then it does
// nothing.
using Responder = std::function<void(Response)>;

// Runs on the socket thread: must not block. Either calls the responder at once, which is the
// fastest way, or hands both on to another thread.
using Handler = std::function<void(Request, Responder)>;

}  // namespace guitu::http
