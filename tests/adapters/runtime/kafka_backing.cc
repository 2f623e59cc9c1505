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

// A log that is read through a follower of its own.
class FollowedLog final : public events::EventLog {
 public:
  explicit FollowedLog(kafka_log::KafkaLog& log) : log_(log) {
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
    if (!followed_.WaitForOffset(partition, until - 1)) {
      return absl::UnavailableError("the follower brings nothing");
    }
    for (const auto& [offset, record] : followed_.rows(partition)) {
      if (offset >= until) break;
      if (offset >= from && !visit(offset, record)) break;
    }
    return absl::OkStatus();
  }

 private:
  kafka_log::KafkaLog& log_;
  mutable kafka_log::FollowedRecords followed_;
  std::unique_ptr<kafka_log::Follower> follower_;  // last: it calls the sink
};

class KafkaBacking final : public BackingLog {
 public:
  KafkaBacking(KafkaOpen open, Reads reads) : open_(std::move(open)), reads_(reads) {
    KafkaBacking::Reopen();
  }
  events::EventLog& log() override {
    if (followed_ != nullptr) return *followed_;
    return *log_;
  }
  void Reopen() override {
    followed_.reset();
    log_.reset();
    auto opened = open_();
    EXPECT_TRUE(opened.ok()) << opened.status();
    GUITU_CHECK(opened.ok());
    log_ = *std::move(opened);
    if (reads_ == Reads::kFollowed) followed_ = std::make_unique<FollowedLog>(*log_);
  }
  bool one_session() const override { return false; }

 private:
  const KafkaOpen open_;
  const Reads reads_;
  std::unique_ptr<kafka_log::KafkaLog> log_;
  std::unique_ptr<FollowedLog> followed_;
};

}  // namespace

std::unique_ptr<BackingLog> MakeKafkaBacking(KafkaOpen open, Reads reads) {
  return std::make_unique<KafkaBacking>(std::move(open), reads);
}

}  // namespace guitu::runtime
