#include "adapters/kafka_log/follower.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/kafka_log/reader.h"

namespace guitu::kafka_log {
namespace {

constexpr int kPollMilliseconds = 100;
constexpr size_t kBatchMax = 2048;

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaFollower>> KafkaFollower::Start(
    const Cluster& cluster, const std::vector<events::Offset>& from, FollowSink sink) {
  absl::StatusOr<Client> client = MakeConsumer(cluster, absl::Milliseconds(500));
  if (!client.ok()) return client.status();
  std::unique_ptr<KafkaFollower> follower(
      new KafkaFollower(*std::move(client), from, std::move(sink)));
  if (absl::Status started = follower->StartPartitions(); !started.ok()) return started;
  follower->thread_ = std::thread([raw = follower.get()] { raw->Run(); });
  return follower;
}

KafkaFollower::KafkaFollower(Client client, std::vector<events::Offset> from, FollowSink sink)
    : client_(std::move(client)),
      queue_(rd_kafka_queue_new(client_.handle.get())),
      sink_(std::move(sink)),
      next_(std::move(from)),
      stopped_(next_.size(), false) {}

absl::Status KafkaFollower::StartPartitions() {
  for (size_t p = 0; p < next_.size(); ++p) {
    if (rd_kafka_consume_start_queue(client_.topic.get(), static_cast<int32_t>(p),
                                     static_cast<int64_t>(next_[p]), queue_.get()) != 0) {
      return KafkaStatus("following", rd_kafka_last_error());
    }
  }
  return absl::OkStatus();
}

KafkaFollower::~KafkaFollower() {
  closing_ = true;
  rd_kafka_queue_yield(queue_.get());
  if (thread_.joinable()) thread_.join();
  for (size_t p = 0; p < next_.size(); ++p) {
    rd_kafka_consume_stop(client_.topic.get(), static_cast<int32_t>(p));
  }
}

void KafkaFollower::Run() {
  std::vector<Message> messages;
  while (!closing_) {
    Collect(messages);
    HandOut(messages);
    messages.clear();
  }
}

void KafkaFollower::Collect(std::vector<Message>& messages) {
  // One first: asking for a batch would wait until it is full.
  Message first(rd_kafka_consume_queue(queue_.get(), kPollMilliseconds));
  if (first == nullptr) return;
  messages.push_back(std::move(first));
  rd_kafka_message_t* more[kBatchMax];
  const ssize_t count = rd_kafka_consume_batch_queue(queue_.get(), 0, more, kBatchMax);
  for (ssize_t i = 0; i < count; ++i) messages.emplace_back(more[i]);
}

void KafkaFollower::HandOut(const std::vector<Message>& messages) {
  std::vector<Followed> records;
  const auto flush = [&] {
    if (!records.empty()) sink_.records(records);
    records.clear();
  };
  for (const Message& message : messages) {
    const auto p = static_cast<events::Partition>(message->partition);
    if (p >= next_.size() || stopped_[p]) continue;
    if (IsFinal(*message)) {
      flush();
      stopped_[p] = true;
      sink_.stopped(
          p, KafkaStatus(absl::StrCat("partition ", p, ", offset ", next_[p]), message->err));
      continue;
    }
    const auto at = static_cast<events::Offset>(message->offset);
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR || at < next_[p]) continue;
    records.push_back({p, at, RecordOf(*message), KeyOf(*message)});
    next_[p] = at + 1;
  }
  flush();
}

}  // namespace guitu::kafka_log
