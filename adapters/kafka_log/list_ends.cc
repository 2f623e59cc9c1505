#include "adapters/kafka_log/list_ends.h"

#include <map>

#include "absl/strings/str_cat.h"

namespace guitu::kafka_log {
namespace {

using List = Owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using AdminOptions = Owned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;

}  // namespace

absl::StatusOr<std::vector<events::Offset>> ListEnds(const Client& client, const Cluster& cluster,
                                                     absl::Span<const events::Partition> partitions,
                                                     absl::Duration patience) {
  const List wanted(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (events::Partition p : partitions) {
    rd_kafka_topic_partition_list_add(wanted.get(), cluster.topic.c_str(), static_cast<int32_t>(p))
        ->offset = RD_KAFKA_OFFSET_SPEC_LATEST;
  }
  const AdminOptions options(
      rd_kafka_AdminOptions_new(client.handle.get(), RD_KAFKA_ADMIN_OP_LISTOFFSETS));
  char error[256];
  rd_kafka_AdminOptions_set_request_timeout(options.get(), Milliseconds(patience), error,
                                            sizeof(error));
  const Queue queue(rd_kafka_queue_new(client.handle.get()));
  rd_kafka_ListOffsets(client.handle.get(), wanted.get(), options.get(), queue.get());
  const Event event(rd_kafka_queue_poll(queue.get(), Milliseconds(patience + absl::Seconds(1))));
  if (event == nullptr) return absl::UnavailableError("kafka: the ends of the log: silence");
  if (auto code = rd_kafka_event_error(event.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return KafkaStatus("the ends of the log", code, rd_kafka_event_error_string(event.get()));
  size_t count = 0;
  const rd_kafka_ListOffsetsResultInfo_t** infos =
      rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(event.get()), &count);
  std::map<int32_t, events::Offset> found;
  for (size_t i = 0; i < count; ++i) {
    const rd_kafka_topic_partition_t* at = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[i]);
    if (at->err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return KafkaStatus(absl::StrCat("the end of partition ", at->partition), at->err);
    // A broker that was not there leaves its partitions without an end and without an error.
    if (at->offset >= 0) found[at->partition] = static_cast<events::Offset>(at->offset);
  }
  std::vector<events::Offset> ends;
  for (events::Partition p : partitions) {
    auto it = found.find(static_cast<int32_t>(p));
    if (it == found.end())
      return absl::UnavailableError(absl::StrCat("kafka: the end of partition ", p, ": no answer"));
    ends.push_back(it->second);
  }
  return ends;
}

}  // namespace guitu::kafka_log
