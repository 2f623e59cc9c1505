#include "adapters/http/head.h"

#include <array>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace guitu::http {
namespace {

constexpr std::array<bool, 256> MakeTokenTable() {
  std::array<bool, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (char c : {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'}) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}
constexpr std::array<bool, 256> kToken = MakeTokenTable();

bool IsToken(absl::string_view text) {
  for (char c : text) {
    if (!kToken[static_cast<unsigned char>(c)]) return false;
  }
  return !text.empty();
}

// Which fields have been seen; each may stand once.
enum Single : unsigned {
  kHost,
  kContentLength,
  kTransferEncoding,
  kContentType,
  kContentEncoding,
  kExpect,
  kAuthorization,
  kIdempotencyKey,
  kIfMatch,
  kPurposeOfUse,
  kSingleCount
};
constexpr std::array<absl::string_view, kSingleCount> kSingleNames = {
    "host",   "content-length", "transfer-encoding", "content-type", "content-encoding",
    "expect", "authorization",  "idempotency-key",   "if-match",     "purpose-of-use"};

using Seen = std::array<const HeaderField*, kSingleCount>;

Refusal ParseRequestLine(absl::string_view line, const HeadLimits& limits, Head* head,
                         TargetForm* form) {
  size_t first = line.find(' ');
  size_t last = line.rfind(' ');
  if (first == absl::string_view::npos || first == last) {
    return Malformed("the request line is not METHOD TARGET VERSION");
  }
  absl::string_view target = line.substr(first + 1, last - first - 1);
  if (target.size() > limits.uri_bytes_max) return UriTooLong();
  absl::string_view version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return Malformed("only HTTP/1.1 and HTTP/1.0 are spoken here");
  }
  head->minor_version = version.back() - '0';
  head->method = line.substr(0, first);
  if (!IsToken(head->method) || head->method.size() > 32) {
    return Malformed("the method is not a token");
  }
  if (target == "*" && head->method == "OPTIONS") target = "/";
  if (Refusal refusal = SplitTarget(target, form)) return refusal;
  head->path_and_query = form->path_and_query;
  return {};
}

Refusal ParseField(absl::string_view line, HeaderField* field) {
  if (line[0] == ' ' || line[0] == '\t') return Malformed("a header field is folded");
  size_t colon = line.find(':');
  if (colon == absl::string_view::npos) return Malformed("a header field has no colon");
  field->name = line.substr(0, colon);
  if (!IsToken(field->name)) return Malformed("a header name is not a token");
  for (size_t i = colon + 1; i < line.size(); ++i) {
    auto c = static_cast<unsigned char>(line[i]);
    if ((c < 0x20 && c != '\t') || c == 0x7F) {
      return Malformed("a header field has a control character");
    }
  }
  size_t begin = colon + 1;
  size_t end = line.size();
  while (begin < end && (line[begin] == ' ' || line[begin] == '\t')) ++begin;
  while (end > begin && (line[end - 1] == ' ' || line[end - 1] == '\t')) --end;
  field->value = line.substr(begin, end - begin);
  return {};
}

Refusal CheckFraming(const Seen& seen, Head* head) {
  if (const HeaderField* length = seen[kContentLength]) {
    absl::string_view digits = length->value;
    uint64_t value = 0;
    bool plain = !digits.empty() && digits.size() <= 18 &&
                 digits.find_first_not_of("0123456789") == absl::string_view::npos;
    if (!plain || !absl::SimpleAtoi(digits, &value)) {
      return Malformed("Content-Length is not a plain number");
    }
    head->content_length = value;
  }
  if (const HeaderField* coding = seen[kTransferEncoding]) {
    if (head->content_length) return Malformed("both Content-Length and Transfer-Encoding");
    if (head->minor_version == 0) return Malformed("Transfer-Encoding in HTTP/1.0");
    if (!absl::EqualsIgnoreCase(coding->value, "chunked")) {
      return Malformed("the only Transfer-Encoding is chunked");
    }
    head->is_chunked = true;
  }
  return {};
}

Refusal CheckHost(const Seen& seen, const TargetForm& form, int minor_version) {
  const HeaderField* host = seen[kHost];
  if (host == nullptr) {
    if (minor_version == 0 && form.authority.empty()) return {};
    return Malformed("the Host field is missing");
  }
  if (!IsHost(host->value)) return Malformed("the Host field is not valid");
  if (!form.authority.empty() && !absl::EqualsIgnoreCase(form.authority, host->value)) {
    return Malformed("the address names another host than the Host field");
  }
  return {};
}

Refusal NoteSingle(const HeaderField& field, Seen* seen) {
  for (size_t i = 0; i < kSingleCount; ++i) {
    if (!absl::EqualsIgnoreCase(field.name, kSingleNames[i])) continue;
    if ((*seen)[i] != nullptr) return Malformed("a header field that must be single is repeated");
    (*seen)[i] = &field;
    return {};
  }
  return {};
}

void NoteConnection(absl::string_view value, Head* head) {
  for (absl::string_view option : absl::StrSplit(value, ',')) {
    option = absl::StripAsciiWhitespace(option);
    if (absl::EqualsIgnoreCase(option, "close")) head->keep_alive = false;
  }
}

Refusal ParseFields(absl::string_view bytes, const HeadLimits& limits, Head* head) {
  while (bytes.size() > 2) {  // the last two are the empty line
    size_t end = bytes.find('\r');
    HeaderField field;
    if (Refusal refusal = ParseField(bytes.substr(0, end), &field)) return refusal;
    if (head->fields.size() == limits.fields_max) return HeadersTooLarge();
    head->fields.push_back(field);
    bytes.remove_prefix(end + 2);
  }
  return {};
}

}  // namespace

Refusal HeadScanner::Scan(absl::string_view bytes, const HeadLimits& limits, size_t* head_size) {
  *head_size = 0;
  const size_t available = std::min(bytes.size(), limits.head_bytes_max);
  while (scanned_ < available) {
    const void* found = std::memchr(bytes.data() + scanned_, '\n', available - scanned_);
    if (found == nullptr) {
      scanned_ = available;
      break;
    }
    const auto lf = static_cast<size_t>(static_cast<const char*>(found) - bytes.data());
    if (lf == 0 || bytes[lf - 1] != '\r') return Malformed("a line ends without CR");
    const size_t line_size = lf - 1 - line_begin_;
    if (std::memchr(bytes.data() + line_begin_, '\r', line_size) != nullptr) {
      return Malformed("a CR stands inside a line");
    }
    scanned_ = line_begin_ = lf + 1;
    if (line_size > 0) {
      has_line_ = true;
    } else if (!has_line_) {
      return Malformed("an empty line stands before the request line");
    } else {
      *head_size = lf + 1;
      return {};
    }
  }
  if (!has_line_ && bytes.size() > limits.uri_bytes_max + 64) return UriTooLong();
  if (bytes.size() >= limits.head_bytes_max) return HeadersTooLarge();
  return {};
}

Refusal ParseHead(absl::string_view bytes, const HeadLimits& limits, Head* head) {
  std::vector<HeaderField> fields = std::move(head->fields);
  fields.clear();
  fields.reserve(limits.fields_max);  // pointers into it must stay
  *head = Head();
  head->fields = std::move(fields);

  size_t end = bytes.find('\r');
  TargetForm form;
  if (Refusal refusal = ParseRequestLine(bytes.substr(0, end), limits, head, &form)) return refusal;
  if (Refusal refusal = ParseFields(bytes.substr(end + 2), limits, head)) return refusal;
  Seen seen{};
  head->keep_alive = head->minor_version == 1;
  for (const HeaderField& field : head->fields) {
    if (Refusal refusal = NoteSingle(field, &seen)) return refusal;
    if (absl::EqualsIgnoreCase(field.name, "connection")) NoteConnection(field.value, head);
  }
  if (Refusal refusal = CheckFraming(seen, head)) return refusal;
  if (Refusal refusal = CheckHost(seen, form, head->minor_version)) return refusal;
  if (const HeaderField* expect = seen[kExpect]) {
    if (!absl::EqualsIgnoreCase(expect->value, "100-continue")) {
      return Malformed("the only expectation is 100-continue");
    }
    head->expects_continue = head->minor_version == 1;
  }
  if (const HeaderField* type = seen[kContentType]) head->content_type = type->value;
  head->has_content_encoding = seen[kContentEncoding] != nullptr &&
                               !absl::EqualsIgnoreCase(seen[kContentEncoding]->value, "identity");
  return {};
}

bool IsJsonType(absl::string_view content_type) {
  size_t semicolon = content_type.find(';');
  if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(content_type.substr(0, semicolon)),
                              "application/json")) {
    return false;
  }
  if (semicolon == absl::string_view::npos) return true;
  absl::string_view rest = absl::StripAsciiWhitespace(content_type.substr(semicolon + 1));
  return absl::EqualsIgnoreCase(rest, "charset=utf-8") ||
         absl::EqualsIgnoreCase(rest, "charset=\"utf-8\"");
}

}  // namespace guitu::http
