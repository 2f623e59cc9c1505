#include "tests/projections/history.h"

#include "absl/strings/str_cat.h"
#include "events/boxes.h"
#include "events/check.h"
#include "events/derive.h"
#include "events/schema/control.capnp.h"
#include "events/schema/rescue.capnp.h"
#include "projections/keys.h"

namespace guitu::projections {

using events::Event;
using events::MakeEvent;

namespace {

const std::string kSalt(32, 's');

}  // namespace

Event Rescue(absl::Time at) {
  return MakeEvent<schema::VictimRescued>(at, [](auto data) {
    data.initPlace().setAdmin("530921105");
    data.setPoliceCaseNo("A-1");
  });
}

Event Opening(absl::Time at) {
  return MakeEvent<schema::CaseOpened>(at, [](auto data) {
    data.initKind().setCode("victim");
    data.setOwner("MCA");
    data.setCounty("530922");
  });
}

Event Claim(absl::Time at) {
  return MakeEvent<schema::IdentityAsserted>(at, [](auto data) { data.setIdNo("1"); });
}

Event Request(absl::Time at) {
  return MakeEvent<schema::ApprovalRequested>(at, [](auto data) { data.setTarget("34"); });
}

Event Access(absl::Time at) {
  return MakeEvent<schema::RecordAccessed>(at, [](auto data) { data.setStaff("w1"); });
}

HistoryWriter::HistoryWriter(bool registry) : partition_(registry ? 1 : kPartition) { Genesis(); }

void HistoryWriter::Genesis() {
  events::Frame frame;
  frame.kind = schema::Kind::GENESIS;
  frame.log_id = kLog;
  frame.genesis = events::GenesisFields{partition_, 1, kSalt, "intl", true};
  Append(frame, {}, now_);
}

events::Frame HistoryWriter::NewFrame(schema::Kind kind) const {
  const events::EffectHead& head = state_.head;
  events::Frame frame;
  frame.kind = kind;
  frame.log_id = kLog;
  frame.epoch = head.epoch;
  frame.nonce = head.nonce;
  frame.basis_offset = head.next;
  frame.basis_chain = head.chain;
  frame.registry_offset = head.is_registry() ? 0 : head.adopted;
  return frame;
}

events::Frame HistoryWriter::CommandFrame(schema::Kind kind, events::StreamId stream) {
  events::Frame frame = NewFrame(kind);
  frame.stream = stream;
  frame.command_id = {0xc0, ++ids_};
  if (auto row = rows_.Get(StreamKey(partition_, stream))) {
    frame.expected_version = DecodeStream(*row).version;
  }
  return frame;
}

void HistoryWriter::Fence() {
  events::Frame frame = NewFrame(schema::Kind::FENCE);
  frame.epoch += 1;
  frame.nonce = {0xfe, ++ids_};
  frame.fence = events::FenceFields{0, "o", "a"};
  Append(frame, {}, now_);
}

void HistoryWriter::Adopt() {
  events::Frame frame = NewFrame(schema::Kind::REGISTRY_ADOPTED);
  frame.registry_offset = state_.head.adopted + 3;
  Append(frame, {}, now_);
}

events::SubjectId HistoryWriter::SubjectOf(events::StreamId stream) const {
  return events::SubjectOfCase(events::TestHash, kSalt, stream);
}

void HistoryWriter::Append(events::Frame frame, const std::vector<Event>& all, absl::Time at) {
  events::SealContext context;
  context.log_id = kLog;
  context.stream = frame.stream;
  context.command_id = frame.command_id;
  context.self = SubjectOf(frame.stream);
  context.key_of = [](events::SubjectId subject) { return events::TestSealer::KeyOf(subject); };
  context.other = [](absl::string_view path) { return events::SubjectId{0xf, path.size()}; };
  capnp::MallocMessageBuilder message;
  auto list = message.initRoot<schema::Payload>().initEvents(static_cast<uint>(all.size()));
  events::MetaFields meta;
  meta.recorded_at = at;
  meta.actor = "w1";
  for (uint i = 0; i < all.size(); ++i) {
    context.event_index = i;
    GUITU_CHECK(events::SealEvent(all[i], context, sealer_, list[i]).ok());
    meta.event_types.push_back(all[i].type->type);
  }
  AppendBytes(events::JoinRecord(events::EncodeFrame(frame), events::EncodeMeta(meta),
                                 events::EncodeMessage(message)));
}

void HistoryWriter::AppendBytes(std::string record) {
  RowBatch batch;
  auto folded = Fold(state_, partition_, record, rows_, events::TestHash, batch);
  GUITU_CHECK(folded.ok());
  SaveState(state_, partition_, batch);
  GUITU_CHECK(rows_.Apply(batch).ok());
  folded_.push_back(*std::move(folded));
  records_.push_back(std::move(record));
}

void HistoryWriter::AppendRandom(std::mt19937_64& random) {
  now_ += absl::Seconds(static_cast<int64_t>(random() % 5));
  events::StreamId stream{0x5, random() % 4};
  switch (random() % 16) {
    case 0:
      return Fence();
    case 1:
      return Adopt();
    case 2:
      return AppendBytes("no record at all");
    case 3:
      return AppendBytes(records_[random() % records_.size()]);  // seen, or of another time
    case 4: {
      events::Frame frame = CommandFrame(schema::Kind::COMMIT, stream);
      frame.expected_version += 1 + random() % 2;
      return Append(frame, {Claim(now_)}, now_);
    }
    case 5: {
      events::Frame frame = CommandFrame(schema::Kind::COMMIT, stream);
      frame.basis_chain.bytes[3] ^= 1;
      return Append(frame, {Claim(now_)}, now_);
    }
    case 6: {
      events::Frame frame = CommandFrame(schema::Kind::COMMIT, stream);
      frame.cancels = true;
      return Append(frame, {}, now_);
    }
    case 7:
    case 8:
      return Append(CommandFrame(schema::Kind::SIBLING, stream), {Request(now_)}, now_);
    case 9:
    case 10:
      return Append(CommandFrame(schema::Kind::ACCESS, stream), {Access(now_)}, now_);
    case 11:
      return Append(CommandFrame(schema::Kind::COMMIT, stream), {Rescue(now_)}, now_);
    case 12:
      return Append(CommandFrame(schema::Kind::COMMIT, stream), {Claim(now_), Opening(now_)}, now_);
    default:
      return Append(CommandFrame(schema::Kind::COMMIT, stream), {Claim(now_)}, now_);
  }
}

void FoldAll(const std::vector<std::string>& records, events::Partition partition, size_t size,
             memory_store::MemoryStore& rows) {
  RecentRows overlay(rows);
  FoldState state = LoadState(rows, partition);
  RowBatch batch;
  for (size_t i = state.head.next; i < records.size(); ++i) {
    size_t before = batch.changes.size();
    GUITU_CHECK(Fold(state, partition, records[i], overlay, events::TestHash, batch).ok());
    overlay.Add(batch, before);
    if ((i + 1) % size != 0 && i + 1 != records.size()) continue;
    SaveState(state, partition, batch);
    GUITU_CHECK(rows.Apply(batch).ok());
    batch.changes.clear();
    overlay.Stored();
  }
}

std::vector<std::string> AllRows(const RowReader& rows) {
  std::vector<std::string> all;
  rows.Scan("", "", [&](absl::string_view key, absl::string_view value) {
    all.push_back(absl::StrCat(key, "=", value));
    return true;
  });
  return all;
}

}  // namespace guitu::projections
