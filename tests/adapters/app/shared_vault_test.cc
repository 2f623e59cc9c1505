// Vaults of several nodes on librdkafka's mock cluster.
#include "adapters/app/shared_vault.h"

#include "adapters/app/installation.h"
#include "adapters/crypto/issuer_file.h"
#include "adapters/crypto/random.h"
#include "adapters/crypto/root_key.h"
#include "tests/adapters/app/shared_nodes.h"
#include "tests/adapters/crypto/test_files.h"
#include "tests/adapters/kafka_log/mock_cluster.h"

namespace guitu::app_test {
namespace {

using kafka_log::KeyRow;
using kafka_log::KeyTopic;
using kafka_log::MockCluster;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SharedVaultTest : public SharedNodes {
 protected:
  SharedVaultTest() { cluster_.MakeTopic("keys", 1); }

  std::unique_ptr<KeyTopic> Topic() override {
    auto topic = KeyTopic::OpenUnchecked(cluster_.bootstrap(), "keys", MockCluster::Options());
    EXPECT_TRUE(topic.ok()) << topic.status();
    return topic.ok() ? *std::move(topic) : nullptr;
  }
  std::vector<KeyRow> RowsOfTopic() {
    std::vector<KeyRow> rows;
    EXPECT_TRUE(Topic()
                    ->ReadAll([&](absl::string_view key, absl::string_view value) {
                      rows.push_back({std::string(key), std::string(value)});
                      return true;
                    })
                    .ok());
    return rows;
  }
  void Write(const KeyRow& row) {
    const absl::Status status = Topic()->Publish({row});
    EXPECT_TRUE(status.ok()) << status;
  }

  MockCluster cluster_;
};

TEST_F(SharedVaultTest, EachOpensWhatTheOtherSealed) {
  auto first = Take(TryCreate("first"));
  auto second = Take(TryOpen("second"));
  for (auto [from, to] : {std::pair{first.get(), second.get()}, {second.get(), first.get()}}) {
    const KeyId key = *from->vault().TakeFreshKey();
    const std::string box = *from->vault().Seal(Binding(key), "plain");
    EXPECT_EQ(OpenSoon(*to, key, box).value_or(""), "plain");
    EXPECT_TRUE(to->state().ok()) << to->state();
  }
  EXPECT_THAT(alarms(), IsEmpty());
}

TEST_F(SharedVaultTest, AKeyThatIsOnItsWayIsUnavailable) {
  auto first = Take(TryCreate("first"));
  EXPECT_TRUE(absl::IsUnavailable(
      first->vault().Seal(Binding(crypto::RandomId<KeyId>()), "plain").status()));
}

TEST_F(SharedVaultTest, ALateOneHasAllKeysFromTheBeginning) {
  auto first = Take(TryCreate("first"));
  std::vector<std::pair<KeyId, std::string>> boxes;
  for (int i = 0; i < 40; ++i) {
    const KeyId key = *first->vault().TakeFreshKey();
    boxes.emplace_back(key, *first->vault().Seal(Binding(key), "plain"));
  }
  ASSERT_TRUE(first->vault().Destroy(boxes[7].first).ok());
  auto late = Take(TryOpen("late"));
  for (size_t i = 0; i < boxes.size(); ++i) {
    const auto opened = late->vault().Open(Binding(boxes[i].first), boxes[i].second);
    EXPECT_EQ(opened.status().code(), i == 7 ? absl::StatusCode::kDataLoss : absl::StatusCode::kOk);
  }
  EXPECT_EQ(late->vault().Check()->named, 4u);
}

TEST_F(SharedVaultTest, OneThatWasAwayCatchesUp) {
  auto first = Take(TryCreate("first"));
  Take(TryOpen("second"));
  const KeyId key = *first->vault().TakeFreshKey();
  const std::string box = *first->vault().Seal(Binding(key), "plain");
  auto second = Take(TryOpen("second"));
  EXPECT_EQ(second->vault().Open(Binding(key), box).value_or(""), "plain");
}

TEST_F(SharedVaultTest, ADestroyedKeyIsDestroyedOnAllAndStaysSo) {
  auto first = Take(TryCreate("first"));
  auto second = Take(TryOpen("second"));
  const KeyId key = *first->vault().TakeFreshKey();
  const std::string box = *first->vault().Seal(Binding(key), "plain");
  ASSERT_TRUE(OpenSoon(*second, key, box).ok());
  const std::vector<KeyRow> before = RowsOfTopic();
  ASSERT_TRUE(second->vault().Destroy(key).ok());
  const auto lost = Until([&] { return first->vault().Open(Binding(key), box); },
                          [](const auto& opened) { return !opened.ok(); });
  EXPECT_TRUE(absl::IsDataLoss(lost.status())) << lost.status();
  // A stale row behind it: somebody answers, and the topic ends with the destruction.
  const std::string row_key = "k" + events::ToBytes(key);
  for (const KeyRow& row : before) {
    if (row.key == row_key) Write(row);
  }
  const auto last = Until(
      [&] {
        std::string value;
        for (const KeyRow& row : RowsOfTopic()) {
          if (row.key == row_key) value = row.value;
        }
        return value;
      },
      [](const std::string& value) { return value[0] == 'D'; });
  EXPECT_EQ(last[0], 'D');
  auto late = Take(TryOpen("late"));
  for (auto* node : {first.get(), second.get(), late.get()}) {
    EXPECT_TRUE(absl::IsDataLoss(node->vault().Open(Binding(key), box).status()));
  }
}

TEST_F(SharedVaultTest, WithoutABrokerThePoolRunsDryAndComesBackByItself) {
  auto first = Take(TryCreate("first"));
  auto second = Take(TryOpen("second"));
  const KeyId before = *first->vault().TakeFreshKey();
  const std::string box = *first->vault().Seal(Binding(before), "plain");
  cluster_.SetDown(1);
  absl::Status status;
  int taken = 0;
  for (; taken < 1000 && status.ok(); ++taken) status = first->vault().TakeFreshKey().status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_LE(taken, 17);
  EXPECT_EQ(first->vault().Open(Binding(before), box).value_or(""), "plain");
  cluster_.SetUp(1);
  const auto key = Until([&] { return first->vault().TakeFreshKey(); },
                         [](const auto& fresh) { return fresh.ok(); });
  ASSERT_TRUE(key.ok()) << key.status();
  const std::string after = *first->vault().Seal(Binding(*key), "after");
  EXPECT_EQ(OpenSoon(*second, *key, after).value_or(""), "after");
}

TEST_F(SharedVaultTest, ACreationThatWasCutOffIsFinishedByOpen) {
  {
    auto created = crypto::Vault::Create(Options("first").vault_dir, root_, kLog);
    ASSERT_TRUE(created.ok()) << created.status();
    // Keys that were durable here and not published, as a crash leaves them.
    ASSERT_TRUE((*created)->AddNamedKey("index").ok());
  }
  EXPECT_THAT(RowsOfTopic(), IsEmpty());
  auto first = Take(TryOpen("first"));
  auto second = Take(TryOpen("second"));
  EXPECT_TRUE(
      crypto::SameSecret(*first->vault().NamedKey("index"), *second->vault().NamedKey("index")));
}

TEST_F(SharedVaultTest, NoVaultAnywhereIsNotFoundAndASecondCreationIsRefused) {
  EXPECT_TRUE(absl::IsNotFound(TryOpen("first").status()));
  auto first = Take(TryCreate("first"));
  EXPECT_TRUE(absl::IsAlreadyExists(TryCreate("second").status()));
  first.reset();
  EXPECT_TRUE(absl::IsAlreadyExists(TryCreate("first").status()));
}

TEST_F(SharedVaultTest, AnotherRootKeyOrLogIsRefusedAndLeavesNothing) {
  auto first = Take(TryCreate("first"));
  const crypto::Secret other = crypto::Secret::Random();
  const size_t rows = RowsOfTopic().size();
  EXPECT_TRUE(absl::IsPermissionDenied(
      SharedVault::Open(Options("second"), other, kLog, Topic()).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(
      SharedVault::Open(Options("second"), root_, {7, 7}, Topic()).status()));
  EXPECT_FALSE(std::filesystem::exists(Options("second").vault_dir));
  // With a vault of its own, made for another topic.
  ASSERT_TRUE(crypto::Vault::Create(Options("third").vault_dir, other, kLog).ok());
  EXPECT_TRUE(
      absl::IsPermissionDenied(SharedVault::Open(Options("third"), other, kLog, Topic()).status()));
  ASSERT_TRUE(crypto::Vault::Create(Options("twin").vault_dir, root_, kLog).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(TryOpen("twin").status()));
  EXPECT_EQ(RowsOfTopic().size(), rows);
  EXPECT_TRUE(first->state().ok());
}

TEST_F(SharedVaultTest, AStrangersRowIsToldAndPutRightAndNothingStops) {
  auto first = Take(TryCreate("first"));
  auto second = Take(TryOpen("second"));
  const std::string named = "n" + std::string(crypto::kTokenSigningKey);
  const std::string epoch("e\0\0\0\0\0\0\0\x01", 9);
  for (const KeyRow& row : {KeyRow{named, "rubbish"}, KeyRow{epoch, "rubbish"}}) Write(row);
  const KeyId key = *first->vault().TakeFreshKey();
  const std::string box = *first->vault().Seal(Binding(key), "plain");
  EXPECT_EQ(OpenSoon(*second, key, box).value_or(""), "plain");
  const auto good = Until(
      [&] {
        std::map<std::string, std::string> newest;
        for (const KeyRow& row : RowsOfTopic()) newest[row.key] = row.value;
        return newest[named] != "rubbish" && newest[epoch] != "rubbish";
      },
      [](bool right) { return right; });
  EXPECT_TRUE(good);
  EXPECT_THAT(alarms(), Not(IsEmpty()));
  EXPECT_TRUE(TryOpen("late").ok());
}

TEST_F(SharedVaultTest, AfterTheTopicWasMadeAnewItIsFilledAgain) {
  auto first = Take(TryCreate("first"));
  auto second = Take(TryOpen("second"));
  const KeyId key = *first->vault().TakeFreshKey();
  const std::string box = *first->vault().Seal(Binding(key), "plain");
  ASSERT_TRUE(OpenSoon(*second, key, box).ok());
  second.reset();
  first.reset();
  cluster_.DeleteTopic("keys");
  cluster_.MakeTopic("keys", 1);
  first = Take(TryOpen("first"));
  auto late = Take(TryOpen("late"));
  EXPECT_EQ(late->vault().Open(Binding(key), box).value_or(""), "plain");
}

TEST_F(SharedVaultTest, WhenTheTopicIsCutOffUnderThemTheyFillItAndFollowItAgain) {
  auto first = Take(TryCreate("first"));
  auto second = Take(TryOpen("second"));
  const KeyId old_key = *first->vault().TakeFreshKey();
  const std::string old_box = *first->vault().Seal(Binding(old_key), "old");
  ASSERT_TRUE(OpenSoon(*second, old_key, old_box).ok());
  cluster_.DeleteTopic("keys");
  cluster_.MakeTopic("keys", 1);
  const auto late = Until(
      [&]() -> absl::Status {
        auto node = TryOpen("late");
        if (!node.ok()) return node.status();
        return (*node)->vault().Open(Binding(old_key), old_box).status();
      },
      [](const absl::Status& status) { return status.ok(); });
  EXPECT_TRUE(late.ok()) << late;
  const auto key = Until([&] { return first->vault().TakeFreshKey(); },
                         [](const auto& fresh) { return fresh.ok(); });
  ASSERT_TRUE(key.ok()) << key.status();
  const std::string box = *first->vault().Seal(Binding(*key), "new");
  EXPECT_EQ(OpenSoon(*second, *key, box).value_or(""), "new");
  // The key may have come before it was noticed that the topic is another one.
  const auto state = Until([&] { return second->state(); },
                           [](const absl::Status& status) { return status.ok(); });
  EXPECT_TRUE(state.ok()) << state;
  EXPECT_THAT(alarms(), Not(IsEmpty()));
}

TEST_F(SharedVaultTest, WhileTheDiskIsFullRowsWaitAndNoneIsLost) {
  auto first = Take(TryCreate("first"));
  crypto::FailingEnv env;
  SharedVaultOptions options = Options("second");
  options.vault.env = &env;
  auto second = Take(SharedVault::Open(std::move(options), root_, kLog, Topic()));
  env.Fail(crypto::FailingEnv::Failure::kNoSpace);
  const KeyId key = *first->vault().TakeFreshKey();
  const std::string box = *first->vault().Seal(Binding(key), "plain");
  const absl::Status state = Until([&] { return second->state(); },
                                   [](const absl::Status& status) { return !status.ok(); });
  EXPECT_TRUE(absl::IsResourceExhausted(state)) << state;
  EXPECT_TRUE(absl::IsUnavailable(second->vault().Open(Binding(key), box).status()));
  env.Fail(crypto::FailingEnv::Failure::kNone);
  EXPECT_EQ(OpenSoon(*second, key, box).value_or(""), "plain");
  EXPECT_TRUE(
      Until([&] { return second->state(); }, [](const absl::Status& status) { return status.ok(); })
          .ok());
  second.reset();  // before its disk
}

TEST_F(SharedVaultTest, TokensAreIssuedOnANodeThatJoined) {
  auto first = Take(TryCreate("first"));
  auto second = Take(TryOpen("second"));
  const auto seed = first->vault().NamedKey(crypto::kTokenSigningKey);
  ASSERT_TRUE(seed.ok());
  for (const char* name : {"first", "second"}) {
    auto file = crypto::ReadIssuerFile(Options(name).issuer_file, root_);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_TRUE(crypto::SameSecret(*file, *seed));
  }
  // As `guitu token` does it, beside the node.
  ASSERT_TRUE(crypto::WriteRootKey(dir_ / "root", root_).ok());
  std::filesystem::create_directory(dir_ / "data");
  std::filesystem::copy(Options("second").issuer_file, dir_ / "data/issuer");
  const clock::SystemClock clock;
  app::OpenOptions options;
  options.data_dir = dir_ / "data";
  options.root_key_file = dir_ / "root";
  options.clock = &clock;
  const aggregates::Actor actor{"w1", "530902-MCA", "caseworker"};
  auto token = app::IssueToken(options, actor, absl::Hours(8));
  EXPECT_TRUE(token.ok()) << token.status();
  // A file that is gone or wrong is made again.
  second.reset();
  std::ofstream(Options("second").issuer_file) << "rubbish";
  second = Take(TryOpen("second"));
  EXPECT_TRUE(crypto::ReadIssuerFile(Options("second").issuer_file, root_).ok());
}

TEST_F(SharedVaultTest, NoKeyIsInTheTopicInTheClear) {
  auto first = Take(TryCreate("first"));
  ASSERT_TRUE(first->vault().TakeFreshKey().ok());
  std::string all;
  for (const KeyRow& row : RowsOfTopic()) all += row.key + row.value;
  EXPECT_THAT(all, HasSubstr(std::string(crypto::kTokenSigningKey)));
  for (auto name : {crypto::kTokenSigningKey, crypto::kAnchorSigningKey, crypto::kLogMacKey}) {
    EXPECT_THAT(all, Not(HasSubstr(std::string(first->vault().NamedKey(name)->view()))));
  }
  EXPECT_THAT(all, Not(HasSubstr(std::string(root_.view()))));
}

TEST_F(SharedVaultTest, EndsSoonWhileNoBrokerAnswers) {
  auto first = Take(TryCreate("first"));
  cluster_.SetDown(1);
  first->vault().Prefill();
  const clock::SystemClock clock;
  const absl::Duration before = clock.Monotonic();
  first.reset();
  EXPECT_LT(clock.Monotonic() - before, absl::Seconds(20));
}

}  // namespace
}  // namespace guitu::app_test
