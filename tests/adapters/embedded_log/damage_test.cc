// What opening makes of damaged files. RocksDB tells some of it; the rest shows in the ends, which
// the start-up gate compares with the anchor. `anchored` stands for that anchor here.
#include <fstream>

#include "tests/adapters/embedded_log/log_fixture.h"

namespace guitu::embedded_log {
namespace {

class DamagedLog : public LogFixture {
 protected:
  static constexpr uint64_t kAnchored = 4;

  // A log of kAnchored acknowledged records that stand in its write-ahead log only; `image` is a
  // copy of it as a killed process leaves it.
  void MakeImage() {
    CreateAndOpen();
    AppendNumbered(0, kAnchored);
    std::filesystem::copy(Dir(), Image(), std::filesystem::copy_options::recursive);
    log_.reset();
  }
  std::string Image() const { return dir_ / "image"; }
  // The image takes the place of the log.
  void Restore() {
    log_.reset();
    std::filesystem::remove_all(Dir());
    std::filesystem::copy(Image(), Dir(), std::filesystem::copy_options::recursive);
  }
  // The write-ahead logs that hold anything, oldest first. RocksDB leaves empty ones about.
  std::vector<std::string> LogFiles() const {
    std::vector<std::string> files = FilesOf(".log");
    std::erase_if(files, [](const std::string& file) { return std::filesystem::is_empty(file); });
    return files;
  }
  std::string LogFile() const {
    const std::vector<std::string> files = LogFiles();
    EXPECT_EQ(files.size(), 1u);
    return files.back();
  }
  static void FlipByte(const std::string& path, uint64_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char byte = static_cast<char>(file.get() ^ 0x40);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
    ASSERT_TRUE(file.good());
  }
  // Opens, and expects an unbroken beginning of the records, and that the log takes new ones.
  void ExpectABeginning(uint64_t& end) {
    const absl::Status opened = Open();
    ASSERT_TRUE(opened.ok()) << opened;
    end = *log_->End(0);
    ASSERT_LE(end, kAnchored);
    EXPECT_EQ(Records(), Numbered(0, static_cast<int>(end)));
    AppendNumbered(static_cast<int>(end), static_cast<int>(end) + 1);
    EXPECT_EQ(*log_->End(0), end + 1);
  }
};

TEST_F(DamagedLog, CutAtAnyByteOpensAndItsEndTellsTheLoss) {
  MakeImage();
  Restore();
  const uint64_t size = std::filesystem::file_size(LogFile());
  uint64_t longest = 0;
  for (uint64_t cut = 0; cut <= size; ++cut) {
    SCOPED_TRACE(cut);
    Restore();
    std::filesystem::resize_file(LogFile(), cut);
    uint64_t end = 0;
    ExpectABeginning(end);
    if (HasFatalFailure()) return;
    EXPECT_GE(end, longest) << "more bytes, no fewer records";
    longest = end;
    EXPECT_EQ(end < kAnchored, cut < size) << "the anchor is ahead exactly when something is lost";
  }
  EXPECT_EQ(longest, kAnchored);
}

TEST_F(DamagedLog, AFlippedByteInTheLogFileOpensAndItsEndTellsTheLoss) {
  MakeImage();
  Restore();
  const uint64_t size = std::filesystem::file_size(LogFile());
  for (uint64_t at = 0; at < size; at += 7) {
    SCOPED_TRACE(at);
    Restore();
    FlipByte(LogFile(), at);
    uint64_t end = 0;
    ExpectABeginning(end);
    if (HasFatalFailure()) return;
    EXPECT_LT(end, kAnchored) << "no flipped byte goes unseen";
  }
}

TEST_F(DamagedLog, ADeletedLogFileOpensAndItsEndTellsTheLoss) {
  MakeImage();
  Restore();
  std::filesystem::remove(LogFile());
  uint64_t end = 1;
  ExpectABeginning(end);
  EXPECT_EQ(end, 0u);
}

TEST_F(DamagedLog, ADeletedTableIsDataLoss) {
  CreateAndOpen();
  AppendNumbered(0, 60, std::string(40 << 10, 'x'));
  log_.reset();
  const std::vector<std::string> tables = FilesOf(".sst");
  ASSERT_GT(tables.size(), 1u);
  std::filesystem::remove(tables[tables.size() / 2]);
  const absl::Status opened = Open();
  EXPECT_TRUE(absl::IsDataLoss(opened)) << opened;
}

TEST_F(DamagedLog, ADeletedCurrentOrManifestIsDataLoss) {
  MakeImage();
  Restore();
  std::filesystem::remove(Db() + "/CURRENT");
  absl::Status opened = Open();
  EXPECT_TRUE(absl::IsDataLoss(opened)) << opened;
  Restore();
  for (const auto& entry : std::filesystem::directory_iterator(Db())) {
    if (absl::StrContains(entry.path().string(), "MANIFEST")) std::filesystem::remove(entry);
  }
  opened = Open();
  EXPECT_TRUE(absl::IsDataLoss(opened)) << opened;
}

TEST_F(DamagedLog, AFlippedByteInATableIsDataLossOnRead) {
  CreateAndOpen();
  std::string filling;  // does not compress, so that the records fill several blocks
  for (uint32_t i = 1; filling.size() < 4 << 10; i = i * 1664525 + 1013904223) {
    filling.push_back(static_cast<char>(i >> 24));
  }
  AppendNumbered(0, 20, filling);
  log_.reset();
  ASSERT_TRUE(Open().ok());  // recovery writes the records to a table
  log_.reset();
  const std::string table = FilesOf(".sst").back();
  FlipByte(table, 100);
  const absl::Status opened = Open();
  ASSERT_TRUE(opened.ok()) << opened << ": opening does not read old blocks";
  const auto visit = [](events::Offset, absl::string_view) { return true; };
  absl::Status read = log_->Read(0, 0, 20, visit);
  EXPECT_TRUE(absl::IsDataLoss(read)) << read;
  EXPECT_NE(read.message().find("partition 0, offset 0"), absl::string_view::npos) << read;
  read = log_->Read(0, 0, 1, visit);
  EXPECT_TRUE(absl::IsDataLoss(read)) << read;
}

TEST_F(DamagedLog, AnOlderLogFileThatIsMissingBetweenOthersIsDataLoss) {
  CreateAndOpen();
  AppendNumbered(0, 3);
  // The flush of the first memtable fails, so that two log files hold what no table does.
  fs_->SetScript([](FileOperation, const std::string& file) {
    return absl::EndsWith(file, ".sst") ? FileFault::kIoError : FileFault::kNone;
  });
  conformance::Collector collector;
  auto session = *log_->OpenSession(collector.Sink());
  while (LogFiles().size() < 2 &&
         Append(*session, collector, std::string(50 << 10, 'x')).outcome == Outcome::kAppended) {
  }
  session.reset();
  ASSERT_EQ(LogFiles().size(), 2u);
  std::filesystem::copy(Dir(), Image(), std::filesystem::copy_options::recursive);
  fs_->SetScript(nullptr);
  Restore();
  std::filesystem::remove(LogFiles()[0]);
  const absl::Status opened = Open();
  EXPECT_TRUE(absl::IsDataLoss(opened)) << opened;
  log_.reset();
  EmbeddedLogOptions salvage = Options();
  salvage.accept_holes = true;
  const auto log = EmbeddedLog::Open(Dir(), salvage);
  ASSERT_TRUE(log.ok()) << log.status();
  const auto visit = [](events::Offset, absl::string_view) { return true; };
  EXPECT_TRUE(absl::IsDataLoss((*log)->Read(0, 0, 1, visit)));
}

}  // namespace
}  // namespace guitu::embedded_log
