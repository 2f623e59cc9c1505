// The program's commands: exit codes and what they say.
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/conformance/temp_dir.h"
#include "tests/journeys/process.h"

namespace guitu::journeys {
namespace {

class TheProgram : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(dir_ / name, std::ios::binary) << text;
    return dir_ / name;
  }
  void Init() {
    Ran made = Guitu({"init", "--data", data_, "--partitions", "2", "--synthetic"});
    ASSERT_EQ(made.code, 0) << made;
  }

  conformance::TempDir dir_;
  const std::string data_ = dir_ / "data";
};

TEST_F(TheProgram, ExplainsItselfAtEveryLevel) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"--help"},
                                             {"init", "--help"},
                                             {"serve", "--help"},
                                             {"token", "--help"},
                                             {"demo", "--help"},
                                             {"rebuild", "--help"},
                                             {"move", "--help"},
                                             {"record", "--help"},
                                             {"show", "--help"},
                                             {"plan", "--help"},
                                             {"plan", "import", "--help"},
                                             {"--version"}}) {
    Ran ran = Guitu(arguments);
    EXPECT_EQ(ran.code, 0) << ran;
    EXPECT_FALSE(ran.out.empty());
  }
}

TEST_F(TheProgram, CallsWrongUsageTwo) {
  Init();
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {},
           {"nothing"},
           {"serve"},
           {"serve", "--data", data_, "--colour", "red"},
           {"serve", "--data", data_, "--listen", "here"},
           {"serve", "--data", data_, "--listen", "127.0.0.1:99999"},
           {"init", "--data", dir_ / "x", "--partitions", "0"},
           {"init", "--data", dir_ / "x", "--partitions", "801"},
           {"demo", "--data", dir_ / "x", "--cases", "0"},
           {"rebuild", "--data", data_},
           {"move", "--data", data_},
           {"move", "--data", data_, "--to", dir_ / "x"},
           {"plan"},
           {"plan", "import", dir_ / "missing"},
           {"record"},
           {"show", "x"}}) {
    Ran ran = Guitu(arguments);
    EXPECT_EQ(ran.code, 2) << (arguments.empty() ? "nothing" : arguments[0]) << "\n" << ran;
    EXPECT_FALSE(ran.err.empty());
  }
}

TEST_F(TheProgram, MovesAnInstallationOnceAndSaysWhereTo) {
  Init();
  std::vector<std::string> move = {"move", "--data", data_, "--to", dir_ / "new", "--json"};
  for (const char* admin : {"admin-1", "admin-2"}) {
    app_test::Person person{admin, "OFF", "administrator"};
    move.insert(move.end(), {"--token-file", Write(admin, TokenOf(data_, person) + "\n")});
  }
  Ran one = Guitu({move.begin(), move.end() - 2});
  EXPECT_EQ(one.code, 2) << one;
  {
    Server server(data_);
    ASSERT_TRUE(server.WaitUntilServing());
    Ran busy = Guitu(move);
    EXPECT_EQ(busy.code, 3) << busy;
  }
  Ran moved = Guitu(move);
  ASSERT_EQ(moved.code, 0) << moved;
  boost::json::value report = boost::json::parse(moved.out);
  EXPECT_EQ(report.at("to").as_string(), "embedded");
  EXPECT_EQ(report.at("partitions").as_int64(), 3);
  EXPECT_EQ(report.at("generation").as_int64(), 2);
  EXPECT_TRUE(report.at("rootsEqual").as_bool());
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"serve", "--data", data_, "--listen", "127.0.0.1:0"},
                                             {"rebuild", "--data", data_, "--compare"},
                                             {"init", "--data", data_}}) {
    Ran refused = Guitu(arguments);
    EXPECT_EQ(refused.code, 1) << refused;
    if (arguments[0] == "init") continue;
    EXPECT_TRUE(absl::StrContains(refused.err, "moved to embedded")) << refused;
  }
  EXPECT_EQ(Guitu(move).code, 1);  // what is there lives
  Ran rebuilt = Guitu(
      {"rebuild", "--data", dir_ / "new", "--root-key-file", data_ + ".root-key", "--compare"});
  EXPECT_EQ(rebuilt.code, 0) << rebuilt;
}

