// Internal to server.cc, the only file that includes it: one connection, from its first byte to its
// close.
#pragma once

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "adapters/http/body_parser.h"
#include "adapters/http/head.h"
#include "adapters/http/problem.h"
#include "adapters/http/render.h"
#include "adapters/http/socket_thread.h"
#include "adapters/http/target.h"
#include "events/check.h"

namespace guitu::http::internal {

constexpr size_t kReadBytes = 4 << 10;       // asked of the socket while a head arrives
constexpr size_t kBodyReadBytes = 64 << 10;  // while a body arrives
constexpr size_t kHeadBytesMax = 64 << 10;   // what Limits may ask for
constexpr size_t kBufferBytesMax = kHeadBytesMax + (128 << 10);
constexpr size_t kOneWriteBytesMax = 16 << 10;  // bodies up to this are copied behind their head
constexpr size_t kDrainBytesMax = 64 << 10;  // of a refused request's body, to keep the connection
constexpr size_t kLingerBytesMax = 1 << 20;
constexpr absl::Duration kLingerTimeMax = absl::Seconds(2);

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

  // NOLINTNEXTLINE(bugprone-exception-escape): what throws here ends the process, as it should.
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
    // Not `while (co_await ServeOne()) {}`: g++ 12 compiles that to a crash.
    for (bool more = true; more;) more = co_await ServeOne();
    if (!aborted_ && !broken_) co_await Close();
  }

  void OnAnswer(Answer& answer) override {
    if (answer.request != request_no_ || waiter_ == nullptr) return;
    answer_ = std::move(answer.response);
    Resume();
  }

  void OnTick(absl::Duration now) override {
    if (now < deadline_ && !interrupted_) return;
    if (!interrupted_) Count(counters_.timeouts);
    Interrupt();  // at every tick until noticed: a write of many steps may be between two of them
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
      RouteOptions body_options;  // a variable: g++ 12 miscompiles ?: in an awaited call
      if (!refused) body_options = *options;
      Refusal refusal = co_await ReadBody(body_options, &parser);
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
    if (head_.content_length.value_or(0) > options.body_bytes_max)
      return ToResponse(BodyTooLarge());
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
    for (size_t consumed = 0;;) {
      if (buffer_.size() > 0) {
        error_code ec;
        const size_t size = parser->put(buffer_.data(), ec);
        buffer_.consume(size);
        consumed += size;
        if (ec == beast::http::error::body_limit) co_return BodyTooLarge();
        if (ec && ec != beast::http::error::need_more) {
          co_return Malformed("the body's chunks are not valid");
        }
        // What is left in the buffer of an unfinished body is a chunk's line without its end.
        if (parser->IsPadded(consumed) ||
            (!parser->is_done() && buffer_.size() > 2 * BodyParser::kChunkLineBytesMax)) {
          co_return Malformed("a chunk's line is too long");
        }
        if (parser->is_done()) break;
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

  Response Make(const std::function<Response()>& make) {
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
    if (response.make) response = Make(response.make);
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

}  // namespace guitu::http::internal
