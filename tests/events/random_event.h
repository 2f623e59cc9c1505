// Random valid events of any type in the catalogue, made by reflection from the field specs, so
// that a new event type is under the properties of json_round_trip_test and boxes_test with the
// next build.
#pragma once

#include <capnp/dynamic.h>

#include <random>
#include <string>
#include <vector>

#include "events/event_body.h"

namespace guitu::events {

struct GeneratorOptions {
  bool everything = false;     // every optional field too; else each with an even chance
  bool filled_in = false;      // also what the software fills in
  bool circumstances = false;  // also the circumstances
};

class EventGenerator {
 public:
  explicit EventGenerator(uint64_t seed) : random_(seed) {}

  Event Make(const EventType& type, const GeneratorOptions& options);

  // The bytes that stand in marked fields of the events made since the last Clear: texts, codes,
  // digests. Each is unlike anything that could stand anywhere else.
  const std::vector<std::string>& secrets() const { return secrets_; }
  void Clear() { secrets_.clear(); }

  uint64_t Below(uint64_t n) { return random_() % n; }

 private:
  void Struct(const StructSpec& spec, bool marked, capnp::DynamicStruct::Builder out);
  void List(const FieldSpec& field, bool marked, capnp::DynamicStruct::Builder out);
  void Value(const FieldSpec& field, bool marked, capnp::DynamicStruct::Builder out);
  void Code(const FieldSpec& field, bool marked, capnp::DynamicStruct::Builder out);
  int64_t Number(const FieldSpec& field);
  uint16_t Enumerant(const FieldSpec& field);
  // A text that CheckText and CheckReference of json_read.cc let pass.
  std::string Text(const FieldSpec& field, bool marked);
  std::string Secret(size_t length);
  bool Chance() { return options_.everything || Below(2) == 0; }

  std::mt19937_64 random_;
  GeneratorOptions options_;
  std::vector<std::string> secrets_;
};

// Circumstances and data in canonical form: equal bytes = equal events.
std::string CanonicalBytes(const Event& event);

}  // namespace guitu::events