TEST_F(TheProgram, CallsABadTtlWrongUsage) {
  Init();
  for (const char* ttl : {"soon", "8", "-1h", "0s", ""}) {
    Ran ran = Guitu({"token", "--data", data_, "--user", "u", "--unit", "OFF", "--role", "auditor",
                     "--ttl", ttl});
    EXPECT_EQ(ran.code, 2) << ttl << "\n" << ran;
  }
}

TEST_F(TheProgram, SaysWhatToDoWhereNothingWasMade) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"serve", "--data", data_, "--listen", "127.0.0.1:0"},
                                             {"rebuild", "--compare", "--data", data_}}) {
    Ran ran = Guitu(arguments);
    EXPECT_EQ(ran.code, 1) << ran;
    EXPECT_TRUE(absl::StrContains(ran.err, "guitu init")) << ran;
  }
  EXPECT_FALSE(std::filesystem::exists(data_)) << "looking makes nothing";
}

TEST_F(TheProgram, PrintsFiveRecoverySharesOnce) {
  Ran made = Guitu({"init", "--data", data_, "--partitions", "1"});
  ASSERT_EQ(made.code, 0) << made;
  size_t shares = 0;
  for (size_t at = 0; (at = made.out.find("\n  ", at)) != std::string::npos; ++at) ++shares;
  EXPECT_EQ(shares, 5u) << made;
}

TEST_F(TheProgram, MakesNothingWhereTheDirectoryCannotBe) {
  std::string file = Write("file", "x");
  EXPECT_EQ(Guitu({"init", "--data", file + "/data"}).code, 3);
  EXPECT_FALSE(std::filesystem::exists(file + "/data"));
}

TEST_F(TheProgram, ReportsAPlanThatIsNone) {
  Ran ran = Guitu({"plan", "import", Write("bad.md", "nothing of a plan\n")});
  EXPECT_EQ(ran.code, 1) << ran;
  EXPECT_EQ(Guitu({"plan", "import", Write("empty.md", "")}).code, 1);
  EXPECT_EQ(Guitu({"plan", "import", Write("bytes.md", std::string("\xFF\xFE\x00\x01", 4))}).code,
            1);
}

TEST_F(TheProgram, ShowsACaseThroughTheServerAndItsRecord) {
  ASSERT_TRUE(Install(data_, 2));
  Server server(data_);
  ASSERT_TRUE(server.WaitUntilServing());
  app_test::Web police(server.port(), TokenOf(data_, app_test::kPolice));
  std::string id = police.Post("/v1/cases", "k", "", app_test::Rescue()).Field("case");
  std::string url = absl::StrCat("http://127.0.0.1:", server.port());
  std::string token = Write("token", TokenOf(data_, app_test::kWorker) + "\n");
  auto show = [&](const std::string& which, const std::string& purpose) {
    return Guitu({"show", which, "--server", url, "--token-file", token, "--purpose", purpose});
  };
  Ran shown = show(id, "aftercare");
  EXPECT_EQ(shown.code, 0) << shown;
  EXPECT_TRUE(absl::StrContains(shown.out, "合成路1号")) << shown;
  EXPECT_EQ(show(id, "audit").code, 1);
  EXPECT_EQ(show("00000000000000000000000000000001", "aftercare").code, 1);
  app_test::Web auditor(server.port(), TokenOf(data_, app_test::kAuditor));
  app_test::Answer access = auditor.Get("/v1/cases/" + id + "/access", "audit");
  ASSERT_EQ(access.status, 200) << access;
  EXPECT_EQ(access.body.at("accesses").as_array().size(), 3u) << "a look, a refusal, this question";
  server.Signal(SIGTERM);
  server.Wait();
  EXPECT_EQ(show(id, "aftercare").code, 3) << "nobody answers";
}

