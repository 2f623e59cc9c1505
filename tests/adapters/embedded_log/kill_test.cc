// kill -9 of a process that writes, again and again: what it was told is durable is there
// afterwards. The writer is this program itself, started anew: a fork would lack RocksDB's threads.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "tests/adapters/embedded_log/log_fixture.h"

extern char** environ;

namespace guitu::embedded_log {
namespace {

constexpr absl::string_view kWriterFlag = "--write-until-killed";
constexpr uint32_t kPartitions = 3;

// An acknowledged record, as the writer reports it through its pipe.
struct Acknowledged {
  uint64_t partition;
  uint64_t offset;
  uint64_t ticket;
};

EmbeddedLogOptions SmallBuffers() {
  EmbeddedLogOptions options;
  options.ballast_bytes = 1 << 20;
  options.write_buffer_bytes = 256 << 10;
  return options;
}

std::string RecordOf(uint64_t ticket) { return absl::StrCat(ticket, ":", std::string(600, 'r')); }

// Never returns of itself: keeps 16 records in flight and reports each delivery to standard output.
[[noreturn]] void WriteUntilKilled(const std::string& dir, uint64_t first_ticket) {
  auto log = EmbeddedLog::Open(dir, SmallBuffers());
  GUITU_CHECK(log.ok());
  conformance::Collector collector;
  auto session = (*log)->OpenSession([&](std::vector<events::Delivery> batch) {
    std::vector<Acknowledged> report;
    for (const events::Delivery& delivery : batch) {
      GUITU_CHECK(delivery.outcome == Outcome::kAppended);
      report.push_back({delivery.partition, delivery.offset, delivery.ticket});
    }
    const size_t bytes = report.size() * sizeof(Acknowledged);
    GUITU_CHECK(::write(STDOUT_FILENO, report.data(), bytes) == static_cast<ssize_t>(bytes));
    collector.Sink()(std::move(batch));
  });
  GUITU_CHECK(session.ok());
  for (uint64_t sent = 0;; ++sent) {
    const uint64_t ticket = first_ticket + sent;
    (*session)->Enqueue({conformance::MakeAppend(static_cast<uint32_t>(ticket % kPartitions),
                                                 ticket, RecordOf(ticket))});
    if (sent >= 16) GUITU_CHECK(collector.WaitFor(sent - 15));
  }
}

class KilledWriter : public testing::Test {
 protected:
  // Runs a writer until it has reported `count` records, kills it, and returns all that it
  // reported.
  std::vector<Acknowledged> RunAndKill(uint64_t first_ticket, size_t count) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string program = "/proc/self/exe", flag(kWriterFlag), dir = Dir();
    std::string ticket = absl::StrCat(first_ticket);
    std::array<char*, 5> arguments = {program.data(), flag.data(), dir.data(), ticket.data(),
                                      nullptr};
    pid_t pid = 0;
    EXPECT_EQ(::posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments.data(), environ),
              0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::vector<Acknowledged> reported;
    Acknowledged next{};
    while (ReadOne(ends[0], next)) {
      reported.push_back(next);
      if (reported.size() == count) ::kill(pid, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(pid, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return reported;
  }
  static bool ReadOne(int file, Acknowledged& out) {
    size_t have = 0;
    while (have < sizeof(out)) {
      const ssize_t got = ::read(file, reinterpret_cast<char*>(&out) + have, sizeof(out) - have);
      if (got <= 0) return false;
      have += static_cast<size_t>(got);
    }
    return true;
  }
  std::string Dir() const { return dir_ / "log"; }

  conformance::TempDir dir_;
};

TEST_F(KilledWriter, LosesNothingAcknowledgedInTwentyKills) {
  ASSERT_TRUE(EmbeddedLog::Create(Dir(), kPartitions, SmallBuffers()).ok());
  std::vector<Acknowledged> all;
  for (uint64_t round = 0; round < 20; ++round) {
    SCOPED_TRACE(round);
    const std::vector<Acknowledged> reported = RunAndKill(round * 1'000'000, 50 + 37 * round);
    ASSERT_GE(reported.size(), 50 + 37 * round);
    all.insert(all.end(), reported.begin(), reported.end());
    const auto log = EmbeddedLog::Open(Dir(), SmallBuffers());
    ASSERT_TRUE(log.ok()) << log.status();
    std::array<std::vector<std::string>, kPartitions> records;
    for (uint32_t p = 0; p < kPartitions; ++p) {
      const absl::Status read =
          (*log)->Read(p, 0, ~uint64_t{0}, [&](events::Offset, absl::string_view record) {
            records[p].emplace_back(record);
            return true;
          });
      ASSERT_TRUE(read.ok()) << read;
    }
    for (const Acknowledged& one : all) {
      ASSERT_LT(one.offset, records[one.partition].size());
      ASSERT_EQ(records[one.partition][one.offset], RecordOf(one.ticket));
    }
  }
}

}  // namespace

// For main: true if this process is to be a writer and not a test.
bool RunAsWriter(int argc, char** argv) {
  if (argc != 4 || argv[1] != kWriterFlag) return false;
  WriteUntilKilled(argv[2], std::strtoull(argv[3], nullptr, 10));
}

}  // namespace guitu::embedded_log

int main(int argc, char** argv) {
  if (guitu::embedded_log::RunAsWriter(argc, argv)) return 0;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
