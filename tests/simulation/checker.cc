// The judge: folds the log anew, alone, and holds the history against it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "events/effect.h"
#include "projections/fold.h"
#include "projections/keys.h"
#include "tests/simulation/simulation.h"

namespace guitu::simulation {
namespace {

struct InEffect {
  events::Partition partition = 0;
  events::Offset offset = 0;
  events::Frame frame;
  events::MetaFields meta;
};

// A second life of the log, record by record, each batch stored before the next.
struct Rebuilt {
  memory_store::MemoryStore rows;
  std::vector<InEffect> records;
  bool readable = true;

  explicit Rebuilt(const runtime::World& world) {
    for (events::Partition p = 0; p <= world.partitions; ++p) {
      projections::FoldState state;
      for (const std::string& record : world.Records(p)) {
        projections::RowBatch batch;
        auto folded = projections::Fold(state, p, record, rows, events::TestHash, batch);
        readable &= folded.ok();
        if (!folded.ok()) break;
        projections::SaveState(state, p, batch);
        readable &= rows.Apply(batch).ok();
        if (folded->effect != events::Effect::kInEffect) continue;
        auto meta = events::DecodeMeta(events::SplitRecord(record)->meta);
        records.push_back({p, folded->offset, *folded->frame, *meta});
      }
    }
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
    auto access = std::find_if(rebuilt.records.begin(), rebuilt.records.end(), [&](const auto& r) {
      return r.partition == shown.partition && r.offset == shown.offset &&
             r.frame.kind == schema::Kind::ACCESS && r.frame.stream == shown.stream;
    });
    if (access == rebuilt.records.end()) {
      out.push_back("a read was released without its access record in effect");
      continue;
    }
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

void CheckRevocations(const History& history, const Rebuilt& rebuilt,
                      std::vector<std::string>& out) {
  for (const Revoked& revoked : history.revoked) {
    for (const InEffect& record : rebuilt.records) {
      if (record.partition >= Simulation::kPartitions || record.meta.actor != revoked.staff)
        continue;
      if (record.offset < revoked.ends[record.partition] || record.frame.cancels) continue;
      bool denial = record.frame.kind == schema::Kind::ACCESS &&
                    record.meta.event_types.front() == *events::TypeOfRow("103");
      if (!denial) out.push_back("a revoked user acts");
    }
  }
}

}  // namespace

std::vector<std::string> Violations(Simulation& simulation) {
  std::vector<std::string> out = simulation.history().violations;
  Rebuilt rebuilt(simulation.world());
  if (!rebuilt.readable) out.push_back("the log does not fold");
  CheckCommands(simulation.history(), rebuilt, out);
  CheckReads(simulation.history(), rebuilt, out);
  CheckRevocations(simulation.history(), rebuilt, out);
  if (AllRows(simulation.world().store) != AllRows(rebuilt.rows)) {
    out.push_back("the live rows are not those that the log gives");
  }
  return out;
}

}  // namespace guitu::simulation
