#include "adapters/kafka_log/reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace guitu::kafka_log {

using events::Offset;
using events::Partition;

namespace {

// How long a broker may hold the fetch that asks behind the last record. A Read knows where it ends
// and needs none of it, but the next one of this handle has to wait until it is answered.
constexpr absl::Duration kWaitAtEnd = absl::Milliseconds(1);

}  // namespace

absl::StatusOr<Client> MakeConsumer(const Cluster& cluster, absl::Duration wait_at_broker) {
  return MakeClient(RD_KAFKA_CONSUMER,
                    {
                        {"auto.offset.reset", "error"},
                        {"isolation.level", "read_uncommitted"},
                        {"check.crcs", "true"},
                        {"enable.auto.commit", "false"},
                        {"enable.auto.offset.store", "false"},
                        {"enable.partition.eof", "true"},
                        {"allow.auto.create.topics", "false"},
                        {"fetch.wait.max.ms", absl::StrCat(Milliseconds(wait_at_broker))},
                        {"fetch.error.backoff.ms", "20"},
                        {"fetch.queue.backoff.ms", "1"},
                        {"queued.max.messages.kbytes", "8192"},
                        {"fetch.max.bytes", "16777216"},
                    },
                    RD_KAFKA_EVENT_NONE, cluster);
}

bool IsEndOfPartition(const rd_kafka_message_t& message) {
  return message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
}

bool IsFinal(const rd_kafka_message_t& message) {
  const absl::Status status = KafkaStatus("", message.err);
  return absl::IsDataLoss(status) || absl::IsPermissionDenied(status);
}

absl::string_view RecordOf(const rd_kafka_message_t& message) {
  return absl::string_view(static_cast<const char*>(message.payload), message.len);
}

absl::string_view KeyOf(const rd_kafka_message_t& message) {
  return absl::string_view(static_cast<const char*>(message.key), message.key_len);
}

absl::StatusOr<Bounds> AskBounds(const Client& client, const Cluster& cluster, Partition partition,
                                 absl::Duration patience) {
  int64_t begin = 0;
  int64_t end = 0;
  const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
      client.handle.get(), cluster.topic.c_str(), static_cast<int32_t>(partition), &begin, &end,
      Milliseconds(std::min(patience, cluster.options.request_timeout)));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaStatus(absl::StrCat("the end of partition ", partition), error);
  }
  if (begin < 0 || end < 0) {
    return absl::UnavailableError(
        absl::StrCat("kafka: the end of partition ", partition, ": no answer"));
  }
  return Bounds{static_cast<Offset>(begin), static_cast<Offset>(end)};
}

absl::StatusOr<std::unique_ptr<Reader>> Reader::Make(const Cluster& cluster) {
  absl::StatusOr<Client> client = MakeConsumer(cluster, kWaitAtEnd);
  if (!client.ok()) return client.status();
  return std::unique_ptr<Reader>(new Reader(*std::move(client), cluster.options.read_timeout));
}

absl::Status Reader::Run(Range& range, Gaps gaps, Visit visit) {
  // A queue of its own: nothing of an earlier Read can be in it.
  const Queue queue(rd_kafka_queue_new(client_.handle.get()));
  const auto partition = static_cast<int32_t>(range.partition);
  if (rd_kafka_consume_start_queue(client_.topic.get(), partition, static_cast<int64_t>(range.next),
                                   queue.get()) != 0) {
    return KafkaStatus("reading", rd_kafka_last_error());
  }
  absl::Status status = Drain(queue.get(), range, gaps, visit);
  rd_kafka_consume_stop(client_.topic.get(), partition);
  return status;
}

absl::Status Reader::Drain(rd_kafka_queue_t* queue, Range& range, Gaps gaps, Visit visit) const {
  Deadline deadline(patience_);
  bool first = true;
  while (range.next < range.until) {
    if (deadline.passed()) {
      return absl::UnavailableError(absl::StrCat("kafka: partition ", range.partition, ", offset ",
                                                 range.next, ": no answer"));
    }
    const Message message(rd_kafka_consume_queue(queue, Milliseconds(deadline.left())));
    if (message == nullptr) continue;
    if (IsFinal(*message)) {
      return KafkaStatus(absl::StrCat("partition ", range.partition, ", offset ", range.next),
                         message->err);
    }
    const bool end = IsEndOfPartition(*message);
    if (!end && message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;  // it tries again by itself
    const auto at = static_cast<Offset>(message->offset);
    if (at < range.next || (end && at < range.until)) continue;
    const bool trusted = gaps == Gaps::kTrust || (gaps == Gaps::kTrustFirst && first);
    if (at > range.next && !trusted) return absl::OkStatus();
    first = false;
    range.next = std::min(at, range.until);
    if (end || at >= range.until) continue;
    range.next = at + 1;
    if (!visit(*message)) {
      range.stopped = true;
      return absl::OkStatus();
    }
    deadline = Deadline(patience_);
  }
  return absl::OkStatus();
}

}  // namespace guitu::kafka_log
