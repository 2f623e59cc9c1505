// Rows of a key topic for tests: all that are there, and a sink that keeps what it gets.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "adapters/kafka_log/key_topic.h"
#include "gtest/gtest.h"

namespace guitu::kafka_log {

using KeyRows = std::vector<std::pair<std::string, std::string>>;

inline std::pair<std::string, std::string> Pair(std::string key, std::string value) {
  return {std::move(key), std::move(value)};
}

inline KeyRows AllOf(const KeyTopic& keys) {
  KeyRows rows;
  const auto end = keys.ReadAll([&](absl::string_view key, absl::string_view value) {
    rows.emplace_back(std::string(key), std::string(value));
    return true;
  });
  EXPECT_TRUE(end.ok()) << end.status();
  return rows;
}

// Thread-safe. Outlives the follower that the sink is given to.
class FollowedKeys {
 public:
  KeySink Sink() {
    KeySink sink;
    sink.rows = [this](std::vector<KeyRow> rows) {
      absl::MutexLock lock(&mutex_);
      for (KeyRow& row : rows) rows_.emplace_back(std::move(row.key), std::move(row.value));
    };
    sink.stopped = [this](absl::Status status) {
      absl::MutexLock lock(&mutex_);
      EXPECT_FALSE(stop_.has_value());
      stop_ = std::move(status);
    };
    return sink;
  }
  // False: they did not come within a minute.
  bool WaitFor(size_t count) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [this, count]()
                            ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return rows_.size() >= count; };
    return mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Minutes(1));
  }
  bool WaitForStop() {
    absl::MutexLock lock(&mutex_);
    const auto stopped = [this]()
                             ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stop_.has_value(); };
    return mutex_.AwaitWithTimeout(absl::Condition(&stopped), absl::Minutes(1));
  }
  KeyRows rows() {
    absl::MutexLock lock(&mutex_);
    return rows_;
  }
  absl::Status stop() {
    absl::MutexLock lock(&mutex_);
    return stop_.value_or(absl::OkStatus());
  }

 private:
  absl::Mutex mutex_;
  KeyRows rows_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> stop_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace guitu::kafka_log
