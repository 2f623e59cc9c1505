// What the green channel of legal aid gets of a case: eligibility facts and clocks, nothing else
// (N11; 细则第19条第5项). Derived from the whole case, so the reader needs no right to the classes
// it rests on.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/app/render.h"
#include "aggregates/rules/rules.h"
#include "events/sealing.h"

namespace guitu::app {

// `rows` as released for the view "legal-aid": the records of the case's own stream.
absl::StatusOr<boost::json::object> RenderLegalAid(const std::vector<std::string>& rows,
                                                   const RenderContext& context, absl::Time now,
                                                   const aggregates::RuleData& rules,
                                                   events::Sealer& sealer);

}  // namespace guitu::app
