// What happened, as the clients saw it. Times are steps of the run.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/runtime/messages.h"

namespace guitu::simulation {

inline constexpr uint32_t kPartitions = 2;  // of cases; the registry is one more

// What a client knows of a command it sent.
struct Command {
  runtime::Request request;
  events::CommandId id;
  std::set<uint64_t> under_way;        // attempts
  uint64_t newest = 0;                 // attempt
  bool alone = false;                  // nothing was under way when the newest was sent (U4)
  std::optional<events::Offset> done;  // acknowledged, with its receipt
  bool denied = false;                 // final: CONFLICT, a refusal, NOT_DONE to the newest attempt
  bool cancelled = false;
  bool over() const { return done || denied || cancelled; }
};

// A read that was released.
struct Shown {
  std::string staff;
  events::StreamId stream;
  events::Partition partition = 0;
  events::Offset offset = 0;
  events::Version version = 0;
  std::vector<std::string> rows;
  // The newest receipt of its case, of a command or a read, that somebody had when it began.
  std::optional<events::Offset> after;
  bool revoked = false;  // the suspension of the reader had been acknowledged when it began
};

struct Revoked {
  std::string staff;
  std::vector<events::Offset> ends;  // of each partition when it was acknowledged
};

struct History {
  std::vector<Command> commands;
  std::vector<Shown> shown;
  std::vector<Revoked> revoked;
  std::vector<std::string> violations;  // seen on the way
  int crashes = 0;
  int unknown = 0;
};

}  // namespace guitu::simulation
