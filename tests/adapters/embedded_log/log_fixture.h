// An embedded log in a directory of its own, with small buffers, and short words for what tests do
// to it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/embedded_log/embedded_log.h"
#include "gtest/gtest.h"
#include "tests/adapters/embedded_log/fault_file_system.h"
#include "tests/conformance/collector.h"
#include "tests/conformance/temp_dir.h"

namespace guitu::embedded_log {

using Outcome = events::Delivery::Outcome;

class LogFixture : public testing::Test {
 protected:
  static constexpr uint32_t kPartitions = 3;

  LogFixture() : fs_(std::make_shared<FaultFileSystem>()), env_(FaultFileSystem::MakeEnv(fs_)) {}

  std::string Dir() const { return dir_ / "log"; }
  std::string Db() const { return Dir() + "/db"; }
  EmbeddedLogOptions Options() {
    EmbeddedLogOptions options;
    options.ballast_bytes = 1 << 20;
    options.write_buffer_bytes = 512 << 10;
    options.env = env_.get();
    options.monotonic = [this] { return now_; };
    options.free_bytes = [this](const std::string&) {
      ++space_questions_;
      return free_bytes_ + (BallastWhole() ? 0 : 1 << 20);
    };
    return options;
  }
  void Create() {
    const absl::Status created = EmbeddedLog::Create(Dir(), kPartitions, Options());
    ASSERT_TRUE(created.ok()) << created;
  }
  absl::Status Open() {
    auto opened = EmbeddedLog::Open(Dir(), Options());
    if (!opened.ok()) return opened.status();
    log_ = *std::move(opened);
    return absl::OkStatus();
  }
  void CreateAndOpen() {
    Create();
    const absl::Status opened = Open();
    ASSERT_TRUE(opened.ok()) << opened;
  }

  // Appends in a session that is open already and waits for the outcome.
  events::Delivery Append(events::LogSession& session, conformance::Collector& collector,
                          const std::string& record, bool access = false,
                          events::Partition partition = 0) {
    const size_t before = collector.size();
    session.Enqueue({conformance::MakeAppend(partition, before, record, access)});
    EXPECT_TRUE(collector.WaitFor(before + 1));
    return collector.all().back();
  }
  // Appends records "from" to "to" - 1, by name, one after the other, in a session of their own.
  void AppendNumbered(int from, int to, const std::string& filling = "") {
    conformance::Collector collector;
    auto session = log_->OpenSession(collector.Sink());
    ASSERT_TRUE(session.ok()) << session.status();
    for (int i = from; i < to; ++i) {
      const events::Delivery delivery = Append(**session, collector, absl::StrCat(i, filling));
      ASSERT_EQ(delivery.outcome, Outcome::kAppended) << delivery.reason;
    }
  }
  std::vector<std::string> Records(events::Partition partition = 0) {
    std::vector<std::string> records;
    const absl::Status status =
        log_->Read(partition, 0, ~uint64_t{0}, [&](events::Offset, absl::string_view record) {
          records.emplace_back(record);
          return true;
        });
    EXPECT_TRUE(status.ok()) << status;
    return records;
  }
  static std::vector<std::string> Numbered(int from, int to) {
    std::vector<std::string> records;
    for (int i = from; i < to; ++i) records.push_back(absl::StrCat(i));
    return records;
  }
  // Files of the database that end in `suffix`, in the order of their names.
  std::vector<std::string> FilesOf(const std::string& suffix) const {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(Db())) {
      if (absl::EndsWith(entry.path().string(), suffix)) files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
  }
  // The blocks of the ballast are held.
  bool BallastWhole() const {
    return Ballast(Dir() + "/ballast", 1 << 20, FreeBytesByStatvfs).Whole();
  }

  conformance::TempDir dir_;
  std::shared_ptr<FaultFileSystem> fs_;
  std::unique_ptr<rocksdb::Env> env_;
  absl::Duration now_ = absl::Hours(1);
  uint64_t free_bytes_ = uint64_t{1} << 40;  // what the disk has beside the ballast
  int space_questions_ = 0;
  std::unique_ptr<EmbeddedLog> log_;
};

}  // namespace guitu::embedded_log
