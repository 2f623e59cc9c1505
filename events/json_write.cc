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

SubjectId IdOf(DynamicStruct::Reader id) {
  return {id.get("hi").as<uint64_t>(), id.get("lo").as<uint64_t>()};
}
std::string IdText(DynamicStruct::Reader id) { return ToHex(IdOf(id)); }

// Whose data a field is, as far as the open part tells; as boxes.cc decides it when it seals.
struct Whose {
  enum class Known { kPerson, kSomebodyElse, kNobodyKnows };
  Known known = Known::kPerson;
  SubjectId person;  // of kPerson
};

// Which part of the event a field is in: handed down from what encloses it.
struct Part {
  schema::Category category = schema::Category::UNSPECIFIED;
  Whose whose;
};

class Writer {
 public:
  Writer(const Event* event, SubjectId self) : event_(event), self_(self) {}

  json::object Whole(DynamicStruct::Reader in, const StructSpec& spec, schema::Category category) {
    return Struct(in, spec, Part{category, {Whose::Known::kPerson, self_}});
  }

 private:
  json::object Struct(DynamicStruct::Reader in, const StructSpec& spec, const Part& enclosing) {
    json::object out;
    for (const FieldSpec& field : spec.fields) {
      Part part = PartOf(in, spec, field, enclosing);
      if (in.has(field.field, capnp::HasMode::NON_DEFAULT)) {
        out.emplace(field.name, Field(in.get(field.field), field, part));
      } else if (const ClosedPart* closed = Closed(field, part)) {
        out.emplace(field.name, MarkOf(*closed));
      }
    }
    return out;
  }

  Part PartOf(DynamicStruct::Reader in, const StructSpec& spec, const FieldSpec& field,
              const Part& enclosing) const {
    Part part = enclosing;
    if (field.category != schema::Category::UNSPECIFIED) part.category = field.category;
    if (!field.subject.empty()) part.whose = SubjectOf(in, spec, field);
    return part;
  }

  Whose SubjectOf(DynamicStruct::Reader in, const StructSpec& spec, const FieldSpec& field) const {
    const FieldSpec* sibling = field.subject == "other" ? nullptr : spec.Find(field.subject);
    if (sibling == nullptr) return {Whose::Known::kSomebodyElse, {}};
    if (!in.has(sibling->field)) {
      // The reference itself may be in a part that is closed.
      bool open = sibling->mark == Mark::kOpen;
      return {open ? Whose::Known::kSomebodyElse : Whose::Known::kNobodyKnows, {}};
    }
    auto person = in.get(sibling->field).as<DynamicStruct>();
    if (sibling->kind == ValueKind::kId) return {Whose::Known::kPerson, IdOf(person)};
    if (person.has("related")) {
      return {Whose::Known::kPerson, IdOf(person.get("related").as<DynamicStruct>())};
    }
    KJ_IF_MAYBE (which, person.which()) {
      if (which->getProto().getName() == "self") return {Whose::Known::kPerson, self_};
    }
    return {Whose::Known::kSomebodyElse, {}};
  }

  // The closed part that the field would be in, if one is: then it is not known to be empty.
  const ClosedPart* Closed(const FieldSpec& field, const Part& part) const {
    if (event_ == nullptr || field.mark == Mark::kOpen) return nullptr;
    for (const ClosedPart& closed : event_->closed) {
      if (closed.category != part.category) continue;
      switch (part.whose.known) {
        case Whose::Known::kPerson:
          if (closed.subject == part.whose.person) return &closed;
          break;
        case Whose::Known::kSomebodyElse:
          if (closed.subject != self_) return &closed;
          break;
        case Whose::Known::kNobodyKnows:
          return &closed;
      }
    }
    return nullptr;
  }

  static json::object MarkOf(const ClosedPart& part) {
    if (part.why == ClosedPart::Why::kErased) return {{"erased", true}, {"rule", "R38"}};
    return {{"masked", true}};
  }

