// Given these events, when this is asked, then that is recorded or refused: the decider of a case
// in sentences. See rescue_test.cc for the shortest examples.
//
//   GivenCase({Rescued(), Opened()}).When(Wish({})).ThenRecorded();
//   GivenCase({Rescued()}).When(FileOpened()).ThenRefused(Reason::CASE_NOT_OPEN);
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "aggregates/case/decider.h"
#include "events/reason.h"
#include "tests/aggregates/case/samples.h"

namespace guitu::aggregates {

using events::Reason;

// What came of a command.
class Outcome {
 public:
  Outcome(absl::StatusOr<std::vector<events::Event>> result, CaseState before)
      : result_(std::move(result)), before_(std::move(before)) {}

  // Exactly these events, field by field, with what the software filled in.
  void Then(const std::vector<events::Event>& expected) const;
  // As it was asked; gives the events as recorded.
  std::vector<events::Event> ThenRecorded() const;
  // With this reason; at `pointer` where one is given.
  void ThenRefused(Reason reason, absl::string_view pointer = "") const;
  // The state after it. Expects that it was recorded.
  CaseState State() const;

 private:
  absl::StatusOr<std::vector<events::Event>> result_;
  CaseState before_;
};

// A case with these events behind it. They are facts: nothing is asked of them.
class GivenCase {
 public:
  explicit GivenCase(const std::vector<events::Event>& facts);

  // As if 79 CaseClosed stood.
  GivenCase& Closed();
  // The moment of the command; otherwise kNow of samples.h.
  GivenCase& At(absl::Time now);
  // Who asks; otherwise worker w1 of MCA.
  GivenCase& By(std::string staff, std::string unit);
  Outcome When(std::vector<events::Event> command) const;
  Outcome When(events::Event event) const { return When(std::vector{std::move(event)}); }

 private:
  CaseState state_;
  Context context_;
};

// For commands that do not begin with a fact.
std::vector<events::Event> operator+(std::vector<events::Event> events, events::Event more);
std::vector<events::Event> operator+(std::vector<events::Event> events,
                                     const std::vector<events::Event>& more);

}  // namespace guitu::aggregates
