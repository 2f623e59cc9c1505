#include "tests/simulation/checker.h"

#include <algorithm>
#include <limits>
#include <set>

#include "absl/strings/str_cat.h"
#include "events/effect.h"
#include "events/schema/aftercare.capnp.h"
#include "events/values.h"
#include "projections/fold.h"
#include "projections/follow_ups.h"
#include "projections/keys.h"

namespace guitu::simulation {
namespace {

struct InEffect {
  events::Partition partition = 0;
  events::Offset offset = 0;
  events::Frame frame;
  events::MetaFields meta;
  uint32_t missed = 0;  // the visit that a 59 names
};

bool IsOf(const InEffect& record, absl::string_view row) {
  const auto& types = record.meta.event_types;
  return !types.empty() && types.front() == *events::TypeOfRow(row);
}

uint32_t MissedVisit(absl::string_view payload) {
  events::SegmentReader reader(payload);
  auto event = reader.Root<schema::Payload>().getEvents()[0];
  return event.getData().getAs<schema::FollowUpMissed>().getOf().getSequence();
}

// A second life of the log, record by record, each batch stored before the next.
struct Rebuilt {
  memory_store::MemoryStore rows;
  std::vector<InEffect> records;
  bool readable = true;

  explicit Rebuilt(const runtime::World& world) {
    for (events::Partition p = 0; p <= world.partitions; ++p) {
      projections::FoldState state;
      auto fold = [&](events::Offset offset, absl::string_view record) {
        FoldGap(state, p, offset);
        readable &= FoldOne(state, p, record);
        return readable;
      };
      readable &= world.log.Read(p, 0, std::numeric_limits<uint64_t>::max(), fold).ok();
      FoldGap(state, p, *world.log.End(p));
    }
  }

  void FoldGap(projections::FoldState& state, events::Partition p, events::Offset until) {
    if (state.head.next >= until) return;
    projections::RowBatch batch;
    projections::FoldGap(state, p, until, events::TestHash, batch);
    projections::SaveState(state, p, batch);
    readable &= rows.Apply(batch).ok();
  }

