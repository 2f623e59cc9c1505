#include "adapters/http/server.h"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <thread>
#include <type_traits>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "adapters/http/render.h"
#include "events/check.h"

namespace guitu::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using asio::ip::tcp;

// Concrete executors: no type erasure on the way of a request.
using Executor = asio::io_context::executor_type;
template <typename T>
using Awaitable = asio::awaitable<T, Executor>;
constexpr asio::as_tuple_t<asio::use_awaitable_t<Executor>> kAwait{};
using Socket = asio::basic_stream_socket<tcp, Executor>;
using TlsStream = asio::ssl::stream<Socket>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr auto kTick = std::chrono::milliseconds(100);
constexpr size_t kReadBytes = 4 << 10;        // asked of the socket while a head arrives
constexpr size_t kBodyReadBytes = 64 << 10;   // while a body arrives
constexpr size_t kHeadBytesMax = 64 << 10;    // what Limits may ask for
constexpr size_t kBufferBytesMax = kHeadBytesMax + (128 << 10);
constexpr size_t kOneWriteBytesMax = 16 << 10;  // bodies up to this are copied behind their head
constexpr size_t kDrainBytesMax = 64 << 10;   // of a refused request's body, to keep the connection
constexpr size_t kLingerBytesMax = 1 << 20;
constexpr absl::Duration kLingerTimeMax = absl::Seconds(2);

// Beast's framing without Beast's field container: the fields were taken by ParseHead.
class BodyParser final : public beast::http::basic_parser<true> {
 public:
  std::string TakeBody() { return std::move(body_); }
  void Discard() { discard_ = true; }

 private:
  using Verb = beast::http::verb;
  using Field = beast::http::field;
  using View = beast::string_view;

  void on_request_impl(Verb, View, View, int, error_code&) override {}
  void on_response_impl(int, View, int, error_code&) override {}
  void on_field_impl(Field, View, View, error_code& ec) override {
    if (header_done_) ec = beast::http::error::bad_field;  // trailers: nobody here reads them
  }
  void on_header_impl(error_code&) override { header_done_ = true; }
  void on_body_init_impl(const boost::optional<uint64_t>& size, error_code&) override {
    if (size && !discard_) body_.reserve(static_cast<size_t>(std::min<uint64_t>(*size, 1 << 20)));
  }
  size_t on_body_impl(View data, error_code&) override {
    if (!discard_) body_.append(data.data(), data.size());
    return data.size();
  }
  void on_chunk_header_impl(uint64_t, View extensions, error_code& ec) override {
    if (!extensions.empty()) ec = beast::http::error::bad_chunk_extension;
  }
  size_t on_chunk_body_impl(uint64_t, View data, error_code& ec) override {
    return on_body_impl(data, ec);
  }
  void on_finish_impl(error_code&) override {}

  std::string body_;
  bool header_done_ = false;
  bool discard_ = false;
};

struct AtomicCounters {
  std::atomic<uint64_t> accepted{0}, refused{0}, overloaded{0}, timeouts{0}, faults{0};
  std::atomic<uint64_t> bytes_in{0}, bytes_out{0};
  std::atomic<uint64_t> open{0}, pending{0};
  std::array<std::atomic<uint64_t>, 6> responses{};
};

void Count(std::atomic<uint64_t>& counter, uint64_t by = 1) {
  counter.fetch_add(by, std::memory_order_relaxed);
}

// What all socket threads share. Const but for the counters.
struct Shared {
  ServerOptions options;
  Router router;
  Route fallback;
  std::optional<asio::ssl::context> tls;
  AtomicCounters counters;
};

// One connection, as its socket thread sees it between two of its own steps.
class Session {
 public:
  virtual ~Session() = default;
  virtual void OnAnswer(Answer& answer) = 0;
  virtual void OnTick(absl::Duration now) = 0;
  virtual void OnDrain() = 0;
  virtual void Abort() = 0;
};

// One socket thread: its loop, its connections, its clock (read once a tick, not once a request).
class Io {
 public:
  explicit Io(Shared* shared)
      : shared(shared), context(1), outbox(std::make_shared<Outbox>([this] {
          asio::post(context, [this] { TakeAnswers(); });
        })),
        timer_(context.get_executor()) {
    ReadClock();
  }

