// Errors as RFC 9457 problem documents with the codes of the contract.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/http/message.h"

namespace guitu::http {

// `type` becomes "urn:guitu:problem:CODE". Texts say which rule was broken and where, never what a
// field held. A text that is not UTF-8 is left out.
struct Problem {
  int status = 400;
  std::string code;                    // stable, of the contract's table: "rule-refused"
  std::string title;                   // one line, the same for every problem of this code
  std::string detail;                  // this occurrence; may be empty
  std::optional<std::string> pointer;  // JSON pointer into the body
  std::optional<std::string> rule;     // "R8"
  std::optional<std::string> article;
  std::optional<uint64_t> current_version;
  std::optional<int> retry_after_s;  // the Retry-After header
  std::vector<NameValue> members;    // further members of the document, all strings
  std::vector<NameValue> headers;    // further headers of the response
};

Response ToResponse(const Problem& problem);

// A refusal of the server's own: constant texts, so it can be made on the way of every request
// without an allocation. Empty (status 0) means accepted.
struct Refusal {
  int status = 0;
  const char* code = "";
  const char* title = "";
  const char* detail = "";

  explicit operator bool() const { return status != 0; }
};

Refusal Malformed(const char* detail);
Refusal UriTooLong();
Refusal HeadersTooLarge();
Refusal BodyTooLarge();
Refusal UnsupportedMediaType(const char* detail);
Refusal NotFound();
Refusal MethodNotAllowed();
Refusal RequestTimeout();
Refusal Overloaded();
Refusal NotOwner();
Refusal Settling();

// 503 gets Retry-After: 1.
Response ToResponse(const Refusal& refusal);

}  // namespace guitu::http
