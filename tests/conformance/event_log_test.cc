#include <rocksdb/db.h>

#include "adapters/embedded_log/embedded_log.h"
#include "adapters/memory_log/memory_log.h"
#include "events/bytes.h"
#include "events/check.h"
#include "tests/conformance/event_log_suite.h"
#include "tests/conformance/temp_dir.h"

namespace guitu::conformance {
namespace {

class EmbeddedUnderTest : public LogUnderTest {
 public:
  explicit EmbeddedUnderTest(uint32_t partitions) {
    const absl::Status created = embedded_log::EmbeddedLog::Create(Dir(), partitions, Options());
    EXPECT_TRUE(created.ok()) << created;
    EmbeddedUnderTest::Reopen();
  }
  events::EventLog& log() override { return *log_; }
  void Reopen() override {
    log_.reset();
    auto opened = embedded_log::EmbeddedLog::Open(Dir(), Options());
    EXPECT_TRUE(opened.ok()) << opened.status();
    GUITU_CHECK(opened.ok());
    log_ = *std::move(opened);
  }
  bool Destroy(events::Partition partition, events::Offset offset) override {
    log_.reset();
    rocksdb::DB* opened = nullptr;
    GUITU_CHECK(rocksdb::DB::Open(rocksdb::Options(), Dir() + "/db", &opened).ok());
    std::unique_ptr<rocksdb::DB> db(opened);
    const std::string key = events::ByteWriter().U32(partition).U64(offset).Take();
    GUITU_CHECK(db->Delete(rocksdb::WriteOptions(), key).ok());
    db.reset();
    accept_holes_ = true;
    Reopen();
    return true;
  }

 private:
  std::string Dir() const { return dir_ / "log"; }
  embedded_log::EmbeddedLogOptions Options() const {
    embedded_log::EmbeddedLogOptions options;
    options.ballast_bytes = 4 << 20;
    options.write_buffer_bytes = 2 << 20;
    options.accept_holes = accept_holes_;
    return options;
  }

  TempDir dir_;
  bool accept_holes_ = false;
  std::unique_ptr<embedded_log::EmbeddedLog> log_;
};

class MemoryUnderTest : public LogUnderTest {
 public:
  MemoryUnderTest(uint32_t partitions, bool one_session)
      : one_session_(one_session), log_(partitions, {one_session}) {}
  events::EventLog& log() override { return log_; }
  void Pump() override { log_.DeliverAll(); }
  void Reopen() override {}
  bool Destroy(events::Partition partition, events::Offset offset) override {
    log_.Destroy(partition, offset);
    return true;
  }
  bool one_session() const override { return one_session_; }
  bool thread_safe() const override { return false; }

 private:
  const bool one_session_;
  memory_log::MemoryLog log_;
};

INSTANTIATE_TEST_SUITE_P(
    Logs, EventLogSuite,
    testing::Values(
        LogFactory{"Embedded", [](uint32_t n) { return std::make_unique<EmbeddedUnderTest>(n); }},
        LogFactory{"Memory", [](uint32_t n) { return std::make_unique<MemoryUnderTest>(n, true); }},
        LogFactory{"MemoryAsKafka",
                   [](uint32_t n) { return std::make_unique<MemoryUnderTest>(n, false); }}),
    [](const testing::TestParamInfo<LogFactory>& info) { return info.param.name; });

}  // namespace
}  // namespace guitu::conformance
