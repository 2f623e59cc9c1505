#include "adapters/http/forwarded.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "adapters/http/render.h"
#include "adapters/http/target.h"

namespace guitu::http {
namespace {

// Of one connection, whether Connection names them or not.
constexpr std::array<absl::string_view, 10> kHopByHop = {"Connection",
                                                         "Keep-Alive",
                                                         "Proxy-Authenticate",
                                                         "Proxy-Authentication-Info",
                                                         "Proxy-Authorization",
                                                         "Proxy-Connection",
                                                         "TE",
                                                         "Trailer",
                                                         "Transfer-Encoding",
                                                         "Upgrade"};

// Said anew to the other node.
constexpr std::array<absl::string_view, 4> kSaidAnew = {"Host", "Content-Length", "Expect",
                                                        kForwardedField};

constexpr std::array<absl::string_view, 10> kDecisive = {
    "Accept", "Accept-Language", "Authorization", "Content-Type",  "Content-Encoding",
    "Host",   "Idempotency-Key", "If-Match",      "If-None-Match", "Purpose-Of-Use"};

template <typename Names>
bool IsOneOf(absl::string_view name, const Names& names) {
  return std::any_of(names.begin(), names.end(), [name](absl::string_view other) {
    return absl::EqualsIgnoreCase(name, other);
  });
}

void AddOptions(absl::string_view connection, std::vector<absl::string_view>* options) {
  for (absl::string_view option : absl::StrSplit(connection, ',')) {
    options->push_back(absl::StripAsciiWhitespace(option));
  }
}

bool HasBodyByMethod(absl::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace

bool IsForwarded(const Request& request) { return request.Header(kForwardedField).has_value(); }

Refusal AppendForwarded(const Request& request, absl::string_view authority, std::string* out) {
  std::vector<absl::string_view> options;
  size_t size = 256 + request.body.size();
  for (size_t i = 0; i < request.headers.size(); ++i) {
    const auto [name, value] = request.headers.At(i);
    size += name.size() + value.size() + 4;
    if (absl::EqualsIgnoreCase(name, "Connection")) AddOptions(value, &options);
  }
  for (absl::string_view option : options) {
    if (IsOneOf(option, kDecisive)) return Malformed("Connection names a field meant for the end");
  }
  const std::string target = EncodeTarget(request.segments, request.query);
  out->reserve(out->size() + size + target.size());
  absl::StrAppend(out, request.method, " ", target, " HTTP/1.1\r\nHost: ", authority, "\r\n",
                  kForwardedField, ": 1\r\n");
  for (size_t i = 0; i < request.headers.size(); ++i) {
    const auto [name, value] = request.headers.At(i);
    if (IsOneOf(name, kHopByHop) || IsOneOf(name, kSaidAnew) || IsOneOf(name, options)) continue;
    absl::StrAppend(out, name, ": ", value, "\r\n");
  }
  if (!request.body.empty() || HasBodyByMethod(request.method)) {
    absl::StrAppend(out, "Content-Length: ", request.body.size(), "\r\n");
  }
  absl::StrAppend(out, "\r\n", request.body);
  return {};
}

std::optional<Response> ToResponse(ForwardedAnswer answer) {
  if (answer.status < 200 || answer.status > 599) return std::nullopt;
  std::vector<absl::string_view> options;
  for (const auto& [name, value] : answer.fields) {
    if (absl::EqualsIgnoreCase(name, "Connection")) AddOptions(value, &options);
  }
  Response response;
  response.status = answer.status;
  response.body = std::move(answer.body);
  response.content_type = "application/octet-stream";
  for (const auto& [name, value] : answer.fields) {
    if (!IsFieldName(name) || !IsFieldValue(value)) return std::nullopt;
    if (absl::EqualsIgnoreCase(name, "Content-Type")) {
      response.content_type = std::string(value);
    } else if (absl::EqualsIgnoreCase(name, "Content-Length")) {
      uint64_t size = 0;
      if (answer.is_head_request && absl::SimpleAtoi(value, &size)) response.head_body_size = size;
    } else if (!IsOneOf(name, kHopByHop) && !IsOneOf(name, options) && !IsServersOwn(name)) {
      response.headers.emplace_back(name, value);
    }
  }
  return response;
}

}  // namespace guitu::http
