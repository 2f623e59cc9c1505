// From rows that were released to what a person sees: opens the boxes that the grant shows, masks
// the rest, writes JSON. Runs only after the access record took effect (protocol.md, R1).
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aggregates/authorize.h"
#include "events/ids.h"
#include "events/sealing.h"

namespace guitu::app {

struct RenderContext {
  events::LogId log_id;
  events::StreamId stream;
  std::string item;  // of the registry, "units/MCA"; empty: a case
  events::SubjectId subject;
  events::Partition partition = 0;
  aggregates::Grant grant;
  events::Version version = 0;
  // The two time axes: what had occurred by, what was known by.
  std::optional<absl::Time> as_of;
  std::optional<absl::Time> known_at;
};

// The private archive: the open facts and, by chapter, every event with its data.
absl::StatusOr<boost::json::object> RenderArchive(const std::vector<std::string>& rows,
                                                  const RenderContext& context,
                                                  events::Sealer& sealer);
// The events in the order of their stream, under `name`: "events" of the timeline, "accesses" (who
// looked, and who was refused), "approvals".
absl::StatusOr<boost::json::object> RenderList(const std::vector<std::string>& rows,
                                               absl::string_view name, const RenderContext& context,
                                               events::Sealer& sealer);

}  // namespace guitu::app
