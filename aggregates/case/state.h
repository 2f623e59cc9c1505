// A case as its decider sees it: what later decisions ask of the events so far, nothing else. A fold of
// the case's own stream; each chapter of the law has its room in it.
//
// A value: copyable, built by CaseDecider::Evolve only. Threads: none of its own.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "events/event_body.h"
#include "events/ids.h"

namespace guitu::aggregates {

// A relative, buyer, carer or broker, by the opaque reference that row 9b made.
struct RelatedPerson {
  std::vector<std::string> roles;  // codes of PROLE, towards the person of the case
  bool conflicted = false;         // 15 GuardianConflictFlagged stands
};

// A request for a second person's approval and what became of it (98, 98b, R58).
struct Approval {
  uint32_t request = 0;            // number of 98 in the sibling stream
  uint16_t target = 0;             // row of the event proposed
  events::RequestHash content;
  std::string author;
  std::string to;                  // staff asked, or empty
  std::string to_unit;             // unit asked, or empty
  absl::Time expires;
  bool given = false;              // 98b
  std::string given_by;
};

struct CaseState {
  // Row of each event so far, by its number in the stream from 1: events[0] is number 1.
  std::vector<uint16_t> events;
  std::vector<uint16_t> siblings;  // likewise of the sibling stream
  std::vector<Approval> approvals;
  bool opened = false;             // 5 CaseOpened
  bool closed = false;             // 79 CaseClosed stands
  std::string owner;               // unit in charge, from 5
  std::string county;              // division code of the county: from 5, before that from the place of 4
  absl::Time opened_at;            // when 5 occurred
  std::map<events::SubjectId, RelatedPerson> persons;
  uint32_t wishes = 0;             // rows 12

  bool started() const { return !events.empty(); }
  bool Has(uint16_t type) const;
};

}  // namespace guitu::aggregates
