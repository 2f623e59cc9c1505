#include "events/values.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace guitu::events {
namespace {

constexpr int kFirstYear = 1900;
constexpr int kLastYear = 2200;

// The digits of `text` as a number; -1 if one is none.
int Digits(absl::string_view text) {
  int value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return text.empty() ? -1 : value;
}

std::optional<absl::CivilDay> Day(absl::string_view y, absl::string_view m, absl::string_view d) {
  int year = Digits(y);
  int month = Digits(m);
  int day = Digits(d);
  if (y.size() != 4 || m.size() != 2 || d.size() != 2) return std::nullopt;
  if (year < kFirstYear || year > kLastYear || month < 1 || month > 12 || day < 1)
    return std::nullopt;
  absl::CivilDay civil(year, month, day);
  if (civil.month() != month || civil.day() != day) return std::nullopt;  // 30 February
  return civil;
}

// "Z" or "+08:00": seconds east of UTC.
std::optional<int> Zone(absl::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  int hours = Digits(text.substr(1, 2));
  int minutes = Digits(text.substr(4, 2));
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

}  // namespace

absl::CivilDay ToCivilDay(int32_t days) { return absl::CivilDay(1970, 1, 1) + days; }
int32_t FromCivilDay(absl::CivilDay day) {
  return static_cast<int32_t>(day - absl::CivilDay(1970, 1, 1));
}

std::optional<int32_t> ParseDate(absl::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  auto day = Day(text.substr(0, 4), text.substr(5, 2), text.substr(8, 2));
  return day ? std::optional(FromCivilDay(*day)) : std::nullopt;
}

std::string FormatDate(int32_t days) {
  absl::CivilDay day = ToCivilDay(days);
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

std::optional<int64_t> ParseTime(absl::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't')) return std::nullopt;
  auto days = ParseDate(text.substr(0, 10));
  if (!days || text[13] != ':' || text[16] != ':') return std::nullopt;
  int hour = Digits(text.substr(11, 2));
  int minute = Digits(text.substr(14, 2));
  int second = Digits(text.substr(17, 2));
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    return std::nullopt;
  }
  size_t at = 19;
  int64_t micros = 0;
  if (text[at] == '.') {
    size_t end = at + 1;
    int64_t unit = 100000;
    for (; end < text.size() && text[end] >= '0' && text[end] <= '9'; ++end, unit /= 10) {
      micros += (text[end] - '0') * unit;
    }
    if (end == at + 1 || end - at > 7) return std::nullopt;  // one to six digits
    at = end;
  }
  auto zone = Zone(text.substr(at));
  if (!zone) return std::nullopt;
  int64_t seconds =
      int64_t{*days} * 86400 + int64_t{hour} * 3600 + int64_t{minute} * 60 + second - *zone;
  // Also the day in China lies in the years that are read, so that what is written reads back.
  absl::CivilSecond china = absl::ToCivilSecond(absl::FromUnixSeconds(seconds), ChinaTime());
  if (china.year() < kFirstYear || china.year() > kLastYear) return std::nullopt;
  return seconds * 1000000 + micros;
}

absl::TimeZone ChinaTime() {
  static const absl::TimeZone zone = absl::FixedTimeZone(8 * 3600);
  return zone;
}

std::string FormatTime(int64_t micros) {
  absl::Time time = absl::FromUnixMicros(micros);
  const char* form = micros % 1000000 == 0 ? "%Y-%m-%dT%H:%M:%S%Ez" : "%Y-%m-%dT%H:%M:%E6S%Ez";
  return absl::FormatTime(form, time, ChinaTime());
}

std::optional<PartialDay> ParsePartialDate(absl::string_view text) {
  using schema::Precision;
  std::optional<absl::CivilDay> day;
  Precision precision = Precision::DAY;
  if (text.size() == 4) {
    day = Day(text, "01", "01");
    precision = Precision::YEAR;
  } else if (text.size() == 7 && text[4] == '-') {
    day = Day(text.substr(0, 4), text.substr(5), "01");
    precision = Precision::MONTH;
  } else if (auto whole = ParseDate(text)) {
    day = ToCivilDay(*whole);
  }
  if (!day) return std::nullopt;
  return PartialDay{FromCivilDay(*day), precision};
}

std::string FormatPartialDate(const PartialDay& day) {
  std::string whole = FormatDate(day.days);
  switch (day.precision) {
    case schema::Precision::YEAR:
      return whole.substr(0, 4);
    case schema::Precision::MONTH:
      return whole.substr(0, 7);
    default:
      return whole;
  }
}

}  // namespace guitu::events
