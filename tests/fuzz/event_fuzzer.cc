// Payloads: whatever stands in an event or in a box that opens, OpenEvent gives an event that can
// be read and shown, or an error. The sealer of the fuzzer opens every box to the bytes in it, so
// that the fuzzer reaches what lies behind the authentication.
#include <kj/exception.h>

#include <boost/json/serialize.hpp>

#include "events/boxes.h"
#include "events/json.h"
#include "events/record.h"

namespace {

using guitu::events::BoxBinding;
using guitu::events::KeyId;
using guitu::events::RequestHash;
using guitu::events::SubjectId;

class OpenSealer : public guitu::events::Sealer {
 public:
  uint8_t suite() const override { return 1; }
  absl::StatusOr<std::string> Seal(const BoxBinding&, absl::string_view plain) override {
    return std::string(plain);
  }
  absl::StatusOr<std::string> Open(const BoxBinding& binding, absl::string_view sealed) override {
    if (binding.key_id.lo % 8 == 1) return absl::DataLossError("destroyed");
    return std::string(sealed);
  }
  absl::StatusOr<RequestHash> Mac(KeyId, absl::string_view) override { return RequestHash{}; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  guitu::events::SegmentReader segment({reinterpret_cast<const char*>(data), size});
  OpenSealer sealer;
  // Only reaching the list of events may fail here; everything behind it is for OpenEvent to catch.
  capnp::List<guitu::schema::Event>::Reader events;
  auto failure = kj::runCatchingExceptions(
      [&] { events = segment.Root<guitu::schema::Payload>().getEvents(); });
  if (failure != nullptr) return 0;
  for (auto in : events) {
    for (bool may_open : {true, false}) {
      guitu::events::OpenContext context{
          {1, 2}, {3, 4}, {5, 6}, 0, [=](SubjectId, guitu::schema::Category) { return may_open; }};
      auto event = guitu::events::OpenEvent(in, context, sealer);
      if (event.ok()) boost::json::serialize(guitu::events::WriteData(*event, {7, 8}));
    }
  }
  return 0;
}
