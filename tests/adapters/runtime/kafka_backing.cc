#include "tests/adapters/runtime/kafka_backing.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "events/check.h"
#include "gtest/gtest.h"
#include "tests/adapters/kafka_log/followed.h"

namespace guitu::runtime {
namespace {

using events::Offset;
using events::Partition;

using Rows = kafka_log::FollowedRecords::Rows;

// A log of which all readers here see one copy, filled by a follower or by reading each range once.
class CopiedLog final : public events::EventLog {
 public:
  CopiedLog(kafka_log::KafkaLog& log, Reads reads) : log_(log), copies_(log.partition_count()) {
    if (reads != Reads::kFollowed) return;
    auto follower = log_.Follow(std::vector<Offset>(log_.partition_count(), 0), followed_.Sink());
    EXPECT_TRUE(follower.ok()) << follower.status();
    GUITU_CHECK(follower.ok());
    follower_ = *std::move(follower);
  }
  uint32_t partition_count() const override { return log_.partition_count(); }
  absl::StatusOr<std::unique_ptr<events::LogSession>> OpenSession(DeliverySink sink) override {
    return log_.OpenSession(std::move(sink));
  }
  absl::StatusOr<Offset> End(Partition partition) const override { return log_.End(partition); }
  absl::Status Read(Partition partition, Offset from, uint64_t max,
                    const Visitor& visit) const override {
    auto end = End(partition);
    if (!end.ok()) return end.status();
    if (from >= *end) return absl::OkStatus();
    const Offset until = from + std::min(max, *end - from);
    absl::Status there = Fill(partition, until);
    if (!there.ok()) return there;
    for (const auto& [offset, record] : copies_[partition]) {
      if (offset >= until) break;
      if (offset >= from && !visit(offset, record)) break;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Fill(Partition partition, Offset until) const {
    Rows& rows = copies_[partition];
    const Offset next = rows.empty() ? 0 : rows.back().first + 1;
    if (next >= until) return absl::OkStatus();
    if (follower_ == nullptr) {
      return log_.Read(partition, next, until - next, [&](Offset offset, absl::string_view record) {
        rows.emplace_back(offset, record);
        return true;
      });
    }
    if (!followed_.WaitForOffset(partition, until - 1)) {
      return absl::UnavailableError("the follower brings nothing");
    }
    rows = followed_.rows(partition);
    return absl::OkStatus();
  }

  kafka_log::KafkaLog& log_;
  mutable std::vector<Rows> copies_;  // by partition
  mutable kafka_log::FollowedRecords followed_;
  std::unique_ptr<kafka_log::Follower> follower_;  // last: it calls the sink
};

class KafkaBacking final : public BackingLog {
 public:
  KafkaBacking(KafkaOpen open, Reads reads) : open_(std::move(open)), reads_(reads) {
    KafkaBacking::Reopen();
  }
  events::EventLog& log() override {
    if (copied_ != nullptr) return *copied_;
    return *log_;
  }
  void Reopen() override {
    copied_.reset();
    log_.reset();
    auto opened = open_();
    EXPECT_TRUE(opened.ok()) << opened.status();
    GUITU_CHECK(opened.ok());
    log_ = *std::move(opened);
    if (reads_ != Reads::kAsked) copied_ = std::make_unique<CopiedLog>(*log_, reads_);
  }
  bool one_session() const override { return false; }

 private:
  const KafkaOpen open_;
  const Reads reads_;
  std::unique_ptr<kafka_log::KafkaLog> log_;
  std::unique_ptr<CopiedLog> copied_;
};

}  // namespace

std::unique_ptr<BackingLog> MakeKafkaBacking(KafkaOpen open, Reads reads) {
  return std::make_unique<KafkaBacking>(std::move(open), reads);
}

}  // namespace guitu::runtime
