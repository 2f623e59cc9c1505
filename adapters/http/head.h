// The head of a request (request line and header fields), checked more strictly than Beast does,
// before Beast sees it. What two readers of one byte stream may understand differently is refused,
// never repaired, because that difference is what request smuggling lives on.
//
// Refused with 400 `malformed`: bare LF or CR, a line before the request line, obs-fold, space
// before the colon, control characters (NUL too), a method or field name that is no token, Host
// missing, twice or invalid, absolute form whose authority is not the Host, Content-Length twice or
// not plain digits, Content-Length with Transfer-Encoding, any Transfer-Encoding but exactly
// "chunked", Transfer-Encoding in HTTP/1.0, a second Authorization, If-Match or other field that
// must be one, versions other than 1.0 and 1.1. HTTP/1.0 is served, one request a connection. Pure;
// views into the caller's bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "adapters/http/problem.h"
#include "adapters/http/target.h"

namespace guitu::http {

struct HeadLimits {
  size_t uri_bytes_max = 8 << 10;
  size_t head_bytes_max = 16 << 10;  // request line and fields together
  size_t fields_max = 64;
};

// Finds the end of a head in bytes that arrive piece by piece, looking at each byte once.
class HeadScanner {
 public:
  // `bytes` is all that has arrived of this message so far. Returns a refusal; or sets *head_size
  // to the size of the head, its empty line included, or to 0 if more bytes are needed.
  Refusal Scan(absl::string_view bytes, const HeadLimits& limits, size_t* head_size);
  void Reset() { *this = HeadScanner(); }

 private:
  size_t scanned_ = 0;
  size_t line_begin_ = 0;
  bool has_line_ = false;
};

struct HeaderField {
  absl::string_view name;
  absl::string_view value;
};

struct Head {
  absl::string_view method;
  absl::string_view path_and_query;
  int minor_version = 1;
  std::vector<HeaderField> fields;  // kept between requests: no allocation once warm
  std::optional<uint64_t> content_length;
  bool is_chunked = false;
  bool keep_alive = true;
  bool expects_continue = false;
  absl::string_view content_type;  // empty if none
  bool has_content_encoding = false;

  bool HasBody() const { return is_chunked || content_length.value_or(0) > 0; }
};

// REQUIRES: `bytes` is what HeadScanner found to be a head.
Refusal ParseHead(absl::string_view bytes, const HeadLimits& limits, Head* head);

// Whether a Content-Type is application/json, with no parameter but charset=utf-8.
bool IsJsonType(absl::string_view content_type);

}  // namespace guitu::http
