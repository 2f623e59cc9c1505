#include "tests/journeys/canary.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace guitu::journeys {
namespace {

std::string Utf16Of(const std::string& text, bool big) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    auto byte = [&](size_t at) { return static_cast<uint32_t>(static_cast<uint8_t>(text[at])); };
    uint32_t unit = byte(i);
    if (unit >= 0xE0) {
      unit = (unit & 0x0F) << 12 | (byte(i + 1) & 0x3F) << 6 | (byte(i + 2) & 0x3F);
      i += 3;
    } else {
      i += 1;
    }
    char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xFF);
    out.push_back(big ? high : low);
    out.push_back(big ? low : high);
  }
  return out;
}

// Base64 depends on where in the stream the text begins: the part that is the same wherever it
// stands.
std::set<std::string> Base64Cores(const std::string& text) {
  std::set<std::string> cores;
  for (size_t shift = 0; shift < 3; ++shift) {
    std::string padded = std::string(shift, '\0') + text;
    padded.resize(padded.size() / 3 * 3);
    for (std::string encoded : {absl::Base64Escape(padded), absl::WebSafeBase64Escape(padded)}) {
      cores.insert(encoded.substr(4));
    }
  }
  return cores;
}

}  // namespace

std::string Utf16(const std::string& text) { return Utf16Of(text, false); }

std::set<std::string> FormsOf(const std::string& canary) {
  std::set<std::string> forms = Base64Cores(canary);
  std::string hex = absl::BytesToHexString(canary);
  forms.insert(
      {canary, Utf16Of(canary, true), Utf16Of(canary, false), hex, absl::AsciiStrToUpper(hex)});
  return forms;
}

}  // namespace guitu::journeys
