// Moving from one embedded log to another: every refusal, and an interruption at every step. What
// needs a broker is in broker_move_test.cc.
#include "adapters/app/move.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "adapters/crypto/root_key.h"
#include "adapters/embedded_log/embedded_log.h"
#include "gmock/gmock.h"
#include "tests/adapters/app/moving.h"

namespace guitu::app_test {
namespace {

namespace fs = std::filesystem;
using app::MoveLog;
using testing::HasSubstr;

class Move : public Moving {
 protected:
  app::Place Copy() const { return {Dir("copy"), std::nullopt}; }
  app::Place Source() const { return {Dir("data"), std::nullopt}; }
  void ExpectRefused(const app::MoveOptions& options, absl::StatusCode code,
                     const std::string& why) {
    auto report = MoveLog(options);
    EXPECT_EQ(report.status().code(), code) << report.status();
    EXPECT_THAT(std::string(report.status().message()), HasSubstr(why));
  }
  // Ends after `steps` of what GoOn is asked before.
  static app::MoveOptions Interrupted(app::MoveOptions options, int steps) {
    options.go_on = [left = steps]() mutable { return left-- > 0; };
    return options;
  }
  // Up to the first step that a progress line names, and not further.
  static app::MoveOptions Until(app::MoveOptions options, std::string step) {
    auto reached = std::make_shared<bool>(false);
    options.progress = [=](absl::string_view now, uint64_t, uint64_t) {
      *reached = *reached || now == step;
    };
    options.go_on = [=] { return !*reached; };
    return options;
  }
};

TEST_F(Move, GoesOnUnderANewGenerationWithEveryOffsetAndAnswerAsBefore) {
  std::string path = OpenCase();
  Answer risk = Of(kWorker).Post(path + "/events", "risk", Quoted(2), Risk());
  ASSERT_EQ(risk.status, 200) << risk;
  std::string archive = ArchiveOf(path);
  auto report = MoveLog(MoveTo(Copy()));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->to, "embedded");
  EXPECT_EQ(report->partitions, kPartitions + 1);
  EXPECT_EQ(report->generation, 2u);
  EXPECT_EQ(report->approvers, (std::vector{kAdmin.staff, kOtherAdmin.staff}));
  EXPECT_GT(report->bytes, report->records * 100);

  Serve(Copy());
  EXPECT_EQ(ArchiveOf(path), archive);
  Answer again = Of(kWorker).Post(path + "/events", "risk", Quoted(2), Risk());
  EXPECT_EQ(again.status, 200) << again;
  EXPECT_EQ(again.Header("Guitu-Receipt"), risk.Header("Guitu-Receipt"));
  EXPECT_EQ(again.version(), risk.version());
  Answer more = Of(kWorker).Post(path + "/events", "more", Quoted(3), Risk("new"));
  EXPECT_EQ(more.status, 200) << more;
  OpenCase("another");
  Serve(Copy());  // a restart
  OpenCase("a-third");
  installation_.reset();
  ExpectRebuildsEqual(Copy());
}

TEST_F(Move, EndsTheSourceForGood) {
  OpenCase();
  auto moved = MoveLog(MoveTo(Copy()));
  ASSERT_TRUE(moved.ok()) << moved.status();
  for (const auto& status : {TryOpen(Source()), app::RebuildAndCompare(At(Source())).status()}) {
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("moved to embedded"));
  }
  // Nor does a copy of its directory live, with its projections or without.
  fs::copy(Dir("data"), Dir("stolen"), fs::copy_options::recursive);
  fs::remove_all(Dir("stolen/store"));
  EXPECT_TRUE(absl::IsFailedPrecondition(TryOpen({Dir("stolen"), std::nullopt})));
  // Nor is it moved a second time, not even from the copy of the directory.
  auto again = MoveTo({Dir("elsewhere"), std::nullopt});
  ExpectRefused(again, absl::StatusCode::kFailedPrecondition, "another directory");
  again.from.data_dir = Dir("stolen");
  ExpectRefused(again, absl::StatusCode::kFailedPrecondition, "another directory");
  EXPECT_FALSE(fs::exists(Dir("elsewhere")));
  Serve(Copy());
}

