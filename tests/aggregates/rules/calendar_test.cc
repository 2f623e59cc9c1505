// The working calendars as shipped, against the notices written down here a second time.
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "aggregates/rules/calendar.capnp.h"
#include "aggregates/rules/rules.h"
#include "gtest/gtest.h"

namespace guitu::aggregates {
namespace {

using absl::CivilDay;

struct Notice {
  std::string number;
  std::vector<std::pair<CivilDay, CivilDay>> off;
  std::vector<CivilDay> worked;
};

CivilDay Day(int year, int month, int day) { return CivilDay(year, month, day); }

std::map<int, Notice> Notices() {
  std::map<int, Notice> n;
  auto span = [](int y, int m, int d, int m2, int d2) {
    return std::pair(Day(y, m, d), Day(y, m2, d2));
  };
  n[2021] = {"国办发明电〔2020〕27号",
             {span(2021, 1, 1, 1, 3), span(2021, 2, 11, 2, 17), span(2021, 4, 3, 4, 5),
              span(2021, 5, 1, 5, 5), span(2021, 6, 12, 6, 14), span(2021, 9, 19, 9, 21),
              span(2021, 10, 1, 10, 7)},
             {Day(2021, 2, 7), Day(2021, 2, 20), Day(2021, 4, 25), Day(2021, 5, 8),
              Day(2021, 9, 18), Day(2021, 9, 26), Day(2021, 10, 9)}};
  n[2022] = {"国办发明电〔2021〕11号",
             {span(2022, 1, 1, 1, 3), span(2022, 1, 31, 2, 6), span(2022, 4, 3, 4, 5),
              span(2022, 4, 30, 5, 4), span(2022, 6, 3, 6, 5), span(2022, 9, 10, 9, 12),
              span(2022, 10, 1, 10, 7)},
             {Day(2022, 1, 29), Day(2022, 1, 30), Day(2022, 4, 2), Day(2022, 4, 24),
              Day(2022, 5, 7), Day(2022, 10, 8), Day(2022, 10, 9)}};
  n[2023] = {"国办发明电〔2022〕16号",
             {{Day(2022, 12, 31), Day(2023, 1, 2)},
              span(2023, 1, 21, 1, 27),
              span(2023, 4, 5, 4, 5),
              span(2023, 4, 29, 5, 3),
              span(2023, 6, 22, 6, 24),
              span(2023, 9, 29, 10, 6)},
             {Day(2023, 1, 28), Day(2023, 1, 29), Day(2023, 4, 23), Day(2023, 5, 6),
              Day(2023, 6, 25), Day(2023, 10, 7), Day(2023, 10, 8)}};
  n[2024] = {"国办发明电〔2023〕7号",
             {span(2024, 1, 1, 1, 1), span(2024, 2, 10, 2, 17), span(2024, 4, 4, 4, 6),
              span(2024, 5, 1, 5, 5), span(2024, 6, 10, 6, 10), span(2024, 9, 15, 9, 17),
              span(2024, 10, 1, 10, 7)},
             {Day(2024, 2, 4), Day(2024, 2, 18), Day(2024, 4, 7), Day(2024, 4, 28),
              Day(2024, 5, 11), Day(2024, 9, 14), Day(2024, 9, 29), Day(2024, 10, 12)}};
  n[2025] = {
      "国办发明电〔2024〕12号",
      {span(2025, 1, 1, 1, 1), span(2025, 1, 28, 2, 4), span(2025, 4, 4, 4, 6),
       span(2025, 5, 1, 5, 5), span(2025, 5, 31, 6, 2), span(2025, 10, 1, 10, 8)},
      {Day(2025, 1, 26), Day(2025, 2, 8), Day(2025, 4, 27), Day(2025, 9, 28), Day(2025, 10, 11)}};
  n[2026] = {"国办发明电〔2025〕7号",
             {span(2026, 1, 1, 1, 3), span(2026, 2, 15, 2, 23), span(2026, 4, 4, 4, 6),
              span(2026, 5, 1, 5, 5), span(2026, 6, 19, 6, 21), span(2026, 9, 25, 9, 27),
              span(2026, 10, 1, 10, 7)},
             {Day(2026, 1, 4), Day(2026, 2, 14), Day(2026, 2, 28), Day(2026, 5, 9),
              Day(2026, 9, 20), Day(2026, 10, 10)}};
  return n;
}

bool IsWeekend(CivilDay day) {
  auto weekday = absl::GetWeekday(day);
  return weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
}

TEST(ShippedCalendar, AgreesWithTheNoticesOnEveryDayOfSixYears) {
  std::set<CivilDay> off;
  std::set<CivilDay> worked;
  for (const auto& [year, notice] : Notices()) {
    for (auto [from, to] : notice.off) {
      for (CivilDay day = from; day <= to; ++day) off.insert(day);
    }
    worked.insert(notice.worked.begin(), notice.worked.end());
  }
  RuleData rules = RuleData::Shipped();
  for (CivilDay day(2021, 1, 1); day.year() < 2027; ++day) {
    bool expected = worked.count(day) > 0 || (!IsWeekend(day) && off.count(day) == 0);
    EXPECT_EQ(rules.IsWorkingDay(day), expected) << day;
  }
}

TEST(ShippedCalendar, NamesTheNoticeOfEachYear) {
  auto notices = Notices();
  size_t years = 0;
  for (auto calendar : *shipped::CALENDARS) {
    auto number = calendar.getNotice().getNumber();
    EXPECT_EQ(std::string(number.begin(), number.size()), notices[calendar.getYear()].number);
    ++years;
  }
  EXPECT_EQ(years, notices.size());
}

TEST(ShippedCalendar, ShiftsOnlyWeekendDaysOfItsOwnYear) {
  for (auto calendar : *shipped::CALENDARS) {
    std::set<CivilDay> holidays;
    for (auto date : calendar.getHolidays()) {
      EXPECT_EQ(CivilDayOf(date).year(), calendar.getYear());
      EXPECT_TRUE(holidays.insert(CivilDayOf(date)).second) << CivilDayOf(date);
    }
    for (auto date : calendar.getWorkingWeekends()) {
      EXPECT_EQ(CivilDayOf(date).year(), calendar.getYear());
      EXPECT_TRUE(IsWeekend(CivilDayOf(date))) << CivilDayOf(date);
      EXPECT_EQ(holidays.count(CivilDayOf(date)), 0u) << CivilDayOf(date);
    }
  }
}

TEST(ShippedCalendar, CountsSevenWorkingDaysAcrossTheNationalHolidayOf2022) {
  // clocks.md, worked case 1: from Friday 30 September 2022 the seventh working day is 14 October.
  RuleData rules = RuleData::Shipped();
  CivilDay day(2022, 9, 30);
  for (int counted = 0; counted < 7;) {
    ++day;
    if (rules.IsWorkingDay(day)) ++counted;
  }
  EXPECT_EQ(day, CivilDay(2022, 10, 14));
}

TEST(ShippedCalendar, KnowsWhichYearsItHas) {
  RuleData rules = RuleData::Shipped();
  EXPECT_FALSE(rules.HasCalendar(2020));
  EXPECT_TRUE(rules.HasCalendar(2021));
  EXPECT_TRUE(rules.HasCalendar(2026));
  EXPECT_FALSE(rules.HasCalendar(2027));
  EXPECT_EQ(rules.newest_calendar_year(), 2026);
}

TEST(ShippedCalendar, TakesWeekendsOnlyInAYearWithoutACalendar) {
  RuleData rules = RuleData::Shipped();
  EXPECT_TRUE(rules.IsWorkingDay(CivilDay(2030, 10, 1)));   // a Tuesday
  EXPECT_FALSE(rules.IsWorkingDay(CivilDay(2030, 10, 5)));  // a Saturday
}

}  // namespace
}  // namespace guitu::aggregates
