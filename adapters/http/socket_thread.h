// Internal to server.cc, the only file that includes it: one socket thread and what all of them
// share.
#pragma once

#include <pthread.h>
#include <signal.h>

#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "adapters/http/outbox.h"
#include "adapters/http/render.h"
#include "adapters/http/router.h"
#include "adapters/http/server.h"

namespace guitu::http::internal {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Concrete executors: no type erasure on the way of a request.
using Executor = asio::io_context::executor_type;
template <typename T>
using Awaitable = asio::awaitable<T, Executor>;
constexpr asio::as_tuple_t<asio::use_awaitable_t<Executor>> kAwait{};
using Socket = asio::basic_stream_socket<tcp, Executor>;
using TlsStream = asio::ssl::stream<Socket>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr auto kTick = std::chrono::milliseconds(100);

struct AtomicCounters {
  std::atomic<uint64_t> accepted{0}, refused{0}, overloaded{0}, timeouts{0}, faults{0};
  std::atomic<uint64_t> bytes_in{0}, bytes_out{0};
  std::atomic<uint64_t> open{0}, pending{0};
  std::array<std::atomic<uint64_t>, 6> responses{};
};

inline void Count(std::atomic<uint64_t>& counter, uint64_t by = 1) {
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
      : shared(shared),
        context(1),
        outbox(
            std::make_shared<Outbox>([this] { asio::post(context, [this] { TakeAnswers(); }); })),
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

}  // namespace guitu::http::internal