  void Run() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);  // signals are the main thread's
    Tick();
    context.run();
  }

  // The rest on the socket thread.
  void TakeAnswers() {
    outbox->Take(&answers_);
    for (Answer& answer : answers_) {
      auto it = sessions.find(answer.session);
      if (it != sessions.end()) it->second->OnAnswer(answer);
    }
    answers_.clear();
    if (outbox->Rest()) asio::post(context, [this] { TakeAnswers(); });
  }

  void Drain() {
    draining = true;
    for (Session* session : Living()) session->OnDrain();
    StopIfDone();
  }

  void AbortAll() {
    draining = true;
    for (Session* session : Living()) session->Abort();
    StopIfDone();
  }

  void StopIfDone() {
    if (draining && sessions.empty()) timer_.cancel();
  }

  Shared* const shared;
  asio::io_context context;
  const std::shared_ptr<Outbox> outbox;
  absl::flat_hash_map<uint64_t, Session*> sessions;
  uint64_t next_session = 0;
  absl::Duration now;  // monotonic
  std::string date;
  bool draining = false;

 private:
  std::vector<Session*> Living() const {
    std::vector<Session*> living;
    for (const auto& [id, session] : sessions) living.push_back(session);
    return living;
  }

  void ReadClock() {
    now = shared->options.clock->Monotonic();
    const absl::Time wall = shared->options.clock->Now();
    if (!date.empty() && absl::ToUnixSeconds(wall) == date_s_) return;
    date_s_ = absl::ToUnixSeconds(wall);
    date = FormatDate(wall);
  }

  void Tick() {
    ReadClock();
    for (Session* session : Living()) session->OnTick(now);
    if (draining && sessions.empty()) return;
    timer_.expires_after(kTick);
    timer_.async_wait([this](error_code) {
      if (!draining || !sessions.empty()) Tick();
    });
  }

  std::vector<Answer> answers_;
  Timer timer_;
  int64_t date_s_ = 0;
};

template <typename Stream>
class Connection final : public Session {
 public:
  static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;

  Connection(Io* io, Stream stream)
      : io_(*io),
        limits_(io->shared->options.limits),
        counters_(io->shared->counters),
        id_(++io->next_session),
        stream_(std::move(stream)) {
    io_.sessions.emplace(id_, this);
    error_code ec;
    tcp::endpoint peer = Lowest().remote_endpoint(ec);
    if (!ec) peer_ = peer.address().to_string();
    Lowest().set_option(tcp::no_delay(true), ec);
  }

  ~Connection() override {
    io_.sessions.erase(id_);
    counters_.open.fetch_sub(1, std::memory_order_relaxed);
    io_.StopIfDone();
  }

  Awaitable<void> Run() {
    if (io_.draining) co_return;
    SetDeadline(limits_.head_time_max);
    if constexpr (kIsTls) {
      auto [ec] = co_await stream_.async_handshake(asio::ssl::stream_base::server, kAwait);
      if (ec || interrupted_) co_return;
      SetDeadline(limits_.head_time_max);
    }
    while (co_await ServeOne()) {
    }
    if (!aborted_ && !broken_) co_await Close();
  }

  void OnAnswer(Answer& answer) override {
    if (answer.request != request_no_ || waiter_ == nullptr) return;
    answer_ = std::move(answer.response);
    Resume();
  }

  void OnTick(absl::Duration now) override {
    if (now < deadline_) return;
    deadline_ = absl::InfiniteDuration();
    Count(counters_.timeouts);
    Interrupt();
  }

  void OnDrain() override {
    if (phase_ == Phase::kIdle) Interrupt();
  }

  void Abort() override {
    aborted_ = true;
    Interrupt();
    error_code ec;
    Lowest().close(ec);
    if (waiter_ != nullptr) Resume();
  }

 private:
  enum class Phase { kIdle, kHead, kBody, kHandler, kWrite };

  struct Waiter {
    virtual ~Waiter() = default;
    virtual void Resume() = 0;
  };
  template <typename H>
  struct WaiterOf final : Waiter {
    explicit WaiterOf(H h) : handler(std::move(h)) {}
    void Resume() override { std::move(handler)(); }
    H handler;
  };

