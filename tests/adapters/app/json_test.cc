// Bodies that are not what the contract says: 400 with the JSON pointer of the spot, and no event.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/adapters/app/city.h"

namespace guitu::app_test {
namespace {

class ABody : public City {
 protected:
  // Sends `body` as an opening; expects 400 with this code and pointer.
  void Expect400(const std::string& body, const std::string& code, const std::string& pointer) {
    Answer answer = As(kPolice).Post("/v1/cases", absl::StrCat("k", ++count_), "", body);
    EXPECT_EQ(answer.status, 400) << body.substr(0, 200) << "\n" << answer;
    EXPECT_EQ(answer.Header("Content-Type"), "application/problem+json");
    EXPECT_EQ(answer.Field("code"), code) << answer;
    EXPECT_EQ(answer.Field("type"), "urn:guitu:problem:" + code);
    EXPECT_EQ(answer.Field("pointer"), pointer) << answer;
    EXPECT_EQ(As(kAuditor).Get("/v1/cases").body.at("cases").as_array().size(), 0u);
  }
  static std::string Changed(const std::string& from, const std::string& to) {
    std::string changed = absl::StrReplaceAll(Rescue(), {{from, to}});
    EXPECT_NE(changed, Rescue()) << from;
    return changed;
  }
  int count_ = 0;
};

TEST_F(ABody, ThatIsNotJsonIsMalformed) {
  for (const char* body :
       {"", "{", "[", "nonsense", "{\"events\":[}", "{} {}", "{'events':[]}", "{\"events\":[],}",
        "\xEF\xBB\xBF{}", "{\"events\":NaN}", "{\"events\":01}", "{/**/}"}) {
    Answer answer = As(kPolice).Post("/v1/cases", absl::StrCat("k", ++count_), "", body);
    EXPECT_EQ(answer.status, 400) << body << "\n" << answer;
    EXPECT_EQ(answer.Field("code"), "malformed") << body << "\n" << answer;
  }
}

TEST_F(ABody, ThatIsNoObjectIsMalformed) {
  Expect400("[]", "malformed", "");
  Expect400("null", "malformed", "");
  Expect400("\"text\"", "malformed", "");
}

TEST_F(ABody, WithAnUnknownKeyNamesIt) {
  Expect400(Changed("\"sex\":\"female\"", "\"sex\":\"female\",\"colour\":\"red\""), "invalid-field",
            "/events/0/data/colour");
}

TEST_F(ABody, WithAnUnknownKeyAtTheTopNamesIt) {
  Expect400("{\"events\":[],\"more\":1}", "invalid-field", "/more");
}

TEST_F(ABody, WithAKeyTwiceNamesIt) {
  Expect400(Changed("\"sex\":\"female\"", "\"sex\":\"female\",\"sex\":\"male\""), "malformed",
            "/events/0/data/sex");
}

TEST_F(ABody, WithAnUnknownTypeNamesTheSpot) {
  Expect400(Changed("VictimRescued", "VictimForgotten"), "unknown-type", "/events/0/type");
}

TEST_F(ABody, WithAWrongTypeOfValueNamesTheField) {
  Expect400(Changed("\"injured\":false", "\"injured\":\"perhaps\""), "invalid-field",
            "/events/0/data/injured");
  Expect400(Changed("\"sex\":\"female\"", "\"sex\":7"), "invalid-field", "/events/0/data/sex");
}

TEST_F(ABody, WithACodeThatTheListHasNotNamesTheField) {
  Expect400(Changed("\"sex\":\"female\"", "\"sex\":\"sometimes\""), "invalid-field",
            "/events/0/data/sex");
}

TEST_F(ABody, WithoutARequiredFieldNamesIt) {
  Expect400(Changed("\"sex\":\"female\",", ""), "invalid-field", "/events/0/data/sex");
}

TEST_F(ABody, WithAnOverLongTextNamesTheField) {
  std::string longest = absl::StrReplaceAll(Rescue(), {{"合成民警甲", std::string(61, 'x')}});
  Expect400(longest, "invalid-field", "/events/0/data/lead");
}

TEST_F(ABody, WithATimeThatIsNoneNamesTheField) {
  Expect400(Changed("2026-03-01T08:00:00+08:00", "2026-02-30T08:00:00+08:00"), "invalid-field",
            "/events/0/data/at");
  Expect400(Changed("2026-03-01T08:00:00+08:00", "2026-03-01T08:00:00"), "invalid-field",
            "/events/0/data/at");
  Expect400(Changed("2026-03-01T09:00:00+08:00", "yesterday"), "invalid-field",
            "/events/0/occurredAt");
}

TEST_F(ABody, ThatIsNotUtf8IsMalformed) {
  for (const char* bad : {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE5\x90"}) {
    std::string body = absl::StrReplaceAll(Rescue(), {{"合成民警甲", bad}});
    Answer answer = As(kPolice).Post("/v1/cases", absl::StrCat("k", ++count_), "", body);
    EXPECT_EQ(answer.status, 400) << answer;
    EXPECT_EQ(answer.Field("code"), "malformed") << answer;
    EXPECT_EQ(answer.Field("pointer"), "/events/0/data/lead") << answer;
  }
}

TEST_F(ABody, ThatIsTooDeepIsMalformed) {
  std::string deep(17, '[');
  Answer answer = As(kPolice).Post("/v1/cases", "k", "", deep + std::string(17, ']'));
  EXPECT_EQ(answer.status, 400) << answer;
  EXPECT_EQ(answer.Field("code"), "malformed");
  std::string abyss(200000, '[');
  EXPECT_EQ(As(kPolice).Post("/v1/cases", "k", "", abyss).status, 400);
}

TEST_F(ABody, WithNoEventOrTooManyIsInvalid) {
  Expect400("{\"events\":[]}", "invalid-field", "/events");
  json::value many = json::parse(Rescue());
  json::array& events = many.at("events").as_array();
  json::value one = events.front();
  while (events.size() < 65) events.push_back(one);
  Expect400(json::serialize(many), "invalid-field", "/events");
}

TEST_F(ABody, SaysNothingOfWhatWasWritten) {
  std::string body =
      absl::StrReplaceAll(Rescue(), {{"合成民警甲", std::string(60, 'x') + "13912345678"}});
  Answer answer = As(kPolice).Post("/v1/cases", "k", "", body);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.text.find("13912345678"), std::string::npos) << answer;
}

TEST_F(ABody, OfAnotherMediaTypeIs415) {
  for (const char* type :
       {"text/plain", "application/xml", "multipart/form-data", "application/json; charset=gbk"}) {
    Answer answer = As(kPolice).Post("/v1/cases", "k", "", Rescue(), {{"Content-Type", type}});
    EXPECT_EQ(answer.status, 415) << type << ": " << answer;
    EXPECT_EQ(answer.Field("code"), "unsupported-media-type");
  }
}

TEST_F(ABody, ThatIsTooLargeIs413) {
  Answer answer = As(kPolice).Post("/v1/cases", "k", "", std::string((1 << 20) + 1, ' '));
  EXPECT_EQ(answer.status, 413) << answer;
  EXPECT_EQ(answer.Field("code"), "body-too-large");
}

TEST_F(ABody, UnderAUriThatIsTooLongIs414) {
  Answer answer = As(kWorker).Get("/v1/cases?cursor=" + std::string(9000, 'a'));
  EXPECT_EQ(answer.status, 414) << answer;
  EXPECT_EQ(answer.Field("code"), "uri-too-long");
}

TEST_F(ABody, WithTooManyHeadersIs431) {
  Answer answer = As(kWorker).Get("/v1/cases", "", {{"X-Long", std::string(17000, 'a')}});
  EXPECT_EQ(answer.status, 431) << answer;
  EXPECT_EQ(answer.Field("code"), "headers-too-large");
}

}  // namespace
}  // namespace guitu::app_test
