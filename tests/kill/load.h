// Clients that go on while servers are killed and started again, and keep account of what they
// were told. A command is sent under the same key until it has an answer that is final, as the
// contract tells clients to do (protocol.md, U4): the next attempt only after the last one has
// failed. Of several servers any will do.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "adapters/clock/clock.h"
#include "tests/adapters/app/web.h"

namespace guitu::kill {

// Where the servers are at the moment. Any thread.
class Address {
 public:
  explicit Address(size_t servers = 1) : seen_(servers) {}
  struct Seen {
    uint16_t port = 0;  // 0: it is over
    uint64_t start = 0;
  };
  void Set(uint16_t port, size_t server = 0);
  // No further commands are to be begun.
  void EndLoad();
  bool load_ended() const;
  // Nobody will answer any more: what has no final answer yet is given up, with a complaint.
  void Abandon();
  bool abandoned() const;
  size_t servers() const { return seen_.size(); }
  // Waits a moment for a start later than `start`; the newest there is.
  Seen Next(size_t server, uint64_t start);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Seen> seen_;
  bool ended_ = false;
  bool abandoned_ = false;
};

// What a client was told of a case.
struct Told {
  std::string path;
  std::vector<std::string> marks;     // one per acknowledged command, in the order of the answers
  std::vector<std::string> receipts;  // the same, as PARTITION/OFFSET
  std::set<std::string> reads;        // receipts of reads whose data came
  uint64_t version = 0;               // the newest that was told
};

// One thing that a client asked for, and the final answer.
struct Act {
  enum class Kind { kDone, kCancelled, kConflict, kRefused, kShown, kListed };
  Kind kind = Kind::kDone;
  std::string staff, key, path;
  absl::Duration begin, end;  // of the first attempt, of the final answer; monotonic
  uint64_t expected = 0;      // of kConflict: the version it was asked on
  uint64_t version = 0;
  std::string receipt;             // but for kConflict, kRefused and kListed
  std::vector<std::string> shown;  // of kShown: receipts of the events; of kListed: cases
};

// What all that a client says of persons begins with: personal data that may stand nowhere.
extern const char kSpoken[];  // NOLINT(readability-identifier-naming): a constant

// One client: its own cases, and its part in the cases that all share.
class Client {
 public:
  struct LogIns {
    std::string police, worker;
    // Where there is one, commands are also cancelled, refused, and sent on versions that passed.
    std::string aid;
    std::string auditor;  // where there is one, cases are listed
  };
  Client(uint32_t number, uint64_t seed, Address& address, const LogIns& log_ins,
         std::vector<std::string> shared_paths);

  // Until Address::EndLoad.
  void Run();

  const std::vector<Told>& own() const { return own_; }
  const std::vector<Told>& shared() const { return shared_; }
  const std::vector<Act>& acts() const { return acts_; }
  uint64_t commands() const { return commands_; }
  uint64_t reads() const { return reads_; }
  uint64_t retries() const { return retries_; }
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  enum class Who { kPolice, kWorker, kAid, kAuditor };
  void Open();
  void Write(Told& told);
  void WriteShared(Told& told);
  void WriteLate(Told& told);
  void Cancel(Told& told);
  void AskForbidden(Told& told);
  void Read(Told& told, bool own);
  void List();
  // Sends until the answer is final.
  app_test::Answer Insist(Who who, const std::string& target, const std::string& key,
                          const std::string& if_match, const std::string& body);
  app_test::Answer Once(Who who, const std::string& method, const std::string& target,
                        app_test::Headers headers, const std::string& body);
  void Turn();
  bool Noted(const app_test::Answer& answer, const std::string& mark, Told& told);
  void Complain(const std::string& what, const app_test::Answer& answer);
  Act NewAct(Act::Kind kind, Who who, const std::string& key, const Told& told,
             const app_test::Answer& answer) const;
  std::string NextMark();

  const uint32_t number_;
  std::mt19937_64 random_;
  Address& address_;
  const LogIns log_ins_;
  const clock::SystemClock clock_;
  size_t server_ = 0;
  std::vector<Address::Seen> at_;
  std::unique_ptr<app_test::Web> web_[4];
  absl::Duration begin_;
  std::vector<Told> own_, shared_;
  std::vector<Act> acts_;
  uint64_t marks_ = 0;
  uint64_t commands_ = 0, reads_ = 0, retries_ = 0;
  std::vector<std::string> complaints_;
};

}  // namespace guitu::kill
