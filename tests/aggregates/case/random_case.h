// Random commands that have a fair chance to be accepted: events made by reflection over the
// catalogue, whose codes are of the lists, whose references are to events and persons of the case,
// whose units and staff are in the registry. Reproducible from the seed.
#pragma once

#include <string>
#include <vector>

#include "aggregates/case/state.h"
#include "aggregates/context.h"
#include "tests/events/random_event.h"

namespace guitu::aggregates {

class CommandGenerator {
 public:
  explicit CommandGenerator(uint64_t seed) : events_(seed) {}

  // One to three events for a case in that state, at times around `now`.
  std::vector<events::Event> Make(const CaseState& state, absl::Time now);
  // Any event at all, of any type of the catalogue, with whatever in it.
  events::Event Anything();
  uint64_t Below(uint64_t n) { return events_.Below(n); }

 private:
  events::Event One(const CaseState& state, absl::Time now);
  const events::EventType& AnyType();
  void Tame(const CaseState& state, const events::StructSpec& spec,
            capnp::DynamicStruct::Builder out);
  void TameValue(const CaseState& state, const events::FieldSpec& field,
                 capnp::DynamicStruct::Builder out);
  void TameReference(const CaseState& state, const events::FieldSpec& field,
                     capnp::DynamicStruct::Builder out);
  template <typename Answer>
  void TameAnswer(const CaseState& state, events::Body& body);
  void TameApproval(const CaseState& state, events::Event& event);
  std::string Name(const events::FieldSpec& field);

  events::EventGenerator events_;
  std::vector<events::Event> wanted_;  // acts of this case that need an approval
};

}  // namespace guitu::aggregates
