#include "adapters/kafka_log/group.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "adapters/kafka_log/client.h"
#include "adapters/kafka_log/topic.h"

namespace guitu::kafka_log {
namespace {

using events::Partition;
using List = Owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using Metadata =
    Owned<rd_kafka_consumer_group_metadata_t, rd_kafka_consumer_group_metadata_destroy>;

constexpr int kPollMilliseconds = 100;
// A change of the group reaches a member with its next heartbeat.
constexpr absl::Duration kHeartbeat = absl::Milliseconds(150);
constexpr absl::Duration kLeaveMax = absl::Seconds(5);

Cluster HintsOf(const std::string& bootstrap, const std::string& log_topic,
                const KafkaOptions& options) {
  return {bootstrap, absl::StrCat(log_topic, "-owners"), options};
}

Settings MemberSettings(const std::string& log_topic, const GroupOptions& options) {
  return {
      {"group.id", log_topic},
      {"group.protocol", "classic"},
      {"partition.assignment.strategy", "cooperative-sticky"},
      {"session.timeout.ms", absl::StrCat(Milliseconds(options.session_timeout))},
      {"heartbeat.interval.ms", absl::StrCat(Milliseconds(kHeartbeat))},
      {"enable.auto.commit", "false"},
      {"auto.offset.reset", "latest"},  // nothing stands there
  };
}

std::vector<Partition> PartitionsIn(const rd_kafka_topic_partition_list_t& list) {
  std::vector<Partition> partitions;
  for (int i = 0; i < list.cnt; ++i)
    partitions.push_back(static_cast<Partition>(list.elems[i].partition));
  std::sort(partitions.begin(), partitions.end());
  return partitions;
}

}  // namespace

class Group::Impl {
 public:
  Impl(Client client, GroupSink sink)
      : client_(std::move(client)),
        queue_(rd_kafka_queue_get_consumer(client_.handle.get())),
        sink_(std::move(sink)) {}

  ~Impl() {
    Leave();
    if (left_) return;
    // Destroying a member that has not left yet would wait, for ever if nobody takes its last
    // events. Nobody is to wait for that, so a thread of its own sees it through.
    std::thread([client = std::move(client_), queue = std::move(queue_)] {
      while (rd_kafka_consumer_closed(client.handle.get()) == 0) {
        const Event event(rd_kafka_queue_poll(queue.get(), kPollMilliseconds));
        if (event == nullptr || rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_REBALANCE)
          continue;
        rd_kafka_topic_partition_list_t* list = rd_kafka_event_topic_partition_list(event.get());
        Destroy(rd_kafka_incremental_unassign(client.handle.get(), list));
      }
    }).detach();
  }

