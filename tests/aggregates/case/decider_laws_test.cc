// What holds of the decider whatever is asked of it: deterministic, Evolve total, the state a fold
// of what was accepted, the two streams of a case independent of each other.
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "tests/aggregates/case/given.h"
#include "tests/aggregates/case/random_case.h"
#include "tests/aggregates/case/state_text.h"

namespace guitu::aggregates {
namespace {

// A refusal, or: a fact of another stream is not known here yet.
bool IsAnAnswer(const absl::Status& status) {
  return events::IsRefusal(status) || events::ReasonOf(status) == events::Reason::SETTLING;
}

using events::Event;

constexpr uint64_t kSeed = 20220301;  // change it to try others; a failure prints it

CaseState Fold(const std::vector<Event>& events) {
  CaseState state = CaseDecider::Initial();
  for (const Event& event : events) state = CaseDecider::Evolve(std::move(state), event);
  return state;
}

struct Staff {
  const char* id;
  const char* unit;
};

// A case as it grows under random commands.
class RandomCase {
 public:
  explicit RandomCase(CommandGenerator& generator) : generator_(generator) {}

  // Asks one command; true if it was accepted.
  bool Step() {
    constexpr Staff kWho[] = {{"w1", "MCA"}, {"h1", "MCA"}, {"p1", "PSB"}};
    const Staff& who = kWho[generator_.Below(std::size(kWho))];
    Context context = SampleContext();
    context.actor = {who.id, who.unit, "caseworker"};
    context.now = kNow + absl::Minutes(static_cast<int>(recorded.size()));
    context.look_up = [](const events::StreamId&, uint32_t) {
      return std::optional<ForeignEvent>();
    };
    context.new_person = [this](uint32_t index, absl::string_view) {
      return events::SubjectId{recorded.size() + 1, uint64_t{2} * index};
    };
    std::vector<Event> command = generator_.Make(state, context.now);
    for (Event& event : command) {
      event.recorder = context.actor.staff;
      event.recorded_at = context.now;
    }
    auto decided = CaseDecider::Decide(state, command, context);
    ExpectSameAgain(command, context, decided);
    if (!decided.ok()) {
      EXPECT_TRUE(IsAnAnswer(decided.status())) << decided.status();
      return false;
    }
    for (const Event& event : *decided) {
      state = CaseDecider::Evolve(std::move(state), event);
      recorded.push_back(event);
    }
    return true;
  }

  CaseState state;
  std::vector<Event> recorded;

 private:
  // Deterministic; now and then, since it doubles the work.
  void ExpectSameAgain(const std::vector<Event>& command, const Context& context,
                       const absl::StatusOr<std::vector<Event>>& decided) {
    if (generator_.Below(16) != 0) return;
    auto again = CaseDecider::Decide(state, command, context);
    ASSERT_EQ(again.status(), decided.status());
    if (!decided.ok()) return;
    ASSERT_EQ(again->size(), decided->size());
    for (size_t i = 0; i < again->size(); ++i) {
      ASSERT_EQ(events::CanonicalBytes((*again)[i]), events::CanonicalBytes((*decided)[i]));
    }
  }

  CommandGenerator& generator_;
};

TEST(CaseDecider, IsTheFoldOfWhatItAcceptedUnderTwoHundredThousandRandomCommands) {
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  CommandGenerator generator(kSeed);
  int accepted = 0;
  std::set<uint16_t> types;
  RandomCase one(generator);
  for (int i = 0; i < 200000; ++i) {
    accepted += one.Step() ? 1 : 0;
    if (one.recorded.size() < 60) continue;
    ASSERT_EQ(TextOf(Fold(one.recorded)), TextOf(one.state));
    for (const Event& event : one.recorded) types.insert(event.type->type);
    one.state = {};
    one.recorded.clear();
  }
  // The commands are not all nonsense: many are accepted, and every type of a case is among them.
  EXPECT_GT(accepted, 10000);
  for (const auto& type : events::Catalogue::Get().types()) {
    bool of_a_case = type.forms && type.stages != schema::Stages::REGISTRY &&
                     type.stages != schema::Stages::PARTITION;
    EXPECT_TRUE(!of_a_case || types.contains(type.type)) << type.name << " was never accepted";
  }
}

TEST(CaseDecider, HasTheSameStateWhenTheSiblingStreamIsFoldedLast) {
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  CommandGenerator generator(kSeed + 1);
  for (int i = 0; i < 50; ++i) {
    RandomCase one(generator);
    while (one.recorded.size() < 60) one.Step();
    std::vector<Event> apart;
    for (bool siblings : {false, true}) {
      for (const Event& event : one.recorded) {
        bool is_sibling = event.type->stages == schema::Stages::SIBLING;
        if (is_sibling == siblings) apart.push_back(event);
      }
    }
    ASSERT_EQ(TextOf(Fold(apart)), TextOf(one.state));
  }
}

TEST(CaseDecider, FoldsWhateverStandsInTheLog) {
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  CommandGenerator generator(kSeed + 2);
  for (int i = 0; i < 200; ++i) {
    std::vector<Event> log;
    for (int n = 0; n < 50; ++n) log.push_back(generator.Anything());
    CaseState state = Fold(log);
    EXPECT_EQ(state.events.size() + state.siblings.size(), log.size());
  }
}

TEST(CaseDecider, FoldsAnEventWhoseFieldsAreAllErased) {
  for (const auto& type : events::Catalogue::Get().types()) {
    Event event;
    event.type = &type;
    event.body = std::make_shared<events::Body>();
    EXPECT_EQ(Fold({event}).events.size() + Fold({event}).siblings.size(), 1u) << type.name;
  }
}

TEST(CaseDecider, RefusesOrAcceptsWhateverIsAskedWithoutFailing) {
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  CommandGenerator generator(kSeed + 3);
  CaseState state =
      Fold({Rescued(), Opened(), Wish12(), Risk(), FileOpened(), HandoverAsked(), Sample26()});
  for (int i = 0; i < 5000; ++i) {
    auto decided = CaseDecider::Decide(state, {generator.Anything()}, SampleContext());
    EXPECT_TRUE(decided.ok() || IsAnAnswer(decided.status())) << decided.status();
  }
}

TEST(CaseDecider, ChangesNothingOnAnEmptyCommand) {
  auto decided = CaseDecider::Decide(Fold({Rescued()}), {}, SampleContext());
  ASSERT_TRUE(decided.ok());
  EXPECT_TRUE(decided->empty());
}

}  // namespace
}  // namespace guitu::aggregates
