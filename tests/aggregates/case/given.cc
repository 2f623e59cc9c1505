#include "tests/aggregates/case/given.h"

#include "tests/events/random_event.h"

namespace guitu::aggregates {

void Outcome::Then(const std::vector<events::Event>& expected) const {
  ASSERT_TRUE(result_.ok()) << result_.status();
  ASSERT_EQ(result_->size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ((*result_)[i].type->name, expected[i].type->name);
    EXPECT_EQ((*result_)[i].occurred_at, expected[i].occurred_at);
    EXPECT_EQ(events::CanonicalBytes((*result_)[i]), events::CanonicalBytes(expected[i]))
        << "event " << i;
  }
}

std::vector<events::Event> Outcome::ThenRecorded() const {
  EXPECT_TRUE(result_.ok()) << result_.status();
  return result_.ok() ? *result_ : std::vector<events::Event>{};
}

void Outcome::ThenRefused(Reason reason, absl::string_view pointer) const {
  ASSERT_FALSE(result_.ok()) << "it was recorded";
  EXPECT_EQ(events::ReasonOf(result_.status()), reason) << result_.status();
  if (pointer.empty()) return;
  EXPECT_EQ(events::PointerOf(result_.status()), pointer);
}

CaseState Outcome::State() const {
  CaseState state = before_;
  for (const events::Event& event : ThenRecorded())
    state = CaseDecider::Evolve(std::move(state), event);
  return state;
}

GivenCase::GivenCase(const std::vector<events::Event>& facts) : context_(SampleContext()) {
  for (const events::Event& event : facts) state_ = CaseDecider::Evolve(std::move(state_), event);
}

GivenCase& GivenCase::Closed() {
  state_.closed = true;
  return *this;
}

GivenCase& GivenCase::At(absl::Time now) {
  context_.now = now;
  return *this;
}

GivenCase& GivenCase::By(std::string staff, std::string unit) {
  context_.actor = {std::move(staff), std::move(unit), "caseworker"};
  return *this;
}

Outcome GivenCase::When(std::vector<events::Event> command) const {
  for (events::Event& event : command) {
    event.recorder = context_.actor.staff;
    event.recorder_unit = context_.actor.unit;
    event.recorded_at = context_.now;
  }
  return {CaseDecider::Decide(state_, command, context_), state_};
}

std::vector<events::Event> operator+(std::vector<events::Event> events, events::Event more) {
  events.push_back(std::move(more));
  return events;
}

std::vector<events::Event> operator+(std::vector<events::Event> events,
                                     const std::vector<events::Event>& more) {
  events.insert(events.end(), more.begin(), more.end());
  return events;
}

}  // namespace guitu::aggregates
