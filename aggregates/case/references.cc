#include "aggregates/case/references.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "events/reason.h"
#include "events/record.h"

namespace guitu::aggregates {
namespace {

using capnp::DynamicList;
using capnp::DynamicStruct;
using events::FieldSpec;
using events::Reason;
using events::RefuseAt;
using events::ValueKind;

class Checker {
 public:
  Checker(const CaseState& state, const Context& context) : state_(state), context_(context) {}

  absl::Status Struct(DynamicStruct::Reader in, const events::StructSpec& spec,
                      const std::string& pointer) {
    for (const FieldSpec& field : spec.fields) {
      bool concerned = field.kind == ValueKind::kPerson || field.kind == ValueKind::kEventRef ||
                       field.kind == ValueKind::kStruct;
      if (!concerned || !in.has(field.field)) continue;
      std::string at = absl::StrCat(pointer, "/", field.name);
      if (!field.is_list) {
        auto status = One(in.get(field.field).as<DynamicStruct>(), field, at);
        if (!status.ok()) return status;
        continue;
      }
      auto list = in.get(field.field).as<DynamicList>();
      for (uint i = 0; i < list.size(); ++i) {
        auto status = One(list[i].as<DynamicStruct>(), field, absl::StrCat(at, "/", i));
        if (!status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

 private:
  absl::Status One(DynamicStruct::Reader in, const FieldSpec& field, const std::string& pointer) {
    switch (field.kind) {
      case ValueKind::kPerson:
        return Person(in, pointer);
      case ValueKind::kEventRef:
        return Reference(in, field, pointer);
      default:
        return Struct(in, *field.nested, pointer);
    }
  }

  absl::Status Person(DynamicStruct::Reader in, const std::string& pointer) {
    if (!in.has("related")) return absl::OkStatus();
    auto id = in.get("related").as<DynamicStruct>();
    events::SubjectId person{id.get("hi").as<uint64_t>(), id.get("lo").as<uint64_t>()};
    if (state_.persons.contains(person)) return absl::OkStatus();
    return RefuseAt(Reason::PERSON_UNKNOWN, pointer);
  }

  absl::Status Reference(DynamicStruct::Reader in, const FieldSpec& field,
                         const std::string& pointer) {
    if (IsElsewhere(in)) {
      if (!MayBeElsewhere(field)) {
        return RefuseAt(Reason::REFERENCE_UNKNOWN, pointer, "it is not of this case");
      }
      return field.name == "grounds" ? Foreign(in, field, pointer) : absl::OkStatus();
    }
    const std::vector<uint16_t>& stream = OfSiblings(field) ? state_.siblings : state_.events;
    uint32_t sequence = in.get("sequence").as<uint32_t>();
    if (sequence == 0 || sequence > stream.size()) {
      return RefuseAt(Reason::REFERENCE_UNKNOWN, pointer, absl::StrCat("event ", sequence));
    }
    return Fits(stream[sequence - 1], sequence, field, pointer);
  }

  // What a decision rests on is looked up before it; what is only pointed at is not.
  absl::Status Foreign(DynamicStruct::Reader in, const FieldSpec& field,
                       const std::string& pointer) {
    auto id = in.get("stream").as<DynamicStruct>();
    uint32_t sequence = in.get("sequence").as<uint32_t>();
    auto seen =
        context_.look_up({id.get("hi").as<uint64_t>(), id.get("lo").as<uint64_t>()}, sequence);
    if (!seen) return RefuseAt(Reason::SETTLING, pointer, "this event is not known here yet");
    return Fits(seen->type, sequence, field, pointer);
  }

  static absl::Status Fits(uint16_t type, uint32_t sequence, const FieldSpec& field,
                           const std::string& pointer) {
    std::string row = events::RowOfType(type);
    bool fits = field.rows.empty() ||
                std::find(field.rows.begin(), field.rows.end(), row) != field.rows.end();
    if (fits) return absl::OkStatus();
    return RefuseAt(Reason::REFERENCE_UNKNOWN, pointer,
                    absl::StrCat("event ", sequence, " is of row ", row));
  }

  // "CASE/12" with the case's own id is number 12 of this case.
  bool IsElsewhere(DynamicStruct::Reader in) const {
    if (!in.has("stream")) return false;
    auto id = in.get("stream").as<DynamicStruct>();
    events::StreamId stream{id.get("hi").as<uint64_t>(), id.get("lo").as<uint64_t>()};
    return stream != context_.stream;
  }

  // What a rule rests on stands in this case. Elsewhere may stand: what is only pointed at; the
  // ground of 5, in a report about several persons; a course of 76, in the stream of the staff
  // member.
  static bool MayBeElsewhere(const FieldSpec& field) {
    return field.rows.empty() || field.name == "grounds" || field.name == "training";
  }

  // Rows of the sibling stream are numbered apart; a field names rows of one stream.
  static bool OfSiblings(const FieldSpec& field) {
    return !field.rows.empty() &&
           std::all_of(field.rows.begin(), field.rows.end(), [](const std::string& row) {
             auto type = events::TypeOfRow(row);
             const auto* found = type ? events::Catalogue::Get().FindByType(*type) : nullptr;
             return found != nullptr && found->stages == schema::Stages::SIBLING;
           });
  }

  const CaseState& state_;
  const Context& context_;
};

}  // namespace

absl::Status CheckReferences(const Proposal& proposal) {
  const events::EventType& type = *proposal.event.type;
  auto data = proposal.event.body->content().getData().getAs<DynamicStruct>(type.spec->schema);
  return Checker(proposal.state, proposal.context)
      .Struct(data, *type.spec, absl::StrCat("/events/", proposal.index, "/data"));
}

}  // namespace guitu::aggregates
