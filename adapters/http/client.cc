#include "adapters/http/client.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "adapters/http/target.h"

namespace guitu::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

error_code LastError() { return {errno, boost::system::system_category()}; }

// A non-blocking socket whose calls block for at most a given time: Asio's own blocking calls know
// no time-out. Has the shape (SyncReadStream, SyncWriteStream) that Beast and asio::ssl ask for.
class TimedSocket {
 public:
  using executor_type = asio::io_context::executor_type;
  using lowest_layer_type = TimedSocket;

  TimedSocket(executor_type executor, absl::Duration time_max)
      : executor_(std::move(executor)),
        time_ms_max_(static_cast<int>(absl::ToInt64Milliseconds(time_max))) {}
  ~TimedSocket() {
    if (fd_ >= 0) close(fd_);
  }
  TimedSocket(const TimedSocket&) = delete;
  TimedSocket& operator=(const TimedSocket&) = delete;

  executor_type get_executor() { return executor_; }
  lowest_layer_type& lowest_layer() { return *this; }

  void Connect(const addrinfo& to, error_code& ec) {
    if (fd_ >= 0) close(fd_);
    fd_ = socket(to.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) return void(ec = LastError());
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    ec = {};
    if (connect(fd_, to.ai_addr, to.ai_addrlen) == 0) return;
    if (errno != EINPROGRESS) return void(ec = LastError());
    if (!Wait(POLLOUT, ec)) return;
    int error = 0;
    socklen_t size = sizeof(error);
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) ec = {error, boost::system::system_category()};
  }

  // Whether the server has closed, or said something nobody asked for.
  bool IsStale() const {
    pollfd state{fd_, POLLIN, 0};
    return poll(&state, 1, 0) != 0;
  }

  template <typename Buffers>
  size_t read_some(const Buffers& buffers, error_code& ec) {
    asio::mutable_buffer buffer = First<asio::mutable_buffer>(buffers);
    return Retry(
        POLLIN, ec, [&] { return recv(fd_, buffer.data(), buffer.size(), 0); }, true);
  }
  template <typename Buffers>
  size_t write_some(const Buffers& buffers, error_code& ec) {
    asio::const_buffer buffer = First<asio::const_buffer>(buffers);
    return Retry(
        POLLOUT, ec, [&] { return send(fd_, buffer.data(), buffer.size(), MSG_NOSIGNAL); }, false);
  }
  // The shape asks for these two; nobody calls them.
  template <typename Buffers>
  size_t read_some(const Buffers& buffers) {
    error_code ec;
    size_t size = read_some(buffers, ec);
    boost::asio::detail::throw_error(ec);
    return size;
  }
  template <typename Buffers>
  size_t write_some(const Buffers& buffers) {
    error_code ec;
    size_t size = write_some(buffers, ec);
    boost::asio::detail::throw_error(ec);
    return size;
  }

 private:
  template <typename Buffer, typename Buffers>
  static Buffer First(const Buffers& buffers) {
    for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers);
         ++it) {
      Buffer buffer = *it;
      if (buffer.size() > 0) return buffer;
    }
    return {};
  }

  bool Wait(int events, error_code& ec) const {
    pollfd state{fd_, static_cast<short>(events), 0};
    int ready = 0;
    do {
      ready = poll(&state, 1, time_ms_max_);
    } while (ready < 0 && errno == EINTR);
    if (ready < 0) ec = LastError();
    if (ready == 0) ec = asio::error::timed_out;
    return ready > 0;
  }

  template <typename Call>
  size_t Retry(int events, error_code& ec, Call call, bool zero_is_end) const {
    ec = {};
    for (;;) {
      ssize_t done = call();
      if (done > 0) return static_cast<size_t>(done);
      if (done == 0) {
        if (zero_is_end) ec = asio::error::eof;
        return 0;
      }
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) {
        ec = LastError();
        return 0;
      }
      if (!Wait(events, ec)) return 0;
    }
  }

  executor_type executor_;
  int time_ms_max_;
  int fd_ = -1;
};

