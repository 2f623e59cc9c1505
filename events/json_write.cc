#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "absl/strings/str_cat.h"
#include "events/json.h"
#include "events/values.h"

namespace guitu::events {
namespace {

namespace json = boost::json;
using capnp::DynamicStruct;
using capnp::DynamicValue;

json::string Text(capnp::Text::Reader text) { return json::string(text.begin(), text.size()); }
json::string Text(const std::string& text) { return json::string(text.data(), text.size()); }

std::string IdText(DynamicStruct::Reader id) {
  return ToHex(id.get("hi").as<uint64_t>(), id.get("lo").as<uint64_t>());
}

// One value; `shown` decides for the fields of nested structs.
class Writer {
 public:
  Writer(const Event* event, SubjectId self) : event_(event), self_(self) {}

  json::object Struct(DynamicStruct::Reader in, const StructSpec& spec, schema::Category category) {
    json::object out;
    for (const FieldSpec& field : spec.fields) {
      schema::Category own = field.category == schema::Category::UNSPECIFIED ? category : field.category;
      if (in.has(field.field, capnp::HasMode::NON_DEFAULT)) {
        out.emplace(field.name, Field(in.get(field.field), field, own));
      } else if (const ClosedPart* part = Closed(field, own)) {
        out.emplace(field.name, part->why == ClosedPart::Why::kErased
                                    ? json::object{{"erased", true}, {"rule", "R38"}}
                                    : json::object{{"masked", true}});
      }
    }
    return out;
  }

 private:
  // The closed part that the field would be in, if one is: then it is not known to be empty.
  const ClosedPart* Closed(const FieldSpec& field, schema::Category category) const {
    if (event_ == nullptr || field.mark == Mark::kOpen) return nullptr;
    for (const ClosedPart& part : event_->closed) {
      bool of_self = part.subject == self_;
      if (part.category == category && of_self == field.subject.empty()) return &part;
    }
    return nullptr;
  }

  json::value Field(DynamicValue::Reader value, const FieldSpec& field, schema::Category category) {
    if (!field.is_list) return One(value, field, category);
    json::array out;
    for (auto element : value.as<capnp::DynamicList>()) out.push_back(One(element, field, category));
    return out;
  }

  json::value One(DynamicValue::Reader value, const FieldSpec& field, schema::Category category) {
    switch (field.kind) {
      case ValueKind::kText: return Text(value.as<capnp::Text>());
      case ValueKind::kBool: return value.as<bool>();
      case ValueKind::kInteger: return WriteSigned(value.as<int64_t>());
      case ValueKind::kUnsigned: return WriteNumber(value.as<uint64_t>());
      case ValueKind::kYesNo: {
        auto answer = static_cast<schema::YesNo>(value.as<capnp::DynamicEnum>().getRaw());
        if (answer == schema::YesNo::UNKNOWN) return "unknown";
        return answer == schema::YesNo::YES;
      }
      case ValueKind::kEnum: {
        KJ_IF_MAYBE(enumerant, value.as<capnp::DynamicEnum>().getEnumerant()) {
          return Text(enumerant->getProto().getName());
        } else {
          return WriteNumber(value.as<capnp::DynamicEnum>().getRaw());
        }
      }
      default: return Atom(value.as<DynamicStruct>(), field, category);
    }
  }

  json::value Atom(DynamicStruct::Reader in, const FieldSpec& field, schema::Category category) {
    switch (field.kind) {
      case ValueKind::kDate: return Text(FormatDate(in.get("days").as<int32_t>()));
      case ValueKind::kTime: return Text(FormatTime(in.get("micros").as<int64_t>()));
      case ValueKind::kPartialDate: {
        auto precision = static_cast<schema::Precision>(in.get("precision").as<capnp::DynamicEnum>().getRaw());
        return Text(FormatPartialDate({in.get("days").as<int32_t>(), precision}));
      }
      case ValueKind::kCode: {
        if (!in.has("text")) return Text(in.get("code").as<capnp::Text>());
        return json::object{{"code", Text(in.get("code").as<capnp::Text>())},
                            {"text", Text(in.get("text").as<capnp::Text>())}};
      }
      case ValueKind::kId: return Text(IdText(in));
      case ValueKind::kPerson:
        if (!in.has("related")) return "self";
        return Text(IdText(in.get("related").as<DynamicStruct>()));
      case ValueKind::kEventRef: {
        std::string text = absl::StrCat(in.get("sequence").as<uint32_t>());
        if (in.has("stream")) text = absl::StrCat(IdText(in.get("stream").as<DynamicStruct>()), "/", text);
        return Text(text);
      }
      case ValueKind::kAttachment: {
        std::string hex;
        for (kj::byte byte : in.get("sha256").as<capnp::Data>()) {
          absl::StrAppend(&hex, absl::Hex(byte, absl::kZeroPad2));
        }
        return Text(hex);
      }
      default: return Struct(in, *field.nested, category);
    }
  }

  static json::value WriteSigned(int64_t value) {
    if (value >= 0) return WriteNumber(static_cast<uint64_t>(value));
    return value;
  }

  const Event* event_;
  SubjectId self_;
};

}  // namespace

json::value WriteNumber(uint64_t value) {
  if (value > uint64_t{1} << 53) return Text(absl::StrCat(value));
  return value;
}

json::object WriteStruct(DynamicStruct::Reader in, const StructSpec& spec) {
  return Writer(nullptr, {}).Struct(in, spec, schema::Category::UNSPECIFIED);
}

json::object WriteData(const Event& event, SubjectId self) {
  auto data = event.body->content().getData().getAs<DynamicStruct>(event.type->spec->schema);
  return Writer(&event, self).Struct(data, *event.type->spec, event.type->category);
}

}  // namespace guitu::events
