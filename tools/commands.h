// The commands of the `guitu` program (contract.md, section 2), each a function of its options;
// guitu.cc reads the flags. All return the exit code: 0 done, 1 refused or found wanting, 2 wrong
// usage, 3 the environment fails.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace guitu::tools {

struct DataOptions {
  std::string data_dir;
  std::string root_key_file;  // empty: DATA.root-key beside the data directory
  bool json = false;
};

// The log on Kafka; an empty bootstrap: the embedded log.
struct KafkaFlags {
  std::string bootstrap;
  std::string topic = "guitu";
  std::string advertise;
  double session_timeout = 6;  // seconds
  bool allow_single_replica = false;
};

struct InitOptions {
  DataOptions data;
  KafkaFlags kafka;
  uint32_t partitions = 32;
  bool synthetic = false;
};
int Init(const InitOptions& options);

struct ServeOptions {
  DataOptions data;
  KafkaFlags kafka;
  std::string listen = "127.0.0.1:8470";
};
int Serve(const ServeOptions& options);

struct TokenOptions {
  DataOptions data;
  std::string user;
  std::string unit;
  std::string role;
  std::string ttl = "8h";
};
int Token(const TokenOptions& options);

struct DemoOptions {
  DataOptions data;
  std::string listen = "127.0.0.1:8470";
  bool once = false;
  uint32_t cases = 40;
  uint64_t seed = 1;
};
int Demo(const DemoOptions& options);

struct MoveCommandOptions {
  DataOptions data;
  KafkaFlags kafka;  // of the source
  std::string to;
  KafkaFlags to_kafka;
  std::vector<std::string> token_files;
};
int Move(const MoveCommandOptions& options);

struct RebuildOptions {
  DataOptions data;
  KafkaFlags kafka;
  bool compare = false;
};
int Rebuild(const RebuildOptions& options);

// Reads a case through the server, with its access record like everybody else.
struct RecordOptions {
  std::string server = "http://127.0.0.1:8470";
  std::string token_file;
  double patience = 60;  // seconds to repeat a line whose outcome is not known
};
struct ShowOptions {
  std::string server = "http://127.0.0.1:8470";
  std::string token_file;
  std::string purpose;
  std::string case_id;
  std::string as_of;
  std::string known_at;
  bool timeline = false;
};
int Record(const RecordOptions& options);
int Show(const ShowOptions& options);

struct PlanImportOptions {
  std::string file;
  std::string server;  // empty: only reads the document and reports
  std::string token_file;
  bool json = false;
};
int PlanImport(const PlanImportOptions& options);

struct BenchOptions {
  KafkaFlags kafka;
  double seconds = 3;     // of each measurement
  uint32_t cases = 2000;  // opened before
  std::string scenario = "all";
  bool json = false;
};
int Bench(const BenchOptions& options);

}  // namespace guitu::tools
