// Units and roles after the first real case: an administrator proposes, another approves, the first
// acts (R58).
#include "tests/adapters/app/city.h"

namespace guitu::app_test {
namespace {

class TwoAdministrators : public City {
 protected:
  static constexpr const char* kApprovals = "/v1/registry/units/530902-WF/approvals";
  static constexpr const char* kExpiry = "2090-01-01T00:00:00+08:00";

  void SetUp() override {
    City::SetUp();
    path_ = OpenCase();
    // 107g is an act of the software: it comes soon, not with the answer.
    absl::Duration deadline = system_.Monotonic() + absl::Seconds(20);
    while (!installation_->engine().registry()->bootstrap_ended && system_.Monotonic() < deadline)
      As(kAdmin).Get("/v1/registry/roles");
    ASSERT_TRUE(installation_->engine().registry()->bootstrap_ended);
  }

  static std::string Unit(const std::string& name = "妇联") {
    return Command("UnitSet", {{"code", "530902-WF"},
                               {"name", name},
                               {"kind", "member"},
                               {"county", "530902"},
                               {"active", true}});
  }
  static std::string Request(const std::string& content, const std::string& row = "90") {
    return Command(
        "ApprovalRequested",
        {{"target", row}, {"content", content}, {"expires", kExpiry}, {"afterTheFact", false}});
  }
  // As `person` reads them: the entries of the item.
  json::array Approvals(const Person& person, const std::string& target = kApprovals) {
    Answer answer = As(person).Get(target, "supervision");
    EXPECT_EQ(answer.status, 200) << answer;
    return answer.status == 200 ? answer.body.at("approvals").as_array() : json::array();
  }
  // Of the newest request, with the hash that stands in it.
  std::string Answering(const std::string& type, const Person& person,
                        const std::string& target = kApprovals) {
    json::object data;
    for (const json::value& entry : Approvals(person, target)) {
      if (entry.at("row").as_string() != "98") continue;
      data = {{"of", json::serialize(entry.at("number"))},
              {"contentHash", entry.at("data").at("contentHash")},
              {"at", "2026-03-01T09:00:00+08:00"}};
    }
    if (type == "ApprovalRefused") data["why"] = "grounds";
    return Command(type, data);
  }