  bool FoldOne(projections::FoldState& state, events::Partition p, absl::string_view record) {
    projections::RowBatch batch;
    auto folded = projections::Fold(state, p, record, rows, events::TestHash, batch);
    if (!folded.ok()) return false;
    projections::SaveState(state, p, batch);
    if (!rows.Apply(batch).ok()) return false;
    if (folded->effect != events::Effect::kInEffect) return true;
    auto parts = events::SplitRecord(record);
    auto meta = events::DecodeMeta(parts->meta);
    records.push_back({p, folded->offset, *folded->frame, *meta, 0});
    if (IsOf(records.back(), "59")) records.back().missed = MissedVisit(parts->payload);
    return true;
  }
};

std::vector<std::string> AllRows(const projections::RowReader& rows) {
  std::vector<std::string> all;
  rows.Scan("", "", [&](absl::string_view key, absl::string_view value) {
    all.push_back(absl::StrCat(key, "=", value));
    return true;
  });
  return all;
}

bool IsCommand(const InEffect& record) {
  return record.frame.kind == schema::Kind::COMMIT || record.frame.kind == schema::Kind::SIBLING;
}

void CheckCommands(const History& history, const Rebuilt& rebuilt, std::vector<std::string>& out) {
  for (const Command& command : history.commands) {
    std::vector<const InEffect*> found;
    for (const InEffect& record : rebuilt.records) {
      if (IsCommand(record) && record.frame.command_id == command.id) found.push_back(&record);
    }
    if (found.size() > 1) out.push_back("a command took effect twice");
    bool acted = !found.empty() && !found[0]->frame.cancels;
    if (command.done && !acted) out.push_back("an acknowledged command is lost");
    if (command.done && acted && found[0]->offset != *command.done)
      out.push_back("a wrong receipt");
    if (command.denied && acted) out.push_back("a command was denied and is in effect");
    if (command.cancelled && acted) out.push_back("a command was cancelled and is in effect");
  }
}

void CheckReads(const History& history, const Rebuilt& rebuilt, std::vector<std::string>& out) {
  for (const Shown& shown : history.shown) {
    if (shown.revoked) out.push_back("a revoked user is shown a case");
    auto access = std::find_if(rebuilt.records.begin(), rebuilt.records.end(), [&](const auto& r) {
      return r.partition == shown.partition && r.offset == shown.offset &&
             r.frame.kind == schema::Kind::ACCESS && r.frame.stream == shown.stream;
    });
    if (access == rebuilt.records.end()) {
      out.push_back("a read was released without its access record in effect");
      continue;
    }
    if (access->meta.actor != shown.staff) out.push_back("a read is recorded as another's");
    if (shown.after && shown.offset <= *shown.after)
      out.push_back("a read shows less than was acknowledged before it");
    if (access->frame.expected_version != shown.version) out.push_back("a read of another version");
    std::vector<std::string> rows;
    std::string prefix = projections::EventPrefix(shown.partition, 'E', shown.stream);
    rebuilt.rows.Scan(prefix, prefix, [&](absl::string_view, absl::string_view value) {
      if (projections::DecodeEventRow(value)->offset < shown.offset) rows.emplace_back(value);
      return true;
    });
    if (rows != shown.rows) out.push_back("a read shows another state than that at its record");
  }
}

// Once the set-up has ended no unit is set without an approval of its own, in effect before it.
void CheckFourEyes(const Rebuilt& rebuilt, std::vector<std::string>& out) {
  bool ended = false;
  std::map<events::StreamId, int> left;
  for (const InEffect& record : rebuilt.records) {
    if (record.partition != kPartitions || !IsCommand(record)) continue;
    ended |= IsOf(record, "107g");
    if (IsOf(record, "98b")) left[record.frame.stream] += 1;
    if (ended && IsOf(record, "90") && --left[record.frame.stream] < 0)
      out.push_back("a unit was set without an approval");
  }
}

void CheckRevocations(const History& history, const Rebuilt& rebuilt,
                      std::vector<std::string>& out) {
  for (const Revoked& revoked : history.revoked) {
    for (const InEffect& record : rebuilt.records) {
      if (record.partition >= kPartitions || record.meta.actor != revoked.staff) continue;
      if (record.offset < revoked.ends[record.partition] || record.frame.cancels) continue;
      bool denial = record.frame.kind == schema::Kind::ACCESS &&
                    record.meta.event_types.front() == *events::TypeOfRow("103");
      if (!denial) out.push_back("a revoked user acts");
    }
  }
}

// Each visit is missed once at most, and by the end each that ought to be; the set-up rights end
// once.
void CheckActsOfTheSoftware(const Rebuilt& rebuilt, absl::CivilDay today,
                            std::vector<std::string>& out) {
  std::set<std::pair<events::StreamId, uint32_t>> missed;
  int bootstraps = 0;
  for (const InEffect& record : rebuilt.records) {
    bootstraps += IsOf(record, "107g") ? 1 : 0;
    if (record.missed == 0) continue;
    if (!missed.emplace(record.frame.stream, record.missed).second)
      out.push_back("a visit is missed twice");
  }
  if (bootstraps > 1) out.push_back("the set-up rights end twice");
  bool opened = false;
  for (events::Partition p = 0; p < kPartitions; ++p) {
    std::string visits = projections::VisitPrefix(p);
    rebuilt.rows.Scan(visits, visits, [&](absl::string_view, absl::string_view value) {
      opened = true;
      auto visit = projections::DecodeVisit(value);
      // Step 3: no days of grace.
      if (projections::StatusOf(*visit, today) == projections::VisitStatus::kOverdue)
        out.push_back("a missed visit is not recorded");
      return true;
    });
  }
  if (opened && bootstraps == 0) out.push_back("the set-up rights never end");
}

}  // namespace

std::vector<std::string> Violations(const History& history, const runtime::World& world,
                                    const std::vector<const projections::RowReader*>& nodes) {
  std::vector<std::string> out = history.violations;
  Rebuilt rebuilt(world);
  if (!rebuilt.readable) out.push_back("the log does not fold");
  CheckCommands(history, rebuilt, out);
  CheckReads(history, rebuilt, out);
  CheckRevocations(history, rebuilt, out);
  CheckFourEyes(rebuilt, out);
  CheckActsOfTheSoftware(rebuilt, absl::ToCivilDay(world.clock.Now(), events::ChinaTime()), out);
  const std::vector<std::string> rows = AllRows(rebuilt.rows);
  for (const projections::RowReader* node : nodes) {
    if (AllRows(*node) != rows) out.push_back("the live rows are not those that the log gives");
  }
  return out;
}

}  // namespace guitu::simulation
