// Calls of the HTTP interface that the commands make, with a token.
#pragma once

#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/http/client.h"

namespace guitu::tools {

struct Reply {
  int status = 0;
  std::string etag;
  boost::json::value body;  // null where there is none
};

class Session {
 public:
  Session(http::ClientOptions server, std::string token)
      : client_(std::move(server)), token_(std::move(token)) {}

  absl::StatusOr<Reply> Get(const std::string& target, const std::string& purpose = "");
  // `if_match` as in the header, or empty.
  absl::StatusOr<Reply> Post(const std::string& target, const std::string& idempotency_key,
                             const std::string& if_match, const boost::json::value& body);

 private:
  absl::StatusOr<Reply> Call(absl::string_view method, const std::string& target,
                             const std::vector<http::NameValue>& headers, const std::string& body);
  http::Client client_;
  std::string token_;
};

// The token in a file, without the line's end. kNotFound, kInvalidArgument.
absl::StatusOr<std::string> ReadTokenFile(const std::string& path);
// "R1 细则第16条: …" of a problem document, for people.
std::string Explain(const Reply& reply);

}  // namespace guitu::tools
