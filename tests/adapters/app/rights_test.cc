// Who may do what, and how it is said.

#include "absl/strings/str_cat.h"
#include "tests/adapters/app/city.h"

namespace guitu::app_test {
namespace {

class AToken : public City {
 protected:
  void Expect401(const Answer& answer) {
    EXPECT_EQ(answer.status, 401) << answer;
    EXPECT_EQ(answer.Field("code"), "unauthenticated");
    EXPECT_EQ(answer.Header("WWW-Authenticate"), "Bearer");
  }
};

TEST_F(AToken, ThatIsMissingIs401OnEveryCallOfACase) {
  std::string path = OpenCase();
  Web nobody = With("");
  Expect401(nobody.Get("/v1/cases"));
  Expect401(nobody.Get(path, "aftercare"));
  Expect401(nobody.Get(path + "/timeline", "aftercare"));
  Expect401(nobody.Get(path + "/access", "audit"));
  Expect401(nobody.Get(path + "/approvals", "supervision"));
  Expect401(nobody.Get("/v1/registry/users"));
  Expect401(nobody.Get("/v1/plan"));
  Expect401(nobody.Post("/v1/cases", "k", "", Rescue()));
  Expect401(nobody.Post(path + "/events", "k", Quoted(2), Risk()));
  Expect401(nobody.Post(path + "/cancellations", "", "", "{\"idempotencyKey\":\"k\"}"));
  Expect401(nobody.Post("/v1/registry/users", "k", "", Rescue()));
  EXPECT_EQ(nobody.Call("HEAD", path).status, 401);
}

TEST_F(AToken, ThatHasExpiredIs401) {
  Web worker = With(Token(kWorker, absl::Minutes(10)));
  EXPECT_EQ(worker.Get("/v1/cases").status, 200);
  clock_.Advance(absl::Minutes(20));
  Expect401(worker.Get("/v1/cases"));
}

TEST_F(AToken, ThatWasTamperedWithIs401) {
  std::string token = Token(kWorker);
  size_t claims = token.find('.') + 1;
  size_t signature = token.rfind('.') + 1;
  for (size_t at : {size_t{3}, claims + 3, signature + 3}) {
    std::string tampered = token;
    tampered[at] = tampered[at] == 'A' ? 'B' : 'A';
    Expect401(With(tampered).Get("/v1/cases"));
  }
  Expect401(With(token.substr(0, signature)).Get("/v1/cases"));
  Expect401(With(token + "A").Get("/v1/cases"));
  Expect401(With("nonsense").Get("/v1/cases"));
  Expect401(With(std::string(10000, 'a')).Get("/v1/cases"));
}

TEST_F(AToken, WithoutASignatureAlgorithmIs401) {
  std::string token = Token(kWorker);
  std::string claims = token.substr(token.find('.') + 1, token.rfind('.') - token.find('.') - 1);
  // {"alg":"none"}
  Expect401(With(absl::StrCat("eyJhbGciOiJub25lIn0.", claims, ".")).Get("/v1/cases"));
}

TEST_F(AToken, OfAnotherInstallationIs401) {
  conformance::TempDir other;
  app::CreateOptions create;
  create.data_dir = other / "data";
  create.root_key_file = other / "data.root-key";
  create.partitions = 1;
  create.clock = &clock_;
  ASSERT_TRUE(app::Installation::Create(create).ok());
  app::OpenOptions options;
  options.data_dir = create.data_dir;
  options.root_key_file = create.root_key_file;
  options.clock = &clock_;
  auto foreign =
      app::IssueToken(options, {kWorker.staff, kWorker.unit, kWorker.role}, absl::Hours(8));
  ASSERT_TRUE(foreign.ok()) << foreign.status();
  Expect401(With(*foreign).Get("/v1/cases"));
}

TEST_F(AToken, OfTheSoftwareItselfIs401) {
  auto token = installation_->Token({"system", "OFF", "administrator"}, absl::Hours(8));
  if (token.ok()) Expect401(With(*token).Get("/v1/cases"));
}

TEST_F(AToken, OfAUserWhomNobodyRegisteredIs403) {
  Answer answer =
      With(Token({"nobody", "530902-MCA", "caseworker"})).Post("/v1/cases", "k", "", Rescue());
  EXPECT_EQ(answer.status, 403) << answer;
  EXPECT_EQ(answer.Field("code"), "not-permitted");
}

TEST_F(AToken, WithARoleOrUnitThatTheUserHasNotIs403) {
  std::string path = OpenCase();
  EXPECT_EQ(With(Token({kWorker.staff, kWorker.unit, "auditor"})).Get(path, "audit").status, 403);
  EXPECT_EQ(
      With(Token({kWorker.staff, kStranger.unit, kWorker.role})).Get(path, "aftercare").status,
      403);
  EXPECT_EQ(With(Token({kWorker.staff, "OFF", "administrator"})).Get("/v1/registry/users").status,
            403);
}

class ARefusal : public City {
 protected:
  // The last of the access trail is the auditor's question for it.
  json::object LastAccess(const std::string& path) {
    json::array accesses = Accesses(path);
    if (accesses.empty()) return {};
    return accesses.back().as_object();
  }
};

TEST_F(ARefusal, OfARoleWithoutTheRightIs403WithRuleAndArticle) {
  std::string path = OpenCase();
  Answer answer = As(kPolice).Post(path + "/events", "k", Quoted(2), Risk());
  ASSERT_EQ(As(kAid).Post(path + "/events", "k", Quoted(2), Risk()).status, 403);
  Answer refused = As(kAid).Post(path + "/events", "k2", Quoted(2), Risk());
  EXPECT_EQ(refused.Field("code"), "not-permitted");
  EXPECT_EQ(refused.Field("rule"), "R20");
  EXPECT_FALSE(refused.Field("article").empty());
  EXPECT_EQ(answer.status, 200) << "police may assess risk: " << answer;
}

TEST_F(ARefusal, OfAReadWithoutAPurposeIs403) {
  std::string path = OpenCase();
  Answer answer = As(kWorker).Get(path);
  EXPECT_EQ(answer.status, 403) << answer;
  EXPECT_EQ(answer.Field("code"), "purpose-missing");
  EXPECT_EQ(answer.Field("rule"), "R34");
}

TEST_F(ARefusal, OfAPurposeThatTheRoleHasNotIs403) {
  std::string path = OpenCase();
  for (const char* purpose : {"audit", "legal-aid", "curiosity", "aftercare "}) {
    if (std::string(purpose) == "aftercare ")
      continue;  // the edge trims white space, as RFC 9110 says
    Answer answer = As(kWorker).Get(path, purpose);
    EXPECT_EQ(answer.status, 403) << purpose << answer;
    EXPECT_EQ(answer.Field("code"), "purpose-not-permitted");
  }
  EXPECT_EQ(As(kAid).Get(path, "aftercare").status, 403);
}

TEST_F(ARefusal, OfAnotherCountyIs404ForReadsAndWrites) {
  std::string path = OpenCase();
  EXPECT_EQ(As(kStranger).Get(path, "aftercare").status, 404);
  EXPECT_EQ(As(kStranger).Get(path + "/timeline", "aftercare").status, 404);
  Answer answer = As(kStranger).Post(path + "/events", "k", Quoted(2), Risk());
  EXPECT_EQ(answer.status, 404) << answer;
  EXPECT_EQ(As(kStranger).Get("/v1/cases").body.at("cases").as_array().size(), 0u);
}

TEST_F(ARefusal, OfAnotherCountySaysTheSameAsOfACaseThatIsNot) {
  std::string path = OpenCase();
  Answer hidden = As(kStranger).Get(path, "aftercare");
  Answer missing = As(kStranger).Get("/v1/cases/00000000000000000000000000000001", "aftercare");
  EXPECT_EQ(missing.status, 404) << missing;
  EXPECT_EQ(hidden.text, missing.text);
  Answer hidden_write = As(kStranger).Post(path + "/events", "k", Quoted(7), Risk());
  Answer missing_write = As(kStranger).Post("/v1/cases/00000000000000000000000000000001/events",
                                            "k", Quoted(7), Risk());
  EXPECT_EQ(missing_write.status, 404) << missing_write;
  EXPECT_EQ(hidden_write.text, missing_write.text);
}

TEST_F(ARefusal, OfAnIdThatIsNoneIs404) {
  for (const char* id : {"x", "00000000000000000000000000000000",
                         "0000000000000000000000000000000g", "000000000000000000000000000000001"}) {
    EXPECT_EQ(As(kWorker).Get(absl::StrCat("/v1/cases/", id), "aftercare").status, 404) << id;
  }
  EXPECT_EQ(As(kWorker).Get("/v1/nothing").status, 404);
}

TEST_F(ARefusal, IsInChineseUnlessEnglishIsAskedFor) {
  std::string path = OpenCase();
  std::string zh = As(kWorker).Get(path).Field("title");
  EXPECT_EQ(zh, "查阅个人信息须注明目的");
  EXPECT_EQ(As(kWorker).Get(path, "", {{"Accept-Language", "en"}}).Field("title"),
            "Reading personal data needs a purpose (Purpose-Of-Use)");
  EXPECT_EQ(
      As(kWorker).Get(path, "", {{"Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8"}}).Field("title"),
      zh);
  EXPECT_EQ(As(kWorker).Get(path, "", {{"Accept-Language", "fr"}}).Field("title"), zh);
}

TEST_F(ARefusal, LeavesNoEventButA103InTheAccessTrail) {
  std::string path = OpenCase();
  size_t before = Accesses(path).size();
  ASSERT_EQ(As(kAid).Post(path + "/events", "k", Quoted(2), Risk()).status, 403);
  json::array accesses = Accesses(path);
  ASSERT_EQ(accesses.size(), before + 2);
  const json::object& denied = accesses[before].as_object();
  EXPECT_EQ(denied.at("row").as_string(), "103");
  EXPECT_EQ(denied.at("type").as_string(), "AccessDenied");
  EXPECT_EQ(denied.at("data").at("staff").as_string(), kAid.staff.c_str());
  EXPECT_EQ(denied.at("data").at("code").as_string(), "not-permitted");
  EXPECT_EQ(denied.at("data").at("rule").as_string(), "R20");
  EXPECT_EQ(As(kWorker).Call("HEAD", path).version(), 2u);
  EXPECT_EQ(Timeline(path).size(), 2u);
}

TEST_F(ARefusal, OfEachKindStandsInTheAccessTrail) {
  std::string path = OpenCase();
  size_t before = Accesses(path).size();
  EXPECT_EQ(As(kWorker).Get(path).status, 403);
  EXPECT_EQ(As(kStranger).Get(path, "aftercare").status, 404);
  EXPECT_EQ(As(kWorker).Post(path + "/events", "k", Quoted(2), Opening()).status, 409);
  json::array accesses = Accesses(path);
  ASSERT_EQ(accesses.size(), before + 4);
  std::vector<std::string> codes;
  for (size_t i = before; i + 1 < accesses.size(); ++i) {
    EXPECT_EQ(accesses[i].at("row").as_string(), "103");
    codes.emplace_back(accesses[i].at("data").at("code").as_string());
  }
  EXPECT_EQ(codes, (std::vector<std::string>{"purpose-missing", "not-found", "rule-refused"}));
}

TEST_F(ARefusal, OfABadBodyOrVersionLeavesNothing) {
  std::string path = OpenCase();
  size_t before = Accesses(path).size();
  EXPECT_EQ(As(kWorker).Post(path + "/events", "k", Quoted(2), "{}").status, 400);
  EXPECT_EQ(As(kWorker).Post(path + "/events", "k", Quoted(1), Risk()).status, 412);
  EXPECT_EQ(As(kWorker).Post(path + "/events", "k", "", Risk()).status, 428);
  EXPECT_EQ(Accesses(path).size(), before + 1);
}

}  // namespace
}  // namespace guitu::app_test
