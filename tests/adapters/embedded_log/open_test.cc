// Creating, opening and locking.
#include <fstream>

#include "tests/adapters/embedded_log/log_fixture.h"

namespace guitu::embedded_log {
namespace {

class OpenLog : public LogFixture {};

TEST_F(OpenLog, CreateMakesALogThatOpens) {
  Create();
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(log_->partition_count(), kPartitions);
  EXPECT_FALSE(log_->space_low());
  EXPECT_TRUE(BallastWhole());
}

TEST_F(OpenLog, CreateRefusesADirectoryThatHoldsSomething) {
  std::filesystem::create_directory(Dir());
  std::ofstream(Dir() + "/file") << "x";
  EXPECT_TRUE(absl::IsAlreadyExists(EmbeddedLog::Create(Dir(), kPartitions, Options())));
}

TEST_F(OpenLog, CreateRefusesALogThatIsThere) {
  CreateAndOpen();
  AppendNumbered(0, 1);
  EXPECT_TRUE(absl::IsAlreadyExists(EmbeddedLog::Create(Dir(), kPartitions, Options())));
  EXPECT_EQ(Records(), Numbered(0, 1));
}

TEST_F(OpenLog, CreateTakesADirectoryThatIsEmpty) {
  std::filesystem::create_directory(Dir());
  CreateAndOpen();
}

TEST_F(OpenLog, CreateReportsADirectoryThatCannotBeMade) {
  EXPECT_TRUE(
      absl::IsUnavailable(EmbeddedLog::Create(dir_ / "missing/log", kPartitions, Options())));
}

TEST_F(OpenLog, AnInterruptedCreateIsNoLogAndCanBeDoneAgain) {
  fs_->SetScript([](FileOperation operation, const std::string& file) {
    return operation == FileOperation::kSync && absl::EndsWith(file, ".log") ? FileFault::kIoError
                                                                             : FileFault::kNone;
  });
  EXPECT_FALSE(EmbeddedLog::Create(Dir(), kPartitions, Options()).ok());
  fs_->SetScript(nullptr);
  EXPECT_TRUE(absl::IsNotFound(Open()));
  CreateAndOpen();
}

TEST_F(OpenLog, CreateReportsAFullDisk) {
  fs_->SetScript([](FileOperation, const std::string&) { return FileFault::kNoSpace; });
  EXPECT_TRUE(absl::IsResourceExhausted(EmbeddedLog::Create(Dir(), kPartitions, Options())));
}

TEST_F(OpenLog, OpenOfADirectoryWithoutALogIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(Open()));
  std::filesystem::create_directory(Dir());
  EXPECT_TRUE(absl::IsNotFound(Open()));
}

TEST_F(OpenLog, ALogThatIsOpenElsewhereIsLockedAndNotLost) {
  CreateAndOpen();
  // flock is per opening of the file, so another opening in this process stands for another
  // process.
  const auto second = EmbeddedLog::Open(Dir(), Options());
  EXPECT_TRUE(absl::IsUnavailable(second.status())) << second.status();
  EXPECT_NE(second.status().message().find("locked"), absl::string_view::npos);
  log_.reset();
  EXPECT_TRUE(Open().ok());
}

TEST_F(OpenLog, KeepsRecordsOverManyRestarts) {
  Create();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Open().ok());
    AppendNumbered(i, i + 1);
    log_.reset();
  }
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(Records(), Numbered(0, 5));
}

TEST_F(OpenLog, KeepsRecordsThatFillManyTables) {
  CreateAndOpen();
  const std::string filling(20 << 10, 'x');
  AppendNumbered(0, 300, filling);  // 6 MB through memtables of 512 KiB
  log_.reset();
  ASSERT_TRUE(Open().ok());
  const std::vector<std::string> records = Records();
  ASSERT_EQ(records.size(), 300u);
  for (int i = 0; i < 300; ++i)
    EXPECT_EQ(records[static_cast<size_t>(i)], absl::StrCat(i, filling));
}

TEST_F(OpenLog, ManyGroupsAreWrittenInOrderWithFewSyncs) {
  CreateAndOpen();
  std::atomic<int> syncs{0};
  fs_->SetScript([&syncs](FileOperation operation, const std::string& file) {
    if (operation == FileOperation::kSync && absl::EndsWith(file, ".log")) ++syncs;
    return FileFault::kNone;
  });
  conformance::Collector collector;
  auto session = *log_->OpenSession(collector.Sink());
  std::vector<events::Append> appends;
  for (uint64_t i = 0; i < 1000; ++i) {
    appends.push_back(
        conformance::MakeAppend(static_cast<uint32_t>(i % kPartitions), i, absl::StrCat(i)));
  }
  session->Enqueue(std::move(appends));
  ASSERT_TRUE(collector.WaitFor(1000));
  EXPECT_EQ(syncs, 1) << "one group of all partitions, one sync";
  EXPECT_EQ(collector.batches(), 1u);
  session.reset();
  fs_->SetScript(nullptr);
}

}  // namespace
}  // namespace guitu::embedded_log