TEST_F(Move, MayBeInterruptedAtEveryStepAndNeverLeavesTwoThatLive) {
  std::string path = OpenCase();
  std::string archive = ArchiveOf(path);
  auto options = MoveTo(Copy());
  absl::Status status = absl::CancelledError("");
  int steps = 0, source_opened = 0, neither = 0;
  for (; absl::IsCancelled(status); ++steps) {
    ASSERT_LT(steps, 300);
    status = MoveLog(Interrupted(options, steps)).status();
    if (status.ok()) break;
    ASSERT_TRUE(absl::IsCancelled(status)) << steps << ": " << status;
    absl::Status source = TryOpen(Source());
    absl::Status copy = TryOpen(Copy());
    EXPECT_FALSE(copy.ok()) << steps;
    if (source.ok()) {
      EXPECT_EQ(neither, 0) << "the source lives again at step " << steps;
      ++source_opened;
    } else {
      EXPECT_THAT(std::string(source.message()), HasSubstr("moved to embedded"));
      ++neither;
    }
  }
  EXPECT_GT(source_opened, 5);
  EXPECT_GT(neither, 5);
  EXPECT_FALSE(TryOpen(Source()).ok());
  Serve(Copy());
  EXPECT_EQ(ArchiveOf(path), archive);
  installation_.reset();
  ExpectRebuildsEqual(Copy());
}

TEST_F(Move, LeavesACopyThatIsNotFinishedToNobodyElse) {
  auto options = MoveTo(Copy());
  auto begun = MoveLog(Until(options, "folding the copy"));
  ASSERT_TRUE(absl::IsCancelled(begun.status())) << begun.status();
  app::CreateOptions create;
  create.data_dir = Dir("copy");
  create.root_key_file = Dir("data.root-key");
  create.clock = &clock_;
  for (const auto& status : {TryOpen(Copy()), app::RebuildAndCompare(At(Copy())).status(),
                             app::Installation::Create(create).status()}) {
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("guitu move"));
  }
  auto on = options;
  on.from = Copy();
  on.to = {Dir("elsewhere"), std::nullopt};
  ExpectRefused(on, absl::StatusCode::kFailedPrecondition, "not finished");
}

TEST_F(Move, TakesInWhatTheSourceRecordedAfterAnInterruption) {
  auto options = MoveTo(Copy());
  auto begun = MoveLog(Until(options, "folding the copy"));
  ASSERT_TRUE(absl::IsCancelled(begun.status())) << begun.status();
  Serve(Source());
  std::string path = OpenCase("meanwhile");
  std::string archive = ArchiveOf(path);  // opens what is sealed under a key made meanwhile
  auto moved = MoveLog(MoveTo(Copy()));
  ASSERT_TRUE(moved.ok()) << moved.status();
  Serve(Copy());
  EXPECT_EQ(ArchiveOf(path), archive);
}

TEST_F(Move, RefusesACopyThatDiffers) {
  auto options = MoveTo(Copy());
  ASSERT_TRUE(absl::IsCancelled(MoveLog(Until(options, "folding the copy")).status()));
  {
    auto log = embedded_log::EmbeddedLog::Open(Dir("copy/log"));
    ASSERT_TRUE(log.ok()) << log.status();
    absl::Notification done;
    auto session = (*log)->OpenSession([&](const auto&) { done.Notify(); });
    ASSERT_TRUE(session.ok()) << session.status();
    (*session)->Enqueue({{2, 0, "of a stranger", false}});
    done.WaitForNotification();
  }
  ExpectRefused(options, absl::StatusCode::kFailedPrecondition, "partition 2: the copy has");
  Serve(Source());
  OpenCase();  // wherever: some partition gets longer
  installation_.reset();
  Serve(Source());  // and all of them, by a fence
  ExpectRefused(MoveTo(Copy()), absl::StatusCode::kFailedPrecondition, "another record");
  EXPECT_TRUE(TryOpen(Source()).ok());
}

