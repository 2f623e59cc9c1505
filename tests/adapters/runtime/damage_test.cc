// A log that has lost something: L2 of protocol.md. On the memory log alone, which can lose records
// without an error; what a real log says then is tested with it (tests/adapters/embedded_log,
// tests/adapters/kafka_log).
#include "tests/adapters/runtime/runtime_fixture.h"

namespace guitu::runtime {
namespace {

class DamageTest : public RuntimeFixture {};

TEST_F(DamageTest, L2_ATruncatedLogHaltsThePartitionAtTheNextAcknowledgement) {
  auto stream = OpenCase();
  Ask(Claim(stream, "k", 1));
  world.log.Truncate(0, world.End(0) - 1);
  uint64_t ticket = Send(Claim(stream, "l", 2));
  Settle();
  EXPECT_EQ(driver->machine(0).phase(), Phase::kHalted);
  EXPECT_EQ(ReasonFor(ticket), Reason::SETTLING);  // no false success
  EXPECT_FALSE(driver->alarms().empty());
}

TEST_F(DamageTest, L2_ARecordMissingInTheMiddleHaltsThePartitionOnly) {
  auto stream = OpenCase();
  Ask(Claim(stream, "k", 1));
  events::Offset last = world.End(0) - 1;
  world.log.Destroy(0, last);
  Crash(0);  // no rows survive: everything is read again
  EXPECT_EQ(driver->machine(0).phase(), Phase::kHalted);
  EXPECT_EQ(driver->machine(0).next(), last);
  EXPECT_EQ(ReasonFor(Send(Claim(stream, "l", 2))), Reason::NOT_OWNER);
  EXPECT_FALSE(driver->alarms().empty());
}

TEST_F(DamageTest, L2_AHaltedPartitionDoesNotRepairItself) {
  world.log.Truncate(0, world.End(0) - 1);
  auto stream = StreamOf(kPolice, KeyInPartition(kPolice, "x", 0, kPartitions));
  Send(ReadOf(kPolice, stream));
  Settle();
  ASSERT_EQ(driver->machine(0).phase(), Phase::kHalted);
  events::Offset end = world.End(0);
  for (int i = 0; i < 20; ++i) Wait(absl::Seconds(1));
  EXPECT_EQ(driver->machine(0).phase(), Phase::kHalted);
  EXPECT_EQ(world.End(0), end);
}

}  // namespace
}  // namespace guitu::runtime
