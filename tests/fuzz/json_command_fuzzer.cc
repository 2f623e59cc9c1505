// The body of POST …/events: no bytes end the process, and every command that is taken is written
// and read back as the same events.
#include <capnp/dynamic.h>

#include <boost/json/serialize.hpp>

#include "events/check.h"
#include "events/json.h"
#include "events/values.h"

namespace {

using guitu::events::Event;

std::string Canonical(const Event& event) {
  auto words = capnp::canonicalize(std::as_const(*event.body).content());
  auto bytes = words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

std::string TextOf(const std::vector<Event>& events) {
  boost::json::array list;
  for (const Event& event : events) {
    boost::json::object out;
    out["type"] = event.type->name;
    out["occurredAt"] = guitu::events::FormatTime(absl::ToUnixMicros(event.occurred_at));
    out["data"] = guitu::events::WriteData(event, {1, 1});
    auto content = std::as_const(*event.body).content();
    if (content.hasCircumstances()) {
      const auto& spec = guitu::events::Catalogue::Get().circumstances();
      out["circumstances"] = guitu::events::WriteStruct(
          content.getCircumstances().getAs<capnp::DynamicStruct>(spec.schema), spec);
    }
    list.push_back(std::move(out));
  }
  return boost::json::serialize(boost::json::object{{"events", std::move(list)}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto any_code = [](absl::string_view, absl::string_view) { return true; };
  auto body = guitu::events::ParseJson({reinterpret_cast<const char*>(data), size});
  if (!body.ok()) return 0;
  auto events = guitu::events::ReadCommand(*body, any_code);
  if (!events.ok()) return 0;
  auto again_body = guitu::events::ParseJson(TextOf(*events));
  GUITU_CHECK(again_body.ok());
  auto again = guitu::events::ReadCommand(*again_body, any_code);
  GUITU_CHECK(again.ok());
  GUITU_CHECK(again->size() == events->size());
  for (size_t i = 0; i < events->size(); ++i)
    GUITU_CHECK(Canonical((*again)[i]) == Canonical((*events)[i]));
  return 0;
}
