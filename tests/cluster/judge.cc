#include "tests/cluster/judge.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "adapters/crypto/sha256.h"
#include "events/derive.h"
#include "projections/fold.h"

namespace guitu::cluster {

using kill::Act;

namespace {

events::StreamId StreamOf(const std::string& path) {
  return events::ParseId<events::StreamId>(absl::StripPrefix(path, "/v1/cases/"))
      .value_or(events::StreamId{});
}

std::string Name(const Act& act) {
  return absl::StrCat(act.staff, " ", act.key, " ", act.path, " ", act.receipt, ": ");
}

bool IsCommand(const events::Frame& frame) {
  return frame.kind == schema::Kind::COMMIT || frame.kind == schema::Kind::SIBLING;
}

}  // namespace

std::string Judge::InEffect::receipt() const { return absl::StrCat(partition, "/", offset); }

absl::StatusOr<Judge> Judge::Read(const events::EventLog& log) {
  Judge judge;
  for (events::Partition p = 0; p < log.partition_count(); ++p) {
    memory_store::MemoryStore rows;
    projections::FoldState state;
    absl::Status failure;
    auto fold = [&](events::Offset offset, absl::string_view record) {
      projections::RowBatch batch;
      projections::FoldGap(state, p, offset, crypto::Sha256, batch);
      auto folded = projections::Fold(state, p, record, rows, crypto::Sha256, batch);
      failure = folded.status();
      if (failure.ok()) failure = rows.Apply(batch);
      if (failure.ok()) failure = rows.Flush();
      if (!failure.ok()) return false;
      ++judge.records_;
      ++judge.effects_[std::string(events::NameOf(folded->effect))];
      if (folded->effect != events::Effect::kInEffect) return true;
      auto parts = events::SplitRecord(record);
      auto meta = events::DecodeMeta(parts->meta);
      failure = meta.status();
      if (!failure.ok()) return false;
      if (folded->frame->genesis) judge.salt_ = folded->frame->genesis->salt;
      judge.in_effect_.push_back(
          {p, offset, *folded->frame, meta->actor, !meta->event_types.empty()});
      return true;
    };
    auto status = log.Read(p, 0, ~uint64_t{0}, fold);
    if (!status.ok()) return status;
    if (!failure.ok()) return failure;
  }
  for (const InEffect& record : judge.in_effect_) {
    judge.by_receipt_[record.receipt()] = &record;
    judge.by_stream_[record.frame.stream].push_back(&record);
  }
  return absl::StatusOr<Judge>(std::move(judge));
}

events::CommandId Judge::IdOf(const Act& act) const {
  return events::CommandIdOf(crypto::Sha256, salt_, act.staff, act.key);
}

std::vector<std::string> Judge::Violations(const std::vector<Act>& acts) const {
  Out out;
  ByCommand commands;
  for (const InEffect& record : in_effect_) {
    if (IsCommand(record.frame)) commands[record.frame.command_id].push_back(&record);
  }
  for (const Act& act : acts) {
    if (act.kind == Act::Kind::kListed) continue;
    if (act.kind == Act::Kind::kShown) {
      JudgeRead(act, out);
    } else {
      JudgeCommand(act, commands, out);
    }
    if (act.kind == Act::Kind::kConflict) JudgeConflict(act, out);
  }
  JudgeUnasked(acts, out);
  JudgeLists(acts, out);
  JudgeOrder(acts, out);
  return out;
}

void Judge::JudgeCommand(const Act& act, const ByCommand& commands, Out& out) const {
  auto it = commands.find(IdOf(act));
  const size_t found = it == commands.end() ? 0 : it->second.size();
  if (found > 1) out.push_back(Name(act) + "took effect twice");
  if (act.kind == Act::Kind::kConflict || act.kind == Act::Kind::kRefused) {
    if (found != 0) out.push_back(Name(act) + "was denied and is in effect");
    return;
  }
  if (found == 0) return out.push_back(Name(act) + "was acknowledged and is lost");
  const InEffect& record = *it->second.front();
  if (record.receipt() != act.receipt || record.frame.stream != StreamOf(act.path))
    out.push_back(absl::StrCat(Name(act), "a wrong receipt, it stands at ", record.receipt()));
  if (record.frame.expected_version + 1 != act.version)
    out.push_back(absl::StrCat(Name(act), "a wrong version, ", act.version));
  if (record.frame.cancels != (act.kind == Act::Kind::kCancelled))
    out.push_back(Name(act) + "a cancelled one is in effect, or the other way round");
}

// Somebody else had really been quicker.
void Judge::JudgeConflict(const Act& act, Out& out) const {
  auto it = by_stream_.find(StreamOf(act.path));
  bool passed = false;
  for (const InEffect* record :
       it == by_stream_.end() ? std::vector<const InEffect*>{} : it->second) {
    passed |= events::RaisesVersion(record->frame.kind) &&
              record->frame.expected_version + 1 == act.version;
  }
  if (act.version <= act.expected || !passed)
    out.push_back(absl::StrCat(Name(act), "a conflict on version ", act.expected,
                               " with a version that is none: ", act.version));
}

void Judge::JudgeRead(const Act& act, Out& out) const {
  auto it = by_receipt_.find(act.receipt);
  if (it == by_receipt_.end() || it->second->frame.kind != schema::Kind::ACCESS ||
      it->second->frame.stream != StreamOf(act.path) || it->second->actor != act.staff) {
    return out.push_back(Name(act) + "a read without its access record in effect");
  }
  const InEffect& access = *it->second;
  if (access.frame.expected_version != act.version)
    out.push_back(Name(act) + "a read of another version than its record's");
  std::vector<std::string> expected;
  for (const InEffect* record : by_stream_.at(access.frame.stream)) {
    if (record->frame.kind == schema::Kind::COMMIT && record->has_events &&
        record->offset < access.offset)
      expected.push_back(record->receipt());
  }
  if (expected != act.shown) {
    out.push_back(absl::StrCat(Name(act), "a read of ", act.shown.size(), " events where ",
                               expected.size(), " were in effect, or others"));
  }
}

// Commands of the clients' people, in the cases that they had to do with.
void Judge::JudgeUnasked(const std::vector<Act>& acts, Out& out) const {
  std::set<events::CommandId> asked;
  std::set<std::string> people;
  for (const Act& act : acts) {
    bool took = act.kind == Act::Kind::kDone || act.kind == Act::Kind::kCancelled;
    if (!took) continue;
    asked.insert(IdOf(act));
    people.insert(act.staff);
  }
  for (const InEffect& record : in_effect_) {
    if (IsCommand(record.frame) && people.contains(record.actor) &&
        !asked.contains(record.frame.command_id))
      out.push_back(absl::StrCat(record.receipt(), ": in effect, and nobody was told so"));
  }
}

void Judge::JudgeLists(const std::vector<Act>& acts, Out& out) {
  for (const Act& list : acts) {
    if (list.kind != Act::Kind::kListed) continue;
    const std::set<std::string> shown(list.shown.begin(), list.shown.end());
    for (const Act& act : acts) {
      if (act.kind == Act::Kind::kDone && act.end < list.begin && !shown.contains(act.path))
        out.push_back(Name(act) + "a list that was asked for later does not have the case");
    }
  }
}

void Judge::JudgeOrder(const std::vector<Act>& acts, Out& out) {
  std::map<std::string, std::vector<std::pair<uint64_t, const Act*>>> partitions;
  for (const Act& act : acts) {
    if (act.receipt.empty()) continue;
    const std::vector<std::string> parts = absl::StrSplit(act.receipt, '/');
    uint64_t offset = 0;
    if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &offset)) {
      out.push_back(Name(act) + "no receipt");
    } else {
      partitions[parts[0]].emplace_back(offset, &act);
    }
  }
  for (auto& [partition, all] : partitions) {
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    const Act* latest = nullptr;  // of those before in the log, the one that began last
    for (const auto& [offset, act] : all) {
      if (latest != nullptr && act->end < latest->begin)
        out.push_back(absl::StrCat(Name(*act), "stands behind ", latest->receipt,
                                   ", which was asked for after this had ended"));
      if (latest == nullptr || act->begin > latest->begin) latest = act;
    }
  }
}

}  // namespace guitu::cluster
