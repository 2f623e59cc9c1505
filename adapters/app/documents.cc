// The documents that are generated from the catalogue: what forms, clients and people read.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "absl/strings/str_cat.h"
#include "adapters/app/api.h"
#include "events/catalogue.h"
#include "events/reason.h"
#include "events/record.h"

namespace guitu::app {
namespace {

namespace json = boost::json;
using events::FieldSpec;
using events::StructSpec;
using events::ValueKind;

json::object LabelOf(const events::Label& label) { return {{"zh", label.zh}, {"en", label.en}}; }

json::array Texts(const std::vector<std::string>& texts) {
  json::array out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

absl::string_view KindName(ValueKind kind) {
  switch (kind) {
    case ValueKind::kText:
      return "text";
    case ValueKind::kInteger:
    case ValueKind::kUnsigned:
      return "integer";
    case ValueKind::kBool:
      return "boolean";
    case ValueKind::kEnum:
      return "enum";
    case ValueKind::kYesNo:
      return "yesNo";
    case ValueKind::kDate:
      return "date";
    case ValueKind::kTime:
      return "time";
    case ValueKind::kPartialDate:
      return "partialDate";
    case ValueKind::kCode:
      return "code";
    case ValueKind::kId:
      return "id";
    case ValueKind::kPerson:
      return "person";
    case ValueKind::kEventRef:
      return "event";
    case ValueKind::kAttachment:
      return "attachment";
    case ValueKind::kStruct:
      return "object";
  }
  return "text";
}

json::array Fields(const StructSpec& spec);

json::object Field(const FieldSpec& field) {
  json::object out{{"name", field.name}, {"label", LabelOf(field.label)}};
  absl::string_view kind = KindName(field.kind);
  out["kind"] = json::string(kind.data(), kind.size());
  if (field.is_list) out["list"] = true;
  out["required"] = !field.optional && !field.filled_in;
  if (field.filled_in) out["filledIn"] = true;
  if (field.mark != events::Mark::kOpen) {
    out["protection"] = field.mark == events::Mark::kSensitive ? "sensitive" : "personal";
  }
  if (field.category != schema::Category::UNSPECIFIED)
    out["class"] = events::NameOf(field.category);
  if (!field.codes.empty()) out["codes"] = field.codes;
  if (!field.unit.empty()) out["unit"] = field.unit;
  if (!field.article.empty()) out["article"] = field.article;
  if (!field.rows.empty()) out["rows"] = Texts(field.rows);
  if (field.kind == ValueKind::kText || field.is_list) out["limit"] = field.limit;
  if (field.kind == ValueKind::kEnum) {
    json::array values;
    for (auto enumerant : field.enumeration.getEnumerants()) {
      if (enumerant.getOrdinal() == 0) continue;
      values.push_back(json::object{{"value", enumerant.getProto().getName().cStr()},
                                    {"label", LabelOf(events::LabelOf(enumerant))}});
    }
    out["values"] = std::move(values);
  }
  if (field.kind == ValueKind::kStruct) out["fields"] = Fields(*field.nested);
  return out;
}

json::array Fields(const StructSpec& spec) {
  json::array out;
  for (const FieldSpec& field : spec.fields) out.push_back(Field(field));
  return out;
}

json::object EventEntry(const events::EventType& type) {
  json::object out{{"type", type.name}, {"row", type.number}, {"label", LabelOf(type.spec->label)}};
  out["meaning"] = type.spec->comment;
  out["chapter"] = type.chapter;
  out["recordedBy"] = Texts(type.recorded_by);
  out["additive"] = type.additive;
  out["approval"] = type.approval;
  out["byPeople"] = type.forms;
  if (!type.article.empty()) out["article"] = type.article;
  out["fields"] = Fields(*type.spec);
  return out;
}

// JSON Schema of a value, for OpenAPI.
json::object Schema(const FieldSpec& field);

json::object ObjectSchema(const StructSpec& spec) {
  json::object properties;
  json::array required;
  for (const FieldSpec& field : spec.fields) {
    if (field.filled_in) continue;
    properties[field.name] = Schema(field);
    if (!field.optional) required.emplace_back(field.name);
  }
  json::object out{
      {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!required.empty()) out["required"] = std::move(required);
  return out;
}

json::object ValueSchema(const FieldSpec& field) {
  switch (field.kind) {
    case ValueKind::kText:
      return {
          {"type", "string"}, {"minLength", 1}, {"maxLength", field.is_list ? 200 : field.limit}};
    case ValueKind::kInteger:
    case ValueKind::kUnsigned:
      return {{"type", "integer"}, {"minimum", 0}};
    case ValueKind::kBool:
      return {{"type", "boolean"}};
    case ValueKind::kYesNo:
      return {{"enum", json::array{true, false, "unknown"}}};
    case ValueKind::kDate:
      return {{"type", "string"}, {"format", "date"}};
    case ValueKind::kTime:
      return {{"type", "string"}, {"format", "date-time"}};
    case ValueKind::kPartialDate:
      return {{"type", "string"}, {"pattern", "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"}};
    case ValueKind::kId:
      return {{"type", "string"}, {"pattern", "^[0-9a-fA-F]{32}$"}};
    case ValueKind::kPerson:
      return {{"type", "string"}, {"pattern", "^(self|[0-9a-fA-F]{32})$"}};
    case ValueKind::kEventRef:
      return {{"type", "string"}, {"pattern", "^([0-9a-fA-F]{32}/)?[1-9][0-9]*$"}};
    case ValueKind::kAttachment:
      return {{"type", "string"}, {"pattern", "^[0-9a-fA-F]{64}$"}};
    case ValueKind::kCode: {
      json::object other{
          {"type", "object"},
          {"additionalProperties", false},
          {"required", json::array{"code", "text"}},
          {"properties",
           json::object{{"code", json::object{{"const", "other"}}},
                        {"text", json::object{{"type", "string"}, {"minLength", 1}}}}}};
      return {{"description", absl::StrCat("code list ", field.codes)},
              {"oneOf", json::array{json::object{{"type", "string"}}, std::move(other)}}};
    }
    case ValueKind::kEnum: {
      json::array values;
      for (auto enumerant : field.enumeration.getEnumerants()) {
        if (enumerant.getOrdinal() != 0) values.emplace_back(enumerant.getProto().getName().cStr());
      }
      return {{"enum", std::move(values)}};
    }
    case ValueKind::kStruct:
      return ObjectSchema(*field.nested);
  }
  return {};
}

json::object Schema(const FieldSpec& field) {
  json::object value = ValueSchema(field);
  if (field.is_list) {
    value = {{"type", "array"}, {"maxItems", field.limit}, {"items", std::move(value)}};
  }
  value["title"] = absl::StrCat(field.label.zh, " / ", field.label.en);
  return value;
}

json::object Parameter(const char* name, const char* in, bool required, const char* description) {
  return {{"name", name},
          {"in", in},
          {"required", required},
          {"description", description},
          {"schema", json::object{{"type", "string"}}}};
}

struct Call {
  const char* method;
  const char* path;
  const char* summary;
  const char* body;  // name of a schema, or empty
  bool reads;        // needs Purpose-Of-Use
};

constexpr Call kCalls[] = {
    {"post", "/v1/cases", "Opens a stream with its first events", "Command", false},
    {"get", "/v1/cases", "The cases within the caller's scope, without personal data", "", false},
    {"get", "/v1/cases/{id}", "The private archive; asOf, knownAt", "", true},
    {"head", "/v1/cases/{id}", "The version alone", "", false},
    {"get", "/v1/cases/{id}/timeline", "The events in their order", "", true},
    {"get", "/v1/cases/{id}/access", "Who looked", "", true},
    {"get", "/v1/cases/{id}/approvals", "What waits for a second person, and what was agreed", "",
     true},
    {"post", "/v1/cases/{id}/events", "One command, all or nothing", "Command", false},
    {"post", "/v1/cases/{id}/cancellations", "Cancels a command of unknown outcome", "Cancellation",
     false},
    {"get", "/v1/follow-ups", "The schedule: status, unit, worker, before, cursor", "", false},
    {"get", "/v1/legal-aid/cases/{id}", "Eligibility facts and clocks only", "", true},
    {"get", "/v1/registry/{kind}", "units, users or roles", "", false},
    {"post", "/v1/registry/{kind}", "One event of the registry", "Command", false},
    {"get", "/v1/registry/{kind}/{key}/approvals",
     "What waits for a second administrator, and what was agreed", "", true},
    {"post", "/v1/registry/{kind}/{key}/approvals",
     "Asks for an approval (98), gives (98b) or refuses one (98c)", "Command", false},
    {"get", "/v1/plan", "The items of the plan", "", false},
    {"post", "/v1/plan", "Sets an item of the plan", "Command", false},
    {"get", "/v1/schema", "The catalogue of events and codes", "", false},
    {"get", "/v1/openapi.json", "This document", "", false},
    {"get", "/healthz", "Alive", "", false},
    {"get", "/readyz", "May serve", "", false},
    {"get", "/metrics", "Prometheus text", "", false},
};

json::object Operation(const Call& call) {
  json::object out{{"summary", call.summary}};
  json::array parameters;
  absl::string_view path = call.path;
  if (path.find("{id}") != path.npos)
    parameters.push_back(Parameter("id", "path", true, "32 hexadecimal digits"));
  if (path.find("{kind}") != path.npos)
    parameters.push_back(Parameter("kind", "path", true, "units, users, roles"));
  if (path.find("{key}") != path.npos)
    parameters.push_back(Parameter("key", "path", true, "code of the unit, staff id, or role"));
  if (call.reads) {
    parameters.push_back(Parameter("Purpose-Of-Use", "header", true, "why the data is read"));
    parameters.push_back(Parameter("asOf", "query", false, "what had occurred by then"));
    parameters.push_back(Parameter("knownAt", "query", false, "what was recorded by then"));
  }
  if (*call.body != '\0') {
    if (absl::string_view(call.body) == "Command") {
      parameters.push_back(
          Parameter("Idempotency-Key", "header", true, "the same for every retry"));
      parameters.push_back(
          Parameter("If-Match", "header", false, "the version acted on, in quotation marks, or *"));
    }
    json::object content{
        {"schema", json::object{{"$ref", absl::StrCat("#/components/schemas/", call.body)}}}};
    out["requestBody"] = json::object{
        {"required", true}, {"content", json::object{{"application/json", std::move(content)}}}};
  }
  if (!parameters.empty()) out["parameters"] = std::move(parameters);
  json::object problem{
      {"description", "refused, or not now"},
      {"content",
       json::object{
           {"application/problem+json",
            json::object{{"schema", json::object{{"$ref", "#/components/schemas/Problem"}}}}}}}};
  out["responses"] = json::object{
      {"2XX", json::object{{"description", "done"}}}, {"4XX", problem}, {"5XX", problem}};
  if (path.substr(0, 3) == "/v1" && path != "/v1/schema" && path != "/v1/openapi.json") {
    out["security"] = json::array{json::object{{"bearer", json::array{}}}};
  }
  return out;
}

json::object CommandSchema() {
  json::array kinds;
  for (const events::EventType& type : events::Catalogue::Get().types()) {
    if (!type.forms) continue;
    json::object properties{
        {"type", json::object{{"const", type.name}}},
        {"occurredAt", json::object{{"type", "string"}, {"format", "date-time"}}},
        {"data", ObjectSchema(*type.spec)},
        {"circumstances", ObjectSchema(events::Catalogue::Get().circumstances())}};
    kinds.push_back(
        json::object{{"title", absl::StrCat(type.spec->label.zh, " / ", type.spec->label.en)},
                     {"type", "object"},
                     {"additionalProperties", false},
                     {"required", json::array{"type", "occurredAt", "data"}},
                     {"properties", std::move(properties)}});
  }
  json::object list{{"type", "array"},
                    {"minItems", 1},
                    {"maxItems", 64},
                    {"items", json::object{{"oneOf", std::move(kinds)}}}};
  return {{"type", "object"},
          {"additionalProperties", false},
          {"required", json::array{"events"}},
          {"properties", json::object{{"events", std::move(list)}}}};
}

}  // namespace

std::string SchemaDocument(const aggregates::RuleData& rules) {
  json::array types;
  for (const events::EventType& type : events::Catalogue::Get().types())
    types.push_back(EventEntry(type));
  json::object lists;
  for (const std::string& list : rules.Lists()) {
    json::array codes;
    for (const aggregates::CodeLabel& code : rules.Codes(list)) {
      codes.push_back(json::object{{"code", code.code}, {"zh", code.zh}, {"en", code.en}});
    }
    lists[list] = std::move(codes);
  }
  json::object out{{"eventTypes", std::move(types)}, {"codeLists", std::move(lists)}};
  out["circumstances"] = Fields(events::Catalogue::Get().circumstances());
  return json::serialize(out);
}

std::string OpenApiDocument() {
  json::object paths;
  for (const Call& call : kCalls) {
    json::value& path = paths[call.path];
    if (!path.is_object()) path.emplace_object();
    path.as_object()[call.method] = Operation(call);
  }
  json::object problem{{"type", "object"},
                       {"properties", json::object{{"type", json::object{{"type", "string"}}},
                                                   {"code", json::object{{"type", "string"}}},
                                                   {"title", json::object{{"type", "string"}}},
                                                   {"detail", json::object{{"type", "string"}}},
                                                   {"pointer", json::object{{"type", "string"}}},
                                                   {"rule", json::object{{"type", "string"}}},
                                                   {"article", json::object{{"type", "string"}}}}}};
  json::object cancellation{
      {"type", "object"},
      {"additionalProperties", false},
      {"required", json::array{"idempotencyKey"}},
      {"properties", json::object{{"idempotencyKey", json::object{{"type", "string"}}}}}};
  json::object components{
      {"schemas",
       json::object{
           {"Command", CommandSchema()}, {"Cancellation", cancellation}, {"Problem", problem}}},
      {"securitySchemes",
       json::object{{"bearer", json::object{{"type", "http"}, {"scheme", "bearer"}}}}}};
  json::object out{{"openapi", "3.1.0"},
                   {"info", json::object{{"title", "Guitu"}, {"version", "1"}}},
                   {"paths", std::move(paths)},
                   {"components", std::move(components)}};
  return json::serialize(out);
}

}  // namespace guitu::app
