#include "tests/adapters/runtime/test_ports.h"

#include <limits>

#include "events/check.h"

namespace guitu::runtime {

World::World(uint32_t partition_count, uint64_t seed, const LogKind& kind)
    : partitions(partition_count),
      log(partition_count + 1, {.one_session = false}),
      backing(kind.make ? kind.make(partition_count + 1) : nullptr),
      scripted(backing ? std::make_unique<ScriptedLog>(log, *backing) : nullptr),
      bits(seed) {}

void World::Land(events::Partition partition, std::vector<std::string> records) {
  std::vector<events::Append> appends;
  for (std::string& record : records) appends.push_back({partition, 0, std::move(record), false});
  Land(std::move(appends));
}

void World::Land(std::vector<events::Append> appends) {
  GUITU_CHECK(log.pending() == 0);
  auto session = node_log().OpenSession([](std::vector<events::Delivery>) {});
  GUITU_CHECK(session.ok());
  (*session)->Enqueue(std::move(appends));
  log.DeliverAll();
}

events::Offset World::End(events::Partition partition) const {
  auto end = node_log().End(partition);
  GUITU_CHECK(end.ok());
  return *end;
}

void World::WriteGenesis() {
  std::vector<events::Append> appends;
  for (events::Partition p = 0; p <= partitions; ++p) {
    events::Frame frame;
    frame.kind = schema::Kind::GENESIS;
    frame.log_id = kTestLog;
    frame.genesis = events::GenesisFields{p, partitions, kTestSalt, "intl", true};
    events::MetaFields meta;
    meta.recorded_at = clock.Now();
    meta.actor = "system";
    appends.push_back({p, 0,
                       events::JoinRecord(events::EncodeFrame(frame), events::EncodeMeta(meta), ""),
                       false});
  }
  Land(std::move(appends));
}

std::vector<std::string> World::Records(events::Partition partition) const {
  std::vector<std::string> records;
  auto status = node_log().Read(partition, 0, std::numeric_limits<uint64_t>::max(),
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
