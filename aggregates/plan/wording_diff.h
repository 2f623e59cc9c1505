// The places where two wordings differ.
#pragma once

#include <string>
#include <vector>

#include "aggregates/plan/plan_text.h"

namespace guitu::aggregates::plan {

struct WordingDifference {
  std::string left, right;  // each with a few characters either side; "" if that side has no text.
  int left_line = 0;        // where the difference begins in `left`.
};

// Compares without regard to spaces, width and punctuation. At most 8 places: nearer ones are told
// as one, long ones in the middle shortened to 60 code points. Empty if the wordings are the same.
// Cost: O(size of left x size of right), bounded at 4 million steps; beyond it all that lies
// between the common beginning and the common end is one difference.
std::vector<WordingDifference> CompareWording(const LinedText& left, absl::string_view right);

}  // namespace guitu::aggregates::plan
