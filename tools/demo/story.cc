#include "tools/demo/story.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <random>

#include "absl/strings/str_cat.h"
#include "events/values.h"

namespace guitu::tools {
namespace {

namespace json = boost::json;

// A file that the paper store would hold; attachments themselves come later.
constexpr const char* kScan = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// Commands that the software may have come between.
constexpr int kTriesMax = 10;

class Story {
 public:
  Story(const StoryOptions& options, CountySessions& sessions)
      : options_(options), sessions_(sessions), random_(options.seed * 1000003 + options.number) {
    is_child_ = random_() % 2 == 0;
    is_girl_ = random_() % 3 != 0;
  }

  absl::StatusOr<StoryReport> Tell() {
    Rescue();
    Identity();
    Handover();
    Tracing();
    Placement();
    Household();
    Aftercare();
    LegalAid();
    if (!status_.ok()) return status_;
    return report_;
  }

 private:
  void Rescue() {
    At(0);
    json::object rescued{{"at", Time()},
                         {"place", Place("人民路1号")},
                         {"policeUnit", "凤庆县公安局刑侦大队"},
                         {"policeCaseNo", absl::StrCat("合警", Number())},
                         {"lead", "合成民警甲"},
                         {"ageBand", is_child_ ? "under14" : "from18to59"},
                         {"sex", is_girl_ ? "female" : "male"},
                         {"foundIn", "home"},
                         {"injured", false},
                         {"belongings", "一个书包"},
                         {"interpreter", false}};
    Record("police", "VictimRescued", std::move(rescued));
    Record("caseworker", "CaseOpened",
           {{"kind", "victim"}, {"owner", Unit("MCA")}, {"county", options_.county.code}});
    Record("head", "CaseAssigned",
           {{"unit", Unit("MCA")}, {"staff", Staff("worker")}, {"minorsApproval", Staff("head")}});
  }

  void Identity() {
    At(1);
    json::array names{
        json::object{{"text", absl::StrCat("合成甲", options_.number)}, {"kind", "real"}},
        json::object{{"text", absl::StrCat("合成乙", options_.number)}, {"kind", "givenByBuyer"}}};
    int age =
        is_child_ ? 6 + static_cast<int>(random_() % 7) : 20 + static_cast<int>(random_() % 20);
    absl::CivilDay born = Day() - int64_t{365} * age;
    Record("caseworker", "IdentityAsserted",
           {{"names", std::move(names)},
            {"sex", is_girl_ ? "female" : "male"},
            {"dob", DayText(born)},
            {"idKind", "none"},
            {"ethnicity", "汉族"},
            {"nationality", "CN"},
            {"languages", json::array{"普通话"}},
            {"native", Place("某村3组")},
            {"proof", "said"},
            {"saidBy", "self"}});
    buyer_ = Relative({"buyer"}, "合成丙");
    mother_ = Relative({"birthMother"}, "合成丁");
    json::array topics{json::object{{"topic", "returnHome"}, {"answer", "yes"}}};
    wish_ = Record("caseworker", "VictimWishRecorded",
                   {{"topics", std::move(topics)},
                    {"ownWords", "想回家"},
                    {"alone", true},
                    {"buyerAbsent", true},
                    {"heardBy", json::array{Staff("worker")}},
                    {"language", "普通话"},
                    {"ability", "full"}});
    Record("caseworker", "RiskAssessed",
           {{"tool", "GT-R"},
            {"version", "1"},
            {"individual", "medium"},
            {"household", "low"},
            {"community", "low"},
            {"retrafficking", "medium"},
            {"selfHarm", "low"},
            {"reasons", "合成评估"},
            {"validTo", DayText(Day() + 180)}});
  }

