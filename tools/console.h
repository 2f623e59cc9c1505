// What the commands share: opening an installation, saying what went wrong, exit codes.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "adapters/app/installation.h"
#include "tools/commands.h"

namespace guitu::tools {

inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;
inline constexpr int kUsage = 2;
inline constexpr int kEnvironment = 3;

// To standard output, with a newline.
void Say(absl::string_view line);
// To standard error, with the program's name before it.
void Complain(absl::string_view line);
// Complains and gives the exit code for the status.
int Fail(const absl::Status& status);

// Where the root key is if nobody says: DATA.root-key, beside the data directory, never in it.
std::string RootKeyFile(const DataOptions& options);
app::OpenOptions ToOpen(const DataOptions& options);
// "127.0.0.1:8470" into address and port. kInvalidArgument.
absl::Status SetListen(absl::string_view listen, app::OpenOptions& options);
// "0.0.0.0" or "::": no address that others could ask.
bool ListensEverywhere(absl::string_view address);
// Nothing where the log is the embedded one.
std::optional<app::KafkaUse> ToKafka(const KafkaFlags& flags);
// Waits for SIGTERM or SIGINT. REQUIRES: BlockSignals() was called before any thread began.
void BlockSignals();
void WaitForSignal();
// One has come and waits to be taken.
bool SignalWaits();

}  // namespace guitu::tools
