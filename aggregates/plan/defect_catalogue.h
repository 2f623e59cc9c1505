// What kinds of defects there are, how they are said, and which of them domain/plan.md numbers.
//
// Nothing here finds a defect: the readers and compare.cc do, by comparing texts. The catalogue
// only names what they found, so a change of the document changes the findings and never needs this
// file.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "aggregates/plan/plan_document.h"

namespace guitu::aggregates::plan {

struct DefectFacts {
  absl::string_view kind;  // REQUIRES: one of the catalogue.
  std::string item = {};
  std::string detail = {};  // what the sentence names.
  std::string unit = {};    // code, where the number depends on the unit.
  int line = 0;
  std::vector<PlanReading> readings = {};
};

PlanDefect MakeDefect(DefectFacts facts);

}  // namespace guitu::aggregates::plan
