// Internal to forwarder.cc: one connection to another node, and the one request on it. Lives on its
// peer's thread. Kept alive by its own callbacks until they have run; after Close they do nothing.
#pragma once

#include <poll.h>

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "adapters/http/forwarded.h"
#include "adapters/http/forwarder.h"
#include "events/check.h"

namespace guitu::http::internal {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Resolver = asio::ip::basic_resolver<tcp, Executor>;

constexpr int kInterimAnswersMax = 8;  // 1xx before the answer
constexpr size_t kBufferBytesSpare = 128
                                     << 10;  // beyond a head: what Beast reads of a body at once

struct AtomicForwarderCounters {
  std::atomic<uint64_t> answered{0}, settling{0}, not_owner{0}, overloaded{0}, refused{0};
  std::atomic<uint64_t> timeouts{0}, opened{0};
  std::atomic<uint64_t> open{0}, waiting{0}, under_way{0};  // now
};

inline void Add(std::atomic<uint64_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }
inline void Subtract(std::atomic<uint64_t>& counter) {
  counter.fetch_sub(1, std::memory_order_relaxed);
}

// One request on its way. `since` and `deadline` are of the peer's thread.
struct Job {
  std::string bytes;
  bool is_head_request = false;
  Responder answer;
  absl::Duration since;
  absl::Duration deadline;
};

struct Destination {
  std::string host;
  uint16_t port = 0;
  bool is_tls = false;
};

class Link final : public std::enable_shared_from_this<Link> {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void OnOpened(Link* link, bool ok) = 0;
    // Nothing: the outcome is not known. Then the link must not be used again.
    virtual void OnDone(Link* link, Job job, std::optional<Response> response) = 0;
  };

  // `tls` is null for a plain connection. Both outlive the link's use, which ends with Close.
  Link(asio::io_context& context, asio::ssl::context* tls, const ForwarderOptions& options,
       AtomicForwarderCounters& counters, Owner& owner)
      : options_(options),
        counters_(counters),
        owner_(owner),
        resolver_(context.get_executor()),
        socket_(context.get_executor()) {
    buffer_.max_size(options.head_bytes_max + kBufferBytesSpare);
    if (tls != nullptr) tls_.emplace(socket_, *tls);
  }

  // Ends in OnOpened, never from within this call.
  void Open(const Destination& to, absl::Duration deadline) {
    deadline_ = deadline;
    host_ = to.host;
    error_code ec;
    const asio::ip::address address = asio::ip::make_address(to.host, ec);
    const std::string port = absl::StrCat(to.port);
    if (!ec) {
      is_numeric_ = true;
      return Connect(
          Resolver::results_type::create(tcp::endpoint(address, to.port), to.host, port));
    }
    resolver_.async_resolve(
        to.host, port,
        [self = shared_from_this()](error_code failed, const Resolver::results_type& found) {
          if (self->closed_) return;
          if (failed) return self->owner_.OnOpened(self.get(), false);
          self->Connect(found);
        });
  }

  // Whether a request may be written: the peer has neither closed nor said anything unasked. What a
  // TLS peer says after the handshake (tickets) is read with the first answer.
  bool IsFit() {
    constexpr int kGone = POLLRDHUP | POLLHUP | POLLERR | POLLNVAL;
    pollfd state{socket_.native_handle(), POLLIN | POLLRDHUP, 0};
    if (poll(&state, 1, 0) == 0) return true;
    return tls_.has_value() && !used_ && (state.revents & kGone) == 0;
  }

  // Ends in OnDone, never from within this call. REQUIRES: open, nothing under way.
  void Ask(Job job) {
    GUITU_CHECK(!job_.has_value());
    used_ = true;
    reusable_ = false;
    deadline_ = job.deadline;
    out_ = std::move(job.bytes);
    job_.emplace(std::move(job));
    Add(counters_.under_way);
    // The only write of a request in this program's way between nodes.
    WithStream([this](auto& stream) {
      asio::async_write(stream, asio::buffer(out_),
                        [self = shared_from_this()](error_code ec, size_t) {
                          if (!self->closed_) self->OnWritten(ec);
                        });
    });
  }

  // After an answer: whether another request may follow.
  bool IsReusable() const { return reusable_; }

  // True if it was over time: then it is closed and its owner has been told.
  void OnTick(absl::Duration now) {
    if (now < deadline_) return;
    Add(counters_.timeouts);
    if (job_) return Finish(std::nullopt);
    owner_.OnOpened(this, false);
  }