  Socket& Lowest() {
    if constexpr (kIsTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  void SetDeadline(absl::Duration from_now) { deadline_ = io_.now + from_now; }

  // Makes the read or write under way, and any begun before the flag is cleared, fail.
  void Interrupt() {
    interrupted_ = true;
    error_code ec;
    Lowest().cancel(ec);
  }

  void Resume() {
    std::unique_ptr<Waiter> waiter = std::move(waiter_);
    waiter->Resume();  // may destroy this
  }

  // Until OnAnswer or Abort.
  auto WaitForAnswer() {
    asio::use_awaitable_t<Executor> token;
    return asio::async_initiate<asio::use_awaitable_t<Executor>, void()>(
        [this](auto handler) {
          waiter_ = std::make_unique<WaiterOf<decltype(handler)>>(std::move(handler));
        },
        token);
  }

  absl::string_view Arrived() const {
    auto data = buffer_.cdata();
    return {static_cast<const char*>(data.data()), data.size()};
  }

  // One request and its answer. False when the connection is to be closed.
  Awaitable<bool> ServeOne() {
    size_t head_size = 0;
    scanner_.Reset();
    is_head_ = false;
    phase_ = buffer_.size() > 0 ? Phase::kHead : Phase::kIdle;
    if (phase_ == Phase::kIdle && io_.draining) co_return false;
    if (request_no_ > 0) {
      SetDeadline(phase_ == Phase::kIdle ? limits_.idle_time_max : limits_.head_time_max);
    }
    for (;;) {
      if (Refusal refusal = scanner_.Scan(Arrived(), limits_.head, &head_size)) {
        co_return co_await RefuseAndClose(refusal);
      }
      if (head_size > 0) break;
      auto [ec, size] = co_await stream_.async_read_some(buffer_.prepare(kReadBytes), kAwait);
      if (ec || interrupted_) {
        if (interrupted_ && !aborted_ && phase_ == Phase::kHead) {
          co_return co_await RefuseAndClose(RequestTimeout());
        }
        broken_ = !interrupted_ && ec != asio::error::eof;
        co_return false;
      }
      Received(size);
      if (phase_ == Phase::kIdle) {
        phase_ = Phase::kHead;
        if (request_no_ > 0) SetDeadline(limits_.head_time_max);
      }
    }
    ++request_no_;
    co_return co_await ServeHead(head_size);
  }

  void Received(size_t size) {
    buffer_.commit(size);
    Count(counters_.bytes_in, size);
  }

  // From a complete head at the front of the buffer.
  Awaitable<bool> ServeHead(size_t head_size) {
    Request request;
    BodyParser parser;
    const RouteOptions* options = nullptr;
    const Handler* handler = nullptr;
    std::optional<Response> refused;
    if (Refusal refusal = TakeHead(head_size, &request, &parser)) {
      co_return co_await RefuseAndClose(refusal);
    }
    FindRoute(request, &refused, &handler, &options);
    if (!refused) refused = CheckBody(*options);
    if (!refused && counters_.pending.load(std::memory_order_relaxed) >= limits_.pending_max) {
      Count(counters_.overloaded);
      refused = ToResponse(Overloaded());
    }
    if (head_.HasBody()) {
      if (refused && !CanDrain()) {
        unread_ = true;
        head_.keep_alive = false;
        co_return co_await Send(*refused);
      }
      if (refused) parser.Discard();
      Refusal refusal = co_await ReadBody(refused ? RouteOptions() : *options, &parser);
      if (refusal) co_return co_await RefuseAndClose(refusal);
      if (interrupted_ || broken_) co_return false;
    }
    if (refused) co_return co_await Send(*refused);
    request.body = parser.TakeBody();
    request.peer = peer_;
    request.is_tls = kIsTls;
    co_return co_await Answered(*handler, std::move(request));
  }

  // Reads the head twice, by our rules and by Beast's, and refuses what they see differently.
  Refusal TakeHead(size_t head_size, Request* request, BodyParser* parser) {
    absl::string_view bytes = Arrived().substr(0, head_size);
    if (Refusal refusal = ParseHead(bytes, limits_.head, &head_)) return refusal;
    Target target;
    if (Refusal refusal = ParseTarget(head_.path_and_query, &target)) return refusal;
    error_code ec;
    parser->header_limit(static_cast<uint32_t>(limits_.head.head_bytes_max + 1));
    parser->body_limit(boost::none);
    const size_t used = parser->put(asio::buffer(bytes.data(), bytes.size()), ec);
    if (ec || used != head_size || !parser->is_header_done() ||
        parser->chunked() != head_.is_chunked) {
      return Malformed("the head is not valid HTTP/1.1");
    }
    auto length = parser->content_length();
    if (length.has_value() != head_.content_length.has_value() ||
        (length && *length != *head_.content_length)) {
      return Malformed("the head is not valid HTTP/1.1");
    }
    request->method.assign(head_.method.data(), head_.method.size());
    request->segments = std::move(target.segments);
    request->query = std::move(target.query);
    request->headers.Reserve(head_size, head_.fields.size());
    for (const HeaderField& field : head_.fields) request->headers.Add(field.name, field.value);
    content_type_.assign(head_.content_type.data(), head_.content_type.size());
    is_head_ = request->method == "HEAD";
    buffer_.consume(head_size);  // the views of head_ end here
    return {};
  }

  void FindRoute(Request& request, std::optional<Response>* refused, const Handler** handler,
              const RouteOptions** options) {
    Router::Match match = io_.shared->router.Find(request.method, request.segments);
    const Route* route = match.route;
    if (route == nullptr && match.allow.empty() && io_.shared->fallback.handler != nullptr) {
      route = &io_.shared->fallback;
    }
    if (route == nullptr) {
      *refused = NoRoute(match);
      return;
    }
    request.params = std::move(match.params);
    *handler = &route->handler;
    *options = &route->options;
  }

  std::optional<Response> CheckBody(const RouteOptions& options) const {
    if (!head_.HasBody()) return std::nullopt;
    if (options.body == BodyKind::kNone) {
      return ToResponse(Malformed("this call takes no body"));
    }
    if (head_.content_length.value_or(0) > options.body_bytes_max) return ToResponse(BodyTooLarge());
    if (options.body == BodyKind::kAny) return std::nullopt;
    if (head_.has_content_encoding) {
      return ToResponse(UnsupportedMediaType("no Content-Encoding is understood here"));
    }
    if (!IsJsonType(content_type_)) {
      return ToResponse(UnsupportedMediaType("the body must be application/json in UTF-8"));
    }
    return std::nullopt;
  }

  // A refused request with a small body on its way is read to its end, so the connection lives on.
  bool CanDrain() const {
    return !head_.expects_continue && head_.keep_alive && !head_.is_chunked &&
           *head_.content_length <= kDrainBytesMax;
  }

  Awaitable<Refusal> ReadBody(RouteOptions options, BodyParser* parser) {
    phase_ = Phase::kBody;
    SetDeadline(options.body_time_max);
    if (head_.expects_continue && buffer_.size() == 0) {
      static constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      auto [ec, sent] = co_await asio::async_write(
          stream_, asio::buffer(kContinue.data(), kContinue.size()), kAwait);
      if (ec && !interrupted_) broken_ = true;
      if (broken_) co_return Refusal();
    }
    parser->body_limit(options.body_bytes_max);
    parser->eager(true);
    for (;;) {
      if (buffer_.size() > 0) {
        error_code ec;
        buffer_.consume(parser->put(buffer_.data(), ec));
        if (ec == beast::http::error::body_limit) co_return BodyTooLarge();
        if (ec && ec != beast::http::error::need_more) {
          co_return Malformed("the body's chunks are not valid");
        }
        if (parser->is_done()) break;
        if (buffer_.size() >= limits_.head.head_bytes_max && ec == beast::http::error::need_more) {
          co_return Malformed("a chunk's line is too long");
        }
      }
      auto [ec, size] = co_await stream_.async_read_some(buffer_.prepare(kBodyReadBytes), kAwait);
      if (interrupted_ && !aborted_) co_return RequestTimeout();
      if (ec || aborted_) {
        broken_ = true;
        co_return Refusal();
      }
      Received(size);
    }
    co_return Refusal();
  }

  // Runs the handler on this thread; what it answers at once comes back.
  std::optional<Response> Call(const Handler& handler, Request request) {
    InlineAnswer here(io_.outbox.get(), id_, request_no_);
    try {
      auto ticket = std::make_shared<Ticket>(io_.outbox, id_, request_no_);
      handler(std::move(request), [ticket = std::move(ticket)](Response response) {
        ticket->Give(std::move(response));
      });
    } catch (...) {  // the ticket, unless handed on, has answered `settling`
      Count(counters_.faults);
    }
    return std::move(here.response);
  }

  Awaitable<bool> Answered(const Handler& handler, Request request) {
    phase_ = Phase::kHandler;
    deadline_ = absl::InfiniteDuration();
    Count(counters_.pending);
    answer_ = Call(handler, std::move(request));
    if (!answer_) co_await WaitForAnswer();
    counters_.pending.fetch_sub(1, std::memory_order_relaxed);
    if (!answer_) co_return false;  // aborted
    Response response = std::move(*answer_);
    answer_.reset();
    co_return co_await Send(response);
  }

  Awaitable<bool> RefuseAndClose(Refusal refusal) {
    interrupted_ = false;
    unread_ = true;
    head_.keep_alive = false;
    head_.minor_version = 1;
    Response response = ToResponse(refusal);
    co_return co_await Send(response);
  }

  void RenderHead(Response& response) {
    RenderContext context{io_.date, is_head_, head_.keep_alive, head_.minor_version};
    out_.clear();
    if (AppendHead(response, context, &out_)) return;
    Count(counters_.faults);
    response = ToResponse(Settling());
    bool rendered = AppendHead(response, context, &out_);
    GUITU_CHECK(rendered);
  }

  Response Make(std::function<Response()> make) {
    try {
      return make();
    } catch (const std::exception&) {
      Count(counters_.faults);
      return ToResponse(Settling());
    }
  }

  Awaitable<bool> Send(Response& response) {
    phase_ = Phase::kWrite;
    SetDeadline(limits_.write_time_max);
    if (io_.draining) head_.keep_alive = false;
    if (response.make) response = Make(std::move(response.make));
    RenderHead(response);
    Count(counters_.responses[static_cast<size_t>(response.status / 100)]);
    absl::string_view body;
    if (SendsBody(response, is_head_)) body = response.body;
    if (body.size() <= kOneWriteBytesMax) {
      out_.append(body.data(), body.size());
      body = {};
    }
    Count(counters_.bytes_out, out_.size() + body.size());
    auto [ec, sent] = co_await asio::async_write(stream_, asio::buffer(out_), kAwait);
    if (!ec && !interrupted_ && !body.empty()) {
      auto [body_ec, more] =
          co_await asio::async_write(stream_, asio::buffer(body.data(), body.size()), kAwait);
      ec = body_ec;
    }
    if (ec || interrupted_) broken_ = true;
    co_return !broken_ && head_.keep_alive && !io_.draining;
  }

  // Tells the client that no more comes and, where it may still be sending, reads on for a while:
  // closing with unread bytes makes the kernel send a reset, which can overtake the answer.
  Awaitable<void> Close() {
    interrupted_ = false;
    SetDeadline(kLingerTimeMax);
    error_code ec;
    if constexpr (kIsTls) {
      if (!unread_) {
        auto [shutdown_ec] = co_await stream_.async_shutdown(kAwait);
        (void)shutdown_ec;
        co_return;
      }
    }
    Lowest().shutdown(tcp::socket::shutdown_send, ec);
    if (ec || !unread_) co_return;
    buffer_.clear();
    for (size_t total = 0; total < kLingerBytesMax && !interrupted_;) {
      auto [read_ec, size] =
          co_await Lowest().async_read_some(buffer_.prepare(kBodyReadBytes), kAwait);
      if (read_ec) break;
      total += size;
    }
  }

  Io& io_;
  const Limits& limits_;
  AtomicCounters& counters_;
  const uint64_t id_;
  Stream stream_;
  std::string peer_;
  beast::flat_buffer buffer_{kBufferBytesMax};
  HeadScanner scanner_;
  Head head_;  // its views are valid within TakeHead only
  std::string content_type_;
  bool is_head_ = false;
  std::string out_;
  uint64_t request_no_ = 0;
  std::optional<Response> answer_;
  std::unique_ptr<Waiter> waiter_;
  absl::Duration deadline_ = absl::InfiniteDuration();
  Phase phase_ = Phase::kIdle;
  bool interrupted_ = false;  // by a deadline, a drain or an abort
  bool aborted_ = false;
  bool broken_ = false;  // the socket failed: nothing more can be said on it
  bool unread_ = false;  // the client may still be sending what nobody reads
};

template <typename Stream>
void Serve(Io* io, Stream stream) {
  auto connection = std::make_unique<Connection<Stream>>(io, std::move(stream));
  asio::co_spawn(
      io->context.get_executor(),
      [io, connection = std::move(connection)]() -> Awaitable<void> {
        try {
          co_await connection->Run();
        } catch (const std::exception&) {  // out of memory: this connection only
          Count(io->shared->counters.faults);
        }
      },
      asio::detached);
}

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
        io->Run();
        absl::MutexLock lock(&mutex_);
        ++done_;
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
      absl::MutexLock lock(&mutex_);
      auto all_done = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return done_ == ios_.size();
      };
      mutex_.AwaitWithTimeout(absl::Condition(&all_done), deadline);
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
      if (counters.open.load(std::memory_order_relaxed) >=
          shared_.options.limits.connections_max) {
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
  absl::Mutex mutex_;
  size_t done_ ABSL_GUARDED_BY(mutex_) = 0;  // threads whose loop has ended
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
Server::~Server() { Stop(absl::ZeroDuration()); }
uint16_t Server::port() const { return impl_->port(); }
Counters Server::counters() const { return impl_->counters(); }
void Server::Stop(absl::Duration deadline) { impl_->Stop(deadline); }

}  // namespace guitu::http
