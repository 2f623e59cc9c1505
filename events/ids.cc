#include "events/ids.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "events/hash.h"

namespace guitu::events {
namespace {

// Crockford's base 32: no I, L, O, U, so nothing is misread aloud or in handwriting.
constexpr absl::string_view kBase32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// A digit as a polynomial over GF(2), times x, modulo x^5 + x^2 + 1.
uint32_t TimesX(uint32_t digit) {
  digit <<= 1;
  return digit < 32 ? digit : digit ^ 0b100101;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string ToHex(uint64_t hi, uint64_t lo) {
  return absl::StrCat(absl::Hex(hi, absl::kZeroPad16), absl::Hex(lo, absl::kZeroPad16));
}

std::optional<std::pair<uint64_t, uint64_t>> ParseHex(absl::string_view text) {
  if (text.size() != 32) return std::nullopt;
  std::array<uint64_t, 2> parts{};
  for (size_t i = 0; i < 32; ++i) {
    int digit = HexDigit(text[i]);
    if (digit < 0) return std::nullopt;
    parts[i / 16] = parts[i / 16] << 4 | static_cast<uint64_t>(digit);
  }
  return std::pair{parts[0], parts[1]};
}

std::string ToBytes(uint64_t hi, uint64_t lo) {
  std::string bytes(16, '\0');
  for (size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(hi >> (56 - 8 * i));
    bytes[8 + i] = static_cast<char>(lo >> (56 - 8 * i));
  }
  return bytes;
}

Partition PartitionOf(const StreamId& stream, uint32_t partitions) {
  // The id is an HMAC, so its own bits are spread evenly already.
  return static_cast<Partition>(stream.hi % partitions);
}

std::string CaseNumber(const StreamId& stream) {
  uint64_t bits = stream.lo >> 9;  // 55 bits: 11 characters
  std::string digits(12, '0');
  uint32_t check = 0;
  for (size_t i = 0; i < 11; ++i) {
    auto digit = static_cast<uint32_t>(bits >> (50 - 5 * i)) & 31;
    digits[i] = kBase32[digit];
    // Each digit has another power of x as its weight, so any one wrong or two swapped digits show.
    check = TimesX(check ^ digit);
  }
  digits[11] = kBase32[check];
  return absl::StrCat("GT-", digits.substr(0, 4), "-", digits.substr(4, 4), "-",
                      digits.substr(8, 4));
}

std::string ToHex(const Hash256& hash) {
  std::string out;
  for (uint8_t byte : hash.bytes) absl::StrAppend(&out, absl::Hex(byte, absl::kZeroPad2));
  return out;
}

Hash256 HashFromBytes(absl::string_view bytes) {
  Hash256 hash;
  for (size_t i = 0; i < hash.bytes.size(); ++i) hash.bytes[i] = static_cast<uint8_t>(bytes[i]);
  return hash;
}

}  // namespace guitu::events
