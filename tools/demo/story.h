// One synthetic case, told through the HTTP interface as the people of a county would: rescue,
// opening, hand-over, tracing, placement, household registration, school, aftercare, legal aid.
// Everything is made from a seed; nobody in it exists. Told a second time it changes nothing (same
// keys).
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/demo/city.h"
#include "tools/http_calls.h"

namespace guitu::tools {

// The log-ins of one county, by role.
using CountySessions = std::map<std::string, Session*>;

struct StoryOptions {
  uint64_t seed = 1;
  uint32_t number = 0;  // of the case
  DemoCounty county;
  absl::Time begin;  // when the rescue was
};

// What became of a story.
struct StoryReport {
  std::string case_id;
  std::string case_no;
  uint32_t recorded = 0;              // commands accepted
  std::vector<std::string> refusals;  // those that were asked for, with rule and article
};

// Error: the first command that was answered otherwise than the story expects.
absl::StatusOr<StoryReport> TellStory(const StoryOptions& options, CountySessions& sessions);

}  // namespace guitu::tools
