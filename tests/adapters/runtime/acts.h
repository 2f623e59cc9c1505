// Requests and events for tests of the runtime: a city with one police unit, one bureau of civil
// affairs and an office, whose people report, record, read and are suspended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "adapters/runtime/messages.h"
#include "events/event_body.h"

namespace guitu::runtime {

inline const aggregates::Actor kAdmin{"a1", "OFF", "administrator"};
inline const aggregates::Actor kAdmin2{"a2", "OFF", "administrator"};
inline const aggregates::Actor kPolice{"p1", "PSB", "police"};
inline const aggregates::Actor kPolice2{"p2", "PSB", "police"};
inline const aggregates::Actor kWorker{"w1", "MCA", "caseworker"};

// Acts of the registry.
events::Event UnitAct(absl::Time now, std::string code, schema::UnitKind kind);
events::Event UserAct(absl::Time now, const aggregates::Actor& user);
events::Event SuspendAct(absl::Time now, std::string staff);
// Roles as shipped, units and users: what a city begins with, in an order that is accepted.
std::vector<events::Event> SetUpActs(absl::Time now);

// Acts in a case.
events::Event Rescued(absl::Time now);                      // 4, police; first of a stream
events::Event Claimed(absl::Time now, std::string number);  // 7, needs a version; sealed number
// 5, by civil affairs, on number `sequence` of that stream.
events::Event OpenedOn(absl::Time now, events::StreamId ground, uint32_t sequence);
events::Event WishHeard(absl::Time now, bool acceptable = true);  // 12, additive
events::Event ApprovalAsked(absl::Time now);                      // 98, of the sibling stream

events::Event Opened(absl::Time now);      // 5, the bureau adopts the case
events::Event FileOpened(absl::Time now);  // 56, cadence C1
events::Event VisitPlanned(absl::Time now, absl::CivilDay due, int32_t step = 3);  // 57
events::Event VisitMade(absl::Time now, uint32_t of);  // 58, seen alone; additive
events::Event MissedByHand(absl::Time now, uint32_t of, absl::CivilDay due);  // 59, nobody may

// The stream that an opening by this actor under this key makes.
events::StreamId StreamOf(const aggregates::Actor& actor, absl::string_view key);
events::CommandId IdOf(const aggregates::Actor& actor, absl::string_view key);
// A key whose case lies in the partition: `stem` and a number.
std::string KeyInPartition(const aggregates::Actor& actor, absl::string_view stem,
                           events::Partition partition, uint32_t partitions);

// Requests; the ticket is the driver's.
Request Opening(const aggregates::Actor& actor, absl::string_view key, events::Event event);
Request Command(const aggregates::Actor& actor, events::StreamId stream, absl::string_view key,
                events::Event event, std::optional<events::Version> expected);
// If-Match: *
Request AnyVersion(Request request);
// Takes the id of that command (U5).
Request CancelOf(Request request);
Request ReadOf(const aggregates::Actor& actor, events::StreamId stream,
               std::string view = "archive", std::string purpose = "rescue");
Request Registry(const aggregates::Actor& actor, absl::string_view key, events::Event event,
                 std::optional<events::Version> expected = std::nullopt);
// SetUpActs, as the software sends them.
std::vector<Request> SetUpRequests(absl::Time now);
// The stream of the item that an act of the registry is about.
events::StreamId ItemOf(const events::Event& act);
// 98 for an act of the registry, 98b on request `of` for it: both beside its item.
Request AskFor(const aggregates::Actor& actor, absl::string_view key, const events::Event& act,
               absl::Duration good_for = absl::Hours(24));
Request ApproveOf(const aggregates::Actor& actor, absl::string_view key, const events::Event& act,
                  uint32_t of = 1);

}  // namespace guitu::runtime