  std::string path_;  // of the first real case
};

TEST_F(TwoAdministrators, SetAUnitOneAfterTheOther) {
  Web& first = As(kAdmin);
  Web& second = As(kOtherAdmin);
  Answer alone = first.Post("/v1/registry/units", "act", "", Unit());
  EXPECT_EQ(alone.status, 403) << alone;
  EXPECT_EQ(alone.Field("code"), "approval-needed");
  EXPECT_EQ(alone.Field("rule"), "R58");
  EXPECT_EQ(alone.Field("title"), "须经另一人审批");

  Answer asked = first.Post(kApprovals, "ask", "", Request(Unit()));
  ASSERT_EQ(asked.status, 200) << asked;
  EXPECT_EQ(asked.Header("ETag"), Quoted(0));
  Answer own = first.Post(kApprovals, "own", "", Answering("ApprovalGiven", kAdmin));
  EXPECT_EQ(own.status, 409) << own;
  EXPECT_EQ(own.Field("rule"), "R58");
  ASSERT_EQ(second.Post(kApprovals, "yes", "", Answering("ApprovalGiven", kOtherAdmin)).status,
            200);

  Answer other = first.Post("/v1/registry/units", "other", "", Unit("妇女联合会"));
  EXPECT_EQ(other.status, 403) << other;
  Answer done = first.Post("/v1/registry/units", "act", "", Unit());
  ASSERT_EQ(done.status, 200) << done;
  EXPECT_EQ(done.Header("ETag"), Quoted(1));
  EXPECT_EQ(first.Post("/v1/registry/units", "act", "", Unit()).text, done.text) << "the retry";
  EXPECT_EQ(first.Post("/v1/registry/units", "twice", Quoted(1), Unit()).status, 403);
  EXPECT_NE(installation_->engine().registry()->FindUnit("530902-WF"), nullptr);
  Restart();
  EXPECT_EQ(As(kAdmin).Post("/v1/registry/units", "twice", Quoted(1), Unit()).status, 403);
  EXPECT_EQ(Approvals(kOtherAdmin).size(), 2u);
  TearDown();
  auto rebuilt = app::RebuildAndCompare(Options());
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
  EXPECT_TRUE(rebuilt->differing.empty());
}

TEST_F(TwoAdministrators, ShowTheContentToEachOtherAndToNobodyElse) {
  ASSERT_EQ(As(kAdmin).Post(kApprovals, "ask", "", Request(Unit())).status, 200);
  Answer seen = As(kOtherAdmin).Get(kApprovals, "supervision");
  ASSERT_EQ(seen.status, 200) << seen;
  EXPECT_EQ(seen.Field("item"), "units/530902-WF");
  EXPECT_FALSE(seen.Header("Guitu-Receipt").empty());
  const json::value& data = seen.body.at("approvals").at(0).at("data");
  EXPECT_EQ(data.at("content").as_string(), Unit());
  json::array audited = Approvals(kAuditor);
  ASSERT_EQ(audited.size(), 1u);
  EXPECT_TRUE(audited[0].at("data").at("content").at("masked").as_bool());
  for (const Person& person : {kWorker, kPolice, kAid, kHead, kOffice})
    EXPECT_EQ(As(person).Get(kApprovals, "supervision").status, 403) << person.staff;
  EXPECT_EQ(As(kOtherAdmin).Get(kApprovals).status, 403) << "without a purpose";
}

TEST_F(TwoAdministrators, TakeARightFromARoleAtOnceAfterTheAnswer) {
  const char* approvals = "/v1/registry/roles/legal-aid/approvals";
  std::string role = Command("RoleSet", {{"role", "legal-aid"},
                                         {"acts", json::array{"61"}},
                                         {"classes", json::array{"legal"}},
                                         {"purposes", json::array{"statistics"}},
                                         {"scope", "county"}});
  ASSERT_EQ(As(kAid).Get(path_, "legal-aid").status, 200);
  ASSERT_EQ(As(kAdmin).Post(approvals, "ask", "", Request(role, "93")).status, 200);
  std::string yes = Answering("ApprovalGiven", kOtherAdmin, approvals);
  ASSERT_EQ(As(kOtherAdmin).Post(approvals, "yes", "", yes).status, 200);
  Answer answer = As(kAdmin).Post("/v1/registry/roles", "k", Quoted(1), role);
  ASSERT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(As(kAid).Get(path_, "legal-aid").status, 403);
}

TEST_F(TwoAdministrators, MaySayNoAndTakeTheirWordBack) {
  ASSERT_EQ(As(kAdmin).Post(kApprovals, "ask", "", Request(Unit())).status, 200);
  std::string yes = Answering("ApprovalGiven", kOtherAdmin);
  std::string no = Answering("ApprovalRefused", kOtherAdmin);
  ASSERT_EQ(As(kOtherAdmin).Post(kApprovals, "yes", "", yes).status, 200);
  ASSERT_EQ(As(kOtherAdmin).Post(kApprovals, "no", "", no).status, 200);
  EXPECT_EQ(As(kAdmin).Post("/v1/registry/units", "act", "", Unit()).status, 403);
  Answer late = As(kOtherAdmin).Post(kApprovals, "yes again", "", yes);
  EXPECT_EQ(late.status, 409) << late;
}

TEST_F(TwoAdministrators, AreAdministratorsBoth) {
  ASSERT_EQ(As(kAdmin).Post(kApprovals, "ask", "", Request(Unit())).status, 200);
  std::string yes = Answering("ApprovalGiven", kOtherAdmin);
  for (const Person& person : {kWorker, kPolice, kHead, kOffice}) {
    Answer answer = As(person).Post(kApprovals, "yes", "", yes);
    EXPECT_EQ(answer.status, 403) << person.staff << answer;
    EXPECT_EQ(As(person).Post(kApprovals, "ask", "", Request(Unit())).status, 403);
  }
}

TEST_F(TwoAdministrators, AskBesideTheItemThatTheActIsAbout) {
  Answer elsewhere =
      As(kAdmin).Post("/v1/registry/units/530902-MCA/approvals", "ask", "", Request(Unit()));
  EXPECT_EQ(elsewhere.status, 400) << elsewhere;
  EXPECT_EQ(elsewhere.Field("pointer"), "/events/0/data/content");
  EXPECT_EQ(As(kAdmin).Post(kApprovals, "act", "", Unit()).status, 409) << "no approval";
  EXPECT_EQ(As(kAdmin).Post("/v1/registry/units", "ask", "", Request(Unit())).status, 409);
  EXPECT_EQ(As(kAdmin).Post("/v1/registry/plans/1/approvals", "ask", "", Request(Unit())).status,
            404);
}

}  // namespace
}  // namespace guitu::app_test
