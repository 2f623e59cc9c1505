// Moving a city from its embedded log to a real Kafka and back.
#include <librdkafka/rdkafka.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "adapters/app/paths.h"
#include "adapters/app/refold.h"
#include "adapters/kafka_log/key_topic.h"
#include "adapters/rocksdb/rocksdb_store.h"
#include "gmock/gmock.h"
#include "tests/adapters/app/moving.h"
#include "tests/adapters/kafka_log/real_kafka.h"

namespace guitu::app_test {
namespace {

namespace fs = std::filesystem;
using app::MoveLog;
using testing::HasSubstr;

class MoveOnABroker : public Moving {
 protected:
  app::Place Embedded(const std::string& name) const { return {Dir(name), std::nullopt}; }
  app::Place OnKafka(const std::string& name) {
    app::KafkaUse use;
    use.bootstrap = kafka_.bootstrap();
    use.topic = topic_;
    use.kafka = kafka_.Options();
    return {Dir(name), use};
  }
  app::MoveOptions Between(const app::Place& from, const app::Place& to) {
    auto options = MoveTo(to);
    options.from = from;
    return options;
  }
  void ExpectMoves(const app::MoveOptions& options, uint32_t generation) {
    auto report = MoveLog(options);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->generation, generation);
    EXPECT_EQ(report->to, AddressOf(options.to));
  }
  static std::string AddressOf(const app::Place& to) {
    return to.kafka ? absl::StrCat("kafka://", to.kafka->bootstrap, "/", to.kafka->topic)
                    : "embedded";
  }
  void ExpectRefused(const absl::Status& status, absl::StatusCode code, const std::string& why) {
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
  }
  // Where each partition of a place was folded to, nobody serving it.
  static std::vector<events::Offset> EndsOf(const app::Place& place) {
    auto store = rocks::RocksdbStore::Open(app::StoreDir(place.data_dir));
    EXPECT_TRUE(store.ok()) << store.status();
    std::vector<events::Offset> ends;
    for (events::Partition p = 0; store.ok() && p <= kPartitions; ++p)
      ends.push_back(projections::LoadState(**store, p).head.next);
    return ends;
  }
  // Projections and Merkle roots as of those offsets.
  static std::vector<std::string> HashesAt(const app::Place& place,
                                           const std::vector<events::Offset>& ends) {
    auto store = rocks::RocksdbStore::Open(app::StoreDir(place.data_dir));
    EXPECT_TRUE(store.ok()) << store.status();
    std::vector<std::string> hashes;
    for (events::Partition p = 0; store.ok() && p < ends.size(); ++p) {
      hashes.push_back(events::ToHex(app::HashOfRows(**store, p, ends[p])));
      hashes.push_back(events::ToHex(app::RootAt(**store, p, ends[p])));
    }
    return hashes;
  }

