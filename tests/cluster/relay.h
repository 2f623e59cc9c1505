// A stretch of network between one node and one broker, which can be cut. What is cut stays silent,
// as packets that are lost do: nobody is told. Each direction alone can be cut, so that a request
// arrives and its answer does not.
//
// Threads: any.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace guitu::cluster {

class Relay;

class Relays {
 public:
  explicit Relays(size_t count);
  ~Relays();
  Relays(const Relays&) = delete;
  Relays& operator=(const Relays&) = delete;

  // Where they listen.
  std::vector<uint16_t> ports() const;
  // Where they lead; once, before anybody comes.
  void LeadTo(const std::vector<uint16_t>& ports);

  struct Cut {
    bool requests = false;  // nothing reaches the broker
    bool answers = false;   // nothing comes back
  };
  void Set(size_t relay, Cut cut);
  // What was held back goes on its way, or, with `reset`, every connection there is breaks.
  void Heal(size_t relay, bool reset);

 private:
  boost::asio::io_context io_;
  std::vector<std::shared_ptr<Relay>> relays_;
  std::thread thread_;
};

}  // namespace guitu::cluster
