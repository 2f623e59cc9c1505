#include "gmock/gmock.h"
#include "tests/adapters/kafka_log/log_fixture.h"
#include "tests/adapters/kafka_log/mock_cluster.h"

namespace guitu::kafka_log {
namespace {

using testing::HasSubstr;
using testing::Not;

class KafkaClientOptions : public testing::Test {
 protected:
  KafkaClientOptions() { cluster_.MakeTopic("log", 2); }

  absl::Status Opening(const std::string& setting, const std::string& value,
                       uint32_t partitions = 2) {
    KafkaOptions options = MockCluster::Options();
    if (!setting.empty()) options.client = {{setting, value}};
    auto log = KafkaLog::OpenUnchecked(cluster_.bootstrap(), "log", partitions, options);
    if (!log.ok()) return log.status();
    Collector collector;
    return (*log)->OpenSession(collector.Sink()).status();
  }

  MockCluster cluster_;
};

TEST_F(KafkaClientOptions, ThoseForTheConnectionAreTaken) {
  EXPECT_TRUE(Opening("", "").ok());
  EXPECT_TRUE(Opening("client.rack", "a").ok());
}

TEST_F(KafkaClientOptions, ThoseThatWouldBreakAPromiseAreRefused) {
  for (const char* setting : {"enable.idempotence", "acks", "message.timeout.ms", "check.crcs",
                              "auto.offset.reset", "isolation.level", "bootstrap.servers"}) {
    const absl::Status status = Opening(setting, "1");
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(setting));
  }
}

TEST_F(KafkaClientOptions, AWrongOneIsNamedAndItsValueIsNot) {
  const absl::Status status = Opening("sasl.pasword", "hunter2");
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("sasl.pasword"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("hunter2")));
  EXPECT_TRUE(absl::IsInvalidArgument(Opening("security.protocol", "carrier-pigeon")));
}

TEST_F(KafkaClientOptions, AnotherNumberOfPartitionsIsRefused) {
  const absl::Status status = Opening("", "", 3);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("topic log: number of partitions is 2 and should be 3"));
}

TEST(KafkaClientVersion, IsNewEnough) {
  EXPECT_GE(rd_kafka_version(), 0x02080000) << ClientVersion();
  EXPECT_EQ(ClientVersion(), rd_kafka_version_str());
}

}  // namespace
}  // namespace guitu::kafka_log