  kafka_log::RealKafka& kafka_ = kafka_log::OneNode();
  const std::string topic_ = kafka_.NewTopic();
};

// Posts until a node that has just begun leads; a minute at most.
Answer PostSoon(Web web, const std::string& target, const std::string& key,
                const std::string& if_match, const std::string& body) {
  const clock::SystemClock clock;
  const absl::Duration until = clock.Monotonic() + absl::Minutes(1);
  Answer answer = web.Post(target, key, if_match, body);
  while (answer.status == 503 && clock.Monotonic() < until)
    answer = web.Post(target, key, if_match, body);
  return answer;
}

TEST_F(MoveOnABroker, ACityGoesToKafkaAndBackWithAllThatWasPromised) {
  std::vector<std::string> paths;
  for (int i = 0; i < 8; ++i) paths.push_back(OpenCase(absl::StrCat("case-", i)));
  Answer first = Of(kWorker).Post(paths[0] + "/events", "risk", Quoted(2), Risk());
  ASSERT_EQ(first.status, 200) << first;
  std::vector<std::string> archives;
  for (const std::string& path : paths) archives.push_back(ArchiveOf(path));
  installation_.reset();
  ExpectRebuildsEqual(Embedded("data"));

  ExpectMoves(MoveTo(OnKafka("node")), 2);
  auto ends = EndsOf(Embedded("data"));
  EXPECT_EQ(HashesAt(OnKafka("node"), ends), HashesAt(Embedded("data"), ends));
  ExpectRebuildsEqual(OnKafka("node"));
  ExpectRefused(TryOpen(Embedded("data")), absl::StatusCode::kFailedPrecondition,
                absl::StrCat("moved to kafka://", kafka_.bootstrap(), "/", topic_));

  Serve(OnKafka("node"));
  Answer again = PostSoon(Of(kWorker), paths[0] + "/events", "risk", Quoted(2), Risk());
  EXPECT_EQ(again.Header("Guitu-Receipt"), first.Header("Guitu-Receipt")) << again;
  Answer on_kafka = PostSoon(Of(kWorker), paths[0] + "/events", "kafka", Quoted(3), Risk("k"));
  ASSERT_EQ(on_kafka.status, 200) << on_kafka;
  for (size_t i = 1; i < paths.size(); ++i) EXPECT_EQ(ArchiveOf(paths[i]), archives[i]);
  std::string path = OpenCase("opened-on-kafka");
  std::string archive = ArchiveOf(path);
  installation_.reset();

  ExpectMoves(Between(OnKafka("node"), Embedded("back")), 3);
  ends = EndsOf(OnKafka("node"));
  EXPECT_EQ(HashesAt(Embedded("back"), ends), HashesAt(OnKafka("node"), ends));
  ExpectRebuildsEqual(Embedded("back"));
  ExpectRefused(TryOpen(OnKafka("node")), absl::StatusCode::kFailedPrecondition,
                "moved to embedded");
  Serve(Embedded("back"));
  for (auto [key, version, reasons, receipt] :
       {std::tuple{"risk", 2, "合成评估", &first}, {"kafka", 3, "k", &on_kafka}}) {
    Answer retried = Of(kWorker).Post(paths[0] + "/events", key,
                                      Quoted(static_cast<uint64_t>(version)), Risk(reasons));
    EXPECT_EQ(retried.Header("Guitu-Receipt"), receipt->Header("Guitu-Receipt")) << retried;
  }
  for (size_t i = 1; i < paths.size(); ++i) EXPECT_EQ(ArchiveOf(paths[i]), archives[i]);
  EXPECT_EQ(ArchiveOf(path), archive);
  OpenCase("opened-at-home");
}

TEST_F(MoveOnABroker, AnUnfinishedCopyTakesNoNodeAndAFinishedOneTakesAll) {
  std::string path = OpenCase();
  std::string archive = ArchiveOf(path);
  auto options = MoveTo(OnKafka("node"));
  for (absl::string_view step : {"copying", "ending the source", "beginning the generation"}) {
    bool reached = false;
    auto until = options;
    until.progress = [&](absl::string_view now, uint64_t, uint64_t) { reached |= now == step; };
    until.go_on = [&] { return !reached; };
    ASSERT_TRUE(absl::IsCancelled(MoveLog(until).status()));
    ExpectRefused(TryOpen(OnKafka("node")), absl::StatusCode::kFailedPrecondition, "guitu move");
    absl::Status node = TryOpen(OnKafka(absl::StrCat("a-node-", step)));
    if (step == "copying") {  // nothing stands there yet
      EXPECT_TRUE(absl::IsDataLoss(node)) << node;
    } else {
      ExpectRefused(node, absl::StatusCode::kFailedPrecondition, "guitu move");
    }
  }
  ExpectMoves(options, 2);
  Serve(OnKafka("joins"));  // a directory of its own
  Answer more = PostSoon(Of(kWorker), path + "/events", "more", Quoted(2), Risk());
  EXPECT_EQ(more.status, 200) << more;
  EXPECT_NE(ArchiveOf(path), archive);
}

TEST_F(MoveOnABroker, ATopicTakesOneLogOnly) {
  OpenCase();
  auto options = MoveTo(OnKafka("node"));
  ExpectMoves(options, 2);
  ExpectRefused(MoveLog(MoveTo(OnKafka("second"))).status(), absl::StatusCode::kAlreadyExists,
                "has a log already");
  ExpectRefused(MoveLog(options).status(), absl::StatusCode::kAlreadyExists, "not empty");
  // Another city, to the same place.
  app::CreateOptions create;
  create.data_dir = Dir("city");
  create.root_key_file = Dir("data.root-key");
  create.partitions = kPartitions;
  create.synthetic = true;
  create.clock = &clock_;
  ASSERT_TRUE(app::Installation::Create(create).ok());
  auto other = Between(Embedded("city"), OnKafka("third"));
  auto issuer = At(Embedded("city"));
  other.tokens.clear();
  for (const char* admin : {"admin-1", "admin-2"})
    other.tokens.push_back(
        *app::IssueToken(issuer, {admin, "OFF", "administrator"}, absl::Hours(1)));
  ExpectRefused(MoveLog(other).status(), absl::StatusCode::kAlreadyExists, "has a log already");
  // Nor where the first was not finished.
  const std::string begun = kafka_.NewTopic();
  auto unfinished = Between(Embedded("city"), OnKafka("fourth"));
  unfinished.tokens = other.tokens;
  unfinished.to.kafka->topic = begun;
  bool reached = false;
  unfinished.progress = [&](absl::string_view now, uint64_t, uint64_t) {
    reached |= now == "folding the copy";
  };
  unfinished.go_on = [&] { return !reached; };
  ASSERT_TRUE(absl::IsCancelled(MoveLog(unfinished).status()));
  auto intruder = Between(OnKafka("node"), OnKafka("fifth"));
  intruder.to.kafka->topic = begun;
  ExpectRefused(MoveLog(intruder).status(), absl::StatusCode::kAlreadyExists, "another log");
  EXPECT_FALSE(fs::exists(Dir("fifth")));
  EXPECT_TRUE(TryOpen(Embedded("city")).ok());
}

// A record that is no message of ours, and the marker behind it, which is no message at all.
void CommitTransaction(const app::KafkaUse& use, int32_t partition) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char error[256];
  rd_kafka_conf_set(conf, "bootstrap.servers", use.bootstrap.c_str(), error, sizeof(error));
  rd_kafka_conf_set(conf, "transactional.id", use.topic.c_str(), error, sizeof(error));
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
  const auto done = [](rd_kafka_error_t* failure) {
    EXPECT_EQ(failure, nullptr) << rd_kafka_error_string(failure);
    rd_kafka_error_destroy(failure);
  };
  done(rd_kafka_init_transactions(client, 20'000));
  done(rd_kafka_begin_transaction(client));
  char foreign[] = "foreign";
  rd_kafka_producev(client, RD_KAFKA_V_TOPIC(use.topic.c_str()), RD_KAFKA_V_PARTITION(partition),
                    RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE(foreign, 7),
                    RD_KAFKA_V_END);
  done(rd_kafka_commit_transaction(client, 20'000));
  rd_kafka_destroy(client);
}

TEST_F(MoveOnABroker, AnOffsetThatHoldsNothingIsNamedAndTheSourceLivesOn) {
  std::string path = OpenCase();
  ExpectMoves(MoveTo(OnKafka("node")), 2);
  const uint64_t end = EndsOf(OnKafka("node"))[1];
  CommitTransaction(*OnKafka("node").kafka, 1);
  ExpectRefused(MoveLog(Between(OnKafka("node"), Embedded("back"))).status(),
                absl::StatusCode::kFailedPrecondition,
                absl::StrCat("partition 1, offset ", end + 1, ": nothing stands there"));
  Serve(OnKafka("node"));
  Answer on = PostSoon(Of(kWorker), path + "/events", "on", Quoted(2), Risk());
  EXPECT_EQ(on.status, 200) << on;
  installation_.reset();
  ExpectRebuildsEqual(OnKafka("node"));
}

TEST_F(MoveOnABroker, ANodeThatStillRunsStandsDownAndNeverComesBack) {
  std::string path = OpenCase();
  ExpectMoves(MoveTo(OnKafka("node")), 2);
  Serve(OnKafka("other"));
  Answer before = PostSoon(Of(kWorker), path + "/events", "before", Quoted(2), Risk());
  ASSERT_EQ(before.status, 200) << before;
  auto other = std::move(installation_);  // goes on
  Web worker(other->port(), TokenOf(kWorker));
  auto options = Between(OnKafka("node"), Embedded("back"));
  options.tokens = {TokenOf(kAdmin), TokenOf(kOtherAdmin)};
  ExpectMoves(options, 3);
  Answer late = worker.Post(path + "/events", "late", Quoted(3), Risk());
  EXPECT_EQ(late.status, 503) << late;
  EXPECT_EQ(worker.Get(path, "aftercare").status, 503);
  other.reset();
  ExpectRefused(TryOpen(OnKafka("other")), absl::StatusCode::kFailedPrecondition,
                "moved to embedded");
  Serve(Embedded("back"));
  Answer retried = Of(kWorker).Post(path + "/events", "before", Quoted(2), Risk());
  EXPECT_EQ(retried.Header("Guitu-Receipt"), before.Header("Guitu-Receipt")) << retried;
  EXPECT_EQ(Of(kWorker).Post(path + "/events", "late", Quoted(3), Risk()).status, 200);
}

}  // namespace
}  // namespace guitu::app_test
