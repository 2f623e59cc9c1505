// Chapter G: school and work. 义务教育法第11、12条, R23: a child is enrolled whatever its age and
// place; both only warn. So 51 has the common checks and no rule; 53 and 54 will have R3 and R24
// here.
#include "aggregates/case/rule.h"

namespace guitu::aggregates {

std::vector<Rule> SchoolRules() { return {}; }

}  // namespace guitu::aggregates
