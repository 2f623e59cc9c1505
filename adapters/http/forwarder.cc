#include "adapters/http/forwarder.h"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/http/client.h"
#include "adapters/http/forward_link.h"
#include "adapters/http/forward_peer.h"
#include "adapters/http/forwarded.h"
#include "adapters/http/outbox.h"
#include "adapters/http/problem.h"
#include "events/check.h"

namespace guitu::http {

using namespace internal;  // NOLINT(google-build-using-namespace): this file is its only user

namespace {

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr auto kTick = std::chrono::milliseconds(100);
constexpr int kStepsPerBatch = 64;  // how long an answer may wait to be published with others

absl::StatusOr<asio::ssl::context> MakeTls(const std::string& ca_file) {
  asio::ssl::context tls(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  error_code ec;
  tls.set_verify_mode(asio::ssl::verify_peer, ec);
  if (!ec && ca_file.empty()) tls.set_default_verify_paths(ec);
  if (!ec && !ca_file.empty()) tls.load_verify_file(ca_file, ec);
  if (ec) return absl::InvalidArgumentError("the file of authorities cannot be used");
  return tls;
}

// Where to, with its name in a Host field, which also tells peers apart.
struct Address {
  Destination to;
  std::string authority;
};

std::optional<Address> ParseAddress(absl::string_view text) {
  const std::string url = absl::StrContains(text, "://") ? std::string(text)  // else plain
                                                         : absl::StrCat("http://", text);
  absl::StatusOr<ClientOptions> parsed = Client::ParseUrl(url);
  if (!parsed.ok()) return std::nullopt;
  const bool is_v6 = absl::StrContains(parsed->host, ':');
  Address address;
  address.authority =
      absl::StrCat(is_v6 ? "[" : "", parsed->host, is_v6 ? "]" : "", ":", parsed->port);
  address.to = {std::move(parsed->host), parsed->port, parsed->is_tls};
  return address;
}

// One thread and the peers that are its own.
class Worker {
 public:
  Worker(const ForwarderOptions& options, asio::ssl::context* tls,
         AtomicForwarderCounters& counters)
      : options_(options),
        tls_(tls),
        counters_(counters),
        context_(1),
        work_(context_.get_executor()),
        timer_(context_.get_executor()) {}

  void Start() {
    thread_ = std::thread([this] {
      sigset_t all;
      sigfillset(&all);
      pthread_sigmask(SIG_BLOCK, &all, nullptr);  // signals are the main thread's
      pthread_setname_np(pthread_self(), "http-forward");
      Run();
    });
  }

  // Any thread. False, with nothing done, after Stop.
  bool Push(Address* address, Job* job) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) return false;
    inbox_.push_back({std::move(*address), std::move(*job)});
    if (awake_) return true;
    awake_ = true;  // one wake-up for all that come before it is heard
    asio::post(context_, [this] { TakeInbox(); });
    return true;
  }

  void Stop() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (closed_) return;
      closed_ = true;
    }
    asio::post(context_, [this] {
      AnswerBatch together;
      TakeInbox();
      for (auto& [name, peer] : peers_) peer->Abort();
      stopping_ = true;
      timer_.cancel();
      work_.reset();
    });
    thread_.join();
  }

 private:
  struct Sent {
    Address address;
    Job job;
  };

  void Run() {
    now_ = options_.clock->Monotonic();
    Tick();
    while (context_.run_one() > 0) {
      AnswerBatch together;
      for (int i = 0; i < kStepsPerBatch && context_.poll_one() > 0; ++i) {
      }
    }
  }

  void TakeInbox() {
    std::vector<Sent> taken;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      taken.swap(inbox_);
      awake_ = false;
    }
    for (Sent& sent : taken) {
      PeerOf(std::move(sent.address)).Submit(std::move(sent.job), now_);
    }
  }

  Peer& PeerOf(Address address) {
    const std::string key = absl::StrCat(address.to.is_tls ? "s " : "- ", address.authority);
    std::unique_ptr<Peer>& peer = peers_[key];
    if (peer == nullptr) {
      asio::ssl::context* tls = address.to.is_tls ? tls_ : nullptr;
      peer = std::make_unique<Peer>(std::move(address.to), context_, tls, options_, counters_);
    }
    return *peer;
  }

  void Tick() {
    now_ = options_.clock->Monotonic();
    for (auto it = peers_.begin(); it != peers_.end();) {
      it->second->OnTick(now_);
      if (it->second->IsUnused()) {
        peers_.erase(it++);  // nodes come and go under new addresses
      } else {
        ++it;
      }
    }
    timer_.expires_after(kTick);
    timer_.async_wait([this](error_code) {
      if (!stopping_) Tick();
    });
  }

  const ForwarderOptions& options_;
  asio::ssl::context* const tls_;
  AtomicForwarderCounters& counters_;
  asio::io_context context_;
  asio::executor_work_guard<Executor> work_;
  Timer timer_;
  absl::flat_hash_map<std::string, std::unique_ptr<Peer>> peers_;
  absl::Duration now_;  // monotonic, read once a tick
  bool stopping_ = false;

  std::mutex mutex_;  // guards the three below
  std::vector<Sent> inbox_;
  bool awake_ = false;
  bool closed_ = false;

  std::thread thread_;
};

}  // namespace

