// An installation in a data directory: made once by Create, opened by Open, served by Serve.
//
//   DIR/log     the log (adapters/embedded_log), the one truth
//   DIR/store   projections, can be rebuilt from the log
//   DIR/vault   keys, wrapped under the root key, which is not in DIR
//   DIR/anchor  how far the log was synced, signed
//
// This is the one place where adapters are put together.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/app/engine.h"
#include "adapters/http/server.h"
#include "adapters/identity/token_issuer.h"
#include "adapters/runtime/clock.h"
#include "aggregates/context.h"

namespace guitu::app {

// The log on Kafka, in place of DIR/log.
struct KafkaUse {
  std::string bootstrap;
  std::string topic = "guitu";
  std::string key_topic() const { return topic + "-keys"; }
  std::string advertise;  // where other nodes reach this one; empty: where it listens
  absl::Duration session_timeout = absl::Seconds(6);  // of the group of nodes
  kafka_log::KafkaOptions kafka;
};

struct CreateOptions {
  std::string data_dir;
  std::string root_key_file;  // made if there is none
  uint32_t partitions = 32;
  bool synthetic = false;
  const runtime::Clock* clock = nullptr;  // REQUIRES: set
  std::optional<KafkaUse> kafka;
};

// Recovery shares of the root key, any three of the five bring it back. Shown once, kept nowhere.
struct Created {
  std::vector<std::string> recovery_shares;
  std::vector<std::string> administrators;  // staff ids
};

struct OpenOptions {
  std::string data_dir;
  std::string root_key_file;
  std::string listen_address = "127.0.0.1";
  uint16_t port = 8470;                   // 0: a free one
  const runtime::Clock* clock = nullptr;  // REQUIRES: set
  // For the log of the program: numbers and ids only.
  std::function<void(absl::string_view)> alarm;
  absl::Duration patience = absl::Seconds(60);  // for the log to be folded and led
  std::optional<KafkaUse> kafka;
  // Asked while brokers are away: whether to go on waiting. Empty: no.
  std::function<bool()> go_on_waiting;
};

class Installation {
 public:
  // Errors: kAlreadyExists = something is there; the rest as of vault and log.
  static absl::StatusOr<Created> Create(const CreateOptions& options);

  // Opens and leads all partitions. Errors: kDataLoss = the start-up gate says no; kUnavailable =
  // another process has it open, or the disk; kPermissionDenied = another root key; kNotFound.
  static absl::StatusOr<std::unique_ptr<Installation>> Open(const OpenOptions& options);
  ~Installation();

  // Begins to serve HTTP. The port it got is port().
  absl::Status Serve();
  uint16_t port() const;
  // Stops taking requests, lets what is under way end, at most `drain`.
  void Stop(absl::Duration drain);

  // A token of the built-in issuer, as IssueToken below.
  absl::StatusOr<std::string> Token(const aggregates::Actor& actor, absl::Duration ttl) const;
  Engine& engine();
  // Records one event of the registry and waits until every partition has adopted it.
  absl::Status Administer(const aggregates::Actor& actor, const events::Event& event,
                          absl::string_view idempotency_key);
  const std::string& salt() const;

 private:
  struct Parts;
  explicit Installation(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// A token of the built-in issuer of an installation that may be served at the same time. Whether
// the user exists is asked when the token is used. Errors: kInvalidArgument, kNotFound,
// kPermissionDenied.
absl::StatusOr<std::string> IssueToken(const OpenOptions& options, const aggregates::Actor& actor,
                                       absl::Duration ttl);

// Folds the log into a fresh store beside the live one and compares: the hash over the sorted rows
// of each partition, position left out, at equal offset. On Kafka: up to its end at that time, so
// what is equal on every node is equal on all. REQUIRES: nobody serves the directory.
struct RebuildReport {
  uint64_t records = 0;
  absl::Duration took;
  std::vector<events::Partition> differing;
};
absl::StatusOr<RebuildReport> RebuildAndCompare(const OpenOptions& options);

}  // namespace guitu::app
