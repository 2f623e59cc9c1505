// Units, users and roles, set by administrators as events.

#include "absl/strings/str_cat.h"
#include "tests/adapters/app/city.h"

namespace guitu::app_test {
namespace {

class TheRegistry : public City {
 protected:
  static std::string User(const std::string& staff, const std::string& role,
                          const std::string& unit = "530902-MCA") {
    return Command("UserSet", {{"staff", staff},
                               {"unit", unit},
                               {"roles", json::array{role}},
                               {"mfa", false},
                               {"from", "2021-01-01"}});
  }
  static std::string Suspension(const std::string& staff) {
    return Command("UserSuspended", {{"staff", staff}, {"why", "left"}});
  }
  // The entry of a list whose `key` is `value`; null if there is none.
  json::value Find(const std::string& list, const std::string& key, const std::string& value) {
    Answer answer = As(kAdmin).Get("/v1/registry/" + list);
    EXPECT_EQ(answer.status, 200) << answer;
    for (const json::value& entry : answer.body.at(list).as_array()) {
      if (entry.at(key).as_string() == value.c_str()) return entry;
    }
    return nullptr;
  }
};

TEST_F(TheRegistry, ShowsUnitsUsersAndRolesWithoutNames) {
  EXPECT_TRUE(Find("units", "code", "530902-MCA").is_object());
  EXPECT_TRUE(Find("users", "staff", kWorker.staff).is_object());
  EXPECT_TRUE(Find("roles", "role", "legal-aid").is_object());
  EXPECT_FALSE(Find("users", "staff", kWorker.staff).as_object().contains("name"));
  EXPECT_EQ(As(kAdmin).Get("/v1/registry/nothing").status, 404);
}

TEST_F(TheRegistry, TakesAUnitFromAnAdministrator) {
  json::object unit{{"code", "530902-WF"},
                    {"name", "妇联"},
                    {"kind", "member"},
                    {"county", "530902"},
                    {"active", true}};
  Answer answer = As(kAdmin).Post("/v1/registry/units", "k", "", Command("UnitSet", unit));
  EXPECT_LT(answer.status, 300) << answer;
  EXPECT_EQ(Find("units", "code", "530902-WF"), json::value(unit)) << "as it was set";
}

TEST_F(TheRegistry, LetsANewUserActAtOnceAfterTheAnswer) {
  Person fresh{"worker-c", "530902-MCA", "caseworker"};
  std::string path = OpenCase();
  Web user = With(Token(fresh));
  EXPECT_EQ(user.Get(path, "aftercare").status, 403);
  ASSERT_LT(As(kAdmin).Post("/v1/registry/users", "k", "", User(fresh.staff, fresh.role)).status,
            300);
  EXPECT_EQ(user.Get(path, "aftercare").status, 200);
}

TEST_F(TheRegistry, TakesAwayAllRightsAtOnceAfterTheAnswerToASuspension) {
  std::vector<std::string> paths;
  for (int i = 0; i < 8; ++i) paths.push_back(OpenCase(absl::StrCat("case", i)));
  uint64_t version = Find("users", "staff", kWorker.staff).is_object() ? 1 : 0;
  Answer answer =
      As(kAdmin).Post("/v1/registry/users", "k", Quoted(version), Suspension(kWorker.staff));
  ASSERT_EQ(answer.status, 200) << answer;
  for (const std::string& path : paths) {
    EXPECT_EQ(As(kWorker).Get(path, "aftercare").status, 403) << "in every partition";
    EXPECT_EQ(As(kWorker).Post(path + "/events", "k" + path, Quoted(2), Risk()).status, 403);
    EXPECT_NE(As(kWorker).Call("HEAD", path).status, 200);
  }
  EXPECT_EQ(As(kWorker).Get("/v1/registry/users").status, 403);
  EXPECT_EQ(As(kWorker).Get("/v1/plan").status, 403);
  Restart();
  EXPECT_EQ(As(kWorker).Get(paths[0], "aftercare").status, 403) << "also after a restart";
}

TEST_F(TheRegistry, LetsNobodySetOrSuspendHimself) {
  for (const std::string& body : {User(kAdmin.staff, "auditor", "OFF"), Suspension(kAdmin.staff)}) {
    Answer answer = As(kAdmin).Post("/v1/registry/users", "k", Quoted(1), body);
    EXPECT_EQ(answer.status, 409) << answer;
    EXPECT_EQ(answer.Field("rule"), "R58");
  }
  EXPECT_LT(
      As(kOtherAdmin)
          .Post("/v1/registry/users", "k", Quoted(1), User(kAdmin.staff, "administrator", "OFF"))
          .status,
      300);
}

TEST_F(TheRegistry, IsNotSetByAnybodyElse) {
  for (const Person& person : {kWorker, kPolice, kAid, kHead, kAuditor, kOffice}) {
    Answer answer =
        As(person).Post("/v1/registry/users", "k", "", User("worker-z", "administrator"));
    EXPECT_EQ(answer.status, 403) << person.staff << answer;
  }
  EXPECT_TRUE(Find("users", "staff", "worker-z").is_null());
}

TEST_F(TheRegistry, RefusesAUserOfAnUnknownUnitOrRole) {
  Answer unit =
      As(kAdmin).Post("/v1/registry/users", "k1", "", User("worker-z", "caseworker", "nowhere"));
  EXPECT_EQ(unit.status, 409) << unit;
  EXPECT_EQ(unit.Field("pointer"), "/events/0/data/unit");
  Answer role = As(kAdmin).Post("/v1/registry/users", "k2", "", User("worker-z", "wizard"));
  EXPECT_EQ(role.status, 409) << role;
  EXPECT_EQ(role.Field("pointer"), "/events/0/data/roles/0");
}

TEST_F(TheRegistry, RefusesAnExistingEntryWithoutItsVersion) {
  Answer answer = As(kAdmin).Post("/v1/registry/users", "k", "", User(kWorker.staff, "head"));
  EXPECT_EQ(answer.status, 428) << answer;
  EXPECT_EQ(answer.Field("currentVersion"), "1");
}

TEST_F(TheRegistry, AnswersARetryWithTheFirstResult) {
  Answer first = As(kAdmin).Post("/v1/registry/users", "k", "", User("worker-c", "caseworker"));
  Answer second = As(kAdmin).Post("/v1/registry/users", "k", "", User("worker-c", "caseworker"));
  EXPECT_LT(second.status, 300) << second;
  EXPECT_EQ(second.text, first.text);
}

TEST_F(TheRegistry, TakesNoEventOfACase) {
  EXPECT_GE(As(kAdmin).Post("/v1/registry/users", "k", "", Rescue()).status, 400);
  std::string path = OpenCase();
  EXPECT_EQ(
      As(kAdmin).Post(path + "/events", "k", Quoted(2), User("worker-c", "caseworker")).status,
      409);
}

TEST_F(TheRegistry, HoldsThePlanThatAUserReads) {
  Answer answer = As(kOffice).Get("/v1/plan");
  ASSERT_EQ(answer.status, 200) << answer;
  EXPECT_TRUE(answer.body.at("items").is_array());
}

}  // namespace
}  // namespace guitu::app_test
