// Commands: for every field of every event type each wrong value is refused at exactly its spot.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "absl/strings/str_cat.h"
#include "events/schema/aftercare.capnp.h"
#include "events/schema/rescue.capnp.h"
#include "tests/events/json_command.h"

namespace guitu::events {
namespace {

namespace json = boost::json;

struct WrongValue {
  std::string text;  // JSON
  std::string at;    // pointer below that of the field
};

std::string Repeat(absl::string_view piece, size_t n) {
  std::string out;
  for (size_t i = 0; i < n; ++i) absl::StrAppend(&out, piece);
  return out;
}

bool IsWide(const FieldSpec& field) {
  capnp::Type type = field.field.getType();
  if (type.isList()) type = type.asList().getElementType();
  return type.isInt64() || type.isUInt64();
}

std::vector<WrongValue> Here(std::initializer_list<const char*> texts) {
  std::vector<WrongValue> out;
  for (const char* text : texts) out.push_back({text, ""});
  return out;
}

std::vector<WrongValue> WrongTexts(const FieldSpec& field) {
  auto out = Here({"1", "1.5", "true", "null", "[]", "{}", R"("")", R"("a\u0001zqcanary")",
                   R"("zqcanary\u0000")", R"("\u007f")", R"("\r")"});
  if (field.refers == schema::Refers::NOTHING) {
    out.push_back(
        {absl::StrCat("\"", Repeat("归", (field.is_list ? 200 : field.limit) + 1), "\""), ""});
  } else {
    for (const char* text : {R"("zqcanary 1")", R"("单位")", R"("a/b")", R"("a\n")"})
      out.push_back({text, ""});
  }
  if (field.refers == schema::Refers::ADMIN_CODE) {
    out.push_back({R"("53010")", ""});
    out.push_back({R"("53010x")", ""});
  }
  return out;
}

std::vector<WrongValue> WrongNumbers(const FieldSpec& field) {
  auto out =
      Here({"true", "null", "[]", "{}", "1.0", "1e3", "-1", "9223372036854775808",
            "18446744073709551616", R"("zqcanary")", R"("")", "0.1", "-9223372036854775808"});
  auto more = IsWide(field) ? Here({"9007199254740993", R"("01")", R"("+1")", R"(" 1")", R"("1 ")",
                                    R"("1.0")", R"("-1")", R"("9223372036854775808")", R"("1e3")"})
                            : Here({"2147483648", "9007199254740993", R"("1")"});
  out.insert(out.end(), more.begin(), more.end());
  bool nought_is_absence = field.kind == ValueKind::kUnsigned && !field.is_list;
  if (nought_is_absence) out.push_back({"0", ""});
  return out;
}

std::vector<WrongValue> WrongStructs(ValueKind kind) {
  switch (kind) {
    case ValueKind::kDate:
      return Here({"1", "null", "{}", R"("")", R"("2023-02-29")", R"("2023-13-01")",
                   R"("2023-1-1")", R"("2023-01-01T00:00:00Z")", R"("zqcanary")"});
    case ValueKind::kTime:
      return Here({"1", "null", "{}", R"("")", R"("2023-01-01T08:00:00")",
                   R"("2016-12-31T23:59:60Z")", R"("2023-01-01T24:00:00Z")", R"("2023-01-01")",
                   R"("zqcanary")"});
    case ValueKind::kPartialDate:
      return Here(
          {"2015", "null", "{}", R"("15")", R"("2015-13")", R"("2015-02-30")", R"("zqcanary")"});
    case ValueKind::kId:
      return Here({"1", "null", "{}", R"("")", R"("00000000000000000000000000000000")", R"("self")",
                   R"("0123456789abcdef0123456789abcde")", R"("zqcanary")"});
    case ValueKind::kPerson:
      return Here({"1", "null", "{}", R"("")", R"("Self")", R"("00000000000000000000000000000000")",
                   R"("0123456789abcdef0123456789abcdefa")", R"("zqcanary")"});
    case ValueKind::kEventRef:
      return Here(
          {"1", "null", "{}", R"("")", R"("0")", R"("01")", R"("-1")", R"("+1")", R"(" 1")",
           R"("x/1")", R"("4294967296")", R"("1/1")", R"("0123456789abcdef0123456789abcdef/")",
           R"("0123456789abcdef0123456789abcdef/0")", R"("/1")", R"("zqcanary/1")",
           R"("00000000000000000000000000000000/1")", R"("0123456789abcdef0123456789abcdef/1/1")"});
    case ValueKind::kAttachment:
      return Here({"1", "null", "{}", R"("")", R"("0123456789abcdef0123456789abcdef")",
                   R"("zqcanary")",
                   R"("g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")",
                   R"("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0")"});
    case ValueKind::kCode: {
      auto out = Here({"1", "null", "true", "[]", "{}", R"({"text":"zqcanary"})", R"({"code":1})",
                       R"({"code":"other"})", R"("other")", R"({"code":"x","text":"zqcanary"})"});
      out.push_back({R"({"code":"x","zqcanary":1})", "/zqcanary"});
      out.push_back({R"({"code":"other","text":1})", "/text"});
      out.push_back({R"({"code":"other","text":""})", "/text"});
      out.push_back({R"({"code":"other","text":"\u0000zqcanary"})", "/text"});
      return out;
    }
    default: {
      auto out = Here({"1", "null", "true", "[]", R"("zqcanary")"});
      out.push_back({R"({"zqcanary":1})", "/zqcanary"});
      return out;
    }
  }
}

std::vector<WrongValue> WrongValues(const FieldSpec& field) {
  switch (field.kind) {
    case ValueKind::kText:
      return WrongTexts(field);
    case ValueKind::kInteger:
    case ValueKind::kUnsigned:
      return WrongNumbers(field);
    case ValueKind::kBool:
      return Here({"0", "1", "null", R"("true")", "[]", "{}"});
    case ValueKind::kYesNo:
      return Here({"0", "1", "null", R"("yes")", R"("true")", R"("unspecified")",
                   R"("unknown\u0000")", "[]", "{}"});
    case ValueKind::kEnum: {
      auto out =
          Here({"1", "null", "true", R"("")", R"("unspecified")", R"("zqcanary")", "[]", "{}"});
      std::string name = field.enumeration.getEnumerants()[1].getProto().getName().cStr();
      out.push_back({absl::StrCat("\"", name, "\\u0000zqcanary\""), ""});
      out.push_back({absl::StrCat("\" ", name, "\""), ""});
      return out;
    }
    default:
      return WrongStructs(field.kind);
  }
}

// Each field of `spec` spoiled in each way; `object` is where it stands in `command`, at `pointer`.
void ExpectEachWrongValueRefused(const json::value& command, const StructSpec& spec,
                                 const std::string& pointer) {
  for (const FieldSpec& field : spec.fields) {
    std::string at = absl::StrCat(pointer, "/", field.name);
    if (field.filled_in) continue;
    std::vector<WrongValue> wrong;
    if (field.is_list) {
      for (const WrongValue& value : Here({"1", "null", "{}", R"("zqcanary")"}))
        wrong.push_back(value);
      for (const WrongValue& value : WrongValues(field)) {
        wrong.push_back({absl::StrCat("[", value.text, "]"), absl::StrCat("/0", value.at)});
      }
    } else {
      wrong = WrongValues(field);
    }
    for (const WrongValue& value : wrong) {
      json::value spoiled = command;
      spoiled.at_pointer(pointer).as_object()[field.name] = json::parse(value.text);
      ExpectRefused(ReadStatus(spoiled), Reason::INVALID_FIELD, at + value.at,
                    absl::StrCat(at, " = ", value.text.substr(0, 80)));
    }
    if (field.kind == ValueKind::kStruct) {
      const json::value& nested = command.at_pointer(at);
      ExpectEachWrongValueRefused(command, *field.nested, nested.is_array() ? at + "/0" : at);
    }
  }
}

TEST(ReadCommand, TakesAFullCommandOfEveryEventType) {
  for (const EventType& type : Catalogue::Get().types()) {
    absl::Status status = ReadStatus(FullCommand(type.name));
    EXPECT_TRUE(status.ok()) << type.name << ": " << status << " at " << PointerOf(status);
  }
}

TEST(ReadCommand, RefusesEachWrongValueOfEveryFieldAtItsSpot) {
  for (const EventType& type : Catalogue::Get().types()) {
    json::value command = FullCommand(type.name);
    ASSERT_TRUE(ReadStatus(command).ok()) << type.name;
    SCOPED_TRACE(type.name);
    ExpectEachWrongValueRefused(command, *type.spec, "/events/0/data");
  }
}

TEST(ReadCommand, RefusesEachWrongValueOfTheCircumstancesAtItsSpot) {
  ExpectEachWrongValueRefused(FullCommand("VictimRescued"), Catalogue::Get().circumstances(),
                              "/events/0/circumstances");
}

void ExpectEachMissingFieldRefused(const json::value& command, const StructSpec& spec,
                                   const std::string& pointer) {
  for (const FieldSpec& field : spec.fields) {
    json::value changed = command;
    json::object& object = changed.at_pointer(pointer).as_object();
    std::string at = absl::StrCat(pointer, "/", field.name);
    if (field.filled_in) {
      object[field.name] = "zqcanary";
      ExpectRefused(ReadStatus(changed), Reason::INVALID_FIELD, at, "filled in by the software");
      continue;
    }
    ASSERT_EQ(object.erase(field.name), 1u) << at;
    if (field.optional) {
      EXPECT_TRUE(ReadStatus(changed).ok()) << at;
    } else {
      ExpectRefused(ReadStatus(changed), Reason::INVALID_FIELD, at, "missing");
    }
    if (field.kind == ValueKind::kStruct) {
      const json::value& nested = command.at_pointer(at);
      ExpectEachMissingFieldRefused(command, *field.nested, nested.is_array() ? at + "/0" : at);
    }
  }
}

TEST(ReadCommand, NeedsEveryMandatoryFieldAndTakesNoneThatTheSoftwareFillsIn) {
  for (const EventType& type : Catalogue::Get().types()) {
    SCOPED_TRACE(type.name);
    ExpectEachMissingFieldRefused(FullCommand(type.name), *type.spec, "/events/0/data");
  }
}

TEST(ReadCommand, RefusesAnUnknownFieldAtEveryLevel) {
  for (const char* pointer : {"", "/events/0", "/events/0/data", "/events/0/data/place",
                              "/events/0/circumstances", "/events/0/circumstances/source"}) {
    json::value command = FullCommand("VictimRescued");
    command.at_pointer(pointer).as_object()["zqcanary"] = "zqcanary";
    ExpectRefused(ReadStatus(command), Reason::INVALID_FIELD, absl::StrCat(pointer, "/zqcanary"),
                  pointer);
  }
}

TEST(ReadCommand, EscapesTheNameOfAnUnknownFieldInThePointer) {
  json::value command = FullCommand("VictimRescued");
  DataOf(command)["a/b~c"] = 1;
  ExpectRefused(ReadStatus(command), Reason::INVALID_FIELD, "/events/0/data/a~1b~0c", "escaped");
}

TEST(ReadCommand, RefusesABodyThatIsNoCommand) {
  for (const char* text : {"[]", "1", "null", "\"zqcanary\"", "true"}) {
    ExpectRefused(ReadStatus(json::parse(text)), Reason::MALFORMED, "", text);
  }
  for (const char* text :
       {"{}", R"({"events":null})", R"({"events":{}})", R"({"events":[]})", R"({"events":1})"}) {
    ExpectRefused(ReadStatus(json::parse(text)), Reason::INVALID_FIELD, "/events", text);
  }
  for (const char* text : {R"({"events":[1]})", R"({"events":[[]]})", R"({"events":[null]})"}) {
    ExpectRefused(ReadStatus(json::parse(text)), Reason::INVALID_FIELD, "/events/0", text);
  }
}

TEST(ReadCommand, RefusesMoreThan64Events) {
  json::value one = FullCommand("FollowUpMissed").at("events").at(0);
  json::array events;
  for (size_t i = 0; i < kEventsPerCommand; ++i) events.push_back(one);
  EXPECT_TRUE(ReadStatus(json::object{{"events", events}}).ok());
  events.push_back(one);
  ExpectRefused(ReadStatus(json::object{{"events", events}}), Reason::INVALID_FIELD, "/events",
                "65 events");
}

TEST(ReadCommand, RefusesAnUnknownEventType) {
  for (const char* name : {"zqcanary", "victimRescued", "", "4", "Circumstances"}) {
    json::value command = FullCommand("VictimRescued");
    command.at("events").at(0).as_object()["type"] = name;
    ExpectRefused(ReadStatus(command), Reason::UNKNOWN_TYPE, "/events/0/type", name);
  }
  json::value command = FullCommand("VictimRescued");
  command.at("events").at(0).as_object()["type"] = 4;
  ExpectRefused(ReadStatus(command), Reason::INVALID_FIELD, "/events/0/type", "a number");
}

TEST(ReadCommand, NeedsTypeTimeAndData) {
  for (const char* key : {"type", "occurredAt", "data"}) {
    json::value command = FullCommand("VictimRescued");
    command.at("events").at(0).as_object().erase(key);
    ExpectRefused(ReadStatus(command), Reason::INVALID_FIELD, absl::StrCat("/events/0/", key), key);
  }
  for (const char* data : {"1", "null", "[]", "\"zqcanary\""}) {
    json::value command = FullCommand("VictimRescued");
    command.at("events").at(0).as_object()["data"] = json::parse(data);
    ExpectRefused(ReadStatus(command), Reason::INVALID_FIELD, "/events/0/data", data);
  }
  for (const WrongValue& at : WrongStructs(ValueKind::kTime)) {
    json::value command = FullCommand("VictimRescued");
    command.at("events").at(0).as_object()["occurredAt"] = json::parse(at.text);
    ExpectRefused(ReadStatus(command), Reason::INVALID_FIELD, "/events/0/occurredAt", at.text);
  }
}

TEST(ReadCommand, NamesTheSecondEventByItsIndex) {
  json::value command = FullCommand("VictimRescued");
  json::value second = command.at("events").at(0);
  second.at("data").as_object()["sex"] = 1;
  command.at("events").as_array().push_back(second);
  ExpectRefused(ReadStatus(command), Reason::INVALID_FIELD, "/events/1/data/sex", "the second");
}

TEST(ReadCommand, CountsCharactersNotBytes) {
  json::value command = FullCommand("VictimRescued");
  for (const char* character : {"a", "é", "归", "🏮"}) {
    DataOf(command)["policeUnit"] = Repeat(character, 80);
    EXPECT_TRUE(ReadStatus(command).ok()) << character;
    DataOf(command)["policeUnit"] = Repeat(character, 81);
    ExpectRefused(ReadStatus(command), Reason::INVALID_FIELD, "/events/0/data/policeUnit",
                  character);
  }
}

TEST(ReadCommand, RefusesAListThatIsTooLong) {
  json::value command = FullCommand("VictimRescued");
  json::array refs;
  for (int i = 1; i <= 100; ++i) refs.emplace_back(absl::StrCat(i));
  DataOf(command)["together"] = refs;
  EXPECT_TRUE(ReadStatus(command).ok());
  refs.emplace_back("101");
  DataOf(command)["together"] = refs;
  ExpectRefused(ReadStatus(command), Reason::INVALID_FIELD, "/events/0/data/together",
                "101 elements");
}

TEST(ReadCommand, AsksTheRuleDataForEveryCode) {
  std::vector<std::string> asked;
  CodeCheck only_f = [&](absl::string_view list, absl::string_view code) {
    asked.push_back(absl::StrCat(list, ":", code));
    return list != "SEX" || code == "f";
  };
  json::value command = FullCommand("VictimRescued");
  DataOf(command)["sex"] = "f";
  EXPECT_TRUE(ReadStatus(command, only_f).ok());
  EXPECT_NE(std::find(asked.begin(), asked.end(), "SEX:f"), asked.end());
  DataOf(command)["sex"] = "zqcanary";
  ExpectRefused(ReadStatus(command, only_f), Reason::INVALID_FIELD, "/events/0/data/sex",
                "no such code");
  // A code with something behind a zero byte is another code.
  DataOf(command)["sex"] = json::string("f\0x", 3);
  ExpectRefused(ReadStatus(command, only_f), Reason::INVALID_FIELD, "/events/0/data/sex",
                "zero byte");
}

TEST(ReadCommand, KeepsWhatWasSaid) {
  json::value command = FullCommand("VictimRescued");
  DataOf(command)["at"] = "2026-02-15T08:30:00+08:00";
  DataOf(command)["buyer"] = "0123456789abcdef00000000000000ff";
  DataOf(command)["injured"] = "unknown";
  DataOf(command)["interpreter"] = false;
  DataOf(command)["foundIn"] = json::object{{"code", "other"}, {"text", "桥下"}};
  DataOf(command)["together"] = json::array{"12", "0123456789abcdef00000000000000ff/3"};
  auto events = ReadCommand(command, kAnyCode);
  ASSERT_TRUE(events.ok()) << events.status();
  auto data = (*events)[0].As<schema::VictimRescued>();
  EXPECT_EQ(data.getAt().getMicros(), 1771115400000000);
  EXPECT_EQ(ToSubject(data.getBuyer().getRelated()), (SubjectId{0x0123456789abcdef, 0xff}));
  EXPECT_EQ(data.getInjured(), schema::YesNo::UNKNOWN);
  EXPECT_EQ(data.getInterpreter(), schema::YesNo::NO);
  EXPECT_EQ(data.getFoundIn().getCode(), "other");
  EXPECT_EQ(data.getFoundIn().getText(), "桥下");
  EXPECT_EQ(data.getTogether()[0].getSequence(), 12u);
  EXPECT_FALSE(data.getTogether()[0].hasStream());
  EXPECT_EQ(data.getTogether()[1].getStream().getLo(), 0xffu);
  DataOf(command)["buyer"] = "self";
  events = ReadCommand(command, kAnyCode);
  ASSERT_TRUE(events.ok());
  EXPECT_TRUE((*events)[0].As<schema::VictimRescued>().getBuyer().isSelf());
}

TEST(ReadCommand, TellsAGivenNoughtFromAnAbsentNumber) {
  json::value command = FullCommand("FollowUpCompleted");
  DataOf(command)["minutes"] = 0;
  auto events = ReadCommand(command, kAnyCode);
  ASSERT_TRUE(events.ok()) << events.status();
  EXPECT_EQ((*events)[0].As<schema::FollowUpCompleted>().getMinutes(), 0);
  EXPECT_EQ(WriteData((*events)[0], kSelf).at("minutes").as_uint64(), 0u);
  DataOf(command).erase("minutes");
  events = ReadCommand(command, kAnyCode);
  ASSERT_TRUE(events.ok());
  EXPECT_EQ((*events)[0].As<schema::FollowUpCompleted>().getMinutes(), -1);
  EXPECT_FALSE(WriteData((*events)[0], kSelf).contains("minutes"));
}

TEST(ReadCommand, TakesWideNumbersAsTextAndUpTo2To53AsNumbers) {
  json::value command = FullCommand("PlacementStarted");
  for (const char* text :
       {"0", "9007199254740992", R"("9007199254740993")", R"("9223372036854775807")", R"("0")"}) {
    DataOf(command)["allowance"] = json::parse(text);
    EXPECT_TRUE(ReadStatus(command).ok()) << text;
  }
}

TEST(WriteNumber, IsATextAbove2To53) {
  EXPECT_EQ(json::serialize(WriteNumber(0)), "0");
  EXPECT_EQ(json::serialize(WriteNumber(uint64_t{1} << 53)), "9007199254740992");
  EXPECT_EQ(json::serialize(WriteNumber((uint64_t{1} << 53) + 1)), R"("9007199254740993")");
  EXPECT_EQ(json::serialize(WriteNumber(~uint64_t{0})), R"("18446744073709551615")");
}

}  // namespace
}  // namespace guitu::events
