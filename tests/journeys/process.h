// The `guitu` program as a process of its own, as a person starts it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/adapters/app/web.h"

namespace guitu::journeys {

struct Ran {
  int code = -1;  // exit code; -1: ended by a signal
  std::string out;
  std::string err;
};
// So that a failed expectation prints what the program said.
std::ostream& operator<<(std::ostream& out, const Ran& ran);

// Runs the program to its end.
// `input` is what it reads.
Ran Guitu(const std::vector<std::string>& arguments, const std::string& input = "");

// `guitu serve` on a free port. Killed, if it still runs, when this ends.
class Server {
 public:
  // Returns at once.
  explicit Server(const std::string& data_dir, const std::vector<std::string>& more = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Waits until it serves. False: it has ended instead.
  bool WaitUntilServing();
  uint16_t port() const { return port_; }
  void Signal(int signal) const;
  // Waits for its end; what it printed.
  Ran Wait();

 private:
  std::string data_dir_;
  pid_t pid_ = 0;
  int out_ = -1;
  FILE* err_ = nullptr;
  Ran ran_;
  uint16_t port_ = 0;
};

// A bearer token of `guitu token`.
std::string TokenOf(const std::string& data_dir, const app_test::Person& person);
// Makes an installation of invented persons, with the people of web.h; false says why on the test.
bool Install(const std::string& data_dir, uint32_t partitions = 8);

}  // namespace guitu::journeys
