#include "aggregates/plan/plan_text.h"

#include <array>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace guitu::aggregates::plan {
namespace {

constexpr std::array<absl::string_view, 10> kDigits = {"一", "二", "三", "四", "五",
                                                       "六", "七", "八", "九", "十"};

// Decodes one code point at `*at` and moves on; nothing if the bytes are not UTF-8 (RFC 3629).
std::optional<char32_t> Decode(absl::string_view text, size_t* at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(*at);
  size_t extra = 0;
  char32_t value = first;
  if (first >= 0xF0 && first <= 0xF4) {
    extra = 3;
    value = first & 0x07U;
  } else if (first >= 0xE0) {
    extra = 2;
    value = first & 0x0FU;
  } else if (first >= 0xC2) {
    extra = 1;
    value = first & 0x1FU;
  } else if (first >= 0x80) {
    return std::nullopt;
  }
  if (first > 0xF4 || text.size() - *at <= extra) return std::nullopt;
  for (size_t i = 1; i <= extra; ++i) {
    if ((byte(*at + i) & 0xC0U) != 0x80U) return std::nullopt;
    value = (value << 6U) | (byte(*at + i) & 0x3FU);
  }
  constexpr std::array<char32_t, 4> kSmallest = {0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[extra] || value > 0x10FFFF) return std::nullopt;
  if (value >= 0xD800 && value <= 0xDFFF) return std::nullopt;
  *at += extra + 1;
  return value;
}

bool IsUtf8(absl::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (!Decode(text, &at).has_value()) return false;
  }
  return true;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsSpace(char32_t c) {
  return c == U' ' || c == U'\t' || c == U'\r' || c == U'\u3000' || c == U'\u00A0';
}

char32_t FullWidth(char32_t c) {
  switch (c) {
    case U',':
      return U'，';
    case U';':
      return U'；';
    case U':':
      return U'：';
    case U'(':
      return U'（';
    case U')':
      return U'）';
    case U'!':
      return U'！';
    case U'?':
      return U'？';
    default:
      return c;
  }
}

size_t TagLength(const std::u32string& text, size_t at) {
  for (const auto& tag : {std::u32string(U"<p>"), std::u32string(U"</p>")}) {
    if (text.compare(at, tag.size(), tag) == 0) return tag.size();
  }
  return 0;
}

}  // namespace

absl::StatusOr<std::vector<Line>> SplitLines(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  std::vector<Line> lines;
  for (int number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    absl::string_view line = text.substr(0, end);
    text.remove_prefix(end == absl::string_view::npos ? text.size() : end + 1);
    absl::ConsumeSuffix(&line, "\r");
    if (!IsUtf8(line)) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, ": not UTF-8"));
    }
    lines.push_back({number, line});
  }
  return lines;
}

std::u32string ToCodePoints(absl::string_view text) {
  std::u32string out;
  for (size_t at = 0; at < text.size();) {
    const std::optional<char32_t> c = Decode(text, &at);
    if (!c.has_value()) break;  // Unreachable after SplitLines.
    out.push_back(*c);
  }
  return out;
}

std::string ToUtf8(const std::u32string& text) {
  std::string out;
  const auto push = [&](char32_t bits) { out.push_back(static_cast<char>(bits)); };
  for (const char32_t c : text) {
    if (c < 0x80) {
      push(c);
      continue;
    }
    if (c < 0x800) {
      push(0xC0U | (c >> 6U));
    } else {
      if (c < 0x10000) {
        push(0xE0U | (c >> 12U));
      } else {
        push(0xF0U | (c >> 18U));
        push(0x80U | ((c >> 12U) & 0x3FU));
      }
      push(0x80U | ((c >> 6U) & 0x3FU));
    }
    push(0x80U | (c & 0x3FU));
  }
  return out;
}

void LinedText::Append(absl::string_view utf8, int line) {
  text += ToCodePoints(utf8);
  lines.resize(text.size(), line);
}

