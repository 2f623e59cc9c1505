// What goes into the runtime and what comes out. All are values; batches of them cross threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "aggregates/authorize.h"
#include "aggregates/context.h"
#include "events/event_body.h"
#include "events/ids.h"
#include "events/log.h"
#include "projections/rows.h"

namespace guitu::runtime {

// Records events in a stream, or cancels a command whose outcome is not known (protocol.md, U5).
struct Record {
  events::CommandId id;
  std::vector<events::Event> events;  // empty for a cancel
  std::string content;                // canonical bytes of the body, for the request hash
  bool cancels = false;
  bool opens = false;        // POST /v1/cases: the stream may be new, needs no version
  bool any_version = false;  // If-Match: *
  bool software = false;     // an act of the software: the owner fills in the version
  std::optional<events::Version> expected;  // If-Match: "n"
};

// Reads a view of a case, or of an item of the registry: released only after its access record took
// effect.
struct Read {
  std::string view;     // "archive", "timeline", "access", "approvals"
  std::string purpose;  // Purpose-Of-Use
};

struct Request {
  uint64_t ticket = 0;  // chosen by the edge, comes back in the answer
  aggregates::Actor actor;
  events::StreamId stream;
  bool registry = false;  // a stream of the registry partition
  std::string correlation;
  std::variant<Record, Read> what;
};

// The end of a request. Outcomes of protocol.md, section 5:
//   DONE      status OK
//   CONFLICT  Reason::VERSION_MISMATCH, with current_version
//   refusal   another reason below 500
//   NOT_DONE  Reason::SETTLING with not_done
//   RETRY     Reason::SETTLING, NOT_OWNER, READ_ONLY …: the outcome may be unknown
struct Answer {
  uint64_t ticket = 0;
  absl::Status status;
  bool not_done = false;
  bool cancelled = false;
  events::StreamId stream;
  events::Partition partition = 0;
  events::Offset offset = 0;            // of DONE and of a released read: the receipt
  events::Version version = 0;          // of DONE and of a released read
  events::Version current_version = 0;  // of CONFLICT
  bool created = false;                 // the command began the stream
  // Of a released read: the letter of its view (projections/archive.h), and what may be shown of
  // it.
  std::optional<char> released;
  absl::Duration released_at;  // monotonic, when its access record was read: see TooLate
  aggregates::Grant grant;
};

// The rows that a released read may show: the state at its record, however much later this is
// called. Off the thread of the partition; none where nothing was released.
std::vector<std::string> ReleasedRows(const projections::RowReader& rows, const Answer& answer);

// R4: what may be shown was kept for longer than 5 s on its way out; ask again. `now`: monotonic.
bool TooLate(const Answer& answer, absl::Duration now);

// What the step machine wants done. The driver (adapters/app, or the simulation) does it and
// reports.
struct Outbox {
  std::vector<events::Append> appends;
  std::vector<Answer> answers;
  // Read these ranges of the log and feed them back, in order, through Node::OnRecord.
  struct ReadBack {
    events::Partition partition = 0;
    events::Offset from = 0;
    events::Offset until = 0;  // exclusive
  };
  std::vector<ReadBack> reads;
  // Read these partitions to the end that their log has now, then Node::OnCaughtUp. `session` 0:
  // for Node::Start.
  struct CatchUp {
    uint64_t session = 0;
    std::vector<events::Partition> partitions;
  };
  std::vector<CatchUp> catch_ups;
  // Open a session for these partitions, instead of those they have, then Node::OnSession. What
  // was to be appended for them is not sent any more; a session that no partition is left with is
  // discarded, before the new one is opened where the log has one at a time.
  struct NewSession {
    uint64_t session = 0;
    std::vector<events::Partition> partitions;
  };
  std::vector<NewSession> sessions;
  std::vector<std::string> alarms;  // for the log of the program: numbers and ids only
};

}  // namespace guitu::runtime
