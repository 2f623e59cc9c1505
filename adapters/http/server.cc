#include "adapters/http/server.h"

#include <pthread.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/http/connection.h"
#include "adapters/http/problem.h"
#include "adapters/http/render.h"
#include "adapters/http/socket_thread.h"
#include "events/check.h"

namespace guitu::http {

using namespace internal;  // NOLINT(google-build-using-namespace): this file is its only user

namespace {

absl::StatusOr<asio::ssl::context> MakeTls(const TlsFiles& files) {
  static constexpr unsigned char kAlpn[] = "\x08http/1.1";
  asio::ssl::context tls(asio::ssl::context::tls_server);
  SSL_CTX* native = tls.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_alpn_select_cb(
      native,
      [](SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
         unsigned in_size, void*) {
        auto* chosen = const_cast<unsigned char**>(out);
        int found = SSL_select_next_proto(chosen, out_size, kAlpn, sizeof(kAlpn) - 1, in, in_size);
        return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
      },
      nullptr);
  error_code ec;
  tls.use_certificate_chain_file(files.certificate_chain, ec);
  if (ec) return absl::InvalidArgumentError("the TLS certificate chain cannot be used");
  tls.use_private_key_file(files.private_key, asio::ssl::context::pem, ec);
  if (ec || SSL_CTX_check_private_key(native) != 1) {
    return absl::InvalidArgumentError("the TLS private key cannot be used with the certificate");
  }
  return tls;
}

void StartConnection(Io* io, Socket socket) {
  if (!io->shared->tls) return Serve<Socket>(io, std::move(socket));
  Serve<TlsStream>(io, TlsStream(std::move(socket), *io->shared->tls));
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Router router, Route fallback) {
    shared_.options = std::move(options);
    shared_.router = std::move(router);
    shared_.fallback = std::move(fallback);
    for (int i = 0; i < shared_.options.threads; ++i) {
      ios_.push_back(std::make_unique<Io>(&shared_));
    }
    acceptor_.emplace(ios_[0]->context);
  }

  absl::Status Listen() {
    if (shared_.options.tls) {
      absl::StatusOr<asio::ssl::context> tls = MakeTls(*shared_.options.tls);
      if (!tls.ok()) return tls.status();
      shared_.tls.emplace(*std::move(tls));
    }
    error_code ec;
    asio::ip::address address = asio::ip::make_address(shared_.options.address, ec);
    if (ec) return absl::InvalidArgumentError("the address to listen on is not numeric");
    tcp::endpoint endpoint(address, shared_.options.port);
    acceptor_->open(endpoint.protocol(), ec);
    if (!ec) acceptor_->set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) acceptor_->bind(endpoint, ec);
    if (!ec) acceptor_->listen(asio::socket_base::max_listen_connections, ec);
    if (ec) return absl::UnavailableError(absl::StrCat("cannot listen: ", ec.message()));
    port_ = acceptor_->local_endpoint().port();
    return absl::OkStatus();
  }

  void Run() {
    asio::co_spawn(ios_[0]->context.get_executor(), AcceptLoop(), asio::detached);
    for (auto& io : ios_) {
      threads_.emplace_back([this, io = io.get()] {
        pthread_setname_np(pthread_self(), "http");
        io->Run();
        std::lock_guard<std::mutex> lock(mutex_);
        ++done_;
        loop_ended_.notify_one();
      });
    }
  }

  void Stop(absl::Duration deadline) {
    if (threads_.empty()) return;
    asio::post(ios_[0]->context, [this] {
      stopping_ = true;
      error_code ec;
      acceptor_->close(ec);
      // Only now: a connection accepted before this moment is handed over before the drain.
      for (auto& io : ios_) asio::post(io->context, [io = io.get()] { io->Drain(); });
    });
    {
      std::unique_lock<std::mutex> lock(mutex_);
      loop_ended_.wait_for(lock, absl::ToChronoMilliseconds(deadline),
                           [this] { return done_ == ios_.size(); });
    }
    for (auto& io : ios_) {
      asio::post(io->context, [io = io.get()] { io->AbortAll(); });
    }
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    for (auto& io : ios_) io->outbox->Close();
  }