class Forwarder::Impl {
 public:
  explicit Impl(ForwarderOptions options, asio::ssl::context tls)
      : options_(std::move(options)), tls_(std::move(tls)) {
    for (int i = 0; i < options_.threads; ++i) {
      workers_.push_back(std::make_unique<Worker>(options_, &tls_, counters_));
    }
    for (auto& worker : workers_) worker->Start();
  }

  void Forward(absl::string_view to, const Request& request, Responder answer) {
    Job job;
    job.answer = std::move(answer);
    if (IsForwarded(request)) return AnswerNo(job, NotOwner(), counters_.not_owner);
    std::optional<Address> address = ParseAddress(to);
    if (!address) return AnswerNo(job, NotOwner(), counters_.not_owner);
    job.is_head_request = request.method == "HEAD";
    if (Refusal refusal = AppendForwarded(request, address->authority, &job.bytes)) {
      return AnswerNo(job, refusal, counters_.refused);
    }
    const size_t index = std::hash<std::string>()(address->authority) % workers_.size();
    if (workers_[index]->Push(&*address, &job)) return;
    AnswerNo(job, Settling(), counters_.settling);
  }

  ForwarderCounters counters() const {
    ForwarderCounters to;
    to.answered = counters_.answered;
    to.settling = counters_.settling;
    to.not_owner = counters_.not_owner;
    to.overloaded = counters_.overloaded;
    to.refused = counters_.refused;
    to.timeouts = counters_.timeouts;
    to.connections_opened = counters_.opened;
    to.connections_open = counters_.open;
    to.waiting = counters_.waiting;
    to.under_way = counters_.under_way;
    return to;
  }

  void Stop() {
    for (auto& worker : workers_) worker->Stop();
  }

 private:
  const ForwarderOptions options_;
  asio::ssl::context tls_;
  AtomicForwarderCounters counters_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

absl::StatusOr<std::unique_ptr<Forwarder>> Forwarder::Start(ForwarderOptions options) {
  GUITU_CHECK(options.clock != nullptr);
  if (options.threads < 1 || options.threads > 64) {
    return absl::InvalidArgumentError("the number of forwarding threads must be from 1 to 64");
  }
  if (options.connections_per_peer_max == 0) {
    return absl::InvalidArgumentError("forwarding needs at least one connection to a peer");
  }
  if (options.head_bytes_max < 1024 || options.head_bytes_max > (1 << 20)) {
    return absl::InvalidArgumentError("the limit of an answer's head must be 1 KiB to 1 MiB");
  }
  absl::StatusOr<asio::ssl::context> tls = MakeTls(options.ca_file);
  if (!tls.ok()) return tls.status();
  auto impl = std::make_unique<Impl>(std::move(options), *std::move(tls));
  return std::unique_ptr<Forwarder>(new Forwarder(std::move(impl)));
}

Forwarder::Forwarder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
// NOLINTNEXTLINE(bugprone-exception-escape): what throws here ends the process, as it should.
Forwarder::~Forwarder() { Stop(); }
void Forwarder::Forward(absl::string_view address, const Request& request, Responder answer) {
  impl_->Forward(address, request, std::move(answer));
}
ForwarderCounters Forwarder::counters() const { return impl_->counters(); }
void Forwarder::Stop() { impl_->Stop(); }

}  // namespace guitu::http