  absl::Status Start(const std::string& topic) {
    const List topics(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    if (auto error = rd_kafka_subscribe(client_.handle.get(), topics.get());
        error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return KafkaStatus("joining the group", error);
    }
    left_ = false;
    thread_ = std::thread([this] { Run(); });
    return absl::OkStatus();
  }

  void Leave() {
    std::lock_guard lock(leaving_);
    if (!thread_.joinable()) return;
    closing_ = true;
    rd_kafka_queue_yield(queue_.get());
    thread_.join();
  }

 private:
  void Run() {
    while (!closing_) {
      TakeEvent();
      TellGeneration();
    }
    const Deadline deadline(kLeaveMax);
    Destroy(rd_kafka_consumer_close_queue(client_.handle.get(), queue_.get()));
    while (rd_kafka_consumer_closed(client_.handle.get()) == 0 && !deadline.passed()) TakeEvent();
    left_ = rd_kafka_consumer_closed(client_.handle.get()) != 0;
  }

  void TakeEvent() {
    const Event event(rd_kafka_queue_poll(queue_.get(), kPollMilliseconds));
    if (event == nullptr) return;
    switch (rd_kafka_event_type(event.get())) {
      case RD_KAFKA_EVENT_REBALANCE:
        return Rebalance(*event);
      case RD_KAFKA_EVENT_ERROR:
        return Report(*event);
      default:
        return;
    }
  }

  void Rebalance(rd_kafka_event_t& event) {
    rd_kafka_t* handle = client_.handle.get();
    rd_kafka_topic_partition_list_t* list = rd_kafka_event_topic_partition_list(&event);
    if (rd_kafka_event_error(&event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
      TellGeneration();
      Destroy(rd_kafka_incremental_assign(handle, list));
      rd_kafka_pause_partitions(handle, list);  // nothing is there to be fetched
      sink_.assigned(PartitionsIn(*list), generation_);
    } else {
      sink_.revoked(PartitionsIn(*list), rd_kafka_assignment_lost(handle) != 0);
      Destroy(rd_kafka_incremental_unassign(handle, list));
    }
  }

  // What it refuses the next rebalance mends: the assignment is a hint.
  static void Destroy(rd_kafka_error_t* error) {
    if (error != nullptr) rd_kafka_error_destroy(error);
  }

  void Report(rd_kafka_event_t& event) {
    const rd_kafka_resp_err_t error = rd_kafka_event_error(&event);
    if (error == told_) return;
    told_ = error;
    sink_.alarm(KafkaStatus("the group of nodes", error).message());
  }

  void TellGeneration() {
    const Metadata metadata(rd_kafka_consumer_group_metadata(client_.handle.get()));
    if (metadata == nullptr) return;
    const int32_t now = rd_kafka_consumer_group_metadata_generation_id(metadata.get());
    if (now < 0 || static_cast<uint32_t>(now) == generation_) return;
    generation_ = static_cast<uint32_t>(now);
    told_ = RD_KAFKA_RESP_ERR_NO_ERROR;
    sink_.moved(generation_);
  }

  Client client_;
  Queue queue_;
  const GroupSink sink_;
  uint32_t generation_ = 0;                                // the thread's
  rd_kafka_resp_err_t told_ = RD_KAFKA_RESP_ERR_NO_ERROR;  // the thread's: said once
  bool left_ = true;                                       // the thread's, while it runs
  std::atomic<bool> closing_{false};
  std::mutex leaving_;
  std::thread thread_;  // last: it uses all of the above
};

Group::Group(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Group::~Group() = default;
void Group::Leave() { impl_->Leave(); }

absl::Status Group::Create(const std::string& bootstrap, const std::string& log_topic,
                           uint32_t partition_count, const KafkaOptions& options) {
  const Cluster hints = HintsOf(bootstrap, log_topic, options);
  const absl::StatusOr<Client> client =
      MakeClient(RD_KAFKA_PRODUCER, {}, RD_KAFKA_EVENT_NONE, hints);
  if (!client.ok()) return client.status();
  return CreateTopic(*client, hints, partition_count, TopicUse::kRecords);
}

absl::StatusOr<std::unique_ptr<Group>> Group::Join(const std::string& bootstrap,
                                                   const std::string& log_topic,
                                                   uint32_t partition_count,
                                                   const GroupOptions& options, GroupSink sink) {
  const Cluster hints = HintsOf(bootstrap, log_topic, options.kafka);
  absl::StatusOr<Client> client =
      MakeClient(RD_KAFKA_CONSUMER, MemberSettings(log_topic, options),
                 RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR, hints);
  if (!client.ok()) return client.status();
  if (auto status = CheckPartitions(*client, hints, partition_count); !status.ok()) return status;
  if (auto status = CheckSessionFloor(*client, hints, options.session_timeout); !status.ok())
    return status;
  auto impl = std::make_unique<Impl>(*std::move(client), std::move(sink));
  if (auto status = impl->Start(hints.topic); !status.ok()) return status;
  return std::unique_ptr<Group>(new Group(std::move(impl)));
}

}  // namespace guitu::kafka_log
