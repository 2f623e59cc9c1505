// If-Match: which state a command was meant for.
#include "absl/strings/str_cat.h"
#include "tests/adapters/app/city.h"

namespace guitu::app_test {
namespace {

class AVersion : public City {};

TEST_F(AVersion, ThatIsRightMovesTheCaseOn) {
  std::string path = OpenCase();
  Answer answer = As(kWorker).Post(path + "/events", "k", Quoted(2), Risk());
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.version(), 3u);
  EXPECT_EQ(answer.Field("version"), "3");
  EXPECT_EQ(answer.Header("Location"), "");
}

TEST_F(AVersion, ThatIsMissingIs428WithTheCurrentOne) {
  std::string path = OpenCase();
  Answer answer = As(kWorker).Post(path + "/events", "k", "", Risk());
  EXPECT_EQ(answer.status, 428) << answer;
  EXPECT_EQ(answer.Field("code"), "version-missing");
  EXPECT_EQ(answer.Field("currentVersion"), "2");
}

TEST_F(AVersion, ThatIsStaleIs412WithTheCurrentOne) {
  std::string path = OpenCase();
  Answer answer = As(kWorker).Post(path + "/events", "k", Quoted(1), Risk());
  EXPECT_EQ(answer.status, 412) << answer;
  EXPECT_EQ(answer.Field("code"), "version-mismatch");
  EXPECT_EQ(answer.Field("currentVersion"), "2");
  EXPECT_EQ(Timeline(path).size(), 2u);
}

TEST_F(AVersion, ThatIsStaleStillGivesARetryItsFirstResult) {
  std::string path = OpenCase();
  Answer first = As(kWorker).Post(path + "/events", "k", Quoted(2), Risk());
  Answer second = As(kWorker).Post(path + "/events", "k", Quoted(2), Risk());
  EXPECT_EQ(second.status, 200) << second;
  EXPECT_EQ(second.text, first.text);
  EXPECT_EQ(Timeline(path).size(), 3u);
}

TEST_F(AVersion, ThatIsAheadIsSettlingAndNeverAConflict) {
  std::string path = OpenCase();
  Answer answer = As(kWorker).Post(path + "/events", "k", Quoted(3), Risk());
  EXPECT_EQ(answer.status, 503) << answer;
  EXPECT_EQ(answer.Field("code"), "settling");
  EXPECT_FALSE(answer.Header("Retry-After").empty());
  EXPECT_EQ(As(kWorker).Call("HEAD", path).version(), 2u);
}

TEST_F(AVersion, ThatIsAheadIsTakenWhenItsCommandArrivesMeanwhile) {
  std::string path = OpenCase();
  std::string token = Token(kWorker);
  Answer later;
  std::thread waits(
      [&] { later = With(token).Post(path + "/events", "later", Quoted(3), Risk()); });
  EXPECT_EQ(As(kWorker).Post(path + "/events", "first", Quoted(2), Risk()).status, 200);
  waits.join();
  EXPECT_EQ(later.status, 200) << later;
  EXPECT_EQ(later.version(), 4u);
}

TEST_F(AVersion, StarIsTakenForAnAdditiveEvent) {
  std::string path = OpenCase();
  Answer answer = As(kWorker).Post(path + "/events", "k", "*", Wish());
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.version(), 3u);
}

TEST_F(AVersion, StarIsNotTakenForAnyOtherEvent) {
  std::string path = OpenCase();
  Answer answer = As(kWorker).Post(path + "/events", "k", "*", Risk());
  EXPECT_EQ(answer.status, 428) << answer;
  EXPECT_EQ(answer.Field("currentVersion"), "2");
}

TEST_F(AVersion, ThatIsNoQuotedNumberIsInvalid) {
  std::string path = OpenCase();
  for (const char* header :
       {"2", "\"2", "\"\"", "\"-1\"", "\"x\"", "W/\"2\"", "\"99999999999999999999\"", "**"}) {
    Answer answer = As(kWorker).Post(path + "/events", "k", header, Risk());
    EXPECT_EQ(answer.status, 400) << header << ": " << answer;
  }
}

TEST_F(AVersion, OfOneOfTenWritersAtOnceWins) {
  std::string path = OpenCase();
  std::string token = Token(kWorker);
  std::vector<Answer> answers(10);
  std::vector<std::thread> writers;
  for (size_t i = 0; i < answers.size(); ++i) {
    writers.emplace_back([&, i] {
      answers[i] = With(token).Post(path + "/events", absl::StrCat("k", i), Quoted(2), Risk());
    });
  }
  for (std::thread& writer : writers) writer.join();
  int done = 0;
  for (const Answer& answer : answers) {
    done += answer.status == 200 ? 1 : 0;
    EXPECT_TRUE(answer.status == 200 || answer.status == 412) << answer;
  }
  EXPECT_EQ(done, 1);
  EXPECT_EQ(Timeline(path).size(), 3u);
}

TEST_F(AVersion, IsToldByHeadWithoutAPurposeAndWithoutAnAccessRecord) {
  std::string path = OpenCase();
  size_t before = Accesses(path).size();
  Answer answer = As(kWorker).Call("HEAD", path);
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.version(), 2u);
  EXPECT_EQ(answer.text, "");
  EXPECT_EQ(Accesses(path).size(), before + 1) << "only the question who looked, asked before";
}

TEST_F(AVersion, OfAnotherCountyIsNotToldByHead) {
  std::string path = OpenCase();
  EXPECT_EQ(As(kStranger).Call("HEAD", path).status, 404);
}

TEST_F(AVersion, OfTwoEventsInOneCommandIsOne) {
  std::string path = OpenCase();
  json::value one = json::parse(Wish());
  json::value two = json::parse(Risk());
  one.at("events").as_array().push_back(two.at("events").as_array().front());
  Answer answer = As(kWorker).Post(path + "/events", "k", Quoted(2), json::serialize(one));
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.version(), 3u);
  EXPECT_EQ(Timeline(path).size(), 4u);
}

TEST_F(AVersion, StaysWhenOneOfTwoEventsIsRefused) {
  std::string path = OpenCase();
  json::value one = json::parse(Wish());
  json::value two = json::parse(Opening());
  one.at("events").as_array().push_back(two.at("events").as_array().front());
  Answer answer = As(kWorker).Post(path + "/events", "k", Quoted(2), json::serialize(one));
  EXPECT_EQ(answer.status, 409) << answer;
  EXPECT_EQ(As(kWorker).Call("HEAD", path).version(), 2u);
  EXPECT_EQ(Timeline(path).size(), 2u);
}

}  // namespace
}  // namespace guitu::app_test
