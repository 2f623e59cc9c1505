// The rule of effect against a second implementation, written from protocol.md alone and shaped
// otherwise (a list of reasons tried in order over the whole history): random histories must be
// judged alike.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/events/effect_fixture.h"

namespace guitu::events {
namespace {

using schema::Kind;

// Everything that took effect so far, and each chain value. Slow and plain: it counts afresh every
// time.
class Model {
 public:
  Effect Judge(const Frame& frame) const {
    uint64_t now = chain_.size() - 1;
    if (frame.kind == Kind::GENESIS) {
      if (Count(Kind::GENESIS) > 0 || !frame.genesis) return Effect::kVoidGenesis;
      return frame.generation == 1 ? Effect::kInEffect : Effect::kVoidForeign;
    }
    const Frame* genesis = Last(Kind::GENESIS);
    if (genesis == nullptr) return Effect::kVoidGenesis;
    uint64_t generation =
        1 + Count(Kind::LOG_RESTORED) + (frame.kind == Kind::LOG_RESTORED ? 1 : 0);
    if (frame.log_id != genesis->log_id || frame.generation != generation)
      return Effect::kVoidForeign;
    bool in_window = frame.basis_offset <= now && frame.basis_offset + 65536 >= now;
    if (!in_window || chain_[frame.basis_offset] != frame.basis_chain) return Effect::kVoidBasis;
    if (frame.kind == Kind::FENCE) {
      bool next =
          frame.epoch == Count(Kind::FENCE) + 1;  // each in effect is one higher than the last
      return next && frame.fence ? Effect::kInEffect : Effect::kVoidFence;
    }
    const Frame* fence = Last(Kind::FENCE);
    bool current = fence != nullptr && fence->epoch == frame.epoch && fence->nonce == frame.nonce;
    if (!current) return Effect::kVoidEpoch;
    const Frame* adoption = Last(Kind::REGISTRY_ADOPTED);
    uint64_t adopted = adoption == nullptr ? 0 : adoption->registry_offset;
    if (frame.kind == Kind::LOG_RESTORED) return Effect::kInEffect;
    if (frame.kind == Kind::REGISTRY_ADOPTED) {
      return frame.registry_offset > adopted ? Effect::kInEffect : Effect::kVoidRegistry;
    }
    uint64_t version = 0;
    for (const Frame& old : in_effect_) {
      if (old.stream != frame.stream) continue;
      bool kept = old.kind == Kind::COMMIT || old.kind == Kind::SIBLING;
      if (kept && old.command_id == frame.command_id) return Effect::kVoidSeen;
      version += old.kind == Kind::COMMIT ? 1 : 0;
    }
    if (version > frame.expected_version) return Effect::kVoidVersionPassed;
    if (version < frame.expected_version) return Effect::kVoidVersionAhead;
    bool registry = genesis->genesis->partition == genesis->genesis->partitions;
    return registry || adopted == frame.registry_offset ? Effect::kInEffect : Effect::kVoidRegistry;
  }

  void Add(const Frame& frame, Effect effect) {
    if (effect == Effect::kInEffect) in_effect_.push_back(frame);
    std::string bytes = EncodeFrame(frame);
    std::string joined(1, '\0');
    for (absl::string_view part :
         {absl::string_view(bytes), absl::string_view(), absl::string_view()}) {
      absl::StrAppend(&joined, TestHash({part}).view());
    }
    chain_.push_back(TestHash({chain_.back().view(), TestHash({joined}).view()}));
  }
  void AddGap() {
    chain_.push_back(
        TestHash({chain_.back().view(), TestHash({absl::string_view("\0guitu gap", 10)}).view()}));
  }

 private:
  uint64_t Count(Kind kind) const {
    return static_cast<uint64_t>(
        std::count_if(in_effect_.begin(), in_effect_.end(),
                      [&](const Frame& frame) { return frame.kind == kind; }));
  }
  const Frame* Last(Kind kind) const {
    for (auto it = in_effect_.rbegin(); it != in_effect_.rend(); ++it) {
      if (it->kind == kind) return &*it;
    }
    return nullptr;
  }

