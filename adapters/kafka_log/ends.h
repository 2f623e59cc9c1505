// How far each partition is known to reach, by acknowledgements and by asking: an end that is asked
// for later and is smaller tells that the log was truncated. Inner header. Any thread.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>

#include "events/ids.h"

namespace guitu::kafka_log {

class Ends {
 public:
  explicit Ends(uint32_t partition_count)
      : ends_(std::make_unique<std::atomic<events::Offset>[]>(partition_count)) {}

  void Note(events::Partition partition, events::Offset end) {
    events::Offset known = Known(partition);
    while (known < end && !ends_[partition].compare_exchange_weak(known, end)) {
    }
  }
  events::Offset Known(events::Partition partition) const { return ends_[partition].load(); }

 private:
  std::unique_ptr<std::atomic<events::Offset>[]> ends_;
};

}  // namespace guitu::kafka_log
