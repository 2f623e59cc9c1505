#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "events/json.h"
#include "events/reason.h"
#include "events/values.h"

namespace guitu::events {
namespace {

namespace json = boost::json;
using capnp::DynamicStruct;
using capnp::DynamicValue;

absl::string_view View(const json::string& text) { return {text.data(), text.size()}; }

std::string Child(const std::string& pointer, absl::string_view key) {
  return absl::StrCat(pointer, "/", absl::StrReplaceAll(key, {{"~", "~0"}, {"/", "~1"}}));
}

absl::Status Wrong(const std::string& pointer, absl::string_view what) {
  return RefuseAt(Reason::INVALID_FIELD, pointer, what);
}

size_t CodePoints(absl::string_view text) {
  size_t count = 0;
  for (char c : text) count += (static_cast<uint8_t>(c) & 0xC0) != 0x80;
  return count;
}

absl::Status CheckText(absl::string_view text, const FieldSpec& field, const std::string& pointer) {
  if (text.empty()) return Wrong(pointer, "an empty text; leave the field out instead");
  uint32_t limit = field.is_list ? 200 : field.limit;
  if (CodePoints(text) > limit)
    return Wrong(pointer, absl::StrCat("longer than ", limit, " characters"));
  for (char c : text) {
    auto byte = static_cast<uint8_t>(c);
    if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F) {
      return Wrong(pointer, "a control character");
    }
  }
  return absl::OkStatus();
}

// Fills values that stand in a struct of their own, and texts and numbers through `Set`.
class Reader {
 public:
  explicit Reader(const CodeCheck& codes) : codes_(codes) {}

