// A request for a second person's approval and what became of it (98 to 98c, R58), of a case or of
// an item of the registry. A value; a fold of the sibling stream makes it (aggregates/four_eyes.h).
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "events/ids.h"

namespace guitu::aggregates {

struct Approval {
  uint32_t request = 0;  // number of 98 in the sibling stream
  uint16_t target = 0;   // row of the event proposed
  events::RequestHash content;
  std::string author;
  std::string to;       // staff asked, or empty
  std::string to_unit;  // unit asked, or empty
  absl::Time expires;
  bool given = false;  // 98b
  std::string given_by;
  absl::Time given_at;   // recordedAt of 98b
  bool refused = false;  // 98c; after 98b: taken back by who had given it
  absl::Time refused_at;
};

}  // namespace guitu::aggregates
