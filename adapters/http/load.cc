#include "adapters/http/load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "events/check.h"

namespace guitu::http {
namespace {

constexpr uint64_t kBrokenInARowMax = 100;
constexpr size_t kReadBytes = 64 << 10;
constexpr size_t kAnswerBytesMax = 64 << 20;

struct Framing {
  int status = 0;
  size_t head_size = 0;
  size_t body_size = 0;
  bool keep_alive = true;
};

// False if the head has not arrived yet; status 0 if it makes no sense.
bool ParseAnswer(absl::string_view bytes, bool is_head_request, Framing* framing) {
  const void* end = memmem(bytes.data(), bytes.size(), "\r\n\r\n", 4);
  if (end == nullptr) return false;
  framing->head_size = static_cast<size_t>(static_cast<const char*>(end) - bytes.data()) + 4;
  absl::string_view head = bytes.substr(0, framing->head_size - 2);
  if (head.size() < 14 || !absl::StartsWith(head, "HTTP/1.1 ") ||
      !absl::SimpleAtoi(head.substr(9, 3), &framing->status)) {
    framing->status = 0;
    return true;
  }
  bool has_length = framing->status < 200 || framing->status == 204 || framing->status == 304;
  for (size_t line = head.find("\r\n") + 2; line < head.size();
       line = head.find("\r\n", line) + 2) {
    absl::string_view rest = head.substr(line);
    if (absl::StartsWithIgnoreCase(rest, "content-length:")) {
      rest = rest.substr(15, rest.find('\r') - 15);
      has_length = absl::SimpleAtoi(rest, &framing->body_size);
    } else if (absl::StartsWithIgnoreCase(rest, "connection: close")) {
      framing->keep_alive = false;
    }
  }
  if (!has_length) framing->status = 0;
  if (is_head_request) framing->body_size = 0;
  return true;
}

class Load {
 public:
  explicit Load(const LoadOptions& options)
      : options_(options), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    GUITU_CHECK(options.clock != nullptr);
    GUITU_CHECK(options.next != nullptr);
    GUITU_CHECK(options.connections > 0);
    GUITU_CHECK(options.requests_max > 0 || options.time_max < absl::InfiniteDuration());
    connections_.resize(static_cast<size_t>(options.connections));
  }
  ~Load() {
    for (Connection& connection : connections_) {
      if (connection.fd >= 0) close(connection.fd);
    }
    if (epoll_ >= 0) close(epoll_);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  absl::StatusOr<LoadReport> Run() {
    const absl::Duration cpu_before = ThreadCpu();
    begin_ = Now();
    measure_from_ = begin_ + options_.warm_up;
    end_ = measure_from_ + options_.time_max;
    for (Connection& connection : connections_) {
      if (absl::Status status = Open(&connection); !status.ok()) return status;
    }
    for (Connection& connection : connections_) Ask(&connection);
    std::vector<epoll_event> events(connections_.size());
    while (failure_.ok() && open_ > 0) {
      const auto silence_ms = static_cast<int>(absl::ToInt64Milliseconds(options_.answer_time_max));
      int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), silence_ms);
      if (ready < 0 && errno == EINTR) continue;
      if (ready <= 0) return absl::DeadlineExceededError("load: the server gives no answer");
      for (int i = 0; i < ready; ++i) OnReady(events[static_cast<size_t>(i)]);
    }
    if (!failure_.ok()) return failure_;
    report_.elapsed = std::max(last_answer_ - measure_from_, absl::Nanoseconds(1));
    report_.cpu = ThreadCpu() - cpu_before;
    return report_;
  }

 private:
  struct Connection {
    int fd = -1;
    std::string out;  // the request under way
    size_t sent = 0;
    bool waits_to_send = false;
    bool is_head_request = false;
    std::string in;  // what of the answer has arrived
    absl::Duration asked;
  };

  absl::Duration Now() const { return options_.clock->Monotonic(); }

