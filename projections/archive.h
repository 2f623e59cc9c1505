// Rows of the private archive, the timeline and the access trail: the records of a case as they
// were written, boxes sealed, and a card with the open facts that lists and rights need.
//
// One source serves all three: the archive groups a case's events, the timeline lists them, both
// also as of an earlier moment; the access trail lists the sibling stream. Masking and opening
// happen at the edge, after the access record took effect.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "aggregates/case/decider.h"
#include "events/ids.h"
#include "projections/view.h"

namespace guitu::projections {

// Version and numbering of a stream.
struct StreamRow {
  events::Version version = 0;
  uint32_t events = 0;    // numbered 1..events in the stream itself
  uint32_t siblings = 0;  // approvals, notices: numbered apart
  uint32_t accesses = 0;  // rows 81 and 103: numbered apart
};
std::string EncodeStream(const StreamRow& row);
StreamRow DecodeStream(absl::string_view bytes);

// One record of a case: 'E' of its own stream, 'S' of its sibling stream, 'A' an access record.
struct EventRow {
  events::Offset offset = 0;
  events::Version version = 0;  // of the stream after it
  uint32_t first = 0;           // number of its first event
  absl::Time recorded_at;
  events::CommandId command_id;  // its boxes are bound to it
  absl::string_view meta;        // encoded, borrowed
  absl::string_view payload;     // encoded, borrowed
};
std::string EncodeEventRow(const EventRow& row);
std::optional<EventRow> DecodeEventRow(absl::string_view bytes);

// The open facts of a case.
struct CaseCard {
  bool opened = false;
  bool closed = false;
  std::string kind;       // code of CKIND
  std::string owner;      // unit in charge
  std::string county;     // division code
  absl::Time started_at;  // recordedAt of its first event
  absl::Time opened_at;   // occurredAt of 5
  absl::Time changed_at;  // recordedAt of its newest event
  uint16_t newest = 0;    // row of its newest event
  // Units it is assigned to (76), each up to and with a day.
  std::map<std::string, absl::CivilDay> assigned;
};
// What rights depend on.
aggregates::CaseFacts FactsOf(const CaseCard& card);
std::string EncodeCard(const CaseCard& card);
std::optional<CaseCard> DecodeCard(absl::string_view bytes);

// The view letter of the rows of a command of this kind.
char ViewOf(schema::Kind kind);

// The records of a stream in one view, as they were when `until` records of the partition were
// folded: what came later is left out. Any thread.
std::vector<std::string> RecordsOf(const RowReader& rows, events::Partition partition, char view,
                                   const events::StreamId& stream, events::Offset until);

void ProjectArchive(const RecordInEffect& record, const RowReader& rows, RowBatch& out);

}  // namespace guitu::projections
