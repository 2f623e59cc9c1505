// Cancelling a command whose outcome is not known: exactly one of the two takes effect.
#include "absl/strings/str_cat.h"
#include "tests/adapters/app/city.h"

namespace guitu::app_test {
namespace {

class ACancellation : public City {
 protected:
  Answer Cancel(const std::string& path, const std::string& key, const Person& person = kWorker) {
    return As(person).Post(path + "/cancellations", "", "",
                           absl::StrCat("{\"idempotencyKey\":\"", key, "\"}"));
  }
};

TEST_F(ACancellation, BeforeTheCommandTakesItsPlace) {
  std::string path = OpenCase();
  Answer cancelled = Cancel(path, "k");
  ASSERT_EQ(cancelled.status, 200) << cancelled;
  EXPECT_EQ(cancelled.Field("outcome"), "cancelled");
  Answer late = As(kWorker).Post(path + "/events", "k", Quoted(2), Risk());
  EXPECT_EQ(late.status, 409) << late;
  EXPECT_EQ(late.Field("code"), "cancelled");
  EXPECT_EQ(Timeline(path).size(), 2u);
}

TEST_F(ACancellation, OfACommandThatTookEffectTellsItsFirstResult) {
  std::string path = OpenCase();
  Answer done = As(kWorker).Post(path + "/events", "k", Quoted(2), Risk());
  ASSERT_EQ(done.status, 200) << done;
  Answer cancelled = Cancel(path, "k");
  EXPECT_EQ(cancelled.status, 200) << cancelled;
  EXPECT_EQ(cancelled.Field("outcome"), "done");
  EXPECT_EQ(cancelled.Field("version"), "3");
  EXPECT_EQ(cancelled.Field("receipt"), done.Field("receipt"));
  EXPECT_EQ(Timeline(path).size(), 3u);
}

TEST_F(ACancellation, RepeatedSaysTheSame) {
  std::string path = OpenCase();
  Answer first = Cancel(path, "k");
  EXPECT_EQ(Cancel(path, "k").text, first.text);
}

TEST_F(ACancellation, OfAnothersKeyDoesNotTouchHisCommand) {
  std::string path = OpenCase();
  Cancel(path, "k", kPolice);
  uint64_t version = As(kWorker).Call("HEAD", path).version();
  Answer answer = As(kWorker).Post(path + "/events", "k", Quoted(version), Risk());
  EXPECT_EQ(answer.status, 200) << answer;
}

TEST_F(ACancellation, WithABodyThatIsNotOneIs400) {
  std::string path = OpenCase();
  for (const char* body : {"", "{}", "[]", "{\"idempotencyKey\":\"\"}", "{\"idempotencyKey\":7}",
                           "{\"idempotencyKey\":\"k\",\"more\":1}"}) {
    EXPECT_EQ(As(kWorker).Post(path + "/cancellations", "", "", body).status, 400) << body;
  }
}

TEST_F(ACancellation, OfACaseOfAnotherCountyIsRefused) {
  std::string path = OpenCase();
  Answer answer = Cancel(path, "k", kStranger);
  EXPECT_EQ(answer.status, 404) << answer;
  EXPECT_EQ(As(kWorker).Call("HEAD", path).version(), 2u);
}

TEST_F(ACancellation, ByWhoeverIsNotAUserIsRefused) {
  std::string path = OpenCase();
  Answer answer = With(Token({"nobody", "530902-MCA", "caseworker"}))
                      .Post(path + "/cancellations", "", "", "{\"idempotencyKey\":\"k\"}");
  EXPECT_EQ(answer.status, 403) << answer;
  EXPECT_EQ(As(kWorker).Call("HEAD", path).version(), 2u);
}

TEST_F(ACancellation, RacingItsCommandLetsExactlyOneTakeEffect) {
  std::string path = OpenCase();
  std::string token = Token(kWorker);
  uint64_t version = 2;
  for (int round = 0; round < 20; ++round) {
    std::string key = absl::StrCat("k", round);
    Answer command, cancel;
    std::thread other([&] {
      cancel = With(token).Post(path + "/cancellations", "", "",
                                absl::StrCat("{\"idempotencyKey\":\"", key, "\"}"));
    });
    command = As(kWorker).Post(path + "/events", key, Quoted(version), Risk());
    other.join();
    ASSERT_EQ(cancel.status, 200) << cancel;
    bool was_cancelled = cancel.Field("outcome") == "cancelled";
    // The cancel moves the version too: a command that came after it may also read as stale.
    EXPECT_EQ(command.status == 200, !was_cancelled) << command << cancel;
    version = As(kWorker).Call("HEAD", path).version();
  }
}

}  // namespace
}  // namespace guitu::app_test
