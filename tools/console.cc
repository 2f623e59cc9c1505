#include "tools/console.h"

#include <csignal>
#include <cstdio>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "adapters/clock/clock.h"

namespace guitu::tools {
namespace {

const clock::SystemClock& SystemClock() {
  static const clock::SystemClock clock;
  return clock;
}

sigset_t EndSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

void Say(absl::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

void Complain(absl::string_view line) {
  std::string whole = absl::StrCat("guitu: ", line, "\n");
  std::fwrite(whole.data(), 1, whole.size(), stderr);
}

int Fail(const absl::Status& status) {
  Complain(status.message());
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return kUsage;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
      return kRefused;
    default:
      return kEnvironment;
  }
}

std::string RootKeyFile(const DataOptions& options) {
  if (!options.root_key_file.empty()) return options.root_key_file;
  std::string dir = options.data_dir;
  while (dir.size() > 1 && dir.back() == '/') dir.pop_back();
  return absl::StrCat(dir, ".root-key");
}

app::OpenOptions ToOpen(const DataOptions& options) {
  app::OpenOptions open;
  open.data_dir = options.data_dir;
  open.root_key_file = RootKeyFile(options);
  open.clock = &SystemClock();
  open.alarm = [](absl::string_view line) { Complain(line); };
  return open;
}

std::optional<app::KafkaUse> ToKafka(const KafkaFlags& flags) {
  if (flags.bootstrap.empty()) return std::nullopt;
  app::KafkaUse use;
  use.bootstrap = flags.bootstrap;
  use.topic = flags.topic;
  use.advertise = flags.advertise;
  use.session_timeout = absl::Seconds(flags.session_timeout);
  use.kafka.allow_single_replica = flags.allow_single_replica;
  return use;
}

absl::Status SetListen(absl::string_view listen, app::OpenOptions& options) {
  size_t colon = listen.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(listen.substr(colon + 1), &port) ||
      port > 65535) {
    return absl::InvalidArgumentError("--listen takes ADDRESS:PORT");
  }
  options.listen_address = std::string(listen.substr(0, colon));
  options.port = static_cast<uint16_t>(port);
  return absl::OkStatus();
}

bool ListensEverywhere(absl::string_view address) {
  return address == "0.0.0.0" || address == "::" || address == "[::]";
}

void BlockSignals() {
  sigset_t set = EndSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool SignalWaits() {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

void WaitForSignal() {
  sigset_t set = EndSignals();
  int signal = 0;
  sigwait(&set, &signal);
}

}  // namespace guitu::tools