absl::Status ToStatus(const error_code& ec, absl::string_view what) {
  if (ec == asio::error::timed_out) {
    return absl::DeadlineExceededError(absl::StrCat(what, ": no answer in time"));
  }
  return absl::UnavailableError(absl::StrCat(what, ": ", ec.message()));
}

bool IsSendable(absl::string_view text, bool is_name) {
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || (is_name && (byte <= ' ' || c == ':'))) return false;
  }
  return !is_name || !text.empty();
}

}  // namespace

class Client::Impl {
 public:
  explicit Impl(ClientOptions options) : options_(std::move(options)) {}

  absl::StatusOr<ClientResponse> Call(absl::string_view method, absl::string_view target,
                                      const std::vector<NameValue>& headers,
                                      absl::string_view body) {
    std::string request;
    if (absl::Status status = Render(method, target, headers, body, &request); !status.ok()) {
      return status;
    }
    if (socket_ == nullptr || socket_->IsStale()) {
      if (absl::Status status = Connect(); !status.ok()) {
        Disconnect();
        return status;
      }
    }
    absl::StatusOr<ClientResponse> response =
        tls_ ? Exchange(*tls_, request, method) : Exchange(*socket_, request, method);
    if (!response.ok()) Disconnect();
    return response;
  }

 private:
  absl::Status Render(absl::string_view method, absl::string_view target,
                      const std::vector<NameValue>& headers, absl::string_view body,
                      std::string* out) const {
    if (!IsSendable(method, true) || !IsSendable(target, false) || target.empty() ||
        absl::StrContains(target, ' ')) {
      return absl::InvalidArgumentError("the method or target cannot be sent");
    }
    const bool is_v6 = absl::StrContains(options_.host, ':');
    absl::StrAppend(out, method, " ", target, " HTTP/1.1\r\nHost: ", is_v6 ? "[" : "",
                    options_.host, is_v6 ? "]" : "", ":", options_.port, "\r\n");
    bool has_type = false;
    for (const auto& [name, value] : headers) {
      if (!IsSendable(name, true) || !IsSendable(value, false)) {
        return absl::InvalidArgumentError("a header field cannot be sent");
      }
      has_type = has_type || absl::EqualsIgnoreCase(name, "Content-Type");
      absl::StrAppend(out, name, ": ", value, "\r\n");
    }
    if (!body.empty() && !has_type) absl::StrAppend(out, "Content-Type: application/json\r\n");
    if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
      absl::StrAppend(out, "Content-Length: ", body.size(), "\r\n");
    }
    absl::StrAppend(out, "\r\n", body);
    return absl::OkStatus();
  }

  void Disconnect() {
    tls_.reset();
    socket_.reset();
    buffer_.clear();
  }

  absl::Status Connect() {
    Disconnect();
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(options_.host.c_str(), absl::StrCat(options_.port).c_str(), &hints, &found) !=
        0) {
      return absl::UnavailableError("the server's name cannot be resolved");
    }
    std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);
    if (options_.is_tls) {
      if (absl::Status status = PrepareTls(); !status.ok()) return status;
    }
    socket_ = std::make_unique<TimedSocket>(context_.get_executor(), options_.time_max);
    if (tls_context_) tls_ = std::make_unique<TlsStream>(*socket_, *tls_context_);
    error_code ec = asio::error::host_not_found;
    for (const addrinfo* to = addresses.get(); to != nullptr && ec; to = to->ai_next) {
      socket_->Connect(*to, ec);
    }
    if (ec) return ToStatus(ec, "connect");
    if (tls_ == nullptr) return absl::OkStatus();
    SSL_set_tlsext_host_name(tls_->native_handle(), options_.host.c_str());
    tls_->set_verify_callback(asio::ssl::host_name_verification(options_.host));
    tls_->handshake(asio::ssl::stream_base::client, ec);
    return ec ? ToStatus(ec, "TLS handshake") : absl::OkStatus();
  }

  absl::Status PrepareTls() {
    if (tls_context_) return absl::OkStatus();
    asio::ssl::context context(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    error_code ec;
    context.set_verify_mode(asio::ssl::verify_peer, ec);
    if (options_.ca_file.empty()) {
      context.set_default_verify_paths(ec);
    } else {
      context.load_verify_file(options_.ca_file, ec);
    }
    if (ec) return absl::InvalidArgumentError("the file of authorities cannot be used");
    tls_context_.emplace(std::move(context));
    return absl::OkStatus();
  }

  template <typename Stream>
  absl::StatusOr<ClientResponse> Exchange(Stream& stream, absl::string_view request,
                                          absl::string_view method) {
    error_code ec;
    error_code write_ec;
    while (!request.empty() && !write_ec) {
      request.remove_prefix(
          stream.write_some(asio::const_buffer(request.data(), request.size()), write_ec));
    }
    if (write_ec == asio::error::timed_out) return ToStatus(write_ec, "write");
    // A server that refuses may answer and close before it has read everything: look for the answer
    // even though writing failed.
    for (;;) {
      beast::http::response_parser<beast::http::string_body> parser;
      parser.body_limit(options_.body_bytes_max);
      parser.header_limit(64 << 10);
      if (method == "HEAD") parser.skip(true);
      beast::http::read(stream, buffer_, parser, ec);
      if (ec && write_ec) return ToStatus(write_ec, "write");
      if (ec.category() == beast::http::make_error_code(beast::http::error::bad_field).category() &&
          ec != beast::http::error::end_of_stream && ec != beast::http::error::partial_message) {
        return absl::DataLossError(absl::StrCat("the answer is not HTTP: ", ec.message()));
      }
      if (ec) return ToStatus(ec, "read");
      if (parser.get().result_int() < 200) continue;  // 100 Continue
      ClientResponse response;
      response.status = static_cast<int>(parser.get().result_int());
      for (const auto& field : parser.get()) {
        response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
      }
      const bool keep_alive = parser.get().keep_alive() && !write_ec;
      response.body = std::move(parser.get().body());
      if (!keep_alive) Disconnect();  // `stream` ends here
      return response;
    }
  }

  using TlsStream = asio::ssl::stream<TimedSocket&>;

  const ClientOptions options_;
  asio::io_context context_;  // never run: its executor is part of the streams' shape only
  std::optional<asio::ssl::context> tls_context_;
  std::unique_ptr<TimedSocket> socket_;  // null: not connected
  std::unique_ptr<TlsStream> tls_;       // over socket_
  beast::flat_buffer buffer_;
};

