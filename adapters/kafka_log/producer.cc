#include "adapters/kafka_log/producer.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "adapters/kafka_log/topic.h"

namespace guitu::kafka_log {
namespace {

// How often a new producer greets the cluster, and the time between; a connection takes about 10
// ms.
constexpr int kGreetings = 4;
constexpr absl::Duration kGreetingPause = absl::Milliseconds(10);

Settings ProducerSettings(const KafkaOptions& options, AfterLoss after_loss) {
  return {
      {"enable.idempotence", "true"},
      {"enable.gapless.guarantee", after_loss == AfterLoss::kEnd ? "true" : "false"},
      {"acks", "all"},
      {"message.timeout.ms", absl::StrCat(Milliseconds(options.delivery_timeout))},
      {"request.timeout.ms", absl::StrCat(Milliseconds(options.request_timeout))},
      {"linger.ms", "0"},
      {"queue.buffering.max.messages", "0"},
      {"queue.buffering.max.kbytes", "2147483647"},
      {"message.max.bytes", absl::StrCat(options.record_bytes_max + kFrameBytes)},
      {"compression.type", "none"},
  };
}

}  // namespace

absl::StatusOr<Client> MakeProducer(const Cluster& cluster, uint32_t partition_count,
                                    AfterLoss after_loss) {
  absl::StatusOr<Client> client =
      MakeClient(RD_KAFKA_PRODUCER, ProducerSettings(cluster.options, after_loss),
                 RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR, cluster);
  if (!client.ok()) return client;
  // Several times: the first answer brings the metadata that the first record would have to wait
  // for, and the addresses of the brokers. Only an answer that comes when a connection to one of
  // these is up makes librdkafka ask for a producer id at once; else it looks again after half a
  // second, which every fail-over would have to wait for.
  for (int i = 0; i < kGreetings; ++i) {
    if (i > 1) absl::SleepFor(kGreetingPause);
    absl::Status connected = CheckPartitions(*client, cluster, partition_count);
    if (!connected.ok()) return connected;
  }
  return client;
}

}  // namespace guitu::kafka_log
