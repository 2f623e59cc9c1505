#include "adapters/app/move.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/app/copy_log.h"
#include "adapters/app/create.h"
#include "adapters/app/move_places.h"
#include "adapters/app/move_records.h"
#include "adapters/app/paths.h"
#include "adapters/app/refold.h"
#include "adapters/crypto/random.h"
#include "adapters/crypto/root_key.h"
#include "adapters/crypto/sha256.h"
#include "events/derive.h"

namespace guitu::app {
namespace {

using events::Offset;
using events::Partition;

// Fences of nodes that still run may come before ours; each costs one more try.
constexpr int kFenceTries = 20;
// No owner takes a fence with it for a ghost that it may pass (protocol.md, G3).
constexpr uint64_t kNewestGeneration = std::numeric_limits<uint64_t>::max();

// Behind the standing fence of a partition. Only void records can be between it and the end, so it
// is near.
absl::StatusOr<Offset> EndOfLastFence(const events::EventLog& log, Partition partition,
                                      const events::EffectHead& head) {
  std::optional<Offset> found;
  for (uint64_t back = 64; !found; back *= 8) {
    const Offset from = head.next - std::min<uint64_t>(back, head.next);
    auto status = log.Read(partition, from, head.next - from, [&](Offset at, absl::string_view r) {
      auto parts = events::SplitRecord(r);
      auto frame = parts ? events::DecodeFrame(parts->frame) : std::nullopt;
      bool it = frame && frame->kind == schema::Kind::FENCE && frame->epoch == head.epoch &&
                frame->nonce == head.nonce;
      if (it) found = at + 1;
      return !found;
    });
    if (!status.ok()) return status;
    if (!found && from == 0)
      return absl::DataLossError(absl::StrCat("partition ", partition, ": no fence stands"));
  }
  return *found;
}

class Move {
 public:
  explicit Move(const MoveOptions& options) : options_(options) {}

  absl::StatusOr<MoveReport> Run() {
    const absl::Duration begin = options_.clock->Monotonic();
    for (auto step : {&Move::OpenBoth, &Move::FenceOwners, &Move::CopyAll, &Move::Compare,
                      &Move::EndSource, &Move::Compare, &Move::Restore, &Move::Finish}) {
      if (auto status = (this->*step)(); !status.ok()) return status;
    }
    report_.took = options_.clock->Monotonic() - begin;
    return report_;
  }

 private:
  absl::Status OpenBoth();
  absl::Status CheckMovedHere(const std::string& id) const;
  absl::Status FenceOwners();
  absl::Status CopyAll();
  absl::Status Copy(Partition partition, Offset until);
  absl::Status EndSource();
  absl::Status EndPartition(Partition partition, LogWriter& writer);
  absl::Status Compare();
  absl::Status ComparePartition(Partition partition);
  absl::Status Restore();
  absl::Status Finish();

  absl::Status GoOn() const {
    if (!options_.go_on || options_.go_on()) return absl::OkStatus();
    return absl::CancelledError("interrupted: run the same command again, it goes on from here");
  }
  void Progress(absl::string_view step, uint64_t done, uint64_t total) const {
    if (options_.progress) options_.progress(step, done, total);
  }
  events::EffectHead& SourceHead(Partition partition) { return source_.states[partition].head; }
  bool Restored(Partition partition) {
    return target_.states[partition].head.generation == SourceHead(partition).generation + 1;
  }
  events::Nonce NonceOfLastFence(const std::string& id, Partition partition,
                                 events::Epoch epoch) const {
    return events::DeriveId<events::Nonce>(crypto::Sha256, id, "moved",
                                           {absl::StrCat(partition), absl::StrCat(epoch)});
  }

