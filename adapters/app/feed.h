// What reaches a node from a log that it shares with others: every record of every partition, which
// partitions to lead, and the answers to questions that take a while. The engine's thread asks and
// takes; whatever waits for brokers does so on threads in here.
//
// Threads: the engine's, but for Leave. Memory: what waits for the engine is bounded; then the
// follower waits.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "adapters/kafka_log/group.h"
#include "adapters/kafka_log/kafka_log.h"
#include "events/ids.h"
#include "events/log.h"

namespace guitu::app {

// What there is to join, and how to lead.
struct SharedLog {
  kafka_log::KafkaLog* log = nullptr;  // borrowed
  std::string bootstrap;
  std::string topic;
  kafka_log::GroupOptions group;
};

// All that has come since it was asked last.
struct Fed {
  // Records as they were read, copied into one block.
  struct Records {
    struct At {
      events::Partition partition;
      events::Offset offset;
      size_t begin, size;
    };
    std::string bytes;
    std::vector<At> at;
    absl::string_view of(const At& record) const {
      return absl::string_view(bytes).substr(record.begin, record.size);
    }
  };
  std::vector<Records> records;
  std::vector<std::pair<events::Partition, absl::Status>> stopped;
  struct Opened {
    uint64_t session;
    absl::Status status;
    std::unique_ptr<events::LogSession> log_session;
  };
  std::vector<Opened> opened;
  struct Ends {
    uint64_t session;  // of the catch-up
    absl::Status status;
    std::vector<std::pair<events::Partition, events::Offset>> ends;
  };
  std::vector<Ends> ends;
  struct Change {
    bool revoked = false;
    uint32_t generation = 0;  // of an assignment
    std::vector<events::Partition> partitions;
  };
  std::vector<Change> changes;  // in their order
  std::optional<uint32_t> generation;
  std::vector<std::string> alarms;
};

class Feed {
 public:
  // `wake` is called from several threads when there is something to take. Everything outlives it.
  Feed(SharedLog shared, std::function<void()> wake);
  ~Feed();

  Fed Take();
  // Follows all partitions from these offsets on, once it can. A second call does nothing. Errors
  // come with the next Ends.
  void Follow(std::vector<events::Offset> from);
  void AskEnds(uint64_t session, std::vector<events::Partition> partitions);
  // A session that nobody has used (O1). One is kept ready: a producer needs up to half a second
  // until it may write, which each fail-over would have to wait for.
  void Open(uint64_t session, events::EventLog::DeliverySink sink);
  void Discard(std::unique_ptr<events::LogSession> session);
  // Joins the group, tried again until it works. A second call does nothing.
  void Join();
  // Records below these need not come any more: they are folded.
  void Folded(events::Partition partition, events::Offset next) { folded_[partition] = next; }
  events::Offset folded(events::Partition partition) const { return folded_[partition]; }
  // What the newest revocation asked for is done; the group goes on.
  void HandedOver();
  // Leaves the group: what is led comes back as a revocation first. Any thread but the engine's.
  void Leave();

 private:
  void Post(std::function<void()> job);
  void Run();
  void JoinNow();
  absl::Status FollowNow();
  void OpenNow(uint64_t session, events::EventLog::DeliverySink sink);
  absl::Status MakeSpare();
  template <typename Change>
  void Give(Change change);
  void GiveRecords(absl::Span<const kafka_log::Followed> records);
  void Revoke(std::vector<events::Partition> partitions, bool lost);

  const SharedLog shared_;
  const std::function<void()> wake_;
  const std::unique_ptr<std::atomic<events::Offset>[]> folded_;

  std::mutex mutex_;
  std::condition_variable changed_;
  Fed fed_;                                  // guarded by mutex_
  size_t bytes_ = 0;                         // guarded by mutex_; of records in fed_
  std::deque<std::function<void()>> jobs_;   // guarded by mutex_
  bool closing_ = false;                     // guarded by mutex_
  bool handing_over_ = false;                // guarded by mutex_
  bool leaving_ = false;                     // guarded by mutex_
  std::shared_ptr<kafka_log::Group> group_;  // guarded by mutex_

  struct Spare {
    std::unique_ptr<events::LogSession> session;
    std::shared_ptr<events::EventLog::DeliverySink> sink;  // set before the first append
  };
  Spare spare_;                                    // the worker's
  std::vector<events::Offset> from_;               // the worker's, set before
  std::unique_ptr<kafka_log::Follower> follower_;  // the worker's
  std::thread worker_;
};

}  // namespace guitu::app