std::optional<absl::string_view> ClientResponse::Header(absl::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (absl::EqualsIgnoreCase(key, name)) return absl::string_view(value);
  }
  return std::nullopt;
}

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;

absl::StatusOr<ClientResponse> Client::Call(absl::string_view method, absl::string_view target,
                                            const std::vector<NameValue>& headers,
                                            absl::string_view body) {
  return impl_->Call(method, target, headers, body);
}

absl::StatusOr<ClientOptions> Client::ParseUrl(absl::string_view url) {
  ClientOptions options;
  options.is_tls = absl::ConsumePrefix(&url, "https://");
  if (!options.is_tls && !absl::ConsumePrefix(&url, "http://")) {
    return absl::InvalidArgumentError("the server's address must begin with http:// or https://");
  }
  absl::ConsumeSuffix(&url, "/");
  if (!IsHost(url)) return absl::InvalidArgumentError("the server's address is not valid");
  options.port = options.is_tls ? 443 : 80;
  size_t colon = url.rfind(':');
  if (colon != absl::string_view::npos && !absl::EndsWith(url, "]")) {
    uint32_t port = 0;
    if (!absl::SimpleAtoi(url.substr(colon + 1), &port) || port == 0 || port > 65535) {
      return absl::InvalidArgumentError("the server's port is not valid");
    }
    options.port = static_cast<uint16_t>(port);
    url = url.substr(0, colon);
  }
  if (absl::ConsumePrefix(&url, "[")) absl::ConsumeSuffix(&url, "]");
  options.host = std::string(url);
  return options;
}

}  // namespace guitu::http
