// Clients that go on while the server is killed and started again, and keep account of what they
// were told. A command is sent under the same key until it has an answer that is final, as the
// contract tells clients to do (protocol.md, U4): the next attempt only after the last one has
// failed.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/adapters/app/web.h"

namespace guitu::kill {

// Where the server is at the moment. Any thread.
class Address {
 public:
  struct Seen {
    uint16_t port = 0;  // 0: it is over
    uint64_t start = 0;
  };
  void Set(uint16_t port);
  // No further commands are to be begun.
  void EndLoad();
  bool load_ended() const;
  // Waits a moment for a start later than `start`; the newest there is.
  Seen Next(uint64_t start);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Seen seen_;
  bool ended_ = false;
};

// What a client was told of a case.
struct Told {
  std::string path;
  std::vector<std::string> marks;     // one per acknowledged command, in the order of the answers
  std::vector<std::string> receipts;  // the same, as PARTITION/OFFSET
  std::set<std::string> reads;        // receipts of reads whose data came
};

// One client: its own cases, and its part in the cases that all share.
class Client {
 public:
  struct LogIns {
    std::string police, worker;
  };
  Client(uint32_t number, uint64_t seed, Address& address, const LogIns& log_ins,
         std::vector<std::string> shared_paths);

  // Until Address::EndLoad.
  void Run();

  const std::vector<Told>& own() const { return own_; }
  const std::vector<Told>& shared() const { return shared_; }
  uint64_t commands() const { return commands_; }
  uint64_t reads() const { return reads_; }
  uint64_t retries() const { return retries_; }
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  void Open();
  void Write(Told& told);
  void WriteShared(Told& told);
  void Read(Told& told, bool own);
  // Sends until the answer is final.
  app_test::Answer Insist(bool as_police, const std::string& target, const std::string& key,
                          const std::string& if_match, const std::string& body);
  app_test::Answer Once(bool as_police, const std::string& method, const std::string& target,
                        app_test::Headers headers, const std::string& body);
  bool Noted(const app_test::Answer& answer, const std::string& mark, Told& told);
  std::string NextMark();

  const uint32_t number_;
  std::mt19937_64 random_;
  Address& address_;
  const LogIns log_ins_;
  Address::Seen at_;
  std::unique_ptr<app_test::Web> police_, worker_;
  std::vector<Told> own_, shared_;
  uint64_t marks_ = 0;
  uint64_t commands_ = 0, reads_ = 0, retries_ = 0;
  std::vector<std::string> complaints_;
};

}  // namespace guitu::kill
