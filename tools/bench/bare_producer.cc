#include "tools/bench/bare_producer.h"

#include <librdkafka/rdkafka.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "adapters/clock/clock.h"

namespace guitu::tools {
namespace {

constexpr size_t kRecordBytes = 700;  // a visit, as it stands in the log

struct Run {
  clock::SystemClock clock;
  rd_kafka_t* producer = nullptr;
  rd_kafka_topic_t* topic = nullptr;
  uint32_t partitions = 0;
  uint64_t sent = 0;
  uint64_t failed = 0;
  int under_way = 0;
  bool measuring = false;
  http::LatencyHistogram latency;
  std::string record = std::string(kRecordBytes, 'x');

  void Send() {
    auto at = static_cast<uintptr_t>(absl::ToInt64Nanoseconds(clock.Monotonic()));
    int partition = static_cast<int>(sent++ % partitions);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): a moment travels as the message's opaque pointer
    auto* opaque = reinterpret_cast<void*>(at);
    if (rd_kafka_produce(topic, partition, RD_KAFKA_MSG_F_COPY, record.data(), record.size(),
                         nullptr, 0, opaque) != 0) {
      ++failed;
    } else {
      ++under_way;
    }
  }

  void Delivered(const rd_kafka_message_t& message) {
    --under_way;
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) ++failed;
    auto at = absl::Nanoseconds(reinterpret_cast<int64_t>(message._private));
    if (measuring) latency.Add(clock.Monotonic() - at);
  }
};

void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  static_cast<Run*>(opaque)->Delivered(*message);
}

void KeepBusy(Run& run, int window, absl::Duration time) {
  absl::Duration end = run.clock.Monotonic() + time;
  while (run.clock.Monotonic() < end && run.failed == 0) {
    while (run.under_way < window && run.failed == 0) run.Send();
    rd_kafka_poll(run.producer, 10);
  }
}

}  // namespace

absl::StatusOr<BenchFigure> MeasureBareProducer(const std::string& bootstrap,
                                                const std::string& topic, uint32_t partitions,
                                                int window, absl::Duration time) {
  Run run;
  run.partitions = partitions;
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set_dr_msg_cb(conf, OnDelivery);
  rd_kafka_conf_set_opaque(conf, &run);
  char error[256];
  for (auto [name, value] :
       {std::pair("bootstrap.servers", bootstrap.c_str()), std::pair("enable.idempotence", "true"),
        std::pair("acks", "all"), std::pair("linger.ms", "0"), std::pair("log_level", "0")}) {
    if (rd_kafka_conf_set(conf, name, value, error, sizeof(error)) != RD_KAFKA_CONF_OK)
      return absl::InternalError(absl::StrCat("librdkafka: ", name));
  }
  std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> producer(
      rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error)), rd_kafka_destroy);
  if (producer == nullptr) return absl::UnavailableError(absl::StrCat("librdkafka: ", error));
  std::unique_ptr<rd_kafka_topic_t, void (*)(rd_kafka_topic_t*)> handle(
      rd_kafka_topic_new(producer.get(), topic.c_str(), nullptr), rd_kafka_topic_destroy);
  run.producer = producer.get();
  run.topic = handle.get();
  KeepBusy(run, window, absl::Seconds(1));  // connections, producer id
  run.measuring = true;
  absl::Duration begin = run.clock.Monotonic();
  KeepBusy(run, window, time);
  absl::Duration took = run.clock.Monotonic() - begin;
  run.measuring = false;
  rd_kafka_flush(producer.get(), 10000);
  if (run.failed > 0) return absl::UnavailableError("librdkafka: a record was not delivered");
  BenchFigure figure{"bare librdkafka, records", window, 0, run.latency.Quantile(0.5),
                     run.latency.Quantile(0.99), 0,      ""};
  figure.per_second = static_cast<double>(run.latency.count()) / absl::ToDoubleSeconds(took);
  return figure;
}

}  // namespace guitu::tools
