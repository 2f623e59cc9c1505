// A response as bytes of HTTP/1.1. Pure; any thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "adapters/http/message.h"

namespace guitu::http {

struct RenderContext {
  absl::string_view date;  // of FormatDate
  bool is_head_request = false;
  bool keep_alive = true;
  int minor_version = 1;  // of the request; HTTP/1.0 clients are told "Connection: close"
};

// Appends status line, fields and the empty line. The body is not appended: SendsBody says whether
// it follows. Returns false, with `out` as it was, if the response would break the message: a
// status outside 200..599, a name or value that could be read as something else, a field that is
// the server's own to set.
bool AppendHead(const Response& response, const RenderContext& context, std::string* out);

// A field AppendHead writes itself and takes from no handler.
bool IsServersOwn(absl::string_view name);
// What AppendHead takes as a field. A value may hold bytes above 0x7F, no control character.
bool IsFieldName(absl::string_view name);
bool IsFieldValue(absl::string_view value);

bool SendsBody(const Response& response, bool is_head_request);

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string FormatDate(absl::Time now);

}  // namespace guitu::http
