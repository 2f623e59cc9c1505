// The catalogue: every event type, field and code list name, read from the compiled schema by
// reflection. What is drawn from it: sealing, masking, strict JSON, forms, OpenAPI, docs, who may
// record. A new struct with $event in events/schema/ is in the catalogue with the next build;
// nothing else to do.
//
// Built once at first use (about a millisecond), then immutable: any thread.
#pragma once

#include <capnp/dynamic.h>
#include <capnp/schema.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "events/schema/annotations.capnp.h"

namespace guitu::events {

struct Label {
  std::string zh;
  std::string en;
};

enum class Mark { kOpen, kPersonal, kSensitive };

// How a value is written in JSON and shown in a form.
enum class ValueKind {
  kText,
  kInteger,
  kUnsigned,
  kBool,
  kEnum,
  kYesNo,
  kDate,
  kTime,
  kPartialDate,
  kCode,
  kId,
  kPerson,
  kEventRef,
  kAttachment,
  kStruct,
};

struct StructSpec;

struct FieldSpec {
  capnp::StructSchema::Field field;
  std::string name;
  std::string comment;
  Label label;
  Mark mark = Mark::kOpen;
  std::string subject;  // "" the person of the case, "other", or the name of a sibling field
  schema::Category category = schema::Category::UNSPECIFIED;  // unspecified: of what encloses it
  std::string article;
  std::string codes;
  std::string unit;
  std::vector<std::string> rows;
  schema::Refers refers = schema::Refers::NOTHING;
  uint32_t limit = 0;  // characters of a text, elements of a list
  bool optional = false;
  bool filled_in = false;
  bool is_list = false;
  ValueKind kind = ValueKind::kText;   // of the value, or of each element
  const StructSpec* nested = nullptr;  // of every kind that is a struct
  capnp::EnumSchema enumeration;       // of kEnum and kYesNo
};

struct StructSpec {
  capnp::StructSchema schema;
  std::string name;
  std::string comment;
  Label label;
  std::vector<FieldSpec> fields;  // in order of their ordinals
  bool any_marked = false;        // some field in it, at any depth, is sealed
  const FieldSpec* Find(absl::string_view field) const;
};

struct EventType {
  uint16_t type = 0;    // in records; see TypeOfRow
  std::string number;   // row of the catalogue, "9b"
  std::string name;     // "RelatedPersonRecorded"
  std::string chapter;  // "rescue": the schema file
  std::string article;
  uint64_t schema_id = 0;
  schema::Mode mode = schema::Mode::EXPECTED;
  schema::Stages stages = schema::Stages::OPEN_CASE;
  schema::Category category = schema::Category::UNSPECIFIED;
  bool additive = false;
  bool when_closed = false;
  bool approval = false;
  bool forms = true;
  std::vector<std::string> recorded_by;
  const StructSpec* spec = nullptr;
};

class Catalogue {
 public:
  static const Catalogue& Get();

  const std::vector<EventType>& types() const { return types_; }  // by row
  const EventType* FindByName(absl::string_view name) const;
  const EventType* FindByType(uint16_t type) const;
  const EventType* FindBySchema(uint64_t schema_id) const;
  template <typename T>
  const EventType& Of() const {
    return *FindBySchema(capnp::typeId<T>());
  }
  // The struct of circumstances that every event may carry.
  const StructSpec& circumstances() const { return *circumstances_; }

  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;

 private:
  class Builder;
  Catalogue();
  ~Catalogue();

  std::unique_ptr<Builder> builder_;  // owns the loaded schemas that everything points into
  std::vector<EventType> types_;
  absl::flat_hash_map<std::string, size_t> by_name_;
  absl::flat_hash_map<uint16_t, size_t> by_type_;
  absl::flat_hash_map<uint64_t, size_t> by_schema_;
  const StructSpec* circumstances_ = nullptr;
};

// The label of an enumerant; its name where the schema gives none.
Label LabelOf(const capnp::EnumSchema::Enumerant& enumerant);
// "identity", "health" …: the name of a category in JSON and rights.
std::string NameOf(schema::Category category);

}  // namespace guitu::events
