// What a view sees of a record in effect. A view is a pure function (record, rows) → changes of
// rows; applying a record once or twice from the same rows gives the same. The list of views is in
// fold.cc.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "events/effect.h"
#include "events/ids.h"
#include "events/record.h"
#include "events/schema/record.capnp.h"
#include "projections/rows.h"

namespace guitu::projections {

struct RecordInEffect {
  events::Partition partition = 0;
  events::Offset offset = 0;
  bool registry = false;  // of the registry partition
  const events::Frame& frame;
  const events::RecordView& bytes;
  absl::Time recorded_at;
  schema::Payload::Reader payload;    // open fields and sealed boxes
  events::Version version_after = 0;  // of frame.stream
  uint32_t first_number = 0;          // of its first event, in the stream or the sibling stream
  bool sibling = false;               // Access or Sibling
};

}  // namespace guitu::projections
