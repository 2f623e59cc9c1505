#include <boost/json/serialize.hpp>

#include "absl/strings/str_cat.h"
#include "tools/console.h"
#include "tools/http_calls.h"

namespace guitu::tools {

int Show(const ShowOptions& options) {
  auto server = http::Client::ParseUrl(options.server);
  if (!server.ok()) return Fail(server.status());
  auto token = ReadTokenFile(options.token_file);
  if (!token.ok()) return Fail(token.status());
  Session session(*server, *token);
  std::string target =
      absl::StrCat("/v1/cases/", options.case_id, options.timeline ? "/timeline" : "");
  std::string query;
  if (!options.as_of.empty())
    absl::StrAppend(&query, query.empty() ? "?" : "&", "asOf=", options.as_of);
  if (!options.known_at.empty())
    absl::StrAppend(&query, query.empty() ? "?" : "&", "knownAt=", options.known_at);
  auto reply = session.Get(absl::StrCat(target, query), options.purpose);
  if (!reply.ok()) return Fail(reply.status());
  if (reply->status != 200) {
    Complain(Explain(*reply));
    return reply->status < 500 ? kRefused : kEnvironment;
  }
  Say(boost::json::serialize(reply->body));
  return kDone;
}

}  // namespace guitu::tools