  void Handover() {
    At(1);
    uint32_t requested = Record("police", "HandoverRequested",
                                {{"from", Unit("PSB")},
                                 {"target", Unit("MCA")},
                                 {"at", Time()},
                                 {"health", "normal"},
                                 {"parentsKnown", false},
                                 {"identityKnown", false}});
    // R4: without the number of the notice a child is not handed over.
    json::object accepted{{"of", absl::StrCat(requested)},
                          {"at", Time()},
                          {"notice", json::object{{"kind", "临时照料通知书"}}},
                          {"giver", "合成民警甲"},
                          {"signature", kScan},
                          {"taker", Staff("worker")}};
    if (is_child_) Refused("caseworker", "HandoverAccepted", accepted, "R4");
    accepted["notice"].as_object()["number"] = absl::StrCat("通", Number());
    Record("caseworker", "HandoverAccepted", std::move(accepted));
  }

  void Tracing() {
    At(3);
    Record("caseworker", "DnaSamplingRequested",
           {{"to", Unit("PSB")},
            {"requestNo", absl::StrCat("采", Number())},
            {"at", Time()},
            {"alreadySampled", false}});
    uint32_t sample = Record("police", "DnaReferenceRecorded",
                             {{"sampleRef", absl::StrCat("样", Number())},
                              {"sampledAt", DayText(Day())},
                              {"enteredAt", DayText(Day())},
                              {"unit", Unit("PSB")},
                              {"of", "self"}});
    At(10);
    dna_ = Record("police", "DnaComparisonReported",
                  {{"of", absl::StrCat(sample)},
                   {"result", "match"},
                   {"reportRef", absl::StrCat("报", Number())},
                   {"at", Time()},
                   {"againstPerson", mother_}});
    Record("caseworker", "GuardianFitnessAssessed",
           {{"person", mother_},
            {"result", "fit"},
            {"home", "low"},
            {"income", "low"},
            {"health", "low"},
            {"record", "low"},
            {"attitude", "low"},
            {"validTo", DayText(Day() + 365)}});
    fitness_ = last_;
  }

  void Placement() {
    At(12);
    json::array options{json::object{{"ptype", "birthParents"},
                                     {"person", mother_},
                                     {"place", Place("某村3组")},
                                     {"subjectView", "愿意"},
                                     {"feasible", true}}};
    Record("caseworker", "PlacementOptionsReviewed",
           {{"options", std::move(options)},
            {"at", Time()},
            {"attendees", json::array{Staff("worker")}},
            {"recommended", 0},
            {"communityPrep", "已与村委沟通"}});
    // R1: never with the buyer.
    json::object with_buyer = Placed(buyer_);
    if (is_child_) ApproveAndRefuse(with_buyer, "R1");
    uint32_t decided = Approved("PlacementDecided", "34", Placed(mother_));
    At(13);
    Record("caseworker", "PlacementStarted",
           {{"of", absl::StrCat(decided)},
            {"at", Time()},
            {"carer", mother_},
            {"contactPlan", "每周通话"},
            {"emergency", "13800000000"}});
  }

  json::object Placed(const std::string& person) {
    return {{"ptype", "birthParents"},
            {"person", person},
            {"place", Place("某村3组")},
            {"from", DayText(Day())},
            {"reviewBy", DayText(Day() + 180)},
            {"reasons", "合成理由"},
            {"buyerCheck", json::object{{"person", buyer_}, {"result", "unrelated"}}},
            {"wish", absl::StrCat(wish_)},
            {"fitness", absl::StrCat(fitness_)},
            {"provisional", false}};
  }

  void Household() {
    At(20);
    Record("caseworker", "HouseholdRegistrationApplied",
           {{"kind", "childOfVictim"},
            {"papers", json::array{"birthCertificate"}},
            {"collective", false},
            {"name", absl::StrCat("合成甲", options_.number)},
            {"applicant", mother_},
            {"originUnknown", false}});
    Record("police", "HouseholdRegistered",
           {{"kind", "childOfVictim"},
            {"hukouRef", absl::StrCat("户", Number())},
            {"name", absl::StrCat("合成甲", options_.number)},
            {"place", Place("某村3组")},
            {"at", Time()},
            {"dna", absl::StrCat(dna_)}});
    if (!is_child_) return;
    Record("school-contact", "SchoolEnrolled",
           {{"stage", "primary"},
            {"school", "合成小学"},
            {"grade", "三年级"},
            {"place", Place("学校路")},
            {"otherPlace", false},
            {"boarding", false},
            {"from", DayText(Day())},
            {"toldSchool", "transferOnly"},
            {"feesWaived", true}});
  }