TEST_F(TheProgram, TellsTheSyntheticCityTwice) {
  for (int i = 0; i < 2; ++i) {
    Ran demo = Guitu({"demo", "--once", "--data", data_, "--cases", "4"});
    EXPECT_EQ(demo.code, 0) << demo;
    EXPECT_TRUE(absl::StrContains(demo.out, "4 cases told")) << demo;
  }
  EXPECT_EQ(Guitu({"rebuild", "--compare", "--data", data_}).code, 0);
}

// One line a result; what a line says is what the HTTP call would have said.
std::vector<boost::json::object> Results(const Ran& ran) {
  std::vector<boost::json::object> results;
  for (absl::string_view line : absl::StrSplit(ran.out, '\n', absl::SkipEmpty()))
    results.push_back(boost::json::parse({line.data(), line.size()}).as_object());
  return results;
}

TEST_F(TheProgram, RecordsLinesAndGoesOnWhereItWasInterrupted) {
  ASSERT_TRUE(Install(data_, 2));
  Server server(data_);
  ASSERT_TRUE(server.WaitUntilServing());
  std::vector<std::string> arguments{"record",
                                     "--server",
                                     absl::StrCat("http://127.0.0.1:", server.port()),
                                     "--patience",
                                     "0",
                                     "--token-file",
                                     Write("token", TokenOf(data_, app_test::kPolice) + "\n")};
  std::string rescue = app_test::Rescue();
  std::string open = absl::StrCat(R"({"idempotencyKey":"one",)", rescue.substr(1), "\n");
  std::string more = absl::StrCat(
      R"({"caseOf":"one","ifMatch":"*",)", app_test::Wish("合成原话").substr(1), "\n", "\n",
      "no JSON\n", R"({"caseOf":"none","events":[]})", "\n",
      R"({"case":"00000000000000000000000000000001","ifMatch":"*","events":[]})", "\n");
  Ran first = Guitu(arguments, open);
  EXPECT_EQ(first.code, 0) << first;
  ASSERT_EQ(Results(first).size(), 1u) << first;
  EXPECT_EQ(Results(first)[0].at("status"), 201) << first;
  Ran whole = Guitu(arguments, open + more);
  EXPECT_EQ(whole.code, 1) << whole;
  auto results = Results(whole);
  ASSERT_EQ(results.size(), 5u) << whole;
  EXPECT_EQ(results[0].at("case"), Results(first)[0].at("case")) << "opened once";
  EXPECT_EQ(results[0].at("receipt"), Results(first)[0].at("receipt"));
  EXPECT_EQ(results[1].at("line"), 2);
  EXPECT_EQ(results[1].at("status"), 200) << whole;
  EXPECT_EQ(results[1].at("case"), results[0].at("case"));
  EXPECT_EQ(results[2].at("line"), 4) << "an empty line is none";
  EXPECT_EQ(results[2].at("status"), 400);
  EXPECT_EQ(results[3].at("status"), 400);
  EXPECT_GE(results[4].at("status").as_int64(), 400);
  Ran again = Guitu(arguments, open + more);
  EXPECT_EQ(again.out, whole.out) << "the same input gives the same results";
}

TEST_F(TheProgram, RecordsNothingMoreOnceTheServerIsAway) {
  uint16_t port = 1;  // nobody listens there
  Ran ran = Guitu({"record", "--server", absl::StrCat("http://127.0.0.1:", port), "--patience", "0",
                   "--token-file", Write("token", "t\n")},
                  "{\"events\":[]}\n{\"events\":[]}\n");
  EXPECT_EQ(ran.code, 3) << ran;
  EXPECT_EQ(Results(ran).size(), 1u) << ran;
  EXPECT_TRUE(absl::StrContains(ran.err, "line 1")) << ran;
}

}  // namespace
}  // namespace guitu::journeys
