// One event in the clear, as deciders and folds of state see it. The log never holds one:
// events/boxes.h splits it into open parts and sealed boxes, and joins it again.
#pragma once

#include <capnp/message.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "events/catalogue.h"
#include "events/ids.h"
#include "events/schema/record.capnp.h"

namespace guitu::events {

// Owns circumstances and data of an event. Neither copyable nor movable; share it once it is
// complete. Threads: complete bodies are immutable and may be read by any thread.
class Body {
 public:
  Body() : message_(128) { content(); }
  // A copy with everything in it.
  explicit Body(schema::BoxContent::Reader content) : message_(256) { message_.setRoot(content); }
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  schema::BoxContent::Builder content() { return message_.getRoot<schema::BoxContent>(); }
  schema::BoxContent::Reader content() const {
    return message_.getRoot<schema::BoxContent>().asReader();
  }
  template <typename T>
  typename T::Reader data() const {
    return content().getData().getAs<T>();
  }
  template <typename T>
  typename T::Builder mutable_data() {
    return content().getData().getAs<T>();
  }
  template <typename T>
  typename T::Builder init_data() {
    return content().getData().initAs<T>();
  }

 private:
  mutable capnp::MallocMessageBuilder message_;  // getRoot is not const, reading through it is
};

// A part of an event that could not be shown: sealed for this reader, or its key is destroyed.
struct ClosedPart {
  enum class Why { kMasked, kErased };
  SubjectId subject;
  schema::Category category = schema::Category::UNSPECIFIED;
  Why why = Why::kMasked;
};

// A value: cheap to copy, the body is shared.
struct Event {
  const EventType* type = nullptr;
  absl::Time occurred_at;
  std::shared_ptr<const Body> body;
  std::vector<ClosedPart> closed;  // empty for an event that is being decided
  // From the meta part of its record; for one that is being decided, what will stand there.
  std::string recorder;  // staff id
  std::string recorder_unit;
  absl::Time recorded_at;

  template <typename T>
  bool Is() const {
    return type->schema_id == capnp::typeId<T>();
  }
  template <typename T>
  typename T::Reader As() const {
    return body->data<T>();
  }
};

// A new event of type T whose data `fill(T::Builder)` writes.
template <typename T, typename Fill>
Event MakeEvent(absl::Time occurred_at, Fill&& fill) {
  auto body = std::make_shared<Body>();
  fill(body->init_data<T>());
  return Event{&Catalogue::Get().Of<T>(), occurred_at, std::move(body), {}, {}, {}, {}};
}

inline SubjectId ToSubject(schema::Id::Reader id) { return {id.getHi(), id.getLo()}; }
template <typename Tag>
void SetId(schema::Id::Builder out, const Id128<Tag>& id) {
  out.setHi(id.hi);
  out.setLo(id.lo);
}

}  // namespace guitu::events
