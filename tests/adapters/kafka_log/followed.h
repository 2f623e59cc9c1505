// A follow sink that keeps what it gets. Thread-safe.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "adapters/kafka_log/kafka_log.h"

namespace guitu::kafka_log {

class FollowedRecords {
 public:
  using Rows = std::vector<std::pair<events::Offset, std::string>>;

  // This outlives the follower that the sink is given to.
  FollowSink Sink() {
    FollowSink sink;
    sink.records = [this](absl::Span<const Followed> records) {
      absl::MutexLock lock(&mutex_);
      for (const Followed& record : records) {
        rows_[record.partition].emplace_back(record.offset, std::string(record.record));
        ++count_;
      }
    };
    sink.stopped = [this](events::Partition partition, absl::Status status) {
      absl::MutexLock lock(&mutex_);
      stops_.emplace_back(partition, std::move(status));
    };
    return sink;
  }
  // False: they did not come within a minute.
  bool WaitFor(size_t count) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [this, count]()
                            ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return count_ >= count; };
    return mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Minutes(1));
  }
  // Until the record at `offset` of the partition has come, or one behind it.
  bool WaitForOffset(events::Partition partition, events::Offset offset) {
    absl::MutexLock lock(&mutex_);
    const auto there = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      const Rows& rows = rows_[partition];
      return !rows.empty() && rows.back().first >= offset;
    };
    return mutex_.AwaitWithTimeout(absl::Condition(&there), absl::Minutes(1));
  }
  bool WaitForStop() {
    absl::MutexLock lock(&mutex_);
    const auto stopped = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !stops_.empty(); };
    return mutex_.AwaitWithTimeout(absl::Condition(&stopped), absl::Minutes(1));
  }
  Rows rows(events::Partition partition) {
    absl::MutexLock lock(&mutex_);
    return rows_[partition];
  }
  std::vector<std::pair<events::Partition, absl::Status>> stops() {
    absl::MutexLock lock(&mutex_);
    return stops_;
  }

 private:
  absl::Mutex mutex_;
  std::map<events::Partition, Rows> rows_ ABSL_GUARDED_BY(mutex_);
  size_t count_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::pair<events::Partition, absl::Status>> stops_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace guitu::kafka_log
