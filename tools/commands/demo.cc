#include <filesystem>
#include <map>

#include "absl/strings/str_cat.h"
#include "events/values.h"
#include "tools/console.h"
#include "tools/demo/city.h"
#include "tools/demo/story.h"

namespace guitu::tools {
namespace {

// The log-ins of the whole city against the running server.
struct LogIns {
  std::map<std::string, std::unique_ptr<Session>> by_staff;
  std::map<std::string, CountySessions> by_county;
};

absl::StatusOr<LogIns> LogIn(const app::Installation& installation, uint16_t port) {
  LogIns log_ins;
  http::ClientOptions server;
  server.port = port;
  auto add = [&](const DemoUser& user) -> absl::Status {
    auto token = installation.Token(user.actor, absl::Hours(8));
    if (!token.ok()) return token.status();
    log_ins.by_staff[user.actor.staff] = std::make_unique<Session>(server, *token);
    return absl::OkStatus();
  };
  for (const DemoCounty& county : DemoCounties()) {
    for (const DemoUser& user : UsersOf(county)) {
      if (auto status = add(user); !status.ok()) return status;
      log_ins.by_county[county.code][user.actor.role] = log_ins.by_staff[user.actor.staff].get();
    }
  }
  for (const DemoUser& user : CityUsers()) {
    if (auto status = add(user); !status.ok()) return status;
  }
  return log_ins;
}

struct CityReport {
  uint32_t cases = 0;
  uint32_t commands = 0;
  std::map<std::string, uint32_t> refusals;  // text: how often
  std::string a_case;
};

absl::StatusOr<CityReport> TellStories(const DemoOptions& options, LogIns& log_ins) {
  CityReport report;
  absl::Time begin =
      absl::FromCivil(absl::CivilDay(2022, 3, 1), events::ChinaTime()) + absl::Hours(9);
  for (uint32_t i = 0; i < options.cases; ++i) {
    const DemoCounty& county = DemoCounties()[i % DemoCounties().size()];
    StoryOptions story{options.seed, i, county, begin + absl::Hours(24 * 7 * (i % 200))};
    auto told = TellStory(story, log_ins.by_county[county.code]);
    if (!told.ok())
      return absl::FailedPreconditionError(absl::StrCat("case ", i, ": ", told.status().message()));
    ++report.cases;
    report.commands += told->recorded;
    for (const std::string& refusal : told->refusals) ++report.refusals[refusal];
    report.a_case = told->case_id;
  }
  return report;
}

// What a visitor would look at, each as its own role. A journey that does not come out right is an
// error.
absl::Status WalkJourneys(const CityReport& city, LogIns& log_ins) {
  const DemoCounty& county = DemoCounties()[(city.cases - 1) % DemoCounties().size()];
  struct Look {
    std::string staff, purpose, target;
    int status;
    const char* what;
  };
  std::string path = absl::StrCat("/v1/cases/", city.a_case);
  std::string other = DemoCounties()[city.cases % DemoCounties().size()].code;
  const Look looks[] = {
      {absl::StrCat("worker-", county.code), "aftercare", path, 200,
       "a caseworker opens the archive"},
      {absl::StrCat("worker-", county.code), "aftercare", absl::StrCat(path, "/timeline"), 200,
       "and its life line"},
      {absl::StrCat("aid-", county.code), "legal-aid", path, 200,
       "legal aid sees legal facts, the rest masked"},
      {absl::StrCat("aid-", county.code), "legal-aid",
       absl::StrCat("/v1/legal-aid/cases/", city.a_case), 200,
       "the green channel pulls eligibility facts and clocks"},
      {absl::StrCat("worker-", county.code), "", "/v1/follow-ups?status=overdue", 200,
       "a caseworker lists the overdue visits"},
      {absl::StrCat("aid-", county.code), "aftercare", path, 403,
       "legal aid for another purpose: refused"},
      {absl::StrCat("worker-", other), "aftercare", path, 404,
       "a caseworker of another county: not found"},
      {"auditor-1", "audit", absl::StrCat(path, "/access"), 200, "an auditor asks who looked"},
      {"auditor-1", "audit", absl::StrCat(path, "?knownAt=2022-03-01"), 200,
       "and what was known on a day"},
      {"office-1", "", "/v1/plan", 200, "the joint-meeting office opens the plan"},
  };
  for (const Look& look : looks) {
    auto reply = log_ins.by_staff[look.staff]->Get(look.target, look.purpose);
    if (!reply.ok()) return reply.status();
    if (reply->status != look.status) {
      return absl::FailedPreconditionError(
          absl::StrCat(look.what, ": expected ", look.status, ", got ", Explain(*reply)));
    }
    Say(absl::StrCat("  ", look.status, "  ", look.what));
  }
  return absl::OkStatus();
}

void PrintLogIns(const app::Installation& installation, uint16_t port, const CityReport& city) {
  Say(absl::StrCat("\nServing on http://127.0.0.1:", port,
                   "  (Ctrl-C ends it)\nLog-ins, each valid for 8 hours:"));
  std::vector<DemoUser> users = UsersOf(DemoCounties().front());
  for (const DemoUser& user : CityUsers()) users.push_back(user);
  users.push_back({{"admin-1", "OFF", "administrator"}, "系统管理员甲"});
  users.push_back({{"admin-2", "OFF", "administrator"}, "系统管理员乙"});
  for (const DemoUser& user : users) {
    auto token = installation.Token(user.actor, absl::Hours(8));
    if (token.ok())
      Say(absl::StrCat("\n", user.zh, " (", user.actor.role, "), ", user.actor.unit, ":\n",
                       *token));
  }
  Say(absl::StrCat(
      "\nTry, with T set to the token of the caseworker:\n",
      "  curl -s -H \"Authorization: Bearer $T\" http://127.0.0.1:", port, "/v1/cases\n",
      "  curl -s -H \"Authorization: Bearer $T\" -H 'Purpose-Of-Use: aftercare' http://127.0.0.1:",
      port, "/v1/cases/", city.a_case, "\n", "  curl -s http://127.0.0.1:", port, "/v1/schema"));
}

}  // namespace

int Demo(const DemoOptions& options) {
  app::OpenOptions open = ToOpen(options.data);
  if (auto status = SetListen(options.listen, open); !status.ok()) return Fail(status);
  if (options.once) open.port = 0;
  BlockSignals();
  if (!std::filesystem::exists(absl::StrCat(open.data_dir, "/anchor"))) {
    app::CreateOptions create;
    create.data_dir = open.data_dir;
    create.root_key_file = open.root_key_file;
    create.synthetic = true;
    create.clock = open.clock;
    if (auto created = app::Installation::Create(create); !created.ok())
      return Fail(created.status());
    Say("A new synthetic city; nobody in it exists.");
  }
  auto installation = app::Installation::Open(open);
  if (!installation.ok()) return Fail(installation.status());
  if (auto status = SetUpCity(**installation, open.clock->Now()); !status.ok()) return Fail(status);
  if (auto status = (*installation)->Serve(); !status.ok()) return Fail(status);
  auto log_ins = LogIn(**installation, (*installation)->port());
  if (!log_ins.ok()) return Fail(log_ins.status());
  absl::Duration begin = open.clock->Monotonic();
  auto city = TellStories(options, *log_ins);
  if (!city.ok()) return Fail(city.status());
  Say(absl::StrCat(city->cases, " cases told in ", city->commands, " commands, ",
                   absl::FormatDuration(open.clock->Monotonic() - begin),
                   ". Refused on the way, as they must be:"));
  for (const auto& [refusal, times] : city->refusals)
    Say(absl::StrCat("  ", times, " × ", refusal));
  if (options.once) {
    Say("Journeys:");
    if (auto status = WalkJourneys(*city, *log_ins); !status.ok()) return Fail(status);
    (*installation)->Stop(absl::Seconds(10));
    return kDone;
  }
  PrintLogIns(**installation, (*installation)->port(), *city);
  WaitForSignal();
  (*installation)->Stop(absl::Seconds(10));
  return kDone;
}

}  // namespace guitu::tools