  std::vector<Frame> in_effect_;
  std::vector<Hash256> chain_{Hash256{}};
};

// Frames that are mostly right, with now and then something wrong; few streams, ids and nonces, so
// that repeats and clashes are common.
class History {
 public:
  explicit History(uint64_t seed) : random_(seed) {}

  Frame Draw(const PartitionReader& reader) {
    if (!reader.head().born && Below(3) > 0) {
      return Spoil(reader.Genesis(Below(3) == 0 ? 4 : 2, 4), reader);
    }
    if (!kept_.empty() && Below(8) == 0)
      return kept_[Below(kept_.size())];  // a late or repeated record
    Frame frame = Fresh(reader);
    if (Below(4) == 0) frame = Spoil(frame, reader);
    kept_.push_back(frame);
    if (kept_.size() > 40) kept_.erase(kept_.begin());
    return frame;
  }

  uint64_t Below(uint64_t n) { return random_() % n; }

 private:
  Frame Fresh(const PartitionReader& reader) {
    StreamId stream{1, Below(3)};
    switch (Below(12)) {
      case 0:
        return reader.Genesis();
      case 1:
        return reader.Fence({Below(3), 1});
      case 2:
        return reader.Adoption(reader.head().adopted + Below(3));
      case 3:
        return Below(4) == 0 ? reader.Restored() : reader.Command(Below(200), stream);
      case 4:
      case 5:
        return reader.Command(Below(200), stream, Kind::ACCESS);
      case 6:
        return reader.Command(Below(200), stream, Kind::SIBLING);
      default:
        return reader.Command(Below(200), stream);
    }
  }

  Frame Spoil(Frame frame, const PartitionReader& reader) {
    for (uint64_t i = 0, n = 1 + Below(3); i < n; ++i) {
      switch (Below(12)) {
        case 0:
          frame.log_id.lo ^= Below(2);
          break;
        case 1:
          frame.generation += static_cast<uint32_t>(Below(3)) - 1;
          break;
        case 2:
          frame.basis_chain.bytes[Below(32)] ^= 1;
          break;
        case 3:
          frame.basis_offset += 1 + Below(2);
          break;
        case 4:
          Rebase(frame, reader);
          break;
        case 5:
          frame.epoch += Below(3) - 1;
          break;
        case 6:
          frame.nonce = {Below(3), 1};
          break;
        case 7:
          frame.expected_version += Below(3) - 1;
          break;
        case 8:
          frame.registry_offset += Below(3) - 1;
          break;
        case 9:
          frame.fence.reset();
          break;
        case 10:
          frame.genesis.reset();
          break;
        default:
          frame.command_id.lo = Below(200);
          break;
      }
    }
    return frame;
  }

  // An older basis that is true.
  void Rebase(Frame& frame, const PartitionReader& reader) {
    frame.basis_offset = Below(reader.head().next + 1);
    frame.basis_chain = reader.chain_at(frame.basis_offset);
  }

  std::mt19937_64 random_;
  std::vector<Frame> kept_;
};

void Compare(uint64_t seed, int length, uint64_t gaps, std::set<Effect>& met) {
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  History history(seed);
  PartitionReader reader;
  Model model;
  for (int i = 0; i < length; ++i) {
    if (i == length / 2) {
      reader.FoldGaps(gaps);
      for (uint64_t n = 0; n < gaps; ++n) model.AddGap();
    }
    Frame frame = history.Draw(reader);
    Effect expected = model.Judge(frame);
    model.Add(frame, expected);
    Effect got = reader.Fold(frame);
    ASSERT_EQ(NameOf(got), NameOf(expected)) << "record " << i;
    met.insert(got);
  }
}

TEST(EffectModel, AgreesOnRandomHistories) {
  std::set<Effect> met;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Compare(seed, 300, 0, met);
    if (testing::Test::HasFatalFailure()) return;
  }
  met.insert(Effect::kVoidUnreadable);  // no frame to draw; effect_test has it
  EXPECT_EQ(met.size(), 11u) << "some effect was never met: the histories are too tame";
}

TEST(EffectModel, AgreesAcrossTheBasisWindow) {
  std::set<Effect> met;
  for (uint64_t seed = 1001; seed <= 1003; ++seed) {
    Compare(seed, 400, 65536 - 20 * (seed - 1000), met);
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace guitu::events
