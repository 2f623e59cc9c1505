#include "adapters/app/copy_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace guitu::app {
namespace {

constexpr uint64_t kBatchRecords = 4096;
constexpr uint64_t kBatchBytes = 2 << 20;

std::string At(events::Partition partition, events::Offset offset) {
  return absl::StrCat("partition ", partition, ", offset ", offset);
}

absl::Status Differs(events::Partition partition, events::Offset offset) {
  return absl::FailedPreconditionError(
      absl::StrCat(At(partition, offset), ": what stands there in the copy is another record"));
}

struct Batch {
  std::vector<std::string> records;
  uint64_t bytes = 0;
};

// From `from` on, at most `max`, fewer where they are large.
absl::StatusOr<Batch> ReadBatch(const events::EventLog& log, events::Partition partition,
                                events::Offset from, uint64_t max) {
  Batch batch;
  max = std::min(max, kBatchRecords);
  bool gap = false;
  auto status = log.Read(partition, from, max, [&](events::Offset at, absl::string_view record) {
    gap = at != from + batch.records.size();
    if (gap) return false;
    batch.records.emplace_back(record);
    batch.bytes += record.size();
    return batch.bytes < kBatchBytes;
  });
  if (!status.ok()) return status;
  gap = gap || (batch.bytes < kBatchBytes && batch.records.size() < max);
  if (!gap) return batch;
  return absl::FailedPreconditionError(absl::StrCat(
      At(partition, from + batch.records.size()),
      ": nothing stands there and nothing ever will (a stranger's transaction took the offset); a "
      "copy could not leave it empty, so this log cannot be moved"));
}

// Whether the copy has the same records. REQUIRES: its end is not before them.
absl::Status Compare(const events::EventLog& copy, events::Partition partition, events::Offset from,
                     const Batch& batch) {
  events::Offset next = from;
  absl::Status differs;
  auto status = copy.Read(partition, from, batch.records.size(),
                          [&](events::Offset at, absl::string_view record) {
                            if (at != next || record != batch.records[next - from])
                              differs = Differs(partition, next);
                            ++next;
                            return differs.ok();
                          });
  if (!status.ok() || !differs.ok()) return status.ok() ? differs : status;
  return next == from + batch.records.size() ? absl::OkStatus() : Differs(partition, next);
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogWriter>> LogWriter::Open(events::EventLog& log) {
  std::unique_ptr<LogWriter> writer(new LogWriter());
  auto session =
      log.OpenSession([raw = writer.get()](const std::vector<events::Delivery>& deliveries) {
        raw->OnDeliveries(deliveries);
      });
  if (!session.ok()) return session.status();
  writer->session_ = *std::move(session);
  return writer;
}

LogWriter::~LogWriter() { session_ = nullptr; }

void LogWriter::OnDeliveries(const std::vector<events::Delivery>& deliveries) {
  absl::MutexLock lock(&mutex_);
  for (const events::Delivery& delivery : deliveries) {
    --waiting_;
    if (delivery.outcome == events::Delivery::Outcome::kAppended) {
      offsets_[delivery.ticket] = delivery.offset;
    } else if (failure_.ok()) {
      failure_ =
          delivery.reason.ok() ? absl::UnavailableError("an append is unknown") : delivery.reason;
    }
  }
}

absl::StatusOr<events::Offset> LogWriter::Append(events::Partition partition,
                                                 std::vector<std::string> records, Urgent urgent) {
  std::vector<events::Append> appends;
  appends.reserve(records.size());
  for (std::string& record : records)
    appends.push_back({partition, appends.size(), std::move(record), urgent == Urgent::kYes});
  {
    absl::MutexLock lock(&mutex_);
    offsets_.assign(appends.size(), 0);
    waiting_ = appends.size();
  }
  session_->Enqueue(std::move(appends));
  absl::MutexLock lock(&mutex_);
  auto all = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return waiting_ == 0; };
  mutex_.Await(absl::Condition(&all));
  if (!failure_.ok()) return failure_;
  for (size_t i = 0; i < offsets_.size(); ++i) {
    if (offsets_[i] == offsets_[0] + i) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(At(partition, offsets_[0] + i), ": somebody else writes there, too"));
  }
  return offsets_[0];
}

absl::Status CopyPartition(const events::EventLog& source, const events::EventLog& target,
                           LogWriter& writer, events::Partition partition, events::Offset from,
                           events::Offset until,
                           absl::FunctionRef<absl::Status(const Copied&)> go_on) {
  auto end = target.End(partition);
  if (!end.ok()) return end.status();
  Copied done;
  while (from < until) {
    if (auto status = go_on(done); !status.ok()) return status;
    const bool there = from < *end;
    auto batch = ReadBatch(source, partition, from, (there ? std::min(until, *end) : until) - from);
    if (!batch.ok()) return batch.status();
    const uint64_t count = batch->records.size();
    done = {count, batch->bytes};
    if (there) {
      if (auto same = Compare(target, partition, from, *batch); !same.ok()) return same;
    } else {
      auto first = writer.Append(partition, std::move(batch->records));
      if (!first.ok()) return first.status();
      if (*first != from) return Differs(partition, from);
    }
    from += count;
  }
  return go_on(done);
}

}  // namespace guitu::app
