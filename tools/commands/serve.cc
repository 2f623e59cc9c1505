#include "absl/strings/str_cat.h"
#include "tools/console.h"

namespace guitu::tools {

int Serve(const ServeOptions& options) {
  app::OpenOptions open = ToOpen(options.data);
  if (auto status = SetListen(options.listen, open); !status.ok()) return Fail(status);
  if (!options.kafka.bootstrap.empty() && options.kafka.advertise.empty() &&
      ListensEverywhere(open.listen_address)) {
    return Fail(absl::InvalidArgumentError(
        "a node that listens on every address needs --advertise, or the others do not find it"));
  }
  BlockSignals();
  open.kafka = ToKafka(options.kafka);
  open.go_on_waiting = [] { return !SignalWaits(); };
  auto installation = app::Installation::Open(open);
  if (!installation.ok()) return Fail(installation.status());
  if (auto status = (*installation)->Serve(); !status.ok()) return Fail(status);
  Say(absl::StrCat("Serving on http://", open.listen_address, ":", (*installation)->port()));
  WaitForSignal();
  (*installation)->Stop(absl::Seconds(10));
  return kDone;
}

}  // namespace guitu::tools
