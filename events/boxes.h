// Sealing by construction: an event in the clear is split into its open fields and one sealed box
// per (subject, category), as the annotations of the schema say, and joined again from what can be
// opened. A brother's data goes with the brother's key; a ciphertext cannot be moved, swapped or
// downgraded, since each box is bound to log, stream, command, event, subject, category, suite and
// key.
//
// Invariants (tests/events/boxes_test.cc):
//   1. Join(Split(e)) == e for every event, whatever fields are there.
//   2. No byte of a marked field is in the open part.
//   3. A list keeps its length in every part, so parts join by index.
#pragma once

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "events/event_body.h"
#include "events/sealing.h"

namespace guitu::events {

// What sealing an event needs to know. All references are borrowed for the call.
struct SealContext {
  LogId log_id;
  StreamId stream;
  CommandId command_id;
  uint32_t event_index = 0;
  SubjectId self;  // the person of the case
  // The id of a person without a reference, by the path of the field: a function of command and
  // path.
  std::function<SubjectId(absl::string_view path)> other;
  // The data key of a subject, made if there is none yet.
  std::function<absl::StatusOr<KeyId>(SubjectId)> key_of;
};

// Writes the event, split and sealed, into a payload. Errors: those of key_of and of the sealer.
absl::Status SealEvent(const Event& event, const SealContext& context, Sealer& sealer,
                       schema::Event::Builder out);

// What opening an event needs. `may_open` says which boxes this reader may see.
struct OpenContext {
  LogId log_id;
  StreamId stream;
  CommandId command_id;
  uint32_t event_index = 0;
  std::function<bool(SubjectId, schema::Category)> may_open;
};

// The event as far as it may and can be opened; the rest is named in Event::closed. A box whose key
// was destroyed is no error. Errors: kDataLoss = an event type this program does not know, or bytes
// that do not read or do not open; kNotFound / kUnavailable = this node has not got a key.
absl::StatusOr<Event> OpenEvent(schema::Event::Reader in, const OpenContext& context,
                                Sealer& sealer);

}  // namespace guitu::events
