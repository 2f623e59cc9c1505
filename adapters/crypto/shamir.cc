#include "adapters/crypto/shamir.h"

#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "adapters/crypto/random.h"
#include "adapters/crypto/sha256.h"
#include "events/check.h"

namespace guitu::crypto {
namespace {

constexpr absl::string_view kVersion = "GUITU1";
constexpr absl::string_view kBase32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr size_t kSplitBytes = 4;
constexpr size_t kCheckBytes = 4;
constexpr size_t kBodyBytes = kSplitBytes + kSecretBytes + kCheckBytes;
constexpr size_t kDigits = kBodyBytes * 8 / 5;
static_assert(kBodyBytes * 8 % 5 == 0);

// A point of each of the 32 polynomials, at x = `index`.
struct Share {
  int needed = 0;
  uint8_t index = 0;
  std::array<uint8_t, kSplitBytes> split{};
  std::array<uint8_t, kSecretBytes> values{};

  Share() = default;
  Share(const Share&) = default;
  Share& operator=(const Share&) = default;
  ~Share() { sodium_memzero(values.data(), values.size()); }
};

// Without tables and without branches on the operands: both can be secret.
uint8_t Multiply(uint8_t a, uint8_t b) {
  unsigned product = 0;
  unsigned shifted = a;
  for (unsigned bit = 0; bit < 8; ++bit) {
    product ^= shifted & (0u - ((static_cast<unsigned>(b) >> bit) & 1u));
    shifted = (shifted << 1) ^ (0x11bu & (0u - (shifted >> 7)));
  }
  return static_cast<uint8_t>(product);
}

// a^254; the inverse of every a but 0.
uint8_t Invert(uint8_t a) {
  uint8_t power = a;
  for (int i = 0; i < 6; ++i) power = Multiply(Multiply(power, power), a);
  return Multiply(power, power);
}

std::array<uint8_t, kCheckBytes> CheckOf(const Share& share) {
  const std::string head = absl::StrCat(kVersion, "-", share.needed, "-", share.index, "-");
  const events::Hash256 hash =
      Sha256({head,
              {reinterpret_cast<const char*>(share.split.data()), kSplitBytes},
              {reinterpret_cast<const char*>(share.values.data()), kSecretBytes}});
  std::array<uint8_t, kCheckBytes> check;
  std::memcpy(check.data(), hash.bytes.data(), check.size());
  return check;
}

std::string Print(const Share& share) {
  std::array<uint8_t, kBodyBytes> body;
  const auto check = CheckOf(share);
  std::memcpy(body.data(), share.split.data(), kSplitBytes);
  std::memcpy(body.data() + kSplitBytes, share.values.data(), kSecretBytes);
  std::memcpy(body.data() + kSplitBytes + kSecretBytes, check.data(), kCheckBytes);
  std::string text = absl::StrCat(kVersion, "-", share.needed, "-", share.index);
  for (size_t digit = 0; digit < kDigits; ++digit) {
    if (digit % 4 == 0) text.push_back('-');
    unsigned value = 0;
    for (size_t bit = digit * 5; bit < digit * 5 + 5; ++bit) {
      value = value << 1 | (static_cast<unsigned>(body[bit / 8]) >> (7 - bit % 8) & 1u);
    }
    text.push_back(kBase32[value]);
  }
  sodium_memzero(body.data(), body.size());
  return text;
}

int DigitOf(char c) {
  c = absl::ascii_toupper(static_cast<unsigned char>(c));
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const size_t place = kBase32.find(c);
  return place == absl::string_view::npos ? -1 : static_cast<int>(place);
}

bool ReadBody(absl::string_view text, Share& share) {
  std::array<uint8_t, kBodyBytes> body{};
  size_t bit = 0;
  for (char c : text) {
    if (c == '-') continue;
    const int digit = DigitOf(c);
    if (digit < 0 || bit == kBodyBytes * 8) return false;
    for (int shift = 4; shift >= 0; --shift, ++bit) {
      body[bit / 8] = static_cast<uint8_t>(body[bit / 8] << 1 | (digit >> shift & 1));
    }
  }
  if (bit != kBodyBytes * 8) return false;
  std::memcpy(share.split.data(), body.data(), kSplitBytes);
  std::memcpy(share.values.data(), body.data() + kSplitBytes, kSecretBytes);
  const auto check = CheckOf(share);
  const bool same =
      std::memcmp(check.data(), body.data() + kSplitBytes + kSecretBytes, kCheckBytes) == 0;
  sodium_memzero(body.data(), body.size());
  return same;
}

std::optional<Share> Parse(absl::string_view text) {
  std::string compact;
  for (char c : text) {
    if (!absl::ascii_isspace(static_cast<unsigned char>(c))) compact.push_back(c);
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(compact, absl::MaxSplits('-', 3));
  Share share;
  int index = 0;
  if (parts.size() != 4 || absl::AsciiStrToUpper(parts[0]) != kVersion ||
      !absl::SimpleAtoi(parts[1], &share.needed) || !absl::SimpleAtoi(parts[2], &index) ||
      share.needed < 1 || share.needed > 255 || index < 1 || index > 255) {
    return std::nullopt;
  }
  share.index = static_cast<uint8_t>(index);
  if (!ReadBody(parts[3], share)) return std::nullopt;
  return share;
}

// The value at `x` of the polynomial through the points, byte by byte (Lagrange).
void Interpolate(std::span<const Share> points, uint8_t x, std::span<uint8_t, kSecretBytes> out) {
  std::memset(out.data(), 0, out.size());
  for (const Share& point : points) {
    uint8_t weight = 1;
    for (const Share& other : points) {
      if (other.index == point.index) continue;
      const auto above = static_cast<uint8_t>(x ^ other.index);
      const auto below = static_cast<uint8_t>(point.index ^ other.index);
      weight = Multiply(weight, Multiply(above, Invert(below)));
    }
    for (size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<uint8_t>(out[i] ^ Multiply(weight, point.values[i]));
    }
  }
}

absl::Status CheckTogether(std::span<const Share> points) {
  const Share& first = points.front();
  for (size_t i = 0; i < points.size(); ++i) {
    if (points[i].split != first.split || points[i].needed != first.needed) {
      return absl::InvalidArgumentError(
          absl::StrCat("share ", i + 1, " of the list belongs to another split than the first"));
    }
    for (size_t j = 0; j < i; ++j) {
      if (points[j].index != points[i].index) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("shares ", j + 1, " and ", i + 1, " of the list are the same share"));
    }
  }
  if (points.size() < static_cast<size_t>(first.needed)) {
    return absl::InvalidArgumentError(
        absl::StrCat(first.needed, " shares are needed, ", points.size(), " were given"));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> SplitSecret(std::span<const uint8_t, kSecretBytes> secret, int needed,
                                     int total) {
  GUITU_CHECK(needed >= 1);
  GUITU_CHECK(needed <= total);
  GUITU_CHECK(total <= 255);
  Share share;
  share.needed = needed;
  FillRandom(share.split);
  // Coefficient 0 is the secret, the others are random; Horner's rule from the highest down.
  std::vector<Secret> coefficients;
  coefficients.push_back(Secret::Copy(secret));
  while (coefficients.size() < static_cast<size_t>(needed))
    coefficients.push_back(Secret::Random());
  std::vector<std::string> texts;
  for (int x = 1; x <= total; ++x) {
    share.index = static_cast<uint8_t>(x);
    share.values.fill(0);
    for (auto c = coefficients.rbegin(); c != coefficients.rend(); ++c) {
      for (size_t i = 0; i < kSecretBytes; ++i) {
        share.values[i] =
            static_cast<uint8_t>(Multiply(share.values[i], share.index) ^ c->data()[i]);
      }
    }
    texts.push_back(Print(share));
  }
  return texts;
}

absl::StatusOr<Secret> CombineShares(std::span<const std::string> shares) {
  if (shares.empty()) return absl::InvalidArgumentError("no shares were given");
  std::vector<Share> points;
  for (const std::string& text : shares) {
    std::optional<Share> share = Parse(text);
    if (!share) {
      return absl::InvalidArgumentError(
          absl::StrCat("share ", points.size() + 1, " of the list has a typing error"));
    }
    points.push_back(*share);
  }
  if (absl::Status together = CheckTogether(points); !together.ok()) return together;
  const auto needed = static_cast<size_t>(points.front().needed);
  const std::span<const Share> base(points.data(), needed);
  for (size_t i = needed; i < points.size(); ++i) {
    Transient expected;
    Interpolate(base, points[i].index, expected.bytes);
    if (sodium_memcmp(expected.bytes.data(), points[i].values.data(), kSecretBytes) != 0) {
      return absl::InvalidArgumentError("the shares contradict one another");
    }
  }
  Secret secret;
  Interpolate(base, 0, secret.data());
  return secret;
}

}  // namespace guitu::crypto
