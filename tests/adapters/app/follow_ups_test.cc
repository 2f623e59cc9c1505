// Visits that nobody made: the schedule shows them as missed once the software has recorded it, and
// a visit recorded later says whether it was in time.

#include "absl/strings/str_cat.h"
#include "events/values.h"
#include "tests/adapters/app/city.h"

namespace guitu::app_test {
namespace {

class FollowUps : public City {
 protected:
  // At noon, so that no test runs over a midnight of its own.
  void SetUp() override {
    City::SetUp();
    today_ = absl::ToCivilDay(clock_.Now(), events::ChinaTime()) + 1;
    path_ = OpenCase();
    SetDay(today_);
    uint64_t version = 2;
    for (const std::string& body :
         {Command("DedicatedFileOpened",
                  {{"fileNo", "1"}, {"keeper", "530902-MCA"}, {"cadence", "C1"}, {"risk", "low"}}),
          Command("FollowUpScheduled", {{"due", DayText(today_ + 1)},
                                        {"kind", "routine"},
                                        {"step", 3},
                                        {"visitor", kWorker.staff},
                                        {"visitorUnit", "530902-MCA"},
                                        {"mode", "homeVisit"}})}) {
      Answer answer =
          Worker().Post(path_ + "/events", absl::StrCat("k", version), Quoted(version), body);
      ASSERT_EQ(answer.status, 200) << answer;
      ++version;
    }
  }
  static std::string DayText(absl::CivilDay day) {
    return events::FormatDate(events::FromCivilDay(day));
  }
  void SetDay(absl::CivilDay day) {
    clock_.Set(absl::FromCivil(day, events::ChinaTime()) + absl::Hours(12));
  }
  // A fresh token: those of the days before have run out.
  Web Worker() const { return With(Token(kWorker)); }
  json::array List(const std::string& status) {
    Answer answer = Worker().Get("/v1/follow-ups?status=" + status);
    EXPECT_EQ(answer.status, 200) << answer;
    return answer.status == 200 ? answer.body.at("followUps").as_array() : json::array();
  }
  // Asks until the list has an entry, half a minute at most.
  json::array Await(const std::string& status) {
    absl::Duration until = system_.Monotonic() + absl::Seconds(30);
    json::array list = List(status);
    while (list.empty() && system_.Monotonic() < until) list = List(status);
    return list;
  }
  std::string Visited(absl::CivilDay day) const {
    std::string at = DayText(day) + "T09:00:00+08:00";
    return Command("FollowUpCompleted",
                   {{"of", "4"},
                    {"at", at},
                    {"mode", "homeVisit"},
                    {"visitors", json::array{kWorker.staff}},
                    {"result", "seenAlone"},
                    {"seen", true},
                    {"alone", true},
                    {"plain", true},
                    {"buyerContact", false}},
                   at);
  }
  json::object Newest() {
    Answer answer = Worker().Get(path_ + "/timeline", "aftercare");
    EXPECT_EQ(answer.status, 200) << answer;
    return answer.status == 200 ? answer.body.at("events").as_array().back().as_object()
                                : json::object();
  }

  absl::CivilDay today_;
  std::string path_;
};

TEST_F(FollowUps, AreMissedWhenTheClockMovesPastTheGrace) {
  SetDay(today_ + 1);
  EXPECT_EQ(Await("due").size(), 1u);
  EXPECT_TRUE(List("missed").empty());
  SetDay(today_ + 2);
  json::array missed = Await("missed");
  ASSERT_EQ(missed.size(), 1u);
  EXPECT_EQ(missed[0].at("event").to_number<int>(), 4);
  EXPECT_EQ(missed[0].at("due").as_string(), DayText(today_ + 1).c_str());
  EXPECT_EQ(missed[0].at("daysLate").to_number<int>(), 1);
  json::object recorded = Newest();
  EXPECT_EQ(recorded.at("type").as_string(), "FollowUpMissed");
  EXPECT_EQ(recorded.at("recordedBy").at("staff").as_string(), "system");
  EXPECT_EQ(recorded.at("data").at("of").as_string(), "4");
  EXPECT_EQ(recorded.at("data").at("escalatedTo").as_string(), "530902-MCA");
}

TEST_F(FollowUps, AVisitInTimeThatIsRecordedLaterSaysSoAnd59Stays) {
  SetDay(today_ + 2);
  ASSERT_EQ(Await("missed").size(), 1u);
  ASSERT_EQ(Worker().Post(path_ + "/events", "v", "*", Visited(today_ + 1)).status, 200);
  EXPECT_TRUE(List("missed").empty());
  json::object visit = Newest().at("visit").as_object();
  EXPECT_EQ(visit.at("reads").as_string(), "in-time-recorded-late");
  EXPECT_EQ(visit.at("missedRecorded").as_bool(), true);
  json::array events = Worker().Get(path_ + "/timeline", "aftercare").body.at("events").as_array();
  EXPECT_EQ(events[events.size() - 2].at("row").as_string(), "59");
}

TEST_F(FollowUps, AVisitAfterItsDueDayIsLateByDays) {
  SetDay(today_ + 4);
  ASSERT_EQ(Await("missed").size(), 1u);
  ASSERT_EQ(Worker().Post(path_ + "/events", "v", "*", Visited(today_ + 3)).status, 200);
  json::object visit = Newest().at("visit").as_object();
  EXPECT_EQ(visit.at("reads").as_string(), "late");
  EXPECT_EQ(visit.at("daysLate").to_number<int>(), 2);
}

TEST_F(FollowUps, AVisitOnItsDayIsInTime) {
  SetDay(today_ + 1);
  ASSERT_EQ(Worker().Post(path_ + "/events", "v", "*", Visited(today_ + 1)).status, 200);
  json::object visit = Newest().at("visit").as_object();
  EXPECT_EQ(visit.at("reads").as_string(), "in-time");
  EXPECT_EQ(visit.at("missedRecorded").as_bool(), false);
}

}  // namespace
}  // namespace guitu::app_test
