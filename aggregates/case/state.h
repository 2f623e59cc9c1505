// A case as its decider sees it: what later decisions ask of the events so far, nothing else. A
// fold of the case's own stream and of its sibling stream; each chapter of the law has its room in
// it.
//
// Invariant (tests/aggregates/case/decider_laws_test.cc): the two streams may be folded one after
// the other or as they were recorded; the state is the same. So nothing of one reads what the other
// left.
//
// A value: copyable, built by CaseDecider::Evolve only. Threads: none of its own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "aggregates/approval.h"
#include "events/event_body.h"
#include "events/ids.h"

namespace guitu::aggregates {

// A relative, buyer, carer or broker, by the opaque reference that row 9b made.
struct RelatedPerson {
  std::vector<std::string> roles;  // codes of PROLE, towards the person of the case
  bool conflicted = false;         // 15 GuardianConflictFlagged stands
};

// The days between which somebody says the person was born, both included.
struct BirthSpan {
  absl::CivilDay earliest;
  absl::CivilDay latest;
};

// A birth date of row 7, and how well it is proved.
struct BirthClaim {
  BirthSpan span;
  bool vague = false;                        // an estimate that does not say how far it may be off
  std::string proof;                         // code of GRADE
  std::optional<events::SubjectId> said_by;  // absent: the person of the case
};

// Row 11b.
struct CapacityFinding {
  std::string finding;  // code of CAP
  absl::Time found_at;
};

// Row 12, as far as a placement asks (R1, R2).
struct Wish {
  absl::Time heard_at;
  bool free = false;              // alone, the buyer's side absent
  std::string with_buyer;         // answer (WANS) on living with the buyer; empty: not a topic
  bool ability_doubtful = false;  // disability or illness
};

// Row 34.
struct Placement {
  std::string ptype;
  std::optional<events::SubjectId> person;
};

// Row 41, the newest.
struct HouseholdApplication {
  std::string kind;  // code of HUK
  bool origin_unknown = false;
  bool origin_unsaid = false;  // neither yes nor no
  bool birth_certificate = false;
};

// Rows 57 that nobody has made yet (58), with the cadence of the dedicated file (56) then.
struct PlannedVisit {
  int32_t due = 0;    // days since 1970
  int32_t step = -1;  // of the cadence; -1: an extra visit
  std::string cadence;
  uint32_t cadence_version = 0;
  bool missed = false;  // 59 stands
};

struct CaseState {
  // Row of each event so far, by its number in the stream from 1: events[0] is number 1.
  std::vector<uint16_t> events;
  std::vector<uint16_t> siblings;  // likewise of the sibling stream
  std::vector<Approval> approvals;
  // Events that needed an approval, without what the software filled in: the content approved.
  std::vector<events::Event> approved_acts;
  bool opened = false;   // 5 CaseOpened
  bool closed = false;   // 79 CaseClosed stands
  std::string owner;     // unit in charge, from 5
  std::string county;    // division code of the county: from 5, before that from
                         // the place of 4
  absl::Time opened_at;  // when 5 occurred
  std::map<events::SubjectId, RelatedPerson> persons;

  // Age and capacity.
  std::vector<BirthClaim> births;
  std::optional<BirthSpan> age_band;  // of 4
  std::optional<CapacityFinding> capacity;
  std::vector<Wish> heard;
  uint32_t wishes = 0;  // rows 12

  // Tracing and household registration: samples of the person himself, newest result of each (DNA).
  std::map<uint32_t, std::string> samples;  // by number of 26; empty until 27
  std::optional<HouseholdApplication> household_application;

  // Placement.
  std::map<events::SubjectId, bool> found_fit;  // newest 32: "fit"
  std::map<uint32_t, Placement> placements;     // by number of 34

  // Aftercare, legal aid, control.
  int32_t visits_planned = 0;  // rows 57
  std::string cadence;         // of the dedicated file (56)
  uint32_t cadence_version = 0;
  std::map<uint32_t, PlannedVisit> visits;                // open ones, by number of 57
  std::map<uint32_t, absl::Time> legal_aid_applications;  // received at, by number of 62
  std::map<std::string, std::string> workers;             // of each unit (76)
  std::map<std::string, absl::CivilDay> assigned_until;   // each unit's (76)

  bool started() const { return !events.empty(); }
  bool Has(uint16_t type) const;
};

}  // namespace guitu::aggregates