  absl::Status Struct(const json::value& value, const StructSpec& spec, const std::string& pointer,
                      DynamicStruct::Builder out) {
    if (!value.is_object()) return Wrong(pointer, "an object is expected");
    const json::object& object = value.get_object();
    for (const auto& member : object) {
      absl::string_view key(member.key().data(), member.key().size());
      const FieldSpec* field = spec.Find(key);
      if (field == nullptr) return Wrong(Child(pointer, key), "there is no such field");
      if (field->filled_in) return Wrong(Child(pointer, key), "the software fills this field in");
      if (auto s = Field(member.value(), *field, Child(pointer, key), out); !s.ok()) return s;
    }
    for (const FieldSpec& field : spec.fields) {
      if (field.optional || field.filled_in || object.contains(field.name)) continue;
      return Wrong(Child(pointer, field.name), "this field is needed");
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Field(const json::value& value, const FieldSpec& field, const std::string& pointer,
                     DynamicStruct::Builder out) {
    if (!field.is_list) return One(value, field, pointer, out, field.field);
    if (!value.is_array()) return Wrong(pointer, "an array is expected");
    const json::array& array = value.get_array();
    if (array.size() > field.limit) {
      return Wrong(pointer, absl::StrCat("more than ", field.limit, " elements"));
    }
    auto list = out.init(field.field, static_cast<uint>(array.size())).as<capnp::DynamicList>();
    for (size_t i = 0; i < array.size(); ++i) {
      auto status = One(array[i], field, absl::StrCat(pointer, "/", i), list, static_cast<uint>(i));
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // `where` in `out` is a field of a struct or an index of a list: both have set() and init or [].
  template <typename Out, typename Where>
  absl::Status One(const json::value& value, const FieldSpec& field, const std::string& pointer,
                   Out& out, Where where) {
    switch (field.kind) {
      case ValueKind::kText:
      case ValueKind::kEnum:
      case ValueKind::kYesNo:
      case ValueKind::kInteger:
      case ValueKind::kUnsigned:
      case ValueKind::kBool:
        return Scalar(value, field, pointer, out, where);
      case ValueKind::kStruct:
        return Struct(value, *field.nested, pointer, Init(out, where));
      case ValueKind::kCode:
        return Code(value, field, pointer, Init(out, where));
      default:
        return Atom(value, field, pointer, Init(out, where));
    }
  }

  static DynamicStruct::Builder Init(DynamicStruct::Builder& out,
                                     capnp::StructSchema::Field field) {
    return out.init(field).as<DynamicStruct>();
  }
  static DynamicStruct::Builder Init(capnp::DynamicList::Builder& out, uint index) {
    return out[index].as<DynamicStruct>();
  }

  template <typename Out, typename Where>
  absl::Status Scalar(const json::value& value, const FieldSpec& field, const std::string& pointer,
                      Out& out, Where where) {
    switch (field.kind) {
      case ValueKind::kText: {
        if (!value.is_string()) return Wrong(pointer, "a text is expected");
        absl::string_view text = View(value.get_string());
        if (auto s = CheckText(text, field, pointer); !s.ok()) return s;
        if (auto s = CheckReference(text, field, pointer); !s.ok()) return s;
        std::string copy(text);  // capnp wants the terminating zero
        out.set(where, capnp::Text::Reader(copy.c_str(), copy.size()));
        return absl::OkStatus();
      }
      case ValueKind::kEnum:
        return Enum(value, field, pointer, out, where);
      case ValueKind::kYesNo:
        return YesNo(value, field, pointer, out, where);
      case ValueKind::kBool:
        if (!value.is_bool()) return Wrong(pointer, "true or false is expected");
        out.set(where, value.get_bool());
        return absl::OkStatus();
      default:
        return Number(value, field, pointer, out, where);
    }
  }

  static absl::Status CheckReference(absl::string_view text, const FieldSpec& field,
                                     const std::string& pointer) {
    using schema::Refers;
    if (field.refers == Refers::NOTHING) return absl::OkStatus();
    bool digits_only = true;
    for (char c : text) {
      bool ok =
          absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_';
      if (!ok) return Wrong(pointer, "a code of letters, digits, '-', '.' and '_' is expected");
      digits_only = digits_only && absl::ascii_isdigit(static_cast<unsigned char>(c));
    }
    if (field.refers == Refers::ADMIN_CODE && (!digits_only || text.size() < 6)) {
      return Wrong(pointer, "a division code of at least six digits is expected");
    }
    return absl::OkStatus();
  }

  template <typename Out, typename Where>
  absl::Status Enum(const json::value& value, const FieldSpec& field, const std::string& pointer,
                    Out& out, Where where) {
    if (!value.is_string()) return Wrong(pointer, "one of the names of the list is expected");
    std::string name(View(value.get_string()));
    // kj ends a text at the first zero byte; what stands behind it must not pass.
    if (name.find('\0') != std::string::npos) return Wrong(pointer, "the list has no such name");
    KJ_IF_MAYBE (enumerant, field.enumeration.findEnumerantByName(name)) {
      if (enumerant->getOrdinal() == 0) return Wrong(pointer, "leave the field out instead");
      out.set(where, capnp::DynamicEnum(*enumerant));
      return absl::OkStatus();
    }
    return Wrong(pointer, "the list has no such name");
  }

  template <typename Out, typename Where>
  absl::Status YesNo(const json::value& value, const FieldSpec& field, const std::string& pointer,
                     Out& out, Where where) {
    schema::YesNo answer;
    if (value.is_bool()) {
      answer = value.get_bool() ? schema::YesNo::YES : schema::YesNo::NO;
    } else if (value.is_string() && View(value.get_string()) == "unknown") {
      answer = schema::YesNo::UNKNOWN;
    } else {
      return Wrong(pointer, "true, false or \"unknown\" is expected");
    }
    out.set(where, capnp::DynamicEnum(field.enumeration, static_cast<uint16_t>(answer)));
    return absl::OkStatus();
  }

  template <typename Out, typename Where>
  absl::Status Number(const json::value& value, const FieldSpec& field, const std::string& pointer,
                      Out& out, Where where) {
    constexpr int64_t kExact = int64_t{1} << 53;
    bool wide = IsWide(field);
    int64_t number = 0;
    if (value.is_int64()) {
      number = value.get_int64();
      if (wide && number > kExact) return Wrong(pointer, "write numbers above 2^53 as a text");
    } else if (value.is_string() && wide) {
      absl::string_view text = View(value.get_string());
      if (!absl::SimpleAtoi(text, &number) || absl::StrCat(number) != text) {
        return Wrong(pointer, "a whole number is expected");
      }
    } else {
      return Wrong(pointer, "a whole number is expected");
    }
    if (number < 0) return Wrong(pointer, "a number below nought");
    if (!wide && number > std::numeric_limits<int32_t>::max())
      return Wrong(pointer, "the number is too large");
    // 0 is the absence of such a field (values.capnp): given, it could not be told from not given.
    if (field.kind == ValueKind::kUnsigned && number == 0 && !field.is_list) {
      return Wrong(pointer, field.optional ? "leave the field out instead of 0"
                                           : "a number from 1 is expected");
    }
    out.set(where, number);
    return absl::OkStatus();
  }

  static bool IsWide(const FieldSpec& field) {
    capnp::Type type = field.field.getType();
    if (type.isList()) type = type.asList().getElementType();
    return type.isInt64() || type.isUInt64();
  }

  absl::Status Code(const json::value& value, const FieldSpec& field, const std::string& pointer,
                    DynamicStruct::Builder dynamic) {
    const json::value* code = &value;
    const json::value* text = nullptr;
    if (value.is_object()) {
      for (const auto& member : value.get_object()) {
        if (member.key() == "code") {
          code = &member.value();
        } else if (member.key() == "text") {
          text = &member.value();
        } else {
          return Wrong(Child(pointer, {member.key().data(), member.key().size()}),
                       "there is no such field");
        }
      }
    }
    if (!code->is_string()) return Wrong(pointer, "a code of the list is expected");
    std::string name(View(code->get_string()));
    if (!codes_(field.codes, name)) {
      return Wrong(pointer, absl::StrCat("the code list ", field.codes, " has no such code"));
    }
    if ((name == "other") != (text != nullptr)) {
      return Wrong(pointer, "the code \"other\", and only it, comes with a text");
    }
    dynamic.set("code", capnp::Text::Reader(name.c_str(), name.size()));
    if (text == nullptr) return absl::OkStatus();
    const FieldSpec& spec = *field.nested->Find("text");
    return One(*text, spec, Child(pointer, "text"), dynamic, spec.field);
  }

  // Values whose JSON is one string.
  absl::Status Atom(const json::value& value, const FieldSpec& field, const std::string& pointer,
                    DynamicStruct::Builder out) {
    if (!value.is_string()) return Wrong(pointer, "a text is expected");
    absl::string_view text = View(value.get_string());
    switch (field.kind) {
      case ValueKind::kDate:
        if (auto days = ParseDate(text)) return out.set("days", *days), absl::OkStatus();
        return Wrong(pointer, "a day YYYY-MM-DD is expected");
      case ValueKind::kTime:
        if (auto micros = ParseTime(text)) return out.set("micros", *micros), absl::OkStatus();
        return Wrong(pointer, "a time with zone as in RFC 3339 is expected");
      case ValueKind::kPartialDate:
        if (auto day = ParsePartialDate(text)) {
          out.set("days", day->days);
          out.set("precision", static_cast<uint16_t>(day->precision));
          return absl::OkStatus();
        }
        return Wrong(pointer, "a day, month or year is expected");
      case ValueKind::kId:
        return Id(text, pointer, out);
      case ValueKind::kPerson:
        if (text == "self") return out.set("self", capnp::VOID), absl::OkStatus();
        return Id(text, pointer, out.init("related").as<DynamicStruct>());
      case ValueKind::kEventRef:
        return Reference(text, pointer, out);
      default:
        return Digest(text, pointer, out);
    }
  }

  static absl::Status Id(absl::string_view text, const std::string& pointer,
                         DynamicStruct::Builder out) {
    auto id = ParseHex(text);
    if (!id || (id->first == 0 && id->second == 0)) {
      return Wrong(pointer, "an id of 32 hexadecimal digits is expected");
    }
    out.set("hi", id->first);
    out.set("lo", id->second);
    return absl::OkStatus();
  }

  static absl::Status Reference(absl::string_view text, const std::string& pointer,
                                DynamicStruct::Builder out) {
    size_t slash = text.find('/');
    if (slash != absl::string_view::npos) {
      auto status = Id(text.substr(0, slash), pointer, out.init("stream").as<DynamicStruct>());
      if (!status.ok()) return status;
      text = text.substr(slash + 1);
    }
    uint32_t sequence = 0;
    if (!absl::SimpleAtoi(text, &sequence) || sequence == 0 || absl::StrCat(sequence) != text) {
      return Wrong(pointer,
                   "an event is named by its number, \"12\", or \"CASE/12\" in another case");
    }
    out.set("sequence", sequence);
    return absl::OkStatus();
  }

  static absl::Status Digest(absl::string_view text, const std::string& pointer,
                             DynamicStruct::Builder out) {
    auto high = ParseHex(text.substr(0, 32));
    auto low = text.size() == 64 ? ParseHex(text.substr(32)) : std::nullopt;
    if (!high || !low) return Wrong(pointer, "a SHA-256 of 64 hexadecimal digits is expected");
    std::string bytes = ToBytes(high->first, high->second) + ToBytes(low->first, low->second);
    out.set("sha256",
            capnp::Data::Reader(reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()));
    return absl::OkStatus();
  }

  const CodeCheck& codes_;
};

absl::StatusOr<Event> ReadEvent(const json::value& value, const CodeCheck& codes,
                                const std::string& pointer) {
  if (!value.is_object()) return Wrong(pointer, "an object is expected");
  const json::object& object = value.get_object();
  for (const auto& member : object) {
    absl::string_view key(member.key().data(), member.key().size());
    if (key != "type" && key != "occurredAt" && key != "data" && key != "circumstances") {
      return Wrong(Child(pointer, key), "there is no such field");
    }
  }
  const json::value* type = object.if_contains("type");
  if (type == nullptr || !type->is_string())
    return Wrong(pointer + "/type", "the name of an event type");
  Event event;
  event.type = Catalogue::Get().FindByName(View(type->get_string()));
  if (event.type == nullptr) return RefuseAt(Reason::UNKNOWN_TYPE, pointer + "/type");
  const json::value* at = object.if_contains("occurredAt");
  auto micros = at != nullptr && at->is_string() ? ParseTime(View(at->get_string())) : std::nullopt;
  if (!micros) return Wrong(pointer + "/occurredAt", "a time with zone as in RFC 3339 is expected");
  event.occurred_at = absl::FromUnixMicros(*micros);
  const json::value* data = object.if_contains("data");
  if (data == nullptr) return Wrong(pointer + "/data", "this field is needed");
  auto body = std::make_shared<Body>();
  auto out = body->content().getData().initAs<DynamicStruct>(event.type->spec->schema);
  auto status = ReadStruct(*data, *event.type->spec, codes, pointer + "/data", out);
  if (!status.ok()) return status;
  if (const json::value* circumstances = object.if_contains("circumstances")) {
    const StructSpec& spec = Catalogue::Get().circumstances();
    auto filled = body->content().getCircumstances().initAs<DynamicStruct>(spec.schema);
    status = ReadStruct(*circumstances, spec, codes, pointer + "/circumstances", filled);
    if (!status.ok()) return status;
  }
  event.body = std::move(body);
  return event;
}

}  // namespace

absl::Status ReadStruct(const json::value& value, const StructSpec& spec, const CodeCheck& codes,
                        const std::string& pointer, DynamicStruct::Builder out) {
  return Reader(codes).Struct(value, spec, pointer, out);
}

absl::StatusOr<std::vector<Event>> ReadCommand(const json::value& body, const CodeCheck& codes) {
  if (!body.is_object()) return RefuseAt(Reason::MALFORMED, "", "an object is expected");
  for (const auto& member : body.get_object()) {
    if (member.key() == "events") continue;
    return Wrong(Child("", {member.key().data(), member.key().size()}), "there is no such field");
  }
  const json::value* list = body.get_object().if_contains("events");
  if (list == nullptr || !list->is_array() || list->get_array().empty()) {
    return Wrong("/events", "an array with at least one event is expected");
  }
  if (list->get_array().size() > kEventsPerCommand) {
    return Wrong("/events",
                 absl::StrCat("more than ", kEventsPerCommand, " events in one command"));
  }
  std::vector<Event> events;
  for (size_t i = 0; i < list->get_array().size(); ++i) {
    auto event = ReadEvent(list->get_array()[i], codes, absl::StrCat("/events/", i));
    if (!event.ok()) return event.status();
    events.push_back(*std::move(event));
  }
  return events;
}

}  // namespace guitu::events
