// The registry and the plan: administration as events, and what stands.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <map>

#include "absl/strings/str_cat.h"
#include "adapters/app/api.h"
#include "aggregates/registry/decider.h"
#include "events/derive.h"
#include "events/json.h"
#include "events/reason.h"
#include "events/record.h"
#include "events/values.h"

namespace guitu::app {

namespace json = boost::json;
using events::Reason;
using events::Refuse;
using events::RefuseAt;

namespace {

json::array Texts(const std::set<std::string, std::less<>>& texts) {
  json::array out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

// As row 90 writes it, so that a client can tell whether it has anything to set.
json::object ToJson(const aggregates::Unit& unit) {
  auto kinds = capnp::Schema::from<schema::UnitKind>().getEnumerants();
  auto kind = static_cast<uint>(unit.kind);
  json::object out{{"code", unit.code}, {"name", unit.name}, {"active", unit.active}};
  if (kind > 0 && kind < kinds.size()) out["kind"] = kinds[kind].getProto().getName().cStr();
  if (!unit.parent.empty()) out["parent"] = unit.parent;
  if (!unit.county.empty()) out["county"] = unit.county;
  return out;
}

// Without the name: that is personal data and sealed.
json::object ToJson(const aggregates::User& user) {
  return {{"staff", user.staff},
          {"unit", user.unit},
          {"roles", Texts(user.roles)},
          {"suspended", user.suspended}};
}

json::object ToJson(const aggregates::Role& role) {
  json::array acts;
  for (uint16_t act : role.acts) acts.emplace_back(events::RowOfType(act));
  json::array classes;
  for (uint32_t c = 1; c <= 8; ++c) {
    if ((role.classes >> c) & 1)
      classes.emplace_back(events::NameOf(static_cast<schema::Category>(c)));
  }
  return {{"role", role.name},
          {"acts", std::move(acts)},
          {"classes", std::move(classes)},
          {"purposes", Texts(role.purposes)}};
}

template <typename T>
json::array List(const aggregates::Entries<T>& entries) {
  json::array out;
  for (const auto& [key, entry] : entries) out.push_back(ToJson(*entry));
  return out;
}

}  // namespace

void Api::AddRegistryRoutes(http::Router& router) {
  auto with = [this](auto method) {
    return WithCaller([this, method](const Caller& caller, Request request, Responder respond) {
      (this->*method)(caller, std::move(request), std::move(respond));
    });
  };
  router.Add("POST", "/v1/registry/{kind}", with(&Api::PostRegistry));
  auto fresh = [this](auto method) {
    return WithFreshCaller(
        [this, method](const Caller& caller, Request request, Responder respond) {
          (this->*method)(caller, std::move(request), std::move(respond));
        });
  };
  router.Add("GET", "/v1/registry/{kind}", fresh(&Api::GetRegistry));
  router.Add("POST", "/v1/registry/{kind}/{key}/approvals", with(&Api::PostRegistryApproval));
  router.Add("GET", "/v1/registry/{kind}/{key}/approvals", with(&Api::GetRegistryApprovals));
  router.Add("GET", "/v1/plan", fresh(&Api::GetPlan));
  router.Add("POST", "/v1/plan", with(&Api::PostRegistry));
}

// One event of the registry; its unit, user, role or item names the stream.
void Api::PostRegistry(const Caller& caller, Request request, Responder respond) {
  runtime::Request command;
  runtime::Record record;
  auto status = FillCommand(caller, request, command, record);
  if (!status.ok()) return respond(ProblemResponse(status, caller.english));
  aggregates::RegistryKey key = aggregates::KeyOf(record.events.front());
  if (record.events.size() != 1 || key.kind.empty()) {
    return respond(ProblemResponse(
        RefuseAt(Reason::TYPE_NOT_HERE, "/events", "one event of the registry"), caller.english));
  }
  command.registry = true;
  command.stream = events::RegistryStreamOf(ports_.hash, ports_.salt, key.kind, key.key);
  SubmitRecord(caller, request, std::move(command), std::move(record), std::move(respond));
}

// The item that approvals are about; it may not exist yet.
absl::StatusOr<Api::Target> Api::ItemOf(const Request& request) const {
  static const auto* kinds = new std::map<std::string, std::string, std::less<>>{
      {"units", "unit"}, {"users", "user"}, {"roles", "role"}};
  const std::string& kind = request.Param("kind");
  const std::string& key = request.Param("key");
  auto found = kinds->find(kind);
  if (found == kinds->end() || key.empty()) return Refuse(Reason::NOT_FOUND);
  return Target{events::RegistryStreamOf(ports_.hash, ports_.salt, found->second, key),
                absl::StrCat(kind, "/", key)};
}

// 98, 98b, 98c: what an act of the registry marked +A waits for.
void Api::PostRegistryApproval(const Caller& caller, Request request, Responder respond) {
  auto target = ItemOf(request);
  if (!target.ok()) return respond(ProblemResponse(target.status(), caller.english));
  runtime::Request command;
  runtime::Record record;
  auto status = FillCommand(caller, request, command, record);
  if (!status.ok()) return respond(ProblemResponse(status, caller.english));
  for (const events::Event& event : record.events) {
    if (event.type->stages == schema::Stages::SIBLING) continue;
    return respond(ProblemResponse(RefuseAt(Reason::TYPE_NOT_HERE, "/events", "approvals only"),
                                   caller.english));
  }
  command.registry = true;
  command.stream = target->stream;
  SubmitRecord(caller, request, std::move(command), std::move(record), std::move(respond));
}

void Api::GetRegistryApprovals(const Caller& caller, Request request, Responder respond) {
  auto target = ItemOf(request);
  if (!target.ok()) return respond(ProblemResponse(target.status(), caller.english));
  ReadTarget(caller, request, std::move(respond), "approvals", *target);
}

void Api::GetRegistry(const Caller& caller, Request request, Responder respond) {
  auto registry = ports_.engine.registry();
  absl::CivilDay today = absl::ToCivilDay(ports_.clock.Now(), events::ChinaTime());
  if (auto status = aggregates::CheckStanding(caller.actor, *registry, today); !status.ok()) {
    return respond(ProblemResponse(status, caller.english));
  }
  const std::string& kind = request.Param("kind");
  json::object body;
  if (kind == "units") {
    body["units"] = List(registry->units);
  } else if (kind == "users") {
    body["users"] = List(registry->users);
  } else if (kind == "roles") {
    body["roles"] = List(registry->roles);
  } else {
    return respond(ProblemResponse(Refuse(Reason::NOT_FOUND), caller.english));
  }
  http::Response response;
  response.body = json::serialize(body);
  respond(std::move(response));
}

void Api::GetPlan(const Caller& caller, Request, Responder respond) {
  auto registry = ports_.engine.registry();
  absl::CivilDay today = absl::ToCivilDay(ports_.clock.Now(), events::ChinaTime());
  if (auto status = aggregates::CheckStanding(caller.actor, *registry, today); !status.ok()) {
    return respond(ProblemResponse(status, caller.english));
  }
  json::array items;
  for (const auto& [item, event] : registry->plan) items.push_back(events::WriteData(*event, {}));
  json::object body{{"items", std::move(items)}};
  http::Response response;
  response.body = json::serialize(body);
  respond(std::move(response));
}

}  // namespace guitu::app
