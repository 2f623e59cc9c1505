// The logs of runtime_test: memory, embedded, Kafka over the mock cluster.
#include "adapters/embedded_log/embedded_log.h"
#include "events/check.h"
#include "tests/adapters/kafka_log/mock_cluster.h"
#include "tests/adapters/runtime/kafka_backing.h"
#include "tests/adapters/runtime/log_kinds.h"
#include "tests/adapters/runtime/runtime_fixture.h"
#include "tests/conformance/temp_dir.h"

namespace guitu::runtime {
namespace {

class EmbeddedBacking final : public BackingLog {
 public:
  explicit EmbeddedBacking(uint32_t partitions) {
    GUITU_CHECK(embedded_log::EmbeddedLog::Create(Dir(), partitions, Options()).ok());
    Reopen();
  }
  events::EventLog& log() override { return *log_; }
  void Reopen() override {
    log_.reset();
    auto opened = embedded_log::EmbeddedLog::Open(Dir(), Options());
    EXPECT_TRUE(opened.ok()) << opened.status();
    GUITU_CHECK(opened.ok());
    log_ = *std::move(opened);
  }
  bool one_session() const override { return true; }

 private:
  std::string Dir() const { return dir_ / "log"; }
  static embedded_log::EmbeddedLogOptions Options() {
    embedded_log::EmbeddedLogOptions options;
    options.ballast_bytes = 1 << 20;
    options.write_buffer_bytes = 512 << 10;
    return options;
  }

  conformance::TempDir dir_;
  std::unique_ptr<embedded_log::EmbeddedLog> log_;
};

LogKind Mock(Reads reads) {
  return {"KafkaOnMock", [reads](uint32_t partitions) {
            auto cluster = std::make_shared<kafka_log::MockCluster>();
            cluster->MakeTopic("log", partitions);
            return MakeKafkaBacking(
                [cluster, partitions] {
                  // Time-outs as they are in service: the faults here are those of the script.
                  kafka_log::KafkaOptions options;
                  options.allow_single_replica = true;
                  return kafka_log::KafkaLog::OpenUnchecked(cluster->bootstrap(), "log", partitions,
                                                            options);
                },
                reads);
          }};
}

const LogKind kEmbedded{"Embedded",
                        [](uint32_t n) { return std::make_unique<EmbeddedBacking>(n); }};

}  // namespace

std::vector<LogKind> AllLogs() { return {kMemory, kEmbedded, Mock(Reads::kAsked)}; }
std::vector<LogKind> SharedLogs() { return {kMemory, Mock(Reads::kOnce)}; }

INSTANTIATE_TEST_SUITE_P(Logs, RuntimeTest, testing::ValuesIn(AllLogs()), NameOfLog);

}  // namespace guitu::runtime
