#include "tests/adapters/runtime/test_ports.h"

#include <limits>

#include "events/check.h"

namespace guitu::runtime {

void World::Land(events::Partition partition, std::vector<std::string> records) {
  GUITU_CHECK(log.pending() == 0);
  auto session = log.OpenSession([](std::vector<events::Delivery>) {});
  GUITU_CHECK(session.ok());
  std::vector<events::Append> appends;
  for (std::string& record : records) appends.push_back({partition, 0, std::move(record), false});
  (*session)->Enqueue(std::move(appends));
  log.DeliverAll();
}

void World::WriteGenesis() {
  for (events::Partition p = 0; p <= partitions; ++p) {
    events::Frame frame;
    frame.kind = schema::Kind::GENESIS;
    frame.log_id = kTestLog;
    frame.genesis = events::GenesisFields{p, partitions, kTestSalt, "intl", true};
    events::MetaFields meta;
    meta.recorded_at = clock.Now();
    meta.actor = "system";
    Land(p, {events::JoinRecord(events::EncodeFrame(frame), events::EncodeMeta(meta), "")});
  }
}

std::vector<std::string> World::Records(events::Partition partition) const {
  std::vector<std::string> records;
  auto status = log.Read(partition, 0, std::numeric_limits<uint64_t>::max(),
                         [&](events::Offset, absl::string_view record) {
                           records.emplace_back(record);
                           return true;
                         });
  GUITU_CHECK(status.ok());
  return records;
}

std::vector<events::Frame> World::Frames(events::Partition partition) const {
  std::vector<events::Frame> frames;
  for (const std::string& record : Records(partition)) {
    auto parts = events::SplitRecord(record);
    auto frame = parts ? events::DecodeFrame(parts->frame) : std::nullopt;
    frames.push_back(frame.value_or(events::Frame{}));
  }
  return frames;
}

}  // namespace guitu::runtime
