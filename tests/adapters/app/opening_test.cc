// Opening a case, and the same command sent again.

#include "absl/strings/str_cat.h"
#include "tests/adapters/app/city.h"

namespace guitu::app_test {
namespace {

class OpeningACase : public City {};

TEST_F(OpeningACase, IsAnsweredWith201LocationEtagAndReceipt) {
  Answer answer = As(kPolice).Post("/v1/cases", "k1", "", Rescue());
  ASSERT_EQ(answer.status, 201) << answer;
  EXPECT_EQ(answer.Header("Location"), "/v1/cases/" + answer.Field("case"));
  EXPECT_EQ(answer.Field("case").size(), 32u);
  EXPECT_EQ(answer.Header("ETag"), "\"1\"");
  EXPECT_EQ(answer.Field("version"), "1");
  EXPECT_EQ(answer.Header("Guitu-Receipt"), answer.Field("receipt"));
  EXPECT_NE(answer.Field("receipt").find('/'), std::string::npos);
  EXPECT_FALSE(answer.Field("caseNo").empty());
  EXPECT_EQ(answer.Header("Cache-Control"), "no-store");
}

TEST_F(OpeningACase, RetriedGivesTheSameCaseAndTheSameAnswer) {
  Answer first = As(kPolice).Post("/v1/cases", "k1", "", Rescue());
  Answer second = As(kPolice).Post("/v1/cases", "k1", "", Rescue());
  EXPECT_EQ(second.status, 201) << second;
  EXPECT_EQ(second.text, first.text);
  EXPECT_EQ(second.Header("Location"), first.Header("Location"));
  EXPECT_EQ(second.Header("ETag"), first.Header("ETag"));
  EXPECT_EQ(second.Header("Guitu-Receipt"), first.Header("Guitu-Receipt"));
  EXPECT_EQ(Timeline(first.Header("Location")).size(), 1u);
}

TEST_F(OpeningACase, RetriedAfterTheCaseWentOnStillGivesTheFirstAnswer) {
  Answer first = As(kPolice).Post("/v1/cases", "k1", "", Rescue());
  std::string path = first.Header("Location");
  ASSERT_EQ(As(kWorker).Post(path + "/events", "k2", Quoted(1), Opening()).status, 200);
  EXPECT_EQ(As(kPolice).Post("/v1/cases", "k1", "", Rescue()).text, first.text);
}

TEST_F(OpeningACase, RetriedAfterARestartGivesTheFirstAnswer) {
  Answer first = As(kPolice).Post("/v1/cases", "k1", "", Rescue());
  Restart();
  Answer second = As(kPolice).Post("/v1/cases", "k1", "", Rescue());
  EXPECT_EQ(second.status, 201) << second;
  EXPECT_EQ(second.text, first.text);
}

TEST_F(OpeningACase, WithAnotherKeyIsAnotherCase) {
  Answer first = As(kPolice).Post("/v1/cases", "k1", "", Rescue());
  Answer second = As(kPolice).Post("/v1/cases", "k2", "", Rescue());
  EXPECT_NE(first.Field("case"), second.Field("case"));
}

TEST_F(OpeningACase, WithTheKeyOfAnotherPersonIsAnotherCase) {
  Answer first = As(kWorker).Post("/v1/cases", "k1", "", Opening());
  Answer second = As(kStranger).Post("/v1/cases", "k1", "", Opening("530921"));
  ASSERT_EQ(first.status, 409) << "5 needs a ground: " << first;
  ASSERT_EQ(second.status, 409) << second;
  Answer third = As(kPolice).Post("/v1/cases", "k1", "", Rescue());
  EXPECT_EQ(third.status, 201) << third;
}

TEST_F(OpeningACase, WithTheSameKeyAndOtherContentIsAReuse) {
  As(kPolice).Post("/v1/cases", "k1", "", Rescue());
  Answer answer = As(kPolice).Post("/v1/cases", "k1", "", Rescue("合成路2号"));
  EXPECT_EQ(answer.status, 409) << answer;
  EXPECT_EQ(answer.Field("code"), "idempotency-reuse");
}

TEST_F(OpeningACase, WithOtherWhiteSpaceIsTheSameContent) {
  Answer first = As(kPolice).Post("/v1/cases", "k1", "", Rescue());
  Answer second = As(kPolice).Post("/v1/cases", "k1", "", " \n" + Rescue() + "\n");
  EXPECT_EQ(second.status, 201) << second;
  EXPECT_EQ(second.text, first.text);
}

TEST_F(OpeningACase, OfARetryByTenClientsAtOnceTakesEffectOnce) {
  std::vector<std::thread> clients;
  std::vector<Answer> answers(10);
  std::string token = Token(kPolice);
  for (Answer& answer : answers) {
    clients.emplace_back(
        [this, &answer, &token] { answer = With(token).Post("/v1/cases", "k1", "", Rescue()); });
  }
  for (std::thread& client : clients) client.join();
  for (const Answer& answer : answers) {
    EXPECT_EQ(answer.status, 201) << answer;
    EXPECT_EQ(answer.text, answers[0].text);
  }
  EXPECT_EQ(Timeline(answers[0].Header("Location")).size(), 1u);
}

TEST_F(OpeningACase, WithoutAnIdempotencyKeyIsMalformed) {
  Answer answer = As(kPolice).Post("/v1/cases", "", "", Rescue());
  EXPECT_EQ(answer.status, 400) << answer;
  EXPECT_EQ(answer.Field("code"), "malformed");
}

TEST_F(OpeningACase, WithAKeyOfTwoHundredCharactersIsTakenAndOneMoreIsNot) {
  EXPECT_EQ(As(kPolice).Post("/v1/cases", std::string(200, 'k'), "", Rescue()).status, 201);
  Answer answer = As(kPolice).Post("/v1/cases", std::string(201, 'k'), "", Rescue());
  EXPECT_EQ(answer.status, 400) << answer;
  EXPECT_EQ(answer.Field("code"), "invalid-field");
}

TEST_F(OpeningACase, WithAnEventThatCannotBeTheFirstIsRefusedByItsRule) {
  Answer answer = As(kWorker).Post("/v1/cases", "k1", "", Risk());
  EXPECT_EQ(answer.status, 409) << answer;
  EXPECT_EQ(answer.Field("code"), "rule-refused");
  EXPECT_FALSE(answer.Field("rule").empty());
  EXPECT_FALSE(answer.Field("article").empty());
}

TEST_F(OpeningACase, RefusedLeavesNoCaseAndTheKeyMayBeUsedAgain) {
  Answer refused = As(kPolice).Post("/v1/cases", "k1", "",
                                    Command("VictimRescued", {}, "2026-03-01T09:00:00+08:00"));
  ASSERT_EQ(refused.status, 400) << refused;
  EXPECT_EQ(As(kPolice).Post("/v1/cases", "k1", "", Rescue()).status, 201);
}

TEST_F(OpeningACase, RefusedByARuleMayBeTriedAgainUnderTheSameKey) {
  std::string path = As(kPolice).Post("/v1/cases", "k1", "", Rescue()).Header("Location");
  Answer refused = As(kWorker).Post(path + "/events", "k2", Quoted(1), Risk());
  ASSERT_EQ(refused.status, 409) << refused;
  EXPECT_EQ(refused.Field("code"), "rule-refused");
  ASSERT_EQ(As(kWorker).Post(path + "/events", "k3", Quoted(1), Opening()).status, 200);
  EXPECT_EQ(As(kWorker).Post(path + "/events", "k2", Quoted(2), Risk()).status, 200);
}

}  // namespace
}  // namespace guitu::app_test
