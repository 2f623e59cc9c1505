// A small blocking HTTP/1.1 client for tests and the command line: one connection, kept alive,
// opened when needed. Beast does the parsing; strictness is the server's duty, not this client's.
// Threads: one at a time. Blocks at most `time_max` for each connect, write and read of the socket.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "adapters/http/message.h"

namespace guitu::http {

struct ClientOptions {
  std::string host = "127.0.0.1";  // name or address; a TLS certificate must be for it
  uint16_t port = 0;
  bool is_tls = false;
  std::string ca_file;  // PEM of whom to trust; empty: the system's authorities
  absl::Duration time_max = absl::Seconds(30);
  size_t body_bytes_max = 64 << 20;
};

struct ClientResponse {
  int status = 0;
  std::vector<NameValue> headers;
  std::string body;

  std::optional<absl::string_view> Header(absl::string_view name) const;
};

class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Sends one request and waits for its answer. Host, Content-Length and, with a body and none
  // given, Content-Type: application/json are added. Never repeats a request by itself, but opens a
  // new connection first if the last one has been closed by the server meanwhile. Unavailable: no
  // connection, or it broke (whether the request was carried out is then unknown);
  // DeadlineExceeded: `time_max`; InvalidArgument: what cannot be sent (CR, LF in a field);
  // DataLoss: the answer is not HTTP or too large.
  absl::StatusOr<ClientResponse> Call(absl::string_view method, absl::string_view target,
                                      const std::vector<NameValue>& headers = {},
                                      absl::string_view body = "");
  // "https://host:port/" or "http://host:port" as options.
  static absl::StatusOr<ClientOptions> ParseUrl(absl::string_view url);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace guitu::http
