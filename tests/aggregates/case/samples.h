// Events of invented persons for the tests of the deciders, each with the fields that rules read;
// the options name what a test is about. Everything happens on 2 March 2026 unless a day is given,
// and is recorded when it happens.
#pragma once

#include <string>
#include <vector>

#include "aggregates/context.h"
#include "events/event_body.h"

namespace guitu::aggregates {

// 10:00 in China on that day.
absl::Time On(int year, int month, int day);
inline const absl::Time kDay = On(2026, 3, 2);
inline const absl::Time kNow = On(2026, 6, 1);

inline constexpr events::StreamId kCase{0xca5e, 1};
// Another stream, which the owner has folded: number 1 is a rescue (4), number 2 a wish (12).
inline constexpr events::StreamId kReport{0x9e9, 1};
inline constexpr events::SubjectId kSubject{0x5e1f, 1};
// Persons that 9b recorded, if the test says so.
inline constexpr events::SubjectId kAunt{0xab, 1};
inline constexpr events::SubjectId kFather{0xab, 2};
inline constexpr events::SubjectId kMan{0xab, 3};

// Units MCA, STA (acts for MCA), PSB, JUS, WF and the closed OLD; staff w1 and h1 of MCA, p1 of
// PSB, s1 of MCA suspended, e1 of MCA until 2025, f1 of MCA from 2027.
const RegistryState& SampleRegistry();
const RuleData& SampleRules();
// kNow, w1 of MCA, the registry above.
Context SampleContext();
// What the context's content_hash gives.
events::RequestHash ContentHash(const events::Event& event);

// A person as the field of a row: kSubject is "self".
void SetPerson(schema::Person::Builder out, events::SubjectId person);
schema::YesNo YesNo(bool yes);

// Chapter A.
events::Event Rescued(std::string band = "under14", absl::Time at = kDay);
events::Event RescuedFrom(events::SubjectId buyer);
events::Event Opened(std::string owner = "MCA", absl::Time at = kDay);
struct Identity {
  int year = 0;  // 0: no birth date
  int month = 1;
  int day = 1;
  bool estimated = false;
  int range = -1;
  std::string proof = "paper";
  events::SubjectId said_by = kSubject;
};
events::Event Asserted(const Identity& identity);
// As it stands in the log, with its reference.
events::Event Related(events::SubjectId person, std::vector<std::string> roles);
// As a client sends it.
events::Event RelatedAsked(std::vector<std::string> roles);
events::Event Risk();
events::Event Capacity(std::string finding, absl::Time at = kDay);
struct WishOf {
  std::string topic = "stay";
  std::string answer = "yes";
  bool alone = true;
  bool buyer_absent = true;
  std::string ability = "full";
  bool observed = false;
  absl::Time at = kDay;
};
events::Event Wish12(const WishOf& wish);
inline events::Event Wish12() { return Wish12(WishOf{}); }
events::Event Conflict(events::SubjectId person);

// Chapter B, C.
events::Event HandoverAsked();
events::Event HandoverTaken(uint32_t of, bool numbered = true);
events::Event DnaAsked();
events::Event Sample26(events::SubjectId of = kSubject);
events::Event Compared(uint32_t of, std::string result);
events::Event NotFound31();
events::Event Fitness(events::SubjectId person, std::string result = "fit");

// Chapter D.
events::Event Options();
struct PlacementOf {
  std::string ptype = "welfareInstitution";
  events::SubjectId person = {};  // empty: none
  std::string check = "unrelated";
  uint32_t wish = 3;
  absl::Time at = kDay;
};
events::Event Placed(const PlacementOf& placement);
events::Event Moved(uint32_t of, events::SubjectId carer = {});

// Chapter E to I, L.
struct ApplicationOf {
  std::string kind = "other";
  std::string origin_unknown = "no";
  bool birth_certificate = false;
};
events::Event HukouApplied(const ApplicationOf& application);
events::Event HukouEntered(std::string kind = "other");
events::Event Enrolled();
events::Event FileOpened(std::string cadence = "C1");
events::Event VisitPlanned();
events::Event Visited(uint32_t of = 0, std::vector<events::SubjectId> others = {});
events::Event VisitMissed(uint32_t of);
events::Event Need60();
events::Event RightTold(events::SubjectId to = kSubject);
events::Event LegalAidAsked(events::SubjectId applicant = kSubject, absl::Time received = kDay);
events::Event LegalAidSaid(uint32_t of, std::string outcome, bool reasons = true,
                           absl::Time at = kDay);
events::Event Assigned(std::string unit = "MCA", std::string staff = "w1");
events::Event Accessed();

// Approvals. The request of `author` for the event, as it stands in the log; the approval of `by`.
struct RequestOf {
  std::string author = "w1";
  absl::Time expires = On(2027, 1, 1);
  std::string to = "";
  std::string to_unit = "";
};
events::Event Requested98(const events::Event& proposed, const RequestOf& request = {});
events::Event Given98b(uint32_t of, const events::Event& proposed, std::string by = "h1");
events::Event Refused98c(uint32_t of, const events::Event& proposed, std::string by = "h1");
// Both, as the first of the sibling stream.
std::vector<events::Event> Approved(const events::Event& proposed);
// The request as a client sends it: `content` is JSON.
events::Event RequestAsked(std::string target, std::string content);
// The one event of a command in JSON.
events::Event ProposedEvent(absl::string_view json);

}  // namespace guitu::aggregates