  uint16_t port() const { return port_; }

  Counters counters() const {
    const AtomicCounters& from = shared_.counters;
    Counters to;
    to.connections_open = from.open;
    to.connections_accepted = from.accepted;
    to.connections_refused = from.refused;
    to.requests_pending = from.pending;
    for (size_t i = 0; i < to.responses.size(); ++i) to.responses[i] = from.responses[i];
    to.requests_overloaded = from.overloaded;
    to.timeouts = from.timeouts;
    to.handler_faults = from.faults;
    to.bytes_in = from.bytes_in;
    to.bytes_out = from.bytes_out;
    for (const auto& io : ios_) to.wakeups += io->outbox->wakes();
    return to;
  }

 private:
  Awaitable<void> AcceptLoop() {
    for (size_t next = 0; !stopping_; next = (next + 1) % ios_.size()) {
      Io* io = ios_[next].get();
      Socket socket(io->context);
      auto [ec] = co_await acceptor_->async_accept(socket, kAwait);
      if (stopping_) co_return;
      if (ec) {  // most likely out of file descriptors: let some connections end
        Timer pause(ios_[0]->context.get_executor(), kTick);
        co_await pause.async_wait(kAwait);
        continue;
      }
      AtomicCounters& counters = shared_.counters;
      Count(counters.accepted);
      if (counters.open.load(std::memory_order_relaxed) >= shared_.options.limits.connections_max) {
        RefuseConnection(&socket);
        continue;
      }
      Count(counters.open);
      if (next == 0) {
        StartConnection(io, std::move(socket));
      } else {
        asio::post(io->context, [io, socket = std::move(socket)]() mutable {
          StartConnection(io, std::move(socket));
        });
      }
    }
  }

  // Says 503 if the socket takes it at once; over TLS there is nobody to say it to yet.
  void RefuseConnection(Socket* socket) {
    Count(shared_.counters.refused);
    if (shared_.tls) return;
    Response response = ToResponse(Overloaded());
    RenderContext context{ios_[0]->date, false, false, 1};
    std::string bytes;
    AppendHead(response, context, &bytes);
    bytes += response.body;
    error_code ec;
    socket->non_blocking(true, ec);
    socket->write_some(asio::buffer(bytes), ec);
    socket->shutdown(tcp::socket::shutdown_send, ec);
  }

  Shared shared_;
  std::vector<std::unique_ptr<Io>> ios_;
  std::optional<Acceptor> acceptor_;  // on ios_[0]
  bool stopping_ = false;             // on its thread
  uint16_t port_ = 0;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable loop_ended_;
  size_t done_ = 0;  // threads whose loop has ended; guarded by mutex_
};

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerOptions options, Router router,
                                                      Handler fallback,
                                                      RouteOptions fallback_options) {
  GUITU_CHECK(options.clock != nullptr);
  if (options.threads < 1 || options.threads > 64) {
    return absl::InvalidArgumentError("the number of socket threads must be from 1 to 64");
  }
  const HeadLimits& head = options.limits.head;
  if (head.head_bytes_max < 1024 || head.head_bytes_max > kHeadBytesMax || head.fields_max == 0) {
    return absl::InvalidArgumentError("the limit of a head must be from 1 KiB to 64 KiB");
  }
  Route route{"", {}, std::move(fallback), fallback_options};
  auto impl = std::make_unique<Impl>(std::move(options), std::move(router), std::move(route));
  if (absl::Status status = impl->Listen(); !status.ok()) return status;
  impl->Run();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
// NOLINTNEXTLINE(bugprone-exception-escape): what throws here ends the process, as it should.
Server::~Server() { Stop(absl::ZeroDuration()); }
uint16_t Server::port() const { return impl_->port(); }
Counters Server::counters() const { return impl_->counters(); }
void Server::Stop(absl::Duration deadline) { impl_->Stop(deadline); }

}  // namespace guitu::http
