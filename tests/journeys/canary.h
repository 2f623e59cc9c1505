// The forms in which a marked word could have been written by somebody who should not have.
#pragma once

#include <set>
#include <string>

namespace guitu::journeys {

// Of a text of 16 bytes or more, so that none is found by chance: itself, UTF-16, hex, base64
// wherever in the stream it begins.
std::set<std::string> FormsOf(const std::string& canary);
// Little endian, of a text in UTF-8 whose characters are of at most three bytes.
std::string Utf16(const std::string& text);

}  // namespace guitu::journeys