  void Aftercare() {
    visits_planned_ = true;
    At(14);
    Record("caseworker", "DedicatedFileOpened",
           {{"fileNo", absl::StrCat("档", options_.number)},
            {"keeper", Unit("MCA")},
            {"keeperStaff", Staff("worker")},
            {"cadence", is_child_ ? "C1" : "A1"},
            {"risk", "medium"}});
    for (int day : {3, 7}) {
      At(13 + day);
      Record("caseworker", "FollowUpScheduled",
             {{"due", DayText(Day())},
              {"kind", "routine"},
              {"step", day},
              {"visitor", Staff("worker")},
              {"visitorUnit", Unit("MCA")},
              {"mode", "homeVisit"}});
      uint32_t planned = NumberOfLast("caseworker", "aftercare");
      if (day == 7 && options_.number % 3 == 0) continue;  // nobody went
      Record("caseworker", "FollowUpCompleted",
             {{"of", absl::StrCat(planned)},
              {"at", Time()},
              {"mode", "homeVisit"},
              {"visitors", json::array{Staff("worker")}},
              {"result", "seenAlone"},
              {"seen", true},
              {"alone", true},
              {"minutes", 40},
              {"plain", true},
              {"home", "low"},
              {"safety", "low"},
              {"buyerContact", false}});
    }
    Record("caseworker", "NeedIdentified",
           {{"kind", "schooling"},
            {"text", "需要课本"},
            {"urgency", "low"},
            {"unit", Unit("EDU")},
            {"due", DayText(Day() + 14)}});
  }

  void LegalAid() {
    At(25);
    Record("legal-aid", "LegalAidRightNotified",
           {{"at", Time()},
            {"by", Staff("aid")},
            {"to", "self"},
            {"how", "oral"},
            {"language", "普通话"},
            {"understood", "full"},
            {"wants", "yes"}});
    Record("legal-aid", "LegalAidApplied",
           {{"matter", json::array{"compensation"}},
            {"applicant", mother_},
            {"relation", "birthMother"},
            {"receivedAt", Time()},
            {"agency", Unit("JUS")},
            {"name", "合成丁"},
            {"contact", "13900000000"},
            {"means", "article42"},
            {"guardianConflict", false},
            {"against", buyer_},
            {"interpreter", false},
            {"greenChannel", true}});
    uint32_t applied = NumberOfLast("legal-aid", "legal-aid");
    if (options_.number % 4 == 0) return;  // a clock that runs out
    At(26);
    Record("legal-aid", "LegalAidDecided",
           {{"of", absl::StrCat(applied)},
            {"outcome", "granted"},
            {"basis", "article42"},
            {"at", Time()},
            {"letter", json::object{{"kind", "给予法律援助决定书"},
                                    {"number", absl::StrCat("援", Number())}}},
            {"remedyTold", true}});
  }

  std::string Relative(const std::vector<const char*>& roles, const char* name) {
    json::array list;
    for (const char* role : roles) list.emplace_back(role);
    Record("caseworker", "RelatedPersonRecorded",
           {{"role", std::move(list)},
            {"name", absl::StrCat(name, options_.number)},
            {"phone", "13700000000"},
            {"kinProof", "said"},
            {"livesWith", false},
            {"minor", false}});
    // The reference that the software made stands in the archive.
    auto event = LastRecorded("caseworker", "aftercare");
    return event.empty() ? "" : std::string(event.at("data").at("person").as_string());
  }

