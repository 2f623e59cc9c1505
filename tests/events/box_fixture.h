// One event sealed into a payload and opened again, for boxes_test and json_write_test.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "events/boxes.h"
#include "events/record.h"
#include "tests/events/test_hash.h"
#include "tests/events/test_sealer.h"

namespace guitu::events {

inline constexpr SubjectId kVictim{0x71c, 1};
inline constexpr SubjectId kBrother{0xb20, 2};

// The id of a person without a reference, as a function of the path.
inline SubjectId PersonAt(absl::string_view path) {
  Hash256 hash = TestHash({"person at ", path});
  return IdFromBytes<SubjectId>(hash.view());
}

inline SealContext SealFor(uint32_t index = 0) {
  return {{1, 2},
          {3, 4},
          {5, 6},
          index,
          kVictim,
          PersonAt,
          [](SubjectId subject) -> absl::StatusOr<KeyId> { return TestSealer::KeyOf(subject); }};
}

inline OpenContext OpenFor(std::function<bool(SubjectId, schema::Category)> may_open,
                           uint32_t index = 0) {
  return {{1, 2}, {3, 4}, {5, 6}, index, std::move(may_open)};
}
inline OpenContext OpenAll(uint32_t index = 0) {
  return OpenFor([](SubjectId, schema::Category) { return true; }, index);
}
inline OpenContext OpenNone() {
  return OpenFor([](SubjectId, schema::Category) { return false; });
}

// A payload of one event, sealed. Changes to `event()` are the tampering of the tests.
class SealedEvent {
 public:
  SealedEvent(const Event& event, Sealer& sealer, uint32_t index = 0) {
    status_ = SealEvent(event, SealFor(index), sealer,
                        message_.initRoot<schema::Payload>().initEvents(1)[0]);
  }
  const absl::Status& status() const { return status_; }
  schema::Event::Builder event() { return message_.getRoot<schema::Payload>().getEvents()[0]; }
  std::string bytes() { return EncodeMessage(message_); }

  absl::StatusOr<Event> Open(const OpenContext& context, Sealer& sealer) {
    return OpenEvent(event().asReader(), context, sealer);
  }
  std::set<std::pair<SubjectId, schema::Category>> parts() {
    std::set<std::pair<SubjectId, schema::Category>> out;
    for (auto box : event().asReader().getBoxes())
      out.emplace(ToSubject(box.getSubject()), box.getCategory());
    return out;
  }

 private:
  capnp::MallocMessageBuilder message_;
  absl::Status status_;
};

}  // namespace guitu::events
