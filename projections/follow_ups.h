// The follow-up schedule (细则第19条第4项): one row per planned visit that nobody has made yet,
// sorted by its due day, and one per visit to find it by. No personal data: case, due day, unit,
// worker, step.
//
// Words (domain/clocks.md): upcoming before the window, due within it, overdue after the due day
// (24:00 local), missed once row 59 is recorded. A visit ends by a 58 in which the person was seen;
// a 59 stays.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "events/ids.h"
#include "projections/rows.h"
#include "projections/view.h"

namespace guitu::projections {

struct Visit {
  events::StreamId stream;
  uint32_t number = 0;  // of its 57 in the stream
  int32_t due = 0;      // days since 1970
  int32_t window = -1;  // days before the due day; -1: not said, as many as the grace
  int32_t step = -1;    // of the cadence; -1: an extra visit
  std::string unit;     // of the visitor; else the keeper of the file
  std::string worker;   // staff id, or empty
  std::string kind;     // code of VKIND
  std::string cadence;  // "C1"
  uint32_t cadence_version = 0;
  bool missed = false;  // 59 is recorded
};

enum class VisitStatus { kUpcoming, kDue, kOverdue, kMissed };
VisitStatus StatusOf(const Visit& visit, absl::CivilDay today);
absl::string_view NameOf(VisitStatus status);

// Rows of open visits of a partition begin with this; they are in order of their due day.
std::string VisitPrefix(events::Partition partition);
// The first key of a due day.
std::string VisitKeyFrom(events::Partition partition, int32_t due);
std::string VisitKey(events::Partition partition, const Visit& visit);
std::string EncodeVisit(const Visit& visit);
std::optional<Visit> DecodeVisit(absl::string_view bytes);

void ProjectFollowUps(const RecordInEffect& record, const RowReader& rows, RowBatch& out);

}  // namespace guitu::projections