  // The number in the stream of what was recorded last. Once visits are planned the software may
  // have recorded in between that one was missed: the story is told long after it happened.
  uint32_t NumberOfLast(const std::string& role, const std::string& purpose) {
    auto event = LastRecorded(role, purpose);
    return event.empty() ? 0 : event.at("number").to_number<uint32_t>();
  }

  // As it stands in the timeline; empty after an error.
  json::object LastRecorded(const std::string& role, const std::string& purpose) {
    if (!status_.ok()) return {};
    auto reply =
        sessions_[role]->Get(absl::StrCat("/v1/cases/", report_.case_id, "/timeline"), purpose);
    if (!Good(reply, "timeline")) return {};
    const json::object* event = Recorded(reply->body.at("events").as_array());
    return event == nullptr ? json::object() : *event;
  }

  // Asks a second person to agree, then records what was agreed.
  uint32_t Approved(const std::string& type, const std::string& row, json::object data) {
    Agree(type, row, data);
    return Record("caseworker", type, std::move(data));
  }

  void ApproveAndRefuse(const json::object& data, absl::string_view rule) {
    Agree("PlacementDecided", "34", data);
    Refused("caseworker", "PlacementDecided", data, rule);
  }

  void Agree(const std::string& type, const std::string& row, const json::object& data) {
    json::object proposal{{"events", json::array{json::object{
                                         {"type", type}, {"occurredAt", Time()}, {"data", data}}}}};
    absl::Time expires = options_.begin + absl::Hours(24 * 3650);
    Record("caseworker", "ApprovalRequested",
           {{"target", row},
            {"content", json::serialize(proposal)},
            {"to", Staff("head")},
            {"expires", events::FormatTime(absl::ToUnixMicros(expires))},
            {"afterTheFact", false}});
    if (!status_.ok()) return;
    auto reply = sessions_["head"]->Get(absl::StrCat("/v1/cases/", report_.case_id, "/approvals"),
                                        "supervision");
    if (!Good(reply, "approvals")) return;
    const json::object* request = Recorded(reply->body.at("approvals").as_array());
    if (request == nullptr) return;
    Record("head", "ApprovalGiven",
           {{"of", absl::StrCat(request->at("number").to_number<uint32_t>())},
            {"contentHash", request->at("data").at("contentHash")},
            {"at", Time()}});
  }

  // What the last command recorded. Not the newest of the list: in a story that was told before the
  // case has long moved on.
  const json::object* Recorded(const json::array& list) {
    for (const json::value& entry : list) {
      if (entry.at("receipt").as_string() == receipt_.c_str()) return &entry.as_object();
    }
    status_ = absl::FailedPreconditionError(absl::StrCat("nothing was recorded under ", receipt_));
    return nullptr;
  }

  // Records one event on the version the story is at; gives its number in the stream, as long as
  // nobody else writes into it (NumberOfLast).
  uint32_t Record(const std::string& role, const std::string& type, json::object data) {
    if (!status_.ok()) return 0;
    auto reply = Send(role, type, std::move(data));
    if (!Good(reply, type)) return 0;
    const json::object& body = reply->body.as_object();
    if (report_.case_id.empty()) {
      report_.case_id = std::string(body.at("case").as_string());
      report_.case_no = std::string(body.at("caseNo").as_string());
    }
    receipt_ = std::string(body.at("receipt").as_string());
    bool sibling = type == "ApprovalRequested" || type == "ApprovalGiven";
    if (!sibling) {
      version_ = body.at("version").to_number<uint64_t>();
      ++last_;
    }
    ++report_.recorded;
    return last_;
  }

