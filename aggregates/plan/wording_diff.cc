#include "aggregates/plan/wording_diff.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace guitu::aggregates::plan {
namespace {

constexpr size_t kMostPlaces = 8;
constexpr size_t kMostSteps = 4'000'000;
constexpr size_t kContext = 4;   // code points either side.
constexpr size_t kLongest = 60;  // of a place.

// Two ranges that stand for each other.
struct Hunk {
  size_t left_begin, left_end, right_begin, right_end;
};

std::u32string WithoutPunctuation(const std::u32string& text) {
  std::u32string out;
  for (const char32_t c : text) {
    if (!IsPunctuation(c)) out.push_back(c);
  }
  return out;
}

// Hunks of a longest common subsequence of the parts of `a` and `b` the hunk `all` leaves open.
std::vector<Hunk> Align(const std::u32string& a, const std::u32string& b, const Hunk& all) {
  const size_t rows = all.left_end - all.left_begin;
  const size_t columns = all.right_end - all.right_begin;
  if (rows == 0 && columns == 0) return {};
  if (rows == 0 || columns == 0 || rows > kMostSteps / columns) return {all};
  std::vector<uint32_t> longest((rows + 1) * (columns + 1), 0);
  const auto at = [&](size_t i, size_t j) -> uint32_t& { return longest[i * (columns + 1) + j]; };
  const auto same = [&](size_t i, size_t j) {
    return a[all.left_begin + i] == b[all.right_begin + j];
  };
  for (size_t i = rows; i-- > 0;) {
    for (size_t j = columns; j-- > 0;) {
      at(i, j) = same(i, j) ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    }
  }
  std::vector<Hunk> hunks;
  for (size_t i = 0, j = 0; i < rows || j < columns;) {
    if (i < rows && j < columns && same(i, j)) {
      ++i;
      ++j;
      continue;
    }
    const bool left = j == columns || (i < rows && at(i + 1, j) >= at(i, j + 1));
    const size_t x = all.left_begin + i;
    const size_t y = all.right_begin + j;
    if (hunks.empty() || hunks.back().left_end != x || hunks.back().right_end != y) {
      hunks.push_back({x, x, y, y});
    }
    ++(left ? hunks.back().left_end : hunks.back().right_end);
    ++(left ? i : j);
  }
  return hunks;
}

// Joins hunks with fewer than `gap` common code points between them.
std::vector<Hunk> Join(const std::vector<Hunk>& hunks, size_t gap) {
  std::vector<Hunk> joined;
  for (const Hunk& hunk : hunks) {
    if (!joined.empty() && hunk.left_begin - joined.back().left_end < gap) {
      joined.back().left_end = hunk.left_end;
      joined.back().right_end = hunk.right_end;
    } else {
      joined.push_back(hunk);
    }
  }
  return joined;
}

std::string Excerpt(const std::u32string& text, size_t begin, size_t end) {
  const size_t from = begin - std::min(begin, kContext);
  const size_t to = std::min(text.size(), end + kContext);
  return Shorten(ToUtf8(text.substr(from, to - from)), kLongest);
}

}  // namespace

std::vector<WordingDifference> CompareWording(const LinedText& left, absl::string_view right) {
  const LinedText a = Normalize(left);
  const std::u32string b = ToCodePoints(Normalize(right));
  Hunk all = {0, a.text.size(), 0, b.size()};
  while (all.left_begin < all.left_end && all.right_begin < all.right_end &&
         a.text[all.left_begin] == b[all.right_begin]) {
    ++all.left_begin;
    ++all.right_begin;
  }
  while (all.left_begin < all.left_end && all.right_begin < all.right_end &&
         a.text[all.left_end - 1] == b[all.right_end - 1]) {
    --all.left_end;
    --all.right_end;
  }
  std::vector<Hunk> hunks = Align(a.text, b, all);
  const auto only_marks = [&](const Hunk& h) {
    return WithoutPunctuation(a.text.substr(h.left_begin, h.left_end - h.left_begin)) ==
           WithoutPunctuation(b.substr(h.right_begin, h.right_end - h.right_begin));
  };
  hunks.erase(std::remove_if(hunks.begin(), hunks.end(), only_marks), hunks.end());
  for (size_t gap = kContext; gap == kContext || hunks.size() > kMostPlaces; gap *= 2) {
    hunks = Join(hunks, gap);
  }
  std::vector<WordingDifference> differences;
  for (const Hunk& h : hunks) {
    int line = 0;
    if (!a.lines.empty()) line = a.lines[std::min(h.left_begin, a.lines.size() - 1)];
    differences.push_back(
        {Excerpt(a.text, h.left_begin, h.left_end), Excerpt(b, h.right_begin, h.right_end), line});
  }
  return differences;
}

}  // namespace guitu::aggregates::plan
