// Copying between logs that fail, have gaps, or are written by somebody else.
#include "adapters/app/copy_log.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

namespace guitu::app {
namespace {

using events::Offset;
using events::Partition;
using testing::HasSubstr;

// A log of one partition that writes on the caller's thread. No value: an offset that holds
// nothing.
class TinyLog final : public events::EventLog {
 public:
  uint32_t partition_count() const override { return 1; }
  absl::StatusOr<std::unique_ptr<events::LogSession>> OpenSession(DeliverySink sink) override {
    return std::make_unique<Session>(*this, std::move(sink));
  }
  absl::StatusOr<Offset> End(Partition) const override { return records.size(); }
  absl::Status Read(Partition, Offset from, uint64_t max, const Visitor& visit) const override {
    for (Offset at = from; at < records.size() && at < from + max; ++at) {
      if (records[at] && !visit(at, *records[at])) break;
    }
    return read_failure;
  }

  std::vector<std::optional<std::string>> records;
  uint64_t lands = ~uint64_t{0};    // so many records yet
  uint64_t reports = ~uint64_t{0};  // as appended; what lands beyond is unknown
  bool stranger = false;            // writes one before each batch
  absl::Status read_failure;

 private:
  class Session final : public events::LogSession {
   public:
    Session(TinyLog& log, DeliverySink sink) : log_(log), sink_(std::move(sink)) {}
    void Enqueue(std::vector<events::Append> appends) override {
      if (log_.stranger) log_.records.emplace_back("of a stranger");
      std::vector<events::Delivery> deliveries;
      for (const events::Append& append : appends) {
        events::Delivery delivery{0, append.ticket, events::Delivery::Outcome::kUnknown, 0,
                                  absl::UnavailableError("the broker is away")};
        if (log_.lands > 0) {
          --log_.lands;
          delivery.offset = log_.records.size();
          log_.records.emplace_back(append.record);
          if (log_.reports > 0) {
            --log_.reports;
            delivery.outcome = events::Delivery::Outcome::kAppended;
          }
        }
        deliveries.push_back(std::move(delivery));
      }
      sink_(std::move(deliveries));
    }

   private:
    TinyLog& log_;
    const DeliverySink sink_;
  };
};

class CopyLog : public testing::Test {
 protected:
  CopyLog() {
    for (int i = 0; i < 10000; ++i) source_.records.emplace_back(absl::StrCat("record ", i));
  }
  absl::Status Copy(uint64_t batches = 100) {
    copied_ = {};
    auto writer = LogWriter::Open(target_);
    return CopyPartition(source_, target_, **writer, 0, 0, source_.records.size(),
                         [&](const Copied& done) {
                           copied_.records += done.records;
                           copied_.bytes += done.bytes;
                           return batches-- > 0 ? absl::OkStatus() : absl::CancelledError("");
                         });
  }
  TinyLog source_, target_;
  Copied copied_;
};

TEST_F(CopyLog, CopiesEveryRecordToItsOffset) {
  source_.records[7] = "";  // a stranger's message without a value is something
  ASSERT_TRUE(Copy().ok());
  EXPECT_EQ(target_.records, source_.records);
  EXPECT_EQ(copied_.records, 10000u);
  EXPECT_EQ(copied_.bytes, 108882u);
}

TEST_F(CopyLog, GoesOnAfterAnInterruptionOfEachBatch) {
  for (uint64_t batches = 0; batches < 4; ++batches) {
    EXPECT_TRUE(absl::IsCancelled(Copy(batches)) || batches == 3);
  }
  ASSERT_TRUE(Copy().ok());
  EXPECT_EQ(target_.records, source_.records);
  EXPECT_EQ(copied_.records, 10000u);  // compared ones count
}

TEST_F(CopyLog, GoesOnAfterAppendsThatWereUnknown) {
  for (auto [lands, reports] : {std::pair{0u, 0u}, {1u, 0u}, {3000u, 3000u}, {5000u, 100u}}) {
    target_.lands = lands;
    target_.reports = reports;
    absl::Status status = Copy();
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    target_.lands = target_.reports = ~uint64_t{0};
  }
  ASSERT_TRUE(Copy().ok());
  EXPECT_EQ(target_.records, source_.records);
}

TEST_F(CopyLog, RefusesAnOffsetThatHoldsNothing) {
  for (size_t gap : {size_t{0}, size_t{4095}, size_t{4096}, size_t{9999}}) {
    target_.records.clear();
    auto kept = std::exchange(source_.records[gap], std::nullopt);
    absl::Status status = Copy();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("offset ", gap, ":")));
    source_.records[gap] = kept;
  }
}

TEST_F(CopyLog, RefusesACopyThatDiffers) {
  for (size_t at : {size_t{0}, size_t{5000}, size_t{9999}}) {
    target_.records = source_.records;
    target_.records[at] = "another";
    absl::Status status = Copy();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("offset ", at, ":")));
    target_.records[at] = std::nullopt;
    EXPECT_TRUE(absl::IsFailedPrecondition(Copy()));
  }
}

TEST_F(CopyLog, NoticesThatSomebodyElseWrites) {
  target_.stranger = true;
  absl::Status status = Copy();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
}

TEST_F(CopyLog, PassesOnThatARecordIsLost) {
  source_.read_failure = absl::DataLossError("gone");
  EXPECT_TRUE(absl::IsDataLoss(Copy()));
}

}  // namespace
}  // namespace guitu::app
