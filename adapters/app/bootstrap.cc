#include "adapters/app/bootstrap.h"

#include "absl/strings/str_cat.h"
#include "adapters/app/installation.h"
#include "aggregates/rules/roles.capnp.h"
#include "events/event_body.h"
#include "events/schema/registry.capnp.h"
#include "events/values.h"

namespace guitu::app {
namespace {

using events::Event;

Event OfficeUnit(absl::Time now) {
  return events::MakeEvent<schema::UnitSet>(now, [](auto data) {
    data.setCode("OFF");
    data.setName("联席会议办公室");
    data.setKind(schema::UnitKind::OFFICE);
    data.setActive(schema::YesNo::YES);
  });
}

Event Administrator(absl::Time now, const std::string& staff) {
  return events::MakeEvent<schema::UserSet>(now, [&](auto data) {
    data.setStaff(staff);
    data.setUnit("OFF");
    data.initRoles(1).set(0, "administrator");
    data.setMfa(schema::YesNo::NO);
    data.initFrom().setDays(events::FromCivilDay(absl::ToCivilDay(now, events::ChinaTime())));
  });
}

}  // namespace

absl::StatusOr<std::vector<std::string>> Bootstrap(Installation& installation,
                                                   const runtime::Clock& clock) {
  absl::Time now = clock.Now();
  std::vector<Event> acts;
  for (auto role : aggregates::shipped::ROLES.get()) {
    auto body = std::make_shared<events::Body>();
    body->content().getData().setAs<schema::RoleSet>(role);
    acts.push_back(
        {&events::Catalogue::Get().Of<schema::RoleSet>(), now, std::move(body), {}, {}, {}, {}});
  }
  acts.push_back(OfficeUnit(now));
  std::vector<std::string> administrators = {"admin-1", "admin-2"};
  for (const std::string& staff : administrators) acts.push_back(Administrator(now, staff));
  aggregates::Actor system{std::string(aggregates::kSystemActor), std::string(kOfficeUnit), ""};
  for (size_t i = 0; i < acts.size(); ++i) {
    auto status = installation.Administer(system, acts[i], absl::StrCat("bootstrap-", i));
    if (!status.ok()) return status;
  }
  return administrators;
}

}  // namespace guitu::app
