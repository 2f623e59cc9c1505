#include "tests/events/random_event.h"

#include <algorithm>
#include <array>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "events/check.h"
#include "events/values.h"

namespace guitu::events {
namespace {

using capnp::DynamicStruct;

capnp::Text::Reader Text(const std::string& text) { return {text.c_str(), text.size()}; }

// The first day of the time that is known, as the parser would give it.
PartialDay Cut(int32_t days, uint64_t dice) {
  absl::CivilDay day = ToCivilDay(days);
  switch (dice % 3) {
    case 0:
      return {FromCivilDay(absl::CivilDay(day.year(), 1, 1)), schema::Precision::YEAR};
    case 1:
      return {FromCivilDay(absl::CivilDay(day.year(), day.month(), 1)), schema::Precision::MONTH};
    default:
      return {days, schema::Precision::DAY};
  }
}

void SetRandomId(DynamicStruct::Builder out, uint64_t hi, uint64_t lo) {
  out.set("hi", hi);
  out.set("lo", lo | 1);
}

capnp::Type ElementType(const FieldSpec& field) {
  capnp::Type type = field.field.getType();
  return type.isList() ? type.asList().getElementType() : type;
}

}  // namespace

Event EventGenerator::Make(const EventType& type, const GeneratorOptions& options) {
  options_ = options;
  auto body = std::make_shared<Body>();
  Struct(*type.spec, false, body->content().getData().initAs<DynamicStruct>(type.spec->schema));
  if (options.circumstances) {
    const StructSpec& spec = Catalogue::Get().circumstances();
    Struct(spec, false, body->content().getCircumstances().initAs<DynamicStruct>(spec.schema));
  }
  absl::Time at = absl::FromUnixMicros(static_cast<int64_t>(Below(4'000'000'000'000'000)));
  Event event;
  event.type = &type;
  event.occurred_at = at;
  event.body = std::move(body);
  return event;
}

void EventGenerator::Struct(const StructSpec& spec, bool marked, DynamicStruct::Builder out) {
  for (const FieldSpec& field : spec.fields) {
    if (field.filled_in && !options_.filled_in) continue;
    if (field.optional && !Chance()) continue;
    bool own = marked || field.mark != Mark::kOpen;
    if (field.is_list) {
      List(field, own, out);
      continue;
    }
    switch (field.kind) {
      case ValueKind::kText: {
        std::string text = Text(field, own);
        out.set(field.field, events::Text(text));
        break;
      }
      case ValueKind::kInteger:
      case ValueKind::kUnsigned:
        out.set(field.field, Number(field));
        break;
      case ValueKind::kBool:
        out.set(field.field, Below(2) == 0);
        break;
      case ValueKind::kEnum:
      case ValueKind::kYesNo:
        out.set(field.field, capnp::DynamicEnum(field.enumeration, Enumerant(field)));
        break;
      default:
        Value(field, own, out.init(field.field).as<DynamicStruct>());
    }
  }
}

void EventGenerator::List(const FieldSpec& field, bool marked, DynamicStruct::Builder out) {
  auto size =
      static_cast<uint>(std::min<uint64_t>(field.limit, options_.everything ? 2 : Below(4)));
  auto list = out.init(field.field, size).as<capnp::DynamicList>();
  for (uint i = 0; i < size; ++i) {
    switch (field.kind) {
      case ValueKind::kText: {
        std::string text = Text(field, marked);
        list.set(i, events::Text(text));
        break;
      }
      case ValueKind::kInteger:
      case ValueKind::kUnsigned:
        list.set(i, Number(field));
        break;
      case ValueKind::kBool:
        list.set(i, Below(2) == 0);
        break;
      case ValueKind::kEnum:
      case ValueKind::kYesNo:
        list.set(i, capnp::DynamicEnum(field.enumeration, Enumerant(field)));
        break;
      default:
        Value(field, marked, list[i].as<DynamicStruct>());
    }
  }
}

void EventGenerator::Value(const FieldSpec& field, bool marked, DynamicStruct::Builder out) {
  auto days = static_cast<int32_t>(FromCivilDay(absl::CivilDay(1901, 1, 1)) +
                                   static_cast<int>(Below(100000)));
  switch (field.kind) {
    case ValueKind::kDate:
      out.set("days", days);
      break;
    case ValueKind::kTime: {
      int64_t second = Below(2) == 0 ? 0 : static_cast<int64_t>(Below(1000000));
      out.set("micros",
              (int64_t{days} * 86400 + static_cast<int64_t>(Below(86400))) * 1000000 + second);
      break;
    }
    case ValueKind::kPartialDate: {
      PartialDay day = Cut(days, random_());
      out.set("days", day.days);
      out.set("precision", static_cast<uint16_t>(day.precision));
      break;
    }
    case ValueKind::kCode:
      Code(field, marked, out);
      break;
    case ValueKind::kId:
      SetRandomId(out, random_(), random_());
      break;
    case ValueKind::kPerson:
      if (Below(3) == 0) {
        out.set("self", capnp::VOID);
      } else {
        SetRandomId(out.init("related").as<DynamicStruct>(), random_(), random_());
      }
      break;
    case ValueKind::kEventRef:
      if (Below(3) == 0) SetRandomId(out.init("stream").as<DynamicStruct>(), random_(), random_());
      out.set("sequence", static_cast<uint32_t>(1 + Below(100000)));
      break;
    case ValueKind::kAttachment: {
      std::string bytes(32, '\0');
      for (char& c : bytes) c = static_cast<char>(random_());
      out.set("sha256", capnp::Data::Reader(reinterpret_cast<const kj::byte*>(bytes.data()), 32));
      if (marked) secrets_.push_back(bytes);
      break;
    }
    default:
      Struct(*field.nested, marked, out);
  }
}

void EventGenerator::Code(const FieldSpec& field, bool marked, DynamicStruct::Builder out) {
  if (Below(4) == 0) {
    const FieldSpec& words = *field.nested->Find("text");
    std::string text = Text(words, true);
    out.set("code", "other");
    out.set("text", events::Text(text));
    return;
  }
  std::string code = marked ? Secret(10) : absl::StrCat("c", Below(1000));
  out.set("code", events::Text(code));
}

int64_t EventGenerator::Number(const FieldSpec& field) {
  capnp::Type type = ElementType(field);
  uint64_t top = std::numeric_limits<int32_t>::max();
  if (type.isInt8() || type.isUInt8()) top = 100;
  if (type.isInt16() || type.isUInt16()) top = 30000;
  if (type.isInt64() || type.isUInt64()) top = std::numeric_limits<int64_t>::max();
  switch (Below(4)) {
    case 0:
      return field.kind == ValueKind::kInteger || field.is_list ? 0 : 1;
    case 1:
      return static_cast<int64_t>(top);
    case 2:
      return static_cast<int64_t>(1 + Below(100));
    default:
      return static_cast<int64_t>(1 + Below(top - 1));
  }
}

uint16_t EventGenerator::Enumerant(const FieldSpec& field) {
  // 0 is "unspecified" in every list: absent.
  return static_cast<uint16_t>(1 + Below(field.enumeration.getEnumerants().size() - 1));
}

std::string EventGenerator::Text(const FieldSpec& field, bool marked) {
  size_t limit = field.is_list ? 200 : field.limit;
  if (field.refers == schema::Refers::ADMIN_CODE) return absl::StrFormat("%06u", Below(1000000));
  if (marked) return Secret(limit);
  if (field.refers != schema::Refers::NOTHING) return absl::StrCat("U-", Below(1000), ".x_");
  constexpr std::array kPieces = {"归途", "a",  "0", "\n", "\t", "🏮",
                                  "\"",   "\\", "é", " ",  "/~", "救助站"};
  std::string text;
  // No piece is longer than three characters.
  size_t most = std::max<size_t>(1, std::min<size_t>(limit, 40) / 3);
  for (size_t i = 0, n = 1 + Below(most); i < n; ++i) {
    text += kPieces[Below(kPieces.size())];
  }
  return text;
}

std::string EventGenerator::Secret(size_t length) {
  std::string secret = absl::StrFormat("zq%08x", Below(uint64_t{1} << 32)).substr(0, length);
  secrets_.push_back(secret);
  return secret;
}

std::string CanonicalBytes(const Event& event) {
  auto words = capnp::canonicalize(std::as_const(*event.body).content());
  auto bytes = words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

}  // namespace guitu::events
