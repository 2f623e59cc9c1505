// Reading leaves a record of the look, shows what the role may see, and can go back in time.

#include "absl/strings/str_cat.h"
#include "tests/adapters/app/city.h"

namespace guitu::app_test {
namespace {

class Reading : public City {};

TEST_F(Reading, LeavesAn81WithPurposeClassesAndView) {
  std::string path = OpenCase();
  size_t before = Accesses(path).size();
  Answer answer = As(kWorker).Get(path, "aftercare");
  ASSERT_EQ(answer.status, 200) << answer;
  EXPECT_FALSE(answer.Header("Guitu-Receipt").empty());
  EXPECT_EQ(answer.version(), 2u);
  EXPECT_EQ(answer.Header("Cache-Control"), "no-store");
  json::array accesses = Accesses(path);
  ASSERT_EQ(accesses.size(), before + 2);
  const json::object& access = accesses[before].as_object();
  EXPECT_EQ(access.at("row").as_string(), "81");
  EXPECT_EQ(access.at("receipt").as_string(), answer.Header("Guitu-Receipt").c_str());
  const json::object& data = access.at("data").as_object();
  EXPECT_EQ(data.at("staff").as_string(), kWorker.staff.c_str());
  EXPECT_EQ(data.at("purpose").as_string(), "aftercare");
  EXPECT_EQ(data.at("view").as_string(), "archive");
  EXPECT_EQ(data.at("outcome").as_string(), "full");
  EXPECT_EQ(data.at("fields").as_array().size(), 8u);
}

TEST_F(Reading, TheAccessTrailIsItselfRecorded) {
  std::string path = OpenCase();
  json::array first = Accesses(path);
  json::array second = Accesses(path);
  ASSERT_EQ(second.size(), first.size() + 1);
  EXPECT_EQ(second.back().at("data").at("view").as_string(), "access");
  EXPECT_EQ(second.back().at("data").at("purpose").as_string(), "audit");
}

TEST_F(Reading, DoesNotMoveTheVersion) {
  std::string path = OpenCase();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(As(kWorker).Get(path, "aftercare").version(), 2u);
  EXPECT_EQ(As(kWorker).Post(path + "/events", "k", Quoted(2), Risk()).status, 200);
}

TEST_F(Reading, ShowsACaseworkerWhatWasRecorded) {
  std::string path = OpenCase();
  ASSERT_EQ(As(kWorker).Post(path + "/events", "k", "*", Wish("要回家种茶")).status, 200);
  Answer answer = As(kWorker).Get(path, "aftercare");
  EXPECT_NE(answer.text.find("要回家种茶"), std::string::npos) << answer;
  EXPECT_NE(answer.text.find("合成路1号"), std::string::npos);
  EXPECT_EQ(answer.Field("masked"), "false");
  EXPECT_EQ(answer.Field("status"), "open");
  EXPECT_EQ(answer.Field("owner"), "530902-MCA");
}

TEST_F(Reading, IsMaskedForLegalAid) {
  std::string path = OpenCase();
  ASSERT_EQ(As(kWorker).Post(path + "/events", "k", "*", Wish("要回家种茶")).status, 200);
  Answer answer = As(kAid).Get(path, "legal-aid");
  ASSERT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.Field("masked"), "true");
  for (const char* hidden : {"要回家种茶", "合成路1号", "合成民警甲", "一个书包"}) {
    EXPECT_EQ(answer.text.find(hidden), std::string::npos) << hidden;
  }
  EXPECT_NE(answer.text.find("{\"masked\":true}"), std::string::npos) << answer;
  json::array accesses = Accesses(path);
  const json::object& data = accesses[accesses.size() - 2].at("data").as_object();
  EXPECT_EQ(data.at("outcome").as_string(), "masked");
  EXPECT_EQ(data.at("fields").as_array(), (json::array{"legal"}));
}

TEST_F(Reading, KnownAtLeavesOutWhatWasRecordedLater) {
  std::string path = OpenCase();
  absl::Time between = clock_.Now();
  clock_.Advance(absl::Hours(24));
  Web worker = With(Token(kWorker));  // the first has expired
  ASSERT_EQ(worker.Post(path + "/events", "k", Quoted(2), Risk()).status, 200);
  std::string then =
      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", between + absl::Seconds(2), absl::UTCTimeZone());
  Answer past = worker.Get(path + "/timeline?knownAt=" + then, "aftercare");
  ASSERT_EQ(past.status, 200) << past;
  EXPECT_EQ(past.body.at("events").as_array().size(), 2u);
  EXPECT_EQ(worker.Get(path + "/timeline", "aftercare").body.at("events").as_array().size(), 3u);
}

TEST_F(Reading, AsOfLeavesOutWhatOccurredLater) {
  std::string path = OpenCase();
  std::string early =
      Command("RiskAssessed", json::parse(Risk()).at("events").at(0).at("data").as_object(),
              "2026-03-05T09:00:00+08:00");
  ASSERT_EQ(As(kWorker).Post(path + "/events", "k", Quoted(2), early).status, 200);
  auto count = [&](const std::string& day) {
    return As(kWorker)
        .Get(path + "/timeline?asOf=" + day, "aftercare")
        .body.at("events")
        .as_array()
        .size();
  };
  EXPECT_EQ(count("2026-02-28"), 0u);
  EXPECT_EQ(count("2026-03-01"), 2u);
  EXPECT_EQ(count("2026-03-04"), 2u);
  EXPECT_EQ(count("2026-03-05"), 3u);
}

TEST_F(Reading, AtATimeThatIsNoneIsInvalid) {
  std::string path = OpenCase();
  for (const char* query :
       {"?asOf=yesterday", "?knownAt=2026-13-01", "?asOf=", "?knownAt=2026-03-01T09:00:00"}) {
    EXPECT_EQ(As(kWorker).Get(path + query, "aftercare").status, 400) << query;
  }
}

TEST_F(Reading, SeesAWriteAsSoonAsItWasAcknowledged) {
  std::string path = OpenCase();
  for (uint64_t version = 2; version < 30; ++version) {
    ASSERT_EQ(As(kWorker)
                  .Post(path + "/events", absl::StrCat("k", version), Quoted(version), Risk())
                  .status,
              200);
    ASSERT_EQ(Timeline(path).size(), version + 1);
  }
}

TEST_F(Reading, GivesTheSameAfterARestart) {
  std::string path = OpenCase();
  std::string before = As(kWorker).Get(path, "aftercare").text;
  Restart();
  EXPECT_EQ(As(kWorker).Get(path, "aftercare").text, before);
}

class TheListOfCases : public City {};

TEST_F(TheListOfCases, PagesThroughMoreThanTwoHundredByACursor) {
  constexpr size_t kCases = 210;
  std::set<std::string> made;
  for (size_t i = 0; i < kCases; ++i) {
    made.insert(As(kPolice).Post("/v1/cases", absl::StrCat("k", i), "", Rescue()).Field("case"));
  }
  ASSERT_EQ(made.size(), kCases);
  for (const char* limit : {"?limit=200", "?limit=7", "?limit=1"}) {
    std::set<std::string> listed;
    std::string cursor;
    size_t pages = 0;
    do {
      Answer page = As(kWorker).Get(
          absl::StrCat("/v1/cases", limit, cursor.empty() ? "" : "&cursor=", cursor));
      ASSERT_EQ(page.status, 200) << page;
      for (const json::value& entry : page.body.at("cases").as_array()) {
        EXPECT_TRUE(listed.insert(std::string(entry.at("case").as_string())).second)
            << "listed twice";
      }
      cursor = page.Field("next");
      ASSERT_LE(++pages, kCases + 1);
    } while (!cursor.empty());
    EXPECT_EQ(listed, made) << limit;
  }
}

TEST_F(TheListOfCases, HoldsNoPersonalDataAndLeavesNoAccessRecord) {
  std::string path = OpenCase();
  size_t before = Accesses(path).size();
  Answer list = As(kWorker).Get("/v1/cases");
  ASSERT_EQ(list.status, 200) << list;
  EXPECT_EQ(list.body.at("cases").as_array().size(), 1u);
  EXPECT_EQ(list.text.find("合成"), std::string::npos);
  EXPECT_EQ(Accesses(path).size(), before + 1);
}

TEST_F(TheListOfCases, RefusesABadLimitOrCursor) {
  for (const char* query : {"?limit=0", "?limit=201", "?limit=-1", "?limit=x",
                            "?limit=", "?cursor=x", "?cursor=", "?cursor=AAAA"}) {
    EXPECT_EQ(As(kWorker).Get(absl::StrCat("/v1/cases", query)).status, 400) << query;
  }
}

TEST_F(TheListOfCases, IsRefusedToWhoeverIsNotAUser) {
  Answer answer = With(Token({"nobody", "530902-MCA", "caseworker"})).Get("/v1/cases");
  EXPECT_TRUE(answer.status == 403 || answer.body.at("cases").as_array().empty()) << answer;
}

}  // namespace
}  // namespace guitu::app_test
