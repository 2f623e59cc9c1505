// Small tools for Chinese text in UTF-8: lines, code points, numerals, and the form in which two
// wordings are compared. All functions are pure; views are borrowed for the call.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace guitu::aggregates::plan {

struct Line {
  int number = 0;          // 1-based.
  absl::string_view text;  // without line end; lives as long as the document's text.
};

// Splits at LF, drops a CR before it and a byte order mark at the start.
// Errors: InvalidArgument "line N: not UTF-8" for the first line that is not.
absl::StatusOr<std::vector<Line>> SplitLines(absl::string_view text);

// REQUIRES: valid UTF-8 (SplitLines checked it).
std::u32string ToCodePoints(absl::string_view text);
std::string ToUtf8(const std::u32string& text);

// Text whose every code point knows the line it stands on.
struct LinedText {
  std::u32string text;
  std::vector<int> lines;  // as many as `text`.
  void Append(absl::string_view utf8, int line);
};

// The form of comparison: no spaces, no <p> tags, half-width punctuation made full-width.
LinedText Normalize(const LinedText& text);
std::string Normalize(absl::string_view text);

bool IsPunctuation(char32_t c);

// If `text` begins with a Chinese numeral of 1-99, takes it off and returns it.
std::optional<int> ConsumeNumeral(absl::string_view* text);
// "(一)" or "（一）", with what follows left-trimmed.
std::optional<int> ConsumeMarker(absl::string_view* text);
// "3." and the spaces after it.
std::optional<int> ConsumeItemNumber(absl::string_view* text);
// 1-99 as a Chinese numeral, "三十八".
std::string ChineseNumeral(int number);

// All years in the text that are written "20dd年", in order.
std::vector<int> YearsIn(absl::string_view text);

// `text` if it is short, else its two ends with an ellipsis between: at most `limit` code points.
std::string Shorten(absl::string_view text, size_t limit);

}  // namespace guitu::aggregates::plan
