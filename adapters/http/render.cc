#include "adapters/http/render.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace guitu::http {
namespace {

absl::string_view ReasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "";  // the phrase is optional
  }
}

}  // namespace

bool IsFieldName(absl::string_view name) {
  for (char c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_') return false;
  }
  return !name.empty();
}

bool IsFieldValue(absl::string_view value) {
  for (char c : value) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) return false;
  }
  return true;
}

bool IsServersOwn(absl::string_view name) {
  for (absl::string_view own : {"Content-Length", "Transfer-Encoding", "Connection", "Date",
                                "Content-Type", "X-Content-Type-Options", "Server"}) {
    if (absl::EqualsIgnoreCase(name, own)) return true;
  }
  return false;
}

bool SendsBody(const Response& response, bool is_head_request) {
  return !is_head_request && response.status != 204 && response.status != 304;
}

bool AppendHead(const Response& response, const RenderContext& context, std::string* out) {
  if (response.status < 200 || response.status > 599) return false;
  if (!IsFieldValue(response.content_type)) return false;
  const size_t before = out->size();
  absl::StrAppend(out, "HTTP/1.1 ", response.status, " ", ReasonPhrase(response.status),
                  "\r\nDate: ", context.date, "\r\nX-Content-Type-Options: nosniff\r\n");
  bool has_cache_control = false;
  for (const auto& [name, value] : response.headers) {
    if (!IsFieldName(name) || !IsFieldValue(value) || IsServersOwn(name)) {
      out->resize(before);
      return false;
    }
    has_cache_control = has_cache_control || absl::EqualsIgnoreCase(name, "Cache-Control");
    absl::StrAppend(out, name, ": ", value, "\r\n");
  }
  if (!has_cache_control) absl::StrAppend(out, "Cache-Control: no-store\r\n");
  if (response.status != 204 && response.status != 304) {
    uint64_t body_size = response.body.size();
    if (context.is_head_request) body_size = response.head_body_size.value_or(body_size);
    if (body_size > 0) absl::StrAppend(out, "Content-Type: ", response.content_type, "\r\n");
    absl::StrAppend(out, "Content-Length: ", body_size, "\r\n");
  }
  if (!context.keep_alive || context.minor_version == 0) {
    absl::StrAppend(out, "Connection: close\r\n");
  }
  absl::StrAppend(out, "\r\n");
  return true;
}

std::string FormatDate(absl::Time now) {
  return absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", now, absl::UTCTimeZone());
}

}  // namespace guitu::http
