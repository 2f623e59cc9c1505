// Vaults of several nodes on a real broker.
#include <filesystem>

#include "tests/adapters/app/shared_nodes.h"
#include "tests/adapters/kafka_log/real_kafka.h"

namespace guitu::app_test {
namespace {

using kafka_log::KafkaOptions;
using kafka_log::KeyTopic;
using testing::HasSubstr;
using testing::Not;

class SharedVaultOnABroker : public SharedNodes {
 protected:
  SharedVaultOnABroker() : topic_(kafka_.NewTopic() + "-keys") {
    options_.delivery_timeout = absl::Seconds(2);
    options_.open_timeout = absl::Seconds(2);
    options_.read_timeout = absl::Seconds(2);
    const absl::Status made = KeyTopic::Create(kafka_.bootstrap(), topic_, options_);
    EXPECT_TRUE(made.ok()) << made;
  }
  ~SharedVaultOnABroker() override { kafka_.Restart(); }

  std::unique_ptr<KeyTopic> Topic() override {
    auto topic = KeyTopic::Open(kafka_.bootstrap(), topic_, options_);
    EXPECT_TRUE(topic.ok()) << topic.status();
    return topic.ok() ? *std::move(topic) : nullptr;
  }
  // All that the broker has written of the topic.
  std::string BytesOnTheBroker() {
    std::string all;
    for (const auto& entry :
         std::filesystem::directory_iterator(kafka_.PartitionDir(1, topic_, 0))) {
      std::ifstream file(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
  }

  kafka_log::RealKafka& kafka_ = kafka_log::OneNode();
  const std::string topic_;
  KafkaOptions options_ = kafka_.Options();
};

TEST_F(SharedVaultOnABroker, TwoSeeEachOthersKeysAndAThirdJoinsLate) {
  auto first = Take(TryCreate("first"));
  auto second = Take(TryOpen("second"));
  std::vector<std::pair<KeyId, std::string>> boxes;
  for (auto [from, to] : {std::pair{first.get(), second.get()}, {second.get(), first.get()}}) {
    for (int i = 0; i < 40; ++i) {
      const KeyId key = *from->vault().TakeFreshKey();
      boxes.emplace_back(key, *from->vault().Seal(Binding(key), "plain"));
      EXPECT_EQ(OpenSoon(*to, key, boxes.back().second).value_or(""), "plain");
    }
  }
  ASSERT_TRUE(first->vault().Destroy(boxes[50].first).ok());
  auto third = Take(TryOpen("third"));
  for (size_t i = 0; i < boxes.size(); ++i) {
    const auto opened = third->vault().Open(Binding(boxes[i].first), boxes[i].second);
    EXPECT_EQ(opened.status().code(),
              i == 50 ? absl::StatusCode::kDataLoss : absl::StatusCode::kOk);
  }
  const auto lost =
      Until([&] { return second->vault().Open(Binding(boxes[50].first), boxes[50].second); },
            [](const auto& opened) { return !opened.ok(); });
  EXPECT_TRUE(absl::IsDataLoss(lost.status())) << lost.status();
  for (auto* node : {first.get(), second.get(), third.get()}) {
    EXPECT_TRUE(node->state().ok()) << node->state();
    EXPECT_TRUE(node->vault().Check().ok());
  }
}

TEST_F(SharedVaultOnABroker, WithoutTheBrokerThePoolRunsDryAndComesBackByItself) {
  auto first = Take(TryCreate("first"));
  auto second = Take(TryOpen("second"));
  const KeyId before = *first->vault().TakeFreshKey();
  const std::string box = *first->vault().Seal(Binding(before), "plain");
  ASSERT_TRUE(OpenSoon(*second, before, box).ok());
  kafka_.Kill(1);
  absl::Status status;
  for (int i = 0; i < 1000 && status.ok(); ++i) status = first->vault().TakeFreshKey().status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ(second->vault().Open(Binding(before), box).value_or(""), "plain");
  kafka_.Restart();
  const auto key = Until([&] { return first->vault().TakeFreshKey(); },
                         [](const auto& fresh) { return fresh.ok(); });
  ASSERT_TRUE(key.ok()) << key.status();
  const std::string after = *first->vault().Seal(Binding(*key), "after");
  EXPECT_EQ(OpenSoon(*second, *key, after).value_or(""), "after");
}

TEST_F(SharedVaultOnABroker, AnotherRootKeyIsRefused) {
  auto first = Take(TryCreate("first"));
  const crypto::Secret other = crypto::Secret::Random();
  EXPECT_TRUE(absl::IsPermissionDenied(
      SharedVault::Open(Options("second"), other, kLog, Topic()).status()));
  EXPECT_FALSE(std::filesystem::exists(Options("second").vault_dir));
}

TEST_F(SharedVaultOnABroker, NoKeyIsInItsFilesInTheClear) {
  auto first = Take(TryCreate("first"));
  ASSERT_TRUE(first->vault().TakeFreshKey().ok());
  const std::string all = BytesOnTheBroker();
  EXPECT_THAT(all, HasSubstr(std::string(crypto::kTokenSigningKey)));  // the rows are there
  for (auto name : {crypto::kTokenSigningKey, crypto::kAnchorSigningKey,
                    crypto::kCheckpointSigningKey, crypto::kLogMacKey}) {
    EXPECT_THAT(all, Not(HasSubstr(std::string(first->vault().NamedKey(name)->view()))));
  }
  EXPECT_THAT(all, Not(HasSubstr(std::string(root_.view()))));
}

}  // namespace
}  // namespace guitu::app_test
