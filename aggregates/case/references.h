// References inside an event: to earlier events of the case and to persons it knows. Checked for
// every type alike, by reflection, so that no rule can forget it.
#pragma once

#include "absl/status/status.h"
#include "aggregates/case/rule.h"

namespace guitu::aggregates {

// Refuses, with the pointer of the field, an event number that the case does not have or that is
// not of the rows the schema names, and a person that row 9b has not recorded. A field that names
// only rows of the sibling stream (98, 98b) counts in that. References to other streams pass where
// nothing rests on them here; the owner of the partition looks them up before it decides.
absl::Status CheckReferences(const Proposal& proposal);

}  // namespace guitu::aggregates