  static absl::Duration ThreadCpu() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return absl::DurationFromTimeval(usage.ru_utime) + absl::DurationFromTimeval(usage.ru_stime);
  }

  int Index(const Connection* connection) const {
    return static_cast<int>(connection - connections_.data());
  }

  absl::Status Open(Connection* connection) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(options_.port);
    if (inet_pton(AF_INET, options_.address.c_str(), &to.sin_addr) != 1) {
      return absl::InvalidArgumentError("load: the address must be numeric IPv4");
    }
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    // Connecting blocks: on the way of no measured request.
    if (fd < 0 || connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0) {
      if (fd >= 0) close(fd);
      return absl::UnavailableError("load: cannot connect");
    }
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    connection->fd = fd;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = connection;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
    ++open_;
    return absl::OkStatus();
  }

  void Close(Connection* connection) {
    close(connection->fd);  // leaves the epoll set by itself
    connection->fd = -1;
    connection->in.clear();
    connection->waits_to_send = false;
    --open_;
  }

  void Reopen(Connection* connection) {
    Close(connection);
    if (absl::Status status = Open(connection); !status.ok()) failure_ = status;
  }

  // Begins the next request of a connection, or closes it when there is none.
  void Ask(Connection* connection) {
    const bool is_over = options_.requests_max > 0 && asked_ >= options_.requests_max;
    connection->out.clear();
    connection->sent = 0;
    connection->asked = Now();
    if (is_over || connection->asked >= end_ ||
        !options_.next(Index(connection), &connection->out)) {
      return Close(connection);
    }
    ++asked_;
    connection->is_head_request = absl::StartsWith(connection->out, "HEAD ");
    SendMore(connection);
  }

  void SendMore(Connection* connection) {
    const std::string& out = connection->out;
    while (connection->sent < out.size()) {
      ssize_t sent = send(connection->fd, out.data() + connection->sent,
                          out.size() - connection->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0) break;  // full, or broken: then reading will tell
      connection->sent += static_cast<size_t>(sent);
    }
    const bool waits = connection->sent < out.size() && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (waits == connection->waits_to_send) return;
    connection->waits_to_send = waits;
    epoll_event event{};
    event.events = EPOLLIN | (waits ? static_cast<uint32_t>(EPOLLOUT) : 0u);
    event.data.ptr = connection;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, connection->fd, &event);
  }

  void OnReady(const epoll_event& event) {
    auto* connection = static_cast<Connection*>(event.data.ptr);
    if (connection->fd < 0) return;
    if ((event.events & EPOLLOUT) != 0) SendMore(connection);
    if ((event.events & ~static_cast<uint32_t>(EPOLLOUT)) == 0) return;
    ssize_t got = recv(connection->fd, read_.data(), read_.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) return OnBroken(connection);
    if (!connection->in.empty() ||
        !TakeAnswer(connection, {read_.data(), static_cast<size_t>(got)})) {
      connection->in.append(read_.data(), static_cast<size_t>(got));
      if (connection->in.size() > static_cast<size_t>(got)) TakeAnswer(connection, connection->in);
    }
    if (connection->in.size() > kAnswerBytesMax) {
      failure_ = absl::DataLossError("load: an answer is too large");
    }
  }

  // True if `bytes` held the whole answer, which is then accounted for and the next request asked.
  bool TakeAnswer(Connection* connection, absl::string_view bytes) {
    Framing framing;
    if (!ParseAnswer(bytes, connection->is_head_request, &framing)) return false;
    if (framing.status < 200) {
      failure_ = absl::DataLossError("load: an answer cannot be read");
      return true;
    }
    if (bytes.size() < framing.head_size + framing.body_size) return false;
    last_answer_ = Now();
    if (last_answer_ >= measure_from_) {
      ++report_.answers;
      ++report_.statuses[framing.status];
      report_.latency.Add(last_answer_ - connection->asked);
    }
    broken_in_a_row_ = 0;
    if (options_.on_answer) {
      options_.on_answer(Index(connection), framing.status, bytes.substr(0, framing.head_size),
                         bytes.substr(framing.head_size, framing.body_size));
    }
    connection->in.clear();
    if (!framing.keep_alive) Reopen(connection);
    if (failure_.ok()) Ask(connection);
    return true;
  }

  void OnBroken(Connection* connection) {
    ++report_.broken;
    if (++broken_in_a_row_ > kBrokenInARowMax) {
      failure_ = absl::UnavailableError("load: the connections keep breaking");
      return;
    }
    Reopen(connection);
    if (failure_.ok()) Ask(connection);
  }

  const LoadOptions& options_;
  const int epoll_;
  std::vector<Connection> connections_;  // never resized: epoll holds pointers
  std::string read_ = std::string(kReadBytes, '\0');
  int open_ = 0;
  uint64_t asked_ = 0;
  uint64_t broken_in_a_row_ = 0;
  absl::Duration begin_, measure_from_, end_, last_answer_;
  absl::Status failure_;
  LoadReport report_;
};

}  // namespace

size_t LatencyHistogram::BucketOf(uint64_t ns) {
  if (ns < 16) return static_cast<size_t>(ns);
  const auto power = static_cast<size_t>(std::bit_width(ns)) - 5;  // ns >> power is 16..31
  return (power + 1) * 16 + static_cast<size_t>((ns >> power) - 16);
}

uint64_t LatencyHistogram::EndOf(size_t bucket) {
  if (bucket < 16) return bucket;
  const size_t power = bucket / 16 - 1;
  return ((bucket % 16 + 17) << power) - 1;
}

void LatencyHistogram::Add(absl::Duration latency) {
  const auto ns = static_cast<uint64_t>(std::max<int64_t>(0, absl::ToInt64Nanoseconds(latency)));
  ++buckets_[BucketOf(ns)];
  ++count_;
  max_ns_ = std::max(max_ns_, ns);
}

absl::Duration LatencyHistogram::Quantile(double q) const {
  const auto wanted = static_cast<uint64_t>(std::ceil(q * static_cast<double>(count_)));
  uint64_t below = 0;
  for (size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    below += buckets_[bucket];
    if (below >= wanted && below > 0) {
      return absl::Nanoseconds(std::min(EndOf(bucket), max_ns_));
    }
  }
  return max();
}

double LoadReport::PerSecond() const {
  return static_cast<double>(answers) / absl::ToDoubleSeconds(elapsed);
}

absl::StatusOr<LoadReport> RunLoad(const LoadOptions& options) { return Load(options).Run(); }

}  // namespace guitu::http
