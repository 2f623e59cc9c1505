#include "tests/adapters/runtime/acts.h"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "absl/strings/str_cat.h"
#include "aggregates/registry/decider.h"
#include "aggregates/rules/roles.capnp.h"
#include "events/derive.h"
#include "events/json.h"
#include "events/schema/aftercare.capnp.h"
#include "events/schema/control.capnp.h"
#include "events/schema/registry.capnp.h"
#include "events/schema/rescue.capnp.h"
#include "events/values.h"
#include "tests/adapters/runtime/test_ports.h"

namespace guitu::runtime {

using events::Event;
using events::MakeEvent;

Event UnitAct(absl::Time now, std::string code, schema::UnitKind kind) {
  return MakeEvent<schema::UnitSet>(now, [&](auto data) {
    data.setCode(code);
    data.setName(code);
    data.setKind(kind);
    data.setActive(schema::YesNo::YES);
  });
}

Event UserAct(absl::Time now, const aggregates::Actor& user) {
  return MakeEvent<schema::UserSet>(now, [&](auto data) {
    data.setStaff(user.staff);
    data.setUnit(user.unit);
    data.initRoles(1).set(0, user.role);
    data.setMfa(schema::YesNo::NO);
    data.initFrom().setDays(events::FromCivilDay(absl::CivilDay(2020, 1, 1)));
  });
}

Event SuspendAct(absl::Time now, std::string staff) {
  return MakeEvent<schema::UserSuspended>(now, [&](auto data) {
    data.setStaff(staff);
    data.setWhy(schema::SuspensionReason::LEFT);
  });
}

std::vector<Event> SetUpActs(absl::Time now) {
  std::vector<Event> acts;
  for (auto role : aggregates::shipped::ROLES.get()) {
    auto body = std::make_shared<events::Body>();
    body->content().getData().setAs<schema::RoleSet>(role);
    acts.push_back(
        {&events::Catalogue::Get().Of<schema::RoleSet>(), now, std::move(body), {}, {}, {}, {}});
  }
  acts.push_back(UnitAct(now, "OFF", schema::UnitKind::OFFICE));
  acts.push_back(UnitAct(now, "PSB", schema::UnitKind::MEMBER));
  acts.push_back(UnitAct(now, "MCA", schema::UnitKind::MEMBER));
  for (const auto& user : {kPolice, kPolice2, kWorker, kAdmin}) acts.push_back(UserAct(now, user));
  // Set-up ends with the second administrator.
  acts.push_back(UserAct(now, {"a2", "OFF", "administrator"}));
  return acts;
}

Event Rescued(absl::Time now) {
  return MakeEvent<schema::VictimRescued>(now, [&](auto data) {
    data.initAt().setMicros(absl::ToUnixMicros(now));
    data.initPlace().setAdmin("530921105");
    data.setPoliceCaseNo("A-1");
    data.initAgeBand().setCode("under14");
  });
}

Event Claimed(absl::Time now, std::string number) {
  return MakeEvent<schema::IdentityAsserted>(now, [&](auto data) { data.setIdNo(number); });
}

Event OpenedOn(absl::Time now, events::StreamId ground, uint32_t sequence) {
  return MakeEvent<schema::CaseOpened>(now, [&](auto data) {
    data.initKind().setCode("victim");
    data.setOwner("MCA");
    data.setCounty("530921");
    auto out = data.initGrounds(1)[0];
    events::SetId(out.initStream(), ground);
    out.setSequence(sequence);
  });
}

Event WishHeard(absl::Time now, bool acceptable) {
  return MakeEvent<schema::VictimWishRecorded>(now, [&](auto data) {
    data.setAlone(schema::YesNo::YES);
    auto topic = data.initTopics(1)[0];
    topic.initTopic().setCode("liveWithBuyer");
    topic.initAnswer().setCode(acceptable ? "no" : "unable");
  });
}

Event ApprovalAsked(absl::Time now) {
  std::string way = aggregates::RuleData::Shipped().Codes("PTYPE").front().code;
  boost::json::value content = {{"events",
                                 {{{"type", "PlacementDecided"},
                                   {"occurredAt", events::FormatTime(absl::ToUnixMicros(now))},
                                   {"data",
                                    {{"ptype", way},
                                     {"place", {{"admin", "530921105"}}},
                                     {"from", "2026-03-02"},
                                     {"reviewBy", "2026-06-02"},
                                     {"reasons", "-"},
                                     {"buyerCheck", {{"result", "unrelated"}}},
                                     {"wish", "2"},
                                     {"provisional", false}}}}}}};
  return MakeEvent<schema::ApprovalRequested>(now, [&](auto data) {
    data.setTarget("34");
    data.setContent(boost::json::serialize(content));
    data.initExpires().setMicros(absl::ToUnixMicros(now + absl::Hours(24)));
    data.setAfterTheFact(schema::YesNo::NO);
  });
}

Event Opened(absl::Time now) {
  return MakeEvent<schema::CaseOpened>(now, [&](auto data) {
    data.initKind().setCode("victim");
    data.setOwner("MCA");
    data.setCounty("530921");
  });
}

Event FileOpened(absl::Time now) {
  return MakeEvent<schema::DedicatedFileOpened>(now, [&](auto data) {
    data.setFileNo("1");
    data.setKeeper("MCA");
    data.setCadence("C1");
  });
}

Event VisitPlanned(absl::Time now, absl::CivilDay due, int32_t step) {
  return MakeEvent<schema::FollowUpScheduled>(now, [&](auto data) {
    data.initDue().setDays(events::FromCivilDay(due));
    data.initKind().setCode("routine");
    data.setStep(step);
    data.setVisitorUnit("MCA");
  });
}

Event VisitMade(absl::Time now, uint32_t of) {
  return MakeEvent<schema::FollowUpCompleted>(now, [&](auto data) {
    data.initOf().setSequence(of);
    data.initResult().setCode("seenAlone");
  });
}

Event MissedByHand(absl::Time now, uint32_t of, absl::CivilDay due) {
  return MakeEvent<schema::FollowUpMissed>(now, [&](auto data) {
    data.initOf().setSequence(of);
    data.initDue().setDays(events::FromCivilDay(due));
  });
}

events::StreamId StreamOf(const aggregates::Actor& actor, absl::string_view key) {
  return events::CaseIdOf(events::TestHash, kTestSalt, actor.staff, key);
}

events::CommandId IdOf(const aggregates::Actor& actor, absl::string_view key) {
  return events::CommandIdOf(events::TestHash, kTestSalt, actor.staff, key);
}

std::string KeyInPartition(const aggregates::Actor& actor, absl::string_view stem,
                           events::Partition partition, uint32_t partitions) {
  for (int i = 0;; ++i) {
    std::string key = absl::StrCat(stem, "-", i);
    if (events::PartitionOf(StreamOf(actor, key), partitions) == partition) return key;
  }
}

Request Command(const aggregates::Actor& actor, events::StreamId stream, absl::string_view key,
                Event event, std::optional<events::Version> expected) {
  Request request;
  request.actor = actor;
  request.stream = stream;
  Record record;
  record.id = IdOf(actor, key);
  record.content = absl::StrCat(event.type->name, " ", key);
  record.events = {std::move(event)};
  record.expected = expected;
  request.what = std::move(record);
  return request;
}

Request Opening(const aggregates::Actor& actor, absl::string_view key, Event event) {
  Request request = Command(actor, StreamOf(actor, key), key, std::move(event), std::nullopt);
  std::get<Record>(request.what).opens = true;
  return request;
}

Request AnyVersion(Request request) {
  auto& record = std::get<Record>(request.what);
  record.expected.reset();
  record.any_version = true;
  return request;
}

Request CancelOf(Request request) {
  auto& record = std::get<Record>(request.what);
  record.events.clear();
  record.content = "cancel";
  record.cancels = true;
  record.opens = false;
  record.any_version = false;
  record.expected.reset();
  return request;
}

Request ReadOf(const aggregates::Actor& actor, events::StreamId stream, std::string view,
               std::string purpose) {
  Request request;
  request.actor = actor;
  request.stream = stream;
  request.what = Read{std::move(view), std::move(purpose)};
  return request;
}

Request Registry(const aggregates::Actor& actor, absl::string_view key, Event event,
                 std::optional<events::Version> expected) {
  auto stream = ItemOf(event);
  Request request = Command(actor, stream, key, std::move(event), expected);
  request.registry = true;
  return request;
}

std::vector<Request> SetUpRequests(absl::Time now) {
  std::vector<Request> requests;
  for (Event& act : SetUpActs(now)) {
    std::string key = absl::StrCat("set-up-", requests.size());
    requests.push_back(Registry({"system", "OFF", ""}, key, std::move(act)));
  }
  return requests;
}

events::StreamId ItemOf(const Event& act) {
  auto [kind, name] = aggregates::KeyOf(act);
  return events::RegistryStreamOf(events::TestHash, kTestSalt, kind, name);
}

Request AskFor(const aggregates::Actor& actor, absl::string_view key, const Event& act,
               absl::Duration good_for) {
  boost::json::value content = {
      {"events",
       {{{"type", act.type->name},
         {"occurredAt", events::FormatTime(absl::ToUnixMicros(act.occurred_at))},
         {"data", events::WriteData(act, {})}}}}};
  Event event = MakeEvent<schema::ApprovalRequested>(act.occurred_at, [&](auto data) {
    data.setTarget(act.type->number);
    data.setContent(boost::json::serialize(content));
    data.initExpires().setMicros(absl::ToUnixMicros(act.occurred_at + good_for));
    data.setAfterTheFact(schema::YesNo::NO);
  });
  Request request = Command(actor, ItemOf(act), key, std::move(event), std::nullopt);
  request.registry = true;
  return request;
}

// The hash as the approver reads it off the request: under the log's own key.
Request ApproveOf(const aggregates::Actor& actor, absl::string_view key, const Event& act,
                  uint32_t of) {
  auto data = std::as_const(*act.body).content().getData().getAs<capnp::AnyStruct>();
  kj::Array<capnp::word> words = data.canonicalize();
  auto bytes = words.asBytes();
  events::TestSealer sealer;
  auto hash =
      sealer.Mac(CountingKeys().LogKey(),
                 absl::string_view(reinterpret_cast<const char*>(bytes.begin()), bytes.size()));
  Event event = MakeEvent<schema::ApprovalGiven>(act.occurred_at, [&](auto out) {
    out.initOf().setSequence(of);
    events::SetId(out.initContentHash(), *hash);
    out.initAt().setMicros(absl::ToUnixMicros(act.occurred_at));
  });
  Request request = Command(actor, ItemOf(act), key, std::move(event), std::nullopt);
  request.registry = true;
  return request;
}

}  // namespace guitu::runtime
