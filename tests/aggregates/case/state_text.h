// A state of a case as text, member by member: equal texts, equal states.
#pragma once

#include <string>

#include "aggregates/case/state.h"

namespace guitu::aggregates {

std::string TextOf(const CaseState& state);

}  // namespace guitu::aggregates
