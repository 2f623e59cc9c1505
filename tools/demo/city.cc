#include "tools/demo/city.h"

#include "absl/strings/str_cat.h"
#include "adapters/app/plan_events.h"
#include "events/schema/registry.capnp.h"
#include "events/values.h"

namespace guitu::tools {
namespace {

struct Bureau {
  const char* code;
  const char* zh;
};
constexpr Bureau kBureaus[] = {
    {"PSB", "公安局"}, {"MCA", "民政局"}, {"JUS", "司法局"}, {"EDU", "教育体育局"}, {"WF", "妇联"}};

events::Event UnitEvent(const DemoCounty& county, const Bureau& bureau, absl::Time now) {
  return events::MakeEvent<schema::UnitSet>(now, [&](auto data) {
    data.setCode(UnitOf(county, bureau.code));
    data.setName(absl::StrCat(county.name, bureau.zh));
    data.setKind(schema::UnitKind::MEMBER);
    data.setParent(bureau.code);
    data.setCounty(county.code);
    data.setActive(schema::YesNo::YES);
  });
}

events::Event UserEvent(const DemoUser& user, absl::Time now) {
  return events::MakeEvent<schema::UserSet>(now, [&](auto data) {
    data.setStaff(user.actor.staff);
    data.setUnit(user.actor.unit);
    data.initRoles(1).set(0, user.actor.role);
    data.setMfa(schema::YesNo::NO);
    data.initFrom().setDays(events::FromCivilDay(absl::CivilDay(2021, 1, 1)));
  });
}

}  // namespace

const std::vector<DemoCounty>& DemoCounties() {
  static const auto& counties =
      *new std::vector<DemoCounty>{{"530902", "临翔区"}, {"530921", "凤庆县"}};
  return counties;
}

std::string UnitOf(const DemoCounty& county, absl::string_view bureau) {
  return absl::StrCat(county.code, "-", bureau);
}

std::vector<DemoUser> UsersOf(const DemoCounty& county) {
  auto user = [&](const char* name, const char* bureau, const char* role, const char* zh) {
    return DemoUser{{absl::StrCat(name, "-", county.code), UnitOf(county, bureau), role}, zh};
  };
  return {user("police", "PSB", "police", "民警"), user("worker", "MCA", "caseworker", "民政社工"),
          user("head", "MCA", "head", "民政负责人"), user("aid", "JUS", "legal-aid", "法律援助"),
          user("school", "EDU", "school-contact", "学校联络人")};
}

std::vector<DemoUser> CityUsers() {
  return {{{"office-1", "OFF", "office"}, "联席会议办公室"},
          {{"auditor-1", "OFF", "auditor"}, "审计"}};
}

absl::Status SetUpCity(app::Installation& installation, absl::Time now) {
  auto plan = app::ShippedPlan();
  if (!plan.ok()) return plan.status();
  std::vector<events::Event> acts = app::PlanEvents(*plan, now);
  for (const DemoCounty& county : DemoCounties()) {
    for (const Bureau& bureau : kBureaus) acts.push_back(UnitEvent(county, bureau, now));
    for (const DemoUser& user : UsersOf(county)) acts.push_back(UserEvent(user, now));
  }
  for (const DemoUser& user : CityUsers()) acts.push_back(UserEvent(user, now));
  aggregates::Actor administrator{"admin-1", "OFF", "administrator"};
  for (size_t i = 0; i < acts.size(); ++i) {
    auto status = installation.Administer(administrator, acts[i], absl::StrCat("demo-city-", i));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace guitu::tools
