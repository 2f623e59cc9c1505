// What every event type and field of the schema owes to sealing, masking, forms and code lists.
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "aggregates/rules/rules.h"
#include "events/catalogue.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace guitu::aggregates {
namespace {

using events::Catalogue;
using events::EventType;
using events::FieldSpec;
using events::Mark;
using events::StructSpec;
using events::ValueKind;

// A field where it stands in an event: what encloses it decides what it inherits.
struct Place {
  std::string path;  // "VictimRescued/together"
  const StructSpec* owner;
  const FieldSpec* field;
  Mark mark;                  // its own or that of what encloses it
  schema::Category category;  // likewise
};

void Walk(const StructSpec& spec, const std::string& path, Mark mark, schema::Category category,
          const std::function<void(const Place&)>& visit) {
  for (const FieldSpec& field : spec.fields) {
    Mark own = std::max(mark, field.mark);
    bool unset = field.category == schema::Category::UNSPECIFIED;
    schema::Category own_category = unset ? category : field.category;
    std::string at = absl::StrCat(path, "/", field.name);
    visit({at, &spec, &field, own, own_category});
    if (field.kind == ValueKind::kStruct) Walk(*field.nested, at, own, own_category, visit);
  }
}

void ForEachField(const std::function<void(const Place&)>& visit) {
  for (const EventType& type : Catalogue::Get().types()) {
    Walk(*type.spec, type.name, Mark::kOpen, type.category, visit);
  }
}

TEST(Schema, HasTheEventTypesOfTheFirstIssue) {
  std::set<std::string> numbers;
  for (const EventType& type : Catalogue::Get().types()) numbers.insert(type.number);
  for (const char* number :
       {"4",  "5",  "7",  "9b",  "11", "11b", "12",  "15", "16",  "17",  "25",   "26",
        "27", "31", "32", "33",  "34", "35",  "41",  "42", "51",  "56",  "57",   "58",
        "59", "60", "61", "62",  "65", "71",  "76",  "81", "90",  "91",  "92",   "93",
        "95", "96", "97", "97b", "98", "98b", "98c", "99", "103", "107", "107f", "107g"}) {
    EXPECT_EQ(numbers.count(number), 1u) << number;
  }
}

TEST(Schema, LabelsEveryTypeAndFieldInBothLanguages) {
  for (const EventType& type : Catalogue::Get().types()) {
    EXPECT_FALSE(type.spec->label.zh.empty()) << type.name;
    EXPECT_FALSE(type.spec->label.en.empty()) << type.name;
    EXPECT_FALSE(type.spec->comment.empty()) << type.name;
    EXPECT_FALSE(type.recorded_by.empty()) << type.name;
  }
  ForEachField([](const Place& place) {
    EXPECT_FALSE(place.field->label.zh.empty()) << place.path;
    EXPECT_FALSE(place.field->label.en.empty()) << place.path;
  });
}

TEST(Schema, LabelsEveryChoiceOfAClosedList) {
  ForEachField([](const Place& place) {
    if (place.field->kind != ValueKind::kEnum && place.field->kind != ValueKind::kYesNo) return;
    for (auto enumerant : place.field->enumeration.getEnumerants()) {
      std::string name = enumerant.getProto().getName();
      if (enumerant.getIndex() == 0) {
        EXPECT_EQ(name, "unspecified") << place.path;
      } else if (place.field->enumeration.getShortDisplayName() != "Category") {
        EXPECT_NE(events::LabelOf(enumerant).zh, name) << place.path << " " << name;
      }
    }
  });
}

TEST(Schema, NamesOnlyCodeListsThatAreShippedAndShipsNoOther) {
  RuleData rules = RuleData::Shipped();
  std::set<std::string> named;
  ForEachField([&](const Place& place) {
    bool is_code = place.field->kind == ValueKind::kCode;
    EXPECT_EQ(is_code, !place.field->codes.empty()) << place.path;
    if (is_code) named.insert(place.field->codes);
  });
  std::vector<std::string> shipped = rules.Lists();
  EXPECT_EQ(named, std::set<std::string>(shipped.begin(), shipped.end()));
}

TEST(Schema, SealsTheDataOfAnotherPersonUnderThatPersonsKey) {
  ForEachField([](const Place& place) {
    const std::string& subject = place.field->subject;
    if (subject.empty()) return;
    EXPECT_NE(place.field->mark, Mark::kOpen) << place.path;
    if (subject == "other") return;
    const FieldSpec* sibling = place.owner->Find(subject);
    ASSERT_NE(sibling, nullptr) << place.path;
    EXPECT_EQ(sibling->kind, ValueKind::kPerson) << place.path;
    EXPECT_FALSE(sibling->is_list) << place.path;
    EXPECT_EQ(sibling->mark, Mark::kOpen) << place.path;
  });
}

TEST(Schema, GivesEverySealedFieldACategory) {
  ForEachField([](const Place& place) {
    if (place.mark == Mark::kOpen) return;
    EXPECT_NE(place.category, schema::Category::UNSPECIFIED) << place.path;
  });
}

TEST(Schema, HoldsHealthRiskNeedsWishesAndAttachmentsToBeSensitive) {
  const std::set<std::string> sensitive = {"ABLE", "LEVEL", "NEED", "PTYPE", "WANS", "WISH"};
  ForEachField([&](const Place& place) {
    if (sensitive.count(place.field->codes) > 0 || place.field->kind == ValueKind::kAttachment) {
      EXPECT_EQ(place.mark, Mark::kSensitive) << place.path;
    }
  });
}

TEST(Schema, SetsNoDefaultThatCouldBeTakenForAnAnswer) {
  ForEachField([](const Place& place) {
    EXPECT_NE(place.field->kind, ValueKind::kBool) << place.path << ": Values.YesNo knows absent";
    if (place.field->kind == ValueKind::kInteger) {
      auto proto = place.field->field.getProto().getSlot();
      EXPECT_TRUE(proto.getHadExplicitDefault()) << place.path << ": nought is not absent";
    }
  });
}

// Texts that anybody with the case number may read, and that no unit, person of the staff, role,
// row or division code limits. A new one belongs here only after somebody has thought about it.
const std::set<std::string>& OpenTexts() {
  static const std::set<std::string>& texts = *new std::set<std::string>{
      "AccessDenied/act",
      "AccessDenied/code",
      "AccessDenied/rule",
      "CadencePublished/types/en",
      "CadencePublished/types/id",
      "CadencePublished/types/plus",
      "CadencePublished/types/zh",
      "CalendarPublished/notice/issuer",
      "CalendarPublished/notice/number",
      "CalendarPublished/notice/title",
      "CapacityAssessed/document/issuer",
      "CapacityAssessed/document/kind",
      "CaseOpened/caseNo",
      "CodeListPublished/codes/code",
      "CodeListPublished/codes/en",
      "CodeListPublished/codes/map",
      "CodeListPublished/codes/zh",
      "CodeListPublished/list",
      "DedicatedFileOpened/cadence",
      "DedicatedFileOpened/fileNo",
      "FollowUpScheduled/language",
      "HandoverRequested/papers/document/issuer",
      "HandoverRequested/papers/document/kind",
      "IdentityAsserted/languages",
      "LegalAidApplied/papers",
      "LegalAidDecided/letter/issuer",
      "LegalAidDecided/letter/kind",
      "LegalAidDecided/where",
      "LegalAidRightNotified/language",
      "LegalAidRightNotified/sheet/issuer",
      "LegalAidRightNotified/sheet/kind",
      "LogRestored/backup",
      "PlacementStarted/agreement/issuer",
      "PlacementStarted/agreement/kind",
      "PlanItemSet/article",
      "PlanItemSet/item",
      "PlanItemSet/perYear/text",
      "PlanItemSet/readings/field",
      "PlanItemSet/readings/source",
      "PlanItemSet/readings/text",
      "PlanItemSet/text",
      "RecordAccessed/fields",
      "RecordAccessed/view",
      "RiskAssessed/tool",
      "RiskAssessed/version",
      "RuleSetPublished/diff",
      "RuleSetPublished/rules/params/en",
      "RuleSetPublished/rules/params/name",
      "RuleSetPublished/rules/params/text",
      "RuleSetPublished/rules/params/zh",
      "RuleSetPublished/rules/rule",
      "RuleSetPublished/rules/source",
      "SchoolEnrolled/grade",
      "UnitSet/name",
      "VictimRescued/policeUnit",
      "VictimWishRecorded/language",
  };
  return texts;
}

TEST(Schema, LeavesOnlyTheTextsOpenThatWereMeantToBe) {
  std::set<std::string> open;
  ForEachField([&](const Place& place) {
    if (place.field->kind == ValueKind::kText && place.mark == Mark::kOpen &&
        place.field->refers == schema::Refers::NOTHING) {
      open.insert(place.path);
    }
  });
  EXPECT_THAT(open, testing::ContainerEq(OpenTexts()));
}

TEST(Schema, LetsOnlyKnownUnitsRecord) {
  const std::set<std::string> known = {
      "ALL", "CASE", "ADM", "DPO", "SYS",  "OFFICE", "MEM", "COU", "OFF",  // groups and the office
      "PSB", "MCA",  "JUS", "EDU", "HRSS", "HLT",    "WF",  "DPF", "PRO", "CRT", "BOR", "EXI",
      "FAO", "PLC",  "TU",  "CYL", "MKT",  "STA",    "PRT", "WEL", "HOS", "SWO", "ARC"};
  for (const EventType& type : Catalogue::Get().types()) {
    for (const std::string& unit : type.recorded_by) {
      EXPECT_EQ(known.count(unit), 1u) << type.name << " " << unit;
    }
  }
}

TEST(Schema, PlacesEveryCaseEventInTheLifeOfAStreamAsTheCatalogueSays) {
  using schema::Stages;
  const std::map<std::string, Stages> not_open_case = {
      {"4", Stages::FIRST},           {"5", Stages::FIRST},
      {"62", Stages::FIRST},          {"7", Stages::BEFORE_OPENING},
      {"9b", Stages::BEFORE_OPENING}, {"12", Stages::BEFORE_OPENING},
      {"15", Stages::BEFORE_OPENING}, {"16", Stages::BEFORE_OPENING},
      {"17", Stages::BEFORE_OPENING}, {"25", Stages::BEFORE_OPENING},
      {"26", Stages::BEFORE_OPENING}, {"27", Stages::BEFORE_OPENING},
      {"60", Stages::BEFORE_OPENING}, {"61", Stages::BEFORE_OPENING},
      {"65", Stages::BEFORE_OPENING}, {"76", Stages::BEFORE_OPENING},
      {"81", Stages::SIBLING},        {"98", Stages::SIBLING},
      {"98b", Stages::SIBLING},       {"98c", Stages::SIBLING},
      {"103", Stages::SIBLING}};
  const std::set<std::string> when_closed = {"26", "27", "61",  "62",  "65", "76",
                                             "81", "98", "98b", "98c", "103"};
  const std::set<std::string> first_issue = {"11", "11b", "31", "32", "33", "34", "35",
                                             "41", "42",  "51", "56", "57", "58", "59"};
  for (const EventType& type : Catalogue::Get().types()) {
    auto it = not_open_case.find(type.number);
    if (it == not_open_case.end() && first_issue.count(type.number) == 0) continue;
    Stages expected = it == not_open_case.end() ? Stages::OPEN_CASE : it->second;
    EXPECT_EQ(type.stages, expected) << type.name;
    EXPECT_EQ(type.when_closed, when_closed.count(type.number) > 0) << type.name;
  }
}

TEST(Schema, AcceptsAdditiveCommandsWhereTheCatalogueSaysSo) {
  const std::set<std::string> additive = {"12", "15", "26", "27", "58", "60", "61", "62"};
  for (const EventType& type : Catalogue::Get().types()) {
    if (type.number == "1" || type.chapter == "plan") continue;
    EXPECT_EQ(type.additive, additive.count(type.number) > 0) << type.name;
  }
}

TEST(Schema, AsksForASecondPersonWhereTheCatalogueSaysSo) {
  const std::set<std::string> approved = {"34", "90", "93", "95", "97"};
  for (const EventType& type : Catalogue::Get().types()) {
    EXPECT_EQ(type.approval, approved.count(type.number) > 0) << type.name;
  }
}

}  // namespace
}  // namespace guitu::aggregates
