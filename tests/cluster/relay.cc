#include "tests/cluster/relay.h"

#include <fcntl.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <utility>

namespace guitu::cluster {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

tcp::endpoint Loopback(uint16_t port) { return {boost::asio::ip::address_v4::loopback(), port}; }

// The brokers and nodes that are started meanwhile must not hold what ends here.
void KeepFromChildren(tcp::socket::native_handle_type socket) {
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
}

}  // namespace

// All of it on the one thread.
class Relay : public std::enable_shared_from_this<Relay> {
 public:
  explicit Relay(boost::asio::io_context& io) : io_(io), acceptor_(io, Loopback(0)) {
    KeepFromChildren(acceptor_.native_handle());
  }

  uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void LeadTo(uint16_t port) {
    target_ = port;
    Accept();
  }
  void Set(Relays::Cut cut) { cut_ = cut; }
  void Heal(bool reset) {
    cut_ = {};
    auto held = std::exchange(held_, {});
    if (reset) {
      for (auto& [one, other] : std::exchange(pairs_, {})) {
        Close(one);
        Close(other);
      }
    }
    for (auto& go_on : held) go_on();
  }

 private:
  using Socket = std::shared_ptr<tcp::socket>;
  using Buffer = std::array<char, 16384>;

  void Accept() {
    auto client = std::make_shared<tcp::socket>(io_);
    acceptor_.async_accept(*client, [self = shared_from_this(), client](error_code error) {
      if (error == boost::asio::error::operation_aborted) return;
      if (!error) self->Welcome(client);
      self->Accept();
    });
  }

  void Welcome(const Socket& client) {
    KeepFromChildren(client->native_handle());
    Unless(cut_.requests || cut_.answers, [self = shared_from_this(), client] {
      auto broker = std::make_shared<tcp::socket>(self->io_);
      broker->async_connect(Loopback(self->target_), [self, client, broker](error_code error) {
        if (error) return Close(client);
        KeepFromChildren(broker->native_handle());
        client->set_option(tcp::no_delay(true));
        broker->set_option(tcp::no_delay(true));
        std::erase_if(self->pairs_, [](const auto& pair) { return !pair.first->is_open(); });
        self->pairs_.emplace_back(client, broker);
        self->Pass(client, broker, &Relays::Cut::requests, std::make_shared<Buffer>());
        self->Pass(broker, client, &Relays::Cut::answers, std::make_shared<Buffer>());
      });
    });
  }

  void Pass(const Socket& from, const Socket& to, bool Relays::Cut::*cut,
            const std::shared_ptr<Buffer>& buffer) {
    from->async_read_some(boost::asio::buffer(*buffer), [self = shared_from_this(), from, to, cut,
                                                         buffer](error_code error, size_t size) {
      // An end is news, too, and a cut holds it back.
      self->Unless(self->cut_.*cut, [self, from, to, cut, buffer, error, size] {
        if (error) return CloseBoth(from, to);
        boost::asio::async_write(*to, boost::asio::buffer(*buffer, size),
                                 [self, from, to, cut, buffer](error_code failed, size_t) {
                                   if (failed) return CloseBoth(from, to);
                                   self->Pass(from, to, cut, buffer);
                                 });
      });
    });
  }

  void Unless(bool is_cut, std::function<void()> go_on) {
    if (is_cut) {
      held_.push_back(std::move(go_on));
    } else {
      go_on();
    }
  }

  // Also where a child got hold of the descriptor after all.
  static void Close(const Socket& socket) {
    error_code ignored;
    socket->shutdown(tcp::socket::shutdown_both, ignored);
    socket->close(ignored);
  }
  static void CloseBoth(const Socket& one, const Socket& other) {
    Close(one);
    Close(other);
  }

  boost::asio::io_context& io_;
  tcp::acceptor acceptor_;
  uint16_t target_ = 0;
  Relays::Cut cut_;
  std::vector<std::function<void()>> held_;
  std::vector<std::pair<Socket, Socket>> pairs_;
};

Relays::Relays(size_t count) {
  for (size_t i = 0; i < count; ++i) relays_.push_back(std::make_shared<Relay>(io_));
}

Relays::~Relays() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

std::vector<uint16_t> Relays::ports() const {
  std::vector<uint16_t> ports;
  for (const auto& relay : relays_) ports.push_back(relay->port());
  return ports;
}

void Relays::LeadTo(const std::vector<uint16_t>& ports) {
  for (size_t i = 0; i < relays_.size(); ++i) relays_[i]->LeadTo(ports.at(i));
  thread_ = std::thread([this] { io_.run(); });
}

void Relays::Set(size_t relay, Cut cut) {
  boost::asio::post(io_, [which = relays_.at(relay), cut] { which->Set(cut); });
}

void Relays::Heal(size_t relay, bool reset) {
  boost::asio::post(io_, [which = relays_.at(relay), reset] { which->Heal(reset); });
}

}  // namespace guitu::cluster
