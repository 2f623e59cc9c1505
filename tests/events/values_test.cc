// The text forms of days and times: what is not exactly the form is nothing.
#include "events/values.h"

#include <gtest/gtest.h>

namespace guitu::events {
namespace {

TEST(Date, ReadsAndWritesTheSameText) {
  for (const char* text : {"1970-01-01", "1969-12-31", "2026-02-15", "2024-02-29", "2000-02-29",
                           "1900-01-01", "2200-12-31"}) {
    auto days = ParseDate(text);
    ASSERT_TRUE(days) << text;
    EXPECT_EQ(FormatDate(*days), text);
    EXPECT_EQ(FromCivilDay(ToCivilDay(*days)), *days);
  }
  EXPECT_EQ(*ParseDate("1970-01-02"), 1);
}

TEST(Date, IsNothingIfTheDayIsNotInTheCalendarOrTheFormIsAnother) {
  for (const char* text : {"2023-02-29",
                           "1900-02-29",
                           "2023-13-01",
                           "2023-00-10",
                           "2023-01-00",
                           "2023-01-32",
                           "2023-04-31",
                           "1899-12-31",
                           "2201-01-01",
                           "",
                           "2023",
                           "2023-01",
                           "2023-1-1",
                           "20230101",
                           "2023/01/01",
                           "2023-01-01 ",
                           " 2023-01-01",
                           "2023-01-1x",
                           "-023-01-01",
                           "+023-01-01",
                           "2023-01-01T00:00:00Z",
                           "二〇二三-1-1"}) {
    EXPECT_FALSE(ParseDate(text)) << text;
  }
}

TEST(Time, ReadsEveryZoneAsTheSameInstant) {
  auto utc = ParseTime("2026-02-15T00:30:00Z");
  ASSERT_TRUE(utc);
  for (const char* text :
       {"2026-02-15T08:30:00+08:00", "2026-02-14T19:30:00-05:00", "2026-02-15t00:30:00z",
        "2026-02-15T06:15:00+05:45", "2026-02-15T00:30:00.000000Z", "2026-02-15T00:30:00.0Z",
        "2026-02-15T00:30:00-00:00"}) {
    EXPECT_EQ(ParseTime(text), utc) << text;
  }
  EXPECT_EQ(*ParseTime("1970-01-01T00:00:00.000001Z"), 1);
  EXPECT_EQ(*ParseTime("1969-12-31T23:59:59.5Z"), -500000);
}

TEST(Time, IsWrittenInTheTimeOfChinaAndReadsBack) {
  EXPECT_EQ(FormatTime(*ParseTime("2026-02-15T00:30:00Z")), "2026-02-15T08:30:00+08:00");
  EXPECT_EQ(FormatTime(1), "1970-01-01T08:00:00.000001+08:00");
  EXPECT_EQ(FormatTime(-1), "1970-01-01T07:59:59.999999+08:00");
  for (int64_t micros :
       {int64_t{0}, int64_t{-1}, int64_t{1771115400123456}, int64_t{-2000000000000001}}) {
    EXPECT_EQ(ParseTime(FormatTime(micros)), micros);
  }
}

TEST(Time, AtTheEdgeOfTheYearsReadsBackOrIsRefused) {
  // Written in the time of China these days lie in 1899 and 2201: what could not be read back is
  // not read.
  EXPECT_FALSE(ParseTime("1900-01-01T00:00:00+09:00"));
  EXPECT_FALSE(ParseTime("2200-12-31T20:00:00Z"));
  for (const char* text : {"1900-01-01T00:00:00+08:00", "2200-12-31T23:59:59+08:00"}) {
    auto micros = ParseTime(text);
    ASSERT_TRUE(micros) << text;
    EXPECT_EQ(FormatTime(*micros), text);
  }
}

TEST(Time, IsNothingWithoutZoneOrInAnotherForm) {
  for (const char* text : {"",
                           "2026-02-15",
                           "2026-02-15T08:30:00",
                           "2026-02-15T08:30Z",
                           "2026-02-15 08:30:00Z",
                           "2026-02-15T24:00:00Z",
                           "2026-02-15T23:60:00Z",
                           "2026-02-15T23:59:60Z",
                           "2026-02-30T08:30:00Z",
                           "2026-02-15T08:30:00+0800",
                           "2026-02-15T08:30:00+08",
                           "2026-02-15T08:30:00+24:00",
                           "2026-02-15T08:30:00+08:60",
                           "2026-02-15T08:30:00.Z",
                           "2026-02-15T08:30:00.1234567Z",
                           "2026-02-15T08:30:00,5Z",
                           "2026-02-15T08:30:00ZZ",
                           "2026-02-15T08:30:00Z ",
                           " 2026-02-15T08:30:00Z",
                           "2026-02-15T8:30:00Z",
                           "2026-02-15T-8:30:00Z",
                           "1771115400"}) {
    EXPECT_FALSE(ParseTime(text)) << text;
  }
}

TEST(PartialDate, ReadsAndWritesNoMoreThanWasSaid) {
  using schema::Precision;
  struct Row {
    const char* text;
    Precision precision;
    const char* first;
  };
  for (Row row : {Row{"2015", Precision::YEAR, "2015-01-01"},
                  {"2015-03", Precision::MONTH, "2015-03-01"},
                  {"2015-03-09", Precision::DAY, "2015-03-09"}}) {
    auto day = ParsePartialDate(row.text);
    ASSERT_TRUE(day) << row.text;
    EXPECT_EQ(day->precision, row.precision);
    EXPECT_EQ(FormatDate(day->days), row.first);
    EXPECT_EQ(FormatPartialDate(*day), row.text);
  }
}

TEST(PartialDate, IsNothingIfItIsNoDayMonthOrYear) {
  for (const char* text : {"", "201", "20150", "2015-", "2015-3", "2015-13", "2015-00", "2015/03",
                           "2015-02-30", "1899", "2201", "20a5", "2015-03-01T00:00:00Z"}) {
    EXPECT_FALSE(ParsePartialDate(text)) << text;
  }
}

}  // namespace
}  // namespace guitu::events
