// References inside an event: to earlier events of the case and to persons it knows. Checked for every
// type alike, by reflection, so that no rule can forget it.
#pragma once

#include "absl/status/status.h"
#include "aggregates/case/rule.h"

namespace guitu::aggregates {

// Refuses, with the pointer of the field, an event number that the case does not have or that is not of
// the rows the schema names, and a person that row 9b has not recorded. References to other streams
// are looked up by the owner of the partition before it decides; here they pass.
absl::Status CheckReferences(const Proposal& proposal);

}  // namespace guitu::aggregates
