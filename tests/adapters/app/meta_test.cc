// What belongs to no case: health, metrics, the generated documents, and what every answer has.
#include <set>

#include "events/catalogue.h"
#include "tests/adapters/app/city.h"

namespace guitu::app_test {
namespace {

class TheServer : public City {};

TEST_F(TheServer, IsAliveAndReady) {
  Web nobody = With("");
  EXPECT_EQ(nobody.Get("/healthz").status, 200);
  EXPECT_EQ(nobody.Get("/readyz").status, 200);
}

TEST_F(TheServer, CountsWithoutNamingAnybody) {
  std::string path = OpenCase();
  As(kWorker).Get(path, "aftercare");
  As(kWorker).Get(path);
  Answer metrics = With("").Get("/metrics");
  ASSERT_EQ(metrics.status, 200);
  EXPECT_NE(metrics.text.find("guitu_commands_total "), std::string::npos);
  EXPECT_NE(metrics.text.find("guitu_ready 1"), std::string::npos);
  EXPECT_NE(metrics.text.find("guitu_partitions_halted 0\n"), std::string::npos);
  EXPECT_EQ(metrics.text.find("guitu_partitions_led 0\n"), std::string::npos);
  EXPECT_NE(metrics.text.find("guitu_records_folded_total{effect=\"void-foreign\"} 0\n"),
            std::string::npos);
  EXPECT_EQ(metrics.text.find("effect=\"in-effect\"} 0\n"), std::string::npos);
  for (const std::string& hidden :
       {std::string("合成"), kWorker.staff, std::string("530902"), path.substr(10)}) {
    EXPECT_EQ(metrics.text.find(hidden), std::string::npos) << hidden;
  }
}

TEST_F(TheServer, NamesEveryEventTypeInItsSchemaAndEveryFormInOpenApi) {
  json::value schema = json::parse(With("").Get("/v1/schema").text);
  std::set<std::string> in_schema;
  for (const json::value& type : schema.at("eventTypes").as_array()) {
    in_schema.emplace(type.at("type").as_string());
  }
  Answer openapi = With("").Get("/v1/openapi.json");
  json::value document = json::parse(openapi.text);
  EXPECT_EQ(document.at("openapi").as_string(), "3.1.0");
  size_t forms = 0;
  for (const events::EventType& type : events::Catalogue::Get().types()) {
    EXPECT_TRUE(in_schema.contains(type.name)) << type.name;
    if (!type.forms) continue;
    ++forms;
    EXPECT_NE(openapi.text.find("\"const\":\"" + type.name + "\""), std::string::npos) << type.name;
  }
  EXPECT_GT(forms, 30u);
}

TEST_F(TheServer, DescribesEveryCallThatItAnswers) {
  json::value document = json::parse(With("").Get("/v1/openapi.json").text);
  const json::object& paths = document.at("paths").as_object();
  for (const char* path :
       {"/v1/cases", "/v1/cases/{id}", "/v1/cases/{id}/timeline", "/v1/cases/{id}/access",
        "/v1/cases/{id}/approvals", "/v1/cases/{id}/events", "/v1/cases/{id}/cancellations",
        "/v1/registry/{kind}", "/v1/registry/{kind}/{key}/approvals", "/v1/plan", "/v1/schema",
        "/v1/openapi.json"}) {
    EXPECT_TRUE(paths.contains(path)) << path;
  }
}

TEST_F(TheServer, SaysNoStoreOnEveryAnswer) {
  std::string path = OpenCase();
  for (const Answer& answer :
       {As(kWorker).Get(path, "aftercare"), As(kWorker).Get(path), As(kWorker).Get("/v1/cases"),
        As(kWorker).Call("HEAD", path), With("").Get("/v1/cases"), As(kWorker).Get("/v1/nothing"),
        As(kWorker).Post(path + "/events", "k", Quoted(2), Risk()),
        As(kWorker).Post("/v1/cases", "", "", "x")}) {
    EXPECT_EQ(answer.Header("Cache-Control"), "no-store") << answer;
    EXPECT_EQ(answer.Header("X-Content-Type-Options"), "nosniff") << answer;
  }
}

TEST_F(TheServer, RefusesAMethodThatThePathHasNot) {
  Answer answer = As(kWorker).Call("DELETE", OpenCase());
  EXPECT_EQ(answer.status, 405) << answer;
  EXPECT_FALSE(answer.Header("Allow").empty());
}

TEST_F(TheServer, AnswersWhatIsUnderWayBeforeItStops) {
  std::string path = OpenCase();
  std::string token = Token(kWorker);
  std::vector<Answer> answers;
  std::thread client([&] {
    Web web = With(token);
    for (int i = 0;; ++i) {
      answers.push_back(web.Post(path + "/events", absl::StrCat("k", i), "*", Wish()));
      if (answers.back().status != 200) break;
    }
  });
  while (As(kWorker).Call("HEAD", path).version() < 10) {
  }
  installation_->Stop(absl::Seconds(10));
  client.join();
  size_t acknowledged = answers.size() - 1;
  Restart();
  size_t recorded = Timeline(path).size() - 2;
  EXPECT_TRUE(recorded == acknowledged || recorded == acknowledged + 1)
      << recorded << " of " << acknowledged;
}

}  // namespace
}  // namespace guitu::app_test
