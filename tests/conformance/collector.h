// A delivery sink that keeps what it gets. Thread-safe.
#pragma once

#include <map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "events/log.h"

namespace guitu::conformance {

class Collector {
 public:
  // The collector outlives the session that the sink is given to.
  events::EventLog::DeliverySink Sink() {
    return [this](std::vector<events::Delivery> batch) {
      absl::MutexLock lock(&mutex_);
      ++batches_;
      for (events::Delivery& delivery : batch) deliveries_.push_back(std::move(delivery));
    };
  }
  // False: they did not come within a minute.
  bool WaitFor(size_t count) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [this, count]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return deliveries_.size() >= count;
    };
    return mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Minutes(1));
  }
  // In the order in which they came.
  std::vector<events::Delivery> all() const {
    absl::MutexLock lock(&mutex_);
    return deliveries_;
  }
  std::map<uint64_t, events::Delivery> by_ticket() const {
    absl::MutexLock lock(&mutex_);
    std::map<uint64_t, events::Delivery> sorted;
    for (const events::Delivery& delivery : deliveries_) sorted[delivery.ticket] = delivery;
    return sorted;
  }
  size_t size() const {
    absl::MutexLock lock(&mutex_);
    return deliveries_.size();
  }
  size_t batches() const {
    absl::MutexLock lock(&mutex_);
    return batches_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::vector<events::Delivery> deliveries_ ABSL_GUARDED_BY(mutex_);
  size_t batches_ ABSL_GUARDED_BY(mutex_) = 0;
};

inline events::Append MakeAppend(events::Partition partition, uint64_t ticket, std::string record,
                                 bool access = false) {
  events::Append append;
  append.partition = partition;
  append.ticket = ticket;
  append.record = std::move(record);
  append.access = access;
  return append;
}

}  // namespace guitu::conformance