  json::value Field(const DynamicValue::Reader& value, const FieldSpec& field, const Part& part) {
    if (!field.is_list) return One(value, field, part);
    json::array out;
    for (auto element : value.as<capnp::DynamicList>()) out.push_back(One(element, field, part));
    return out;
  }

  json::value One(const DynamicValue::Reader& value, const FieldSpec& field, const Part& part) {
    switch (field.kind) {
      case ValueKind::kText:
        return Text(value.as<capnp::Text>());
      case ValueKind::kBool:
        return value.as<bool>();
      case ValueKind::kInteger:
        return WriteSigned(value.as<int64_t>());
      case ValueKind::kUnsigned:
        return WriteNumber(value.as<uint64_t>());
      case ValueKind::kYesNo: {
        auto answer = static_cast<schema::YesNo>(value.as<capnp::DynamicEnum>().getRaw());
        if (answer == schema::YesNo::UNKNOWN) return "unknown";
        return answer == schema::YesNo::YES;
      }
      case ValueKind::kEnum: {
        KJ_IF_MAYBE (enumerant, value.as<capnp::DynamicEnum>().getEnumerant()) {
          return Text(enumerant->getProto().getName());
        } else {
          return WriteNumber(value.as<capnp::DynamicEnum>().getRaw());
        }
      }
      default:
        return Atom(value.as<DynamicStruct>(), field, part);
    }
  }

  json::value Atom(DynamicStruct::Reader in, const FieldSpec& field, const Part& part) {
    switch (field.kind) {
      case ValueKind::kDate:
        return Text(FormatDate(in.get("days").as<int32_t>()));
      case ValueKind::kTime:
        return Text(FormatTime(in.get("micros").as<int64_t>()));
      case ValueKind::kPartialDate: {
        auto precision =
            static_cast<schema::Precision>(in.get("precision").as<capnp::DynamicEnum>().getRaw());
        return Text(FormatPartialDate({in.get("days").as<int32_t>(), precision}));
      }
      case ValueKind::kCode:
        return Code(in, *field.nested->Find("text"), part);
      case ValueKind::kId:
        return Text(IdText(in));
      case ValueKind::kPerson:
        if (!in.has("related")) return "self";
        return Text(IdText(in.get("related").as<DynamicStruct>()));
      case ValueKind::kEventRef: {
        std::string text = absl::StrCat(in.get("sequence").as<uint32_t>());
        if (in.has("stream"))
          text = absl::StrCat(IdText(in.get("stream").as<DynamicStruct>()), "/", text);
        return Text(text);
      }
      case ValueKind::kAttachment: {
        std::string hex;
        for (kj::byte byte : in.get("sha256").as<capnp::Data>()) {
          absl::StrAppend(&hex, absl::Hex(byte, absl::kZeroPad2));
        }
        return Text(hex);
      }
      default:
        return Struct(in, *field.nested, part);
    }
  }

  // The words beside the code "other" are sealed even where the code is open.
  json::value Code(DynamicStruct::Reader in, const FieldSpec& words, const Part& part) {
    json::string code = Text(in.get("code").as<capnp::Text>());
    if (in.has("text"))
      return json::object{{"code", code}, {"text", Text(in.get("text").as<capnp::Text>())}};
    const ClosedPart* closed = code == "other" ? Closed(words, part) : nullptr;
    if (closed != nullptr) return json::object{{"code", code}, {"text", MarkOf(*closed)}};
    return code;
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
  return Writer(nullptr, {}).Whole(in, spec, schema::Category::UNSPECIFIED);
}

json::object WriteData(const Event& event, SubjectId self) {
  auto data = event.body->content().getData().getAs<DynamicStruct>(event.type->spec->schema);
  return Writer(&event, self).Whole(data, *event.type->spec, event.type->category);
}

}  // namespace guitu::events