  void Refused(const std::string& role, const std::string& type, json::object data,
               absl::string_view rule) {
    if (!status_.ok()) return;
    auto reply = Send(role, type, std::move(data));
    if (!reply.ok()) {
      status_ = reply.status();
      return;
    }
    // A story that was told before: the case has moved on, and a refusal left nothing to repeat.
    if (reply->status == 412) return;
    const json::value* named =
        reply->body.is_object() ? reply->body.get_object().if_contains("rule") : nullptr;
    bool as_told =
        reply->status == 409 && named != nullptr && named->is_string() &&
        absl::string_view(named->get_string().data(), named->get_string().size()) == rule;
    if (as_told) {
      report_.refusals.push_back(Explain(*reply));
    } else {
      status_ = absl::FailedPreconditionError(
          absl::StrCat(type, " should have been refused by ", rule, ", but: ", Explain(*reply)));
    }
  }

  absl::StatusOr<Reply> Send(const std::string& role, const std::string& type, json::object data) {
    json::object event{{"type", type}, {"occurredAt", Time()}, {"data", std::move(data)}};
    json::object body{{"events", json::array{std::move(event)}}};
    std::string key = absl::StrCat("story-", options_.seed, "-", options_.number, "-", ++step_);
    bool opens = report_.case_id.empty();
    std::string target =
        opens ? "/v1/cases" : absl::StrCat("/v1/cases/", report_.case_id, "/events");
    auto post = [&] {
      return sessions_[role]->Post(target, key, opens ? "" : absl::StrCat("\"", version_, "\""),
                                   body);
    };
    auto reply = post();
    // The software has recorded a missed visit meanwhile; before the first visit nobody else
    // writes.
    for (int again = 0; visits_planned_ && Moved(reply) && again < kTriesMax; ++again) {
      version_ = reply->body.at("currentVersion").to_number<uint64_t>();
      reply = post();
    }
    return reply;
  }

  static bool Moved(const absl::StatusOr<Reply>& reply) {
    return reply.ok() && reply->status == 412 && reply->body.is_object() &&
           reply->body.get_object().contains("currentVersion");
  }

  bool Good(const absl::StatusOr<Reply>& reply, absl::string_view what) {
    if (!reply.ok()) {
      status_ = reply.status();
    } else if (reply->status >= 300) {
      status_ = absl::FailedPreconditionError(absl::StrCat(what, ": ", Explain(*reply)));
    }
    return status_.ok();
  }

  void At(int day) {
    now_ = options_.begin + absl::Hours(24 * day) + absl::Minutes(options_.number % 60);
  }
  std::string Time() const { return events::FormatTime(absl::ToUnixMicros(now_)); }
  absl::CivilDay Day() const { return absl::ToCivilDay(now_, events::ChinaTime()); }
  static std::string DayText(absl::CivilDay day) {
    return events::FormatDate(events::FromCivilDay(day));
  }
  std::string Unit(absl::string_view bureau) const { return UnitOf(options_.county, bureau); }
  std::string Staff(absl::string_view name) const {
    return absl::StrCat(name, "-", options_.county.code);
  }
  std::string Number() { return absl::StrCat(2022, "-", options_.number, "-", random_() % 100000); }
  json::object Place(const char* address) const {
    return {{"admin", options_.county.code}, {"address", absl::StrCat("合成地址", address)}};
  }

  const StoryOptions& options_;
  CountySessions& sessions_;
  std::mt19937_64 random_;  // seeded: the same story every time
  absl::Status status_;
  StoryReport report_;
  absl::Time now_;
  uint64_t version_ = 0;
  std::string receipt_;  // of the last command
  uint32_t last_ = 0;    // events of the story in the stream: numbers, until visits are planned
  bool visits_planned_ = false;
  uint32_t step_ = 0;
  bool is_child_ = false;
  bool is_girl_ = false;
  std::string buyer_;
  std::string mother_;
  uint32_t wish_ = 0;
  uint32_t dna_ = 0;
  uint32_t fitness_ = 0;
};

}  // namespace

absl::StatusOr<StoryReport> TellStory(const StoryOptions& options, CountySessions& sessions) {
  return Story(options, sessions).Tell();
}

}  // namespace guitu::tools
