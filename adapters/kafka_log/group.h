// Who should lead which partition: the nodes of one log are members of a consumer group on a small
// topic of its own, with as many partitions as the log, in which nothing is ever written.
//
// What the group says is a hint: it may be late, or wrong while somebody sleeps. Who leads is
// decided by the fence in the log alone (protocol.md, G1 to G3).
//
// Classic protocol with the cooperative-sticky assignor: a partition that stays where it is notices
// nothing of a rebalance. A member that leaves does so after its partitions are handed over; one
// that dies is replaced after `session_timeout`, which the broker has a floor for
// (group.min.session.timeout.ms, 6 s by default), looked at by Join.
//
// Threads: a thread of its own calls the sink; Join and Leave from any.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/kafka_log/kafka_log.h"
#include "events/ids.h"

namespace guitu::kafka_log {

struct GroupOptions {
  absl::Duration session_timeout = absl::Seconds(6);
  KafkaOptions kafka;
};

struct GroupSink {
  // These are to be led as well. The generation of the group: how often it has changed so far.
  std::function<void(std::vector<events::Partition>, uint32_t generation)> assigned;
  // These are not to be led any more. The group waits until this returns, so hand them over first;
  // not for longer than the session time-out. `lost`: somebody else may have them already.
  std::function<void(std::vector<events::Partition>, bool lost)> revoked;
  // The group has changed, with or without anything of the above.
  std::function<void(uint32_t generation)> moved;
  // Numbers and ids only.
  std::function<void(absl::string_view)> alarm;
};

class Group {
 public:
  // Makes the topic of the hints. Errors: as KafkaLog::Create.
  static absl::Status Create(const std::string& bootstrap, const std::string& log_topic,
                             uint32_t partition_count, const KafkaOptions& options);
  // Joins; the first assignment comes through the sink. Errors: kNotFound, kFailedPrecondition: the
  // number of partitions, or the broker's floor for the session time-out, which are named;
  // kUnavailable.
  static absl::StatusOr<std::unique_ptr<Group>> Join(const std::string& bootstrap,
                                                     const std::string& log_topic,
                                                     uint32_t partition_count,
                                                     const GroupOptions& options, GroupSink sink);
  ~Group();

  // Gives everything back (GroupSink::revoked) and leaves, so that the others need not wait for the
  // time-out. Blocks until it is done, at most a few seconds.
  void Leave();

 private:
  class Impl;
  explicit Group(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace guitu::kafka_log
