// Failed and torn writes, failed syncs, power cuts and full disks. RocksDB is the real one; the
// file system under it fails on purpose.
#include "tests/adapters/embedded_log/log_fixture.h"

namespace guitu::embedded_log {
namespace {

class LogFaults : public LogFixture {
 protected:
  // `fault` meets every `operation` on the write-ahead log.
  void FailLogFile(FileOperation operation, FileFault fault) {
    fs_->SetScript([=](FileOperation asked, const std::string& file) {
      return asked == operation && absl::EndsWith(file, ".log") ? fault : FileFault::kNone;
    });
  }
  void Heal() { fs_->SetScript(nullptr); }
  std::unique_ptr<events::LogSession> Session() {
    auto session = log_->OpenSession(collector_.Sink());
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? *std::move(session) : nullptr;
  }

  conformance::Collector collector_;
};

TEST_F(LogFaults, AFailedSyncIsUnknownAndEndsTheSession) {
  CreateAndOpen();
  AppendNumbered(0, 3);
  auto session = Session();
  FailLogFile(FileOperation::kSync, FileFault::kIoError);
  events::Delivery delivery = Append(*session, collector_, "3");
  EXPECT_EQ(delivery.outcome, Outcome::kUnknown);
  EXPECT_TRUE(absl::IsUnavailable(delivery.reason)) << delivery.reason;
  Heal();
  EXPECT_EQ(Append(*session, collector_, "4").outcome, Outcome::kUnknown) << "dead for good";
  EXPECT_EQ(*log_->End(0), 3u) << "the end covers only what is on disk";
  EXPECT_EQ(Records(), Numbered(0, 3)) << "readers are not disturbed";
  session.reset();

  session = Session();
  // Its bytes were in the page cache, so the record turns out to be in the log.
  EXPECT_EQ(Records(), Numbered(0, 4));
  EXPECT_EQ(Append(*session, collector_, "4").offset, 4u);
}

TEST_F(LogFaults, ARecordThatAppearsAfterAFailedSyncIsOnDisk) {
  CreateAndOpen();
  AppendNumbered(0, 3);
  auto session = Session();
  FailLogFile(FileOperation::kSync, FileFault::kIoError);
  EXPECT_EQ(Append(*session, collector_, "3").outcome, Outcome::kUnknown);
  Heal();
  session.reset();
  session = Session();
  ASSERT_EQ(*log_->End(0), 4u);
  session.reset();
  log_.reset();
  fs_->CutPower();
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(Records(), Numbered(0, 4));
}

TEST_F(LogFaults, EverythingAcknowledgedSurvivesAPowerCut) {
  CreateAndOpen();
  AppendNumbered(0, 5);
  AppendNumbered(5, 60, std::string(40 << 10, 'x'));  // through several memtables
  log_.reset();
  fs_->CutPower();
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(*log_->End(0), 60u);
  EXPECT_EQ(Records().size(), 60u);
}

TEST_F(LogFaults, WhatRecoveryShowsSurvivesAPowerCut) {
  CreateAndOpen();
  AppendNumbered(0, 5);
  log_.reset();
  ASSERT_TRUE(Open().ok());
  log_.reset();
  fs_->CutPower();
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(Records(), Numbered(0, 5));
}

TEST_F(LogFaults, ATornWriteIsUnknownAndCutAtTheNextSession) {
  CreateAndOpen();
  AppendNumbered(0, 3);
  auto session = Session();
  FailLogFile(FileOperation::kAppend, FileFault::kTorn);
  EXPECT_EQ(Append(*session, collector_, "lost").outcome, Outcome::kUnknown);
  Heal();
  session.reset();
  session = Session();
  const size_t end = *log_->End(0);
  EXPECT_TRUE(end == 3 || end == 4);
  EXPECT_EQ(Append(*session, collector_, "next").offset, end);
  session.reset();
  log_.reset();
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(*log_->End(0), end + 1);
  EXPECT_EQ(Records().back(), "next");
}

TEST_F(LogFaults, QueuedRecordsOfADeadSessionAllComeBackUnknown) {
  CreateAndOpen();
  auto session = Session();
  FailLogFile(FileOperation::kSync, FileFault::kIoError);
  std::vector<events::Append> appends;
  for (uint64_t i = 0; i < 100; ++i) appends.push_back(conformance::MakeAppend(1, i, "r"));
  session->Enqueue(std::move(appends));
  session->Enqueue({conformance::MakeAppend(2, 100, "r")});
  ASSERT_TRUE(collector_.WaitFor(101));
  for (const events::Delivery& delivery : collector_.all()) {
    EXPECT_EQ(delivery.outcome, Outcome::kUnknown);
  }
  EXPECT_EQ(*log_->End(1), 0u);
  session.reset();
  Heal();
  EXPECT_NE(Session(), nullptr);
}

TEST_F(LogFaults, WhileTheDiskIsAwayReadingGoesOnAndASessionComesBackByItself) {
  CreateAndOpen();
  AppendNumbered(0, 3);
  auto session = Session();
  fs_->SetScript([](FileOperation, const std::string&) { return FileFault::kIoError; });
  EXPECT_EQ(Append(*session, collector_, "3").outcome, Outcome::kUnknown);
  session.reset();
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(absl::IsUnavailable(log_->OpenSession(collector_.Sink()).status()));
    EXPECT_EQ(Records(), Numbered(0, 3));
  }
  Heal();
  session = Session();
  ASSERT_NE(session, nullptr);
  const size_t end = *log_->End(0);
  EXPECT_EQ(Append(*session, collector_, "again").offset, end);
}

TEST_F(LogFaults, AFailedFlushInTheBackgroundEndsTheSessionAndIsHealed) {
  CreateAndOpen();
  auto session = Session();
  fs_->SetScript([](FileOperation, const std::string& file) {
    return absl::EndsWith(file, ".sst") ? FileFault::kIoError : FileFault::kNone;
  });
  const std::string filling(50 << 10, 'x');
  size_t appended = 0;
  while (Append(*session, collector_, absl::StrCat(appended, filling)).outcome ==
         Outcome::kAppended) {
    ++appended;
    ASSERT_LT(appended, 1000u) << "the failed flush has to stop the writes";
  }
  session.reset();
  Heal();
  session = Session();
  ASSERT_NE(session, nullptr);
  EXPECT_GE(*log_->End(0), appended);
  for (size_t i = 0; i < appended; ++i) EXPECT_EQ(Records()[i], absl::StrCat(i, filling));
}

TEST_F(LogFaults, ALogThatComesBackShorterThanAcknowledgedIsLoss) {
  CreateAndOpen();
  AppendNumbered(0, 5);
  auto session = Session();
  FailLogFile(FileOperation::kSync, FileFault::kIoError);
  EXPECT_EQ(Append(*session, collector_, "5").outcome, Outcome::kUnknown);
  Heal();
  session.reset();
  for (const std::string& file : FilesOf(".log")) std::filesystem::resize_file(file, 0);
  for (int i = 0; i < 2; ++i) {
    const absl::Status status = log_->OpenSession(collector_.Sink()).status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_NE(status.message().find("partition 0"), absl::string_view::npos) << status;
  }
}

// A disk that is full as long as the ballast holds its blocks.
class FullDisk : public LogFaults {
 protected:
  void Fill() {
    free_bytes_ = 0;
    fs_->SetScript([this](FileOperation operation, const std::string&) {
      return operation != FileOperation::kSync && BallastWhole() ? FileFault::kNoSpace
                                                                 : FileFault::kNone;
    });
  }
  void MakeRoom() {
    free_bytes_ = uint64_t{1} << 40;
    Heal();
  }
};

TEST_F(FullDisk, MakesWhatIsPendingUnknownAndTheLogLowOnSpace) {
  CreateAndOpen();
  AppendNumbered(0, 3);
  auto session = Session();
  Fill();
  const events::Delivery delivery = Append(*session, collector_, "3");
  EXPECT_EQ(delivery.outcome, Outcome::kUnknown);
  EXPECT_TRUE(absl::IsResourceExhausted(delivery.reason)) << delivery.reason;
  EXPECT_TRUE(log_->space_low());
  EXPECT_EQ(Records(), Numbered(0, 3));
}

TEST_F(FullDisk, LetsAccessRecordsInAfterTheBallastIsReleased) {
  CreateAndOpen();
  AppendNumbered(0, 3);
  auto session = Session();
  Fill();
  EXPECT_EQ(Append(*session, collector_, "x").outcome, Outcome::kUnknown);
  EXPECT_TRUE(BallastWhole()) << "held until the next session";
  session.reset();
  session = Session();
  ASSERT_NE(session, nullptr);
  EXPECT_FALSE(BallastWhole());
  const size_t end = *log_->End(0);
  for (size_t i = 0; i < 20; ++i) {
    const events::Delivery delivery = Append(*session, collector_, "access", /*access=*/true);
    EXPECT_EQ(delivery.outcome, Outcome::kAppended) << delivery.reason;
    EXPECT_EQ(delivery.offset, end + i);
  }
  EXPECT_TRUE(log_->space_low());
}

TEST_F(FullDisk, RefusesOtherRecordsWithoutWritingThem) {
  CreateAndOpen();
  auto session = Session();
  Fill();
  EXPECT_EQ(Append(*session, collector_, "x").outcome, Outcome::kUnknown);
  session.reset();
  session = Session();
  const size_t end = *log_->End(0);
  session->Enqueue({conformance::MakeAppend(0, 10, "first", true),
                    conformance::MakeAppend(0, 11, "other"),
                    conformance::MakeAppend(0, 12, "behind", true)});
  ASSERT_TRUE(collector_.WaitFor(4));
  const auto deliveries = collector_.by_ticket();
  EXPECT_EQ(deliveries.at(10).outcome, Outcome::kAppended);
  EXPECT_EQ(deliveries.at(11).outcome, Outcome::kUnknown);
  EXPECT_TRUE(absl::IsResourceExhausted(deliveries.at(11).reason));
  EXPECT_EQ(deliveries.at(12).outcome, Outcome::kUnknown) << "nothing lands behind an unknown one";
  EXPECT_EQ(*log_->End(0), end + 1);
  session.reset();
  session = Session();
  EXPECT_EQ(*log_->End(0), end + 1);
  EXPECT_EQ(Append(*session, collector_, "again", true).outcome, Outcome::kAppended);
}

TEST_F(FullDisk, IsLeftOnceTheBallastIsWholeAgain) {
  CreateAndOpen();
  auto session = Session();
  Fill();
  EXPECT_EQ(Append(*session, collector_, "x").outcome, Outcome::kUnknown);
  session.reset();
  session = Session();
  now_ += absl::Seconds(2);
  log_->RetrySpace();
  EXPECT_TRUE(log_->space_low()) << "still full";
  MakeRoom();
  now_ += absl::Seconds(1);
  log_->RetrySpace();
  EXPECT_FALSE(log_->space_low());
  EXPECT_TRUE(BallastWhole());
  EXPECT_EQ(Append(*session, collector_, "other").outcome, Outcome::kAppended);
}

TEST_F(FullDisk, IsNotLeftForRoomThatOneRecordWouldFill) {
  CreateAndOpen();
  auto session = Session();
  Fill();
  EXPECT_EQ(Append(*session, collector_, "x").outcome, Outcome::kUnknown);
  session.reset();
  session = Session();
  MakeRoom();
  free_bytes_ = (1 << 20) - 1;  // the ballast of 1 MiB, and not quite as much again
  log_->RetrySpace();
  EXPECT_TRUE(log_->space_low());
  now_ += absl::Seconds(1);
  free_bytes_ = 1 << 20;
  log_->RetrySpace();
  EXPECT_FALSE(log_->space_low());
}

TEST_F(FullDisk, IsLeftBeforeThereIsRoomForTheCompactionsThatWerePutOff) {
  CreateAndOpen();
  auto session = Session();
  Fill();
  EXPECT_EQ(Append(*session, collector_, "x").outcome, Outcome::kUnknown);
  session.reset();
  session = Session();
  Heal();
  free_bytes_ = 1 << 20;  // for the ballast and as much again, and not for a table more
  log_->RetrySpace();
  EXPECT_FALSE(log_->space_low());
  const int asked = space_questions_;
  now_ += absl::Seconds(1);
  log_->RetrySpace();
  EXPECT_EQ(space_questions_, asked + 1) << "it goes on looking for room";
  MakeRoom();
  now_ += absl::Seconds(1);
  log_->RetrySpace();
  EXPECT_EQ(space_questions_, asked + 2);
  now_ += absl::Seconds(1);
  log_->RetrySpace();
  EXPECT_EQ(space_questions_, asked + 2) << "all is as before";
}

TEST_F(FullDisk, IsLookedAtOnceASecondAtMost) {
  CreateAndOpen();
  space_questions_ = 0;  // an opening asks whether there is room for it
  log_->RetrySpace();
  EXPECT_EQ(space_questions_, 0) << "nobody is short of space";
  auto session = Session();
  Fill();
  EXPECT_EQ(Append(*session, collector_, "x").outcome, Outcome::kUnknown);
  for (int i = 0; i < 10; ++i) log_->RetrySpace();
  EXPECT_EQ(space_questions_, 1);
  now_ += absl::Milliseconds(999);
  log_->RetrySpace();
  EXPECT_EQ(space_questions_, 1);
  now_ += absl::Milliseconds(1);
  log_->RetrySpace();
  EXPECT_EQ(space_questions_, 2);
}

TEST_F(FullDisk, AtTheStartReleasesTheBallastByItself) {
  CreateAndOpen();
  AppendNumbered(0, 3);
  log_.reset();
  Fill();
  ASSERT_TRUE(Open().ok());
  EXPECT_TRUE(log_->space_low());
  EXPECT_FALSE(BallastWhole());
  EXPECT_EQ(Records(), Numbered(0, 3));
  auto session = Session();
  EXPECT_EQ(Append(*session, collector_, "access", true).outcome, Outcome::kAppended);
  EXPECT_EQ(Append(*session, collector_, "other").outcome, Outcome::kUnknown);
}

TEST_F(FullDisk, IsRememberedOverARestartAndForgottenWhenThereIsRoom) {
  CreateAndOpen();
  auto session = Session();
  Fill();
  EXPECT_EQ(Append(*session, collector_, "x").outcome, Outcome::kUnknown);
  session.reset();
  session = Session();
  session.reset();
  log_.reset();
  ASSERT_TRUE(Open().ok());
  EXPECT_TRUE(log_->space_low()) << "the ballast could not be taken back";
  log_.reset();
  MakeRoom();
  ASSERT_TRUE(Open().ok());
  EXPECT_FALSE(log_->space_low());
  EXPECT_TRUE(BallastWhole());
}

TEST_F(FullDisk, KeepsTheRoomThatTheNextOpeningNeeds) {
  CreateAndOpen();
  auto session = Session();
  Fill();
  EXPECT_EQ(Append(*session, collector_, "x").outcome, Outcome::kUnknown);
  session.reset();
  session = Session();
  const size_t end = *log_->End(0);
  EXPECT_EQ(Append(*session, collector_, std::string(100 << 10, 'a'), true).outcome,
            Outcome::kAppended);
  // 400 KiB would have to be written twice, beside what is in memory, in the 1 MiB of the ballast.
  const events::Delivery delivery = Append(*session, collector_, std::string(400 << 10, 'a'), true);
  EXPECT_EQ(delivery.outcome, Outcome::kUnknown);
  EXPECT_TRUE(absl::IsResourceExhausted(delivery.reason));
  session.reset();
  session = Session();
  EXPECT_EQ(*log_->End(0), end + 1) << "refused, not attempted";
  EXPECT_EQ(Append(*session, collector_, "small", true).outcome, Outcome::kAppended);
  session.reset();
  log_.reset();
  EXPECT_TRUE(Open().ok());
}

TEST_F(FullDisk, WithoutEvenTheBallastIsAnErrorOfTheSessionUntilThereIsRoom) {
  CreateAndOpen();
  AppendNumbered(0, 3);
  auto session = Session();
  free_bytes_ = 0;
  fs_->SetScript([](FileOperation, const std::string&) { return FileFault::kNoSpace; });
  EXPECT_EQ(Append(*session, collector_, "x").outcome, Outcome::kUnknown);
  session.reset();
  EXPECT_TRUE(absl::IsResourceExhausted(log_->OpenSession(collector_.Sink()).status()));
  EXPECT_EQ(Records(), Numbered(0, 3));
  MakeRoom();
  session = Session();
  ASSERT_NE(session, nullptr);
  log_->RetrySpace();
  EXPECT_FALSE(log_->space_low());
  EXPECT_EQ(Append(*session, collector_, "other").outcome, Outcome::kAppended);
}

}  // namespace
}  // namespace guitu::embedded_log