  const MoveOptions& options_;
  crypto::Secret root_key_;
  OpenPlace source_;
  OpenPlace target_;
  std::unique_ptr<LogWriter> to_target_;
  Mark mark_;
  Restoration restoration_;
  std::vector<Offset> copied_;  // up to here both are the same, by partition
  uint32_t count_ = 0;          // partitions
  uint64_t records_there_ = 0;  // in the source
  MoveReport report_;
};

absl::Status Move::OpenBoth() {
  auto root_key = crypto::ReadRootKey(options_.root_key_file);
  if (!root_key.ok()) return root_key.status();
  root_key_ = *std::move(root_key);
  auto source = OpenSource(options_, root_key_);
  if (!source.ok()) return source.status();
  source_ = *std::move(source);
  count_ = source_.log->partition_count();
  for (Partition p = 0; p < count_; ++p) {
    if (auto status = GoOn(); !status.ok()) return status;
    if (auto status = source_.Fold(p); !status.ok()) return status;
    records_there_ += SourceHead(p).next;
    Progress("reading the source", p + 1, count_);
  }
  const events::LogId log_id = SourceHead(0).log_id;
  if (auto status = CheckGate(options_.from, source_, log_id); !status.ok()) return status;
  auto approvers = CheckApprovers(options_, source_);
  if (!approvers.ok()) return approvers.status();
  auto mark = ReadMark(options_.to.data_dir);
  if (!mark.ok()) return mark.status();
  if (auto status = CheckMovedHere(*mark ? (*mark)->id : ""); !status.ok()) return status;
  if (auto status = GoOn(); !status.ok()) return status;
  auto target = OpenTarget(options_, source_);
  if (!target.ok()) return target.status();
  mark_ = std::move(target->mark);
  target_ = std::move(target->place);
  auto writer = LogWriter::Open(*target_.log);
  if (!writer.ok()) return writer.status();
  to_target_ = *std::move(writer);
  restoration_ = {mark_.id, *std::move(approvers)};
  copied_.resize(count_);
  report_.to = mark_.address;
  report_.partitions = count_;
  for (const aggregates::Actor& actor : restoration_.approvers)
    report_.approvers.push_back(actor.staff);
  return absl::OkStatus();
}

// A source that has begun to move goes on to the same target, or nowhere.
absl::Status Move::CheckMovedHere(const std::string& id) const {
  const std::string address = AddressOf(options_.to);
  for (Partition p = 0; p < count_; ++p) {
    const events::EffectHead& head = source_.states[p].head;
    if (!events::HasMoved(head)) continue;
    // On Kafka the address is the target. An embedded one has nothing of its own but the id.
    bool here = head.address == address &&
                (options_.to.kafka || head.nonce == NonceOfLastFence(id, p, head.epoch));
    if (here) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("the log has been moved to ", head.address,
                     head.address == address ? ", which is another directory than this one" : ""));
  }
  return absl::OkStatus();
}

// Owners that still run stand down now, and not in the middle of the last fences.
absl::Status Move::FenceOwners() {
  if (!options_.from.kafka) return absl::OkStatus();
  auto writer = LogWriter::Open(*source_.log);
  if (!writer.ok()) return writer.status();
  const events::FenceFields fence{kNewestGeneration, absl::StrCat("move-", mark_.id), ""};
  for (Partition p = 0; p < count_; ++p) {
    if (events::HasMoved(SourceHead(p))) continue;
    if (auto status = GoOn(); !status.ok()) return status;
    auto nonce = crypto::RandomId<events::Nonce>();
    auto at = (*writer)->Append(
        p, {FenceRecord(source_.states[p], nonce, fence, options_.clock->Now())}, Urgent::kYes);
    if (!at.ok()) return at.status();
    if (auto status = source_.Fold(p); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Move::Copy(Partition partition, Offset until) {
  auto status = CopyPartition(*source_.log, *target_.log, *to_target_, partition,
                              copied_[partition], until, [&](const Copied& done) {
                                copied_[partition] += done.records;
                                report_.records += done.records;
                                report_.bytes += done.bytes;
                                Progress("copying", report_.records,
                                         std::max(records_there_, report_.records));
                                return GoOn();
                              });
  return status;
}

absl::Status Move::CopyAll() {
  for (Partition p = 0; p < count_; ++p) {
    Offset until = SourceHead(p).next;
    const bool moved = events::HasMoved(SourceHead(p));
    if (moved) {
      auto end = EndOfLastFence(*source_.log, p, SourceHead(p));
      if (!end.ok()) return end.status();
      until = *end;
    }
    auto end = target_.log->End(p);
    if (!end.ok()) return end.status();
    if (!moved && *end > until) {
      return absl::FailedPreconditionError(
          absl::StrCat("partition ", p, ": the copy has ", *end, " records, the source ", until));
    }
    if (auto status = Copy(p, until); !status.ok()) return status;
  }
  // Before the point of no return, so that a full disk shows here. What comes later is few.
  if (auto status = GoOn(); !status.ok()) return status;
  return CopyKeys(*source_.vault, options_, root_key_, mark_.log_id);
}

absl::Status Move::EndPartition(Partition p, LogWriter& writer) {
  for (int tries = 0; tries < kFenceTries && !events::HasMoved(SourceHead(p)); ++tries) {
    if (auto status = GoOn(); !status.ok()) return status;
    const auto nonce = NonceOfLastFence(mark_.id, p, SourceHead(p).epoch + 1);
    const events::FenceFields fence{kNewestGeneration, std::string(events::kMovedOwner),
                                    mark_.address};
    auto at = writer.Append(
        p, {FenceRecord(source_.states[p], nonce, fence, options_.clock->Now())}, Urgent::kYes);
    if (!at.ok()) return at.status();
    if (auto status = source_.Fold(p); !status.ok()) return status;
  }
  if (!events::HasMoved(SourceHead(p))) {
    return absl::UnavailableError(
        absl::StrCat("partition ", p, ": nodes go on fencing it: stop them, then run this again"));
  }
  auto end = EndOfLastFence(*source_.log, p, SourceHead(p));
  return end.ok() ? Copy(p, *end) : end.status();
}

absl::Status Move::EndSource() {
  auto writer = LogWriter::Open(*source_.log);
  if (!writer.ok()) return writer.status();
  for (Partition p = 0; p < count_; ++p) {
    if (auto status = EndPartition(p, **writer); !status.ok()) return status;
    Progress("ending the source", p + 1, count_);
  }
  // What is sealed under a key was appended before the last fence, and the key was there before it.
  auto status = OpenSourceVault(options_, root_key_, mark_.log_id, source_);
  return status.ok() ? CopyKeys(*source_.vault, options_, root_key_, mark_.log_id) : status;
}

absl::Status Move::ComparePartition(Partition p) {
  const Offset count = copied_[p];
  auto chain = projections::ChainAt(*source_.store, p, count);
  bool same = chain && chain == projections::ChainAt(*target_.store, p, count) &&
              RootAt(*source_.store, p, count) == RootAt(*target_.store, p, count);
  if (!same) {
    return absl::DataLossError(
        absl::StrCat("partition ", p, ": chain or Merkle root of the copy differ at ", count));
  }
  return absl::OkStatus();
}

// Once before the point of no return, and once with the last fences.
absl::Status Move::Compare() {
  bool served = true;  // it may be, where the last step was begun: then this one has ended well
  for (Partition p = 0; p < count_; ++p) {
    if (auto status = GoOn(); !status.ok()) return status;
    if (auto status = target_.Fold(p); !status.ok()) return status;
    if (auto status = ComparePartition(p); !status.ok()) return status;
    served = served && Restored(p);
    Progress("folding the copy", p + 1, count_);
  }
  for (Partition p = 0; p < count_ && !served; ++p) {
    if (HashOfRows(*source_.store, p, copied_[p]) == HashOfRows(*target_.store, p, copied_[p]))
      continue;
    return absl::DataLossError(
        absl::StrCat("partition ", p,
                     ": the projections of the copy differ: look at the source with `guitu rebuild "
                     "--compare`"));
  }
  return absl::OkStatus();
}

absl::Status Move::Restore() {
  for (Partition p = 0; p < count_; ++p) {
    if (!Restored(p)) {
      if (auto status = GoOn(); !status.ok()) return status;
      auto records = RestoringRecords(target_.states[p], crypto::RandomId<events::Nonce>(),
                                      restoration_, *source_.vault, options_.clock->Now());
      if (!records.ok()) return records.status();
      auto at = to_target_->Append(p, *std::move(records));
      if (!at.ok()) return at.status();
      if (auto status = target_.Fold(p); !status.ok()) return status;
    }
    if (!Restored(p)) {
      return absl::FailedPreconditionError(
          absl::StrCat("partition ", p, ": somebody else writes to the copy"));
    }
    Progress("beginning the generation", p + 1, count_);
  }
  report_.generation = target_.states[0].head.generation;
  return absl::OkStatus();
}

absl::Status Move::Finish() {
  to_target_ = nullptr;
  if (auto status = GoOn(); !status.ok()) return status;
  if (auto status = target_.store->Flush(); !status.ok()) return status;
  embedded_log::AnchorState anchor;
  anchor.log_id = mark_.log_id;
  for (const projections::FoldState& state : target_.states) {
    anchor.partitions.push_back(
        {state.head.next, state.head.chain, state.edge.Root(crypto::Sha256)});
  }
  auto made = CreateAnchor(options_.to.data_dir, *source_.vault, std::move(anchor));
  if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
  if (options_.to.kafka) {
    if (auto status = GoOn(); !status.ok()) return status;
    auto status = PublishKeys(options_, root_key_, mark_.log_id, count_);
    if (!status.ok()) return status;
  }
  if (auto status = GoOn(); !status.ok()) return status;
  return RemoveMark(options_.to.data_dir);
}

}  // namespace

absl::StatusOr<MoveReport> MoveLog(const MoveOptions& options) { return Move(options).Run(); }

}  // namespace guitu::app
