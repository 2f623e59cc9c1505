#include "aggregates/plan/unit_directory.h"

#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "aggregates/plan/plan_text.h"

namespace guitu::aggregates::plan {
namespace {

struct Spelling {
  std::vector<std::string> codes;
  bool variant = false;
};

// Names for units as a body that are no misspellings and so are not reported.
const std::map<std::string, std::vector<std::string>>& Collectives() {
  static const auto* const names_of = new std::map<std::string, std::vector<std::string>>{
      {"各成员单位", {"MEM"}},
      {"市级联席会议各成员单位", {"MEM"}},
      {"各级联席会议成员单位", {"MEM"}},
      {"县级政府及各级联席会议成员单位", {"COU", "MEM"}},
  };
  return *names_of;
}

const std::map<std::string, Spelling>& Spellings() {
  static const auto* const by_name = [] {
    auto* spellings = new std::map<std::string, Spelling>;
    for (const PlanUnit& unit : Directory()) {
      (*spellings)[unit.name_zh] = {{unit.code}, false};
      for (const std::string& variant : unit.variants) {
        (*spellings)[variant] = {{unit.code}, true};
      }
    }
    for (const auto& [name, codes] : Collectives()) (*spellings)[name] = {codes, false};
    return spellings;
  }();
  return *by_name;
}

std::optional<UnitMention> Lookup(const std::string& name) {
  const auto found = Spellings().find(name);
  if (found == Spellings().end()) return std::nullopt;
  return UnitMention{name, found->second.codes, found->second.variant, 0};
}

std::vector<PlanUnit> MakeMembers() {
  const std::string kind = "member";
  return {
      {"PUB", "市委宣传部", {}, kind, ""},
      {"PLC", "市委政法委", {}, kind, ""},
      {"CAC", "市委网信办", {}, kind, ""},
      {"NGC", "市关工委", {}, kind, ""},
      {"NPC", "市人大常委会法工委", {}, kind, ""},
      {"DRC", "市发展改革委", {}, kind, ""},
      {"EDU", "市教育体育局", {"市教育局", "市教育局、市体育局", "市教育局、体育局"}, kind, ""},
      {"ERC", "市民族宗教委", {"市民宗委"}, kind, ""},
      {"PSB", "市公安局", {}, kind, ""},
      {"MCA", "市民政局", {}, kind, ""},
      {"JUS", "市司法局", {}, kind, ""},
      {"FIN", "市财政局", {}, kind, ""},
      {"HRSS", "市人力资源和社会保障局", {}, kind, ""},
      {"HOU", "市住房城乡建设局", {}, kind, ""},
      {"TRA", "市交通运输局", {}, kind, ""},
      {"AGR", "市农业农村局", {}, kind, ""},
      {"COM", "市商务局", {}, kind, ""},
      {"CUL", "市文化和旅游局", {}, kind, ""},
      {"HLT", "市卫生健康委", {"市卫生健康委员会"}, kind, ""},
      {"FAO", "市外办", {}, kind, ""},
      {"SAS", "市国资委", {}, kind, ""},
      {"MKT", "市市场监管局", {}, kind, ""},
      {"RTV", "市广电局", {"市广电网"}, kind, ""},
      {"MED",
       "临沧融媒体新闻社",
       {"临沧融媒体中心新闻社", "临沧融媒体中心", "临沧融媒体中心、市新闻社",
        "临沧融媒体中心、新闻社"},
       kind,
       ""},
      {"RUR", "市乡村振兴局", {}, kind, ""},
      {"WCC", "市妇儿工委办公室", {}, kind, ""},
      {"CRT", "市法院", {}, kind, ""},
      {"PRO", "市检察院", {}, kind, ""},
      {"TU", "市总工会", {}, kind, ""},
      {"CYL", "团市委", {}, kind, ""},
      {"WF", "市妇联", {}, kind, ""},
      {"DPF", "市残联", {}, kind, ""},
      {"LNJ", "临沧机场", {}, kind, ""},
      {"CWJ", "沧源机场", {}, kind, ""},
      {"RLY", "临沧火车站", {}, kind, ""},
      {"BOR", "临沧边境管理支队", {}, kind, ""},
      {"EXI", "清水河出入境边防检查站", {}, kind, ""},
  };
}

std::vector<PlanUnit> MakeOthers() {
  return {
      {"OFF", "联席会议办公室", {}, "office", "PSB"},
      {"MEM", "联席会议成员单位", {}, "members", ""},
      {"COU", "县（区）人民政府", {}, "counties", ""},
      {"530902", "临翔", {}, "county", "COU"},
      {"530921", "凤庆", {}, "county", "COU"},
      {"530922", "云县", {}, "county", "COU"},
      {"530923", "永德", {}, "county", "COU"},
      {"530924", "镇康", {}, "county", "COU"},
      {"530925", "双江", {}, "county", "COU"},
      {"530926", "耿马", {}, "county", "COU"},
      {"530927", "沧源", {}, "county", "COU"},
      {"STA", "救助管理站", {}, "body", "MCA"},
      {"PRT", "未成年人救助保护机构", {}, "body", "MCA"},
      {"WEL", "儿童福利机构", {}, "body", "MCA"},
      {"HOS", "定点医院", {}, "body", "HLT"},
      {"SWO", "社工机构", {}, "body", ""},
      {"LAC", "法律援助中心", {}, "body", "JUS"},
      {"SCH", "学校", {}, "body", "EDU"},
      {"TWN", "乡镇（街道）", {}, "body", ""},
      {"VIL", "村（居）委会", {}, "body", ""},
      {"CDS", "儿童督导员", {}, "body", "MCA"},
      {"CDR", "儿童主任", {}, "body", "MCA"},
      {"ARC", "档案馆", {}, "body", ""},
  };
}

}  // namespace

const std::vector<PlanUnit>& Directory() {
  static const auto* const all_units = [] {
    auto* units = new std::vector<PlanUnit>(MakeMembers());
    for (PlanUnit& unit : MakeOthers()) units->push_back(std::move(unit));
    return units;
  }();
  return *all_units;
}

std::vector<std::string> UnitList::Codes() const {
  std::vector<std::string> codes;
  for (const UnitMention& mention : mentions) {
    codes.insert(codes.end(), mention.codes.begin(), mention.codes.end());
  }
  return codes;
}

std::string UnitList::Text() const {
  return absl::StrJoin(mentions, "、", [](std::string* out, const UnitMention& mention) {
    absl::StrAppend(out, mention.text);
  });
}

UnitList ReadUnits(const LinedText& list) {
  UnitList out;
  const LinedText normal = Normalize(list);
  if (normal.text.empty()) return out;
  const std::vector<std::string> names = absl::StrSplit(ToUtf8(normal.text), "、");
  size_t at = 0;  // of the name, in code points.
  for (size_t i = 0; i < names.size(); ++i) {
    const size_t begin = at;
    at += ToCodePoints(names[i]).size() + 1;
    if (names[i].empty()) {
      out.empty_name = true;
      continue;
    }
    std::optional<UnitMention> mention;
    if (i + 1 < names.size()) mention = Lookup(absl::StrCat(names[i], "、", names[i + 1]));
    if (mention.has_value()) {
      at += ToCodePoints(names[++i]).size() + 1;
    } else {
      mention = Lookup(names[i]);
    }
    if (!mention.has_value()) mention = UnitMention{names[i], {}, false, 0};
    mention->line = normal.lines[begin];
    out.mentions.push_back(*std::move(mention));
  }
  return out;
}

UnitList ReadUnits(absl::string_view list, int line) {
  LinedText lined;
  lined.Append(list, line);
  return ReadUnits(lined);
}

bool NamesKnownUnit(absl::string_view list) {
  for (const UnitMention& mention : ReadUnits(list, 0).mentions) {
    if (!mention.codes.empty()) return true;
  }
  return false;
}

bool IsOffice(absl::string_view name) {
  for (const PlanUnit& unit : Directory()) {
    if (unit.kind == "office" && unit.name_zh == name) return true;
  }
  return false;
}

}  // namespace guitu::aggregates::plan
