#include "events/bytes.h"

namespace guitu::events {

Hash256 ByteReader::Hash() {
  absl::string_view bytes = Raw(32);
  return bytes.empty() ? Hash256{} : HashFromBytes(bytes);
}

absl::string_view ByteReader::Raw(size_t size) {
  if (size > left_.size()) {
    ok_ = false;
    left_ = {};
    return {};
  }
  absl::string_view taken = left_.substr(0, size);
  left_.remove_prefix(size);
  return taken;
}

uint64_t ByteReader::Big(size_t width) {
  uint64_t value = 0;
  for (char c : Raw(width)) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

}  // namespace guitu::events