LinedText Normalize(const LinedText& text) {
  LinedText out;
  for (size_t i = 0; i < text.text.size(); ++i) {
    if (const size_t tag = TagLength(text.text, i); tag > 0) {
      i += tag - 1;
      continue;
    }
    if (IsSpace(text.text[i])) continue;
    out.text.push_back(FullWidth(text.text[i]));
    out.lines.push_back(text.lines[i]);
  }
  return out;
}

std::string Normalize(absl::string_view text) {
  LinedText lined;
  lined.Append(text, 0);
  return ToUtf8(Normalize(lined).text);
}

bool IsPunctuation(char32_t c) {
  static const std::u32string marks = U"，。、；：？！（）“”‘’《》〈〉—…·.\"'-";
  return marks.find(c) != std::u32string::npos;
}

std::optional<int> ConsumeNumeral(absl::string_view* text) {
  absl::string_view rest = *text;
  const auto digit = [&rest]() {
    for (size_t i = 0; i < 9; ++i) {
      if (absl::ConsumePrefix(&rest, kDigits[i])) return static_cast<int>(i) + 1;
    }
    return 0;
  };
  const int first = digit();
  int value = first;
  if (absl::ConsumePrefix(&rest, kDigits[9])) {
    value = (first == 0 ? 1 : first) * 10;
    value += digit();
  }
  if (value == 0) return std::nullopt;
  *text = rest;
  return value;
}

std::optional<int> ConsumeMarker(absl::string_view* text) {
  absl::string_view rest = *text;
  if (!absl::ConsumePrefix(&rest, "(") && !absl::ConsumePrefix(&rest, "（")) return std::nullopt;
  const std::optional<int> number = ConsumeNumeral(&rest);
  if (!number.has_value()) return std::nullopt;
  if (!absl::ConsumePrefix(&rest, ")") && !absl::ConsumePrefix(&rest, "）")) return std::nullopt;
  *text = absl::StripLeadingAsciiWhitespace(rest);
  return number;
}

std::optional<int> ConsumeItemNumber(absl::string_view* text) {
  size_t digits = 0;
  int value = 0;
  while (digits < text->size() && digits < 3 && IsDigit((*text)[digits])) {
    value = value * 10 + ((*text)[digits] - '0');
    ++digits;
  }
  absl::string_view rest = text->substr(digits);
  if (digits == 0 || !absl::ConsumePrefix(&rest, ".")) return std::nullopt;
  *text = absl::StripLeadingAsciiWhitespace(rest);
  return value;
}

std::string ChineseNumeral(int number) {
  const auto digit = [](int d) {
    return std::string(d == 0 ? absl::string_view() : kDigits[static_cast<size_t>(d) - 1]);
  };
  if (number < 10) return digit(number);
  const int tens = number / 10;
  return absl::StrCat(tens == 1 ? "" : digit(tens), kDigits[9], digit(number % 10));
}

std::vector<int> YearsIn(absl::string_view text) {
  std::vector<int> years;
  for (size_t at = text.find("20"); at != absl::string_view::npos; at = text.find("20", at + 1)) {
    absl::string_view rest = text.substr(at);
    if (rest.size() < 4 || !IsDigit(rest[2]) || !IsDigit(rest[3])) continue;
    if (at > 0 && IsDigit(text[at - 1])) continue;
    const int year = 2000 + (rest[2] - '0') * 10 + (rest[3] - '0');
    rest = absl::StripLeadingAsciiWhitespace(rest.substr(4));
    if (absl::StartsWith(rest, "年")) years.push_back(year);
  }
  return years;
}

std::string Shorten(absl::string_view text, size_t limit) {
  const std::u32string points = ToCodePoints(text);
  if (points.size() <= limit) return std::string(text);
  const size_t half = (limit - 1) / 2;
  return ToUtf8(points.substr(0, half) + U"…" + points.substr(points.size() - half));
}

}  // namespace guitu::aggregates::plan
