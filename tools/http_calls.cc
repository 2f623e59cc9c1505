#include "tools/http_calls.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "events/json.h"

namespace guitu::tools {

namespace json = boost::json;

absl::StatusOr<Reply> Session::Call(absl::string_view method, const std::string& target,
                                    const std::vector<http::NameValue>& headers,
                                    const std::string& body) {
  std::vector<http::NameValue> all = headers;
  all.emplace_back("Authorization", absl::StrCat("Bearer ", token_));
  auto response = client_.Call(method, target, all, body);
  if (!response.ok()) return response.status();
  Reply reply;
  reply.status = response->status;
  reply.etag = std::string(response->Header("ETag").value_or(""));
  if (response->body.empty()) return reply;
  auto parsed = events::ParseJson(response->body);
  if (parsed.ok()) reply.body = *std::move(parsed);
  return reply;
}

absl::StatusOr<Reply> Session::Get(const std::string& target, const std::string& purpose) {
  std::vector<http::NameValue> headers;
  if (!purpose.empty()) headers.emplace_back("Purpose-Of-Use", purpose);
  return Call("GET", target, headers, "");
}

absl::StatusOr<Reply> Session::Post(const std::string& target, const std::string& idempotency_key,
                                    const std::string& if_match, const json::value& body) {
  std::vector<http::NameValue> headers{{"Idempotency-Key", idempotency_key}};
  if (!if_match.empty()) headers.emplace_back("If-Match", if_match);
  return Call("POST", target, headers, json::serialize(body));
}

absl::StatusOr<std::string> ReadTokenFile(const std::string& path) {
  std::ifstream file(path);
  std::string token;
  if (!std::getline(file, token)) return absl::NotFoundError("the token file does not read");
  token = std::string(absl::StripAsciiWhitespace(token));
  if (token.empty()) return absl::InvalidArgumentError("the token file is empty");
  return token;
}

std::string Explain(const Reply& reply) {
  std::string text = absl::StrCat(reply.status);
  if (!reply.body.is_object()) return text;
  for (const char* key : {"code", "rule", "article", "title", "pointer", "detail"}) {
    const json::value* value = reply.body.get_object().if_contains(key);
    if (value != nullptr && value->is_string())
      absl::StrAppend(&text, " · ", std::string(value->get_string()));
  }
  return text;
}

}  // namespace guitu::tools
