// Refusals: an absl::Status that carries a schema::Reason, the one source of problem code, HTTP
// number, rule, article and the words in Chinese and English (schema/reason.capnp). Messages hold
// ids and counts, never what a person said or is called.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "events/schema/reason.capnp.h"

namespace guitu::events {

using schema::Reason;

struct Problem {
  uint16_t http = 500;
  std::string code;
  std::string rule;     // "R8", or empty
  std::string article;  // or empty
  std::string zh;
  std::string en;
};

// The row of the table. Never fails: an unknown number gives the row of `unspecified`.
const Problem& ProblemOf(Reason reason);

// `detail` adds what the table cannot know: an id, a count, the name of a field.
absl::Status Refuse(Reason reason, absl::string_view detail = "");
// As Refuse, with the JSON pointer (RFC 6901) of the spot in the request.
absl::Status RefuseAt(Reason reason, absl::string_view pointer, absl::string_view detail = "");

// Of a Status made here; kUNSPECIFIED for every other one.
Reason ReasonOf(const absl::Status& status);
std::string PointerOf(const absl::Status& status);
std::string DetailOf(const absl::Status& status);
// True if a person or rule said no; false for "not now" and for what is broken.
bool IsRefusal(const absl::Status& status);

}  // namespace guitu::events
