// Following all partitions with one consumer handle and one thread. Inner header; the promises
// stand in kafka_log.h.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "adapters/kafka_log/client.h"
#include "adapters/kafka_log/kafka_log.h"

namespace guitu::kafka_log {

class KafkaFollower final : public Follower {
 public:
  // Errors: kUnavailable, kInvalidArgument.
  static absl::StatusOr<std::unique_ptr<KafkaFollower>> Start(
      const Cluster& cluster, const std::vector<events::Offset>& from, FollowSink sink);
  ~KafkaFollower() override;

 private:
  KafkaFollower(Client client, std::vector<events::Offset> from, FollowSink sink);
  absl::Status StartPartitions();
  void Run();
  // Waits for something and takes all that is there.
  void Collect(std::vector<Message>& messages);
  void HandOut(const std::vector<Message>& messages);

  const Client client_;
  const Queue queue_;
  const FollowSink sink_;
  std::vector<events::Offset> next_;  // of each partition; the thread's
  std::vector<bool> stopped_;         // the thread's
  std::atomic<bool> closing_{false};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace guitu::kafka_log
