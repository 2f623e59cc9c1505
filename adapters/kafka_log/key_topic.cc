#include "adapters/kafka_log/key_topic.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "adapters/kafka_log/client.h"
#include "adapters/kafka_log/follower.h"
#include "adapters/kafka_log/producer.h"
#include "adapters/kafka_log/reader.h"
#include "adapters/kafka_log/topic.h"

namespace guitu::kafka_log {

using events::Offset;

namespace {

constexpr uint32_t kPartitions = 1;
constexpr events::Partition kPartition = 0;
constexpr absl::Duration kPause = absl::Milliseconds(50);
// How long Publish waits for something before it looks around.
constexpr int kPollMilliseconds = 100;

absl::Status Cancelled() { return absl::CancelledError("kafka: the key topic is being closed"); }

}  // namespace

absl::Status KeyTopic::Create(const std::string& bootstrap, const std::string& topic,
                              const KafkaOptions& options) {
  const Cluster cluster{bootstrap, topic, options};
  const absl::StatusOr<Client> client =
      MakeClient(RD_KAFKA_PRODUCER, {}, RD_KAFKA_EVENT_NONE, cluster);
  if (!client.ok()) return client.status();
  return CreateTopic(*client, cluster, kPartitions, TopicUse::kKeys);
}

absl::StatusOr<std::unique_ptr<KeyTopic>> KeyTopic::Open(const std::string& bootstrap,
                                                         const std::string& topic,
                                                         const KafkaOptions& options) {
  absl::StatusOr<std::unique_ptr<KeyTopic>> keys = OpenUnchecked(bootstrap, topic, options);
  if (!keys.ok()) return keys;
  absl::Status checked = CheckSettings(*(*keys)->client_, *(*keys)->cluster_, TopicUse::kKeys);
  if (!checked.ok()) return checked;
  return keys;
}

absl::StatusOr<std::unique_ptr<KeyTopic>> KeyTopic::OpenUnchecked(const std::string& bootstrap,
                                                                  const std::string& topic,
                                                                  const KafkaOptions& options) {
  std::unique_ptr<KeyTopic> keys(new KeyTopic({bootstrap, topic, options}));
  if (absl::Status connected = keys->Connect(); !connected.ok()) return connected;
  return keys;
}

KeyTopic::KeyTopic(Cluster cluster)
    : cluster_(std::make_unique<const Cluster>(std::move(cluster))) {}

KeyTopic::~KeyTopic() = default;

absl::Status KeyTopic::Connect() {
  absl::StatusOr<Client> client = MakeConsumer(*cluster_, absl::Milliseconds(10));
  if (!client.ok()) return client.status();
  client_ = std::make_unique<Client>(*std::move(client));
  return CheckPartitions(*client_, *cluster_, kPartitions);
}

absl::Status KeyTopic::Publish(absl::Span<const KeyRow> rows) {
  for (const KeyRow& row : rows) {
    if (row.key.empty() || row.value.empty() ||
        row.key.size() + row.value.size() > cluster_->options.record_bytes_max) {
      return absl::InvalidArgumentError("kafka: no row of a key");
    }
  }
  absl::MutexLock lock(&publish_mutex_);
  if (cancelled_) return Cancelled();
  if (rows.empty()) return absl::OkStatus();
  if (producer_ == nullptr) {
    absl::StatusOr<Client> made = MakeProducer(*cluster_, kPartitions, AfterLoss::kGoOn);
    if (!made.ok()) return made.status();
    producer_ = std::make_unique<Client>(*std::move(made));
  }
  absl::Status sent = Send(rows);
  // Whatever it was: a new producer has no part in it, and no outcome of this one is left over.
  if (!sent.ok()) producer_.reset();
  return sent;
}

absl::Status KeyTopic::Send(absl::Span<const KeyRow> rows) {
  std::vector<rd_kafka_message_t> messages(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    rd_kafka_message_t& message = messages[i];
    message.partition = static_cast<int32_t>(kPartition);
    message.payload = const_cast<char*>(rows[i].value.data());  // copied, not written to
    message.len = rows[i].value.size();
    message.key = const_cast<char*>(rows[i].key.data());
    message.key_len = rows[i].key.size();
  }
  const int taken = rd_kafka_produce_batch(producer_->topic.get(), static_cast<int32_t>(kPartition),
                                           RD_KAFKA_MSG_F_COPY, messages.data(),
                                           static_cast<int>(messages.size()));
  absl::Status status = Await(static_cast<size_t>(taken));
  for (const rd_kafka_message_t& message : messages) {
    if (status.ok()) status = KafkaStatus("publishing keys", message.err);
  }
  return status;
}

absl::Status KeyTopic::Await(size_t outstanding) {
  absl::Status status;
  const Queue events(rd_kafka_queue_get_main(producer_->handle.get()));
  while (outstanding > 0) {
    const Event event(rd_kafka_queue_poll(events.get(), kPollMilliseconds));
    if (cancelled_) {
      rd_kafka_purge(producer_->handle.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                                  RD_KAFKA_PURGE_F_NON_BLOCKING);
      return Cancelled();
    }
    // Errors that are no outcome pass: a broker that is away. A fatal one fails what is under way.
    if (event == nullptr || rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_DR) continue;
    while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event.get())) {
      --outstanding;
      if (status.ok()) status = KafkaStatus("publishing keys", message->err);
    }
  }
  return status;
}

absl::StatusOr<Offset> KeyTopic::ReadAll(Visit visit) const {
  const Deadline deadline(cluster_->options.read_timeout);
  absl::StatusOr<Bounds> bounds = absl::UnavailableError("kafka: no answer");
  while (true) {
    bounds = AskBounds(*client_, *cluster_, kPartition, deadline.left());
    if (cancelled_) return Cancelled();
    if (bounds.ok() || absl::IsPermissionDenied(bounds.status()) || deadline.passed()) break;
    absl::SleepFor(std::min(kPause, std::max(deadline.left(), absl::ZeroDuration())));
  }
  if (!bounds.ok()) return bounds.status();
  absl::StatusOr<std::unique_ptr<Reader>> reader = Reader::Make(*cluster_);
  if (!reader.ok()) return reader.status();
  Reader::Range range{kPartition, bounds->begin, bounds->end};
  absl::Status read = (*reader)->Run(range, Gaps::kTrust, [&](const rd_kafka_message_t& message) {
    return !cancelled_ && visit(KeyOf(message), RecordOf(message));
  });
  if (read.ok() && cancelled_) read = Cancelled();
  if (!read.ok()) return read;
  return range.next;
}

absl::StatusOr<std::unique_ptr<Follower>> KeyTopic::Follow(Offset from, KeySink sink) {
  FollowSink rows_of;
  rows_of.records = [rows = std::move(sink.rows)](absl::Span<const Followed> records) {
    std::vector<KeyRow> copied;
    copied.reserve(records.size());
    for (const Followed& record : records) {
      copied.push_back({std::string(record.key), std::string(record.record)});
    }
    rows(std::move(copied));
  };
  rows_of.stopped = [stopped = std::move(sink.stopped)](events::Partition, absl::Status status) {
    stopped(std::move(status));
  };
  return KafkaFollower::Start(*cluster_, {from}, std::move(rows_of));
}

}  // namespace guitu::kafka_log
