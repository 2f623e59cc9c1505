// Small, fixed encodings for keys and rows of our own: big-endian numbers (so that the order of
// bytes is the order of numbers) and length-prefixed strings. Not for the log: its format is
// record.capnp.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "events/hash.h"
#include "events/ids.h"

namespace guitu::events {

class ByteWriter {
 public:
  ByteWriter& U8(uint8_t v) {
    out_.push_back(static_cast<char>(v));
    return *this;
  }
  ByteWriter& U16(uint16_t v) { return Big(v, 2); }
  ByteWriter& U32(uint32_t v) { return Big(v, 4); }
  ByteWriter& U64(uint64_t v) { return Big(v, 8); }
  template <typename Tag>
  ByteWriter& Id(const Id128<Tag>& id) {
    return U64(id.hi).U64(id.lo);
  }
  ByteWriter& Hash(const Hash256& hash) { return Raw(hash.view()); }
  ByteWriter& Raw(absl::string_view bytes) {
    out_.append(bytes.data(), bytes.size());
    return *this;
  }
  ByteWriter& String(absl::string_view text) {
    return U32(static_cast<uint32_t>(text.size())).Raw(text);
  }
  std::string Take() { return std::move(out_); }

 private:
  ByteWriter& Big(uint64_t v, int width) {
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
      out_.push_back(static_cast<char>(v >> shift));
    return *this;
  }
  std::string out_;
};

// Reads what ByteWriter wrote. Past the end it gives zeros and empty strings, and ok() turns false.
class ByteReader {
 public:
  explicit ByteReader(absl::string_view bytes) : left_(bytes) {}
  uint8_t U8() { return static_cast<uint8_t>(Big(1)); }
  uint16_t U16() { return static_cast<uint16_t>(Big(2)); }
  uint32_t U32() { return static_cast<uint32_t>(Big(4)); }
  uint64_t U64() { return Big(8); }
  template <typename Id>
  Id ReadId() {
    uint64_t hi = U64();
    return Id{hi, U64()};
  }
  Hash256 Hash();
  // Borrowed from the bytes given to the constructor.
  absl::string_view Raw(size_t size);
  absl::string_view String() { return Raw(U32()); }
  absl::string_view rest() const { return left_; }
  bool ok() const { return ok_; }

 private:
  uint64_t Big(size_t width);
  absl::string_view left_;
  bool ok_ = true;
};

}  // namespace guitu::events
