#include "adapters/kafka_log/kafka_log.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "adapters/kafka_log/client.h"
#include "adapters/kafka_log/ends.h"
#include "adapters/kafka_log/follower.h"
#include "adapters/kafka_log/list_ends.h"
#include "adapters/kafka_log/reader.h"
#include "adapters/kafka_log/session.h"
#include "adapters/kafka_log/topic.h"
#include "events/check.h"

namespace guitu::kafka_log {

using events::Offset;
using events::Partition;

namespace {

constexpr absl::Duration kPause = absl::Milliseconds(50);
// Each has threads and connections; this many Reads at a time find one ready.
constexpr size_t kReadersKept = 2;

absl::Status NoSuchPartition() { return absl::InvalidArgumentError("log: no such partition"); }

}  // namespace

absl::Status KafkaLog::Create(const std::string& bootstrap, const std::string& topic,
                              uint32_t partition_count, const KafkaOptions& options) {
  GUITU_CHECK(partition_count > 0);
  const Cluster cluster{bootstrap, topic, options};
  const absl::StatusOr<Client> client =
      MakeClient(RD_KAFKA_PRODUCER, {}, RD_KAFKA_EVENT_NONE, cluster);
  if (!client.ok()) return client.status();
  return CreateTopic(*client, cluster, partition_count, TopicUse::kRecords);
}

absl::StatusOr<std::unique_ptr<KafkaLog>> KafkaLog::Open(const std::string& bootstrap,
                                                         const std::string& topic,
                                                         uint32_t partition_count,
                                                         const KafkaOptions& options) {
  absl::StatusOr<std::unique_ptr<KafkaLog>> log =
      OpenUnchecked(bootstrap, topic, partition_count, options);
  if (!log.ok()) return log;
  absl::Status checked = CheckSettings(*(*log)->client_, *(*log)->cluster_, TopicUse::kRecords);
  if (!checked.ok()) return checked;
  return log;
}

absl::StatusOr<std::unique_ptr<KafkaLog>> KafkaLog::OpenAsIs(const std::string& bootstrap,
                                                             const std::string& topic,
                                                             const KafkaOptions& options) {
  const Cluster cluster{bootstrap, topic, options};
  const absl::StatusOr<Client> client =
      MakeClient(RD_KAFKA_PRODUCER, {}, RD_KAFKA_EVENT_NONE, cluster);
  if (!client.ok()) return client.status();
  const absl::StatusOr<uint32_t> count = CountPartitions(*client, cluster);
  if (!count.ok()) return count.status();
  return Open(bootstrap, topic, *count, options);
}

absl::StatusOr<std::unique_ptr<KafkaLog>> KafkaLog::OpenUnchecked(const std::string& bootstrap,
                                                                  const std::string& topic,
                                                                  uint32_t partition_count,
                                                                  const KafkaOptions& options) {
  std::unique_ptr<KafkaLog> log(new KafkaLog({bootstrap, topic, options}, partition_count));
  if (absl::Status connected = log->Connect(); !connected.ok()) return connected;
  return log;
}

KafkaLog::KafkaLog(Cluster cluster, uint32_t partition_count)
    : cluster_(std::make_unique<const Cluster>(std::move(cluster))),
      partition_count_(partition_count),
      ends_(std::make_shared<Ends>(partition_count)) {}

KafkaLog::~KafkaLog() = default;

absl::Status KafkaLog::Connect() {
  absl::StatusOr<Client> client = MakeConsumer(*cluster_, absl::Milliseconds(10));
  if (!client.ok()) return client.status();
  client_ = std::make_unique<Client>(*std::move(client));
  return CheckPartitions(*client_, *cluster_, partition_count_);
}

absl::StatusOr<std::unique_ptr<events::LogSession>> KafkaLog::OpenSession(DeliverySink sink) {
  return KafkaSession::Open(*cluster_, partition_count_, ends_, std::move(sink));
}

absl::StatusOr<Offset> KafkaLog::End(Partition partition) const {
  if (partition >= partition_count_) return NoSuchPartition();
  const Offset known = ends_->Known(partition);
  const Deadline deadline(cluster_->options.read_timeout);
  absl::Status status = absl::UnavailableError("kafka: no answer");
  while (!deadline.passed()) {
    const absl::StatusOr<Bounds> bounds =
        AskBounds(*client_, *cluster_, partition, deadline.left());
    // A question that finds no answer any more does not take back what an earlier one has shown.
    if (bounds.ok() || !absl::IsDataLoss(status)) status = bounds.status();
    if (bounds.ok() && bounds->begin > 0) {
      return absl::DataLossError(absl::StrCat("kafka: partition ", partition, ": offsets below ",
                                              bounds->begin, " are gone"));
    }
    if (bounds.ok() && bounds->end >= known) {
      ends_->Note(partition, bounds->end);
      return bounds->end;
    }
    if (absl::IsPermissionDenied(status)) return status;
    // A broker that does not know yet that it leads no more answers with an old end.
    if (bounds.ok()) {
      status = absl::DataLossError(absl::StrCat("kafka: partition ", partition, " ends at ",
                                                bounds->end, " and reached ", known));
    }
    absl::SleepFor(std::min(kPause, std::max(deadline.left(), absl::ZeroDuration())));
  }
  return status;
}

absl::StatusOr<std::vector<Offset>> KafkaLog::EndsOf(absl::Span<const Partition> partitions) const {
  for (Partition p : partitions) {
    if (p >= partition_count_) return NoSuchPartition();
  }
  const absl::StatusOr<std::vector<Offset>> quick =
      ListEnds(*client_, *cluster_, partitions, cluster_->options.request_timeout);
  std::vector<Offset> ends;
  for (size_t i = 0; i < partitions.size(); ++i) {
    if (quick.ok() && (*quick)[i] >= ends_->Known(partitions[i])) {
      ends_->Note(partitions[i], (*quick)[i]);
      ends.push_back((*quick)[i]);
      continue;
    }
    // No answer, or an old one: End has the patience.
    const absl::StatusOr<Offset> end = End(partitions[i]);
    if (!end.ok()) return end.status();
    ends.push_back(*end);
  }
  return ends;
}

absl::Status KafkaLog::Read(Partition partition, Offset from, uint64_t max,
                            const Visitor& visit) const {
  absl::StatusOr<Offset> end = End(partition);
  if (!end.ok()) return end.status();
  if (from >= *end || max == 0) return absl::OkStatus();
  Reader::Range range{partition, from, from + std::min(max, *end - from)};
  bool second_look = false;
  while (range.next < range.until && !range.stopped) {
    absl::StatusOr<std::unique_ptr<Reader>> reader =
        second_look ? Reader::Make(*cluster_) : TakeReader();
    if (!reader.ok()) return reader.status();
    const Gaps gaps = second_look ? Gaps::kTrustFirst : Gaps::kStop;
    absl::Status read = (*reader)->Run(range, gaps, [&](const rd_kafka_message_t& message) {
      return visit(static_cast<Offset>(message.offset), RecordOf(message));
    });
    if (!read.ok()) return read;
    // Stopped at an offset that is left out: believed when another handle says so as well.
    second_look = true;
    KeepReader(*std::move(reader));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Reader>> KafkaLog::TakeReader() const {
  {
    absl::MutexLock lock(&readers_mutex_);
    if (!readers_.empty()) {
      std::unique_ptr<Reader> reader = std::move(readers_.back());
      readers_.pop_back();
      return reader;
    }
  }
  return Reader::Make(*cluster_);
}

void KafkaLog::KeepReader(std::unique_ptr<Reader> reader) const {
  absl::MutexLock lock(&readers_mutex_);
  if (readers_.size() < kReadersKept) readers_.push_back(std::move(reader));
}

absl::StatusOr<std::unique_ptr<Follower>> KafkaLog::Follow(const std::vector<Offset>& from,
                                                           FollowSink sink) {
  GUITU_CHECK(from.size() == partition_count_);
  for (Partition p = 0; p < partition_count_; ++p) {
    const absl::StatusOr<Offset> end = End(p);
    if (!end.ok()) return end.status();
    if (from[p] > *end) {
      return absl::DataLossError(absl::StrCat("kafka: partition ", p, " ends at ", *end,
                                              ", before the position ", from[p]));
    }
  }
  return KafkaFollower::Start(*cluster_, from, std::move(sink));
}

std::string ClientVersion() { return rd_kafka_version_str(); }

}  // namespace guitu::kafka_log
