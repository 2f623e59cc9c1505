#include "adapters/embedded_log/anchor.h"

#include <atomic>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/conformance/temp_dir.h"

namespace guitu::embedded_log {
namespace {

constexpr size_t kSlot = 64 << 10;

// A keyed checksum stands for a signature: any changed byte of the message changes it.
AnchorSignature SignWith(uint64_t key, absl::string_view message) {
  AnchorSignature signature{};
  uint64_t state = key;
  for (size_t round = 0; round < 8; ++round) {
    for (const char c : message) state = (state ^ static_cast<uint8_t>(c)) * 0x100000001b3;
    for (size_t i = 0; i < 8; ++i) signature[round * 8 + i] = static_cast<uint8_t>(state >> 8 * i);
  }
  return signature;
}
AnchorSignature Sign(absl::string_view message) { return SignWith(17, message); }
bool Verify(absl::string_view message, const AnchorSignature& signature) {
  return signature == Sign(message);
}

events::Hash256 Hash(uint8_t fill) {
  events::Hash256 hash;
  hash.bytes.fill(fill);
  return hash;
}

class AnchorFile : public testing::Test {
 protected:
  std::string Path() const { return dir_ / "anchor"; }
  static AnchorState Begin(size_t partitions = 3) {
    AnchorState state;
    state.log_id = {1, 2};
    state.partitions.resize(partitions);
    return state;
  }
  std::unique_ptr<Anchor> Make() {
    auto anchor = Anchor::Create(Path(), Begin(), Sign);
    EXPECT_TRUE(anchor.ok()) << anchor.status();
    return *std::move(anchor);
  }
  AnchorState Load() {
    auto state = Anchor::Load(Path(), Verify);
    EXPECT_TRUE(state.ok()) << state.status();
    return state.value_or(AnchorState{});
  }
  std::string Bytes() const {
    std::ifstream file(Path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void SetBytes(const std::string& bytes) const {
    std::ofstream(Path(), std::ios::binary | std::ios::trunc) << bytes;
  }

  conformance::TempDir dir_;
};

TEST_F(AnchorFile, SaysWhatItWasCreatedWith) {
  Make();
  AnchorState expected = Begin();
  expected.sequence = 1;
  EXPECT_EQ(Load(), expected);
}

TEST_F(AnchorFile, SaysAfterAFlushWhatItWasToldBefore) {
  auto anchor = Make();
  anchor->Advance(1, 10, Hash(1), Hash(2));
  anchor->Advance(2, 5, Hash(3), Hash(4));
  ASSERT_TRUE(anchor->Flush().ok());
  const AnchorState state = Load();
  EXPECT_EQ(state.partitions[0], AnchorEntry{});
  EXPECT_EQ(state.partitions[1], (AnchorEntry{10, Hash(1), Hash(2)}));
  EXPECT_EQ(state.partitions[2], (AnchorEntry{5, Hash(3), Hash(4)}));
  EXPECT_EQ(state, anchor->state());
}

TEST_F(AnchorFile, WritesByItselfWithoutAFlush) {
  auto anchor = Make();
  anchor->Advance(0, 1, Hash(1), Hash(1));
  // Flush is not called; the thread writes, and the loop ends when it has. A file that never
  // changes lets the test run into its time-out.
  while (Load().partitions[0].count != 1) std::this_thread::yield();
}

TEST_F(AnchorFile, WritesWhatIsLeftWhenItIsDestroyed) {
  auto anchor = Make();
  anchor->Advance(0, 1, Hash(1), Hash(1));
  anchor->Advance(0, 2, Hash(2), Hash(2));
  anchor.reset();
  EXPECT_EQ(Load().partitions[0].count, 2u);
}

TEST_F(AnchorFile, PassesOverAnOlderCount) {
  auto anchor = Make();
  anchor->Advance(0, 5, Hash(5), Hash(5));
  anchor->Advance(0, 4, Hash(4), Hash(4));
  ASSERT_TRUE(anchor->Flush().ok());
  EXPECT_EQ(Load().partitions[0], (AnchorEntry{5, Hash(5), Hash(5)}));
}

TEST_F(AnchorFile, GoesOnAfterARestart) {
  Make();
  for (uint64_t round = 1; round < 6; ++round) {
    auto anchor = Anchor::Open(Path(), Load(), Sign);
    ASSERT_TRUE(anchor.ok()) << anchor.status();
    (*anchor)->Advance(0, round, Hash(1), Hash(1));
    ASSERT_TRUE((*anchor)->Flush().ok());
    EXPECT_EQ(Load().partitions[0].count, round);
    EXPECT_EQ(Load().sequence, round + 1);
  }
}

TEST_F(AnchorFile, CreateDoesNotReplaceAnAnchor) {
  Make();
  EXPECT_TRUE(absl::IsAlreadyExists(Anchor::Create(Path(), Begin(), Sign).status()));
  EXPECT_EQ(Load().sequence, 1u);
}

TEST_F(AnchorFile, AMissingFileIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(Anchor::Load(Path(), Verify).status()));
  AnchorState loaded = Begin();
  loaded.sequence = 1;
  EXPECT_TRUE(absl::IsNotFound(Anchor::Open(Path(), loaded, Sign).status()));
}

TEST_F(AnchorFile, ReportsADirectoryThatIsNotThere) {
  EXPECT_TRUE(absl::IsUnavailable(Anchor::Create(dir_ / "no/anchor", Begin(), Sign).status()));
}

TEST_F(AnchorFile, TornAtAnyByteSaysWhatItSaidBefore) {
  auto anchor = Make();
  anchor->Advance(0, 1, Hash(1), Hash(1));
  ASSERT_TRUE(anchor->Flush().ok());
  const std::string before = Bytes();  // newest: sequence 2, slot 0
  anchor->Advance(0, 2, Hash(2), Hash(2));
  ASSERT_TRUE(anchor->Flush().ok());
  const std::string after = Bytes();  // newest: sequence 3, slot 1
  anchor.reset();
  const size_t written = 8 + 8 + 16 + 4 + 3 * 72 + 64;
  for (size_t torn = 0; torn <= written; ++torn) {
    SCOPED_TRACE(torn);
    std::string bytes = before;
    bytes.replace(kSlot, torn, after, kSlot, torn);
    SetBytes(bytes);
    // The last bytes of two signatures may be equal, so that a torn slot is whole.
    const bool whole = bytes.substr(kSlot, written) == after.substr(kSlot, written);
    EXPECT_EQ(Load().partitions[0].count, whole ? 2u : 1u);
  }
}

TEST_F(AnchorFile, ATornSlotIsWrittenOver) {
  auto anchor = Make();
  anchor->Advance(0, 1, Hash(1), Hash(1));
  ASSERT_TRUE(anchor->Flush().ok());
  anchor.reset();
  std::string bytes = Bytes();
  bytes[20] = static_cast<char>(bytes[20] ^ 1);  // slot 0, the newest
  SetBytes(bytes);
  EXPECT_EQ(Load().sequence, 1u);
  auto again = Anchor::Open(Path(), Load(), Sign);
  ASSERT_TRUE(again.ok());
  (*again)->Advance(0, 7, Hash(7), Hash(7));
  ASSERT_TRUE((*again)->Flush().ok());
  EXPECT_EQ(Load().partitions[0].count, 7u);
  EXPECT_EQ(Load().sequence, 2u);
}

TEST_F(AnchorFile, TwoDamagedSlotsAreDataLoss) {
  Make();
  std::string bytes = Bytes();
  bytes[kSlot + 9] = static_cast<char>(bytes[kSlot + 9] ^ 1);  // slot 1 is the only one written
  SetBytes(bytes);
  EXPECT_TRUE(absl::IsDataLoss(Anchor::Load(Path(), Verify).status()));
  SetBytes("");
  EXPECT_TRUE(absl::IsDataLoss(Anchor::Load(Path(), Verify).status()));
}

TEST_F(AnchorFile, AnotherKeysSignatureIsDataLoss) {
  Make();
  const auto other = [](absl::string_view message, const AnchorSignature& signature) {
    return signature == SignWith(18, message);
  };
  EXPECT_TRUE(absl::IsDataLoss(Anchor::Load(Path(), other).status()));
}

TEST_F(AnchorFile, ASlotCopiedOverTheOtherIsNotTaken) {
  auto anchor = Make();
  anchor->Advance(0, 1, Hash(1), Hash(1));
  ASSERT_TRUE(anchor->Flush().ok());
  anchor.reset();
  std::string bytes = Bytes();
  bytes.replace(0, kSlot, bytes, kSlot, kSlot);  // the older one in the place of the newest
  SetBytes(bytes);
  EXPECT_EQ(Load().sequence, 1u);
  bytes.replace(kSlot, kSlot, std::string(kSlot, '\0'));
  SetBytes(bytes);
  EXPECT_TRUE(absl::IsDataLoss(Anchor::Load(Path(), Verify).status()));
}

TEST_F(AnchorFile, NumbersOfPartitionsThatCannotBeAreNotRead) {
  Make();
  std::string bytes = Bytes();
  for (const char* count : {"\0\0\0\0", "\xff\xff\xff\xff", "\0\0\x03\x85"}) {
    bytes.replace(kSlot + 32, 4, count, 4);
    SetBytes(bytes);
    EXPECT_TRUE(absl::IsDataLoss(Anchor::Load(Path(), Verify).status()));
  }
}

TEST_F(AnchorFile, AFailedWriteIsReportedAndTheFileStillReads) {
  Make();
  auto anchor = Anchor::Open("/dev/full", Load(), Sign);
  ASSERT_TRUE(anchor.ok()) << anchor.status();
  (*anchor)->Advance(0, 1, Hash(1), Hash(1));
  EXPECT_TRUE(absl::IsResourceExhausted((*anchor)->Flush()));
  EXPECT_TRUE(absl::IsResourceExhausted((*anchor)->status()));
  EXPECT_EQ((*anchor)->state().sequence, 1u) << "the slot before stands";
}

TEST_F(AnchorFile, NeverSaysMoreThanItWasToldWhileThreadsAdvanceIt) {
  auto anchor = Make();
  std::atomic<uint64_t> told{0};
  std::thread teller([&] {
    for (uint64_t count = 1; count <= 2000; ++count) {
      told = count;
      anchor->Advance(0, count, Hash(static_cast<uint8_t>(count)), Hash(0));
    }
  });
  for (int i = 0; i < 20; ++i) {
    const uint64_t before = told;
    EXPECT_TRUE(anchor->Flush().ok());
    const AnchorEntry entry = Load().partitions[0];
    EXPECT_LE(entry.count, told);
    EXPECT_GE(entry.count + 1, before) << "told, and perhaps not yet handed over: at most one";
    EXPECT_EQ(entry.chain,
              entry.count == 0 ? events::Hash256{} : Hash(static_cast<uint8_t>(entry.count)));
  }
  teller.join();
  ASSERT_TRUE(anchor->Flush().ok());
  EXPECT_EQ(Load().partitions[0].count, 2000u);
}

}  // namespace
}  // namespace guitu::embedded_log
