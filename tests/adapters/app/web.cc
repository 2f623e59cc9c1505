#include "tests/adapters/app/web.h"

#include <ostream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "events/json.h"

namespace guitu::app_test {

std::string Answer::Header(const std::string& name) const {
  for (const auto& [key, value] : headers) {
    if (absl::EqualsIgnoreCase(key, name)) return value;
  }
  return "";
}

std::string Answer::Field(const std::string& name) const {
  const json::value* value = body.is_object() ? body.get_object().if_contains(name) : nullptr;
  if (value == nullptr) return "";
  return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

uint64_t Answer::version() const {
  uint64_t version = 0;
  std::string etag = Header("ETag");
  if (etag.size() < 3 || !absl::SimpleAtoi(etag.substr(1, etag.size() - 2), &version)) return 0;
  return version;
}

std::ostream& operator<<(std::ostream& out, const Answer& answer) {
  return out << answer.status << " " << answer.trouble << " " << answer.text.substr(0, 1000);
}

Web::Web(uint16_t port, std::string token, absl::Duration time_max) : token_(std::move(token)) {
  http::ClientOptions options;
  options.port = port;
  options.time_max = time_max;
  client_ = std::make_unique<http::Client>(options);
}

Answer Web::Call(const std::string& method, const std::string& target, Headers headers,
                 const std::string& body) {
  if (!token_.empty()) headers.emplace_back("Authorization", absl::StrCat("Bearer ", token_));
  auto response = client_->Call(method, target, headers, body);
  Answer answer;
  if (!response.ok()) {
    answer.trouble = std::string(response.status().message());
    return answer;
  }
  answer.status = response->status;
  answer.headers = std::move(response->headers);
  answer.text = std::move(response->body);
  if (auto parsed = events::ParseJson(answer.text); parsed.ok()) answer.body = *std::move(parsed);
  return answer;
}

Answer Web::Get(const std::string& target, const std::string& purpose, Headers headers) {
  if (!purpose.empty()) headers.emplace_back("Purpose-Of-Use", purpose);
  return Call("GET", target, std::move(headers));
}

Answer Web::Post(const std::string& target, const std::string& key, const std::string& if_match,
                 const std::string& body, Headers headers) {
  if (!key.empty()) headers.emplace_back("Idempotency-Key", key);
  if (!if_match.empty()) headers.emplace_back("If-Match", if_match);
  return Call("POST", target, std::move(headers), body);
}

std::string Quoted(uint64_t version) { return absl::StrCat("\"", version, "\""); }

std::string Command(const std::string& type, const json::object& data, const std::string& at) {
  json::object event{{"type", type}, {"occurredAt", at}, {"data", data}};
  return json::serialize(json::object{{"events", json::array{std::move(event)}}});
}

std::string Rescue(const std::string& address, const std::string& lead) {
  return Command("VictimRescued",
                 {{"at", "2026-03-01T08:00:00+08:00"},
                  {"place", json::object{{"admin", "530902"}, {"address", address}}},
                  {"policeUnit", "临翔区公安局"},
                  {"lead", lead},
                  {"ageBand", "from18to59"},
                  {"sex", "female"},
                  {"foundIn", "home"},
                  {"injured", false},
                  {"belongings", "一个书包"},
                  {"interpreter", false}});
}

std::string Opening(const std::string& county) {
  return Command("CaseOpened",
                 {{"kind", "victim"}, {"owner", county + "-MCA"}, {"county", county}});
}

std::string Wish(const std::string& words) {
  return Command("VictimWishRecorded",
                 {{"topics", json::array{json::object{{"topic", "returnHome"}, {"answer", "yes"}}}},
                  {"ownWords", words},
                  {"alone", true},
                  {"buyerAbsent", true},
                  {"heardBy", json::array{kWorker.staff}},
                  {"language", "普通话"},
                  {"ability", "full"}});
}

std::string Risk(const std::string& reasons) {
  return Command("RiskAssessed", {{"tool", "GT-R"},
                                  {"version", "1"},
                                  {"individual", "medium"},
                                  {"household", "low"},
                                  {"community", "low"},
                                  {"retrafficking", "medium"},
                                  {"selfHarm", "low"},
                                  {"reasons", reasons},
                                  {"validTo", "2026-09-01"}});
}

const Person kAdmin{"admin-1", "OFF", "administrator"};
const Person kOtherAdmin{"admin-2", "OFF", "administrator"};
const Person kWorker{"worker-a", "530902-MCA", "caseworker"};
const Person kPolice{"police-a", "530902-PSB", "police"};
const Person kAid{"aid-a", "530902-JUS", "legal-aid"};
const Person kHead{"head-a", "530902-MCA", "head"};
const Person kStranger{"worker-b", "530921-MCA", "caseworker"};
const Person kAuditor{"auditor-1", "OFF", "auditor"};
const Person kOffice{"office-1", "OFF", "office"};

absl::Status SetUpPeople(Web& admin) {
  struct Unit {
    std::string code, parent, county;
  };
  std::vector<Unit> units{{"PSB", "", ""}, {"MCA", "", ""}, {"JUS", "", ""}};
  for (const char* county : {"530902", "530921"}) {
    for (const char* bureau : {"PSB", "MCA", "JUS"})
      units.push_back({absl::StrCat(county, "-", bureau), bureau, county});
  }
  auto check = [](const Answer& answer, const std::string& what) {
    if (answer.status == 200 || answer.status == 201) return absl::OkStatus();
    return absl::InternalError(
        absl::StrCat(what, ": ", answer.status, " ", answer.trouble, answer.text));
  };
  for (const Unit& unit : units) {
    json::object data{
        {"code", unit.code}, {"name", unit.code}, {"kind", "member"}, {"active", true}};
    if (!unit.parent.empty()) data["parent"] = unit.parent;
    if (!unit.county.empty()) data["county"] = unit.county;
    auto status =
        check(admin.Post("/v1/registry/units", "unit-" + unit.code, "", Command("UnitSet", data)),
              unit.code);
    if (!status.ok()) return status;
  }
  for (const Person& person : {kWorker, kPolice, kAid, kHead, kStranger, kAuditor, kOffice}) {
    json::object data{{"staff", person.staff},
                      {"unit", person.unit},
                      {"roles", json::array{person.role}},
                      {"mfa", false},
                      {"from", "2021-01-01"}};
    auto status = check(
        admin.Post("/v1/registry/users", "user-" + person.staff, "", Command("UserSet", data)),
        person.staff);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace guitu::app_test
