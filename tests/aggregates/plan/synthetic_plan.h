// A short invented plan in the form of the real one, to be broken in one place per test.
#pragma once

#include <string>
#include <vector>

#include "aggregates/plan/plan_document.h"

namespace guitu::aggregates {

// As a whole it has one defect: article 1 names no units (as article 4 of the real plan).
class SyntheticPlan {
 public:
  SyntheticPlan();
  // Replaces `from`. REQUIRES: it occurs exactly once.
  SyntheticPlan& Replace(const std::string& from, const std::string& to);
  // Takes out the one line that contains `needle`.
  SyntheticPlan& Drop(const std::string& needle);
  // Puts `line` after the one line that contains `needle`.
  SyntheticPlan& InsertAfter(const std::string& needle, const std::string& line);
  const std::string& text() const { return text_; }
  // 1-based line of the only occurrence of `needle`.
  int LineOf(const std::string& needle) const;
  // REQUIRES: it parses.
  PlanDocument Parse() const;

 private:
  size_t Find(const std::string& needle) const;
  std::string text_;
};

// Defects of one kind.
std::vector<PlanDefect> OfKind(const PlanDocument& document, const std::string& kind);
// "kind item" of every defect, sorted.
std::vector<std::string> Findings(const PlanDocument& document);
// REQUIRES: the item is there.
const PlanItem& ItemOf(const PlanDocument& document, const std::string& item);

}  // namespace guitu::aggregates
