// Text forms of the values of schema/values.capnp that are more than a string: days, instants, days
// known in part. Strict: what is not exactly the form is nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "events/schema/values.capnp.h"

namespace guitu::events {

// "2026-02-15" ⇄ days since 1970-01-01. Years 1900 to 2200.
std::optional<int32_t> ParseDate(absl::string_view text);
std::string FormatDate(int32_t days);
absl::CivilDay ToCivilDay(int32_t days);
int32_t FromCivilDay(absl::CivilDay day);

// RFC 3339 with a zone, at most microseconds ("2026-02-15T08:30:00+08:00", "…Z").
std::optional<int64_t> ParseTime(absl::string_view text);
// In the time of China (UTC+8, without summer time since 1991), the zone of every legal clock here.
std::string FormatTime(int64_t micros);
absl::TimeZone ChinaTime();

struct PartialDay {
  int32_t days = 0;
  schema::Precision precision = schema::Precision::UNSPECIFIED;
};
// "2015", "2015-03", "2015-03-01".
std::optional<PartialDay> ParsePartialDate(absl::string_view text);
std::string FormatPartialDate(const PartialDay& day);

}  // namespace guitu::events
