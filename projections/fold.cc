#include "projections/fold.h"

#include <kj/exception.h>

#include "absl/strings/str_cat.h"
#include "events/bytes.h"
#include "events/catalogue.h"
#include "projections/follow_ups.h"
#include "projections/keys.h"
#include "projections/registry_rows.h"

namespace guitu::projections {
namespace {

using events::Effect;

using View = void (*)(const RecordInEffect&, const RowReader&, RowBatch&);
// The views, in the order they project. One more view: one more line.
constexpr View kViews[] = {ProjectArchive, ProjectFollowUps, ProjectRegistry};

events::EffectFacts FactsFor(const FoldState& state, events::Partition partition,
                             const events::Frame& frame, const RowReader& rows) {
  events::EffectFacts facts;
  // A basis is nearly always the newest; only then is no row read for it.
  if (frame.basis_offset == state.head.next) {
    facts.chain_at_basis = state.head.chain;
  } else if (frame.basis_offset < state.head.next) {
    facts.chain_at_basis = ChainAt(rows, partition, frame.basis_offset);
  }
  if (auto row = rows.Get(StreamKey(partition, frame.stream)))
    facts.version = DecodeStream(*row).version;
  if (auto row = rows.Get(ResultKey(partition, frame.stream, frame.command_id))) {
    facts.result = events::DecodeResult(*row);
  }
  return facts;
}

bool IsCommand(schema::Kind kind) {
  return kind == schema::Kind::COMMIT || kind == schema::Kind::ACCESS ||
         kind == schema::Kind::SIBLING;
}

// Version, numbering and result of a command in effect.
void ProjectCommand(RecordInEffect& record, const RowReader& rows, RowBatch& out) {
  const events::Frame& frame = record.frame;
  StreamRow stream;
  std::string key = StreamKey(record.partition, frame.stream);
  if (auto row = rows.Get(key)) stream = DecodeStream(*row);
  uint32_t& numbered = frame.kind == schema::Kind::COMMIT    ? stream.events
                       : frame.kind == schema::Kind::SIBLING ? stream.siblings
                                                             : stream.accesses;
  record.first_number = numbered + 1;
  numbered += record.payload.getEvents().size();
  if (events::RaisesVersion(frame.kind)) stream.version += 1;
  record.version_after = stream.version;
  out.Put(std::move(key), EncodeStream(stream));
  if (events::StoresResult(frame.kind)) {
    out.Put(
        ResultKey(record.partition, frame.stream, frame.command_id),
        events::EncodeResult({record.offset, stream.version, frame.request_hash, frame.cancels}));
  }
}

// Sets `recorded_at` and the version after the record.
absl::Status ProjectRecord(const FoldState& before, events::Partition partition,
                           const events::RecordView& bytes, const RowReader& rows, RowBatch& out,
                           Folded& folded, absl::Time& recorded_at) {
  auto meta = events::DecodeMeta(bytes.meta);
  if (!meta.ok()) return meta.status();
  recorded_at = meta->recorded_at;
  for (uint16_t type : meta->event_types) {
    if (events::Catalogue::Get().FindByType(type) != nullptr) continue;
    return absl::DataLossError(absl::StrCat("an event of row ", events::RowOfType(type),
                                            " is newer than this program: partition ", partition,
                                            " stops at offset ", folded.offset));
  }
  if (!IsCommand(folded.frame->kind)) return absl::OkStatus();
  events::SegmentReader payload(bytes.payload);
  auto failure = kj::runCatchingExceptions([&] {
    RecordInEffect record{partition,
                          folded.offset,
                          before.head.is_registry(),
                          *folded.frame,
                          bytes,
                          meta->recorded_at,
                          payload.Root<schema::Payload>(),
                          0,
                          0,
                          folded.frame->kind != schema::Kind::COMMIT};
    ProjectCommand(record, rows, out);
    folded.version = record.version_after;
    for (View view : kViews) view(record, rows, out);
  });
  if (failure != nullptr) return absl::DataLossError("the payload of a record does not read");
  return absl::OkStatus();
}

// Head, tree and chain after the leaf.
void Move(FoldState& state, events::Partition partition, const Folded& folded,
          events::HashFunction hash, RowBatch& out) {
  state.head =
      events::Advance(std::move(state.head), folded.frame, folded.effect, folded.leaf, hash);
  state.edge.Append(folded.leaf, hash);
  out.Put(LeafKey(partition, folded.offset),
          events::ByteWriter().Hash(folded.leaf).Hash(state.head.chain).Take());
}

}  // namespace

std::optional<std::string> RecentRows::Get(absl::string_view key) const {
  if (auto it = young_.find(key); it != young_.end()) return it->second;
  auto kept = old_.find(key);
  return young_.emplace(key, kept != old_.end() ? kept->second : base_.Get(key)).first->second;
}

void RecentRows::Scan(absl::string_view prefix, absl::string_view from,
                      const Visitor& visit) const {
  base_.Scan(prefix, from, visit);
}

void RecentRows::Add(const RowBatch& batch, size_t from) {
  for (size_t i = from; i < batch.changes.size(); ++i)
    young_[batch.changes[i].first] = batch.changes[i].second;
}

void RecentRows::Stored() {
  if (young_.size() <= kKept) return;
  old_ = std::move(young_);
  young_.clear();
}

FoldState LoadState(const RowReader& rows, events::Partition partition) {
  FoldState state;
  auto row = rows.Get(PositionKey(partition));
  if (!row) return state;
  events::ByteReader in(*row);
  auto head = events::DecodeHead(in.String());
  auto edge = events::MerkleEdge::Decode(in.String());
  int64_t last = static_cast<int64_t>(in.U64());
  if (!head || !edge || !in.ok()) return state;
  state.head = *std::move(head);
  state.edge = *std::move(edge);
  if (last != 0) state.last_recorded = absl::FromUnixMicros(last);
  return state;
}

void SaveState(const FoldState& state, events::Partition partition, RowBatch& out) {
  int64_t last =
      state.last_recorded == absl::InfinitePast() ? 0 : absl::ToUnixMicros(state.last_recorded);
  out.Put(PositionKey(partition), events::ByteWriter()
                                      .String(events::EncodeHead(state.head))
                                      .String(state.edge.Encode())
                                      .U64(static_cast<uint64_t>(last))
                                      .Take());
}

absl::StatusOr<Folded> Fold(FoldState& state, events::Partition partition, absl::string_view record,
                            const RowReader& rows, events::HashFunction hash, RowBatch& out) {
  Folded folded;
  folded.offset = state.head.next;
  auto bytes = events::SplitRecord(record);
  if (bytes) folded.frame = events::DecodeFrame(bytes->frame);
  folded.leaf = LeafOfRecord(record, hash);
  events::EffectFacts facts;
  if (folded.frame) facts = FactsFor(state, partition, *folded.frame, rows);
  folded.effect = events::Judge(state.head, facts, folded.frame);
  folded.version = facts.version;
  folded.earlier = facts.result;
  if (folded.effect == Effect::kInEffect) {
    absl::Time recorded_at;
    auto status = ProjectRecord(state, partition, *bytes, rows, out, folded, recorded_at);
    if (!status.ok()) return status;  // the state is as it was: the partition stops here
    state.last_recorded = std::max(state.last_recorded, recorded_at);
  }
  Move(state, partition, folded, hash, out);
  return folded;
}

// Foreign bytes still stand in the log: their leaf is over what is there.
events::Hash256 LeafOfRecord(absl::string_view record, events::HashFunction hash) {
  auto bytes = events::SplitRecord(record);
  return bytes ? events::LeafOf(hash, *bytes) : events::LeafOf(hash, {record, {}, {}});
}

void FoldGap(FoldState& state, events::Partition partition, events::Offset until,
             events::HashFunction hash, RowBatch& out) {
  Folded gap;
  gap.leaf = events::GapLeaf(hash);
  while (state.head.next < until) {
    gap.offset = state.head.next;
    Move(state, partition, gap, hash, out);
  }
}

std::optional<events::Hash256> ChainAt(const RowReader& rows, events::Partition partition,
                                       uint64_t count) {
  if (count == 0) return events::Hash256{};
  auto row = rows.Get(LeafKey(partition, count - 1));
  if (!row || row->size() != 64) return std::nullopt;
  return events::HashFromBytes(absl::string_view(*row).substr(32));
}

}  // namespace guitu::projections
