#include "adapters/http/problem.h"

#include <boost/json.hpp>

#include "absl/strings/str_cat.h"
#include "adapters/http/target.h"

namespace guitu::http {
namespace {

void PutText(boost::json::object& object, const char* name, const std::string& text) {
  if (!text.empty() && IsUtf8(text)) object[name] = text;
}

}  // namespace

Response ToResponse(const Problem& problem) {
  boost::json::object object;
  object["type"] = absl::StrCat("urn:guitu:problem:", problem.code);
  PutText(object, "title", problem.title);
  object["status"] = problem.status;
  PutText(object, "code", problem.code);
  PutText(object, "detail", problem.detail);
  if (problem.pointer && IsUtf8(*problem.pointer)) object["pointer"] = *problem.pointer;
  if (problem.rule) PutText(object, "rule", *problem.rule);
  if (problem.article) PutText(object, "article", *problem.article);
  if (problem.current_version) object["currentVersion"] = *problem.current_version;
  for (const auto& [name, value] : problem.members) PutText(object, name.c_str(), value);

  Response response;
  response.status = problem.status;
  response.content_type = "application/problem+json";
  response.body = boost::json::serialize(object);
  response.headers = problem.headers;
  if (problem.retry_after_s) {
    response.headers.emplace_back("Retry-After", absl::StrCat(*problem.retry_after_s));
  }
  return response;
}

Refusal Malformed(const char* detail) {
  return {400, "malformed", "The request is malformed", detail};
}
Refusal UriTooLong() { return {414, "uri-too-long", "The address is too long", ""}; }
Refusal HeadersTooLarge() {
  return {431, "headers-too-large", "The header fields are too large", ""};
}
Refusal BodyTooLarge() { return {413, "body-too-large", "The body is too large", ""}; }
Refusal UnsupportedMediaType(const char* detail) {
  return {415, "unsupported-media-type", "The media type is not supported", detail};
}
Refusal NotFound() { return {404, "not-found", "Not found", ""}; }
Refusal MethodNotAllowed() {
  return {405, "method-not-allowed", "The method is not allowed here", "see the Allow header"};
}
Refusal RequestTimeout() {
  return {408, "request-timeout", "The request did not arrive in time", ""};
}
Refusal Overloaded() {
  return {503, "overloaded", "Too many requests at once", "ask again after the time given"};
}
Refusal NotOwner() {
  return {503, "not-owner", "Nobody leads the partition now",
          "nothing was done; ask again after the time given"};
}
Refusal Settling() {
  return {503, "settling", "The outcome is not known yet",
          "ask again with the same Idempotency-Key"};
}

Response ToResponse(const Refusal& refusal) {
  Problem problem;
  problem.status = refusal.status;
  problem.code = refusal.code;
  problem.title = refusal.title;
  problem.detail = refusal.detail;
  if (refusal.status == 503) problem.retry_after_s = 1;
  return ToResponse(problem);
}

}  // namespace guitu::http
