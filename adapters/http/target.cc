#include "adapters/http/target.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace guitu::http {
namespace {

bool IsPchar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::string_view("-._~!$&'()*+,;=:@").find(c) != absl::string_view::npos;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Decodes one segment, name or value. `extra` lists the characters allowed besides pchar.
Refusal Decode(absl::string_view text, absl::string_view extra, std::string* out) {
  out->clear();
  out->reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return Malformed("the address has a broken percent-encoding");
      int high = HexValue(text[i + 1]);
      int low = HexValue(text[i + 2]);
      if (high < 0 || low < 0) return Malformed("the address has a broken percent-encoding");
      c = static_cast<char>(high << 4 | low);
      if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
        return Malformed("the address encodes a control character");
      }
      i += 2;
    } else if (!IsPchar(c) && extra.find(c) == absl::string_view::npos) {
      return Malformed("the address has a character that must be percent-encoded");
    }
    out->push_back(c);
  }
  if (!IsUtf8(*out)) return Malformed("the address is not UTF-8");
  return {};
}

// `raw` lists the characters left as they are besides letters and digits.
void Encode(absl::string_view text, absl::string_view raw, std::string* out) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || raw.find(c) != absl::string_view::npos) {
      out->push_back(c);
    } else {
      out->append({'%', kHex[byte >> 4], kHex[byte & 15u]});
    }
  }
}

Refusal ParsePath(absl::string_view path, std::vector<std::string>* segments) {
  path.remove_prefix(1);
  if (path.empty()) return {};
  for (bool more = true; more;) {
    size_t slash = path.find('/');
    more = slash != absl::string_view::npos;
    absl::string_view raw = path.substr(0, slash);
    if (more) path.remove_prefix(slash + 1);
    if (raw.empty() && more) return Malformed("the path has an empty segment");
    std::string& segment = segments->emplace_back();
    if (Refusal refusal = Decode(raw, "", &segment)) return refusal;
    if (segment == "." || segment == "..") return Malformed("the path has a dot segment");
    if (segment.find_first_of("/\\") != std::string::npos) {
      return Malformed("the path has an encoded slash");
    }
  }
  return {};
}

Refusal ParseQuery(absl::string_view query, std::vector<NameValue>* pairs) {
  for (bool more = !query.empty(); more;) {
    size_t ampersand = query.find('&');
    more = ampersand != absl::string_view::npos;
    absl::string_view piece = query.substr(0, ampersand);
    if (more) query.remove_prefix(ampersand + 1);
    size_t equals = piece.find('=');
    NameValue pair;
    if (Refusal refusal = Decode(piece.substr(0, equals), "/?", &pair.first)) return refusal;
    if (equals != absl::string_view::npos) {
      if (Refusal refusal = Decode(piece.substr(equals + 1), "/?", &pair.second)) return refusal;
    }
    if (pair.first.empty()) return Malformed("the query has a parameter without a name");
    for (const NameValue& other : *pairs) {
      if (other.first == pair.first) return Malformed("the query names a parameter twice");
    }
    if (pairs->size() == 32) return Malformed("the query has more than 32 parameters");
    pairs->push_back(std::move(pair));
  }
  return {};
}

}  // namespace

Refusal ParseTarget(absl::string_view path_and_query, Target* target) {
  target->segments.clear();
  target->query.clear();
  size_t mark = path_and_query.find('?');
  absl::string_view path = path_and_query.substr(0, mark);
  if (!path.empty()) {
    if (Refusal refusal = ParsePath(path, &target->segments)) return refusal;
  }
  if (mark == absl::string_view::npos) return {};
  return ParseQuery(path_and_query.substr(mark + 1), &target->query);
}

std::string EncodeTarget(const std::vector<std::string>& segments,
                         const std::vector<NameValue>& query) {
  std::string out;
  for (const std::string& segment : segments) {
    out.push_back('/');
    Encode(segment, "-._~!$&'()*+,;=:@", &out);
  }
  if (segments.empty()) out.push_back('/');
  char mark = '?';
  for (const auto& [name, value] : query) {
    out.push_back(mark);
    mark = '&';
    Encode(name, "-._~!$'()*+,;:@/?", &out);
    if (value.empty()) continue;
    out.push_back('=');
    Encode(value, "-._~!$'()*+,;=:@/?", &out);
  }
  return out;
}

Refusal SplitTarget(absl::string_view target, TargetForm* form) {
  *form = {};
  if (absl::StartsWith(target, "/")) {
    form->path_and_query = target;
    return {};
  }
  for (absl::string_view scheme : {"http://", "https://"}) {
    if (!absl::StartsWithIgnoreCase(target, scheme)) continue;
    target.remove_prefix(scheme.size());
    size_t end = std::min(target.find_first_of("/?"), target.size());
    form->authority = target.substr(0, end);
    form->path_and_query = target.substr(end);
    if (!IsHost(form->authority)) return Malformed("the address has no valid authority");
    return {};
  }
  return Malformed("the request target must be a path");
}

bool IsHost(absl::string_view host) {
  absl::string_view name = host;
  absl::string_view rest;
  if (absl::StartsWith(host, "[")) {
    size_t end = host.find(']');
    if (end == absl::string_view::npos) return false;
    name = host.substr(1, end - 1);
    rest = host.substr(end + 1);
    for (char c : name) {
      if (HexValue(c) < 0 && c != ':' && c != '.') return false;
    }
  } else {
    size_t colon = std::min(host.find(':'), host.size());
    name = host.substr(0, colon);
    rest = host.substr(colon);
    for (char c : name) {
      if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '.' && c != '_') {
        return false;
      }
    }
  }
  if (name.empty() || name.size() > 255) return false;
  if (rest.empty()) return true;
  if (rest[0] != ':' || rest.size() == 1 || rest.size() > 6) return false;
  return std::all_of(rest.begin() + 1, rest.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool IsUtf8(absl::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto lead = static_cast<uint8_t>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || i + size > text.size()) return false;
    uint32_t point = lead & (0x7Fu >> size);
    for (size_t k = 1; k < size; ++k) {
      auto next = static_cast<uint8_t>(text[i + k]);
      if ((next & 0xC0) != 0x80) return false;
      point = point << 6 | (next & 0x3Fu);
    }
    if (size == 3 && (point < 0x800 || (point >= 0xD800 && point <= 0xDFFF))) return false;
    if (size == 4 && (point < 0x10000 || point > 0x10FFFF)) return false;
    i += size;
  }
  return true;
}

}  // namespace guitu::http