  // Idle until `until`.
  void Rest(absl::Duration until) { idle_until_ = until; }
  absl::Duration idle_until() const { return idle_until_; }

  // The job under way, if any, which is not told to the owner.
  std::optional<Job> Close() {
    if (closed_) return std::nullopt;
    closed_ = true;
    if (is_open_) Subtract(counters_.open);
    if (job_) Subtract(counters_.under_way);
    resolver_.cancel();
    error_code ec;
    socket_.close(ec);
    return std::exchange(job_, std::nullopt);
  }

 private:
  using Parser = beast::http::response_parser<beast::http::string_body>;

  template <typename Do>
  void WithStream(Do act) {
    if (tls_) {
      act(*tls_);
    } else {
      act(socket_);
    }
  }

  void Connect(const Resolver::results_type& to) {
    asio::async_connect(socket_, to,
                        [self = shared_from_this()](error_code ec, const tcp::endpoint&) {
                          if (!self->closed_) self->OnConnected(ec);
                        });
  }

  void OnConnected(error_code ec) {
    if (ec) return owner_.OnOpened(this, false);
    socket_.set_option(tcp::no_delay(true), ec);
    if (!tls_) return OnReady();
    // Numeric addresses are no server names (RFC 6066).
    if (!is_numeric_) SSL_set_tlsext_host_name(tls_->native_handle(), host_.c_str());
    tls_->set_verify_callback(asio::ssl::host_name_verification(host_), ec);
    if (ec) return owner_.OnOpened(this, false);
    tls_->async_handshake(asio::ssl::stream_base::client,
                          [self = shared_from_this()](error_code failed) {
                            if (self->closed_) return;
                            if (failed) return self->owner_.OnOpened(self.get(), false);
                            self->OnReady();
                          });
  }

  void OnReady() {
    is_open_ = true;
    deadline_ = absl::InfiniteDuration();
    Add(counters_.open);
    Add(counters_.opened);
    owner_.OnOpened(this, true);
  }

  // A peer that refuses may answer and close before it has read everything: look for the answer
  // even though writing failed.
  void OnWritten(error_code ec) {
    reusable_ = !ec;
    out_ = std::string();
    interim_ = 0;
    Read();
  }

  void Read() {
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(options_.head_bytes_max));
    parser_->body_limit(options_.body_bytes_max);
    if (job_->is_head_request) parser_->skip(true);
    WithStream([this](auto& stream) {
      beast::http::async_read(stream, buffer_, *parser_,
                              [self = shared_from_this()](error_code ec, size_t) {
                                if (!self->closed_) self->OnRead(ec);
                              });
    });
  }

  void OnRead(error_code ec) {
    if (ec || parser_->need_eof()) return Finish(std::nullopt);
    auto& message = parser_->get();
    if (message.result_int() < 200) {
      if (++interim_ > kInterimAnswersMax) return Finish(std::nullopt);
      return Read();
    }
    ForwardedAnswer answer;
    answer.status = static_cast<int>(message.result_int());
    answer.is_head_request = job_->is_head_request;
    answer.body = std::move(message.body());
    for (const auto& field : message) {
      answer.fields.emplace_back(
          absl::string_view(field.name_string().data(), field.name_string().size()),
          absl::string_view(field.value().data(), field.value().size()));
    }
    // Bytes behind the answer are nobody's answer.
    reusable_ = reusable_ && parser_->keep_alive() && buffer_.size() == 0;
    Finish(ToResponse(std::move(answer)));
  }

  void Finish(std::optional<Response> response) {
    deadline_ = absl::InfiniteDuration();
    reusable_ = reusable_ && response.has_value();
    Subtract(counters_.under_way);
    Job job = *std::exchange(job_, std::nullopt);
    owner_.OnDone(this, std::move(job), std::move(response));
  }

  const ForwarderOptions& options_;
  AtomicForwarderCounters& counters_;
  Owner& owner_;
  Resolver resolver_;
  Socket socket_;
  std::optional<asio::ssl::stream<Socket&>> tls_;  // over socket_
  std::string host_;
  bool is_numeric_ = false;
  // Cancelled reads and writes look at these until their callbacks have run, so they live on when
  // the job is gone.
  std::string out_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::optional<Job> job_;  // under way
  absl::Duration deadline_ = absl::InfiniteDuration();
  absl::Duration idle_until_;
  int interim_ = 0;
  bool is_open_ = false;
  bool used_ = false;  // has been asked
  bool reusable_ = false;
  bool closed_ = false;
};

}  // namespace guitu::http::internal