TEST_F(Move, CannotBeginAnewWhereTheCopyWasLostAfterTheLastFence) {
  auto options = MoveTo(Copy());
  ASSERT_TRUE(absl::IsCancelled(MoveLog(Until(options, "ending the source")).status()));
  fs::rename(Dir("copy"), Dir("put-away"));
  ExpectRefused(options, absl::StatusCode::kFailedPrecondition, "another directory");
  EXPECT_FALSE(fs::exists(Dir("copy")));
  fs::rename(Dir("put-away"), Dir("copy"));
  EXPECT_TRUE(MoveLog(options).ok());
}

TEST_F(Move, NeedsTwoAdministrators) {
  auto options = MoveTo(Copy());
  const std::string admin = TokenOf(kAdmin);
  auto refused = [&](std::vector<std::string> tokens, absl::StatusCode code) {
    options.tokens = std::move(tokens);
    ExpectRefused(options, code, "");
  };
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  refused({}, kInvalid);
  refused({admin}, kInvalid);
  refused({admin, TokenOf(kAdmin)}, kInvalid);
  refused({admin, TokenOf(kWorker)}, kInvalid);
  refused({admin, TokenOf({"nobody", kAdmin.unit, kAdmin.role})}, kInvalid);
  refused({admin, TokenOf({kWorker.staff, kWorker.unit, kAdmin.role})}, kInvalid);
  refused({admin, TokenOf(kOtherAdmin), TokenOf(kHead)}, kInvalid);
  refused({admin, "not.a.token"}, absl::StatusCode::kUnauthenticated);
  const std::string short_lived = TokenOf(kOtherAdmin, absl::Minutes(1));
  clock_.Set(clock_.Now() + absl::Hours(1));
  refused({admin, short_lived}, absl::StatusCode::kUnauthenticated);
  EXPECT_FALSE(fs::exists(Dir("copy")));
}

TEST_F(Move, IsRefusedWhileAServerHasTheSource) {
  auto options = MoveTo(Copy());
  Serve(Source());
  ExpectRefused(options, absl::StatusCode::kUnavailable, "lock");
  EXPECT_FALSE(fs::exists(Dir("copy")));
}

TEST_F(Move, IsRefusedWithAnotherRootKey) {
  auto options = MoveTo(Copy());
  ASSERT_TRUE(crypto::CreateRootKey(Dir("other.root-key")).ok());
  options.root_key_file = Dir("other.root-key");
  ExpectRefused(options, absl::StatusCode::kPermissionDenied, "");
  EXPECT_FALSE(fs::exists(Dir("copy")));
}

TEST_F(Move, IsRefusedWhereThereIsNothingToMoveOrNoRoomForIt) {
  auto options = MoveTo(Copy());
  fs::create_directories(Dir("full") + "/things");
  options.to.data_dir = Dir("full");
  ExpectRefused(options, absl::StatusCode::kAlreadyExists, "not empty");
  options.to.data_dir = options.from.data_dir;
  ExpectRefused(options, absl::StatusCode::kAlreadyExists, "not empty");
  options.to = Copy();
  options.from.data_dir = Dir("nothing");
  ExpectRefused(options, absl::StatusCode::kNotFound, "no installation");
  EXPECT_TRUE(TryOpen(Source()).ok());
}

TEST_F(Move, IsRefusedWhereTheGateOfTheSourceSaysNo) {
  installation_.reset();
  fs::copy(Dir("data/log"), Dir("old-log"), fs::copy_options::recursive);
  Serve(Source());
  OpenCase();
  auto options = MoveTo(Copy());
  fs::remove_all(Dir("data/log"));
  fs::rename(Dir("old-log"), Dir("data/log"));
  ExpectRefused(options, absl::StatusCode::kDataLoss, "missing");
  fs::remove_all(Dir("data/store"));
  ExpectRefused(options, absl::StatusCode::kDataLoss, "anchor");
  EXPECT_FALSE(fs::exists(Dir("copy")));
}

TEST_F(Move, OfAMovedCityIsAThirdGeneration) {
  ASSERT_TRUE(MoveLog(MoveTo(Copy())).ok());
  Serve(Copy());
  std::string path = OpenCase();
  auto options = MoveTo({Dir("third"), std::nullopt});
  options.from = Copy();
  auto moved = MoveLog(options);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->generation, 3u);
  Serve({Dir("third"), std::nullopt});
  ArchiveOf(path);
}

}  // namespace
}  // namespace guitu::app_test
