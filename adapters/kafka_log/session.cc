#include "adapters/kafka_log/session.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/kafka_log/producer.h"
#include "events/check.h"

namespace guitu::kafka_log {
namespace {

using events::Append;
using events::Delivery;

// How long the poll thread waits for something before it looks around.
constexpr int kPollMilliseconds = 100;
// A batch of deliveries is handed out at this size even if more are there.
constexpr size_t kBatchMax = 4096;

// A ticket travels through librdkafka as the message's opaque pointer.
static_assert(sizeof(void*) >= sizeof(uint64_t));
void* ToOpaque(uint64_t ticket) {
  return reinterpret_cast<void*>(ticket);  // NOLINT(performance-no-int-to-ptr)
}
uint64_t FromOpaque(const void* opaque) { return reinterpret_cast<uint64_t>(opaque); }

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaSession>> KafkaSession::Open(
    const Cluster& cluster, uint32_t partition_count, std::shared_ptr<Ends> ends,
    events::EventLog::DeliverySink sink) {
  absl::StatusOr<Client> client = MakeProducer(cluster, partition_count, AfterLoss::kEnd);
  if (!client.ok()) return client.status();
  return std::unique_ptr<KafkaSession>(new KafkaSession(
      *std::move(client), cluster, partition_count, std::move(ends), std::move(sink)));
}

KafkaSession::KafkaSession(Client client, const Cluster& cluster, uint32_t partition_count,
                           std::shared_ptr<Ends> ends, events::EventLog::DeliverySink sink)
    : client_(std::move(client)),
      events_(rd_kafka_queue_get_main(client_.handle.get())),
      partition_count_(partition_count),
      record_bytes_max_(cluster.options.record_bytes_max),
      ends_(std::move(ends)),
      sink_(std::move(sink)),
      poller_([this] { Run(); }) {}

KafkaSession::~KafkaSession() {
  {
    absl::MutexLock lock(&mutex_);
    closing_ = true;
    Die(absl::CancelledError("kafka: the session was closed"));
  }
  rd_kafka_queue_yield(events_.get());
  poller_.join();
}

void KafkaSession::Enqueue(std::vector<Append> appends) {
  absl::MutexLock lock(&mutex_);
  size_t sent = 0;
  if (death_.ok()) sent = Send(appends);
  if (sent == appends.size()) return;
  for (; sent < appends.size(); ++sent) {
    refused_.push_back({appends[sent].partition, appends[sent].ticket});
  }
  rd_kafka_queue_yield(events_.get());
}

size_t KafkaSession::Send(const std::vector<Append>& appends) {
  messages_.clear();
  for (const Append& append : appends) {
    GUITU_CHECK(append.partition < partition_count_);
    // Looked at before, because librdkafka would leave it out and send what stands behind it.
    if (append.record.size() > record_bytes_max_) break;
    rd_kafka_message_t message = {};
    message.partition = static_cast<int32_t>(append.partition);
    // Copied, not written to. Never null, which would be a record without a value.
    message.payload = const_cast<char*>(append.record.data());
    message.len = append.record.size();
    message._private = ToOpaque(append.ticket);
    messages_.push_back(message);
  }
  const int taken = rd_kafka_produce_batch(client_.topic.get(), RD_KAFKA_PARTITION_UA,
                                           RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_PARTITION,
                                           messages_.data(), static_cast<int>(messages_.size()));
  outstanding_ += static_cast<uint64_t>(taken);
  if (static_cast<size_t>(taken) != messages_.size()) {
    // All or none: the queue has no limit, so the producer has ended.
    GUITU_CHECK(taken == 0);
    Die(KafkaStatus("the producer takes nothing", messages_.front().err));
  } else if (messages_.size() != appends.size()) {
    Die(absl::InvalidArgumentError("kafka: a record is larger than record_bytes_max"));
  }
  return static_cast<size_t>(taken);
}

void KafkaSession::Die(absl::Status reason) {
  if (!death_.ok()) return;
  death_ = std::move(reason);
  Purge();
}

void KafkaSession::Purge() {
  rd_kafka_purge(client_.handle.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                           RD_KAFKA_PURGE_F_NON_BLOCKING);
}

void KafkaSession::Run() {
  std::vector<Delivery> batch;
  for (bool done = false; !done;) {
    Collect(batch);
    done = Finish(batch);
    if (!batch.empty()) sink_(std::exchange(batch, {}));
  }
}

void KafkaSession::Collect(std::vector<Delivery>& batch) {
  int patience = kPollMilliseconds;
  while (batch.size() < kBatchMax) {
    const Event event(rd_kafka_queue_poll(events_.get(), patience));
    if (event == nullptr) return;
    Take(*event, batch);
    patience = 0;
  }
}

void KafkaSession::Take(rd_kafka_event_t& event, std::vector<Delivery>& batch) {
  absl::MutexLock lock(&mutex_);
  if (rd_kafka_event_type(&event) == RD_KAFKA_EVENT_DR) {
    while (const rd_kafka_message_t* message = rd_kafka_event_message_next(&event)) {
      Report(*message, batch);
    }
    return;
  }
  // Others pass: a broker that is away, a connection that broke.
  if (rd_kafka_event_error_is_fatal(&event) == 0) return;
  char detail[256];
  const rd_kafka_resp_err_t error =
      rd_kafka_fatal_error(client_.handle.get(), detail, sizeof(detail));
  Die(absl::UnavailableError(
      absl::StrCat("kafka: the producer ended: ", rd_kafka_err2name(error), ": ", detail)));
}

void KafkaSession::Report(const rd_kafka_message_t& message, std::vector<Delivery>& batch) {
  Delivery delivery;
  delivery.partition = static_cast<events::Partition>(message.partition);
  delivery.ticket = FromOpaque(message._private);
  GUITU_CHECK(outstanding_ > 0);
  --outstanding_;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Die(KafkaStatus("outcome unknown", message.err));
  } else if (message.offset < 0) {
    // A duplicate of what the broker has, too old for it to know where.
    Die(absl::UnavailableError("kafka: acknowledged without an offset"));
  }
  if (death_.ok()) {
    delivery.outcome = Delivery::Outcome::kAppended;
    delivery.offset = static_cast<events::Offset>(message.offset);
    ends_->Note(delivery.partition, delivery.offset + 1);
  } else {
    delivery.reason = death_;
  }
  batch.push_back(std::move(delivery));
}

bool KafkaSession::Finish(std::vector<Delivery>& batch) {
  absl::MutexLock lock(&mutex_);
  if (death_.ok()) return false;
  // What was refused comes behind what was sent before it.
  if (outstanding_ > 0) {
    Purge();
    return false;
  }
  for (const Refused& refused : refused_) {
    batch.push_back({refused.partition, refused.ticket, Delivery::Outcome::kUnknown, 0, death_});
  }
  refused_.clear();
  return closing_;
}

}  // namespace guitu::kafka_log
